from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from . import celery  # noqa: F401 from here on every process sends its calls by this Celery app


class PaknConfig(AppConfig):
    name = "pakn"
    verbose_name = _("Cổng phản ánh, kiến nghị")
