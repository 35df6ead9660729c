"""The Khánh Hòa sets to the letter of regulation §5. Every due time is worked out by hand on the confirmed calendar.

March 2026 has no day off but weekends; Tết 2026 takes 16–20 February; office hours are 07:00–11:30 and 13:30–17:00.
"""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from submissions.models import Case
from tests.cast import at
from tests.workflow.ways import (
    accepted,
    answered,
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
from workflow.dossier import dossier
from workflow.engine import perform
from workflow.models import Clock, Promise
from workflow.permissions import Conflict, Forbidden

INTAKE_MARCH = "2026-03-02 14:00"


# Intake


@pytest.mark.parametrize(
    ("filed", "due"),
    [
        ("2026-03-02 07:00", "2026-03-02 11:00"),
        ("2026-03-02 08:00", "2026-03-02 14:00"),
        ("2026-03-02 12:10", "2026-03-03 07:30"),
        ("2026-03-06 16:50", "2026-03-09 10:50"),
        ("2026-03-08 23:59", "2026-03-09 11:00"),
        ("2026-02-17 09:00", "2026-02-23 11:00"),
        ("2026-02-13 16:00", "2026-02-23 10:00"),
        ("2026-01-01 10:00", "2026-01-05 11:00"),
        ("2026-01-10 15:00", "2026-01-12 09:00"),
        ("2025-01-24 14:00", "2025-02-03 08:00"),
        ("2024-05-04 08:00", "2024-05-04 14:00"),
    ],
)
def test_intake_is_four_working_hours_from_filing(journey, filed, due):
    way = journey(filed)
    assert [(clock.key, clock.amount, clock.unit) for clock in way.case.clocks.all()] == [
        ("intake", 4, "working_hours")
    ]
    assert way.due("intake") == due
    assert holder(way, "intake") == "trungtam"


def test_receiving_does_not_end_intake(journey, cast):
    way = journey()
    way.does("receive", cast.oanh, "2026-03-02 09:00")
    assert clocks_of(way, "2026-03-02 13:59") == {"intake": ["running"]}


@pytest.mark.parametrize("end", ["distribute", "send_back", "refuse"])
@pytest.mark.parametrize(("when", "outcome"), [("2026-03-02 14:00", "met"), ("2026-03-02 14:01", "met_late")])
def test_each_end_of_intake_meets_it(journey, cast, end, when, outcome):
    way = journey()
    data = {"agency": cast.agency("soxd"), "ground": "spam", "note": "Lý do"}
    way.does(end, cast.oanh, when, **data)
    assert clocks_of(way, when)["intake"] == [outcome]


def test_a_case_keyed_in_counts_from_when_it_was_received(cast):
    case = cast.files("2026-03-05 09:00", viewer=cast.oanh, channel="letter", received_at=at("2026-03-02 08:00"))
    clock = case.clocks.get()
    assert clock.started_at == at("2026-03-02 08:00")
    assert clock.due_at == at("2026-03-02 14:00")
    assert str(clock.outcome_at(at("2026-03-05 09:00"))) == "late"


# Sent back to the sender (A8)


def test_sent_back_waits_thirty_days_and_completing_starts_intake_anew(journey, cast):
    way = journey()
    way.does("send_back", cast.oanh, "2026-03-02 09:00", note="Cho biết số nhà")
    silence = way.case.clocks.get(key="silence")
    assert to_the_second(silence.due_at) == "2026-04-01 23:59:59"
    assert (silence.conditional, silence.holder) == (True, None)
    assert running(way) == ["silence"]
    way.does("complete", cast.sender_of(way.case), "2026-03-05 10:00", content="Số 12")
    assert clocks_of(way, "2026-03-05 11:00") == {"intake": ["met", "running"], "silence": ["met"]}
    assert way.due("intake") == "2026-03-05 16:00"
    assert way.fresh().complete_since == at("2026-03-05 10:00")
    assert way.case.received_at == at("2026-03-02 08:00")


def test_thirty_days_that_end_on_a_day_off_end_with_the_next_working_day(journey, cast):
    way = journey("2026-03-28 08:00")
    way.does("send_back", cast.oanh, "2026-03-28 09:00", note="Cho biết số nhà")
    assert to_the_second(way.case.clocks.get(key="silence").due_at) == "2026-04-28 23:59:59"


def test_silence_is_never_late(journey, cast):
    way = journey()
    way.does("send_back", cast.oanh, "2026-03-02 09:00", note="Cho biết số nhà")
    assert clocks_of(way, "2026-06-01 09:00") == {"intake": ["met"], "silence": ["running"]}
    way.does("complete", cast.sender_of(way.case), "2026-06-01 10:00", content="Số 12")
    assert clocks_of(way, "2026-06-01 10:00")["silence"] == ["met"]


@pytest.mark.parametrize("end", ["refuse", "withdraw"])
def test_refusing_or_withdrawing_voids_silence(journey, cast, end):
    way = journey()
    way.does("send_back", cast.oanh, "2026-03-02 09:00", note="Cho biết số nhà")
    viewer = cast.oanh if end == "refuse" else cast.sender_of(way.case)
    way.does(end, viewer, "2026-06-01 10:00", ground="incomplete", note="Quá lâu")
    assert clocks_of(way, "2026-06-01 10:00") == {"intake": ["met"], "silence": ["void"]}


# Recalled


def test_recalling_lets_the_very_intake_run_on_with_its_old_due_time(journey, cast):
    way = journey()
    first = way.case.clocks.get().pk
    distribute(way, "2026-03-02 09:00")
    way.does("recall", cast.oanh, "2026-03-02 10:00", note="Nhầm cơ quan")
    assert [(clock.pk, clock.key, clock.ending) for clock in way.case.clocks.order_by("pk")] == [
        (first, "intake", "running"),
        (first + 1, "verify", "void"),
    ]
    assert way.due("intake") == INTAKE_MARCH
    assert clocks_of(way, "2026-03-02 14:01") == {"intake": ["late"], "verify": ["void"]}
    distribute(way, "2026-03-02 15:30", "soyt")
    assert clocks_of(way, "2026-03-02 15:30") == {"intake": ["met_late"], "verify": ["void", "running"]}
    assert holder(way, "verify") == "soyt"


def test_recalling_after_a_return_resumes_the_second_distribution_and_not_intake(journey, cast):
    way = journey()
    distribute(way, "2026-03-02 09:00")
    give_back(way, cast.son, "2026-03-02 10:00")
    distribute(way, "2026-03-02 11:00", "soyt")
    way.does("recall", cast.oanh, "2026-03-02 11:15", note="Nhầm cơ quan")
    assert clocks_of(way, "2026-03-02 11:20") == {
        "intake": ["met"],
        "verify": ["met", "void"],
        "redistribute": ["running"],
    }
    assert way.due("redistribute") == "2026-03-02 16:00"


def test_recalling_after_the_due_time_undoes_no_lateness(journey, cast):
    way = journey()
    distribute(way, "2026-03-02 10:00")
    assert way.due("verify") == "2026-03-02 16:00"
    way.does("recall", cast.oanh, "2026-03-02 16:30", note="Chưa ai tiếp nhận")
    assert clocks_of(way, "2026-03-03 08:00") == {"intake": ["late"], "verify": ["late"]}


# Returned (A9)


def test_a_return_gives_the_operator_a_limit_and_the_next_agency_a_fresh_verify(journey, cast):
    way = journey()
    distribute(way, "2026-03-02 10:00")
    give_back(way, cast.son, "2026-03-02 15:00")
    assert way.due("redistribute") == "2026-03-03 09:00"
    assert holder(way, "redistribute") == "trungtam"
    assert way.fresh().returns == 1
    assert way.case.agency is None
    distribute(way, "2026-03-03 08:00", "soyt")
    assert way.due("verify") == "2026-03-03 14:00"
    assert holder(way, "verify") == "soyt"
    assert clocks_of(way, "2026-03-03 09:00") == {
        "intake": ["met"],
        "verify": ["met", "running"],
        "redistribute": ["met"],
    }


def test_bounces_are_counted_and_the_supervisor_distributes_from_the_second_on(journey, cast):
    way = journey()
    distribute(way, "2026-03-02 09:00")
    give_back(way, cast.son, "2026-03-02 10:00")
    with pytest.raises(Conflict):
        way.does("distribute", cast.tam, "2026-03-02 10:30", agency=cast.agency("soyt"), field=cast.field())
    distribute(way, "2026-03-02 11:00", "soyt")
    give_back(way, cast.yen, "2026-03-02 14:00")
    assert way.fresh().returns == 2
    way.does("distribute", cast.tam, "2026-03-02 15:00", agency=cast.agency("nhatrang"), field=cast.field())
    assert clocks_of(way, "2026-03-02 15:00") == {
        "intake": ["met"],
        "verify": ["met", "met", "running"],
        "redistribute": ["met", "met"],
    }


@pytest.mark.parametrize("end", ["send_back", "refuse"])
def test_redistribution_is_met_by_its_other_ends(journey, cast, end):
    way = journey()
    distribute(way, "2026-03-02 10:00")
    give_back(way, cast.son, "2026-03-02 15:00")
    way.does(end, cast.oanh, "2026-03-03 08:00", ground="out_of_scope", note="Lý do")
    assert clocks_of(way, "2026-03-03 08:00")["redistribute"] == ["met"]


def test_returning_while_processing_voids_the_processing_limit(journey, cast):
    way = journey()
    accepted(way)
    give_back(way, cast.son, "2026-03-03 09:00")
    assert clocks_of(way, "2026-03-03 09:00") == {
        "intake": ["met"],
        "verify": ["met"],
        "process": ["void"],
        "redistribute": ["running"],
    }


# Processing and approval (A10)


@pytest.mark.parametrize(
    ("when", "due"),
    [
        ("2026-03-02 09:12", "2026-03-09 17:00"),
        ("2026-03-07 10:00", "2026-03-13 17:00"),
        ("2026-02-12 15:00", "2026-02-26 17:00"),
        ("2026-08-26 14:00", "2026-09-07 17:00"),
        ("2025-04-25 09:00", "2025-05-06 17:00"),
    ],
)
def test_processing_takes_five_working_days_from_acceptance(journey, when, due):
    way = journey(when)
    accepted(way, when, when)
    assert way.due("process") == due


def test_a_rejection_lets_processing_run_on_and_each_submission_starts_a_new_approval(journey, cast):
    way = journey()
    accepted(way)
    processing = way.case.clocks.get(key="process").pk
    submit(way, "2026-03-03 09:00")
    assert way.due("approve") == "2026-03-03 15:00"
    assert clocks_of(way, "2026-03-20 09:00")["process"] == ["met"]
    way.does("reject", cast.lan, "2026-03-03 14:00", reason="unclear", note="Viết lại")
    assert running(way) == ["process"]
    clock = way.case.clocks.get(key="process")
    assert (clock.pk, to_the_second(clock.due_at), clock.ended_at) == (processing, "2026-03-09 17:00:00", None)
    assert clocks_of(way, "2026-03-09 17:00")["process"] == ["running"]
    assert clocks_of(way, "2026-03-10 07:00")["process"] == ["late"]
    submit(way, "2026-03-10 08:00")
    assert way.due("approve") == "2026-03-10 14:00"
    way.does("approve", cast.lan, "2026-03-10 08:30")
    assert clocks_of(way, "2026-03-10 09:00") == {
        "intake": ["met"],
        "verify": ["met"],
        "process": ["met_late"],
        "approve": ["met", "met"],
    }
    assert way.case.clocks.get(key="process").ended_at == at("2026-03-10 08:00")


def test_an_empty_draft_on_the_last_day_counts_for_nothing(journey, cast):
    way = journey()
    accepted(way)
    submit(way, "2026-03-09 16:55", body="Đang xử lý")
    way.does("reject", cast.lan, "2026-03-10 09:00", reason="internal_text", note="Chưa phải kết quả")
    assert clocks_of(way, "2026-03-10 09:00")["process"] == ["late"]


def test_retracting_voids_the_approval_and_processing_runs_on(journey, cast):
    way = journey()
    accepted(way)
    submit(way, "2026-03-03 09:00")
    way.does("retract", cast.son, "2026-03-03 10:00")
    assert clocks_of(way, "2026-03-04 10:00") == {
        "intake": ["met"],
        "verify": ["met"],
        "process": ["running"],
        "approve": ["void"],
    }
    assert way.due("process") == "2026-03-09 17:00"


def test_an_approval_retracted_after_its_due_time_stays_late(journey, cast):
    way = journey()
    accepted(way)
    submit(way, "2026-03-03 09:00")
    way.does("retract", cast.son, "2026-03-03 15:01")
    assert clocks_of(way, "2026-03-04 10:00")["approve"] == ["late"]


# Extension (Đ7.3)


def extend(way, when, due, on_site=True):
    return way.does("extend", way.cast.lan, when, due=date.fromisoformat(due), on_site=on_site, note="Đi thực địa")


def test_an_extension_steps_in_place_of_processing_from_the_same_acceptance(journey, cast):
    way = journey()
    accepted(way)
    extend(way, "2026-03-04 09:00", "2026-03-13")
    clock = way.case.clocks.get(key="process_extended")
    assert clock.started_at == at("2026-03-02 15:00")
    assert to_the_second(clock.due_at) == "2026-03-13 17:00:00"
    assert way.case.clocks.get(key="process").ending == "superseded"
    shown = [view.key for view in dossier(cast.oanh, way.fresh(), at("2026-03-04 10:00")).clocks]
    assert shown == ["intake", "verify", "process_extended"]
    submit(way, "2026-03-13 17:00")
    assert clocks_of(way, "2026-03-13 17:00")["process_extended"] == ["met"]


@pytest.mark.parametrize(
    ("accepted_at", "decided", "ceiling", "beyond"),
    [
        ("2026-03-02 15:00", "2026-03-04 09:00", "2026-03-16", "2026-03-17"),
        ("2026-03-02 15:00", "2026-03-09 16:59", "2026-03-16", "2026-03-17"),
        ("2026-02-12 15:00", "2026-02-25 09:00", "2026-03-05", "2026-03-06"),
        ("2025-04-21 08:00", "2025-04-24 08:00", "2025-05-07", "2025-05-08"),
    ],
)
def test_the_ceiling_is_ten_working_days_from_acceptance(journey, accepted_at, decided, ceiling, beyond):
    way = journey(accepted_at)
    accepted(way, accepted_at, accepted_at)
    with pytest.raises(ValidationError) as refusal:
        extend(way, decided, beyond)
    assert list(refusal.value.message_dict) == ["due"]
    extend(way, decided, ceiling)
    assert way.due("process_extended") == f"{ceiling} 17:00"


@pytest.mark.parametrize(
    ("due", "on_site", "errors"),
    [
        ("2026-03-14", True, {"due": ["Ngày 14/03/2026 là ngày nghỉ. Ngày làm việc kế tiếp là 16/03/2026."]}),
        ("2026-03-09", True, {"due": ["Hạn mới phải sau hạn hiện tại (17:00 09/03/2026)."]}),
        ("2026-03-03", True, {"due": ["Hãy chọn một ngày chưa qua."]}),
        (
            "2026-03-13",
            False,
            {"on_site": ["Chỉ gia hạn khi hồ sơ phức tạp, nhiều lĩnh vực, cần đi thực địa."]},
        ),
    ],
)
def test_an_extension_that_the_regulation_does_not_know_is_refused(journey, due, on_site, errors):
    way = journey()
    accepted(way)
    with pytest.raises(ValidationError) as refusal:
        extend(way, "2026-03-04 09:00", due, on_site)
    assert refusal.value.message_dict == errors
    assert running(way) == ["process"]


def test_nobody_extends_after_the_due_time(journey):
    way = journey()
    accepted(way)
    with pytest.raises(Conflict):
        extend(way, "2026-03-09 17:01", "2026-03-13")
    extend(way, "2026-03-09 17:00", "2026-03-13")


def test_nobody_extends_twice(journey, cast):
    way = journey()
    accepted(way)
    extend(way, "2026-03-04 09:00", "2026-03-12")
    with pytest.raises(Conflict):
        extend(way, "2026-03-04 10:00", "2026-03-13")
    submit(way, "2026-03-05 09:00")
    way.does("reject", cast.lan, "2026-03-05 10:00", reason="unclear", note="Viết lại")
    with pytest.raises(Conflict):
        extend(way, "2026-03-05 11:00", "2026-03-13")


def test_a_specialist_does_not_extend(journey, cast):
    way = journey()
    accepted(way)
    with pytest.raises(Forbidden):
        way.does("extend", cast.son, "2026-03-04 09:00", due=date(2026, 3, 13), on_site=True, note="")


def test_an_extended_limit_runs_on_after_a_rejection_and_is_void_on_return(journey, cast):
    way = journey()
    accepted(way)
    extend(way, "2026-03-04 09:00", "2026-03-13")
    submit(way, "2026-03-05 09:00")
    way.does("reject", cast.lan, "2026-03-05 10:00", reason="unclear", note="Viết lại")
    assert running(way) == ["process_extended"]
    assert way.due("process_extended") == "2026-03-13 17:00"
    submit(way, "2026-03-05 14:00")
    way.does("retract", cast.son, "2026-03-05 15:00")
    assert running(way) == ["process_extended"]
    give_back(way, cast.son, "2026-03-06 10:00")
    assert running(way) == ["redistribute"]
    assert clocks_of(way, "2026-03-06 10:00")["process_extended"] == ["void"]


def test_the_next_agency_may_extend_again(journey, cast):
    way = journey()
    accepted(way)
    extend(way, "2026-03-04 09:00", "2026-03-13")
    give_back(way, cast.son, "2026-03-06 10:00")
    distribute(way, "2026-03-06 11:00", "soyt")
    way.does("accept", cast.yen, "2026-03-06 14:00")
    assert way.due("process") == "2026-03-13 17:00"
    way.does("extend", cast.hai, "2026-03-09 09:00", due=date(2026, 3, 20), on_site=True, note="Đi thực địa")
    assert way.due("process_extended") == "2026-03-20 17:00"


# Coordinating agencies (A11)


def consult(way, when, due=None, agency="dienluc"):
    due = due and date.fromisoformat(due)
    return way.does("consult", way.cast.son, when, agency=way.cast.agency(agency), due=due, note="Xin ý kiến")


@pytest.mark.parametrize(
    ("accepted_at", "due"),
    [
        ("2026-03-02 15:00", "2026-03-06 17:00"),
        ("2026-02-12 15:00", "2026-02-25 17:00"),
        ("2026-08-26 14:00", "2026-09-04 17:00"),
    ],
)
def test_accepting_gives_coordinating_agencies_until_the_working_day_before(journey, cast, accepted_at, due):
    way = journey(accepted_at)
    accepted(way, accepted_at, accepted_at, coordinating=[cast.agency("soyt"), cast.agency("dienluc")])
    given = {clock.holder.code: clock for clock in way.case.clocks.filter(key="consult")}
    assert sorted(given) == ["dienluc", "soyt"]
    assert {to_the_second(clock.due_at) for clock in given.values()} == {f"{due}:00"}


@pytest.mark.parametrize(
    ("when", "given", "due"),
    [
        ("2026-03-04 09:00", None, "2026-03-06 17:00"),
        ("2026-03-04 09:00", "2026-03-05", "2026-03-05 17:00"),
        ("2026-03-04 09:00", "2026-03-04", "2026-03-04 17:00"),
        ("2026-03-04 09:00", "2026-03-09", "2026-03-09 17:00"),
        ("2026-03-06 10:00", None, "2026-03-09 17:00"),
        ("2026-03-10 09:00", None, "2026-03-11 17:00"),
        ("2026-03-13 09:00", None, "2026-03-16 17:00"),
    ],
)
def test_a_consultation_is_due_when_the_lead_says_or_before_its_own_limit(journey, when, given, due):
    way = journey()
    accepted(way)
    assert way.due("process") == "2026-03-09 17:00"
    consult(way, when, given)
    assert way.due("consult") == due
    assert holder(way, "consult") == "dienluc"


@pytest.mark.parametrize(
    ("when", "given", "sentence"),
    [
        ("2026-03-04 09:00", "2026-03-07", "Ngày 07/03/2026 là ngày nghỉ. Ngày làm việc kế tiếp là 09/03/2026."),
        ("2026-03-04 09:00", "2026-03-10", "Hạn cho ý kiến không được sau hạn xử lý của cơ quan chủ trì."),
        ("2026-03-04 17:01", "2026-03-04", "Hãy chọn một ngày chưa qua."),
    ],
)
def test_a_consultation_date_that_cannot_be_is_refused(journey, when, given, sentence):
    way = journey()
    accepted(way)
    with pytest.raises(ValidationError) as refusal:
        consult(way, when, given)
    assert refusal.value.message_dict == {"due": [sentence]}


def test_after_an_extension_the_new_limit_bounds_consultations(journey):
    way = journey()
    accepted(way)
    extend(way, "2026-03-04 09:00", "2026-03-13")
    consult(way, "2026-03-04 10:00", "2026-03-13")
    assert way.due("consult") == "2026-03-13 17:00"
    consult(way, "2026-03-04 10:30", agency="soyt")
    assert way.due("consult") == "2026-03-12 17:00"


@pytest.mark.parametrize(("key", "data"), [("opinion", {"body": "Đồng ý"}), ("decline", {"note": "Không liên quan"})])
def test_an_opinion_or_a_refusal_meets_the_consultation_of_that_agency_alone(journey, cast, key, data):
    way = journey()
    accepted(way, coordinating=[cast.agency("soyt"), cast.agency("dienluc")])
    way.does(key, cast.yen, "2026-03-04 09:00", **data)
    given = {clock.holder.code: clock.ending for clock in way.case.clocks.filter(key="consult")}
    assert given == {"soyt": "met", "dienluc": "running"}


@pytest.mark.parametrize("end", ["submit", "return"])
def test_submitting_or_returning_voids_waiting_consultations(journey, cast, end):
    way = journey()
    accepted(way, coordinating=[cast.agency("soyt")])
    way.does(end, cast.son, "2026-03-05 09:00", outcome="done", body="Xong", ground="unclear", note="Lý do")
    assert clocks_of(way, "2026-03-05 09:00")["consult"] == ["void"]
    assert [c.outcome for c in way.case.consultations.all()] == ["closed"]


def test_a_consultation_void_after_its_due_time_stays_late(journey, cast):
    way = journey()
    accepted(way, coordinating=[cast.agency("soyt")])
    submit(way, "2026-03-09 09:00")
    assert clocks_of(way, "2026-03-09 09:00")["consult"] == ["late"]


# The instant procedure (Đ10)


def instant(journey, when):
    return journey(when, incident="lighting", occurred_at=at(when))


@pytest.mark.parametrize(
    ("filed", "due"),
    [
        ("2026-03-08 02:10", "2026-03-08 03:10"),
        ("2026-02-17 00:30", "2026-02-17 01:30"),
        ("2026-03-02 23:30", "2026-03-03 00:30"),
    ],
)
def test_an_incident_is_received_within_an_hour_by_day_and_night(journey, filed, due):
    way = instant(journey, filed)
    assert way.case.rule_set.code == "khanh-hoa-2022-instant"
    assert running(way) == ["receive"]
    assert way.due("receive") == due


def test_an_incident_goes_its_way_by_the_hour(journey, cast):
    way = instant(journey, "2026-03-08 02:10")
    way.does("receive", cast.oanh, "2026-03-08 02:30")
    assert way.due("distribute") == "2026-03-08 03:30"
    distribute(way, "2026-03-08 03:00")
    assert way.due("verify") == "2026-03-09 08:00"
    assert way.due("temporary_fix") == "2026-03-09 17:00"
    way.does("accept", cast.son, "2026-03-09 07:30")
    assert way.due("process") == "2026-03-16 17:00"
    way.does("contain", cast.son, "2026-03-09 10:00", note="Đã rào chắn")
    assert clocks_of(way, "2026-03-09 10:00") == {
        "receive": ["met"],
        "distribute": ["met"],
        "verify": ["met"],
        "temporary_fix": ["met"],
        "process": ["running"],
    }
    with pytest.raises(Conflict):
        way.does("contain", cast.son, "2026-03-09 11:00", note="Lần nữa")


def test_distributing_at_once_meets_receiving(journey):
    way = instant(journey, "2026-03-02 08:00")
    distribute(way, "2026-03-02 08:40")
    assert clocks_of(way, "2026-03-02 08:40") == {
        "receive": ["met"],
        "verify": ["running"],
        "temporary_fix": ["running"],
    }
    assert way.due("verify") == "2026-03-02 09:40"
    assert way.due("temporary_fix") == "2026-03-03 08:40"


def test_submitting_meets_the_temporary_fix_and_demands_the_tick(journey, cast):
    way = instant(journey, "2026-03-02 08:00")
    accepted(way, "2026-03-02 08:30", "2026-03-02 09:00")
    with pytest.raises(ValidationError) as refusal:
        submit(way, "2026-03-02 14:00")
    assert list(refusal.value.message_dict) == ["contained"]
    submit(way, "2026-03-02 15:00", contained=True)
    assert way.fresh().contained_at == at("2026-03-02 15:00")
    assert clocks_of(way, "2026-03-02 15:00")["temporary_fix"] == ["met"]
    way.does("reject", cast.lan, "2026-03-02 16:00", reason="unclear", note="Viết lại")
    assert running(way) == ["process"]
    submit(way, "2026-03-02 16:30")


def test_a_return_voids_the_temporary_fix_and_the_next_agency_gets_its_own(journey, cast):
    way = instant(journey, "2026-03-02 08:00")
    distribute(way, "2026-03-02 08:30")
    give_back(way, cast.son, "2026-03-02 09:00")
    assert way.due("redistribute") == "2026-03-02 10:00"
    distribute(way, "2026-03-02 09:30", "dienluc")
    assert clocks_of(way, "2026-03-02 09:30") == {
        "receive": ["met"],
        "verify": ["met", "running"],
        "temporary_fix": ["void", "running"],
        "redistribute": ["met"],
    }
    assert way.due("temporary_fix") == "2026-03-03 09:30"


def test_a_contained_danger_starts_no_second_temporary_fix(journey, cast):
    way = instant(journey, "2026-03-02 08:00")
    distribute(way, "2026-03-02 08:30")
    way.does("contain", cast.son, "2026-03-02 09:00", note="Đã rào chắn")
    give_back(way, cast.son, "2026-03-02 09:10")
    distribute(way, "2026-03-02 09:30", "dienluc")
    assert clocks_of(way, "2026-03-02 09:30")["temporary_fix"] == ["met"]


@pytest.mark.parametrize(("received", "resumed", "due"), [(True, "distribute", "09:20"), (False, "receive", "09:00")])
def test_recalling_an_incident_resumes_what_the_distribution_had_met(journey, cast, received, resumed, due):
    way = instant(journey, "2026-03-02 08:00")
    if received:
        way.does("receive", cast.oanh, "2026-03-02 08:20")
    distribute(way, "2026-03-02 08:30")
    way.does("recall", cast.oanh, "2026-03-02 08:40", note="Nhầm")
    assert running(way) == [resumed]
    assert way.due(resumed) == f"2026-03-02 {due}"
    assert clocks_of(way, "2026-03-02 08:40")["temporary_fix"] == ["void"]
    distribute(way, "2026-03-02 08:50", "dienluc")
    assert clocks_of(way, "2026-03-02 08:50")[resumed] == ["met"]
    assert clocks_of(way, "2026-03-02 08:50")["temporary_fix"] == ["void", "running"]


@pytest.mark.parametrize("end", ["send_back", "refuse"])
def test_the_hour_for_distributing_is_void_where_another_way_is_taken(journey, cast, end):
    way = instant(journey, "2026-03-02 08:00")
    way.does("receive", cast.oanh, "2026-03-02 08:20")
    way.does(end, cast.oanh, "2026-03-02 08:50", ground="spam", note="Lý do")
    assert clocks_of(way, "2026-03-02 08:50")["distribute"] == ["void"]


# Reopening and promises


def test_reopening_starts_processing_anew(journey, cast):
    way = journey()
    answered(way)
    assert running(way) == []
    way.does("reopen", cast.lan, "2026-03-10 09:00", note="Xem lại")
    assert running(way) == ["process"]
    assert way.due("process") == "2026-03-17 17:00"
    assert clocks_of(way, "2026-03-10 09:00")["process"] == ["met", "running"]


COMMITMENT = {"outcome": "commitment", "commitment_date": date(2026, 4, 20), "body": "Sẽ thay trước 20/4."}


@pytest.mark.parametrize("confidential", [False, True])
def test_a_given_commitment_becomes_a_promise_due_at_the_close_of_its_day(journey, confidential):
    way = journey(confidential=confidential)
    answered(way, **COMMITMENT)
    assert running(way) == ["promise"]
    clock = way.case.clocks.get(key="promise")
    assert clock.started_at == at("2026-03-05 16:00")
    assert to_the_second(clock.due_at) == "2026-04-20 17:00:00"
    assert clock.holder.code == "soxd"


@pytest.mark.parametrize(
    ("confirmed", "outcome", "kept"),
    [("2026-04-20 17:00", "met", True), ("2026-04-20 17:01", "met_late", False)],
)
def test_only_the_confirmed_fulfilment_meets_a_promise(journey, cast, confirmed, outcome, kept):
    way = journey()
    answered(way, **COMMITMENT)
    with pytest.raises(Conflict):
        way.does("fulfil", cast.lan, "2026-04-13 09:00", decision="confirm", note="")
    way.does("fulfil", cast.son, "2026-04-14 09:00", note="Đã thay")
    assert running(way) == ["promise"]
    way.does("fulfil", cast.lan, "2026-04-15 09:00", decision="reject", note="Chưa rõ")
    assert running(way) == ["promise"]
    way.does("fulfil", cast.son, "2026-04-16 09:00", note="Đã thay, có ảnh")
    way.does("fulfil", cast.lan, confirmed, decision="confirm", note="")
    assert clocks_of(way, confirmed)["promise"] == [outcome]
    assert Promise.objects.get().kept is kept


def test_reopening_voids_the_promise(journey, cast):
    way = journey()
    answered(way, **COMMITMENT)
    way.does("reopen", cast.lan, "2026-03-10 09:00", note="Xem lại")
    assert clocks_of(way, "2026-03-10 09:00")["promise"] == ["void"]
    assert Promise.objects.get().closed_at == at("2026-03-10 09:00")


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (date(2026, 4, 18), "Ngày 18/04/2026 là ngày nghỉ. Ngày làm việc kế tiếp là 20/04/2026."),
        (date(2026, 4, 27), "Ngày 27/04/2026 là ngày nghỉ. Ngày làm việc kế tiếp là 28/04/2026."),
        (date(2026, 3, 4), "Hãy chọn một ngày chưa qua."),
        (None, "Hãy ghi ngày cam kết hoàn thành."),
    ],
)
def test_a_commitment_needs_a_working_day_to_come(journey, given, sentence):
    way = journey()
    accepted(way)
    with pytest.raises(ValidationError) as refusal:
        submit(way, "2026-03-05 09:00", outcome="commitment", commitment_date=given)
    assert refusal.value.message_dict == {"commitment_date": [sentence]}


# What ends everything


def test_refusing_voids_what_it_does_not_meet(journey):
    way = journey()
    ask(way, "2026-03-02 08:30")
    refuse(way, "2026-03-02 09:00")
    assert clocks_of(way, "2026-03-02 09:00") == {"intake": ["met"], "question": ["void"]}


def test_withdrawing_voids_everything(journey, cast):
    way = journey()
    distribute(way, "2026-03-02 10:00")
    ask(way, "2026-03-02 10:30")
    way.does("withdraw", cast.sender_of(way.case), "2026-03-02 11:00", note="")
    assert running(way) == []
    assert clocks_of(way, "2026-03-02 11:00") == {"intake": ["met"], "verify": ["void"], "question": ["void"]}


def test_sealing_voids_everything_and_undoes_no_lateness(journey, cast):
    way = journey()
    accepted(way, coordinating=[cast.agency("soyt")])
    ask(way, "2026-03-06 08:00")
    way.does("seal", cast.son, "2026-03-09 09:00", note="Bí mật nhà nước")
    assert running(way) == []
    assert clocks_of(way, "2026-03-20 09:00") == {
        "intake": ["met"],
        "verify": ["met"],
        "process": ["void"],
        "consult": ["late"],
        "question": ["void"],
    }


def test_sealing_an_answered_case_voids_its_promise_and_questions(journey, cast):
    way = journey()
    answered(way, **COMMITMENT)
    ask(way, "2026-03-06 08:00")
    assert running(way) == ["promise", "question"]
    way.does("seal", cast.lan, "2026-03-09 09:00", note="Bí mật nhà nước")
    assert running(way) == []
    assert Promise.objects.get().closed_at == at("2026-03-09 09:00")


def test_reinstating_starts_intake_anew(journey, cast):
    way = journey()
    refuse(way, "2026-03-02 09:00")
    way.does("reinstate", cast.oanh, "2026-03-10 09:00", note="Từ chối nhầm")
    assert clocks_of(way, "2026-03-10 09:00") == {"intake": ["met", "running"]}
    assert way.due("intake") == "2026-03-10 15:00"


def test_unsealing_starts_intake_anew(journey, cast):
    way = journey()
    accepted(way)
    way.does("seal", cast.oanh, "2026-03-03 09:00", note="Nghi là bí mật")
    way.does("unseal", cast.quang, "2026-03-10 09:00", note="Không phải bí mật")
    assert running(way) == ["intake"]
    assert way.due("intake") == "2026-03-10 15:00"
    assert holder(way, "intake") == "trungtam"
    distribute(way, "2026-03-10 10:00", "soyt")
    assert running(way) == ["verify"]


# Questions of the sender


def test_a_question_goes_to_whoever_holds_the_case(journey, cast):
    way = journey()
    ask(way, "2026-03-02 08:30")
    assert way.due("question") == "2026-03-04 17:00"
    assert holder(way, "question") == "trungtam"
    distribute(way, "2026-03-02 10:00")
    assert holder(way, "question") == "soxd"
    give_back(way, cast.son, "2026-03-02 11:00")
    assert holder(way, "question") == "trungtam"
    distribute(way, "2026-03-02 14:00", "soyt")
    assert holder(way, "question") == "soyt"
    way.does("reply", cast.yen, "2026-03-04 17:00", body="Tuần này.")
    assert clocks_of(way, "2026-03-04 17:00")["question"] == ["met"]


def test_a_reply_meets_the_oldest_question_or_the_chosen_one(journey, cast):
    way = journey()
    for minute in (30, 40, 50):
        ask(way, f"2026-03-02 08:{minute}")
    oldest, second, third = (question.pk for question in way.case.questions.all())
    way.does("reply", cast.oanh, "2026-03-02 09:00", body="Đang xem.")
    way.does("reply", cast.oanh, "2026-03-02 09:10", body="Sẽ báo.", question=third)
    assert {clock.question_id: clock.ending for clock in way.case.clocks.filter(key="question")} == {
        oldest: "met",
        second: "running",
        third: "met",
    }


def test_a_question_runs_on_when_the_case_is_answered(journey, cast):
    way = journey()
    accepted(way)
    ask(way, "2026-03-05 09:00")
    submit(way, "2026-03-05 15:00")
    way.does("approve", cast.lan, "2026-03-05 16:00")
    assert running(way) == ["question"]
    ask(way, "2026-03-06 09:00")
    assert running(way) == ["question", "question"]
    way.does("reply", cast.son, "2026-03-09 09:00", body="Đã trả lời trong kết quả.")
    assert clocks_of(way, "2026-03-09 09:00")["question"] == ["met", "running"]


def test_a_question_on_a_refused_case_runs_until_the_centre_replies(journey, cast):
    way = journey()
    refuse(way, "2026-03-02 09:00")
    ask(way, "2026-03-02 10:00")
    assert clocks_of(way, "2026-03-02 10:00")["question"] == ["running"]
    assert way.due("question") == "2026-03-04 17:00"
    assert holder(way, "question") == "trungtam"
    way.does("reply", cast.oanh, "2026-03-03 09:00", body="Vì ngoài phạm vi.")
    assert clocks_of(way, "2026-03-03 09:00")["question"] == ["met"]


def test_an_inquiry_to_the_sender_stops_and_starts_no_clock(journey, cast):
    way = journey()
    accepted(way)
    way.does("inquire", cast.son, "2026-03-03 09:00", body="Cột số mấy?")
    assert running(way) == ["process"]
    assert way.due("process") == "2026-03-09 17:00"
    way.does("answer", cast.sender_of(way.case), "2026-03-04 09:00", body="Cột số 5")
    assert running(way) == ["process"]


# Lateness


@pytest.mark.parametrize(("microseconds", "outcome"), [(0, "met"), (999_999, "met"), (1_000_000, "met_late")])
def test_the_moment_of_doing_is_rounded_down_to_the_second(journey, cast, microseconds, outcome):
    way = journey()
    now = at("2026-03-02 14:00") + timedelta(microseconds=microseconds)
    way.case = perform(way.case.pk, "distribute", cast.oanh, {"agency": cast.agency("soxd")}, now=now)
    assert clocks_of(way, "2026-03-02 15:00")["intake"] == [outcome]


def test_lateness_is_derived_and_never_stored(journey, cast):
    way = journey()
    clock = way.case.clocks.get()
    due = at("2026-03-02 14:00")
    assert [clock.is_late(due + timedelta(seconds=n)) for n in (-1, 0, 1)] == [False, False, True]
    assert [str(clock.outcome_at(due + timedelta(seconds=n))) for n in (0, 1)] == ["running", "late"]
    distribute(way, "2026-03-02 16:00")
    done = Clock.objects.get(pk=clock.pk)
    assert str(done.outcome_at(at("2026-05-01 08:00"))) == "met_late"
    assert "late" not in {field.name for field in Clock._meta.get_fields()}


def test_a_clock_copies_the_limit_as_it_was(journey):
    clock = journey().case.clocks.get()
    clock.rule_set.limits.filter(key="intake").update(amount=8, article="Đ99")
    assert Clock.objects.values_list("amount", "unit", "article").get() == (4, "working_hours", "khoản 3 Điều 6")


def test_a_due_time_beyond_the_announced_year_is_provisional(journey):
    way = journey("2026-12-28 08:00")
    distribute(way, "2026-12-28 08:30")
    way.does("accept", way.cast.son, "2026-12-28 09:00")
    assert {clock.key: clock.provisional for clock in way.case.clocks.all()} == {
        "intake": False,
        "verify": False,
        "process": True,
    }


def test_the_next_due_time_of_a_case_is_that_of_its_earliest_running_limit(journey, cast):
    way = journey()
    assert way.fresh().next_due_at == at("2026-03-02 14:00")
    accepted(way)
    assert way.fresh().next_due_at == at("2026-03-09 17:00")
    ask(way, "2026-03-03 09:00")
    assert way.fresh().next_due_at == at("2026-03-05 17:00")
    submit(way, "2026-03-04 10:00")
    assert way.fresh().next_due_at == at("2026-03-04 16:00")
    way.does("reply", cast.son, "2026-03-04 10:30", body="Sắp xong")
    way.does("approve", cast.lan, "2026-03-04 11:00")
    assert way.fresh().next_due_at is None
    assert Case.objects.filter(next_due_at__isnull=False).count() == 0
