"""Accounts of citizens: made with a number, entered by number or address, and what they are good for."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import get_user
from django.test import Client
from django.utils import timezone

from agencies.models import User
from submissions.accounts import forget_unproved
from submissions.intake import CONSENT_VERSION
from submissions.models import Case, Citizen, Sender
from submissions.phones import read_phone, show_phone
from tests.cast import PASSWORD, at
from tests.submissions.pages import LODGE, answers, code_of, errors, text_of
from workflow.models import Message
from workflow.sms import segments

SIGN_UP, LOGIN, VERIFY = "/tai-khoan/dang-ky/", "/tai-khoan/dang-nhap/", "/tai-khoan/xac-nhan-so/"
LOST, CODE, MINE = "/tai-khoan/quen-mat-khau/", "/tai-khoan/ma/nhap/", "/tai-khoan/"
NEW_PASSWORD = "/tai-khoan/mat-khau/"
SECRET = "con-ga-gay-sang-som"
NUMBER, E164 = "0988 111 222", "+84988111222"


@pytest.fixture(autouse=True)
def captcha(passing_captcha):
    pass


def sign_up(client, **changes):
    page = client.get(SIGN_UP)
    answer = {
        "full_name": "Lê Thị Mơ", "phone": NUMBER, "email": "", "password1": SECRET, "consent": "on",
        "captcha_1": "PASSED",
    }  # fmt: skip
    key = re.search(r'name="captcha_0" value="([^"]*)"', text_of(page))[1]
    return client.post(SIGN_UP, answer | {"captcha_0": key} | changes)


def code_sent(to=E164):
    message = Message.objects.filter(recipient=to).latest("pk")
    return re.search(r": ([A-Z0-9-]{6,})", message.body)[1]


def has_account(client, **changes):
    sign_up(client, **changes)
    to = read_phone(changes.get("phone", NUMBER))
    response = client.post(VERIFY, {"code": code_sent(to), "action": "verify"})
    assert (response.status_code, response["Location"]) == (302, MINE)
    return get_user(client)


def loses_password(client, login):
    page = client.get(LOST)
    key = re.search(r'name="captcha_0" value="([^"]*)"', text_of(page))[1]
    return client.post(LOST, {"login": login, "captcha_0": key, "captcha_1": "PASSED"})


def test_an_account_is_made_with_a_number_that_a_code_proves(client, cast):
    response = sign_up(client)
    assert (response.status_code, response["Location"]) == (302, VERIFY)
    assert not get_user(client).is_authenticated
    assert Citizen.objects.get().verified_phone == ""
    wrong = client.post(VERIFY, {"code": "XXXX-XXXX", "action": "verify"})
    assert (wrong.status_code, errors(wrong)) == (422, [("id_code", "Mã không đúng. Vui lòng nhập lại mã vừa nhận.")])
    response = client.post(VERIFY, {"code": code_sent(), "action": "verify"})
    assert (response.status_code, response["Location"]) == (302, MINE)
    user = get_user(client)
    assert (user.full_name, user.citizen.verified_phone, user.is_staff) == ("Lê Thị Mơ", E164, False)
    assert user.username.startswith("nguoidan-")
    assert "Chưa có hồ sơ nào trong tài khoản." in text_of(client.get(MINE))


def test_the_code_goes_by_one_sms(client, cast):
    sign_up(client)
    message = Message.objects.get()
    assert (message.medium, message.notice, segments(message.body)) == ("sms", "account_code", 1)


def test_three_wrong_codes_end_the_sign_up(client, cast):
    sign_up(client)
    for _ in range(2):
        assert client.post(VERIFY, {"code": "XXXX-XXXX"}).status_code == 422
    response = client.post(VERIFY, {"code": "XXXX-XXXX"})
    assert (response.status_code, response["Location"]) == (302, LOGIN)
    client.post(VERIFY, {"code": code_sent()})
    assert not get_user(client).is_authenticated


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("full_name", "", "Vui lòng nhập tên."),
        ("phone", "", "Vui lòng nhập số điện thoại."),
        ("phone", "12", "Số điện thoại không đúng. Vui lòng nhập số điện thoại Việt Nam, ví dụ 0912 345 678."),
        ("email", "mo@", "Địa chỉ email không đúng. Ví dụ đúng: ten@example.vn"),
        ("password1", "", "Vui lòng nhập mật khẩu mới."),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_the_rest_is_kept(client, cast, field, typed, sentence):
    response = sign_up(client, **{"email": "mo@example.vn"} | {field: typed})
    assert response.status_code == 422
    assert errors(response) == [(f"id_{field}", sentence)]
    assert not User.objects.filter(citizen__isnull=False).exists()
    kept = {"full_name": "Lê Thị Mơ", "email": "mo@example.vn"}
    kept.pop(field, None)
    assert [value for value in kept.values() if f'value="{value}"' not in text_of(response)] == []


@pytest.mark.parametrize("weak", ["ngan", "123456789012", "password1234"])
def test_weak_passwords_are_refused(client, cast, weak):
    assert {field for field, _sentence in errors(sign_up(client, password1=weak))} == {"id_password1"}


def test_another_captcha_keeps_what_was_typed(client, cast):
    response = sign_up(client, reload_captcha="1")
    assert response.status_code == 200
    assert 'value="Lê Thị Mơ"' in text_of(response) and SECRET not in text_of(response)


def test_a_number_or_an_address_that_has_an_account_is_not_given_away(client, cast):
    """The same page as for a new one; its owner is told by SMS."""
    has_account(client)
    stranger = Client()
    response = sign_up(stranger)
    assert (response.status_code, response["Location"]) == (302, VERIFY)
    assert stranger.get(VERIFY).status_code == 200
    assert Message.objects.latest("pk").notice == "account_exists"
    assert User.objects.filter(citizen__isnull=False).count() == 1


def test_nobody_gets_an_account_without_having_agreed_and_when_is_noted(client, cast):
    response = sign_up(client, consent="")
    assert (response.status_code, errors(response)) == (
        422, [("id_consent", "Vui lòng đánh dấu đồng ý để tạo tài khoản.")],
    )  # fmt: skip
    citizen = Citizen.objects.get(account=has_account(client))
    assert (citizen.consent_at is not None, citizen.consent_version) == (True, CONSENT_VERSION)


def test_an_address_of_another_account_is_left_out_in_silence_and_its_owner_is_written_to(client, cast):
    owner = has_account(Client(), email="mo@example.vn")
    response = sign_up(client, phone="0988 111 223", email="mo@example.vn")
    assert (response.status_code, response["Location"]) == (302, VERIFY)
    assert Message.objects.filter(notice="account_exists", recipient="mo@example.vn").count() == 1
    assert list(EmailAddress.objects.values_list("user", flat=True)) == [owner.pk]


def test_accounts_that_nobody_proved_go_after_a_week(client, cast):
    sign_up(client)
    proved = has_account(Client(), phone="0988 111 223")
    now = timezone.now()
    assert forget_unproved(now + timedelta(days=6, hours=23)) == 0
    assert forget_unproved(now + timedelta(days=7, hours=1)) == 1
    assert list(Citizen.objects.values_list("account", flat=True)) == [proved.pk]


@pytest.mark.parametrize("typed", ["0988111222", "+84 988 111 222", "0988.111.222"])
def test_the_number_opens_the_account_as_people_write_it(client, cast, typed):
    user = has_account(Client())
    response = client.post(LOGIN, {"username": typed, "password": SECRET})
    assert (response.status_code, response["Location"], get_user(client)) == (302, MINE, user)


def test_the_address_opens_it_too(client, cast):
    user = has_account(Client(), email="Mo@Example.vn")
    client.post(LOGIN, {"username": "mo@example.vn", "password": SECRET})
    assert get_user(client) == user


def test_an_address_counts_once_its_link_was_opened(client, cast):
    user = has_account(client, email="mo@example.vn")
    letter = Message.objects.get(notice="account_address")
    address = re.search(r"http://[^/]+(/tai-khoan/email/\S+)", letter.body)[1]
    assert not EmailAddress.objects.get(user=user).verified
    page = client.get(address)
    assert "Xác nhận mo@example.vn là email của tài khoản này?" in text_of(page)
    assert not EmailAddress.objects.get(user=user).verified
    client.post(address)
    assert EmailAddress.objects.get(user=user).verified
    assert "không đúng hoặc đã hết hạn" in text_of(client.get("/tai-khoan/email/khong-co/"))


def test_an_address_is_changed_by_a_letter_to_the_new_one(client, cast):
    has_account(client)
    wrong = client.post("/tai-khoan/email/", {"email": "mo@", "action_add": "1"})
    assert (wrong.status_code, errors(wrong)[0][0]) == (422, "id_email")
    client.post("/tai-khoan/email/", {"email": "mo@example.vn", "action_add": "1"})
    assert "Đang chờ xác nhận: mo@example.vn." in text_of(client.get("/tai-khoan/email/"))
    assert Message.objects.filter(notice="account_address", recipient="mo@example.vn").exists()


def test_a_number_is_changed_by_a_code_to_the_new_one(client, cast):
    user = has_account(client)
    response = client.post("/tai-khoan/doi-so/", {"phone": "0977 333 444"})
    assert (response.status_code, response["Location"]) == (302, VERIFY)
    user.citizen.refresh_from_db()
    assert user.citizen.verified_phone == E164
    client.post(VERIFY, {"code": code_sent("+84977333444"), "action": "verify"})
    user.citizen.refresh_from_db()
    assert user.citizen.verified_phone == "+84977333444"


def test_a_lost_password_is_replaced_by_a_code_to_the_number(client, cast):
    user = has_account(Client())
    response = loses_password(client, NUMBER)
    assert response.status_code == 302 and response["Location"].startswith(CODE)
    response = client.post(response["Location"], {"code": code_sent(), "action": "verify"})
    assert (response.status_code, response["Location"]) == (302, NEW_PASSWORD)
    assert "oldpassword" not in text_of(client.get(NEW_PASSWORD))
    client.post(NEW_PASSWORD, {"password1": "mot-mat-khau-moi-dai"})
    user.refresh_from_db()
    assert user.check_password("mot-mat-khau-moi-dai")


def test_or_by_a_code_to_the_address_once_it_is_verified(client, cast):
    has_account(Client(), email="mo@example.vn")
    assert loses_password(Client(), "mo@example.vn").status_code == 302
    assert not Message.objects.filter(notice="account_code", recipient="mo@example.vn").exists()
    EmailAddress.objects.update(verified=True)
    response = loses_password(client, "mo@example.vn")
    letter = Message.objects.filter(recipient="mo@example.vn", notice="account_code").get()
    code = re.search(r"của Ông/Bà: (\S+)", letter.body)[1]
    response = client.post(response["Location"], {"code": code, "action": "verify"})
    assert (response.status_code, response["Location"]) == (302, NEW_PASSWORD)


def test_strangers_have_an_address_written_to_five_times_a_day_at_most(client, cast):
    has_account(Client(), email="mo@example.vn")
    EmailAddress.objects.update(verified=True)
    for _ in range(6):
        assert loses_password(Client(), "mo@example.vn").status_code == 302
    assert Message.objects.filter(recipient="mo@example.vn").count() == 5


def test_who_came_in_by_password_gives_the_old_one_to_change_it(client, cast):
    has_account(Client())
    client.post(LOGIN, {"username": NUMBER, "password": SECRET})
    response = client.post(NEW_PASSWORD, {"oldpassword": "sai-mat-khau-cu", "password1": "mot-mat-khau-moi-dai"})
    assert (response.status_code, errors(response)) == (422, [("id_oldpassword", "Mật khẩu hiện tại không đúng.")])
    response = client.post(NEW_PASSWORD, {"oldpassword": SECRET, "password1": "mot-mat-khau-moi-dai"})
    assert (response.status_code, response["Location"]) == (302, MINE)


@pytest.mark.parametrize("login", ["0900000000", "khong@example.vn", "son@example.vn"])
def test_a_lost_password_gives_nobody_away_and_staff_get_no_code(client, cast, login):
    User.objects.filter(username="son").update(email="son@example.vn")
    before = Message.objects.count()
    response = loses_password(client, login)
    assert response.status_code == 302 and response["Location"].startswith(CODE)
    assert client.get(CODE).status_code == 200
    assert Message.objects.count() == before


def test_staff_come_in_without_a_number_and_have_no_page_of_citizens(client, cast):
    client.post(LOGIN, {"username": "son", "password": PASSWORD})
    assert get_user(client).username == "son"
    assert client.get(MINE)["Location"] == "/can-bo/"
    assert client.get("/tai-khoan/thong-tin/").status_code == 404


def test_the_form_starts_with_what_the_account_remembers(client, cast):
    has_account(client)
    client.post(
        "/tai-khoan/thong-tin/",
        {"full_name": "Lê  Thị Mơ", "sender_type": "business", "province": "56", "commune": "22420",
         "address": "3 Lê Lợi", "notify_by": "as_sent"},
    )  # fmt: skip
    page = text_of(client.get(LODGE))
    for shown in ('value="Lê Thị Mơ"', 'value="3 Lê Lợi"', f'value="{show_phone(E164)}"'):
        assert shown in page, shown
    assert re.search(r'value="business"[^>]*checked', page)
    assert re.search(r'value="22420"[^>]*selected', page)
    assert not re.search(r'name="consent"[^>]*checked', page)


def test_the_profile_finds_a_commune_by_typing_and_keeps_the_rest(client, cast):
    has_account(client)
    typed = {"full_name": "Mơ", "sender_type": "citizen", "commune_search": "cam ranh", "search": "1",
             "notify_by": "sms"}  # fmt: skip
    response = client.post("/tai-khoan/thong-tin/", typed)
    assert response.status_code == 200
    assert re.search(r'value="22420"[^>]*selected', text_of(response))
    assert re.search(r'value="sms"[^>]*checked', text_of(response)) and 'value="Mơ"' in text_of(response)


def test_settings_are_changed_without_an_address(client, cast):
    user = has_account(client)
    typed = {"full_name": "Mơ", "sender_type": "citizen", "notify_by": "sms", "commune_search": "", "province": ""}
    assert client.post("/tai-khoan/thong-tin/", typed).status_code == 302
    assert Citizen.objects.get(account=user).notify_by == "sms"


def test_letters_are_asked_for_only_where_an_address_is_verified(client, cast):
    has_account(client)
    response = client.post(
        "/tai-khoan/thong-tin/",
        {"full_name": "Mơ", "sender_type": "citizen", "province": "56", "commune": "22420", "notify_by": "email"},
    )
    assert response.status_code == 422
    assert errors(response)[0][1] == "Tài khoản chưa có email đã xác nhận. Vui lòng thêm email trước."


def test_earlier_cases_with_the_verified_number_are_claimed_and_no_others(client, cast):
    mine = [cast.files(phone=E164, title=f"Việc {number}") for number in range(2)]
    other = cast.files()
    taken = cast.files(phone=E164, account=cast.binh.user)
    user = has_account(client)
    page = text_of(client.get(MINE))
    assert "Có 2 hồ sơ gửi trước đây" in " ".join(page.split())
    assert client.get(f"/phan-anh/{mine[0].code}/").status_code == 200
    assert mine[0].content not in text_of(client.get(f"/phan-anh/{mine[0].code}/"))
    client.post("/tai-khoan/ho-so-cu/")
    page = text_of(client.get(MINE))
    assert [case.code in page for case in (*mine, other, taken)] == [True, True, False, False]
    assert mine[0].content in text_of(client.get(f"/phan-anh/{mine[0].code}/"))
    assert set(Sender.objects.filter(account=user).values_list("pk", flat=True)) == {case.sender_id for case in mine}


def test_a_number_not_yet_verified_claims_nothing(client, cast):
    cast.files(phone=E164)
    sign_up(client)
    user = User.objects.get(citizen__isnull=False)
    client.force_login(user)
    client.post("/tai-khoan/ho-so-cu/")
    assert not Sender.objects.filter(account=user).exists()


def test_a_case_filed_while_signed_in_is_the_accounts(client, cast):
    user = has_account(client)
    code = code_of(client.post(LODGE, answers(client.get(LODGE))))
    assert Case.objects.get(code=code).sender.account == user
    assert code in text_of(client.get(MINE))


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_many(client, cast, number, django_assert_num_queries):
    user = has_account(client)
    for _ in range(number):
        cast.files(account=user)
    with django_assert_num_queries(8):
        page = text_of(client.get(MINE))
    assert page.count('data-state="LODGED"') == number


def test_of_a_sealed_case_the_list_shows_no_word(client, cast, journey):
    user = has_account(client)
    way = journey("2026-03-02 08:00", title="Kho đạn ở đâu", account=user)
    assert "Kho đạn" in text_of(client.get(MINE))
    way.does("seal", cast.oanh, "2026-03-02 09:00", note="Chuyển theo quy định.")
    page = text_of(client.get(MINE))
    assert way.case.code in page and "Kho đạn" not in page


def test_the_list_comes_in_pages(client, cast):
    user = has_account(client)
    for _ in range(26):
        cast.files(account=user)
    first = text_of(client.get(MINE))
    following = re.search(r'href="(\?page=[^"]*)"', first)[1]
    assert (first.count('data-state="'), text_of(client.get(MINE + following)).count('data-state="')) == (25, 1)


@pytest.mark.parametrize(
    ("wish", "way"),
    [
        ("as_sent", ("email", "cuc@example.vn")),
        ("sms", ("sms", E164)),
        ("email", ("email", "mo@example.vn")),
    ],
)
def test_an_account_is_told_the_way_it_wishes(client, cast, journey, wish, way):
    user = has_account(client, email="mo@example.vn")
    EmailAddress.objects.update(verified=True)
    Citizen.objects.update(notify_by=wish)
    way_taken = Message.objects.filter(notice="sender_lodged")
    journey(account=user)
    assert list(way_taken.values_list("medium", "recipient")) == [way]


def test_a_call_stays_a_call_whatever_the_account_wishes(client, cast, journey):
    user = has_account(client)
    Citizen.objects.update(notify_by="sms")
    journey(account=user, channel="hotline")
    assert Message.objects.get(notice="sender_lodged").medium == "task"


def test_only_what_matters_is_sent_to_who_wants_no_more(client, cast, journey):
    user = has_account(client)
    Citizen.objects.update(essential_only=True)
    way = journey(account=user)
    way.does("distribute", cast.oanh, "2026-03-02 10:00", field=cast.field(), agency=cast.agency("soxd"))
    way.does("accept", cast.son, "2026-03-02 15:00")
    way.does("progress", cast.son, "2026-03-03 15:00", note="Đã khảo sát.")
    way.does("inquire", cast.son, "2026-03-03 16:00", body="Cột số mấy?")
    told = Message.objects.filter(case=way.case, notice__startswith="sender_")
    assert list(told.values_list("notice", flat=True)) == ["sender_lodged", "sender_inquiry"]
    assert way.case.last_event_at == at("2026-03-03 16:00")
