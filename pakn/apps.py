from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PaknConfig(AppConfig):
    name = "pakn"
    verbose_name = _("Cổng phản ánh, kiến nghị")
