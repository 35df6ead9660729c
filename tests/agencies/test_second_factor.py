"""Staff and their second factor (R40), how long a session lasts (R41), who is shut out by wrong passwords (R38)."""

import re
import time

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.usersessions.models import UserSession
from django.contrib.auth import get_user
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.test import Client

from agencies.limits import Rate
from agencies.models import User
from agencies.passwords import VietnameseWordsValidator
from submissions.drafts import keep_uploads
from submissions.models import Attachment
from tests.cast import PASSWORD, cast, journey
from tests.submissions.pages import errors, picture, status, text_of
from workflow.accounts import SecondFactorAdapter

__all__ = ["cast", "journey"]

LOGIN, ACTIVATE, GIVE = "/tai-khoan/dang-nhap/", "/tai-khoan/hai-buoc/bat/", "/tai-khoan/hai-buoc/nhap/"
DESK = "/can-bo/"
PERIOD = 30


@pytest.fixture
def required(settings):
    settings.STAFF_MFA = "required"


def signs_in(client, username="son", password=PASSWORD, **more):
    return client.post(LOGIN, {"username": username, "password": password}, **more)


def code_of_now(secret, ahead=0):
    return format_hotp_value(hotp_value(secret, int(time.time()) // PERIOD + ahead))


def sets_it_up(client, username="son"):
    """Signs in and sets the factor up; the secret."""
    signs_in(client, username)
    secret = re.search(r'class="totp-secret">([A-Z2-7]+)<', text_of(client.get(ACTIVATE)))[1]
    assert client.post(ACTIVATE, {"code": code_of_now(secret)}).status_code == 302
    cache.clear()
    return secret


def test_no_desk_opens_before_the_second_factor_is_set_up(client, cast, journey, required):
    (draft,), _refused = keep_uploads([picture()], "key", [])
    case = journey(drafts=[draft]).case
    signs_in(client, "oanh")
    for address in (DESK, f"/can-bo/ho-so/{case.code}/", "/can-bo/tiep-nhan-moi/", "/quan-tri/"):
        response = client.get(address)
        assert (address, response.status_code, response["Location"]) == (address, 302, ACTIVATE)
    assert client.post(f"/can-bo/ho-so/{case.code}/receive/", {}).status_code == 403
    assert status(client, f"/tep/{Attachment.objects.get().pk}/") == 404
    case.refresh_from_db()
    assert case.state == "LODGED"


def test_setting_it_up_opens_the_desk_and_gives_ten_recovery_codes(client, cast, required):
    signs_in(client)
    page = text_of(client.get(ACTIVATE))
    assert 'src="data:image/svg+xml;base64,' in page
    wrong = client.post(ACTIVATE, {"code": "000000"})
    assert wrong.status_code == 422
    assert errors(wrong) == [("id_code", "Mã không đúng. Vui lòng nhập mã đang hiện trong ứng dụng.")]
    secret = re.search(r'class="totp-secret">([A-Z2-7]+)<', page)[1]
    response = client.post(ACTIVATE, {"code": code_of_now(secret)})
    assert response["Location"] == "/tai-khoan/hai-buoc/ma-du-phong/"
    assert len(re.findall(r"<code>\d{8}</code>", text_of(client.get(response["Location"])))) == 10
    assert client.get(DESK).status_code == 200


def test_every_later_login_asks_for_the_code_and_takes_each_once(client, cast, required):
    secret = sets_it_up(Client())
    response = signs_in(client)
    assert (response.status_code, response["Location"]) == (302, GIVE)
    assert client.get(DESK).status_code == 302
    assert not get_user(client).is_authenticated
    assert client.post(GIVE, {"code": "000000"}).status_code == 422
    code = code_of_now(secret)
    assert client.post(GIVE, {"code": code})["Location"] == DESK
    assert client.get(DESK).status_code == 200
    again = Client()
    signs_in(again)
    assert again.post(GIVE, {"code": code}).status_code == 422


def test_ten_wrong_codes_close_the_second_step_even_to_the_right_one_for_that_account_alone(cast, required):
    secret, others = sets_it_up(Client()), sets_it_up(Client(), "lan")
    guesser = Client()
    signs_in(guesser)
    assert [guesser.post(GIVE, {"code": f"{n:06}"}).status_code for n in range(10)] == [422] * 10
    response = guesser.post(GIVE, {"code": code_of_now(secret, ahead=1)})
    assert response.status_code == 422
    assert "quá nhiều lần" in text_of(response)
    another = Client()
    signs_in(another, "lan")
    assert another.post(GIVE, {"code": code_of_now(others, ahead=1)}).status_code == 302


def test_who_appoints_others_has_no_endless_session_either(cast, required):
    account = User.objects.create_superuser("goc", password=PASSWORD)
    browser = Client()
    sets_it_up(browser, "goc")
    assert browser.get("/quan-tri/").status_code == 200
    factor = Authenticator.objects.get(user=account, type=Authenticator.Type.TOTP)
    assert not SecondFactorAdapter().can_delete_authenticator(factor)
    with time_machine.travel(time.time() + 31 * 60):
        assert browser.get("/quan-tri/").status_code == 302


def test_a_recovery_code_serves_once(cast, required):
    first = Client()
    sets_it_up(first)
    code = re.search(r"\d{8}", text_of(first.get("/tai-khoan/hai-buoc/ma-du-phong/tai/")))[0]
    for visitor, expected in ((Client(), 302), (Client(), 422)):
        signs_in(visitor)
        assert visitor.post(GIVE, {"code": code}).status_code == expected


def test_staff_cannot_switch_it_off_while_it_is_demanded_and_citizens_are_not_asked(client, cast, required):
    sets_it_up(client)
    assert "không tắt được" in text_of(client.get("/tai-khoan/hai-buoc/tat/"))
    client.post("/tai-khoan/hai-buoc/tat/")
    assert Authenticator.objects.filter(type="totp").exists()
    citizen = Client()
    assert signs_in(citizen, "binh")["Location"] == "/tai-khoan/"
    assert citizen.get("/tai-khoan/").status_code == 200


def test_the_secret_lies_locked_in_the_database_and_a_former_key_still_opens_it(client, cast, settings, required):
    secret = sets_it_up(client)
    kept = Authenticator.objects.get(type="totp").data["secret"]
    assert secret not in kept
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another key"
    assert SecondFactorAdapter().decrypt(kept) == secret


def test_where_it_is_optional_a_desk_opens_without(client, cast):
    signs_in(client)
    assert client.get(DESK).status_code == 200


def test_who_lost_the_phone_is_set_back_by_who_appoints_and_all_sessions_end(client, cast, required):
    lost = Client()
    sets_it_up(lost, "son")
    User.objects.filter(username="oanh").update(is_staff=True)
    sets_it_up(client, "oanh")
    son = User.objects.get(username="son")
    asked = {"action": "reset_second_factor", "_selected_action": [son.pk], "index": "0"}
    assert client.post("/quan-tri/agencies/user/", asked).status_code == 302
    assert not Authenticator.objects.filter(user=son).exists()
    assert not get_user(lost).is_authenticated


def test_a_session_of_staff_ends_half_an_hour_after_its_last_page(client, cast):
    with time_machine.travel("2026-11-27 08:00 +0700", tick=False) as clock:
        signs_in(client)
        for _ in range(3):
            clock.shift(29 * 60)
            assert client.get(DESK).status_code == 200
        clock.shift(31 * 60)
        response = client.get(DESK)
        assert (response.status_code, response["Location"]) == (302, f"{LOGIN}?next={DESK}")
        assert not get_user(client).is_authenticated


def test_and_eight_hours_after_the_login_at_the_latest(client, cast):
    with time_machine.travel("2026-11-27 08:00 +0700", tick=False) as clock:
        signs_in(client)
        for _ in range(16):
            clock.shift(29 * 60)
            assert client.get(DESK).status_code == 200
        clock.shift(29 * 60)
        assert client.get(DESK).status_code == 302


def test_what_was_being_written_when_the_session_ended_is_shown_for_copying_and_not_done(client, cast, journey):
    case = journey().case
    with time_machine.travel("2026-11-27 08:00 +0700", tick=False) as clock:
        signs_in(client, "oanh")
        clock.shift(31 * 60)
        text = "Xin Ông/Bà cho biết đoạn đường nào, gần cột số mấy."
        response = client.post(f"/can-bo/ho-so/{case.code}/send_back/", {"note": text})
    assert (response.status_code, text in text_of(response)) == (401, True)
    case.refresh_from_db()
    assert case.state == "LODGED"


def test_of_what_was_sent_no_password_is_shown(client, cast):
    with time_machine.travel("2026-11-27 08:00 +0700", tick=False) as clock:
        signs_in(client, "oanh")
        clock.shift(31 * 60)
        typed = {"oldpassword": "mat-khau-cu-rat-dai-cua-toi", "password1": "mat-khau-moi-rat-dai-cua-toi"}
        response = client.post("/tai-khoan/mat-khau/", typed)
    assert response.status_code == 302
    assert [word for word in typed.values() if word in text_of(response)] == []


def test_a_citizens_session_is_not_cut_short(client, cast):
    with time_machine.travel("2026-11-27 08:00 +0700", tick=False) as clock:
        signs_in(client, "binh")
        clock.shift(2 * 60 * 60)
        assert client.get("/tai-khoan/").status_code == 200


def test_sessions_are_listed_and_the_others_ended(client, cast):
    other = Client(headers={"user-agent": "Máy ở nhà"})
    signs_in(other)
    signs_in(client)
    page = text_of(client.get("/tai-khoan/phien/"))
    assert "Máy ở nhà" in page and page.count("đăng nhập lúc") == 2
    client.post("/tai-khoan/phien/")
    assert not get_user(other).is_authenticated
    assert get_user(client).is_authenticated
    assert UserSession.objects.count() == 1


def test_ten_wrong_passwords_shut_out_the_pair_of_name_and_address_alone(client, cast, settings):
    settings.LIMIT_LOGIN = Rate(1000, 3600)
    for _ in range(10):
        assert signs_in(client, "lan", "sai", REMOTE_ADDR="203.0.113.1").status_code == 422
    shut = signs_in(client, "Lan", REMOTE_ADDR="203.0.113.1")
    assert (shut.status_code, 1 <= int(shut["Retry-After"]) <= 900) == (429, True)
    assert signs_in(Client(), "son", REMOTE_ADDR="203.0.113.1").status_code == 302
    assert signs_in(Client(), "lan", REMOTE_ADDR="203.0.113.2").status_code == 302


def test_a_right_password_lets_the_wrong_ones_be_forgotten(client, cast):
    for _ in range(2):
        for _ in range(9):
            assert signs_in(Client(), "lan", "sai").status_code == 422
        assert signs_in(Client(), "lan").status_code == 302


@pytest.mark.parametrize(
    "guessed",
    [
        "matkhau123456", "Mật Khẩu 2026!", "khanhhoa2026", "ubnd-phuong-nha-trang", "123456789012", "Anh yêu em 2026",
        "qwertyuiop12", "so xa tinh 2026",
    ],
)  # fmt: skip
def test_words_that_anybody_would_try_first_are_refused(guessed):
    with pytest.raises(ValidationError, match="quá dễ đoán"):
        VietnameseWordsValidator().validate(guessed)


@pytest.mark.parametrize("good", [PASSWORD, "con-ga-gay-sang-som", "mot-mat-khau-moi-dai", "Biển xanh gió nhẹ"])
def test_a_few_words_that_have_nothing_to_do_with_it_are_taken(good):
    VietnameseWordsValidator().validate(good)
