"""What happens before an agency works on a case: sent back, refused, returned, recalled, withdrawn."""

from tests.submissions.pages import picture

from .portal import (
    ANSWER,
    CONTENT,
    TITLE,
    assert_no_clock_left,
    assert_public_reads,
    assert_public_sees_nothing,
    assert_public_sees_stages,
    assert_unseen_by,
)


def test_sent_back_and_completed_by_the_sender(portal):
    code = portal.files()
    page = portal.by_staff("oanh", code, "send_back", note="Xin ghi rõ cột đèn số mấy.")
    assert (page.state, page.outcomes("intake"), page.outcomes("silence")) == ("SENT_BACK", ["met"], ["running"])
    assert "Xin ghi rõ cột đèn số mấy." in portal.sender_page(code).text
    assert_public_sees_stages(portal, code, "SENT_BACK", hidden=["cột đèn số mấy"])
    page = portal.by_sender(code, "complete", content="Cột số 14, gần trường học.", attachments=[picture("cot-14.png")])
    (added,) = page.files
    assert (page.state, page.outcomes("silence")) == ("LODGED", ["met"])
    assert page.outcomes("intake") == ["met", "running"]
    assert CONTENT in page.text and "Cột số 14, gần trường học." in page.text
    desk = portal.desk_page("oanh", code)
    assert CONTENT in desk.text and "Cột số 14, gần trường học." in desk.text
    portal.answered(code)
    assert_public_reads(portal, code, CONTENT, ANSWER, closed_files=[added], hidden=["Cột số 14", "cột đèn số mấy"])
    assert portal.sender(code).get(added).status == 200
    assert_unseen_by(portal, code, "diep", files=[added])
    assert_no_clock_left(portal, code)


def test_sent_back_and_completed_by_an_operator_for_a_caller(portal):
    code = portal.files()
    portal.by_staff("oanh", code, "send_back", note="Xin ghi rõ cột đèn số mấy.")
    desk = portal.staff("phuc")
    page = desk.get(f"/can-bo/ho-so/{code}/")
    without = desk.send(page, page.form("complete"), content="Cột số 14.", note="Bà Cúc gọi lúc 9 giờ.")
    assert without.status == 422
    assert without.form("complete").kept["content"] == ["Cột số 14."]
    assert without.form("complete").kept["note"] == ["Bà Cúc gọi lúc 9 giờ."]
    page = desk.follow(desk.send(without, without.form("complete"), channel="hotline"))
    assert page.state == "LODGED"
    assert "Cột số 14." in page.text
    own = portal.sender_page(code)
    assert "Cột số 14." in own.text
    assert_public_sees_stages(portal, code, "LODGED", hidden=["Cột số 14", "Bà Cúc gọi"])
    portal.answered(code)
    assert_public_reads(portal, code, ANSWER, hidden=["Cột số 14", "Bà Cúc gọi"])
    assert_unseen_by(portal, code, "diep")
    assert_no_clock_left(portal, code)


def test_the_operators_note_about_the_caller_is_kept_beside_what_was_completed(portal):
    code = portal.files()
    portal.by_staff("oanh", code, "send_back", note="Xin ghi rõ cột đèn số mấy.")
    page = portal.by_staff(
        "oanh", code, "complete", content="Cột số 14.", channel="hotline", note="Bà Cúc gọi lúc 9 giờ."
    )
    assert "Cột số 14." in page.text
    assert "Bà Cúc gọi lúc 9 giờ." in page.text


def test_refused_as_a_duplicate_of_an_open_case_and_reinstated(portal):
    first = portal.files(title="Đèn hỏng đã báo trước", content="Nội dung của hồ sơ trước.")
    due = next(clock.due for clock in portal.distributed(first).clocks if clock.key == "verify")
    code = portal.files()
    page = portal.by_staff(
        "oanh", code, "refuse", ground="duplicate", duplicate_of=first, note="Sự việc này đã được tiếp nhận."
    )
    assert (page.state, page.outcomes("intake")) == ("REFUSED", ["met"])
    own = portal.sender_page(code)
    day = f"{due[8:10]}/{due[5:7]}/{due[:4]}"
    for words in (first, "Sở Xây dựng", "Đã chuyển cơ quan xử lý", day, "Sự việc này đã được tiếp nhận."):
        assert words in own.text
    for words in ("Đèn hỏng đã báo trước", "Nội dung của hồ sơ trước."):
        assert words not in own.text
    assert own.offers == ["ask", "set_secrecy", "contact"]
    assert_public_sees_stages(portal, code, "REFUSED", hidden=[first, "Sự việc này", "Trùng"])
    assert_unseen_by(portal, code, "diep", "son")
    assert_no_clock_left(portal, code)
    page = portal.by_staff("phuc", code, "reinstate", note="Xem lại thì là cột đèn khác.")
    assert (page.state, page.outcomes("intake")) == ("CHECKED", ["met", "running"])
    own = portal.sender_page(code)
    assert "Xem lại thì là cột đèn khác." in own.text
    assert first not in own.text
    portal.answered(code)
    assert_public_reads(portal, code, TITLE, ANSWER, hidden=[first, "Sự việc này", "Xem lại thì"])
    assert_no_clock_left(portal, code)


def test_refused_as_a_duplicate_of_a_confidential_case_which_stays_unknown(portal):
    for made_unknown in ("confidential", "sealed"):
        first = portal.files(confidential=made_unknown == "confidential")
        portal.distributed(first)
        if made_unknown == "sealed":
            portal.by_staff("oanh", first, "seal", note="Có dấu hiệu bí mật nhà nước.")
        code = portal.files()
        portal.by_staff("oanh", code, "refuse", ground="duplicate", duplicate_of=first, note="Đã có hồ sơ tiếp nhận.")
        own = portal.sender_page(code)
        assert "Đã có hồ sơ tiếp nhận." in own.text
        assert first not in own.html
        assert first not in portal.public_page(code).html
        assert_public_sees_nothing(portal, first)
        assert_no_clock_left(portal, code)


def test_returned_and_distributed_to_another_agency(portal):
    code = portal.files(attachments=[picture()])
    page = portal.distributed(code, "soyt")
    (photo,) = page.files
    portal.by_staff("yen", code, "accept", coordinating=["dienluc"])
    portal.by_staff("diep", code, "opinion", body="Không phải lưới điện của Điện lực.")
    portal.by_staff_leaving(
        "yen", code, "return",
        ground="not_competent", suggested_agency="soxd", note="Chiếu sáng của Sở Xây dựng.",
    )  # fmt: skip
    assert_unseen_by(portal, code, "yen", "hai", "diep", "dung", files=[photo])
    page = portal.desk_page("oanh", code)
    assert (page.state, page.outcomes("process"), page.outcomes("redistribute")) == ("RETURNED", ["void"], ["running"])
    assert "Chiếu sáng của Sở Xây dựng." in page.text
    assert_public_sees_stages(portal, code, "RETURNED", hidden=["Chiếu sáng của Sở", "lưới điện"], files=[photo])
    assert "Chiếu sáng của Sở Xây dựng." not in portal.sender_page(code).text
    page = portal.answered(code)
    assert (page.outcomes("redistribute"), page.outcomes("verify")) == (["met"], ["met", "met"])
    assert_public_reads(portal, code, ANSWER, "Sở Xây dựng", hidden=["lưới điện"], closed_files=[photo])
    assert_unseen_by(portal, code, "yen", "hai", "diep", "dung", files=[photo])
    assert_no_clock_left(portal, code)


def test_after_the_second_return_the_department_may_distribute_too(portal):
    code = portal.files()
    for agency, specialist in (("soyt", "yen"), ("dienluc", "diep")):
        portal.distributed(code, agency)
        assert "distribute" not in portal.desk_page("tam", code).offers
        portal.by_staff_leaving(specialist, code, "return", ground="not_competent", note="Không phải của chúng tôi.")
    page = portal.by_staff("tam", code, "distribute", field="ha-tang-do-thi", agency="soxd")
    assert (page.state, page.outcomes("redistribute")) == ("DISTRIBUTED", ["met", "met"])
    assert portal.desk_page("son", code).state == "DISTRIBUTED"
    assert_unseen_by(portal, code, "yen", "diep")


def test_recalled_and_distributed_to_another_agency(portal):
    code = portal.files()
    page = portal.distributed(code, "soyt")
    intake = next(clock for clock in page.clocks if clock.key == "intake")
    page = portal.by_staff("oanh", code, "recall", note="Gửi nhầm cơ quan.")
    again = next(clock for clock in page.clocks if clock.key == "intake")
    assert (page.state, again.id, again.due, again.outcome) == ("CHECKED", intake.id, intake.due, "running")
    assert page.outcomes("verify") == ["void"]
    assert_unseen_by(portal, code, "yen", "hai")
    assert_public_sees_stages(portal, code, "CHECKED", hidden=["Gửi nhầm"])
    assert "Gửi nhầm cơ quan." not in portal.sender_page(code).text
    page = portal.answered(code)
    assert page.outcomes("intake") == ["met"]
    assert_public_reads(portal, code, ANSWER, hidden=["Gửi nhầm"])
    assert_unseen_by(portal, code, "yen", "hai", "diep")
    assert_no_clock_left(portal, code)


def test_withdrawn_by_the_sender(portal):
    code = portal.files(attachments=[picture()])
    portal.distributed(code)
    page = portal.by_sender(code, "withdraw", note="Đèn đã sáng lại.")
    assert (page.state, page.outcomes("verify")) == ("WITHDRAWN", ["void"])
    assert page.offers == ["set_secrecy", "contact"]
    assert CONTENT in page.text
    (photo,) = page.files
    assert portal.desk_page("oanh", code).state == "WITHDRAWN"
    assert "accept" not in portal.desk_page("son", code).offers
    assert_public_sees_stages(portal, code, "WITHDRAWN", hidden=["Đèn đã sáng lại."], files=[photo])
    assert_unseen_by(portal, code, "diep", files=[photo])
    assert_no_clock_left(portal, code)


def test_withdrawn_by_an_operator_for_a_caller(portal):
    code = portal.files()
    page = portal.by_staff("oanh", code, "withdraw", channel="hotline", note="Bà Cúc gọi xin rút.")
    assert page.state == "WITHDRAWN"
    assert_public_sees_stages(portal, code, "WITHDRAWN", hidden=["Bà Cúc gọi"])
    assert_unseen_by(portal, code, "diep", "son")
    assert_no_clock_left(portal, code)


def test_reopened_returned_and_refused_leaves_the_register_until_answered_anew(portal):
    code = portal.files()
    portal.answered(code)
    portal.by_staff("lan", code, "reopen", note="Xem lại.")
    portal.by_staff_leaving("son", code, "return", ground="inaccurate", note="Không đúng sự thật.")
    assert_public_reads(portal, code, ANSWER, "xem xét lại", state="RETURNED")
    portal.by_staff("oanh", code, "refuse", ground="out_of_scope", note="Thuộc khiếu nại.")
    assert_public_sees_nothing(portal, code)
    own = portal.sender_page(code)
    assert (own.state, "Thuộc khiếu nại." in own.text) == ("REFUSED", True)
    assert_unseen_by(portal, code, "son", "diep")
    assert_no_clock_left(portal, code)
    portal.by_staff("oanh", code, "reinstate", note="Nhận lại.")
    assert_public_sees_nothing(portal, code)
    portal.distributed(code, "dienluc")
    portal.by_staff("diep", code, "accept")
    portal.by_staff("diep", code, "submit", outcome="done", body="Trả lời của Điện lực.")
    portal.by_staff("dung", code, "approve")
    assert_public_reads(portal, code, "Trả lời của Điện lực.", hidden=[ANSWER, "Thuộc khiếu nại."])
    assert_unseen_by(portal, code, "son")
    assert_no_clock_left(portal, code)


def test_a_refused_case_promises_the_sender_no_new_answer(portal):
    code = portal.files()
    portal.answered(code)
    portal.by_staff("lan", code, "reopen", note="Xem lại.")
    assert "đang được xem xét lại" in portal.sender_page(code).text
    portal.by_staff_leaving("son", code, "return", ground="inaccurate", note="Không đúng sự thật.")
    portal.by_staff("oanh", code, "refuse", ground="out_of_scope", note="Thuộc khiếu nại.")
    assert "đang được xem xét lại" not in portal.sender_page(code).text
