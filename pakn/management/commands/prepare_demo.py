from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import BaseCommand, CommandError, call_command
from django.db import transaction

from pakn.reference_data import DATA, load_reference_data


class Command(BaseCommand):
    help = "Bring the demo's database to today's tables and, the first time, fill it. Only where DEMO is on."
    requires_system_checks = []

    def handle(self, *args, **options):
        if not settings.DEMO:
            raise CommandError("DEMO is off: this would make accounts whose password everyone knows.")
        call_command("migrate", interactive=False, verbosity=0)
        if get_user_model().objects.exists():
            return
        self.stdout.write("Loading the reference data and the sample cases …")
        with transaction.atomic():
            self.fill()

    def fill(self):
        """All or nothing: an interrupted first start begins again, and a user means that all is there."""
        load_reference_data()
        call_command("load_accounts", DATA / "accounts.toml", verbosity=0)
        call_command("load_demo", verbosity=0)
