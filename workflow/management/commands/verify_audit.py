"""`manage.py verify_audit`: whether the audit is whole; reads all of it."""

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from workflow.audit import verify
from workflow.models import AuditEntry

SHOWN = 50


class Command(BaseCommand):
    help = "Kiểm tra nhật ký: từng dòng nối với dòng trước, từng thao tác trên hồ sơ có dòng nhật ký."

    def handle(self, *args, **options):
        found = 0
        for fault in verify():
            found += 1
            if found <= SHOWN:
                self.stderr.write(f"{fault.where}: {fault.what}")
        if found:
            raise CommandError(_("Nhật ký có %d chỗ không khớp.") % found)
        self.stdout.write(_("Nhật ký nguyên vẹn: %d dòng.") % AuditEntry.objects.count())
