"""`manage.py due`: one due time, or a batch of them, for people and scripts."""

import json
import sys
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.calendar import BeyondCalendar, Due, Unit, WorkingCalendar, parse_sessions, printed
from agencies.calendar_files import calendar_from_files
from agencies.models import CalendarSpan
from agencies.moments import read_moment
from agencies.register import NotLoaded, current_calendar

WEEKDAYS = (
    gettext_lazy("thứ Hai"),
    gettext_lazy("thứ Ba"),
    gettext_lazy("thứ Tư"),
    gettext_lazy("thứ Năm"),
    gettext_lazy("thứ Sáu"),
    gettext_lazy("thứ Bảy"),
    gettext_lazy("Chủ nhật"),
)


class Request(NamedTuple):
    start: datetime
    amount: int
    unit: Unit
    sessions: str | None


class Command(BaseCommand):
    help = "Tính hạn: cộng một số giờ hoặc ngày vào một thời điểm theo lịch làm việc, in giờ địa phương."
    requires_system_checks = []
    stealth_options = ("stdin",)

    def add_arguments(self, parser):
        parser.add_argument("start", nargs="?", help=_("2026-03-02T09:12; không ghi múi giờ thì là giờ địa phương"))
        parser.add_argument("amount", nargs="?", help=_("số nguyên dương"))
        parser.add_argument("unit", nargs="?", help=", ".join(Unit))
        parser.add_argument("--sessions", help=_("giờ làm việc cho lần tính này, ví dụ 07:00-11:30,13:30-17:00"))
        parser.add_argument("--explain", action="store_true", help=_("thêm mỗi ngày một dòng: tính hay không, vì sao"))
        parser.add_argument(
            "--batch", action="store_true", help=_('đọc từng dòng JSON {"start","amount","unit","sessions"?} từ stdin')
        )

    def handle(self, *args, **options):
        self.calendars = {None: _calendar()}
        try:
            self._calendar_for(options["sessions"])
            if options["batch"]:
                self._batch(options)
            else:
                self._single(options)
        except (ValueError, BeyondCalendar) as error:
            raise CommandError(_one_line(error)) from None

    def _calendar_for(self, sessions: str | None) -> WorkingCalendar:
        if sessions not in self.calendars:
            self.calendars[sessions] = self.calendars[None].with_sessions(parse_sessions(sessions))
        return self.calendars[sessions]

    def _single(self, options):
        if options["unit"] is None:
            raise CommandError(_("Cần đủ ba tham số START AMOUNT UNIT, hoặc --batch."))
        request = _request(options, _whole_number(options["amount"]), None)
        calendar = self._calendar_for(options["sessions"])
        due = calendar.add(request.start, request.amount, request.unit)
        self.stdout.write(printed(due.at))
        if options["explain"]:
            self._explain(calendar, request)
        self._warn_provisional(due, "")

    def _explain(self, calendar: WorkingCalendar, request: Request):
        for line in calendar.explain(request.start, request.amount, request.unit):
            counted = _("tính") if line.counted else _("không tính")
            weekday = WEEKDAYS[line.date.weekday()]
            self.stdout.write(f"{line.date.isoformat()} ({weekday}), {counted}: {line.reason}")

    def _batch(self, options):
        if options["start"] is not None or options["explain"]:
            raise CommandError(_("--batch không đi cùng START AMOUNT UNIT hoặc --explain."))
        lines: Iterable[bytes] = options.get("stdin") or sys.stdin.buffer
        bad = 0
        for number, line in enumerate(lines, 1):
            try:
                request = _read_line(line, options["sessions"])
                due = self._calendar_for(request.sessions).add(request.start, request.amount, request.unit)
            except (ValueError, RecursionError, BeyondCalendar) as error:
                bad += 1
                self.stdout.write(f"error: {_one_line(error)}")
            else:
                self.stdout.write(printed(due.at))
                self._warn_provisional(due, _("dòng %(number)d: ") % {"number": number})
        if bad:
            raise CommandError(_("Có %(count)d dòng không tính được.") % {"count": bad})

    def _warn_provisional(self, due: Due, where: str):
        if due.provisional:
            text = _("%(due)s là tạm tính: lịch nghỉ chưa công bố đến ngày này.") % {"due": printed(due.at)}
            self.stderr.write(where + text)


def _calendar() -> WorkingCalendar:
    """The operator's calendar, or the one that comes with the project where no database has been set up yet."""
    try:
        if CalendarSpan._meta.db_table in connection.introspection.table_names():
            return current_calendar()
    except NotLoaded:
        pass
    except DatabaseError as error:
        raise CommandError(_("Không đọc được lịch làm việc: %(error)s") % {"error": _one_line(error)}) from None
    return calendar_from_files()


def _read_line(line: bytes, sessions: str | None) -> Request:
    try:
        values = json.loads(line)
    except (ValueError, RecursionError):
        raise ValueError(_("không phải một dòng JSON")) from None
    if not isinstance(values, dict):
        raise ValueError(_('cần một đối tượng JSON {"start", "amount", "unit"}'))
    for key in ("start", "amount", "unit"):
        if key not in values:
            raise ValueError(_("thiếu %(key)s") % {"key": key})
    if values.get("sessions") is not None:
        sessions = _text(values, "sessions")
    return _request(values, values["amount"], sessions)


def _request(values: dict, amount: int, sessions: str | None) -> Request:
    return Request(read_moment(_text(values, "start")), amount, _unit(_text(values, "unit")), sessions)


def _text(values: dict, key: str) -> str:
    if not isinstance(values[key], str):
        raise ValueError(_("%(key)s phải là chuỗi ký tự, không phải %(value)r") % {"key": key, "value": values[key]})
    return values[key]


def _unit(text: str) -> Unit:
    try:
        return Unit(text)
    except ValueError:
        raise ValueError(
            _("Không có đơn vị %(text)r; chọn một trong %(units)s.") % {"text": text, "units": ", ".join(Unit)}
        ) from None


def _whole_number(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise ValueError(_("Số lượng phải là số nguyên dương, không phải %(amount)r.") % {"amount": text})
    return int(text)


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
