"""Adding working time: microseconds a call, beside a naive minute walk, businesstimedelta and numpy.busday_offset.

    .venv/bin/python bench/working_time.py

Needs no database. All are fed the same starts and first checked to agree; they take turns in each round. The figures of
one run are comparable with each other only: read the ratios. businesstimedelta knows no make-up days; numpy knows only
days, and gets the starts one by one and as one array.
"""

import statistics
import sys
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from datetime import time as clock
from pathlib import Path

import businesstimedelta
import numpy
import pytz

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from agencies.calendar import LOCAL, Unit, WorkingCalendar
from agencies.calendar_files import calendar_from_files

ROUNDS = 5
DAYS = 5
HOURS = 4
STARTS = [datetime(2026, 3, 2, 7, 30, tzinfo=LOCAL) + timedelta(days=day, minutes=97 * day % 540) for day in range(20)]
SESSIONS = ((clock(7), clock(11, 30)), (clock(13, 30), clock(17)))
MINUTE = timedelta(minutes=1)


class MinuteWalk:
    """What a first version would do: step by minutes and ask of each whether the office is open."""

    def __init__(self, calendar: WorkingCalendar):
        self.off = {row.date for row in calendar.days if row.confirmed and row.kind != "make_up"}
        self.make_up = {row.date for row in calendar.days if row.confirmed and row.kind == "make_up"}

    def is_open(self, moment: datetime) -> bool:
        day = moment.date()
        if day not in self.make_up and (day in self.off or day.weekday() > 4):
            return False
        return any(opens <= moment.time() < closes for opens, closes in SESSIONS)

    def add_hours(self, moment: datetime, hours: int) -> datetime:
        left = hours * 60
        while left:
            left -= self.is_open(moment)
            moment += MINUTE
        return moment

    def add_days(self, start: datetime, days: int) -> datetime:
        moment = datetime.combine(start.date() + timedelta(days=1), clock(), LOCAL)
        for number in range(days):
            while not self.is_open(moment):
                moment += MINUTE
            if number < days - 1:
                moment = datetime.combine(moment.date() + timedelta(days=1), clock(), LOCAL)
        closed_from = moment
        while closed_from.date() == moment.date():
            if self.is_open(closed_from):
                due = closed_from + MINUTE
            closed_from += MINUTE
        return due


def business_rules(calendar: WorkingCalendar) -> businesstimedelta.Rules:
    """The same office hours and days off in the terms of businesstimedelta."""
    off = {row.date: row.name for row in calendar.days if row.confirmed and row.kind != "make_up"}
    zone = pytz.timezone("Asia/Ho_Chi_Minh")
    week = [
        businesstimedelta.WorkDayRule(start_time=opens, end_time=closes, working_days=[0, 1, 2, 3, 4], tz=zone)
        for opens, closes in SESSIONS
    ]
    return businesstimedelta.Rules([*week, businesstimedelta.HolidayRule(off, tz=zone)])


def numpy_days(calendar: WorkingCalendar) -> numpy.busdaycalendar:
    return numpy.busdaycalendar(holidays=[row.date for row in calendar.days if row.confirmed and row.kind != "make_up"])


def microseconds_a_call(work: Callable[[], int], least_seconds: float = 0.05) -> float:
    """`work` returns how many calls it made."""
    calls, started = 0, time.perf_counter()
    while (spent := time.perf_counter() - started) < least_seconds or not calls:
        calls += work()
    return spent / calls * 1e6


def each(call: Callable[[datetime], object]) -> Callable[[], int]:
    def work() -> int:
        for start in STARTS:
            call(start)
        return len(STARTS)

    return work


def contenders(calendar: WorkingCalendar) -> dict[str, dict[str, Callable[[], int]]]:
    walk, rules, days = MinuteWalk(calendar), business_rules(calendar), numpy_days(calendar)
    eight_hours_a_day = businesstimedelta.BusinessTimeDelta(rules, hours=8 * DAYS)
    half_a_day = businesstimedelta.BusinessTimeDelta(rules, hours=HOURS)
    dates = [numpy.datetime64(start.date()) for start in STARTS]
    whole = numpy.array(dates * 500)

    def one_by_one() -> int:
        for day in dates:
            numpy.busday_offset(day, DAYS, roll="backward", busdaycal=days)
        return len(dates)

    def whole_array() -> int:
        numpy.busday_offset(whole, DAYS, roll="backward", busdaycal=days)
        return len(whole)

    return {
        f"{DAYS} working days": {
            "WorkingCalendar": each(lambda start: calendar.add(start, DAYS, Unit.WORKING_DAYS)),
            "numpy.busday_offset, whole array (days only)": whole_array,
            "numpy.busday_offset, one by one (days only)": one_by_one,
            "naive minute walk": each(lambda start: walk.add_days(start, DAYS)),
            "businesstimedelta (as 40 h)": each(lambda start: start + eight_hours_a_day),
        },
        f"{HOURS} working hours": {
            "WorkingCalendar": each(lambda start: calendar.add(start, HOURS, Unit.WORKING_HOURS)),
            "naive minute walk": each(lambda start: walk.add_hours(start, HOURS)),
            "businesstimedelta": each(lambda start: start + half_a_day),
        },
    }


def check_that_all_agree(calendar: WorkingCalendar) -> None:
    walk, rules, days = MinuteWalk(calendar), business_rules(calendar), numpy_days(calendar)
    for start in STARTS:
        by_days = calendar.add(start, DAYS, Unit.WORKING_DAYS).at
        by_hours = calendar.add(start, HOURS, Unit.WORKING_HOURS).at
        offset = numpy.busday_offset(numpy.datetime64(start.date()), DAYS, roll="backward", busdaycal=days)
        assert walk.add_days(start, DAYS) == by_days
        assert offset.astype(date) == by_days.date()
        assert walk.add_hours(start, HOURS) == by_hours
        assert start + businesstimedelta.BusinessTimeDelta(rules, hours=HOURS) == by_hours


def main() -> None:
    started = time.perf_counter()
    calendar = calendar_from_files()
    print(f"calendar read and built in {(time.perf_counter() - started) * 1e3:.1f} ms")
    check_that_all_agree(calendar)
    for title, runs in contenders(calendar).items():
        print(f"\n| adding {title} | µs a call, median | min–max | ÷ WorkingCalendar |\n|---|---|---|---|")
        rounds = {name: [] for name in runs}
        for _round in range(ROUNDS):
            for name, work in runs.items():
                rounds[name].append(microseconds_a_call(work))
        ours = statistics.median(rounds["WorkingCalendar"])
        for name, found in rounds.items():
            median = statistics.median(found)
            print(f"| {name} | {median:.2f} | {min(found):.2f}–{max(found):.2f} | {median / ours:.2f} |")


if __name__ == "__main__":
    main()
