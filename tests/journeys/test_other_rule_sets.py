"""The instant procedure, the national set, home affairs named at the first distribution, and cases keyed in late."""

from datetime import timedelta

from django.utils import timezone

from submissions.models import Case
from tests.cast import at
from tests.submissions.pages import picture
from workflow.engine import perform

from .portal import (
    ANSWER,
    CONTENT,
    NAME,
    TITLE,
    assert_no_clock_left,
    assert_public_reads,
    assert_public_sees_stages,
    assert_unseen_by,
)


def days_ago(days):
    """Local time so many days ago, as `datetime-local` inputs send it."""
    return timezone.localtime(timezone.now() - timedelta(days)).strftime("%Y-%m-%dT%H:%M")


def test_instant_with_containment(portal):
    code = portal.files(incident="lighting", occurred_at=days_ago(1), place="Cột 14 Trần Phú")
    own = portal.sender_page(code)
    assert (own.outcomes("receive"), own.outcomes("intake")) == (["running"], [])
    page = portal.by_staff("oanh", code, "receive")
    assert (page.outcomes("receive"), page.outcomes("distribute")) == (["met"], ["running"])
    page = portal.distributed(code)
    assert (page.outcomes("distribute"), page.outcomes("temporary_fix")) == (["met"], ["running"])
    page = portal.by_staff("son", code, "accept")
    assert "contained" in page.form("submit").names
    page = portal.by_staff("son", code, "contain", note="Đã cắt điện, rào chắn cột 14.")
    assert (page.state, page.outcomes("temporary_fix")) == ("PROCESSING", ["met"])
    assert "contain" not in page.offers
    assert "contained" not in page.form("submit").names
    assert "Đã cắt điện, rào chắn cột 14." in portal.sender_page(code).text
    assert_public_sees_stages(portal, code, "PROCESSING", hidden=["Đã cắt điện"])
    portal.by_staff("son", code, "submit", outcome="done", body=ANSWER)
    portal.by_staff("lan", code, "approve")
    assert_public_reads(portal, code, ANSWER, "Cột 14 Trần Phú", hidden=["Đã cắt điện"])
    assert_unseen_by(portal, code, "diep")
    assert_no_clock_left(portal, code)


def test_instant_submitted_at_once_demands_the_tick(portal):
    code = portal.files(incident="power", occurred_at=days_ago(1)[:10], place="Cột 14 Trần Phú")
    portal.distributed(code, "dienluc")
    portal.by_staff("diep", code, "accept")
    desk = portal.staff("diep")
    page = desk.get(f"/can-bo/ho-so/{code}/")
    again = desk.send(page, page.form("submit"), outcome="done", body=ANSWER)
    assert again.status == 422
    assert again.form("submit").kept["body"] == [ANSWER]
    page = desk.follow(desk.send(again, again.form("submit"), contained=True))
    assert (page.state, page.outcomes("temporary_fix")) == ("SUBMITTED", ["met"])
    portal.by_staff("dung", code, "approve")
    assert_public_reads(portal, code, ANSWER)
    assert_unseen_by(portal, code, "son")
    assert_no_clock_left(portal, code)


def test_the_national_set_publishes_in_a_step_of_its_own(portal):
    code = portal.keys_in(channel="national_portal", national_code="QG-2026-001", attachments=[picture()])
    page = portal.desk_page("oanh", code)
    assert {(clock.key, clock.outcome) for clock in page.clocks} == {
        ("distribute", "running"), ("refuse", "running"), ("clarify", "running"), ("answer", "running"),
    }  # fmt: skip
    assert "QG-2026-001" in page.text
    page = portal.submitted(code)
    assert {(clock.key, clock.outcome) for clock in page.clocks} == {
        ("distribute", "met"), ("refuse", "void"), ("clarify", "void"), ("answer", "running"),
    }  # fmt: skip
    page = portal.by_staff("lan", code, "approve")
    assert (page.state, page.outcomes("answer"), page.outcomes("publish")) == ("APPROVED", ["met"], ["running"])
    assert_public_sees_stages(portal, code, "APPROVED", hidden=[ANSWER])
    assert ANSWER not in portal.sender_page(code).text
    page = portal.by_staff("lan", code, "revoke", note="Còn sai tên đường.")
    assert (page.state, page.outcomes("answer"), page.outcomes("publish")) == ("PROCESSING", ["running"], ["void"])
    portal.by_staff("son", code, "submit", outcome="done", body="Bản đã sửa tên đường.")
    portal.by_staff("lan", code, "approve")
    for username in ("son", "lan", "oanh"):
        assert "publish" in portal.desk_page(username, code).offers
    page = portal.by_staff("oanh", code, "publish")
    assert (page.state, page.outcomes("answer"), page.outcomes("publish")) == ("ANSWERED", ["met"], ["void", "met"])
    own = portal.sender_page(code)
    assert "Bản đã sửa tên đường." in own.text
    assert_public_reads(portal, code, "Bản đã sửa tên đường.", hidden=[ANSWER, "Còn sai tên đường.", "QG-2026-001"])
    assert_unseen_by(portal, code, "diep", files=own.files)
    assert_no_clock_left(portal, code)


def test_another_rule_set_named_at_the_first_distribution(portal):
    code = portal.files()
    page = portal.distributed(code, rule_set="home-affairs-2018")
    assert (page.outcomes("intake"), page.outcomes("answer"), page.outcomes("verify")) == (["met"], ["running"], [])
    assert "Bộ Nội vụ 2018" in portal.sender_page(code).text
    page = portal.by_staff("oanh", code, "recall", note="Chọn lại cơ quan.")
    assert "rule_set" not in page.form("distribute").names
    portal.submitted(code)
    page = portal.by_staff("lan", code, "approve")
    assert page.state == "APPROVED"
    page = portal.by_staff("son", code, "publish")
    assert (page.state, page.outcomes("answer"), page.outcomes("publish")) == ("ANSWERED", ["met"], ["met"])
    assert_public_reads(portal, code, ANSWER)
    assert_unseen_by(portal, code, "diep")
    assert_no_clock_left(portal, code)


def test_keyed_in_off_line_counts_from_its_receipt(portal):
    received = days_ago(10)
    code = portal.keys_in(channel="letter", received_at=received, consent=True)
    case = Case.objects.get(code=code)
    assert timezone.localtime(case.received_at).strftime("%Y-%m-%dT%H:%M") == received
    own = portal.sender_page(code)
    assert (own.state, own.outcomes("intake")) == ("LODGED", ["late"])
    assert TITLE in own.text
    assert_public_sees_stages(portal, code, "LODGED")
    assert "explain" in portal.desk_page("oanh", code).offers
    page = portal.answered(code)
    assert page.outcomes("intake") == ["met_late"]
    page = portal.by_staff("oanh", code, "explain", note="Thư đến sau kỳ nghỉ.")
    assert "explain" not in page.offers
    assert "Thư đến sau kỳ nghỉ." not in portal.sender_page(code).text
    assert_public_reads(portal, code, CONTENT, ANSWER, hidden=["Thư đến sau kỳ nghỉ."])
    assert_unseen_by(portal, code, "diep")
    assert_no_clock_left(portal, code)


def test_keying_in_loses_nothing_when_something_is_missing(portal):
    desk = portal.staff("oanh")
    page = desk.get("/can-bo/tiep-nhan-moi/")
    form = next(form for form in page.forms if "received_at" in form.names)
    typed = {
        "channel": "national_portal", "sender_type": "citizen", "full_name": NAME, "commune": "22366",
        "phone": "0912345678", "title": TITLE, "content": CONTENT, "consent": True, "attachments": [picture()],
    }  # fmt: skip
    again = desk.send(page, form, **typed)
    assert again.status == 422
    form = next(form for form in again.forms if "received_at" in form.names)
    for name in set(typed) - {"attachments", "consent", "phone"}:
        assert form.kept[name] == [typed[name]], name
    tomorrow = timezone.localtime(timezone.now() + timedelta(1)).strftime("%Y-%m-%dT%H:%M")
    again = desk.send(again, form, national_code="QG-1", received_at=tomorrow)
    assert again.status == 422
    form = next(form for form in again.forms if "received_at" in form.names)
    page = desk.follow(desk.send(again, form, received_at=""))
    assert (page.state, len(page.files)) == ("LODGED", 1)


def test_last_days_of_a_branch_never_warn_as_late(portal):
    code = portal.keys_in(channel="national_portal", national_code="QG-2", received_at=days_ago(60))
    page = portal.desk_page("oanh", code)
    assert {(clock.key, clock.outcome) for clock in page.clocks if clock.key != "update"} == {
        ("distribute", "late"), ("answer", "late"), ("refuse", "running"), ("clarify", "running"),
    }  # fmt: skip


def test_a_former_agency_explains_its_late_clock_and_sees_nothing_else(portal, cast):
    case = cast.files("2026-03-02 08:00")
    distribution = {"field": cast.field(), "agency": cast.agency("soxd")}
    perform(case.pk, "distribute", cast.oanh, distribution, now=at("2026-03-02 09:00"))
    code = case.code
    (verify,) = [clock for clock in portal.desk_page("son", code).clocks if clock.key == "verify"]
    assert (verify.due, verify.outcome) == ("2026-03-02T15:00", "late")
    portal.by_staff_leaving("son", code, "return", ground="not_competent", note="Của Sở Y tế.")
    desk = portal.staff("son")
    page = desk.get(f"/can-bo/ho-so/{code}/explain/")
    assert page.status == 200
    assert code in page.text and "15:00 02/03/2026" in page.text
    for words in (TITLE, CONTENT, NAME, "Của Sở Y tế."):
        assert words not in page.text
    assert f"/can-bo/ho-so/{code}/" not in page.links
    empty = desk.send(page, page.form("explain"), clock=verify.id, note="")
    assert empty.status == 422
    sent = desk.send(empty, empty.form("explain"), clock=verify.id, note="Cán bộ đi công tác dài ngày.")
    assert (sent.status, sent.location) == (302, "/can-bo/")
    desk.follow(sent)
    assert_unseen_by(portal, code, "son", "lan", "diep")
    assert "Cán bộ đi công tác dài ngày." in portal.desk_page("tam", code).text
    assert "Cán bộ đi công tác" not in portal.sender_page(code).text
    assert_public_sees_stages(portal, code, "RETURNED", hidden=["Cán bộ đi công tác"])


def test_late_with_several_agencies_the_leader_reports_up(portal):
    code = portal.keys_in(channel="national_portal", national_code="QG-4", received_at=days_ago(60))
    portal.distributed(code)
    portal.by_staff("son", code, "accept")
    assert "report_up" not in portal.desk_page("lan", code).offers
    portal.by_staff("son", code, "consult", agency="dienluc", note="Xin ý kiến.")
    page = portal.by_staff("lan", code, "report_up", note="Chờ kiểm định độc lập.")
    assert page.state == "PROCESSING"
    assert "Chờ kiểm định độc lập." in portal.sender_page(code).text
    assert_public_sees_stages(portal, code, "PROCESSING", hidden=["Chờ kiểm định độc lập."])


def test_the_national_answer_counts_anew_for_another_agency(portal):
    code = portal.keys_in(channel="national_portal", national_code="QG-5")
    portal.distributed(code, "soyt")
    portal.by_staff_leaving("yen", code, "return", ground="not_competent", note="Của Sở Xây dựng.")
    assert portal.desk_page("oanh", code).outcomes("answer") == ["running"]
    page = portal.distributed(code)
    assert page.outcomes("answer") == ["void", "running"]
    page = portal.by_staff("son", code, "accept")
    portal.by_staff("son", code, "submit", outcome="done", body=ANSWER)
    portal.by_staff("lan", code, "approve")
    page = portal.by_staff("lan", code, "publish")
    assert (page.state, page.outcomes("answer")) == ("ANSWERED", ["void", "met"])
    assert_public_reads(portal, code, ANSWER, hidden=["Của Sở Xây dựng."])
    assert_unseen_by(portal, code, "yen")
    assert_no_clock_left(portal, code)
