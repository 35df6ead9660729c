"""`manage.py report`: a report from the shell, as the page shows it."""

from datetime import date
from io import BytesIO
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import Agency
from agencies.register import current_calendar
from reports.files import FORMATS, write
from reports.models import Kind
from reports.periods import Period
from reports.report import Report
from reports.scope import scope_of


class Command(BaseCommand):
    help = "Lập báo cáo của một kỳ thành tệp xlsx, docx hoặc csv."

    def add_arguments(self, parser):
        parser.add_argument("kind", choices=Kind.values, help="agency: của một cơ quan; operator; department")
        parser.add_argument("--from", dest="first", type=date.fromisoformat, required=True, metavar="DATE")
        parser.add_argument("--to", dest="last", type=date.fromisoformat, required=True, metavar="DATE")
        parser.add_argument("--agency", metavar="CODE", help="mã cơ quan; bắt buộc với agency")
        parser.add_argument("--format", choices=FORMATS, required=True)
        parser.add_argument("-o", dest="output", type=Path, required=True, metavar="FILE")

    def handle(self, *args, kind, first, last, agency, format, output, **options):
        if last < first:
            raise CommandError(_("Ngày cuối kỳ (--to) phải từ ngày đầu kỳ (--from) trở đi."))
        if (kind == Kind.AGENCY) != bool(agency):
            raise CommandError(_("--agency cần với báo cáo của một cơ quan (agency), và chỉ với báo cáo đó."))
        now, calendar = timezone.now(), current_calendar()
        if first.year < calendar.first_year or last.year > calendar.last_year:
            raise CommandError(_("Kỳ báo cáo nằm ngoài các năm của lịch làm việc."))
        scope = scope_of(Period(first, last), now, agency=self._agency(agency) if agency else None)
        whole = BytesIO()
        write(Report(Kind(kind), scope, now), format, whole)
        try:
            output.write_bytes(whole.getvalue())
        except OSError as error:
            raise CommandError(
                _("Không ghi được tệp %(name)s: %(why)s") % {"name": output, "why": error.strerror}
            ) from error

    @staticmethod
    def _agency(code):
        found = Agency.objects.filter(code=code).values_list("pk", flat=True).first()
        if found is None:
            raise CommandError(_("Không có cơ quan mang mã “%s”.") % code)
        return found
