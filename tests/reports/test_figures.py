"""What the figures count, worked out by hand: which moment a case belongs to, and what makes it late."""

from datetime import date

import pytest

from agencies.models import Agency
from reports.figures import counted, totals
from reports.periods import Period, half_year_of, period_before
from reports.scope import scope_of
from tests.cast import at

MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))
NOW = at("2026-04-01 08:00")
SCOPE = scope_of(MARCH, NOW)
FIELD, AGENCY = "ha-tang-do-thi", "soxd"


def answered_in(period):
    """(answered, of these on time)"""
    scope = scope_of(period, NOW)
    found = totals(scope, "answered", "answered_late", "answered_on_time")
    assert found["answered"] == found["answered_late"] + found["answered_on_time"]
    return found["answered"], found["answered_on_time"]


def answered_by_agency():
    late = counted("answered_late_own", SCOPE, "agency")
    codes = dict(Agency.objects.values_list("pk", "code"))
    return {codes[key[0]]: (n, n - late[key]) for key, n in counted("answered", SCOPE, "agency").items()}


def answered_by_field():
    late = counted("answered_late", SCOPE, "field")
    return {key[0]: (n, n - late[key]) for key, n in counted("answered", SCOPE, "field").items()}


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        (date(2026, 1, 1), date(2026, 1, 1), date(2026, 6, 30)),
        (date(2026, 6, 30), date(2026, 1, 1), date(2026, 6, 30)),
        (date(2026, 7, 1), date(2026, 7, 1), date(2026, 12, 31)),
    ],
)
def test_half_years(day, first, last):
    assert half_year_of(day) == Period(first, last)


def test_the_half_year_before():
    assert period_before(half_year_of(date(2026, 3, 2))) == Period(date(2025, 7, 1), date(2025, 12, 31))


@pytest.mark.parametrize(
    ("moment", "number"),
    [("2026-02-28 23:59", 0), ("2026-03-01 00:00", 1), ("2026-03-31 23:59", 1), ("2026-04-01 00:00", 0)],
)
def test_a_case_is_received_by_local_days_midnight_belongs_to_the_later(cast, moment, number):
    cast.files(moment)
    assert totals(SCOPE, "received") == {"received": number}


def test_a_case_answered_with_every_step_in_time(answered):
    answered()
    assert answered_in(MARCH) == (1, 1)
    assert answered_by_agency() == {AGENCY: (1, 1)}
    assert answered_by_field() == {FIELD: (1, 1)}


def test_an_agency_that_accepts_late_makes_the_case_late_for_all_and_for_itself(answered):
    """Distributed on Monday at 10:00, due 4 office hours later: at 16:00, with the break from 11:30 to 13:30."""
    answered(accepted="2026-03-02 16:01")
    assert answered_in(MARCH) == (1, 0)
    assert answered_by_agency() == {AGENCY: (1, 0)}


def test_to_the_second_it_is_in_time(answered):
    answered(accepted="2026-03-02 16:00")
    assert answered_in(MARCH) == (1, 1)


def test_a_late_centre_makes_the_case_late_but_not_the_agency(answered):
    """Distributed on Monday at 10:00. Filed on Friday at 16:00, an hour before closing: due on Monday at 10:00.
    Filed at 15:59, a minute earlier: due at 9:59."""
    answered(lodged="2026-02-27 16:00")
    assert answered_in(MARCH)[1] == 1
    answered(lodged="2026-02-27 15:59")
    assert answered_in(MARCH) == (2, 1)
    assert answered_by_agency() == {AGENCY: (2, 2)}


def test_a_late_question_does_not_make_the_answer_late(answered, cast):
    way = answered()
    way.does("ask", cast.sender_of(way.case), "2026-03-06 10:00", body="Bao giờ thay nốt?")
    way.does("reply", cast.son, "2026-03-20 10:00", body="Tuần sau.", question=way.case.questions.get().pk)
    assert answered_in(MARCH) == (1, 1)


def test_a_second_answer_after_reopening_counts_no_second_time_and_its_lateness_not_at_all(answered, cast):
    way = answered()
    way.does("reopen", cast.lan, "2026-03-09 09:00", note="Kiểm tra lại.")
    way.does("submit", cast.son, "2026-03-30 09:00", outcome="done", body="Đã thay cả tuyến.")
    way.does("approve", cast.lan, "2026-03-30 10:00")
    assert answered_in(MARCH) == (1, 1)
    april = Period(date(2026, 4, 1), date(2026, 4, 30))
    assert answered_in(april)[0] == 0


def test_what_is_delivered_to_the_sender_alone_is_answered_too(answered):
    answered(confidential=True)
    assert answered_in(MARCH)[0] == 1


def test_approved_but_not_yet_published_is_not_answered(answered, cast):
    way = answered(channel="national_portal", national_code="DVC-1")
    assert answered_in(MARCH)[0] == 0
    way.does("publish", cast.oanh, "2026-03-06 10:00")
    assert answered_in(MARCH) == (1, 1)


def test_months_fields_and_ratings(answered, cast, journey):
    way = answered()
    journey("2026-03-31 23:30")
    way.does("rate", cast.sender_of(way.case), "2026-03-07 10:00", score="unsatisfied", note="Vẫn tối.")
    soxd = cast.agency("soxd").pk
    assert counted("received", SCOPE, "agency", "field") == {(None, None): 1, (soxd, FIELD): 1}
    for name, number in (("received", 2), ("answered", 1)):
        months = {f"{month:%Y-%m}": n for (month,), n in counted(name, SCOPE, "month").items()}
        assert months == {"2026-03": number}
    assert counted("ratings", SCOPE, "agency", "field", "split") == {(soxd, FIELD, "unsatisfied"): 1}


def test_what_is_in_hand_waits_for_an_authority(answered, cast, journey):
    """One waits in time, one over its limit; one waits for its sender, one is answered: these two don't count."""
    journey("2026-04-01 07:30")
    journey("2026-03-02 08:00")
    back = journey("2026-03-02 08:00")
    back.does("send_back", cast.oanh, "2026-03-02 09:00", note="Xin cho biết đoạn nào.")
    answered()
    scope = scope_of(Period(date(2026, 4, 1), date(2026, 4, 30)), NOW)
    found = totals(scope, "in_progress", "within_limit", "over_limit")
    assert found == {"in_progress": 2, "within_limit": 1, "over_limit": 1}
