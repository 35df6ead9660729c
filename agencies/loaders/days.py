"""The calendar from its files: what loading would change, and the change itself (A6, A7).

A calendar file replaces the years that it has rows for; `office_hours.csv` and a toml file of the same name (the span
of years and the date announced) count where they lie beside it. Other years, hours and the span stay as loaded.
"""

from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from agencies.calendar import DayRow, WorkingCalendar, format_sessions, parse_sessions
from agencies.calendar_files import read_days, read_hours
from agencies.models import CalendarDay, CalendarSpan, OfficeHours

from .source_files import SourceError, TomlFile, read_text

HOURS_NAME = "office_hours.csv"
SPAN_TYPES = {"first_year": int, "last_year": int, "announced_until": date}


@dataclass
class Difference:
    """One thing that loading would change, in words; `day` where it is a day of the calendar."""

    text: str
    day: date | None = None


@dataclass
class CalendarChange:
    """What the files say of the years they cover, and how that differs from what is loaded."""

    days: list[DayRow]
    hours: dict[date, str]
    span: dict
    differences: list[Difference] = field(default_factory=list)

    @property
    def years(self):
        return {row.date.year for row in self.days}


def loaded_days() -> list[DayRow]:
    """The days as they are loaded, confirmed or not."""
    rows = CalendarDay.objects.order_by("date")
    return [DayRow(row.date, row.kind, row.name, row.legal_reference, row.confirmed) for row in rows]


def read_change(path: Path) -> CalendarChange:
    """What loading a calendar file would do.

    Raises SourceError or CalendarFileError, also where no calendar could be built of the result.
    """
    read_text(path)
    change = CalendarChange(read_days(path), _hours(path.with_name(HOURS_NAME)), _span(path.with_suffix(".toml")))
    _check(path, change)
    change.differences = [*_span_differences(change), *_hours_differences(change), *_day_differences(change)]
    return change


@transaction.atomic
def write_change(change: CalendarChange):
    """Do what `read_change` found; every process rebuilds its calendar afterwards."""
    if change.span:
        CalendarSpan.objects.update_or_create(pk=1, defaults=change.span)
    for valid_from, sessions in change.hours.items():
        OfficeHours.objects.update_or_create(valid_from=valid_from, defaults={"sessions": sessions})
    changed = {difference.day for difference in change.differences if difference.day}
    CalendarDay.objects.filter(date__in=changed).delete()
    CalendarDay.objects.bulk_create(CalendarDay(**asdict(row)) for row in change.days if row.date in changed)
    CalendarSpan.touch()


def _hours(path):
    if not path.exists():
        return {}
    return {valid_from: format_sessions(sessions) for valid_from, sessions in read_hours(path)}


def _span(path):
    if not path.exists():
        return {}
    file = TomlFile(path)
    file.check_keys(file.values, SPAN_TYPES, {})
    file.check_types(file.values, SPAN_TYPES)
    return file.values


def _check(path, change):
    """Build the calendar that would result."""
    stored = CalendarSpan.objects.first()
    span = change.span or (stored and {name: getattr(stored, name) for name in SPAN_TYPES})
    hours = {row.valid_from: row.sessions for row in OfficeHours.objects.all()} | change.hours
    if not span:
        raise SourceError(path, 0, _("cần tệp %(name)s bên cạnh") % {"name": path.with_suffix(".toml").name})
    if not hours:
        raise SourceError(path, 0, _("cần tệp %(name)s bên cạnh") % {"name": HOURS_NAME})
    for row in change.days:
        try:
            CalendarDay(**asdict(row)).clean_fields()
        except ValidationError as error:
            raise SourceError(path, 0, f"{row.date}: {' '.join(error.messages)}") from None
        if not span["first_year"] <= row.date.year <= span["last_year"]:
            years = {"day": row.date, "first": span["first_year"], "last": span["last_year"]}
            raise SourceError(path, 0, _("ngày %(day)s ở ngoài các năm %(first)d–%(last)d") % years)
    kept = [row for row in loaded_days() if row.date.year not in change.years]
    try:
        WorkingCalendar(kept + change.days, [(start, parse_sessions(text)) for start, text in hours.items()], **span)
    except ValueError as error:
        raise SourceError(path, 0, str(error)) from None


def _span_differences(change):
    stored = CalendarSpan.objects.first()
    for name, value in change.span.items():
        before = getattr(stored, name, None)
        if before != value:
            yield Difference(f"{name}: {'–' if before is None else before} → {value}")


def _hours_differences(change):
    stored = dict(OfficeHours.objects.values_list("valid_from", "sessions"))
    for valid_from, sessions in change.hours.items():
        before = stored.get(valid_from, "–")
        if before != sessions:
            yield Difference(_("giờ làm việc từ %(day)s: ") % {"day": valid_from} + f"{before} → {sessions}")


def _day_differences(change):
    before = {row.date: row for row in loaded_days() if row.date.year in change.years}
    after = {row.date: row for row in change.days}
    for day in sorted(before.keys() | after.keys()):
        if before.get(day) == after.get(day):
            continue
        if day not in before:
            yield Difference(f"+ {described(after[day])}", day)
        elif day not in after:
            yield Difference(f"- {described(before[day])}", day)
        else:
            yield Difference(f"~ {described(before[day])} → {described(after[day])}", day)


def described(row: DayRow) -> str:
    """A day in one line."""
    reference = f" ({row.legal_reference})" if row.legal_reference else ""
    unconfirmed = "" if row.confirmed else _(" [chưa xác nhận]")
    return f"{row.date} {row.kind} {row.name}{reference}{unconfirmed}"
