from pathlib import Path

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.utils.translation import gettext as _

from pakn.backup.points import BackupError, Point, points_in
from pakn.backup.restoring import faults_of_point, identity


class Command(BaseCommand):
    help = "Kiểm tra một bản sao lưu (mặc định là bản mới nhất); có khóa bí mật thì đọc hết nội dung."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("point", nargs="?", type=Path, metavar="POINT")
        parser.add_argument("--identity", type=Path, metavar="FILE", help=_("tệp khóa bí mật"))

    def handle(self, *, point, **options):
        key = options["identity"]
        try:
            chosen = Point(point) if point else next(iter(points_in(settings.BACKUP_DIR)), None)
            if chosen is None:
                raise BackupError(f"{settings.BACKUP_DIR} holds no backup")
            faults = list(faults_of_point(chosen, key and identity(key)))
        except BackupError as error:
            raise CommandError(str(error)) from error
        if faults:
            raise CommandError("\n".join(faults))
        self.stdout.write(_("%s: nguyên vẹn.") % chosen.folder)
