"""Working time as exact arithmetic: due times and the time left, to the second (regulation §5, A2-A8).

Pure: no database, no clock of its own. A WorkingCalendar is built once from dated rows and then answers by prefix
sums: a due time costs a few microseconds, however far away it is. Everything is reckoned on the clock of
Asia/Ho_Chi_Minh, which knows no daylight saving.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
DAY = 86_400
HOUR = 3_600
OFFICE_DAY = 8 * HOUR
SATURDAY = 5
OFF_KINDS = frozenset({"holiday", "substitute", "swapped_off"})
KINDS = OFF_KINDS | {"make_up"}

Session = tuple[time, time]
Sessions = tuple[Session, ...]

_SESSION = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)", re.ASCII)


def midnight(day: date) -> datetime:
    """The local moment at which it begins."""
    return datetime.combine(day, time(), LOCAL)


class Unit(StrEnum):
    """What a limit is counted in (regulation §5)."""

    CLOCK_HOURS = "clock_hours"
    WORKING_HOURS = "working_hours"
    WORKING_DAYS = "working_days"
    CALENDAR_DAYS = "calendar_days"


@dataclass(frozen=True, slots=True)
class Due:
    """A due time, local; provisional where it lies beyond the announced part of the calendar (A7)."""

    at: datetime
    provisional: bool


@dataclass(frozen=True, slots=True)
class DayRow:
    """One exception to the plain week: a day off, or a Saturday or Sunday that is worked."""

    date: date
    kind: str
    name: str
    legal_reference: str
    confirmed: bool


@dataclass(frozen=True, slots=True)
class ExplainedDay:
    """One day on the way to a due time: does it count, and why (in Vietnamese)."""

    date: date
    counted: bool
    reason: str


def printed(moment: datetime) -> str:
    """A moment as `due` and the case pages give it to programs: local, to the minute, seconds only where not 0."""
    return moment.astimezone(LOCAL).strftime("%Y-%m-%dT%H:%M:%S" if moment.second else "%Y-%m-%dT%H:%M")


def shown(moment: datetime) -> str:
    """A moment as people read it: local, "17:00 09/03/2026"."""
    return moment.astimezone(LOCAL).strftime("%H:%M %d/%m/%Y")


class BeyondCalendar(Exception):
    """A reckoning needs `day`, which is outside the loaded years. Its text is a sentence for the page."""

    def __init__(self, day: date, first_year: int, last_year: int):
        super().__init__(day, first_year, last_year)
        self.day = day
        self.first_year = first_year
        self.last_year = last_year

    def __str__(self) -> str:
        return _("Lịch làm việc chỉ có từ năm %(first)d đến hết năm %(last)d, chưa có ngày %(day)s.") % {
            "first": self.first_year,
            "last": self.last_year,
            "day": f"{self.day.day:02}/{self.day.month:02}/{self.day.year}",
        }


def parse_sessions(text: str) -> Sessions:
    """Read office hours such as "07:00-11:30,13:30-17:00".

    Raises ValueError with a sentence for the person who typed it.
    """
    if not text.strip():
        raise ValueError(_("Giờ làm việc đang để trống; hãy ghi như 07:00-11:30,13:30-17:00."))
    sessions = tuple(_parse_session(part.strip()) for part in text.split(","))
    _check_sessions(sessions)
    return sessions


def format_sessions(sessions: Sessions) -> str:
    """The inverse of parse_sessions."""
    return ",".join(f"{opens:%H:%M}-{closes:%H:%M}" for opens, closes in sessions)


def _parse_session(part: str) -> Session:
    match = _SESSION.fullmatch(part)
    if not match:
        raise ValueError(_("Không đọc được buổi làm việc %(part)r; hãy ghi như 07:00-11:30.") % {"part": part})
    hours = [int(group) for group in match.groups()]
    try:
        return time(hours[0], hours[1]), time(hours[2], hours[3])
    except ValueError:
        raise ValueError(_("Buổi làm việc %(part)s có giờ không tồn tại.") % {"part": part}) from None


def _check_sessions(sessions: Sessions) -> None:
    if not sessions:
        raise ValueError(_("Một ngày làm việc cần ít nhất một buổi."))
    for session in sessions:
        if session[0] >= session[1]:
            raise ValueError(
                _("Buổi làm việc %(part)s phải kết thúc sau khi bắt đầu.") % {"part": format_sessions((session,))}
            )
    for earlier, later in zip(sessions, sessions[1:], strict=False):
        if later[0] < earlier[1]:
            raise ValueError(
                _("Buổi làm việc %(later)s phải bắt đầu sau khi buổi %(earlier)s kết thúc.")
                % {"later": format_sessions((later,)), "earlier": format_sessions((earlier,))}
            )


class WorkingCalendar:
    """Office hours, days off and make-up days of whole years; only confirmed rows count (A7).

    `hours` holds (valid from, sessions): each applies until the next begins, the first from the first loaded day or
    earlier. Moments are aware datetimes, in any zone, and are rounded down to the second; naive ones raise ValueError.
    Days are local dates. Whatever needs a day outside the loaded years raises BeyondCalendar.
    """

    def __init__(
        self,
        days: Iterable[DayRow],
        hours: Sequence[tuple[date, Sessions]],
        first_year: int,
        last_year: int,
        announced_until: date,
    ):
        self.days = tuple(sorted(days, key=lambda row: row.date))
        self.hours = tuple(sorted(hours, key=lambda entry: entry[0]))
        self.first_year = first_year
        self.last_year = last_year
        self.announced_until = announced_until
        self._first = date(first_year, 1, 1)
        self._length = date(last_year, 12, 31).toordinal() - self._first.toordinal() + 1
        self._first_ordinal = self._first.toordinal()
        self._announced = announced_until.toordinal() - self._first_ordinal
        self._midnight = midnight(self._first)
        self._check()
        self._confirmed = {row.date: row for row in self.days if row.confirmed}
        self._count_days()
        self._count_seconds()

    def with_sessions(self, sessions: Sessions) -> "WorkingCalendar":
        """The same days with these office hours throughout."""
        return WorkingCalendar(
            self.days, [(self._first, sessions)], self.first_year, self.last_year, self.announced_until
        )

    # Building

    def _check(self) -> None:
        if self._length <= 0:
            raise ValueError(f"the last year {self.last_year} is before the first year {self.first_year}")
        if not self.hours or self.hours[0][0] > self._first:
            raise ValueError(f"no office hours are in force on {self._first}")
        for _valid_from, sessions in self.hours:
            _check_sessions(sessions)
        seen = set()
        for row in self.days:
            if row.kind not in KINDS:
                raise ValueError(f"{row.date}: unknown kind of day {row.kind!r}")
            if row.confirmed and row.date in seen:
                raise ValueError(f"{row.date}: two confirmed rows for one day")
            if row.confirmed:
                seen.add(row.date)

    def _is_worked(self, day: date) -> bool:
        row = self._confirmed.get(day)
        return day.weekday() < SATURDAY if row is None else row.kind == "make_up"

    def _count_days(self) -> None:
        """_upto[i]: working days up to and including day i; _working[k]: the day that is number k, from 0."""
        self._upto: list[int] = []
        self._working: list[int] = []
        for index in range(self._length):
            if self._is_worked(self._date(index)):
                self._working.append(index)
            self._upto.append(len(self._working))

    def _count_seconds(self) -> None:
        """_opens, _before, _after: for each session its position, and the working seconds before it and up to its end;
        _closes: for each working day its close."""
        self._opens: list[int] = []
        self._before: list[int] = []
        self._after: list[int] = []
        self._closes: list[datetime] = []
        total = 0
        starts = [valid_from.toordinal() - self._first_ordinal for valid_from, _sessions in self.hours]
        spans = [[(_seconds(opens), _seconds(closes)) for opens, closes in sessions] for _from, sessions in self.hours]
        for index in self._working:
            sessions = spans[bisect_right(starts, index) - 1]
            for opens, closes in sessions:
                self._opens.append(index * DAY + opens)
                self._before.append(total)
                total += closes - opens
                self._after.append(total)
            self._closes.append(self._moment(index * DAY + sessions[-1][1]))

    # Positions: days and seconds counted from the first loaded midnight

    def _date(self, index: int) -> date:
        return date.fromordinal(self._first_ordinal + index)

    def _moment(self, position: int) -> datetime:
        return self._midnight + timedelta(seconds=position)

    def _beyond(self, day: date) -> BeyondCalendar:
        return BeyondCalendar(day, self.first_year, self.last_year)

    def _past_the_end(self) -> BeyondCalendar:
        return self._beyond(self._date(self._length))

    def _index(self, day: date) -> int:
        if isinstance(day, datetime):
            raise TypeError("a local date is needed, not a moment")
        index = day.toordinal() - self._first_ordinal
        if not 0 <= index < self._length:
            raise self._beyond(day)
        return index

    def _position(self, moment: datetime) -> int:
        if moment.utcoffset() is None:
            raise ValueError(f"a moment needs a time zone: {moment.isoformat()}")
        if not self.first_year - 1 <= moment.year <= self.last_year + 1:
            raise self._beyond(moment.date())
        local = moment.astimezone(LOCAL)
        index = local.toordinal() - self._first_ordinal
        if not 0 <= index < self._length:
            raise self._beyond(local.date())
        return index * DAY + local.hour * HOUR + local.minute * 60 + local.second

    def _worked(self, position: int) -> int:
        """Working seconds from the start of the calendar to `position`."""
        session = bisect_right(self._opens, position) - 1
        if session < 0:
            return 0
        return min(self._before[session] + position - self._opens[session], self._after[session])

    # Reckoning

    def add(self, start: datetime, amount: int, unit: Unit) -> Due:
        """When a limit of `amount` units that starts at `start` is due; on time means done at or before it.

        working_hours run on the office clock from the exact moment, and end at a close rather than at the next
        opening (A2); working_days leave the day of the event out and end at the close of the last one (A3);
        calendar_days leave it out too and end at 23:59:59, moved to the next working day where the last is off.
        Raises ValueError for an amount below 1.
        """
        if type(amount) is not int or amount < 1:
            raise ValueError(_("Số lượng phải là số nguyên dương, không phải %(amount)r.") % {"amount": amount})
        return self._adders[unit](self, self._position(start), amount)

    def _due(self, position: int) -> Due:
        return Due(self._moment(position), position // DAY > self._announced)

    def _add_clock_hours(self, position: int, amount: int) -> Due:
        position += amount * HOUR
        if position >= self._length * DAY:
            raise self._past_the_end()
        return self._due(position)

    def _add_working_hours(self, position: int, amount: int) -> Due:
        target = self._worked(position) + amount * HOUR
        session = bisect_left(self._after, target)
        if session == len(self._after):
            raise self._past_the_end()
        return self._due(self._opens[session] + target - self._before[session])

    def _add_working_days(self, position: int, amount: int) -> Due:
        number = self._upto[position // DAY] + amount - 1
        if number >= len(self._working):
            raise self._past_the_end()
        return Due(self._closes[number], self._working[number] > self._announced)

    def _add_calendar_days(self, position: int, amount: int) -> Due:
        index = position // DAY + amount
        if index >= self._length:
            raise self._past_the_end()
        if not self._is_working(index):
            index = self._next_working(index)
        return self._due(index * DAY + DAY - 1)

    _adders = {
        Unit.CLOCK_HOURS: _add_clock_hours,
        Unit.WORKING_HOURS: _add_working_hours,
        Unit.WORKING_DAYS: _add_working_days,
        Unit.CALENDAR_DAYS: _add_calendar_days,
    }

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Working time from `start` to `end`, negative where the end comes first: the reverse of add()."""
        return timedelta(seconds=self._worked(self._position(end)) - self._worked(self._position(start)))

    def is_open(self, moment: datetime) -> bool:
        """Whether the offices are open at this moment."""
        position = self._position(moment)
        session = bisect_right(self._opens, position) - 1
        return session >= 0 and position < self._opens[session] + self._after[session] - self._before[session]

    def quarter_left(self, start: datetime, due: datetime, unit: str) -> datetime:
        """When a quarter of the time from `start` to `due` is left, local.

        Working time, but real time for limits that run day and night or where no office hour lies between.
        """
        first, last = self._position(start), self._position(due)
        quarter = (self._worked(last) - self._worked(first)) // 4
        if unit in (Unit.CLOCK_HOURS, Unit.CALENDAR_DAYS) or quarter <= 0:
            return self._moment(last - (last - first) // 4)
        target = self._worked(last) - quarter
        session = bisect_left(self._after, target)
        return self._moment(self._opens[session] + target - self._before[session])

    # Days

    def _is_working(self, index: int) -> bool:
        return self._upto[index] > (self._upto[index - 1] if index else 0)

    def _next_working(self, index: int) -> int:
        number = self._upto[index]
        if number == len(self._working):
            raise self._past_the_end()
        return self._working[number]

    def is_working_day(self, day: date) -> bool:
        """Whether the offices work on this local date."""
        return self._is_working(self._index(day))

    def working_days_between(self, first: date, last: date) -> int:
        """Working days after `first` up to and including `last`, negative where `last` comes first."""
        return self._upto[self._index(last)] - self._upto[self._index(first)]

    def close_of(self, day: date) -> datetime:
        """The close of office hours, local, on a working day. Raises ValueError for a day off."""
        index = self._index(day)
        if not self._is_working(index):
            raise ValueError(f"{day} is not a working day")
        return self._closes[self._upto[index] - 1]

    def next_working_day(self, day: date) -> date:
        """The first working day after `day`."""
        return self._date(self._next_working(self._index(day)))

    def nth_working_day_after(self, day: date, number: int) -> date:
        """The working day that is number 1, 2, … after `day`, which itself is not counted."""
        if number < 1:
            raise ValueError(f"working days are numbered from 1, not {number}")
        position = self._upto[self._index(day)] + number - 1
        if position >= len(self._working):
            raise self._past_the_end()
        return self._date(self._working[position])

    def previous_working_day(self, day: date) -> date:
        """The last working day before `day`."""
        index = self._index(day)
        number = self._upto[index] - self._is_working(index) - 1
        if number < 0:
            raise self._beyond(self._first - timedelta(days=1))
        return self._date(self._working[number])

    def is_provisional(self, moment: datetime) -> bool:
        """Whether a due time lies beyond what the calendar announces (A7)."""
        return moment.astimezone(LOCAL).date() > self.announced_until

    def unconfirmed_between(self, first: date, last: date) -> list[DayRow]:
        """Rows from `first` to `last`, both included, that do not count yet and could move a limit running there."""
        return [row for row in self.days if not row.confirmed and first <= row.date <= last]

    # Words

    @staticmethod
    def describe(left: timedelta) -> str:
        """Working time left (or, where negative, overdue) in Vietnamese words, rounded down; 8 hours are a day."""
        seconds = abs(left) // timedelta(seconds=1)
        if not seconds:
            return _("không còn giờ làm việc")
        words = {"span": _span_in_days(seconds)}
        return (_("còn %(span)s làm việc") if left > timedelta() else _("quá hạn %(span)s làm việc")) % words

    @staticmethod
    def describe_span(worked: timedelta) -> str:
        """A stretch of working time in Vietnamese words, to the second; 8 hours are a day."""
        days, rest = divmod(worked // timedelta(seconds=1), OFFICE_DAY)
        parts = [_("%(count)d ngày") % {"count": days} if days else "", _span(rest)]
        return _("%(span)s làm việc") % {"span": " ".join(part for part in parts if part)}

    def explain(self, start: datetime, amount: int, unit: Unit) -> list[ExplainedDay]:
        """Each day from the start to the due time: counted or not, and why. Raises what add() raises."""
        due = self.add(start, amount, unit).at
        first, last = self._position(start), self._position(due)
        explainer = {
            Unit.CLOCK_HOURS: self._explain_clock_hours,
            Unit.WORKING_HOURS: self._explain_working_hours,
            Unit.WORKING_DAYS: self._explain_working_days,
            Unit.CALENDAR_DAYS: self._explain_calendar_days,
        }[unit]
        return self._explained(explainer(first, last, amount))

    def explain_until(self, start: datetime, due: datetime) -> list[ExplainedDay]:
        """Each day from the start to a due time on a day that a person named: worked or not, and why.

        Empty where that day lies before the start. Raises ValueError where it is a day off.
        """
        first, last = self._position(start), self._position(due)
        if not self._is_working(last // DAY):
            raise ValueError(f"{self._date(last // DAY)} is not a working day")
        if last // DAY < first // DAY:
            return []
        if last // DAY == first // DAY:
            only = _("ngày bắt đầu, cũng là ngày đến hạn") + self._why_worked(last // DAY) + self._ends_at(last)
            return self._explained([(last // DAY, True, only)])
        amount = self._upto[last // DAY] - self._upto[first // DAY]
        return self._explained(self._explain_working_days(first, last, amount))

    def _explained(self, lines: Iterable[tuple[int, bool, str]]) -> list[ExplainedDay]:
        return [
            ExplainedDay(self._date(index), counted, reason + self._unconfirmed_note(self._date(index)))
            for index, counted, reason in lines
        ]

    def _explain_clock_hours(self, first: int, last: int, _amount: int) -> Iterator[tuple[int, bool, str]]:
        for index in range(first // DAY, (last - 1) // DAY + 1):
            seconds = min(last, (index + 1) * DAY) - max(first, index * DAY)
            yield index, True, _("%(span)s, kể cả ngoài giờ làm việc") % {"span": _span(seconds)}

    def _explain_working_hours(self, first: int, last: int, _amount: int) -> Iterator[tuple[int, bool, str]]:
        for index in range(first // DAY, last // DAY + 1):
            from_, to = max(first, index * DAY), min(last, (index + 1) * DAY)
            seconds = self._worked(to) - self._worked(from_)
            if not self._is_working(index):
                yield index, False, self._why_off(index)
            elif seconds:
                words = {"span": _span(seconds), "sessions": self._sessions_in(from_, to)}
                yield index, True, _("%(span)s (%(sessions)s)") % words + self._why_worked(index)
            else:
                yield index, False, _("đã hết giờ làm việc")

    def _explain_working_days(self, first: int, last: int, amount: int) -> Iterator[tuple[int, bool, str]]:
        day = first // DAY
        yield day, False, _("ngày bắt đầu, không tính")
        for index in range(day + 1, last // DAY + 1):
            if not self._is_working(index):
                yield index, False, self._why_off(index)
                continue
            number = self._upto[index] - self._upto[day]
            reason = _("ngày làm việc thứ %(number)d") % {"number": number} + self._why_worked(index)
            yield index, True, reason + (self._ends_at(last) if number == amount else "")

    def _explain_calendar_days(self, first: int, last: int, amount: int) -> Iterator[tuple[int, bool, str]]:
        day = first // DAY
        yield day, False, _("ngày bắt đầu, không tính")
        for number in range(1, last // DAY - day + 1):
            index = day + number
            if number <= amount:
                reason = _("ngày thứ %(number)d") % {"number": number}
                if number == amount and not self._is_working(index):
                    reason += _(", là ngày nghỉ: %(why)s; chuyển sang ngày làm việc tiếp theo") % {
                        "why": self._why_off(index)
                    }
            elif self._is_working(index):
                reason = _("ngày làm việc tiếp theo") + self._why_worked(index)
            else:
                reason = self._why_off(index)
            yield index, number <= amount, reason + (self._ends_at(last) if index == last // DAY else "")

    def _why_off(self, index: int) -> str:
        row = self._confirmed.get(self._date(index))
        if row is not None:
            return _with_reference(row)
        return _("nghỉ hằng tuần")

    def _why_worked(self, index: int) -> str:
        row = self._confirmed.get(self._date(index))
        return f"; {_with_reference(row)}" if row is not None else ""

    def _unconfirmed_note(self, day: date) -> str:
        notes = [_with_reference(row) for row in self.unconfirmed_between(day, day)]
        return _("; chưa xác nhận nên chưa áp dụng: %(rows)s") % {"rows": "; ".join(notes)} if notes else ""

    def _sessions_in(self, first: int, last: int) -> str:
        """The parts of the office hours between two positions of one day, as "11:15–11:30, 13:30–17:00"."""
        parts = []
        for session in range(bisect_left(self._opens, first // DAY * DAY), bisect_left(self._opens, last)):
            opens = self._opens[session]
            closes = opens + self._after[session] - self._before[session]
            if closes > first:
                parts.append(f"{_clock(max(opens, first))}–{_clock(min(closes, last))}")
        return ", ".join(parts)

    def _ends_at(self, position: int) -> str:
        return _("; hết hạn lúc %(time)s") % {"time": _clock(position)}


def _with_reference(row: DayRow) -> str:
    return f"{row.name} ({row.legal_reference})" if row.legal_reference else row.name


def _seconds(moment: time) -> int:
    return moment.hour * HOUR + moment.minute * 60 + moment.second


def _clock(position: int) -> str:
    minutes, seconds = divmod(position % DAY, 60)
    text = f"{minutes // 60:02}:{minutes % 60:02}"
    return f"{text}:{seconds:02}" if seconds else text


def _span(seconds: int) -> str:
    hours, rest = divmod(seconds, HOUR)
    parts = [
        _("%(count)d giờ") % {"count": hours} if hours else "",
        _("%(count)d phút") % {"count": rest // 60} if rest // 60 else "",
        _("%(count)d giây") % {"count": rest % 60} if rest % 60 else "",
    ]
    return " ".join(part for part in parts if part)


def _span_in_days(seconds: int) -> str:
    """Days and hours; minutes only below an hour."""
    if seconds < 60:
        return _("chưa đầy 1 phút")
    if seconds < HOUR:
        return _("%(count)d phút") % {"count": seconds // 60}
    days, rest = divmod(seconds, OFFICE_DAY)
    parts = [
        _("%(count)d ngày") % {"count": days} if days else "",
        _("%(count)d giờ") % {"count": rest // HOUR} if rest // HOUR else "",
    ]
    return " ".join(part for part in parts if part)
