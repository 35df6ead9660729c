"""What the commands have in common that do one pass of a recurring job by hand."""

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from agencies.moments import read_moment


class Pass(BaseCommand):
    """Does `work(now)` and prints the line that it gives."""

    def add_arguments(self, parser):
        parser.add_argument("--now", metavar="T", help=_("2026-03-02T09:12; mặc định là bây giờ, theo giờ địa phương"))

    def handle(self, *, now, **options):
        try:
            moment = None if now is None else read_moment(now)
        except ValueError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(self.work(moment))

    def work(self, now):
        raise NotImplementedError
