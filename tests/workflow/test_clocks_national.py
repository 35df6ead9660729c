"""The national and the home affairs set to the letter of regulation §5, and a rule set named by the operator.

Filed on Monday 2 March 2026 at 08:00: five working days end on 9 March, fifteen on 23 March.
"""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from agencies.models import RuleSet
from tests.cast import at
from tests.workflow.ways import (
    accepted,
    ask,
    clocks_of,
    distribute,
    give_back,
    holder,
    refuse,
    running,
    submit,
    to_the_second,
)
from workflow.clocks import catch_up
from workflow.permissions import Conflict
from workflow.queues import queue


@pytest.fixture
def national(journey):
    def start(when="2026-03-02 08:00", **changes):
        return journey(when, channel="national_portal", national_code="QG-2026-1", **changes)

    return start


@pytest.fixture
def home_affairs(journey, settings):
    settings.DEFAULT_RULE_SET = "home-affairs-2018"
    return journey


def rules(code):
    return RuleSet.objects.get(code=code)


def updates(way, when):
    """(number, start, due, outcome) of every duty to report progress that has begun."""
    catch_up(way.fresh(), at(when))
    return [
        (clock.sequence, to_the_second(clock.started_at), to_the_second(clock.due_at), str(clock.outcome_at(at(when))))
        for clock in way.case.clocks.filter(key="update").order_by("pk")
    ]


# Filing


def test_filing_starts_the_four_national_limits(national):
    way = national()
    assert way.case.rule_set.code == "national-portal-2021"
    found = {c.key: (to_the_second(c.due_at), c.conditional, c.holder.code) for c in way.case.clocks.all()}
    assert found == {
        "distribute": ("2026-03-09 17:00:00", False, "trungtam"),
        "refuse": ("2026-03-04 17:00:00", True, "trungtam"),
        "clarify": ("2026-03-09 17:00:00", True, "trungtam"),
        "answer": ("2026-03-23 17:00:00", False, "trungtam"),
    }


def test_refusing_and_clarifying_are_nobodys_lateness(national):
    assert clocks_of(national(), "2026-03-25 09:00") == {
        "distribute": ["late"],
        "refuse": ["running"],
        "clarify": ["running"],
        "answer": ["late"],
    }


def test_filed_before_tet_the_limits_skip_the_holidays(national):
    way = national("2026-02-12 09:00")
    assert way.due("refuse") == "2026-02-23 17:00"
    assert way.due("distribute") == "2026-02-26 17:00"
    assert way.due("answer") == "2026-03-12 17:00"


def test_distributing_meets_its_limit_and_voids_the_other_ways(national):
    way = national()
    distribute(way, "2026-03-10 09:00")
    assert clocks_of(way, "2026-03-10 09:00") == {
        "distribute": ["met_late"],
        "refuse": ["void"],
        "clarify": ["void"],
        "answer": ["running"],
    }
    assert way.due("answer") == "2026-03-23 17:00"
    assert holder(way, "answer") == "soxd"


@pytest.mark.parametrize("when", ["2026-03-03 09:00", "2026-03-10 09:00"])
def test_refusing_meets_its_limit_and_voids_the_rest(national, when):
    way = national()
    refuse(way, when)
    late_or_void = "late" if when > "2026-03-09 17:00" else "void"
    assert clocks_of(way, when) == {
        "distribute": [late_or_void],
        "refuse": ["met"],
        "clarify": ["void"],
        "answer": ["void"],
    }


def test_sending_back_voids_the_answer_and_completing_starts_everything_anew(national, cast):
    way = national()
    way.does("send_back", cast.oanh, "2026-03-03 09:00", note="Thiếu tên thủ tục")
    assert clocks_of(way, "2026-03-03 09:00") == {
        "distribute": ["void"],
        "refuse": ["void"],
        "clarify": ["met"],
        "answer": ["void"],
        "silence": ["running"],
    }
    way.does("complete", cast.sender_of(way.case), "2026-03-05 10:00", content="Thủ tục đất đai")
    assert running(way) == ["answer", "clarify", "distribute", "refuse"]
    assert [way.due(key) for key in ("refuse", "distribute", "clarify", "answer")] == [
        "2026-03-09 17:00",
        "2026-03-12 17:00",
        "2026-03-12 17:00",
        "2026-03-26 17:00",
    ]


@pytest.mark.parametrize("key", ["reinstate", "unseal"])
def test_reinstating_and_unsealing_start_what_filing_starts(national, cast, key):
    way = national()
    if key == "reinstate":
        refuse(way, "2026-03-03 09:00")
    else:
        way.does("seal", cast.oanh, "2026-03-03 09:00", note="Nghi là bí mật")
    assert running(way) == []
    way.does(key, cast.oanh if key == "reinstate" else cast.quang, "2026-03-05 10:00", note="Xem lại")
    assert running(way) == ["answer", "clarify", "distribute", "refuse"]
    assert way.due("answer") == "2026-03-26 17:00"


# Recalled, returned, distributed anew (A13)


def test_recalling_resumes_the_distribution_alone(national, cast):
    way = national()
    distribute(way, "2026-03-03 09:00")
    way.does("recall", cast.oanh, "2026-03-03 10:00", note="Nhầm")
    assert clocks_of(way, "2026-03-03 10:00") == {
        "distribute": ["running"],
        "refuse": ["void"],
        "clarify": ["void"],
        "answer": ["running"],
    }
    assert way.due("distribute") == "2026-03-09 17:00"
    distribute(way, "2026-03-04 09:00", "soyt")
    assert way.due("answer") == "2026-03-23 17:00"
    assert clocks_of(way, "2026-03-04 09:00")["answer"] == ["running"]


def test_distributing_to_another_body_after_a_return_starts_the_answer_anew(national, cast):
    way = national()
    distribute(way, "2026-03-03 09:00")
    give_back(way, cast.son, "2026-03-05 09:00")
    assert running(way) == ["answer"]
    assert holder(way, "answer") == "trungtam"
    distribute(way, "2026-03-10 09:00", "soyt")
    assert [clock.ending for clock in way.case.clocks.filter(key="answer").order_by("pk")] == ["superseded", "running"]
    assert way.due("answer") == "2026-03-31 17:00"
    assert holder(way, "answer") == "soyt"


def test_distributing_to_the_same_body_after_a_return_does_not(national, cast):
    way = national()
    distribute(way, "2026-03-03 09:00")
    give_back(way, cast.son, "2026-03-05 09:00")
    distribute(way, "2026-03-10 09:00")
    assert clocks_of(way, "2026-03-10 09:00")["answer"] == ["running"]
    assert way.due("answer") == "2026-03-23 17:00"


def test_another_body_is_counted_from_the_one_that_returned_last(national, cast):
    way = national()
    distribute(way, "2026-03-03 09:00")
    give_back(way, cast.son, "2026-03-04 09:00")
    distribute(way, "2026-03-05 09:00", "soyt")
    give_back(way, cast.yen, "2026-03-06 09:00")
    distribute(way, "2026-03-10 09:00", "soxd")
    assert way.due("answer") == "2026-03-31 17:00"


def test_an_answer_replaced_after_its_due_time_stays_late(national, cast):
    way = national()
    distribute(way, "2026-03-03 09:00")
    give_back(way, cast.son, "2026-03-24 09:00")
    distribute(way, "2026-03-25 09:00", "soyt")
    assert clocks_of(way, "2026-03-25 10:00")["answer"] == ["late", "running"]
    assert updates(way, "2026-03-25 10:00") == [(1, "2026-03-23 17:00:00", "2026-03-30 17:00:00", "void")]
    assert way.due("answer") == "2026-04-15 17:00"


# Progress while late (A12)


@pytest.fixture
def overdue(national, cast):
    way = national()
    accepted(way, "2026-03-03 09:00", "2026-03-03 10:00")
    return way


def test_the_duties_to_report_progress_follow_each_other_from_the_due_time_of_the_answer(overdue):
    assert updates(overdue, "2026-03-23 16:59") == []
    assert updates(overdue, "2026-03-23 17:00") == [(1, "2026-03-23 17:00:00", "2026-03-30 17:00:00", "running")]
    assert updates(overdue, "2026-04-07 09:00") == [
        (1, "2026-03-23 17:00:00", "2026-03-30 17:00:00", "late"),
        (2, "2026-03-30 17:00:00", "2026-04-06 17:00:00", "late"),
        (3, "2026-04-06 17:00:00", "2026-04-13 17:00:00", "running"),
    ]


def test_an_outage_changes_no_duty(overdue, national):
    steadily = overdue
    for day in ("2026-03-24", "2026-03-31", "2026-04-03", "2026-04-07"):
        updates(steadily, f"{day} 09:00")
    at_once = national()
    accepted(at_once, "2026-03-03 09:00", "2026-03-03 10:00")
    assert updates(at_once, "2026-04-07 09:00") == updates(steadily, "2026-04-07 09:00")


def test_one_note_meets_every_duty_that_has_begun_the_late_ones_late(overdue, cast):
    overdue.does("progress", cast.son, "2026-04-08 09:00", note="Đang đối chiếu hồ sơ")
    assert updates(overdue, "2026-04-13 16:59") == [
        (1, "2026-03-23 17:00:00", "2026-03-30 17:00:00", "met_late"),
        (2, "2026-03-30 17:00:00", "2026-04-06 17:00:00", "met_late"),
        (3, "2026-04-06 17:00:00", "2026-04-13 17:00:00", "met"),
    ]
    assert updates(overdue, "2026-04-13 17:00")[3:] == [(4, "2026-04-13 17:00:00", "2026-04-20 17:00:00", "running")]


def test_a_note_before_the_answer_is_late_meets_nothing(overdue, cast):
    overdue.does("progress", cast.son, "2026-03-20 09:00", note="Đang xem")
    assert updates(overdue, "2026-03-24 09:00") == [(1, "2026-03-23 17:00:00", "2026-03-30 17:00:00", "running")]


def test_approving_voids_the_running_duty_and_makes_no_more(overdue, cast):
    submit(overdue, "2026-04-01 09:00")
    overdue.does("approve", cast.lan, "2026-04-01 10:00")
    assert updates(overdue, "2026-05-20 09:00") == [
        (1, "2026-03-23 17:00:00", "2026-03-30 17:00:00", "late"),
        (2, "2026-03-30 17:00:00", "2026-04-06 17:00:00", "void"),
    ]
    assert clocks_of(overdue, "2026-05-20 09:00")["answer"] == ["met_late"]


def test_sending_back_voids_the_running_duty(overdue, cast):
    give_back(overdue, cast.son, "2026-03-24 09:00")
    overdue.does("send_back", cast.oanh, "2026-03-25 09:00", note="Thiếu tên thủ tục")
    assert updates(overdue, "2026-05-20 09:00") == [(1, "2026-03-23 17:00:00", "2026-03-30 17:00:00", "void")]
    assert clocks_of(overdue, "2026-05-20 09:00")["answer"] == ["late"]


def test_the_duties_skip_the_holidays_of_april(national, cast):
    way = national("2026-04-06 08:00")
    accepted(way, "2026-04-06 09:00", "2026-04-06 10:00")
    assert way.due("answer") == "2026-04-28 17:00"
    assert updates(way, "2026-05-10 09:00") == [
        (1, "2026-04-28 17:00:00", "2026-05-07 17:00:00", "late"),
        (2, "2026-05-07 17:00:00", "2026-05-14 17:00:00", "running"),
    ]


# Approving and publishing apart


@pytest.fixture
def approved(national, cast):
    way = national()
    accepted(way, "2026-03-03 09:00", "2026-03-03 10:00")
    submit(way, "2026-03-10 08:00")
    way.does("approve", cast.lan, "2026-03-10 09:00")
    return way


def test_approving_meets_the_answer_and_starts_publishing(approved):
    assert approved.fresh().state == "APPROVED"
    assert approved.case.published_at is None
    assert running(approved) == ["publish"]
    assert approved.due("publish") == "2026-03-12 17:00"
    assert clocks_of(approved, "2026-03-10 09:00")["answer"] == ["met"]


@pytest.mark.parametrize("who", ["son", "lan", "oanh"])
@pytest.mark.parametrize(("when", "outcome"), [("2026-03-12 17:00", "met"), ("2026-03-12 17:01", "met_late")])
def test_publishing_meets_its_limit(approved, cast, who, when, outcome):
    approved.does("publish", getattr(cast, who), when)
    assert approved.fresh().published_at == at(when)
    assert clocks_of(approved, when)["publish"] == [outcome]
    assert running(approved) == []


def test_revoking_voids_publishing_and_the_answer_runs_on_with_its_old_due_time(approved, cast):
    answer = approved.case.clocks.get(key="answer").pk
    approved.does("revoke", cast.lan, "2026-03-10 15:00", note="Số liệu sai")
    assert running(approved) == ["answer"]
    clock = approved.case.clocks.get(key="answer")
    assert (clock.pk, to_the_second(clock.due_at)) == (answer, "2026-03-23 17:00:00")
    assert clocks_of(approved, "2026-03-24 09:00") == {
        "distribute": ["met"],
        "refuse": ["void"],
        "clarify": ["void"],
        "answer": ["late"],
        "publish": ["void"],
    }
    submit(approved, "2026-03-24 09:00")
    approved.does("approve", cast.lan, "2026-03-24 10:00")
    assert clocks_of(approved, "2026-03-24 10:00")["answer"] == ["met_late"]
    assert approved.due("publish") == "2026-03-26 17:00"


def test_publishing_that_is_revoked_late_stays_late(approved, cast):
    approved.does("revoke", cast.lan, "2026-03-13 08:00", note="Số liệu sai")
    assert clocks_of(approved, "2026-03-13 08:00")["publish"] == ["late"]


def test_what_is_published_is_not_revoked_but_reopened(approved, cast):
    approved.does("publish", cast.son, "2026-03-11 09:00")
    with pytest.raises(Conflict):
        approved.does("revoke", cast.lan, "2026-03-12 09:00", note="Số liệu sai")
    approved.does("reopen", cast.lan, "2026-03-16 09:00", note="Xem lại")
    assert running(approved) == ["answer"]
    assert approved.due("answer") == "2026-04-06 17:00"


def test_neither_extension_nor_containment_is_known(overdue, cast):
    with pytest.raises(Conflict):
        overdue.does("extend", cast.lan, "2026-03-10 09:00", due=date(2026, 3, 30), on_site=True, note="")
    with pytest.raises(Conflict):
        overdue.does("contain", cast.son, "2026-03-10 09:00", note="")


def test_coordinating_agencies_have_until_the_working_day_before_the_answer_is_due(national, cast):
    way = national()
    accepted(way, "2026-03-03 09:00", "2026-03-03 10:00", coordinating=[cast.agency("soyt")])
    assert way.due("consult") == "2026-03-20 17:00"


# Home affairs


@pytest.mark.parametrize(
    ("filed", "due"),
    [
        ("2026-03-03 08:00", "2026-03-23 23:59:59"),
        ("2026-03-02 08:00", "2026-03-23 23:59:59"),
        ("2026-03-05 23:00", "2026-03-25 23:59:59"),
        ("2026-01-27 08:00", "2026-02-23 23:59:59"),
        ("2026-04-10 08:00", "2026-05-04 23:59:59"),
    ],
)
def test_home_affairs_answers_within_twenty_calendar_days(home_affairs, filed, due):
    way = home_affairs(filed)
    assert [(clock.key, to_the_second(clock.due_at)) for clock in way.case.clocks.all()] == [("answer", due)]


def test_home_affairs_reports_progress_every_seven_working_days(home_affairs):
    way = home_affairs()
    accepted(way)
    assert updates(way, "2026-03-23 23:59") == []
    assert updates(way, "2026-04-02 09:00") == [
        (1, "2026-03-23 23:59:59", "2026-04-01 17:00:00", "late"),
        (2, "2026-04-01 17:00:00", "2026-04-10 17:00:00", "running"),
    ]


def test_home_affairs_publishes_within_two_working_days_and_resumes_on_revocation(home_affairs, cast):
    way = home_affairs()
    accepted(way)
    submit(way, "2026-03-05 09:00")
    way.does("approve", cast.lan, "2026-03-06 09:00")
    assert way.due("publish") == "2026-03-10 17:00"
    way.does("revoke", cast.lan, "2026-03-09 09:00", note="Sai tên")
    assert running(way) == ["answer"]
    assert to_the_second(way.case.clocks.get(key="answer").due_at) == "2026-03-23 23:59:59"


# A rule set named at the first distribution


def test_from_khanh_hoa_to_national_the_answer_counts_from_the_receipt(journey):
    way = journey()
    distribute(way, "2026-03-03 09:00", rule_set=rules("national-portal-2021"))
    assert way.fresh().rule_set.code == "national-portal-2021"
    assert clocks_of(way, "2026-03-03 09:00") == {"intake": ["met_late"], "answer": ["running"]}
    answer = way.case.clocks.get(key="answer")
    assert (answer.started_at, answer.due_at) == (at("2026-03-02 08:00"), at("2026-03-23 17:00"))
    assert answer.rule_set.code == "national-portal-2021"
    assert answer.holder.code == "soxd"


def test_a_completed_case_counts_from_when_it_was_complete(journey, cast):
    way = journey()
    way.does("send_back", cast.oanh, "2026-03-02 09:00", note="Thiếu")
    way.does("complete", cast.sender_of(way.case), "2026-03-05 10:00", content="Thêm")
    distribute(way, "2026-03-05 11:00", rule_set=rules("national-portal-2021"))
    assert way.case.clocks.get(key="answer").started_at == at("2026-03-05 10:00")
    assert way.due("answer") == "2026-03-26 17:00"


def test_from_national_to_khanh_hoa_the_answer_is_void(national):
    way = national()
    distribute(way, "2026-03-03 09:00", rule_set=rules("khanh-hoa-2022"))
    assert clocks_of(way, "2026-03-03 09:00") == {
        "distribute": ["met"],
        "refuse": ["void"],
        "clarify": ["void"],
        "answer": ["void"],
        "verify": ["running"],
    }
    assert way.due("verify") == "2026-03-03 15:00"


def test_from_khanh_hoa_to_the_instant_set_its_own_limits_start(journey):
    way = journey()
    distribute(way, "2026-03-02 09:00", rule_set=rules("khanh-hoa-2022-instant"))
    assert clocks_of(way, "2026-03-02 09:00") == {
        "intake": ["met"],
        "verify": ["running"],
        "temporary_fix": ["running"],
    }
    assert way.due("verify") == "2026-03-02 10:00"


def test_a_question_runs_on_through_the_change(journey):
    way = journey()
    ask(way, "2026-03-02 08:30")
    distribute(way, "2026-03-02 09:00", rule_set=rules("national-portal-2021"))
    assert running(way) == ["answer", "question"]


def test_the_rule_set_is_not_named_later(journey, cast):
    way = journey()
    distribute(way, "2026-03-02 09:00")
    way.does("recall", cast.oanh, "2026-03-02 10:00", note="Nhầm")
    sentence = {"rule_set": ["Chỉ đổi được quy định áp dụng ở lần phân phối đầu tiên."]}
    with pytest.raises(ValidationError) as refusal:
        distribute(way, "2026-03-02 11:00", rule_set=rules("national-portal-2021"))
    assert refusal.value.message_dict == sentence
    distribute(way, "2026-03-02 11:00", rule_set=rules("khanh-hoa-2022"))
    give_back(way, cast.son, "2026-03-02 14:00")
    with pytest.raises(ValidationError) as refusal:
        distribute(way, "2026-03-02 15:00", "soyt", rule_set=rules("national-portal-2021"))
    assert refusal.value.message_dict == sentence
    assert way.fresh().rule_set.code == "khanh-hoa-2022"


def test_a_rule_set_that_was_not_in_force_at_the_receipt_is_not_named(journey):
    way = journey()
    RuleSet.objects.filter(code="home-affairs-2018").update(valid_from=date(2026, 3, 3))
    with pytest.raises(ValidationError) as refusal:
        distribute(way, "2026-03-04 09:00", rule_set=rules("home-affairs-2018"))
    assert list(refusal.value.message_dict) == ["rule_set"]


@pytest.mark.parametrize(
    ("filed", "named", "resumed", "due"),
    [
        ({}, "national-portal-2021", "intake", "2026-03-02 14:00"),
        ({}, "khanh-hoa-2022-instant", "intake", "2026-03-02 14:00"),
        ({"incident": "lighting"}, "khanh-hoa-2022", "receive", "2026-03-02 09:00"),
        ({"channel": "national_portal", "national_code": "QG-1"}, "khanh-hoa-2022", "distribute", "2026-03-09 17:00"),
    ],
)
def test_recalling_after_the_change_resumes_the_limit_that_the_distribution_had_met(
    journey, cast, filed, named, resumed, due
):
    way = journey(**filed)
    distribute(way, "2026-03-02 08:30", rule_set=rules(named))
    way.does("recall", cast.oanh, "2026-03-02 08:40", note="Nhầm")
    assert resumed in running(way)
    assert way.due(resumed) == due
    distribute(way, "2026-03-02 08:50", "soyt")
    assert clocks_of(way, "2026-03-02 08:50")[resumed] == ["met"]
    assert resumed not in running(way)


def test_the_last_day_for_refusing_never_makes_a_case_late_in_the_queue(national, cast):
    way = national()
    rows = queue(cast.oanh, stage="intake", now=at("2026-03-05 09:00")).rows
    assert [(row.code, row.is_late, row.due_local) for row in rows] == [(way.case.code, False, "2026-03-09T17:00")]
    assert queue(cast.oanh, stage="intake", late=True, now=at("2026-03-05 09:00")).rows == []


def test_a_sender_who_does_not_answer_never_makes_a_case_late_in_the_queue(journey, cast):
    way = journey()
    way.does("send_back", cast.oanh, "2026-03-02 09:00", note="Thiếu")
    rows = queue(cast.oanh, stage="open", now=at("2026-05-06 09:00")).rows
    assert [(row.code, row.is_late) for row in rows] == [(way.case.code, False)]
    assert queue(cast.oanh, stage="open", late=True, now=at("2026-05-06 09:00")).rows == []
