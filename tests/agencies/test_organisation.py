"""Agencies with their people in one form, people replaced, sessions ended; the letter by which a password is set."""

import re
from datetime import date, timedelta

import pytest
from django.contrib.auth import authenticate
from django.test import Client
from django.utils import timezone

from agencies.memberships import problem_with
from agencies.models import Agency, Membership, User
from agencies.register import memberships_of
from tests.cast import cast
from tests.workflow.desk import desk_of
from workflow.models import AuditEntry, Message

__all__ = ["cast"]

ADD = "/quan-tri/agencies/agency/add/"
NEW = {
    "code": "sotc", "name": "Sở Tài chính", "kind": "department", "valid_from": "01/03/2026",
    "email": "sotc@example.vn", "specialist_name": "Lê Hà", "specialist_email": "ha@example.vn",
    "leader_name": "Vũ Long", "leader_username": "long.sotc", "leader_email": "long@example.vn",
}  # fmt: skip


@pytest.fixture
def operator(cast):
    User.objects.filter(username="oanh").update(is_staff=True)
    return desk_of("oanh")


def test_an_agency_and_its_two_people_are_made_in_one_form(operator):
    assert operator.post(ADD, NEW).status_code == 302
    people = {m.role: m.user for m in Membership.objects.filter(agency__code="sotc").select_related("user")}
    assert {role: (user.username, user.full_name, user.has_usable_password()) for role, user in people.items()} == {
        "specialist": ("sotc.cm", "Lê Hà", False),
        "leader": ("long.sotc", "Vũ Long", False),
    }
    assert sorted(Message.objects.values_list("notice", "recipient")) == [
        ("account_invitation", "ha@example.vn"), ("account_invitation", "long@example.vn"),
    ]  # fmt: skip
    noted = AuditEntry.objects.filter(kind="changed").values_list("subject", flat=True)
    assert "cơ quan: Sở Tài chính" in noted


def test_without_its_people_or_with_a_taken_name_nothing_is_made_and_nothing_typed_is_lost(operator):
    response = operator.post(ADD, NEW | {"leader_email": "", "specialist_username": "son"})
    text = response.content.decode()
    assert response.status_code == 200
    assert "Vui lòng nhập đủ họ tên, tên đăng nhập và thư điện tử." in text
    assert "Tên đăng nhập này đã có. Hãy chọn tên khác." in text
    assert 'value="Vũ Long"' in text
    assert not Agency.objects.filter(code="sotc").exists()


def test_the_letter_sets_the_password_once(operator):
    operator.post(ADD, NEW)
    body = Message.objects.get(recipient="ha@example.vn").body
    path = re.search(r"http://127\.0\.0\.1:8000(/\S+)", body)[1]
    visitor = Client()
    form = visitor.get(path, follow=True)
    assert form.status_code == 200
    address = form.redirect_chain[-1][0]
    weak = visitor.post(address, {"new_password1": "khanhhoa2026", "new_password2": "khanhhoa2026"})
    assert (weak.status_code, "quá dễ đoán" in weak.content.decode()) == (422, True)
    new = "ba-con-meo-tren-mai-nha"
    assert visitor.post(address, {"new_password1": new, "new_password2": new}).status_code == 302
    assert authenticate(None, username="sotc.cm", password=new).full_name == "Lê Hà"
    assert "đã dùng hoặc hết hạn" in Client().get(path, follow=True).content.decode()


def replace(operator, membership, **changes):
    sent = {
        "new_name": "Trần Mới", "new_username": "moi.soxd", "new_email": "moi@example.vn",
        "since": f"{timezone.localdate():%d/%m/%Y}",
    }  # fmt: skip
    return operator.post(f"/quan-tri/agencies/membership/{membership.pk}/replace/", sent | changes)


def test_a_person_is_replaced_and_is_out_at_once(operator, cast):
    membership = Membership.objects.get(user__username="son")
    desk = Client()
    desk.post("/tai-khoan/dang-nhap/", {"username": "son", "password": "mat-khau-cho-kiem-thu"})
    assert desk.get("/can-bo/").status_code == 200
    assert replace(operator, membership).status_code == 302
    assert desk.get("/can-bo/").status_code == 302
    old, new = Membership.objects.get(pk=membership.pk), Membership.objects.get(user__username="moi.soxd")
    today = timezone.localdate()
    assert (old.valid_to, old.user.is_active) == (today - timedelta(days=1), False)
    assert (new.role, new.agency.code, new.valid_from) == ("specialist", "soxd", today)
    assert memberships_of(new.user, today) == (new,)


def test_a_replacement_to_come_leaves_the_old_one_at_work_until_then(operator, cast):
    membership = Membership.objects.get(user__username="son")
    later = timezone.localdate() + timedelta(days=10)
    assert replace(operator, membership, since=f"{later:%d/%m/%Y}").status_code == 302
    old = Membership.objects.get(pk=membership.pk)
    assert old.user.is_active
    assert memberships_of(old.user, timezone.localdate()) == (old,)
    assert memberships_of(old.user, later) == ()


def test_a_deputy_is_replaced_by_a_deputy_for_the_same_time(operator, cast):
    today = timezone.localdate()
    until = today + timedelta(days=30)
    deputy = Membership.objects.create(
        user=cast.nga.user, agency=cast.agency("soxd"), role="leader", on_behalf=True,
        valid_from=today - timedelta(days=5), valid_to=until,
    )  # fmt: skip
    assert replace(operator, deputy).status_code == 302
    new = Membership.objects.get(user__username="moi.soxd")
    assert (new.on_behalf, new.valid_to) == (True, until)


def test_who_has_ended_is_not_replaced(operator, cast):
    Membership.objects.filter(user__username="son").update(valid_to=date(2024, 12, 31))
    response = replace(operator, Membership.objects.get(user__username="son"))
    assert response.status_code == 422
    assert "Phân công này kết thúc ngày 31/12/2024" in response.content.decode()


@pytest.mark.parametrize("address", ["agency/abc/close/", "membership/abc/replace/"])
def test_an_address_that_names_nothing_is_not_found(operator, address):
    assert operator.get(f"/quan-tri/agencies/{address}").status_code in (302, 404)


@pytest.mark.parametrize("username", ["quang", "son", "tam"])
def test_nobody_but_who_appoints_replaces(cast, username):
    membership = Membership.objects.get(user__username="lan")
    response = replace(desk_of(username), membership)
    assert response.status_code in (302, 403)
    assert Membership.objects.get(pk=membership.pk).valid_to is None


def test_an_account_switched_off_loses_its_sessions(operator, cast):
    desk = Client()
    desk.post("/tai-khoan/dang-nhap/", {"username": "son", "password": "mat-khau-cho-kiem-thu"})
    user = cast.son.user
    form = {
        "username": "son", "full_name": user.full_name, "email": "", "memberships-TOTAL_FORMS": "1",
        "memberships-INITIAL_FORMS": "1", "memberships-0-id": user.memberships.get().pk, "memberships-0-user": user.pk,
    }  # fmt: skip
    assert operator.post(f"/quan-tri/agencies/user/{user.pk}/change/", form).status_code == 302
    assert not User.objects.get(pk=user.pk).is_active
    assert desk.get("/can-bo/")["Location"].startswith("/tai-khoan/dang-nhap/")


def test_one_person_a_role_is_the_default_and_more_is_a_setting(cast):
    another = Membership(user=cast.nga.user, agency=cast.agency("soxd"), role="specialist", valid_from=date(2026, 3, 1))
    assert "Cơ quan đã có người giữ vai trò này" in problem_with(another)
    Agency.objects.filter(code="soxd").update(several_people=True)
    another.agency = cast.agency("soxd")
    assert problem_with(another) == ""
