from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from . import celery, checks, failures  # noqa: F401 every process sends its calls by this Celery app, and is checked


class PaknConfig(AppConfig):
    name = "pakn"
    verbose_name = _("Cổng phản ánh, kiến nghị")

    def ready(self):
        failures.start_reporting()
