from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from pakn import checks  # noqa: F401  importing registers the checks


class PaknConfig(AppConfig):
    name = "pakn"
    verbose_name = _("Cổng phản ánh, kiến nghị")
