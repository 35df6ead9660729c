"""An agency's phrases: kept by who writes for it, put into a text, never another agency's."""

import pytest

from agencies.models import Phrase
from tests.submissions.pages import picture
from tests.workflow.desk import act_address, case_address, desk_of
from workflow.models import AuditEntry

PHRASES = "/can-bo/mau-cau/"


@pytest.fixture
def phrase(cast):
    return Phrase.objects.create(agency=cast.agency("soxd"), title="Hẹn xem tại chỗ", body="Chúng tôi sẽ khảo sát.")


@pytest.mark.parametrize(
    ("username", "status"), [("son", 200), ("oanh", 200), ("lan", 404), ("tam", 404), ("quang", 404)]
)
def test_they_are_for_who_writes_to_senders(cast, username, status):
    assert desk_of(username).get(PHRASES).status_code == status


def test_one_is_added_changed_and_deleted_and_each_time_noted(cast):
    desk = desk_of("son")
    assert "Chưa có mẫu câu nào." in desk.get(PHRASES).content.decode()
    assert desk.post(PHRASES, {"title": "Hẹn", "body": "Chúng tôi sẽ đến."}).status_code == 302
    phrase = Phrase.objects.get()
    assert phrase.agency == cast.agency("soxd")
    assert desk.post(f"{PHRASES}{phrase.pk}/", {"title": "Hẹn", "body": "Mai đến."}).status_code == 302
    assert "Mai đến." in desk.get(PHRASES).content.decode()
    assert desk.post(f"{PHRASES}{phrase.pk}/xoa/").status_code == 302
    assert not Phrase.objects.exists()
    assert AuditEntry.objects.filter(kind=AuditEntry.Kind.CHANGED, subject="mẫu câu: Hẹn").count() == 3


def test_a_phrase_without_text_or_with_a_taken_name_is_told(phrase):
    response = desk_of("son").post(PHRASES, {"title": "Hẹn xem tại chỗ", "body": ""})
    text = response.content.decode()
    assert response.status_code == 422
    assert "Vui lòng nhập nội dung mẫu câu." in text
    assert "Cơ quan đã có mẫu câu tên này." in text


def test_another_agency_neither_sees_nor_changes_nor_uses_it(phrase, journey, cast):
    desk = desk_of("yen")
    assert "Hẹn xem tại chỗ" not in desk.get(PHRASES).content.decode()
    assert desk.get(f"{PHRASES}{phrase.pk}/").status_code == 404
    assert desk.post(f"{PHRASES}{phrase.pk}/xoa/").status_code == 404
    way = journey()
    way.does("distribute", cast.oanh, "2026-03-02 09:00", field=cast.field("y-te"), agency=cast.agency("soyt"))
    sent = {"body": "Xin hỏi", "insert": "1", "phrase": phrase.pk}
    assert "khảo sát" not in desk.post(act_address(way.case, "inquire"), sent).content.decode()


def test_it_is_put_below_what_was_typed_and_nothing_is_sent_or_complained_of(phrase, journey, cast):
    way = journey()
    way.does("distribute", cast.oanh, "2026-03-02 09:00", field=cast.field(), agency=cast.agency("soxd"))
    way.does("accept", cast.son, "2026-03-02 10:00")
    desk = desk_of("son")
    assert "Hẹn xem tại chỗ" in desk.get(case_address(way.case)).content.decode()
    sent = {"body": "Kính chào bà.", "insert": "1", "phrase": phrase.pk, "version": way.case.version}
    response = desk.post(act_address(way.case, "submit"), sent)
    text = response.content.decode().replace("\r\n", "\n")
    assert response.status_code == 200
    assert "Kính chào bà.\n\nChúng tôi sẽ khảo sát.</textarea>" in text
    assert "Vui lòng chọn" not in text
    assert not way.case.results.exists()


def test_files_chosen_before_stay_with_the_form(phrase, journey, cast):
    way = journey()
    way.does("distribute", cast.oanh, "2026-03-02 09:00", field=cast.field(), agency=cast.agency("soxd"))
    way.does("accept", cast.son, "2026-03-02 10:00")
    sent = {"body": "Kính chào", "insert": "1", "phrase": phrase.pk, "attachments": [picture("bien-ban.png")]}
    text = desk_of("son").post(act_address(way.case, "submit"), sent | {"version": way.case.version}).content.decode()
    assert "bien-ban.png" in text
