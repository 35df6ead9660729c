"""`manage.py load_accounts`: the accounts of the demo."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.loaders.accounts import load_accounts
from agencies.loaders.source_files import SourceError


class Command(BaseCommand):
    help = "Tạo các tài khoản dùng thử (sau load_agencies), chỉ khi DEMO bật; tài khoản đã có thì giữ nguyên."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, metavar="FILE", help="tệp toml như agencies/data/accounts.toml")

    def handle(self, *args, file, verbosity, **options):
        try:
            count = load_accounts(file, timezone.localdate())
        except SourceError as error:
            raise CommandError(str(error)) from None
        if verbosity:
            said = _("Tài khoản dùng thử: tạo %(count)d.") % {"count": count}
            self.stdout.write(said if count else _("Tài khoản dùng thử: không có gì thay đổi."))
