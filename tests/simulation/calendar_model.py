"""Working time the slow way: walk from day to day and from session to session, counting (regulation §5, A2–A8).

Nothing of the portal is imported: the days off and the make-up days are read from the calendar file, the office hours
are those of A6.
"""

import csv
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache
from pathlib import Path

DAYS_FILE = Path(__file__).resolve().parents[2] / "agencies" / "data" / "calendar.csv"
ZONE = timezone(timedelta(hours=7))
SESSIONS = ((time(7, 0), time(11, 30)), (time(13, 30), time(17, 0)))
ANNOUNCED_UNTIL = date(2026, 12, 31)
SATURDAY, SUNDAY = 5, 6
ONE_DAY, ONE_SECOND, NOTHING = timedelta(days=1), timedelta(seconds=1), timedelta()
CLOCK_HOURS, WORKING_HOURS = "clock_hours", "working_hours"
WORKING_DAYS, CALENDAR_DAYS = "working_days", "calendar_days"


def whole_second(moment):
    """Local, rounded down to the second."""
    return moment.astimezone(ZONE).replace(microsecond=0)


class Office:
    """When the offices of the province are open."""

    def __init__(self, days_file=DAYS_FILE):
        self.days_off, self.make_up_days = set(), set()
        with open(days_file, encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row["confirmed"] == "yes":
                    days = self.make_up_days if row["kind"] == "make_up" else self.days_off
                    days.add(date.fromisoformat(row["date"]))
        self.works = lru_cache(maxsize=None)(self._works)
        self.sessions = lru_cache(maxsize=None)(self._sessions)

    def _works(self, day):
        """The weekday that a swap gives off is off, its make-up Saturday is a full working day (A7)."""
        if day in self.make_up_days:
            return True
        return day not in self.days_off and day.weekday() not in (SATURDAY, SUNDAY)

    def _sessions(self, day):
        if not self.works(day):
            return []
        return [tuple(datetime.combine(day, hour, ZONE) for hour in session) for session in SESSIONS]

    def is_open(self, moment):
        return any(opens <= moment < closes for opens, closes in self.sessions(moment.astimezone(ZONE).date()))

    def close(self, day):
        return self.sessions(day)[-1][1]

    def next_working_day(self, day):
        day += ONE_DAY
        while not self.works(day):
            day += ONE_DAY
        return day

    def previous_working_day(self, day):
        day -= ONE_DAY
        while not self.works(day):
            day -= ONE_DAY
        return day

    # Limits

    def due(self, start, amount, unit):
        return self._ways[unit](self, whole_second(start), amount)

    def _clock_hours(self, start, amount):
        return start + timedelta(hours=amount)

    def _working_hours(self, start, amount):
        return self.after_working(start, timedelta(hours=amount))

    def _working_days(self, start, amount):
        """The day of the event is not counted; due at the close of the last one."""
        day = start.date()
        for _ in range(amount):
            day = self.next_working_day(day)
        return self.close(day)

    def _calendar_days(self, start, amount):
        """The day itself is not counted; where the last is off, the next working day; its last second."""
        day = start.date() + timedelta(days=amount)
        if not self.works(day):
            day = self.next_working_day(day)
        return datetime.combine(day, time(23, 59, 59), ZONE)

    _ways = {
        CLOCK_HOURS: _clock_hours,
        WORKING_HOURS: _working_hours,
        WORKING_DAYS: _working_days,
        CALENDAR_DAYS: _calendar_days,
    }

    def after_working(self, start, span):
        """When that much working time is over; at the close where it ends just there, not at the next opening (A2)."""
        day = start.date()
        while True:
            for opens, closes in self.sessions(day):
                begins = max(opens, start)
                if begins >= closes:
                    continue
                if begins + span <= closes:
                    return begins + span
                span -= closes - begins
            day += ONE_DAY

    def worked(self, start, end):
        total, day = NOTHING, start.date()
        while day <= end.date():
            for opens, closes in self.sessions(day):
                total += max(NOTHING, min(closes, end) - max(opens, start))
            day += ONE_DAY
        return total

    def is_provisional(self, due):
        return due.astimezone(ZONE).date() > ANNOUNCED_UNTIL

    # Warnings

    def quarter_left(self, start, due, unit):
        """The first second at which no more than a quarter of the limit's time is left.

        Office time; of limits that run day and night, and where no office time lies between, real time.
        """
        working = self.worked(start, due)
        quarter = working // ONE_SECOND // 4 * ONE_SECOND
        if unit in (CLOCK_HOURS, CALENDAR_DAYS) or not quarter:
            return due - (due - start) // ONE_SECOND // 4 * ONE_SECOND
        return self.after_working(start, working - quarter)

    def a_working_day_later(self, moment):
        return self.due(moment, 1, WORKING_DAYS)
