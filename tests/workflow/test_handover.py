"""An agency that has ended: its cases, clocks, questions and opinions go over, each with an event."""

from datetime import date

import pytest

from agencies.leaving import settle_leavers
from agencies.models import Agency, Membership, User
from submissions.models import Case, CaseAccess
from tests.cast import at
from tests.workflow.desk import case_address, desk_of
from workflow.audit import verify
from workflow.engine import hand_over
from workflow.handover import heir, pass_on
from workflow.models import Clock, Consultation, Message
from workflow.permissions import may
from workflow.sweep import sweep

LAST = date(2026, 3, 5)
BEFORE, AFTER = at("2026-03-05 23:59"), at("2026-03-06 00:01")


def closes(code, successor, last_day=LAST):
    Agency.objects.filter(code=code).update(valid_to=last_day, successor=Agency.objects.get(code=successor))


def led_by_soyt(journey, cast, when="2026-03-02 08:00"):
    way = journey(when)
    way.does("distribute", cast.oanh, "2026-03-02 09:00", field=cast.field(), agency=cast.agency("soyt"))
    way.does("accept", cast.yen, "2026-03-02 10:00", coordinating=[cast.agency("dienluc")], note="Xin ý kiến.")
    return way


def test_a_case_goes_over_the_day_after_the_last_with_its_clocks_unchanged(journey, cast):
    way = led_by_soyt(journey, cast)
    way.does("ask", cast.sender_of(way.case), "2026-03-03 09:00", body="Bao giờ xong?", attachments=[])
    due = {clock.key: clock.due_at for clock in way.case.clocks.filter(ending="running")}
    closes("soyt", "soxd")
    assert pass_on(BEFORE) == 0
    assert pass_on(AFTER) == 1
    assert pass_on(AFTER) == 0
    case = way.fresh()
    assert (case.agency.code, case.state) == ("soxd", "PROCESSING")
    running = {clock.key: clock for clock in case.clocks.filter(ending="running")}
    assert {key: clock.due_at for key, clock in running.items()} == due
    assert {key: clock.holder.code for key, clock in running.items()} == {
        "process": "soxd", "question": "soxd", "consult": "dienluc",
    }  # fmt: skip
    event = case.events.last()
    assert (event.action, event.agency.code, event.subject_agency.code) == ("hand_over", "soyt", "soxd")
    assert "kết thúc hoạt động từ ngày 06/03/2026" in event.note
    assert Message.objects.get(event=event).recipient == "soxd@example.vn"
    assert list(verify()) == []


def test_the_successors_people_go_on_and_the_coordinating_agency_still_opines(journey, cast):
    way = led_by_soyt(journey, cast)
    closes("soyt", "soxd")
    pass_on(AFTER)
    case = way.fresh()
    parts = {access.agency.code: access.part for access in case.access.select_related("agency")}
    assert parts == {"soyt": "former", "soxd": "lead", "dienluc": "coordinating", "trungtam": "centre"}
    assert may(cast.yen, "submit", case, AFTER).status == 403
    way.does("opinion", cast.diep, "2026-03-06 08:00", body="Đồng ý.")
    way.does("submit", cast.son, "2026-03-06 09:00", outcome="done", body="Đã thay bóng đèn.")
    way.does("approve", cast.lan, "2026-03-06 10:00", note="")
    assert way.fresh().state == "ANSWERED"


def test_a_limit_that_is_late_already_is_the_successors_to_explain(journey, cast):
    way = led_by_soyt(journey, cast)
    closes("soyt", "soxd", date(2026, 3, 15))
    pass_on(at("2026-03-16 08:00"))
    late = way.case.clocks.get(key="process")
    assert late.is_late(at("2026-03-16 08:00"))
    assert late.holder.code == "soxd"


def test_an_opinion_is_asked_of_the_successor(journey, cast):
    way = led_by_soyt(journey, cast)
    closes("dienluc", "nhatrang")
    assert pass_on(AFTER) == 1
    asked = Consultation.objects.get()
    assert (asked.agency.code, asked.outcome) == ("nhatrang", "waiting")
    assert asked.clock.holder.code == "nhatrang"
    way.does("opinion", cast.nga, "2026-03-06 08:00", body="Đồng ý.")


def test_no_opinion_is_asked_of_the_lead_itself(journey, cast):
    way = led_by_soyt(journey, cast)
    closes("dienluc", "soyt")
    pass_on(AFTER)
    asked = Consultation.objects.get()
    assert asked.outcome == "closed"
    assert asked.clock.ending == Clock.Ending.VOID
    assert way.fresh().access.get(part=CaseAccess.Part.LEAD).agency.code == "soyt"


def test_an_answered_case_goes_too_so_that_questions_find_somebody(journey, cast):
    way = led_by_soyt(journey, cast)
    way.does("submit", cast.yen, "2026-03-03 09:00", outcome="done", body="Đã thay bóng đèn.")
    way.does("approve", cast.hai, "2026-03-03 10:00", note="")
    closes("soyt", "soxd")
    assert pass_on(AFTER) == 1
    case = way.fresh()
    assert (case.state, case.agency.code, case.answer.result.agency.code) == ("ANSWERED", "soxd", "soyt")
    way.does("ask", cast.sender_of(case), "2026-03-06 09:00", body="Bảo hành bao lâu?", attachments=[])
    assert case.clocks.get(key="question").holder.code == "soxd"


def test_a_case_that_left_meanwhile_is_not_given_away_and_nobody_is_told(journey, cast):
    way = led_by_soyt(journey, cast)
    way.does("return", cast.yen, "2026-03-03 09:00", ground="not_competent", note="Không.")
    closes("soyt", "soxd")
    told = Message.objects.count()
    assert hand_over(way.case.pk, cast.agency("soyt"), cast.agency("soxd"), AFTER) is False
    assert (way.fresh().agency, Message.objects.count()) == (None, told)


def test_where_only_an_opinion_moves_the_sender_is_not_told_that_the_case_does(journey, cast):
    way = led_by_soyt(journey, cast)
    closes("dienluc", "nhatrang")
    pass_on(AFTER)
    event = way.case.events.last()
    assert (event.readers, "cho ý kiến phối hợp thay" in event.note) == ("staff", True)


def test_what_was_reported_before_keeps_who_led_then(journey, cast):
    way = led_by_soyt(journey, cast)
    way.does("opinion", cast.diep, "2026-03-03 08:00", body="Đồng ý.")
    closes("soyt", "soxd")
    pass_on(AFTER)
    assert Consultation.objects.get().lead.code == "soyt"
    assert way.fresh().access.get(agency__code="dienluc").part == "coordinating"


def test_nobody_of_an_ended_agency_gets_a_digest_and_their_accounts_are_closed_at_night(cast):
    closes("soyt", "soxd", date(2026, 3, 5))
    assert Membership.objects.at_work_on(date(2026, 3, 6)).filter(agency__code="soyt").count() == 0
    assert settle_leavers(BEFORE) == 0
    assert settle_leavers(AFTER) == 2
    assert not User.objects.get(username="yen").is_active


def test_an_agency_that_begins_the_day_after_may_take_over_and_one_without_cases_needs_nobody_once_it_is_over(
    operator, cast
):
    new = Agency.objects.create(code="moi", name="Sở Mới", kind="department", valid_from=date(2027, 1, 1))
    address = CLOSE % cast.agency("soyt").pk
    owed = operator.post(address, {"last_day": "31/12/2026"})
    assert (owed.status_code, cast.agency("soyt").valid_to) == (422, None)
    early = operator.post(address, {"last_day": "30/11/2026", "successor": new.pk})
    assert "không hoạt động sau ngày đó" in early.content.decode()
    assert operator.post(address, {"last_day": "31/12/2026", "successor": new.pk}).status_code == 302
    assert operator.post(CLOSE % cast.agency("dienluc").pk, {"last_day": "01/03/2026"}).status_code == 302


def test_sealed_and_refused_cases_stay(journey, cast):
    sealed = led_by_soyt(journey, cast)
    sealed.does("seal", cast.yen, "2026-03-03 09:00", note="Mật")
    closes("soyt", "soxd")
    assert pass_on(AFTER) == 0


def test_a_chain_of_successors_ends_with_who_works_now(cast):
    closes("soyt", "dienluc")
    closes("dienluc", "soxd", date(2026, 3, 7))
    assert heir(cast.agency("soyt"), date(2026, 3, 6)).code == "dienluc"
    assert heir(cast.agency("soyt"), date(2026, 3, 8)).code == "soxd"
    closes("soxd", "soyt", date(2026, 3, 7))
    assert heir(cast.agency("soyt"), date(2026, 3, 8)) is None


def test_the_minutes_pass_takes_so_many_and_the_next_one_the_rest(journey, cast):
    for minute in range(3):
        led_by_soyt(journey, cast, f"2026-03-02 08:0{minute}")
    closes("soyt", "soxd")
    assert pass_on(AFTER, most=2) == 2
    assert sweep(AFTER).handed_over == 1
    assert Case.objects.filter(agency__code="soxd").count() == 3


CLOSE = "/quan-tri/agencies/agency/%d/close/"


@pytest.fixture
def operator(cast):
    cast.oanh.user.__class__.objects.filter(username="oanh").update(is_staff=True)
    return desk_of("oanh")


def test_the_operator_reads_the_list_beforehand_and_must_name_who_takes_over(operator, journey, cast):
    way = led_by_soyt(journey, cast)
    address = CLOSE % cast.agency("soyt").pk
    text = operator.get(address).content.decode()
    assert way.case.code in text
    assert way.case.title not in text
    refused = operator.post(address, {"last_day": "2026-12-31"})
    assert refused.status_code == 422
    assert "Cơ quan còn hồ sơ hoặc còn nhận hồ sơ: hãy chọn cơ quan tiếp nhận." in refused.content.decode()
    assert operator.post(address, {"last_day": "01/03/2026", "successor": cast.agency("soxd").pk}).status_code == 302
    assert way.fresh().agency.code == "soxd"
    assert cast.agency("soyt").valid_to == date(2026, 3, 1)
    assert desk_of("yen").get(case_address(way.case)).status_code == 404


@pytest.mark.parametrize("username", ["quang", "tam", "son"])
def test_nobody_else_closes_an_agency(cast, username):
    response = desk_of(username).post(CLOSE % cast.agency("soyt").pk, {"last_day": "01/03/2026"})
    assert response.status_code in (302, 403)
    assert cast.agency("soyt").valid_to is None


def test_the_centre_is_never_closed(operator, cast):
    assert operator.get(CLOSE % cast.agency("trungtam").pk).status_code == 404
