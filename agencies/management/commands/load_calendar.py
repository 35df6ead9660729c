"""`manage.py load_calendar`: days off and make-up days, office hours, and the span of the calendar (A6, A7).

The package `holidays` cross-checks what is loaded and proposes a coming year; it never decides.
"""

import csv
from datetime import date, timedelta
from importlib.metadata import version
from pathlib import Path

import holidays
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.calendar import SATURDAY, BeyondCalendar
from agencies.calendar_files import DAY_COLUMNS, CalendarFileError
from agencies.loaders.days import described, loaded_days, read_change, write_change
from agencies.loaders.source_files import SourceError
from agencies.models import CalendarDay
from agencies.register import NotLoaded, current_calendar
from workflow import calendar_changes

TIME = "%H:%M %d/%m/%Y"
COMPENSATION = "(nghỉ bù)"
SWAP = "Ngày nghỉ (thay cho"


class Command(BaseCommand):
    help = "Cho biết tệp lịch sẽ thay đổi những gì; có --write thì ghi."

    def add_arguments(self, parser):
        parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="tệp csv như agencies/data/calendar.csv")
        parser.add_argument(
            "--write", action="store_true", help="ghi các thay đổi, tính lại các thời hạn đang chạy và thông báo"
        )
        parser.add_argument(
            "--reason", help="căn cứ ghi trên từng hồ sơ có thời hạn được tính lại (nếu không: tên tệp)"
        )
        asked = parser.add_mutually_exclusive_group()
        asked.add_argument("--check", action="store_true", help="so lịch đã nạp với gói holidays, in từng khác biệt")
        asked.add_argument(
            "--propose", type=int, metavar="YEAR", help="in các dòng (chưa xác nhận) gói holidays đề xuất"
        )

    def handle(self, *args, file, write, check, propose, reason, verbosity, **options):
        if write and (check or propose):
            raise CommandError(_("--write không đi cùng --check, --propose: hai lệnh này không ghi gì."))
        try:
            if propose:
                self._propose(propose)
            elif check:
                self._check()
            else:
                self._load(file, write, reason, verbosity)
        except (SourceError, CalendarFileError, NotLoaded, BeyondCalendar) as error:
            raise CommandError(str(error)) from None

    def _load(self, file, write, reason, verbosity):
        if file is None:
            raise CommandError(_("Cần tên tệp lịch, ví dụ agencies/data/calendar.csv."))
        change = read_change(file)
        lines = self._shown(change.differences)
        if change.differences:
            lines += self._carry_out(change, write, reason or file.name)
            lines.append(_("Đã ghi.") if write else _("Chưa ghi gì; thêm --write để ghi."))
        if verbosity:
            self.stdout.write("\n".join(lines))

    @transaction.atomic
    def _carry_out(self, change, write, reason):
        """The dry run is the run, rolled back; gives what it does to running limits, in words (A7)."""
        now = timezone.now()
        write_change(change)
        found = calendar_changes.pending(now)
        if found.beyond:
            raise CommandError("\n".join(sorted(set(found.beyond.values()))))
        if write:
            calendar_changes.apply(found, None, reason, now)
        else:
            transaction.set_rollback(True)
        return list(self._shown_moves(found))

    @staticmethod
    def _shown_moves(found):
        if found.moves:
            words = {"moves": len(found.moves), "cases": found.cases}
            yield _("Thời hạn đang chạy thay đổi: %(moves)d thời hạn của %(cases)d hồ sơ.") % words
        for move in found.moves:
            to = f"{timezone.localtime(move.to):{TIME}}" if move.to else _("chưa bắt đầu")
            late = _(" (đã quá hạn sau khi đổi)") if move.becomes_late else ""
            yield f"  {move.code} {move.label} ({move.holder}): {timezone.localtime(move.due_at):{TIME}} → {to}{late}"
        if found.confirmed:
            words = {"count": found.confirmed}
            yield _("Thời hạn chỉ đổi ghi chú “tạm tính”, không đổi hạn: %(count)d.") % words

    @staticmethod
    def _shown(differences):
        if not differences:
            return [_("Lịch: không có gì thay đổi.")]
        if not CalendarDay.objects.exists():
            days = sum(difference.day is not None for difference in differences)
            return [_("Lịch: nạp lần đầu, %(count)d ngày.") % {"count": days}]
        return [difference.text for difference in differences]

    def _check(self):
        calendar = current_calendar()
        years = range(calendar.first_year, calendar.last_year + 1)
        package = vietnam(years)
        rows = {row.date: described(row) for row in loaded_days()}
        found = 0
        for day in days_of(years):
            ours, theirs = calendar.is_working_day(day), package.is_working_day(day)
            if ours == theirs:
                continue
            found += 1
            self.stdout.write(
                _("%(day)s: lịch ghi %(ours)s, gói holidays ghi %(theirs)s; lịch: %(row)s; holidays: %(name)s")
                % {
                    "day": day,
                    "ours": _worked(ours),
                    "theirs": _worked(theirs),
                    "row": rows.get(day, _("không có dòng nào")),
                    "name": package.get(day) or _("ngày thường"),
                }
            )
        words = {"count": found, "first": years[0], "last": years[-1], "version": version("holidays")}
        self.stdout.write(_("%(first)d–%(last)d: %(count)d ngày khác với gói holidays %(version)s.") % words)

    def _propose(self, year):
        if not 1975 <= year <= 2100:
            raise CommandError(_("Chỉ đề xuất được cho các năm 1975–2100."))
        writer = csv.writer(self.stdout, lineterminator="\n")
        writer.writerow(DAY_COLUMNS)
        reference = _("đề xuất của gói holidays %(version)s") % {"version": version("holidays")}
        writer.writerows([day, kind, name, reference, "no"] for day, kind, name in proposed(year))


def vietnam(years):
    return holidays.Vietnam(years=years, language="vi")


def proposed(year):
    """(date, kind, name) of each day of a year that differs from the plain week, as the package has it."""
    package = vietnam([year])
    for day in days_of([year]):
        if package.is_working_day(day) == (day.weekday() < SATURDAY):
            continue
        name = package.get(day) or _("Làm bù")
        yield day, _kind(name) if day.weekday() < SATURDAY else CalendarDay.Kind.MAKE_UP.value, name


def days_of(years):
    for year in years:
        first = date(year, 1, 1)
        yield from (first + timedelta(days=number) for number in range((date(year + 1, 1, 1) - first).days))


def _kind(name):
    if name.startswith(SWAP):
        return CalendarDay.Kind.SWAPPED_OFF.value
    return CalendarDay.Kind.SUBSTITUTE.value if COMPENSATION in name else CalendarDay.Kind.HOLIDAY.value


def _worked(works):
    return _("ngày làm việc") if works else _("ngày nghỉ")
