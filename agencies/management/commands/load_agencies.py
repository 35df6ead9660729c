"""`manage.py load_agencies`: the fields and the agencies that answer for them."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from agencies.loaders.agencies import load_agencies
from agencies.loaders.source_files import SourceError


class Command(BaseCommand):
    help = "Nạp lĩnh vực và cơ quan (sau load_units); chạy lại được, không xóa dòng nào."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, metavar="FILE", help="tệp toml như agencies/data/agencies.toml")

    def handle(self, *args, file, verbosity, **options):
        try:
            fields, agencies = load_agencies(file)
        except SourceError as error:
            raise CommandError(str(error)) from None
        if verbosity:
            self.stdout.write(_("Lĩnh vực: %(what)s") % {"what": _said(fields)})
            self.stdout.write(_("Cơ quan: %(what)s") % {"what": _said(agencies)})


def _said(changes):
    if not changes:
        return _("không có gì thay đổi (%(count)d)") % {"count": changes.unchanged}
    return _("thêm %(added)d, sửa %(changed)d, giữ nguyên %(unchanged)d") % changes._asdict()
