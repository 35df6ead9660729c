"""Codes sent again to whom they belong: the same answer for every phone, and letters to nobody else."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agencies.limits import parse_rate
from submissions.models import Case
from tests.cast import at
from tests.submissions.pages import errors, hidden, text_of
from workflow.delivery import deliver
from workflow.lost_codes import send_codes
from workflow.models import Message

PAGE = "/tra-cuu/quen-ma/"
PHONE, NOBODY = "0912 345 678", "0987 654 321"
E164 = "+84912345678"
NOW = at("2026-03-09 09:00")
ANSWER = (
    "Nếu số này đã gửi phản ánh, chúng tôi vừa gửi các mã hồ sơ đến số điện thoại hoặc thư điện tử đã đăng ký. "
    "Mỗi số được gửi nhiều nhất hai lần một ngày."
)
CODE = re.compile(r"PAKN-\d{4}-[0-9A-Z]{4}-[0-9A-Z]{5}")


@pytest.fixture(autouse=True)
def captcha(passing_captcha):
    """PASSED is right."""


def ask(client, phone=PHONE, **changes):
    filled = hidden(client.get(PAGE)) | {"phone": phone, "captcha_1": "PASSED"} | changes
    return client.post(PAGE, filled, follow=True)


def sent():
    return list(Message.objects.filter(notice="sender_codes").values_list("medium", "recipient"))


def test_the_look_up_page_leads_there(client, db):
    assert f'href="{PAGE}"' in text_of(client.get("/tra-cuu/"))
    assert client.get(PAGE).status_code == 200


def test_known_or_not_a_phone_gets_the_same_answer_and_no_code_is_shown(client, journey):
    code = journey().case.code
    pages = [ask(client, phone) for phone in (PHONE, NOBODY)]
    assert [page.redirect_chain for page in pages] == [[("/tra-cuu/", 302)]] * 2
    texts = [re.sub(r'value="[^"]*"', "", text_of(page)) for page in pages]
    assert texts[0] == texts[1]
    assert (ANSWER in texts[0], code in texts[0]) == (True, False)
    assert sent() == [("email", "cuc@example.vn")]


def test_known_or_not_the_same_statements_are_run(journey):
    journey()
    run = []
    for phone in (E164, "+84987654321"):
        with CaptureQueriesContext(connection) as queries:
            send_codes(phone, NOW)
        statements = [re.sub(r"'[^']*'|\d+", "?", query["sql"])[:60] for query in queries]
        run.append([statement for statement in statements if "SAVEPOINT" not in statement])
    assert run[0] == run[1]
    assert len(run[0]) == 3
    assert len(sent()) == 1


def test_the_letter_names_every_code_and_nothing_else_of_the_cases(journey, settings):
    settings.SITE_URL = "https://pakn.example.vn"
    older = journey("2026-03-02 08:00").case
    newer = journey("2026-03-03 08:00", confidential=True).case
    send_codes(E164, NOW)
    letter = Message.objects.get(notice="sender_codes")
    assert (letter.case, letter.event, letter.agency, letter.recipient) == (None, None, None, "cuc@example.vn")
    assert letter.subject == "Mã hồ sơ phản ánh, kiến nghị của Ông/Bà"
    assert letter.body == (
        "Kính gửi Ông/Bà,\n\n"
        "Theo yêu cầu lúc 09:00 09/03/2026, chúng tôi gửi lại mã các hồ sơ đã gửi bằng số điện thoại của Ông/Bà,"
        " mới nhất trước:\n"
        f"- {newer.code}\n- {older.code}\n\n"
        "Để mở hồ sơ, xin nhập mã và số điện thoại tại https://pakn.example.vn/tra-cuu/. Nếu Ông/Bà không yêu cầu,"
        " xin bỏ qua thư này: chỉ biết số điện thoại thì không ai mở được hồ sơ.\n"
        "Tổng đài hỗ trợ: 1900 1023.\n\n"
        "Trân trọng,\nCổng phản ánh, kiến nghị"
    )


@pytest.mark.parametrize("other", ["", "ke-khac@example.vn"])
def test_without_one_address_that_all_cases_share_the_codes_go_to_the_phone_itself(journey, other):
    journey()
    journey(email=other)
    send_codes(E164, NOW)
    assert sent() == [("sms", E164)]


def test_an_sms_of_many_codes_stays_within_two(journey):
    codes = [journey(f"2026-03-02 08:0{minute}", email="").case.code for minute in range(6)]
    send_codes(E164, NOW)
    body = Message.objects.get(notice="sender_codes").body
    assert body == f"Mã hồ sơ: {', '.join(codes[:1:-1])}. Mã khác: gọi 1900 1023."
    assert len(body.encode("utf-16-be")) // 2 <= 134


def test_a_letter_names_ten_at_most_and_says_where_to_ask_for_more(journey):
    codes = [journey(f"2026-03-02 08:{minute}").case.code for minute in range(10, 21)]
    send_codes(E164, NOW)
    body = Message.objects.get(notice="sender_codes").body
    assert CODE.findall(body) == codes[:0:-1]
    assert "Muốn biết mã của các hồ sơ cũ hơn, xin gọi tổng đài 1900 1023." in body


def test_sealed_cases_and_those_closed_for_a_year_are_left_out(journey, cast):
    sealed, withdrawn, open_one = journey(), journey(), journey()
    sealed.does("seal", cast.oanh, "2026-03-02 09:00")
    withdrawn.does("withdraw", cast.sender_of(withdrawn.case), "2026-03-02 09:00")
    for days, expected in ((365, {withdrawn.case.code, open_one.case.code}), (366, {open_one.case.code})):
        send_codes(E164, at("2026-03-02 09:00") + timedelta(days=days))
        assert set(CODE.findall(Message.objects.filter(notice="sender_codes").last().body)) == expected


def test_who_has_a_sealed_case_only_gets_nothing(journey, cast):
    journey().does("seal", cast.oanh, "2026-03-02 09:00")
    send_codes(E164, NOW)
    assert sent() == []


def test_a_phone_gets_codes_twice_a_day(journey):
    journey()
    for _ in range(5):
        send_codes(E164, NOW)
    assert len(sent()) == 2
    send_codes(E164, NOW + timedelta(days=1))
    assert len(sent()) == 3


def test_beyond_that_the_answer_stays_the_same(client, journey):
    journey()
    assert [ANSWER in text_of(ask(client)) for _ in range(4)] == [True] * 4
    assert len(sent()) == 2


def test_one_address_asks_as_often_as_it_may_look_up(client, journey, settings):
    settings.LIMIT_LOOKUP = parse_rate("1/d")
    journey()
    assert [ask(client, NOBODY).status_code for _ in range(2)] == [200, 429]
    assert client.post(PAGE, headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 429


def test_a_wrong_captcha_or_phone_sends_nothing_and_keeps_what_was_typed(client, journey):
    journey()
    wrong = ask(client, captcha_1="SAI")
    assert (wrong.status_code, [where for where, _what in errors(wrong)]) == (422, ["id_captcha_1"])
    assert f'value="{PHONE}"' in text_of(wrong)
    mistyped = ask(client, "12")
    assert (mistyped.status_code, [where for where, _what in errors(mistyped)]) == (422, ["id_phone"])
    assert sent() == []


def test_another_captcha_keeps_the_phone(client, journey):
    journey()
    page = ask(client, reload_captcha="1")
    assert (page.status_code, errors(page)) == (200, [])
    assert f'value="{PHONE}"' in text_of(page)
    assert sent() == []


def test_the_codes_are_delivered(journey, mailoutbox):
    code = journey().case.code
    Message.objects.all().delete()
    send_codes(E164, timezone.now())
    assert deliver().sent == 1
    assert [(letter.to, CODE.findall(letter.body)) for letter in mailoutbox] == [(["cuc@example.vn"], [code])]


def test_the_phone_is_found_by_its_index(journey):
    journey()
    assert "sender_by_phone" in Case.objects.filter(sender__phone=E164).explain()
