"""The calendar as it comes with the project: days, office hours and loaded years, in the files of agencies/data.

The database is filled from these files; `manage.py due` also works from them alone.
"""

import csv
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from django.utils.translation import gettext as _

from agencies.calendar import KINDS, DayRow, Sessions, WorkingCalendar, parse_sessions

DATA = Path(__file__).resolve().parent / "data"
DAYS_FILE = DATA / "calendar.csv"
HOURS_FILE = DATA / "office_hours.csv"
YEARS_FILE = DATA / "calendar.toml"

DAY_COLUMNS = ["date", "kind", "name", "legal_reference", "confirmed"]
HOURS_COLUMNS = ["valid_from", "sessions"]
CONFIRMED = {"yes": True, "no": False}


class CalendarFileError(ValueError):
    """A file cannot be read; the text, in Vietnamese, names the file and the line."""


def calendar_from_files() -> WorkingCalendar:
    """The calendar of the files in agencies/data."""
    years = tomllib.loads(YEARS_FILE.read_text(encoding="utf-8"))
    return WorkingCalendar(read_days(DAYS_FILE), read_hours(HOURS_FILE), **years)


def read_days(path: Path) -> list[DayRow]:
    """The rows of a calendar file in its order. Raises CalendarFileError."""
    rows, first_line = [], {}
    for line, values in _lines(path, DAY_COLUMNS):
        row = _day(path, line, values)
        if row.date in first_line:
            other = {"day": row.date, "line": first_line[row.date]}
            raise _error(path, line, _("ngày %(day)s đã có ở dòng %(line)d") % other)
        first_line[row.date] = line
        rows.append(row)
    return rows


def read_hours(path: Path) -> list[tuple[date, Sessions]]:
    """Office hours as (valid from, sessions). Raises CalendarFileError."""
    hours = []
    for line, values in _lines(path, HOURS_COLUMNS):
        try:
            sessions = parse_sessions(values["sessions"])
        except ValueError as error:
            raise _error(path, line, str(error)) from None
        hours.append((_date(path, line, values["valid_from"]), sessions))
    return hours


def _day(path: Path, line: int, values: dict[str, str]) -> DayRow:
    if values["kind"] not in KINDS:
        known = ", ".join(sorted(KINDS))
        raise _error(
            path, line, _("không có loại ngày %(kind)r (%(known)s)") % {"kind": values["kind"], "known": known}
        )
    if values["confirmed"] not in CONFIRMED:
        raise _error(
            path, line, _("cột confirmed phải là yes hoặc no, không phải %(text)r") % {"text": values["confirmed"]}
        )
    if not values["name"]:
        raise _error(path, line, _("thiếu tên ngày"))
    return DayRow(
        date=_date(path, line, values["date"]),
        kind=values["kind"],
        name=values["name"],
        legal_reference=values["legal_reference"],
        confirmed=CONFIRMED[values["confirmed"]],
    )


def _date(path: Path, line: int, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise _error(path, line, _("không đọc được ngày %(text)r; hãy ghi như 2026-03-02") % {"text": text}) from None


def _lines(path: Path, columns: list[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row with the number of its (last) line."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, strict=True)
        try:
            if next(reader, None) != columns:
                raise _error(path, 1, _("dòng đầu phải là %(columns)s") % {"columns": ",".join(columns)})
            for values in reader:
                if len(values) != len(columns):
                    count = {"expected": len(columns), "found": len(values)}
                    raise _error(path, reader.line_num, _("cần %(expected)d cột nhưng có %(found)d") % count)
                yield reader.line_num, dict(zip(columns, (value.strip() for value in values), strict=True))
        except UnicodeDecodeError:
            raise _error(path, reader.line_num + 1, _("tệp không phải UTF-8")) from None
        except csv.Error as error:
            raise _error(path, reader.line_num, str(error)) from None


def _error(path: Path, line: int, message: str) -> CalendarFileError:
    return CalendarFileError(
        _("%(file)s, dòng %(line)d: %(message)s") % {"file": path.name, "line": line, "message": message}
    )
