"""What is like the case being written: subject and place both count, and only published cases are looked at."""

import pytest

from submissions.lookalikes import published_like
from submissions.models import Case
from tests.submissions.pages import LODGE, answers, text_of

LAMP = {"title": "Đèn đường Hùng Vương tắt mấy hôm nay", "place": "Gần số 50 đường Hùng Vương"}
FLOOD = {"title": "Đường ngập sâu sau mỗi trận mưa, cống bị tắc", "place": "Ngã tư Thống Nhất – Ngô Gia Tự"}
WASTE = {"title": "Rác tồn đọng nhiều ngày ở đầu hẻm", "place": "Đầu hẻm 210 Lê Hồng Phong"}
ALIKE, FOUND = "/gui-phan-anh/tuong-tu/", "Đã có 1 phản ánh tương tự"


@pytest.fixture
def register(published):
    return {case["title"]: published(**case).case for case in (LAMP, FLOOD, WASTE)}


@pytest.mark.parametrize(
    ("title", "place", "found"),
    [
        ("Đèn đường không sáng nhiều ngày", "Trước số 12 Hùng Vương", [LAMP]),
        ("den duong tat", "hung vuong", [LAMP]),
        ("Đèn đường không sáng", "Đường Lê Lợi", []),
        ("Đường ngập sau mưa lớn", "ngã tư Ngô Gia Tự", [FLOOD]),
        ("Vỉa hè bong tróc", "Ngã tư Thống Nhất – Ngô Gia Tự", []),
        ("Rác không thu gom nhiều ngày", "Hẻm 200 đường Lê Hồng Phong", [WASTE]),
        ("Đèn đường Hùng Vương tắt", "", [LAMP]),
        ("Đèn tắt", "", []),
        ("", "Hùng Vương", []),
        ("🙂", "Hùng Vương", []),
    ],
)
def test_the_same_matter_at_the_same_place_is_found(register, title, place, found):
    assert [case.title for case in published_like(title, place).cases] == [case["title"] for case in found]


def test_what_is_not_public_is_never_found(cast, journey, published):
    journey(**LAMP)
    published(**LAMP, confidential=True)
    withdrawn = published(**LAMP)
    withdrawn.does("set_secrecy", cast.oanh, "2026-03-09 09:00", level="withheld")
    masked = published(**LAMP).case
    Case.objects.filter(pk=masked.pk).update(public_title="Đã che")
    assert [case.pk for case in published_like(LAMP["title"], LAMP["place"]).cases] == [masked.pk]
    assert published_like(LAMP["title"], LAMP["place"]).cases[0].shown_title == "Đã che"


def test_the_three_nearest_are_shown_and_all_are_counted(published):
    for _ in range(4):
        published(**LAMP)
    alike = published_like(LAMP["title"], LAMP["place"])
    assert (alike.count, len(alike.cases)) == (4, 3)


def test_the_form_shows_them_by_its_button_without_javascript_and_keeps_what_was_typed(client, register):
    sent = answers(client.get(LODGE), title="Đèn đường không sáng", place="Hùng Vương", alike="1")
    response = client.post(LODGE, sent)
    text = " ".join(text_of(response).split())
    assert (response.status_code, FOUND in text) == (200, True)
    assert f"/phan-anh/{register[LAMP['title']].code}/cung-gap/" in text
    assert 'value="Đèn đường không sáng"' in text
    assert Case.objects.count() == 3


def test_the_button_says_when_there_are_none(client, cast):
    response = client.post(LODGE, answers(client.get(LODGE), alike="1"))
    assert "Chưa thấy phản ánh tương tự nào đã công khai." in text_of(response)


def test_the_page_that_shows_the_answers_first_shows_them_too(client, register, passing_captcha):
    sent = answers(client.get(LODGE), title="Đèn đường không sáng", place="Hùng Vương", review="1")
    assert FOUND in " ".join(text_of(client.post(LODGE, sent)).split())


def test_filing_is_never_stopped_by_them(client, register, passing_captcha):
    sent = answers(client.get(LODGE), title=LAMP["title"], place=LAMP["place"])
    assert client.post(LODGE, sent).status_code == 302


def test_the_part_of_a_page_that_the_script_asks_for(client, register, django_assert_num_queries):
    with django_assert_num_queries(2):
        response = client.get(ALIKE, {"title": "Đèn đường không sáng", "place": "Hùng Vương"})
    assert FOUND in " ".join(text_of(response).split())
    assert "<html" not in text_of(response)
    assert text_of(client.get(ALIKE)).strip() == ""
    assert client.get(ALIKE, {"title": "x\x00" * 5000, "place": "\ufffe"}).status_code == 200
