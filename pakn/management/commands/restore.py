from pathlib import Path

from django.core.management import BaseCommand, CommandError
from django.utils.translation import gettext as _

from pakn.backup.points import BackupError, Point
from pakn.backup.restoring import faults_of_restored, identity, restore, restore_files


class Command(BaseCommand):
    help = "Khôi phục một bản sao lưu vào cơ sở dữ liệu trống và MEDIA_ROOT, rồi đối chiếu số dòng, tệp, nhật ký."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("point", type=Path, metavar="POINT", help=_("thư mục của bản sao lưu, …/20261128T080000Z"))
        parser.add_argument("--identity", type=Path, metavar="FILE", help=_("tệp khóa bí mật"))
        parser.add_argument("--files-only", action="store_true", help=_("chỉ đưa về các tệp còn thiếu"))
        parser.add_argument("--check-only", action="store_true", help=_("chỉ đối chiếu hệ thống đang chạy với bản này"))

    def handle(self, *, check_only, **options):
        point = Point(options["point"])
        if not (check_only or options["identity"]):
            raise CommandError(_("Cần --identity FILE để khôi phục."))
        try:
            if not check_only:
                bring = restore_files if options["files_only"] else restore
                bring(point, identity(options["identity"]))
            faults = list(faults_of_restored(point))
        except BackupError as error:
            raise CommandError(str(error)) from error
        if faults:
            raise CommandError("\n".join(faults))
        told = point.manifest
        facts = {"rows": sum(told.counts.values()), "files": len(told.files) - len(told.missing)}
        self.stdout.write(_("Khớp: %(rows)d dòng, %(files)d tệp, chuỗi nhật ký nguyên vẹn.") % facts)
