"""Confidential, withheld, sealed: who still sees what, and that nobody else learns that the code exists."""

import pytest

from submissions.models import Case
from tests.submissions.pages import picture

from .portal import (
    ANSWER,
    CONTENT,
    NAME,
    TITLE,
    assert_no_clock_left,
    assert_public_reads,
    assert_public_sees_nothing,
    assert_unseen_by,
    paper,
)


def test_confidential_at_the_senders_wish(portal):
    code = portal.files(confidential=True, attachments=[picture()])
    (photo,) = portal.sender_page(code).files
    assert_public_sees_nothing(portal, code, [photo])
    assert portal.citizen.get(f"/bien-nhan/{code}/").status == 200
    portal.answered(code, attachments=[paper()])
    own = portal.sender_page(code)
    assert own.state == "ANSWERED"
    assert CONTENT in own.text and ANSWER in own.text
    assert "set_secrecy" in own.offers
    assert len(own.files) == 2
    page = portal.by_sender(code, "rate", score="satisfied")
    assert "Hài lòng" in page.text
    assert ANSWER in portal.desk_page("son", code).text
    assert_public_sees_nothing(portal, code, own.files)
    assert_unseen_by(portal, code, "diep", files=own.files)
    assert_no_clock_left(portal, code)


def test_made_confidential_by_the_sender_after_publication(portal):
    code = portal.files()
    portal.answered(code)
    assert_public_reads(portal, code, ANSWER)
    page = portal.by_sender(code, "set_secrecy", level="confidential")
    assert ANSWER in page.text
    assert_public_sees_nothing(portal, code)
    assert_no_clock_left(portal, code)
    portal.by_staff("lan", code, "set_secrecy", level="normal", note="Người gửi đồng ý công khai.")
    assert_public_reads(portal, code, ANSWER)


def test_withheld_by_the_authorities(portal):
    code = portal.files()
    portal.processing(code)
    page = portal.by_staff("lan", code, "set_secrecy", level="withheld", note="UBND tỉnh quyết định không công khai.")
    assert page.state == "PROCESSING"
    assert_public_sees_nothing(portal, code)
    visitor = portal.sender(code)
    page = visitor.get(f"/phan-anh/{code}/")
    assert page.form("set_secrecy").choices["level"] == ["confidential"]
    portal.by_staff("son", code, "submit", outcome="done", body=ANSWER)
    portal.by_staff("lan", code, "approve")
    own = portal.sender_page(code)
    assert (own.state, ANSWER in own.text) == ("ANSWERED", True)
    assert_public_sees_nothing(portal, code)
    assert_unseen_by(portal, code, "diep")
    assert_no_clock_left(portal, code)


def test_a_commitment_delivered_to_the_sender_alone_is_a_promise_too(portal):
    code = portal.files(confidential=True)
    portal.processing(code)
    clocks = portal.desk_page("son", code).clocks
    due = next(clock.due for clock in clocks if clock.key == "process")[:10]
    page = portal.by_staff("son", code, "submit", outcome="commitment", commitment_date=due, body="Sẽ làm.")
    assert page.outcomes("promise") == []
    page = portal.by_staff("lan", code, "approve")
    assert page.outcomes("promise") == ["running"]
    assert [clock.due for clock in portal.sender_page(code).clocks if clock.key == "promise"] == [f"{due}T17:00"]
    assert_public_sees_nothing(portal, code)
    assert_no_clock_left(portal, code)


@pytest.mark.parametrize("sealer", ["oanh", "son", "lan"])
def test_sealed_while_processing(portal, sealer):
    code = portal.files(attachments=[picture()])
    portal.processing(code)
    portal.by_sender(code, "ask", body="Bao giờ xong?")
    (photo,) = portal.desk_page("son", code).files
    page = portal.by_staff(sealer, code, "seal", note="Có dấu hiệu bí mật nhà nước.")
    assert (page.state, page.offers, page.clocks) == ("SEALED", [], [])
    for username in ("oanh", "phuc", "tam", "quang", "son", "lan"):
        desk = portal.staff(username)
        stub = desk.get(f"/can-bo/ho-so/{code}/")
        assert (username, stub.status, stub.marker) == (username, 200, (code, "SEALED"))
        for words in (TITLE, CONTENT, NAME, "Bao giờ xong?", "Có dấu hiệu bí mật"):
            assert words not in stub.text, (username, words)
        assert desk.get(photo).status == 404
    visitor = portal.sender(code)
    own = visitor.get(f"/phan-anh/{code}/")
    assert (own.marker, own.offers, own.files) == ((code, "SEALED"), [], [])
    for words in (TITLE, CONTENT, "Bao giờ xong?", "Có dấu hiệu bí mật"):
        assert words not in own.text
    assert visitor.get(photo).status == 404
    assert_public_sees_nothing(portal, code, [photo])
    assert_unseen_by(portal, code, "diep", "yen", files=[photo])
    assert not Case.objects.get(code=code).clocks.filter(ending="running").exists()


def test_sealed_after_publication_and_unsealed(portal):
    code = portal.files(attachments=[picture()])
    portal.answered(code, attachments=[paper()])
    files = portal.desk_page("son", code).files
    assert_public_reads(portal, code, ANSWER, files=files[1:])
    assert_unseen_by(portal, code, "quang", files=files[:1])
    portal.by_staff("oanh", code, "seal", note="Có dấu hiệu bí mật nhà nước.")
    assert_public_sees_nothing(portal, code, files)
    assert_no_clock_left(portal, code)
    page = portal.desk_page("quang", code)
    assert page.offers == ["unseal"]
    portal.by_staff_leaving("quang", code, "unseal", note="Cơ quan có thẩm quyền kết luận không phải bí mật.")
    page = portal.desk_page("oanh", code)
    assert (page.state, page.outcomes("intake")) == ("CHECKED", ["met", "running"])
    assert CONTENT in page.text
    assert_public_sees_nothing(portal, code, files)
    assert_unseen_by(portal, code, "quang", "son", files=files)
    own = portal.sender_page(code)
    assert CONTENT in own.text and ANSWER not in own.text
    portal.distributed(code)
    portal.by_staff("son", code, "accept")
    portal.by_staff("son", code, "submit", outcome="done", body="Trả lời sau khi mở niêm phong.")
    assert_public_sees_nothing(portal, code, files)
    portal.by_staff("lan", code, "approve")
    assert_public_reads(portal, code, "Trả lời sau khi mở niêm phong.", hidden=[ANSWER], closed_files=files)
    assert_no_clock_left(portal, code)


def test_of_a_sealed_case_neither_the_agency_above_nor_those_consulted_learn(portal):
    code = portal.files(attachments=[picture()])
    portal.distributed(code, "moitruong")
    page = portal.by_staff("mai", code, "accept", coordinating=["soyt"])
    for username in ("lan", "yen", "hai"):
        assert portal.desk_page(username, code).state == "PROCESSING"
    portal.by_staff("oanh", code, "seal", note="Có dấu hiệu bí mật nhà nước.")
    assert portal.desk_page("mai", code).state == "SEALED"
    assert portal.desk_page("minh", code).state == "SEALED"
    assert_unseen_by(portal, code, "lan", "son", "yen", "hai", files=page.files)
    assert_no_clock_left(portal, code)


def test_a_sealed_case_cannot_be_found_by_what_was_written_in_it(portal):
    code = portal.files(title="Bồn nước rò ở hẻm Chín")
    assert code in portal.staff("oanh").get("/can-bo/?q=hẻm Chín").text
    portal.by_staff("oanh", code, "seal", note="Có dấu hiệu bí mật nhà nước.")
    for username in ("oanh", "tam", "quang"):
        for stage in ("", "intake", "open"):
            page = portal.staff(username).get(f"/can-bo/?stage={stage}")
            assert "Bồn nước rò" not in page.text
            assert code not in portal.staff(username).get(f"/can-bo/?stage={stage}&q=hẻm Chín").text
