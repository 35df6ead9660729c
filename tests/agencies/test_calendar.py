import csv
import json
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agencies.calendar import (
    LOCAL,
    BeyondCalendar,
    DayRow,
    ExplainedDay,
    Unit,
    WorkingCalendar,
    format_sessions,
    parse_sessions,
)
from agencies.calendar_files import DAYS_FILE, calendar_from_files

GOLDEN = json.loads(Path(__file__).with_name("golden_deadlines.json").read_text(encoding="utf-8"))["cases"]
CALENDAR = calendar_from_files()
VARIANTS = ("07:00-11:30,13:30-17:00", "08:00-12:00,13:00-17:00", "08:00-11:30,13:00-17:30")
BY_SESSIONS = {text: CALENDAR.with_sessions(parse_sessions(text)) for text in VARIANTS}


def local(text):
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL)


def due(start, amount, unit, calendar=CALENDAR):
    return calendar.add(local(start), amount, unit).at


def calendar_of(days=(), hours=None, first_year=2026, last_year=2026, announced_until=date(2026, 12, 31)):
    hours = hours or [(date(first_year, 1, 1), parse_sessions(VARIANTS[0]))]
    return WorkingCalendar(days, hours, first_year, last_year, announced_until)


# The hand-worked cases


@pytest.mark.parametrize("case", GOLDEN, ids=[case["id"] for case in GOLDEN])
def test_a_hand_worked_case_is_due_to_the_second(case):
    assert due(case["start"], case["amount"], Unit(case["unit"]), BY_SESSIONS[case["sessions"]]) == local(case["due"])


def test_the_hand_worked_cases_are_all_there():
    assert len(GOLDEN) == 43
    assert {case["unit"] for case in GOLDEN} == set(Unit)


# A naive walk, minute by minute, over the calendar file read anew


class Walk:
    def __init__(self, sessions):
        self.sessions = [tuple(time.fromisoformat(end) for end in part.split("-")) for part in sessions.split(",")]
        self.off, self.worked = set(), set()
        with DAYS_FILE.open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                if row["confirmed"] == "yes":
                    (self.worked if row["kind"] == "make_up" else self.off).add(date.fromisoformat(row["date"]))

    def works(self, day):
        return day in self.worked or (day.weekday() < 5 and day not in self.off)

    def is_open(self, minute):
        return self.works(minute.date()) and any(opens <= minute.time() < closes for opens, closes in self.sessions)

    def open_minutes(self, start, end):
        count, minute = 0, start
        while minute < end:
            count += self.is_open(minute)
            minute += timedelta(minutes=1)
        return count

    def working_hours(self, minute, amount):
        left = amount * 60
        while left:
            left -= self.is_open(minute)
            minute += timedelta(minutes=1)
        return minute

    def working_days(self, start, amount):
        minute = datetime.combine(start.date() + timedelta(days=1), time())
        seen, last_open = set(), None
        while len(seen) < amount or minute.date() in seen:
            if self.is_open(minute):
                seen.add(minute.date())
                last_open = minute
            minute += timedelta(minutes=1)
        return last_open + timedelta(minutes=1)

    def calendar_days(self, start, amount):
        day = start.date() + timedelta(days=amount)
        while not self.works(day):
            day += timedelta(days=1)
        return datetime.combine(day, time(23, 59, 59))

    def clock_hours(self, minute, amount):
        for _minute in range(amount * 60):
            minute += timedelta(minutes=1)
        return minute

    def due(self, start, amount, unit):
        return getattr(self, unit.value)(start, amount)


WALKS = {sessions: Walk(sessions) for sessions in VARIANTS}
EXCEPTIONS = [row.date for row in CALENDAR.days if row.date < date(2027, 11, 1)]
DAYS = st.one_of(
    st.dates(date(2022, 1, 1), date(2027, 11, 1)),
    st.builds(
        lambda day, shift: max(day + timedelta(days=shift), date(2022, 1, 1)),
        st.sampled_from(EXCEPTIONS),
        st.integers(-4, 3),
    ),
)
MINUTES_OF_DAY = st.one_of(
    st.integers(0, 1439), st.sampled_from([0, 419, 420, 421, 689, 690, 691, 809, 810, 811, 1019, 1020, 1021, 1439])
)
MINUTES = st.builds(lambda day, minute: datetime.combine(day, time(minute // 60, minute % 60)), DAYS, MINUTES_OF_DAY)
SECONDS = st.builds(lambda minute, second: minute.replace(second=second, tzinfo=LOCAL), MINUTES, st.integers(0, 59))
AMOUNTS = st.integers(1, 24)
UNITS = st.sampled_from(Unit)
SESSIONS = st.sampled_from(VARIANTS)


@pytest.mark.parametrize(
    ("unit", "most"), [("clock_hours", 60), ("working_hours", 30), ("working_days", 10), ("calendar_days", 40)]
)
def test_a_due_time_equals_the_naive_minute_walk(unit, most):
    @settings(max_examples=80, deadline=None)
    @given(start=MINUTES, amount=st.integers(1, most), sessions=SESSIONS)
    def equal(start, amount, sessions):
        found = BY_SESSIONS[sessions].add(start.replace(tzinfo=LOCAL), amount, Unit(unit)).at
        assert found == WALKS[sessions].due(start, amount, Unit(unit)).replace(tzinfo=LOCAL)

    equal()


@settings(max_examples=60, deadline=None)
@given(start=MINUTES, length=st.integers(0, 20_000), sessions=SESSIONS)
def test_working_time_between_two_moments_equals_the_naive_minute_walk(start, length, sessions):
    end = start + timedelta(minutes=length)
    calendar, walked = BY_SESSIONS[sessions], timedelta(minutes=WALKS[sessions].open_minutes(start, end))
    assert calendar.between(start.replace(tzinfo=LOCAL), end.replace(tzinfo=LOCAL)) == walked
    assert calendar.between(end.replace(tzinfo=LOCAL), start.replace(tzinfo=LOCAL)) == -walked


@settings(max_examples=300, deadline=None)
@given(one=SECONDS, other=SECONDS, amount=AMOUNTS, unit=UNITS)
def test_who_starts_earlier_is_never_due_later(one, other, amount, unit):
    earlier, later = sorted([one, other])
    assert CALENDAR.add(earlier, amount, unit).at <= CALENDAR.add(later, amount, unit).at


@settings(max_examples=300, deadline=None)
@given(start=SECONDS, amount=AMOUNTS, unit=UNITS)
def test_a_greater_amount_is_never_due_earlier_and_every_due_time_is_after_its_start(start, amount, unit):
    assert start < CALENDAR.add(start, amount, unit).at <= CALENDAR.add(start, amount + 1, unit).at


@settings(max_examples=300, deadline=None)
@given(start=SECONDS, amount=AMOUNTS, unit=st.sampled_from([Unit.WORKING_HOURS, Unit.WORKING_DAYS]), sessions=SESSIONS)
def test_a_limit_in_working_time_is_never_due_outside_office_hours(start, amount, unit, sessions):
    found = BY_SESSIONS[sessions].add(start, amount, unit).at.replace(tzinfo=None)
    assert WALKS[sessions].is_open(found - timedelta(seconds=1))


@settings(max_examples=300, deadline=None)
@given(start=SECONDS, amount=AMOUNTS, sessions=SESSIONS)
def test_adding_working_hours_and_measuring_them_gives_back_the_amount(start, amount, sessions):
    calendar = BY_SESSIONS[sessions]
    assert calendar.between(start, calendar.add(start, amount, Unit.WORKING_HOURS).at) == timedelta(hours=amount)


@settings(max_examples=300, deadline=None)
@given(day=DAYS, number=st.integers(1, 30))
def test_the_nth_working_day_and_the_count_of_working_days_are_each_others_reverse(day, number):
    found = CALENDAR.nth_working_day_after(day, number)
    assert CALENDAR.is_working_day(found)
    assert CALENDAR.working_days_between(day, found) == number
    assert CALENDAR.working_days_between(found, day) == -number


# Moments


def test_a_half_day_that_ends_at_the_noon_close_is_due_then_and_not_at_the_afternoon_opening():
    assert due("2026-03-02T07:30", 4, Unit.WORKING_HOURS) == local("2026-03-02T11:30")


def test_a_start_at_the_very_close_counts_from_the_next_opening():
    assert due("2026-03-06T17:00", 1, Unit.WORKING_HOURS) == local("2026-03-09T08:00")


def test_a_start_in_another_zone_is_reckoned_on_the_local_clock_and_day():
    monday_evening_utc = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)
    assert CALENDAR.add(monday_evening_utc, 1, Unit.WORKING_DAYS).at == local("2026-03-04T17:00")
    monday_morning_in_tokyo = datetime(2026, 3, 2, 10, 0, tzinfo=timezone(timedelta(hours=9)))
    assert CALENDAR.add(monday_morning_in_tokyo, 4, Unit.WORKING_HOURS).at == local("2026-03-02T14:00")


def test_due_times_are_local():
    for unit in Unit:
        assert CALENDAR.add(datetime(2026, 3, 2, 2, 0, tzinfo=UTC), 1, unit).at.tzinfo is LOCAL


def test_seconds_count_and_microseconds_are_dropped():
    assert due("2026-03-02T10:29:59.999999", 1, Unit.WORKING_HOURS) == local("2026-03-02T11:29:59")
    assert due("2026-03-02T10:29:59.999999", 1, Unit.CLOCK_HOURS) == local("2026-03-02T11:29:59")
    assert CALENDAR.between(local("2026-03-02T10:00:00.9"), local("2026-03-02T10:00:01.1")) == timedelta(seconds=1)


def test_a_naive_moment_is_refused():
    naive = datetime(2026, 3, 2, 9, 0)  # noqa: DTZ001  the naive moment that must be refused
    with pytest.raises(ValueError, match="time zone"):
        CALENDAR.add(naive, 1, Unit.WORKING_DAYS)
    with pytest.raises(ValueError, match="time zone"):
        CALENDAR.between(naive, local("2026-03-02T10:00"))


@pytest.mark.parametrize("amount", [0, -1, 1.0, "1", True, None])
def test_an_amount_is_a_positive_whole_number(amount):
    with pytest.raises(ValueError, match="số nguyên dương"):
        CALENDAR.add(local("2026-03-02T09:00"), amount, Unit.WORKING_DAYS)


# What counts, and how far the calendar reaches


def test_only_confirmed_rows_count():
    assert due("2026-11-20T09:00", 1, Unit.WORKING_DAYS) == local("2026-11-23T17:00")
    approved = calendar_of([replace(row, confirmed=True) for row in CALENDAR.days if row.date.year == 2026])
    assert due("2026-11-20T09:00", 1, Unit.WORKING_DAYS, approved) == local("2026-11-25T17:00")
    assert due("2026-11-27T09:00", 1, Unit.WORKING_DAYS, approved) == local("2026-11-28T17:00")


def test_unconfirmed_rows_between_two_days_are_named():
    assert [row.date for row in CALENDAR.unconfirmed_between(date(2026, 11, 23), date(2026, 11, 28))] == [
        date(2026, 11, 23),
        date(2026, 11, 28),
    ]
    assert CALENDAR.unconfirmed_between(date(2026, 11, 24), date(2026, 11, 27)) == []


def test_a_due_time_beyond_the_announced_date_is_provisional():
    wednesday = local("2026-12-30T09:00")
    last_announced = CALENDAR.add(wednesday, 1, Unit.WORKING_DAYS)
    assert (last_announced.at, last_announced.provisional) == (local("2026-12-31T17:00"), False)
    first_beyond = CALENDAR.add(wednesday, 2, Unit.WORKING_DAYS)
    assert (first_beyond.at, first_beyond.provisional) == (local("2027-01-04T17:00"), True)


@pytest.mark.parametrize(
    ("start", "amount", "unit", "provisional"),
    [
        ("2026-12-31T22:59:59", 1, Unit.CLOCK_HOURS, False),
        ("2026-12-31T23:00", 1, Unit.CLOCK_HOURS, True),
        ("2026-12-31T16:00", 1, Unit.WORKING_HOURS, False),
        ("2026-12-31T16:00:01", 1, Unit.WORKING_HOURS, True),
        ("2026-12-30T16:00", 1, Unit.CALENDAR_DAYS, False),
        ("2026-12-31T16:00", 1, Unit.CALENDAR_DAYS, True),
    ],
)
def test_every_unit_knows_what_is_provisional(start, amount, unit, provisional):
    assert CALENDAR.add(local(start), amount, unit).provisional is provisional


@pytest.mark.parametrize(
    ("start", "amount", "unit", "day"),
    [
        ("2021-12-31T23:59:59", 1, Unit.CLOCK_HOURS, date(2021, 12, 31)),
        ("2028-01-01T00:00", 1, Unit.CLOCK_HOURS, date(2028, 1, 1)),
        ("2027-12-31T23:00", 1, Unit.CLOCK_HOURS, date(2028, 1, 1)),
        ("2027-12-31T16:00:01", 1, Unit.WORKING_HOURS, date(2028, 1, 1)),
        ("2027-12-30T09:00", 2, Unit.WORKING_DAYS, date(2028, 1, 1)),
        ("2027-12-24T09:00", 8, Unit.CALENDAR_DAYS, date(2028, 1, 1)),
        ("2026-03-02T09:00", 10**30, Unit.WORKING_HOURS, date(2028, 1, 1)),
        ("2026-03-02T09:00", 10**30, Unit.CLOCK_HOURS, date(2028, 1, 1)),
        ("0001-01-01T00:00", 1, Unit.WORKING_DAYS, date(1, 1, 1)),
        ("9999-12-31T23:59", 1, Unit.WORKING_DAYS, date(9999, 12, 31)),
    ],
)
def test_a_day_outside_the_loaded_years_is_an_error_that_carries_it(start, amount, unit, day):
    with pytest.raises(BeyondCalendar) as caught:
        due(start, amount, unit)
    assert caught.value.day == day


def test_the_last_loaded_day_itself_is_reckoned():
    assert due("2027-12-30T09:00", 1, Unit.WORKING_DAYS) == local("2027-12-31T17:00")
    assert due("2027-12-31T16:00", 1, Unit.WORKING_HOURS) == local("2027-12-31T17:00")
    assert due("2027-12-24T09:00", 7, Unit.CALENDAR_DAYS) == local("2027-12-31T23:59:59")
    assert due("2027-12-31T22:59:59", 1, Unit.CLOCK_HOURS) == local("2027-12-31T23:59:59")


def test_a_last_day_off_that_would_move_into_a_year_not_loaded_is_an_error():
    ends_on_a_saturday = calendar_of(first_year=2022, last_year=2022)
    with pytest.raises(BeyondCalendar):
        due("2022-12-30T09:00", 1, Unit.CALENDAR_DAYS, ends_on_a_saturday)


def test_measuring_outside_the_loaded_years_is_an_error():
    with pytest.raises(BeyondCalendar):
        CALENDAR.between(local("2027-12-31T09:00"), local("2028-01-01T00:00"))
    with pytest.raises(BeyondCalendar):
        CALENDAR.working_days_between(date(2021, 12, 31), date(2022, 1, 4))


def test_the_error_reads_as_a_sentence():
    assert (
        str(BeyondCalendar(date(2028, 1, 3), 2022, 2027))
        == "Lịch làm việc chỉ có từ năm 2022 đến hết năm 2027, chưa có ngày 03/01/2028."
    )


# Office hours


def test_office_hours_change_on_their_date_also_to_another_length_of_day():
    calendar = calendar_of(
        hours=[
            (date(2026, 7, 1), parse_sessions("08:00-12:00,13:00-16:00")),
            (date(2025, 1, 1), parse_sessions("07:00-11:30,13:30-17:00")),
        ]
    )
    assert due("2026-06-30T15:00", 4, Unit.WORKING_HOURS, calendar) == local("2026-07-01T10:00")
    assert due("2026-06-29T15:00", 1, Unit.WORKING_DAYS, calendar) == local("2026-06-30T17:00")
    assert due("2026-06-30T15:00", 1, Unit.WORKING_DAYS, calendar) == local("2026-07-01T16:00")
    assert calendar.between(local("2026-06-30T07:00"), local("2026-07-02T07:00")) == timedelta(hours=15)


def test_other_sessions_apply_throughout_and_leave_the_calendar_as_it_was():
    one_session = CALENDAR.with_sessions(parse_sessions("09:00-15:00"))
    assert due("2022-01-04T14:00", 2, Unit.WORKING_HOURS, one_session) == local("2022-01-05T10:00")
    assert due("2026-03-02T14:00", 2, Unit.WORKING_HOURS, one_session) == local("2026-03-03T10:00")
    assert due("2026-03-02T14:00", 2, Unit.WORKING_HOURS) == local("2026-03-02T16:00")


def test_sessions_are_read_and_written_back():
    sessions = parse_sessions(" 07:00-11:30, 13:30-17:00 ")
    assert sessions == ((time(7), time(11, 30)), (time(13, 30), time(17)))
    assert format_sessions(sessions) == "07:00-11:30,13:30-17:00"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Giờ làm việc đang để trống; hãy ghi như 07:00-11:30,13:30-17:00."),
        ("  ", "Giờ làm việc đang để trống; hãy ghi như 07:00-11:30,13:30-17:00."),
        ("07:00-11:30,", "Không đọc được buổi làm việc ''; hãy ghi như 07:00-11:30."),
        ("7:00-11:30", "Không đọc được buổi làm việc '7:00-11:30'; hãy ghi như 07:00-11:30."),
        ("07:00-24:00", "Buổi làm việc 07:00-24:00 có giờ không tồn tại."),
        ("11:30-07:00", "Buổi làm việc 11:30-07:00 phải kết thúc sau khi bắt đầu."),
        ("07:00-07:00", "Buổi làm việc 07:00-07:00 phải kết thúc sau khi bắt đầu."),
        ("07:00-12:00,11:59-17:00", "Buổi làm việc 11:59-17:00 phải bắt đầu sau khi buổi 07:00-12:00 kết thúc."),
        ("13:30-17:00,07:00-11:30", "Buổi làm việc 07:00-11:30 phải bắt đầu sau khi buổi 13:30-17:00 kết thúc."),
    ],
)
def test_bad_sessions_are_refused_with_what_is_wrong(text, message):
    with pytest.raises(ValueError, match=".") as caught:
        parse_sessions(text)
    assert str(caught.value) == message


def test_a_calendar_that_cannot_be_right_is_not_built():
    tet = DayRow(date(2026, 2, 17), "holiday", "Tết Nguyên đán", "9441/TB-BNV", True)
    with pytest.raises(ValueError, match="two confirmed rows"):
        calendar_of([tet, replace(tet, kind="make_up")])
    with pytest.raises(ValueError, match="unknown kind"):
        calendar_of([replace(tet, kind="party")])
    with pytest.raises(ValueError, match="no office hours"):
        calendar_of(hours=[(date(2026, 1, 2), parse_sessions("07:00-11:30"))])
    with pytest.raises(ValueError, match="before the first year"):
        calendar_of(first_year=2027, last_year=2026, hours=[(date(2026, 1, 1), parse_sessions("07:00-11:30"))])


# Days


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 3, 2), True),
        (date(2026, 3, 7), False),
        (date(2026, 2, 17), False),
        (date(2026, 1, 2), False),
        (date(2026, 1, 10), True),
        (date(2026, 11, 28), False),
        (date(2022, 1, 1), False),
        (date(2027, 12, 31), True),
    ],
)
def test_working_days_follow_the_confirmed_calendar(day, works):
    assert CALENDAR.is_working_day(day) is works


def test_neighbouring_working_days_skip_days_off():
    assert CALENDAR.next_working_day(date(2026, 3, 6)) == date(2026, 3, 9)
    assert CALENDAR.next_working_day(date(2026, 3, 7)) == date(2026, 3, 9)
    assert CALENDAR.next_working_day(date(2026, 2, 13)) == date(2026, 2, 23)
    assert CALENDAR.previous_working_day(date(2026, 2, 23)) == date(2026, 2, 13)
    assert CALENDAR.previous_working_day(date(2026, 2, 18)) == date(2026, 2, 13)
    assert CALENDAR.previous_working_day(date(2026, 3, 10)) == date(2026, 3, 9)
    assert CALENDAR.nth_working_day_after(date(2026, 3, 2), 5) == date(2026, 3, 9)


def test_there_is_no_working_day_before_the_first_or_after_the_last_loaded_one():
    with pytest.raises(BeyondCalendar) as before:
        CALENDAR.previous_working_day(date(2022, 1, 4))
    assert before.value.day == date(2021, 12, 31)
    with pytest.raises(BeyondCalendar):
        CALENDAR.next_working_day(date(2027, 12, 31))
    with pytest.raises(BeyondCalendar):
        CALENDAR.nth_working_day_after(date(2027, 12, 31), 1)


def test_working_days_are_numbered_from_one():
    with pytest.raises(ValueError, match="from 1"):
        CALENDAR.nth_working_day_after(date(2026, 3, 2), 0)


def test_the_close_is_that_of_a_working_day_only():
    assert CALENDAR.close_of(date(2026, 3, 2)) == local("2026-03-02T17:00")
    assert BY_SESSIONS[VARIANTS[2]].close_of(date(2024, 5, 4)) == local("2024-05-04T17:30")
    with pytest.raises(ValueError, match="2026-03-07 is not a working day"):
        CALENDAR.close_of(date(2026, 3, 7))


def test_a_moment_is_not_taken_for_a_day():
    with pytest.raises(TypeError):
        CALENDAR.is_working_day(datetime(2026, 3, 2, 20, tzinfo=UTC))


# Words


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(hours=19), "còn 2 ngày 3 giờ làm việc"),
        (timedelta(hours=19, minutes=59), "còn 2 ngày 3 giờ làm việc"),
        (timedelta(hours=16, minutes=30), "còn 2 ngày làm việc"),
        (timedelta(hours=8), "còn 1 ngày làm việc"),
        (timedelta(hours=7, minutes=59), "còn 7 giờ làm việc"),
        (timedelta(hours=1), "còn 1 giờ làm việc"),
        (timedelta(minutes=59, seconds=59), "còn 59 phút làm việc"),
        (timedelta(seconds=59), "còn chưa đầy 1 phút làm việc"),
        (timedelta(0), "không còn giờ làm việc"),
        (-timedelta(seconds=1), "quá hạn chưa đầy 1 phút làm việc"),
        (-timedelta(minutes=30), "quá hạn 30 phút làm việc"),
        (-timedelta(hours=27), "quá hạn 3 ngày 3 giờ làm việc"),
    ],
)
def test_time_left_is_told_in_words(left, words):
    assert CALENDAR.describe(left) == words


@pytest.mark.parametrize(
    ("worked", "words"),
    [
        (timedelta(hours=19, minutes=10), "2 ngày 3 giờ 10 phút làm việc"),
        (timedelta(hours=8), "1 ngày làm việc"),
        (timedelta(minutes=10, seconds=5), "10 phút 5 giây làm việc"),
    ],
)
def test_a_stretch_of_working_time_is_told_to_the_second(worked, words):
    assert CALENDAR.describe_span(worked) == words


def explained(start, amount, unit):
    return [(line.date.isoformat(), line.counted, line.reason) for line in CALENDAR.explain(local(start), amount, unit)]


def test_working_days_are_explained_with_the_legal_reference_of_each_exception():
    assert explained("2025-04-25T09:00", 5, Unit.WORKING_DAYS) == [
        ("2025-04-25", False, "ngày bắt đầu, không tính"),
        ("2025-04-26", True, "ngày làm việc thứ 1; Làm bù cho 2/5 (6150/TB-BLĐTBXH)"),
        ("2025-04-27", False, "nghỉ hằng tuần"),
        ("2025-04-28", True, "ngày làm việc thứ 2"),
        ("2025-04-29", True, "ngày làm việc thứ 3"),
        ("2025-04-30", False, "Ngày Chiến thắng (Bộ luật Lao động 2019, Đ.112)"),
        ("2025-05-01", False, "Quốc tế Lao động (Bộ luật Lao động 2019, Đ.112)"),
        ("2025-05-02", False, "Hoán đổi sang thứ Bảy 26/4 (6150/TB-BLĐTBXH)"),
        ("2025-05-03", False, "nghỉ hằng tuần"),
        ("2025-05-04", False, "nghỉ hằng tuần"),
        ("2025-05-05", True, "ngày làm việc thứ 4"),
        ("2025-05-06", True, "ngày làm việc thứ 5; hết hạn lúc 17:00"),
    ]


def test_working_hours_are_explained_by_the_parts_of_the_day_that_count():
    assert explained("2026-03-06T11:15", 4, Unit.WORKING_HOURS) == [
        ("2026-03-06", True, "3 giờ 45 phút (11:15–11:30, 13:30–17:00)"),
        ("2026-03-07", False, "nghỉ hằng tuần"),
        ("2026-03-08", False, "nghỉ hằng tuần"),
        ("2026-03-09", True, "15 phút (07:00–07:15)"),
    ]
    assert explained("2026-03-02T17:00:30", 1, Unit.WORKING_HOURS) == [
        ("2026-03-02", False, "đã hết giờ làm việc"),
        ("2026-03-03", True, "1 giờ (07:00–08:00)"),
    ]
    assert explained("2026-03-02T16:59:30", 1, Unit.WORKING_HOURS) == [
        ("2026-03-02", True, "30 giây (16:59:30–17:00)"),
        ("2026-03-03", True, "59 phút 30 giây (07:00–07:59:30)"),
    ]
    assert explained("2026-01-10T10:30", 1, Unit.WORKING_HOURS) == [
        ("2026-01-10", True, "1 giờ (10:30–11:30); Làm bù cho 2/1 (9441/TB-BNV)"),
    ]


def test_clock_hours_are_explained_by_day():
    assert explained("2026-03-07T22:30", 26, Unit.CLOCK_HOURS) == [
        ("2026-03-07", True, "1 giờ 30 phút, kể cả ngoài giờ làm việc"),
        ("2026-03-08", True, "24 giờ, kể cả ngoài giờ làm việc"),
        ("2026-03-09", True, "30 phút, kể cả ngoài giờ làm việc"),
    ]
    assert explained("2026-03-07T23:00", 1, Unit.CLOCK_HOURS) == [
        ("2026-03-07", True, "1 giờ, kể cả ngoài giờ làm việc"),
    ]


def test_calendar_days_are_explained_with_the_move_to_the_next_working_day():
    assert explained("2026-04-28T09:00", 3, Unit.CALENDAR_DAYS) == [
        ("2026-04-28", False, "ngày bắt đầu, không tính"),
        ("2026-04-29", True, "ngày thứ 1"),
        ("2026-04-30", True, "ngày thứ 2"),
        (
            "2026-05-01",
            True,
            "ngày thứ 3, là ngày nghỉ: Quốc tế Lao động (Bộ luật Lao động 2019, Đ.112); "
            "chuyển sang ngày làm việc tiếp theo",
        ),
        ("2026-05-02", False, "nghỉ hằng tuần"),
        ("2026-05-03", False, "nghỉ hằng tuần"),
        ("2026-05-04", False, "ngày làm việc tiếp theo; hết hạn lúc 23:59:59"),
    ]
    assert explained("2024-05-02T09:00", 2, Unit.CALENDAR_DAYS) == [
        ("2024-05-02", False, "ngày bắt đầu, không tính"),
        ("2024-05-03", True, "ngày thứ 1"),
        ("2024-05-04", True, "ngày thứ 2; hết hạn lúc 23:59:59"),
    ]


def test_an_unconfirmed_day_is_explained_as_not_applied():
    assert CALENDAR.explain(local("2026-11-22T09:00"), 1, Unit.WORKING_DAYS) == [
        ExplainedDay(date(2026, 11, 22), False, "ngày bắt đầu, không tính"),
        ExplainedDay(
            date(2026, 11, 23),
            True,
            "ngày làm việc thứ 1; hết hạn lúc 17:00; chưa xác nhận nên chưa áp dụng: "
            "Đề xuất hoán đổi sang thứ Bảy 28/11 (đề xuất, chưa thấy phê duyệt)",
        ),
    ]


def explained_until(start, due):
    lines = CALENDAR.explain_until(local(start), local(due))
    return [(line.date.isoformat(), line.counted, line.reason) for line in lines]


def test_the_days_up_to_a_named_day_are_explained_like_working_days():
    assert explained_until("2026-01-01T09:00", "2026-01-10T17:00") == [
        ("2026-01-01", False, "ngày bắt đầu, không tính"),
        ("2026-01-02", False, "Hoán đổi sang thứ Bảy 10/1 (9441/TB-BNV)"),
        ("2026-01-03", False, "nghỉ hằng tuần"),
        ("2026-01-04", False, "nghỉ hằng tuần"),
        ("2026-01-05", True, "ngày làm việc thứ 1"),
        ("2026-01-06", True, "ngày làm việc thứ 2"),
        ("2026-01-07", True, "ngày làm việc thứ 3"),
        ("2026-01-08", True, "ngày làm việc thứ 4"),
        ("2026-01-09", True, "ngày làm việc thứ 5"),
        ("2026-01-10", True, "ngày làm việc thứ 6; Làm bù cho 2/1 (9441/TB-BNV); hết hạn lúc 17:00"),
    ]


def test_a_named_day_that_is_the_day_of_the_start_is_explained_as_both():
    assert explained_until("2026-01-10T09:00", "2026-01-10T17:00") == [
        ("2026-01-10", True, "ngày bắt đầu, cũng là ngày đến hạn; Làm bù cho 2/1 (9441/TB-BNV); hết hạn lúc 17:00"),
    ]


def test_a_named_day_before_the_start_has_no_days_to_explain():
    assert explained_until("2026-03-03T09:00", "2026-03-02T17:00") == []


def test_what_cannot_be_reckoned_cannot_be_explained():
    with pytest.raises(BeyondCalendar):
        explained("2027-12-31T09:00", 1, Unit.WORKING_DAYS)
    with pytest.raises(BeyondCalendar):
        explained_until("2027-12-31T09:00", "2028-01-03T17:00")
    with pytest.raises(ValueError, match="2026-03-07 is not a working day"):
        explained_until("2026-03-02T09:00", "2026-03-07T17:00")
