from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from . import celery, checks, failures  # noqa: F401 loading them makes the Celery app of every process and registers the checks


class PaknConfig(AppConfig):
    name = "pakn"
    verbose_name = _("Cổng phản ánh, kiến nghị")

    def ready(self):
        failures.start_reporting()
