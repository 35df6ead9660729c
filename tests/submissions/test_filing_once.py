"""One form, one case, one captcha, one set of files; limits that hold back who floods, not who shares an address."""

import threading

import pytest
from captcha.models import CaptchaStore
from django.db import connections
from django.test import Client

from agencies.limits import parse_rate
from submissions.models import Attachment, Case
from tests.submissions.pages import LODGE, answers, code_of, errors, hidden, picture, text_of

WRONG_CAPTCHA = [("id_captcha_1", "Mã bảo mật không đúng hoặc đã hết hạn. Vui lòng nhập mã mới trong hình.")]


def solved(page, **changes):
    """The form of this page filled in by somebody who reads the picture."""
    challenge = CaptchaStore.objects.get(hashkey=hidden(page)["captcha_0"])
    return answers(page, captcha_1=challenge.response, **changes)


def same_browser(client):
    twin = Client()
    twin.cookies["sessionid"] = client.cookies["sessionid"].value
    return twin


@pytest.mark.django_db(transaction=True)
def test_ten_posts_at_once_with_a_file_and_a_captcha_make_one_case_and_ten_receipts(client, cast):
    form = solved(client.get(LODGE))
    start, answered = threading.Barrier(10), []

    def post():
        browser = same_browser(client)
        start.wait()
        sent = browser.post(LODGE, form | {"attachments": [picture()]})
        receipt = browser.get(sent.headers["Location"])
        answered.append((sent.status_code, sent.headers["Location"], receipt.status_code))
        connections.close_all()

    posts = [threading.Thread(target=post) for _ in range(10)]
    for thread in posts:
        thread.start()
    for thread in posts:
        thread.join()
    case = Case.objects.get()
    assert answered == [(302, f"/bien-nhan/{case.code}/", 200)] * 10
    assert [(file.case_id, file.name) for file in Attachment.objects.all()] == [(case.pk, "anh.png")]
    assert CaptchaStore.objects.count() == 0


@pytest.mark.django_db
def test_a_reload_after_the_receipt_leads_to_the_same_receipt_and_asks_no_captcha(client, cast):
    form = solved(client.get(LODGE))
    first, second = client.post(LODGE, form), client.post(LODGE, form)
    assert (first.status_code, second.status_code) == (302, 302)
    assert first.headers["Location"] == second.headers["Location"] == f"/bien-nhan/{Case.objects.get().code}/"


@pytest.mark.django_db
def test_a_captcha_solved_in_one_browser_is_not_taken_from_another(client, cast):
    form = solved(client.get(LODGE))
    stranger = Client()
    stranger.get(LODGE)
    refused = stranger.post(LODGE, form | {"submission_key": "6f0f6a0e-3f0c-4b3e-9d7c-0d3f5b8c1a11"})
    assert (refused.status_code, errors(refused)) == (422, WRONG_CAPTCHA)
    assert client.post(LODGE, form).status_code == 302


@pytest.mark.django_db
def test_a_captcha_stays_solved_for_the_browser_that_signs_in_meanwhile(client, cast):
    form = solved(client.get(LODGE))
    client.post("/tai-khoan/dang-nhap/", {"username": "binh", "password": "mat-khau-cho-kiem-thu"})
    assert client.post(LODGE, form).status_code == 302


@pytest.fixture
def limits(settings):
    """The limits outside the demo; a window as long as a day ends during no test but one at midnight UTC."""
    settings.CAPTCHA_TAKES_PASSED = True
    settings.LIMIT_SUBMIT, settings.LIMIT_SUBMIT_PHONE = parse_rate("100/d"), parse_rate("10/d")
    return settings


def files(phone, address="203.0.113.7", browser=None):
    """How a person at this address, who gives this phone, is answered."""
    browser = browser or Client(REMOTE_ADDR=address)
    return browser.post(LODGE, answers(browser.get(LODGE), phone=phone))


@pytest.mark.django_db
@pytest.mark.usefixtures("cast")
def test_an_office_of_fifty_behind_one_address_files_while_one_phone_of_it_floods(limits):
    flood = [files("0912 000 000").status_code for _ in range(30)]
    assert flood == [302] * 10 + [429] * 20
    office = [files(f"0913 000 0{person}").status_code for person in range(10, 60)]
    assert office == [302] * 50
    assert Case.objects.count() == 60


@pytest.mark.django_db
@pytest.mark.usefixtures("cast")
def test_a_phone_that_floods_is_held_back_at_every_address_however_it_is_written(limits):
    limits.LIMIT_SUBMIT_PHONE = parse_rate("2/d")
    assert files("0912 000 000", "203.0.113.7").status_code == 302
    assert files("+84912000000", "203.0.113.8").status_code == 302
    late = files("0912.000.000", "203.0.113.9")
    assert late.status_code == 429
    assert 0 < int(late.headers["Retry-After"]) <= 86400
    assert "Từ số điện thoại hoặc địa chỉ mạng này đã gửi quá nhiều phản ánh" in text_of(late)
    assert 'value="0912.000.000"' in text_of(late)


@pytest.mark.django_db
@pytest.mark.usefixtures("cast")
def test_an_address_that_floods_with_ever_new_phones_is_held_back_alone(limits):
    limits.LIMIT_SUBMIT = parse_rate("3/d")
    flood = [files(f"0912 000 00{phone}").status_code for phone in range(5)]
    assert flood == [302, 302, 302, 429, 429]
    assert files("0913 000 000", "203.0.113.8").status_code == 302


@pytest.mark.django_db
@pytest.mark.usefixtures("cast")
def test_somebody_with_one_case_to_file_may_err_nineteen_times(limits):
    limits.LIMIT_SUBMIT = parse_rate("1/d")
    browser = Client(REMOTE_ADDR="203.0.113.7")
    assert [files("12", browser=browser).status_code for _ in range(19)] == [422] * 19
    assert files("0912 000 000", browser=browser).status_code == 302


def test_who_goes_back_after_sending_and_sends_the_same_again_comes_to_the_same_receipt(client, cast):
    first = client.post(LODGE, solved(client.get(LODGE)))
    again = client.post(LODGE, solved(client.get(LODGE)), follow=True)
    assert code_of(first) in text_of(again) and "không gửi thêm lần nữa" in text_of(again)
    assert Case.objects.count() == 1
    client.post(LODGE, solved(client.get(LODGE), content="Nay tắt cả đoạn."))
    assert Case.objects.count() == 2
    client.post(LODGE, solved(client.get(LODGE), content="Nay tắt cả đoạn.", attachments=picture()))
    assert Case.objects.count() == 3
