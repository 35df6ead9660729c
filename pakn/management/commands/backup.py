from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from pakn.backup.points import BackupError, held, prune
from pakn.backup.taking import recipient, take


class Command(BaseCommand):
    help = (
        "Sao lưu cơ sở dữ liệu và tệp vào BACKUP_DIR, mã hóa bằng khóa công khai BACKUP_KEY; xóa các bản quá hạn "
        "giữ. Mã kết thúc 1 khi có tệp bị thiếu."
    )

    def handle(self, *args, **options):
        now = timezone.now()
        try:
            recipient(settings.BACKUP_KEY)
            with held(settings.BACKUP_DIR):
                points, files = prune(settings.BACKUP_DIR, now)
                point = take(settings.BACKUP_DIR, settings.BACKUP_KEY, now)
        except (BackupError, OSError) as error:
            raise CommandError(str(error)) from error
        told = point.manifest
        facts = {"where": point.folder, "rows": sum(told.counts.values()), "files": len(told.files)}
        self.stdout.write(_("%(where)s: %(rows)d dòng, %(files)d tệp.") % facts)
        if points:
            self.stdout.write(_("Đã xóa %(points)d bản cũ, %(files)d tệp.") % {"points": points, "files": files})
        if told.missing:
            raise CommandError(_("Thiếu %(count)d tệp, ví dụ %(path)s.") % {
                "count": len(told.missing), "path": told.missing[0]
            })  # fmt: skip
