"""While an agency works on a case: both sides talk, other agencies give their opinion, the leader above reminds."""

from tests.submissions.pages import picture

from .client import Visitor
from .portal import (
    ANSWER,
    NAME,
    PHONE_SHOWN,
    assert_no_clock_left,
    assert_public_reads,
    assert_public_sees_stages,
    assert_unseen_by,
    paper,
)


def new_file(page, known):
    (added,) = [file for file in page.files if file not in known]
    return added


def test_talked_about_while_processing_with_files_both_ways(portal):
    code = portal.files()
    portal.processing(code)
    page = portal.by_sender(code, "ask", body="Bao giờ sửa xong?", attachments=[picture("cot.png")])
    asked = new_file(page, [])
    assert (page.state, page.outcomes("question")) == ("PROCESSING", ["running"])
    page = portal.by_staff("son", code, "reply", body="Trong tuần này.", attachments=[paper("ke-hoach.pdf")])
    replied = new_file(page, [asked])
    assert page.outcomes("question") == ["met"]
    assert "reply" not in page.offers
    page = portal.by_staff("son", code, "inquire", body="Cột số mấy?", attachments=[paper("so-do.pdf", "2")])
    inquired = new_file(page, [asked, replied])
    assert page.outcomes("process") == ["running"]
    page = portal.by_sender(code, "answer", body="Cột số 14.", attachments=[picture("cot-14.png", "blue")])
    told = new_file(page, [asked, replied, inquired])
    assert "answer" not in page.offers
    page = portal.by_staff("son", code, "progress", note="Đã đặt mua bóng đèn.")
    talk = ["Bao giờ sửa xong?", "Trong tuần này.", "Cột số mấy?", "Cột số 14.", "Đã đặt mua bóng đèn."]
    files = [asked, replied, inquired, told]
    own = portal.sender_page(code)
    for words in talk:
        assert words in own.text and words in page.text
    assert own.files == files
    for username in ("son", "lan", "oanh"):
        assert [portal.staff(username).get(file).status for file in files] == [200] * 4
    assert [portal.sender(code).get(file).status for file in files] == [200] * 4
    assert_public_sees_stages(portal, code, "PROCESSING", hidden=talk, files=files)
    assert portal.public_page(code).outcomes("question") == []
    portal.by_staff("son", code, "submit", outcome="done", body=ANSWER)
    portal.by_staff("lan", code, "approve")
    page = portal.by_sender(code, "ask", body="Sao vẫn tối?")
    assert page.outcomes("question") == ["met", "running"]
    assert_public_reads(portal, code, ANSWER, hidden=[*talk, "Sao vẫn tối?"], closed_files=files)
    assert_unseen_by(portal, code, "diep", files=files)
    assert_no_clock_left(portal, code)
    page = portal.by_staff("son", code, "reply", body="Xin chờ đến tối nay.")
    assert page.outcomes("question") == ["met", "met"]


def test_the_centre_answers_where_no_agency_holds_the_case(portal):
    code = portal.files()
    portal.by_sender(code, "ask", body="Đã nhận chưa?")
    page = portal.by_staff("oanh", code, "reply", body="Đã nhận, đang phân loại.")
    assert page.outcomes("question") == ["met"]
    portal.by_staff("oanh", code, "inquire", body="Nhà số mấy?")
    page = portal.by_staff("phuc", code, "answer", body="Số 12.", channel="hotline", note="Bà Cúc gọi lại.")
    assert "Số 12." in page.text and "Bà Cúc gọi lại." in page.text
    own = portal.sender_page(code)
    for words in ("Đã nhận, đang phân loại.", "Nhà số mấy?", "Số 12."):
        assert words in own.text
    assert_public_sees_stages(portal, code, "LODGED", hidden=["Đã nhận chưa?", "Nhà số mấy?"])


def test_an_operator_asks_and_rates_for_a_caller(portal):
    code = portal.files()
    portal.answered(code)
    page = portal.by_staff("oanh", code, "ask", body="Bảo hành bao lâu?", channel="hotline", note="Bà Cúc gọi.")
    assert page.outcomes("question") == ["running"]
    assert "reply" not in page.offers
    page = portal.by_staff("oanh", code, "rate", score="satisfied", channel="hotline", note="Nói là hài lòng.")
    assert "rate" not in page.offers
    own = portal.sender_page(code)
    assert "Bảo hành bao lâu?" in own.text and "Hài lòng" in own.text
    assert "rate" not in own.offers
    assert_public_reads(portal, code, ANSWER, "Hài lòng", hidden=["Bảo hành", "Nói là hài lòng"])


def test_coordinated_by_three_agencies(portal):
    code = portal.files(attachments=[picture()])
    portal.distributed(code)
    page = portal.by_staff("son", code, "accept", coordinating=["dienluc", "nhatrang"], note="Xin kiểm tra nguồn điện.")
    assert page.outcomes("consult") == ["running", "running"]
    (photo,) = page.files
    page = portal.by_staff("son", code, "consult", agency="soyt", note="Có ai bị điện giật không?")
    assert page.outcomes("consult") == ["running", "running", "running"]
    for username in ("diep", "nga", "yen"):
        seen = portal.desk_page(username, code)
        assert (seen.status, seen.state) == (200, "PROCESSING")
        assert "opinion" in seen.offers and "decline" in seen.offers
        assert "submit" not in seen.offers and "progress" not in seen.offers
        assert PHONE_SHOWN not in seen.text and NAME not in seen.text
        assert portal.staff(username).get(photo).status == 200
    page = portal.by_staff("diep", code, "opinion", body="Nguồn điện bình thường.")
    assert "opinion" not in page.offers
    portal.by_staff("nga", code, "decline", note="Phường không quản lý tuyến này.")
    page = portal.desk_page("son", code)
    inside = ["Xin kiểm tra nguồn điện.", "Có ai bị điện giật không?", "Nguồn điện bình thường.", "Phường không"]
    for words in inside:
        assert words in page.text
    assert page.outcomes("consult") == ["met", "met", "running"]
    own = portal.sender_page(code)
    assert [words for words in inside if words in own.text] == []
    assert own.outcomes("consult") == []
    assert_public_sees_stages(portal, code, "PROCESSING", hidden=inside, files=[photo])
    page = portal.by_staff("son", code, "submit", outcome="done", body=ANSWER)
    assert page.outcomes("consult") == ["met", "met", "void"]
    seen = portal.desk_page("yen", code)
    assert ANSWER not in seen.text
    assert "opinion" not in seen.offers
    portal.by_staff("lan", code, "approve")
    assert ANSWER in portal.desk_page("diep", code).text
    assert_public_reads(portal, code, ANSWER, hidden=inside, closed_files=[photo])
    assert_unseen_by(portal, code, "mai", files=[photo])
    assert_no_clock_left(portal, code)


def test_the_agency_above_reads_and_reminds(portal):
    code = portal.files()
    portal.distributed(code, "moitruong")
    page = portal.by_staff("lan", code, "remind", note="Đề nghị làm sớm.")
    assert "accept" not in page.offers and "set_secrecy" not in page.offers
    assert "Đề nghị làm sớm." in portal.desk_page("mai", code).text
    assert "Đề nghị làm sớm." not in portal.sender_page(code).text
    assert NAME not in page.text
    portal.by_staff("tam", code, "remind", note="Sở nhắc lần hai.")
    assert "Sở nhắc lần hai." in portal.desk_page("minh", code).text
    assert_public_sees_stages(portal, code, "DISTRIBUTED", hidden=["Đề nghị làm sớm", "Sở nhắc"])
    assert_unseen_by(portal, code, "son", "diep")


def test_the_sender_changes_where_to_be_reached(portal):
    code = portal.files()
    visitor = portal.sender(code)
    page = visitor.get(f"/phan-anh/{code}/")
    assert visitor.send(page, page.form("contact"), phone="0987 654 321", email="", address="14 Trần Phú").status == 302
    assert "14 Trần Phú" in portal.sender(code, "0987654321").get(f"/phan-anh/{code}/").text
    wrong = Visitor()
    page = wrong.get("/tra-cuu/")
    form = next(form for form in page.forms if "phone" in form.names)
    assert wrong.send(page, form, q=code, phone="0912345678").status == 422
    assert "0987 654 321" in portal.desk_page("oanh", code).text
