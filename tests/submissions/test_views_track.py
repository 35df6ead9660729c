import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from agencies.limits import parse_rate
from submissions.lookup import MAX_WRONG, open_by_phone
from submissions.models import Sender
from tests.submissions.pages import errors, hidden, text_of

LOOK_UP = "/tra-cuu/"
UNKNOWN = "PAKN-2603-0000-00005"
PHONE = "0912 345 678"
WRONG = (
    "Mã hồ sơ và số điện thoại không khớp, hoặc đã nhập sai quá nhiều lần. Vui lòng kiểm tra lại cả hai; "
    "nếu vẫn không được, xin thử lại sau một giờ hoặc gọi tổng đài 1900 1023."
)


def without_code(response, code):
    """The page with what differs between any two requests blanked out."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", text_of(response))
    return text.replace(code, "CODE")


def ask(client, code, phone=PHONE):
    return client.post(LOOK_UP, {"q": code, "phone": phone})


def test_a_code_alone_shows_stages_agency_and_due_times_and_no_text(client, journey, cast):
    way = journey()
    way.does("distribute", cast.oanh, "2026-03-02 10:00", field=cast.field(), agency=cast.agency("soxd"), note="nội bộ")
    page = client.get(LOOK_UP, {"q": way.case.code})
    text = " ".join(text_of(page).split())
    assert page.status_code == 200
    assert f'data-case-code="{way.case.code}" data-state="DISTRIBUTED"' in text
    assert "Sở Xây dựng" in text
    clocks = re.findall(r'data-clock="(\w+)" data-id="\d+" data-due="([^"]*)" data-outcome="(\w+)"', text)
    assert clocks == [("intake", "2026-03-02T14:00", "met"), ("verify", "2026-03-02T16:00", "late")]
    for secret in ("Đèn đường", "Trần Phú", "Cúc", "912", "cuc@example.vn", "nội bộ"):
        assert secret not in text


@pytest.mark.parametrize("typed", ["{}", " {} ", "pakn {}"])
def test_a_code_is_read_as_people_type_it(client, journey, typed):
    code = journey().case.code
    bare = code.removeprefix("PAKN-").lower().replace("-", " ").replace("0", "o")
    page = client.get(LOOK_UP, {"q": typed.format(bare)})
    assert f'data-case-code="{code}"' in text_of(page)


def test_a_wrong_check_character_is_told_as_mistyped(client, journey):
    code = journey().case.code
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    page = client.get(LOOK_UP, {"q": wrong})
    assert page.status_code == 200
    assert "Mã hồ sơ bị gõ sai hoặc thiếu ký tự." in text_of(page)
    posted = ask(client, wrong)
    assert (posted.status_code, errors(posted)) == (
        422, [("id_q", "Mã hồ sơ bị gõ sai hoặc thiếu ký tự. Vui lòng so lại với mã trên biên nhận.")],
    )  # fmt: skip


@pytest.fixture
def hidden_codes(journey, published, cast):
    """By reason, the codes of cases that a code alone must not show."""
    confidential = journey(confidential=True)
    withheld = journey()
    withheld.does("set_secrecy", cast.oanh, "2026-03-02 09:00", level="withheld")
    sealed = journey()
    sealed.does("seal", cast.oanh, "2026-03-02 09:00")
    once_public = published()
    once_public.does("set_secrecy", cast.oanh, "2026-03-09 09:00", level="confidential")
    ways = {"confidential": confidential, "withheld": withheld, "sealed": sealed, "once_public": once_public}
    return {reason: way.case.code for reason, way in ways.items()}


def test_whatever_a_code_may_not_show_gives_one_and_the_same_page(client, hidden_codes):
    unknown = client.get(LOOK_UP, {"q": UNKNOWN})
    assert unknown.status_code == 200
    assert "Không có hồ sơ nào để hiển thị với mã này" in text_of(unknown)
    for code in hidden_codes.values():
        page = client.get(LOOK_UP, {"q": code})
        assert page.status_code == 200
        assert without_code(page, code) == without_code(unknown, UNKNOWN)


def test_whatever_a_code_may_not_show_has_no_page_and_no_action(client, hidden_codes):
    for code in (UNKNOWN, "abc", *hidden_codes.values()):
        assert client.get(f"/phan-anh/{code}/").status_code == 404
        assert client.get(f"/phan-anh/{code}/ask/").status_code == 404
        assert client.post(f"/phan-anh/{code}/ask/", {"body": "?"}).status_code == 404


@pytest.mark.parametrize("phone", ["0912345678", "+84 912 345 678", "0912.345.678"])
def test_the_right_phone_opens_the_case_in_this_session_only(client, journey, phone):
    code = journey().case.code
    opened = ask(client, code.lower(), phone)
    assert (opened.status_code, opened.headers["Location"]) == (302, f"/phan-anh/{code}/")
    assert "Nguyễn Thị Cúc" in text_of(client.get(f"/phan-anh/{code}/"))
    assert "Nguyễn Thị Cúc" not in text_of(Client().get(f"/phan-anh/{code}/"))


def test_the_right_phone_opens_hidden_cases_too(client, hidden_codes):
    for code in hidden_codes.values():
        assert ask(client, code).status_code == 302
        assert client.get(f"/phan-anh/{code}/").status_code == 200


def test_a_code_already_opened_leads_to_the_case_where_the_code_alone_shows_nothing(client, journey):
    code = journey(confidential=True).case.code
    ask(client, code)
    assert client.get(LOOK_UP, {"q": code}).headers["Location"] == f"/phan-anh/{code}/"


def test_a_wrong_phone_is_told_in_the_same_words_for_every_code(client, journey, hidden_codes):
    codes = [UNKNOWN, journey().case.code, *hidden_codes.values()]
    pages = [ask(client, code, "0987654321") for code in codes]
    assert [page.status_code for page in pages] == [422] * 6
    assert WRONG in text_of(pages[0])
    assert {without_code(page, code) for page, code in zip(pages, codes, strict=True)} == {
        without_code(pages[0], UNKNOWN)
    }


def test_a_wrong_phone_takes_the_same_number_of_queries_for_every_code(
    client, journey, hidden_codes, django_assert_num_queries
):
    for code in (UNKNOWN, journey().case.code, hidden_codes["confidential"], hidden_codes["sealed"]):
        with django_assert_num_queries(3):
            ask(client, code, "0987654321")


def test_after_twenty_wrong_phones_the_code_is_locked_for_an_hour_for_everybody(journey):
    code = journey().case.code
    now = timezone.now()
    for _ in range(MAX_WRONG - 1):
        assert open_by_phone(code, "+84987654321", now) is None
    assert open_by_phone(code, "+84912345678", now).code == code
    assert open_by_phone(code, "+84987654321", now) is None
    assert open_by_phone(code, "+84912345678", now) is None
    assert open_by_phone(code, "+84912345678", now + timedelta(minutes=59)) is None
    assert open_by_phone(code, "+84912345678", now + timedelta(minutes=60)).code == code


def test_a_locked_code_answers_in_the_same_words_to_the_right_phone(client, journey):
    code = journey().case.code
    Sender.objects.update(locked_until=timezone.now() + timedelta(minutes=5))
    page = ask(client, code)
    assert page.status_code == 422
    assert WRONG in text_of(page)


def test_too_many_lookups_from_one_address_are_put_off(client, journey, settings):
    settings.LIMIT_LOOKUP = parse_rate("2/d")
    code = journey().case.code
    assert client.get(LOOK_UP, {"q": code}).status_code == 200
    assert ask(client, code, "0987654321").status_code == 422
    late = ask(client, code)
    assert late.status_code == 429
    assert 0 < int(late.headers["Retry-After"]) <= 86400
    assert client.get(LOOK_UP, {"q": code}, headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 429
    assert client.get(LOOK_UP).status_code == 200


def test_guessing_codes_in_addresses_is_put_off_too(client, journey, settings):
    settings.LIMIT_LOOKUP = parse_rate("1/d")
    code = journey().case.code
    assert client.get(f"/phan-anh/{UNKNOWN}/").status_code == 404
    assert client.get(f"/phan-anh/{UNKNOWN}/").status_code == 429
    assert client.get(f"/phan-anh/{code}/").status_code == 200


def test_a_name_finds_published_cases_only_and_shows_itself_masked(client, published, journey):
    case = published(full_name="Nguyễn Văn An").case
    journey(full_name="Nguyễn Văn An", title="Chưa trả lời")
    text = text_of(client.get(LOOK_UP, {"q": "Nguyễn Văn An"}))
    assert f'href="/phan-anh/{case.code}/"' in text
    assert "Nguyễn V. A." in text
    assert "Chưa trả lời" not in text
    assert "Không tìm thấy." in text_of(client.get(LOOK_UP, {"q": "Trần Văn Bê"}))


def test_without_a_question_the_page_shows_its_two_boxes(client, db):
    page = client.get(LOOK_UP)
    assert page.status_code == 200
    assert list(hidden(page)) == ["csrfmiddlewaretoken"]
    assert "no-store" in page.headers["Cache-Control"]


def test_the_tracking_page_needs_few_queries(client, journey, cast, django_assert_max_num_queries):
    way = journey()
    way.does("distribute", cast.oanh, "2026-03-02 10:00", field=cast.field(), agency=cast.agency("soxd"))
    way.does("accept", cast.son, "2026-03-02 15:00")
    with django_assert_max_num_queries(8):
        client.get(LOOK_UP, {"q": way.case.code})
