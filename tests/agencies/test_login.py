from datetime import date

import pytest
from django.contrib.auth import get_user

from agencies import views
from agencies.limits import Rate
from agencies.models import Agency, Membership, User
from workflow.accounts import WRONG_LOGIN

LOGIN = "/tai-khoan/dang-nhap/"
PASSWORD = "mat-khau-cho-kiem-thu"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def people():
    agency = Agency.objects.create(code="soyt", name="Sở Y tế", kind="department", valid_from=date(2022, 1, 1))
    yen = User.objects.create_user("yen", password=PASSWORD, full_name="Đặng Thị Yến")
    Membership.objects.create(user=yen, agency=agency, role="specialist", valid_from=date(2022, 1, 1))
    User.objects.create_user("binh", password=PASSWORD, full_name="Trần Bình")
    User.objects.create_user("cuu", password=PASSWORD, is_active=False)


def signs_in(client, username="yen", password=PASSWORD, **more):
    return client.post(LOGIN, {"username": username, "password": password, **more})


def words(response):
    return response.content.decode()


def test_the_page_has_labelled_fields_that_a_password_manager_knows(client):
    page = words(client.get(LOGIN))
    assert '<label class="form-label" for="id_username">Tên đăng nhập' in page
    assert '<label class="form-label" for="id_password">Mật khẩu' in page
    assert 'autocomplete="username"' in page
    assert 'autocomplete="current-password"' in page


@pytest.mark.parametrize(("username", "lands_on"), [("yen", "/can-bo/"), ("binh", "/tai-khoan/")])
def test_staff_land_on_their_queue_and_citizens_on_their_cases(client, username, lands_on):
    response = signs_in(client, username)
    assert (response.status_code, response["Location"]) == (302, lands_on)
    assert get_user(client).username == username


def test_the_field_may_be_called_login_too(client):
    response = client.post(LOGIN, {"login": "yen", "password": PASSWORD})
    assert (response.status_code, response["Location"]) == (302, "/can-bo/")


@pytest.mark.parametrize(
    ("wish", "lands_on"),
    [
        ("/can-bo/ho-so/PAKN-2603-00000-00000/", "/can-bo/ho-so/PAKN-2603-00000-00000/"),
        ("https://evil.example/", "/can-bo/"),
        ("//evil.example/", "/can-bo/"),
        ("javascript:alert(1)", "/can-bo/"),
        ("\\\\evil.example", "/can-bo/"),
    ],
)
def test_next_is_followed_within_this_site_only(client, wish, lands_on):
    assert signs_in(client, next=wish)["Location"] == lands_on


def test_next_is_carried_through_the_page(client):
    assert '<input type="hidden" name="next" value="/can-bo/ho-so/x/">' in words(
        client.get(LOGIN + "?next=/can-bo/ho-so/x/")
    )


@pytest.mark.parametrize(
    ("username", "password"), [("nobody", PASSWORD), ("yen", "another password"), ("cuu", PASSWORD)]
)
def test_unknown_wrong_and_switched_off_get_the_same_words(client, username, password):
    response = signs_in(client, username, password)
    assert response.status_code == 422
    assert response.context["form"].non_field_errors() == [WRONG_LOGIN]
    assert str(WRONG_LOGIN) in words(response)
    assert not get_user(client).is_authenticated


def test_what_is_missing_is_said_beside_its_field_and_the_name_is_kept(client):
    response = signs_in(client, password="")
    assert response.status_code == 422
    assert response.context["form"].errors == {"password": ["Vui lòng nhập mật khẩu."]}
    assert 'value="yen"' in words(response)


def test_too_many_tries_from_one_address_are_stopped_even_with_the_right_password(client, settings):
    settings.LIMIT_LOGIN = Rate(2, 86400)
    assert [signs_in(client, password="wrong").status_code for _ in range(2)] == [422, 422]
    response = signs_in(client)
    assert response.status_code == 429
    assert 1 <= int(response["Retry-After"]) <= 86400
    assert "Quá nhiều lần thử" in words(response)
    assert not get_user(client).is_authenticated


def test_a_whole_office_signs_in_from_one_address(client, settings):
    settings.LIMIT_LOGIN = Rate(2, 86400)
    for _ in range(5):
        assert signs_in(client).status_code == 302
        client.post("/tai-khoan/dang-xuat/")


def test_no_more_than_a_few_passwords_are_hashed_at_a_time(client):
    with views.HASHING, views.HASHING:
        response = signs_in(client)
    assert (response.status_code, response["Retry-After"]) == (429, "1")
    assert signs_in(client).status_code == 302


def test_the_limit_counts_each_address_for_itself(client, settings):
    settings.LIMIT_LOGIN = Rate(1, 86400)
    form = {"username": "yen", "password": "wrong"}
    assert client.post(LOGIN, form, REMOTE_ADDR="203.0.113.1").status_code == 422
    assert client.post(LOGIN, form, REMOTE_ADDR="203.0.113.1").status_code == 429
    assert client.post(LOGIN, form, REMOTE_ADDR="203.0.113.2").status_code == 422


def test_signing_in_gives_the_session_a_new_name(client):
    client.get(LOGIN)
    session = client.session
    session["kept"] = "yes"
    session.save()
    before = session.session_key
    signs_in(client)
    assert client.session.session_key != before


def test_signing_out_is_a_post_and_leads_home(client):
    signs_in(client)
    assert client.get("/tai-khoan/dang-xuat/").status_code == 405
    response = client.post("/tai-khoan/dang-xuat/")
    assert (response.status_code, response["Location"]) == (302, "/")
    assert not get_user(client).is_authenticated


def test_who_is_switched_off_is_out_at_the_next_request(client):
    signs_in(client)
    User.objects.filter(username="yen").update(is_active=False)
    assert not get_user(client).is_authenticated


def test_the_administration_uses_the_same_door(client):
    response = client.get("/quan-tri/", follow=True)
    assert response.redirect_chain[-1] == (f"{LOGIN}?next=%2Fquan-tri%2F", 302)


def test_who_may_not_enter_is_told_as_whom_they_are_signed_in(client):
    signs_in(client, "binh")
    assert "Ông/Bà đang đăng nhập bằng tài khoản <strong>Trần Bình</strong>" in words(
        client.get("/quan-tri/", follow=True)
    )


def test_the_demo_names_its_accounts_and_their_password(client, settings):
    settings.DEMO = True
    page = words(client.get(LOGIN))
    assert f"<code>{settings.DEMO_PASSWORD}</code>" in page
    assert "<li><code>yen</code> – Cán bộ chuyên môn, Sở Y tế (Đặng Thị Yến)</li>" in page
    assert "<li><code>binh</code> – Người dân có tài khoản (Trần Bình)</li>" in page


def test_outside_the_demo_no_account_is_named(client):
    page = words(client.get(LOGIN))
    assert "yen" not in page
    assert "Tài khoản dùng thử" not in page


def test_the_demo_names_nobody_who_signed_up(client, settings):
    settings.DEMO = True
    User.objects.create_user("nguoidan-1", full_name="Trần Thị Bích Liên")
    page = client.get(LOGIN).content.decode()
    assert "<code>binh</code>" in page and "Bích Liên" not in page
