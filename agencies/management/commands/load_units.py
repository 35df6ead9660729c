"""`manage.py load_units`: today's provinces and communes, and the former communes."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from agencies.loaders.source_files import SourceError
from agencies.loaders.units import holds_units, load_former_communes, load_units


class Command(BaseCommand):
    help = "Nạp danh mục tỉnh, xã hiện nay và danh mục xã trước 1/7/2025 (chạy lại được, không xóa dòng nào)."

    def add_arguments(self, parser):
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="tệp csv; đơn vị hiện nay trước")

    def handle(self, *args, files, verbosity, **options):
        try:
            for path in files:
                changes = load_units(path) if holds_units(path) else load_former_communes(path)
                if verbosity:
                    self.stdout.write(_("%(file)s: %(what)s") % {"file": path.name, "what": _said(changes)})
        except SourceError as error:
            raise CommandError(str(error)) from None


def _said(changes):
    if not changes:
        return _("không có gì thay đổi (%(count)d dòng)") % {"count": changes.unchanged}
    return _("thêm %(added)d dòng, sửa %(changed)d dòng, giữ nguyên %(unchanged)d dòng") % changes._asdict()
