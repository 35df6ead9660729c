"""From the sender's form to the published answer, its rating and what the sender makes of it."""

from datetime import datetime, timedelta

from django.utils import timezone

from agencies.register import current_calendar
from tests.submissions.pages import picture

from .client import Visitor
from .portal import (
    ANSWER,
    CONTENT,
    EMAIL,
    NAME,
    TITLE,
    assert_no_clock_left,
    assert_public_reads,
    assert_public_sees_stages,
    assert_unseen_by,
    paper,
)


def a_working_day_in(days):
    """A working day at least so many days from today, as date inputs send it."""
    calendar = current_calendar()
    return calendar.next_working_day(timezone.localdate() + timedelta(days)).isoformat()


def test_normal_with_publication_and_rating(portal):
    code = portal.files(attachments=[picture("cot-den.png"), picture("nha-toi.png", "blue")])
    assert_public_sees_stages(portal, code, "LODGED", holder="Trung tâm CNTT tỉnh Khánh Hòa")
    own = portal.sender_page(code)
    assert (own.marker, own.outcomes("intake")) == ((code, "LODGED"), ["running"])
    assert TITLE in own.text and CONTENT in own.text and NAME in own.text
    post, house = own.files
    portal.by_staff("oanh", code, "receive")
    page = portal.distributed(code, release=[post.split("/")[2]], public_content="Đèn đường không sáng ba hôm nay.")
    assert (page.state, page.outcomes("intake")) == ("DISTRIBUTED", ["met"])
    assert_public_sees_stages(portal, code, "DISTRIBUTED", holder="Sở Xây dựng", files=[post, house])
    assert_unseen_by(portal, code, "diep", "yen", files=[post, house])
    page = portal.by_staff("son", code, "accept")
    assert (page.outcomes("verify"), page.outcomes("process")) == (["met"], ["running"])
    assert page.files == [post, house]
    page = portal.by_staff("son", code, "submit", outcome="done", body=ANSWER, attachments=[paper("bien-ban.pdf")])
    assert (page.outcomes("process"), page.outcomes("approve")) == (["met"], ["running"])
    (report,) = [file for file in page.files if file not in (post, house)]
    assert_public_sees_stages(portal, code, "SUBMITTED", hidden=[ANSWER], files=[report, post])
    assert ANSWER not in portal.sender_page(code).text
    assert portal.sender(code).get(report).status == 404
    assert "approve" not in portal.desk_page("son", code).offers
    page = portal.by_staff("lan", code, "approve")
    assert [(clock.key, clock.outcome) for clock in page.clocks] == [
        ("intake", "met"), ("verify", "met"), ("process", "met"), ("approve", "met"),
    ]  # fmt: skip
    page = portal.by_sender(code, "rate", score="satisfied", note="Cảm ơn, đèn đã sáng.")
    assert page.state == "ANSWERED"
    assert "rate" not in page.offers
    assert "Cảm ơn, đèn đã sáng." in page.text and ANSWER in page.text
    assert_public_reads(
        portal, code, TITLE, "Đèn đường không sáng ba hôm nay.", ANSWER, "Sở Xây dựng", "Hài lòng",
        files=[report, post], closed_files=[house], hidden=[CONTENT, "Cảm ơn, đèn đã sáng.", "Nguyễn Văn Sơn"],
    )  # fmt: skip
    assert [portal.sender(code).get(file).status for file in (post, house, report)] == [200, 200, 200]
    assert_unseen_by(portal, code, "diep", "yen", files=[house])
    assert_no_clock_left(portal, code)


def test_the_published_case_is_found_by_the_senders_name_which_is_masked(portal):
    code = portal.files()
    visitor = Visitor()
    assert f"/phan-anh/{code}/" not in visitor.get(f"/tra-cuu/?q={NAME}").links
    portal.answered(code)
    found = visitor.get(f"/tra-cuu/?q={NAME}")
    assert f"/phan-anh/{code}/" in found.links
    assert "Nguyễn T. C." in found.text
    assert NAME not in found.text


def test_rejected_retracted_and_submitted_again(portal):
    code = portal.files()
    portal.submitted(code, body="Chuyển phòng hạ tầng xem, đồng chí Ba lo.")
    process = next(clock for clock in portal.desk_page("lan", code).clocks if clock.key == "process")
    page = portal.by_staff("lan", code, "reject", reason="internal_text", note="Đây là trao đổi nội bộ.")
    again = next(clock for clock in page.clocks if clock.key == "process")
    assert (page.state, again.id, again.due, again.outcome) == ("PROCESSING", process.id, process.due, "running")
    assert page.outcomes("approve") == ["met"]
    assert_public_sees_stages(portal, code, "PROCESSING", hidden=["đồng chí Ba", "trao đổi nội bộ"])
    for words in ("đồng chí Ba", "trao đổi nội bộ"):
        assert words not in portal.sender_page(code).text
        assert words in portal.desk_page("son", code).text
    portal.by_staff("son", code, "submit", outcome="done", body="Bản chưa xong")
    page = portal.by_staff("son", code, "retract")
    assert (page.state, page.outcomes("process"), page.outcomes("approve")) == (
        "PROCESSING", ["running"], ["met", "void"],
    )  # fmt: skip
    portal.by_staff("son", code, "submit", outcome="done", body=ANSWER)
    page = portal.by_staff("lan", code, "approve")
    assert (page.state, page.outcomes("process"), page.outcomes("approve")) == (
        "ANSWERED", ["met"], ["met", "void", "met"],
    )  # fmt: skip
    drafts = ["đồng chí Ba", "trao đổi nội bộ", "Bản chưa xong"]
    assert_public_reads(portal, code, ANSWER, hidden=drafts)
    own = portal.sender_page(code)
    assert ANSWER in own.text
    assert [words for words in drafts if words in own.text] == []
    assert_unseen_by(portal, code, "diep")
    assert_no_clock_left(portal, code)


def test_extended_once_with_a_reason_the_sender_reads(portal):
    code = portal.files()
    page = portal.processing(code)
    process = next(clock for clock in page.clocks if clock.key == "process")
    following = current_calendar().next_working_day(datetime.fromisoformat(process.due).date())
    page = portal.by_staff("lan", code, "extend", due=following.isoformat(), on_site=True, note="Phải đào tìm cáp.")
    (extended,) = [clock for clock in page.clocks if clock.key.startswith("process")]
    assert (extended.key, extended.due, extended.outcome) == ("process_extended", f"{following}T17:00", "running")
    assert "extend" not in page.offers
    for seen in (portal.sender_page(code), portal.public_page(code)):
        shown = [(clock.key, clock.due) for clock in seen.clocks if clock.key.startswith("process")]
        assert shown == [("process_extended", f"{following}T17:00")]
    assert "Phải đào tìm cáp." in portal.sender_page(code).text
    assert "Phải đào tìm cáp." not in portal.public_page(code).text
    portal.by_staff("son", code, "submit", outcome="done", body=ANSWER)
    assert portal.desk_page("lan", code).outcomes("process_extended") == ["met"]
    page = portal.by_staff("lan", code, "reject", reason="unclear")
    assert (page.outcomes("process_extended"), page.outcomes("process")) == (["running"], [])
    assert "extend" not in page.offers
    portal.by_staff("son", code, "submit", outcome="done", body=ANSWER)
    page = portal.by_staff("lan", code, "approve")
    assert (page.state, page.outcomes("process_extended"), page.outcomes("process")) == ("ANSWERED", ["met"], [])
    assert_public_reads(portal, code, ANSWER, hidden=["Phải đào tìm cáp."])
    assert_unseen_by(portal, code, "diep")
    assert_no_clock_left(portal, code)


def test_a_commitment_is_fulfilled_and_confirmed(portal):
    code = portal.files()
    promised = a_working_day_in(30)
    portal.answered(code, outcome="commitment", commitment_date=promised, body="Sẽ thay cả tuyến.")
    (promise,) = [clock for clock in portal.public_page(code).clocks if clock.key == "promise"]
    assert (promise.due, promise.outcome) == (f"{promised}T17:00", "running")
    assert "fulfil" not in portal.desk_page("lan", code).offers
    page = portal.by_staff("son", code, "fulfil", note="Đã thay 40 bóng.", attachments=[paper("nghiem-thu.pdf")])
    (proof,) = page.files
    assert page.outcomes("promise") == ["running"]
    for visitor in (Visitor(), portal.sender(code)):
        assert visitor.get(proof).status == 404
        assert "Đã thay 40 bóng." not in visitor.get(f"/phan-anh/{code}/").text
    page = portal.by_staff("lan", code, "fulfil", decision="reject", note="Thiếu ảnh chụp.")
    assert (page.outcomes("promise"), "fulfil" in page.offers) == (["running"], False)
    portal.by_staff("son", code, "fulfil", note="Đã thay 40 bóng, kèm ảnh.", attachments=[picture("anh.png")])
    page = portal.by_staff("lan", code, "fulfil", decision="confirm")
    assert page.outcomes("promise") == ["met"]
    assert "Đã thay 40 bóng, kèm ảnh." in portal.sender_page(code).text
    assert_public_reads(portal, code, "Sẽ thay cả tuyến.", hidden=["Thiếu ảnh chụp."])
    assert_unseen_by(portal, code, "diep", files=[proof])
    assert_no_clock_left(portal, code)


def test_reopened_and_answered_anew(portal):
    code = portal.files()
    portal.answered(code, outcome="commitment", commitment_date=a_working_day_in(20), body="Câu trả lời cũ")
    portal.by_sender(code, "rate", score="unsatisfied", note="Đèn vẫn tối.")
    portal.by_staff("son", code, "fulfil", note="Minh chứng chưa được xác nhận")
    page = portal.by_staff("lan", code, "conclude", decision="correct", note="Ông/Bà nói đúng, sẽ làm lại.")
    assert page.state == "ANSWERED"
    own = portal.sender_page(code)
    assert "Ông/Bà nói đúng, sẽ làm lại." in own.text
    page = portal.by_staff("lan", code, "reopen", note="Kiểm tra lại cả tuyến.")
    assert (page.state, page.outcomes("process"), page.outcomes("promise")) == (
        "PROCESSING", ["met", "running"], ["void"],
    )  # fmt: skip
    secrets = ["Đèn vẫn tối.", "Ông/Bà nói đúng", "Kiểm tra lại cả tuyến.", "chưa được xác nhận"]
    assert_public_reads(portal, code, "Câu trả lời cũ", "xem xét lại", state="PROCESSING", hidden=secrets)
    own = portal.sender_page(code)
    assert "xem xét lại" in own.text and "Kiểm tra lại cả tuyến." in own.text and "Câu trả lời cũ" in own.text
    assert "rate" not in own.offers
    portal.by_staff("son", code, "submit", outcome="done", body=ANSWER)
    portal.by_staff("lan", code, "approve")
    assert_public_reads(portal, code, ANSWER, hidden=["Câu trả lời cũ", *secrets])
    page = portal.by_sender(code, "rate", score="very_satisfied")
    assert "Rất hài lòng" in page.text
    assert_unseen_by(portal, code, "diep")
    assert_no_clock_left(portal, code)


def test_proof_that_no_leader_confirmed_stays_inside_when_the_case_is_reopened(portal):
    code = portal.files()
    portal.answered(code, outcome="commitment", commitment_date=a_working_day_in(20), body="Sẽ thay.")
    page = portal.by_staff("son", code, "fulfil", note="Chưa ai xác nhận", attachments=[paper("chua-xac-nhan.pdf")])
    portal.by_staff("lan", code, "reopen", note="Chưa đạt.")
    assert "Chưa ai xác nhận" not in portal.sender_page(code).text
    assert [portal.sender(code).get(file).status for file in page.files] == [404]


def test_unsatisfied_and_the_answer_is_kept(portal):
    code = portal.files()
    portal.answered(code)
    assert "conclude" not in portal.desk_page("lan", code).offers
    portal.by_sender(code, "rate", score="unsatisfied", note="Sửa chậm quá.")
    page = portal.by_staff("lan", code, "conclude", decision="keep", note="Đã sửa đúng hạn.")
    assert "conclude" not in page.offers
    assert "Đã sửa đúng hạn." in portal.sender_page(code).text
    assert_public_reads(portal, code, ANSWER, "Không hài lòng", hidden=["Sửa chậm quá.", "Đã sửa đúng hạn."])
    assert_unseen_by(portal, code, "diep")
    assert_no_clock_left(portal, code)


def test_the_receipt_is_for_the_browser_that_filed(portal):
    code = portal.files()
    receipt = portal.citizen.get(f"/bien-nhan/{code}/")
    assert (receipt.status, receipt.marker[0]) == (200, code)
    assert EMAIL not in receipt.text
    assert Visitor().get(f"/bien-nhan/{code}/").location == "/tra-cuu/"


def test_the_case_waits_in_the_queue_of_whoever_is_next(portal):
    code = portal.files()
    assert waiting_with(portal, code) == ["oanh"]
    portal.distributed(code)
    assert waiting_with(portal, code) == ["son"]
    portal.by_staff("son", code, "accept")
    assert waiting_with(portal, code) == ["son"]
    portal.by_staff("son", code, "submit", outcome="done", body=ANSWER)
    assert waiting_with(portal, code) == ["lan"]
    portal.by_staff("lan", code, "approve")
    assert waiting_with(portal, code) == []


NEXT = {"oanh": ["intake"], "son": ["verify", "process"], "lan": ["approve"], "diep": ["verify", "process", "consult"]}


def waiting_with(portal, code):
    """Who finds the case among what waits for them."""
    return [
        username
        for username, stages in NEXT.items()
        if any(code in portal.staff(username).get(f"/can-bo/?stage={stage}").text for stage in stages)
    ]
