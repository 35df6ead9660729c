from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AgenciesConfig(AppConfig):
    name = "agencies"
    verbose_name = _("Cơ quan, lịch làm việc và quy định")

    def ready(self):
        import_module("agencies.revisions").watch()
