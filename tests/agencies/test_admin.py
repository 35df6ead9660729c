from datetime import date

import pytest
from django.contrib import admin
from django.contrib.auth import authenticate

from agencies.memberships import let_into_admin
from agencies.models import (
    AdministrativeUnit,
    Agency,
    CalendarDay,
    CalendarSpan,
    Field,
    FormerCommune,
    Membership,
    OfficeHours,
    RuleSet,
    User,
)
from agencies.register import current_calendar
from tests.agencies.loading import DATA, run
from workflow.models import Message

PASSWORD = "mat-khau-cho-kiem-thu"
SINCE = date(2022, 1, 1)
LISTS = [
    "administrativeunit",
    "agency",
    "calendarday",
    "calendarspan",
    "field",
    "formercommune",
    "membership",
    "officehours",
    "ruleset",
    "user",
]
EDITED_BY_BOTH = ["calendarday", "membership", "officehours", "user"]
EDITED_BY_OPERATORS = ["agency", *EDITED_BY_BOTH[:1], "field", *EDITED_BY_BOTH[1:]]

pytestmark = pytest.mark.django_db


def appoint(username, code, role, **dates):
    user, _made = User.objects.get_or_create(username=username)
    user.set_password(PASSWORD)
    user.save()
    dates = {"valid_from": SINCE} | dates
    membership = Membership.objects.create(user=user, agency=Agency.objects.get(code=code), role=role, **dates)
    let_into_admin(membership)
    return user


@pytest.fixture(autouse=True)
def reference():
    run("load_calendar", DATA / "calendar.csv", write=True)
    run("load_rules", DATA / "rules" / "khanh-hoa-2022.toml")
    province = AdministrativeUnit.objects.create(code="56", level="province", kind="tỉnh", name="Tỉnh Khánh Hòa")
    ward = AdministrativeUnit.objects.create(
        code="22366", level="commune", kind="phường", name="Phường Nha Trang", parent=province
    )
    former = FormerCommune.objects.create(code="22327", name="Vĩnh Hòa", district="Nha Trang", province="Khánh Hòa")
    former.current.add(ward)
    Field.objects.create(code="y-te", name="Y tế", position=1)
    for code, kind in [("trungtam", "centre"), ("sokhcn", "reporting"), ("soyt", "department")]:
        Agency.objects.create(code=code, name=code, kind=kind, valid_from=SINCE)
    appoint("oanh", "trungtam", "operator")
    appoint("quang", "trungtam", "administrator")
    appoint("yen", "soyt", "specialist")
    User.objects.create_user("binh", password=PASSWORD)


@pytest.fixture
def as_(client):
    def sign_in(username):
        client.force_login(User.objects.get(username=username))
        return client

    return sign_in


def address(model, action="", pk=None):
    return "/quan-tri/agencies/" + "/".join(str(part) for part in [model, pk, action] if part not in ("", None)) + "/"


def new_account(username, agency, role, **more):
    return {
        "username": username,
        "full_name": "Bùi Hải",
        "email": f"{username}@example.vn",
        "memberships-TOTAL_FORMS": "1",
        "memberships-INITIAL_FORMS": "0",
        "memberships-0-agency": Agency.objects.get(code=agency).pk,
        "memberships-0-role": role,
        "memberships-0-valid_from": "01/01/2026",
        "memberships-0-valid_to": "",
    } | more


def test_nothing_of_a_case_is_registered():
    assert {model._meta.label for model in admin.site._registry} == {
        "agencies.AdministrativeUnit",
        "agencies.Agency",
        "agencies.CalendarDay",
        "agencies.CalendarSpan",
        "agencies.Field",
        "agencies.FormerCommune",
        "agencies.Membership",
        "agencies.OfficeHours",
        "agencies.Phrase",
        "agencies.RuleSet",
        "agencies.User",
        "submissions.Contact",
        "submissions.PublicText",
        "workflow.AuditEntry",
    }


@pytest.mark.parametrize("username", ["oanh", "quang"])
@pytest.mark.parametrize("model", LISTS)
def test_operators_and_administrators_see_every_list(as_, username, model):
    assert as_(username).get(address(model)).status_code == 200


@pytest.mark.parametrize(("username", "added"), [("oanh", EDITED_BY_OPERATORS), ("quang", EDITED_BY_BOTH)])
def test_what_each_of_them_adds(as_, username, added):
    client = as_(username)
    assert [model for model in LISTS if client.get(address(model, "add")).status_code == 200] == added


@pytest.mark.parametrize("username", ["yen", "binh"])
def test_others_are_sent_to_the_door(as_, username):
    response = as_(username).get("/quan-tri/")
    assert (response.status_code, response["Location"]) == (302, "/quan-tri/login/?next=/quan-tri/")


def test_whose_membership_has_ended_finds_nothing(as_):
    Membership.objects.filter(user__username="oanh").update(valid_to=date(2022, 12, 31))
    client = as_("oanh")
    assert client.get("/quan-tri/").context["app_list"] == []
    assert client.get(address("agency")).status_code == 403


def test_nothing_but_days_and_hours_can_be_deleted(as_):
    client = as_("oanh")
    rows = {
        "administrativeunit": "56",
        "agency": Agency.objects.get(code="soyt").pk,
        "calendarspan": 1,
        "field": "y-te",
        "formercommune": "22327",
        "membership": Membership.objects.get(user__username="yen").pk,
        "ruleset": RuleSet.objects.get().pk,
        "user": User.objects.get(username="yen").pk,
    }
    assert {client.post(address(model, "delete", pk), {"post": "yes"}).status_code for model, pk in rows.items()} == {
        403
    }
    assert client.get(address("calendarday", "delete", CalendarDay.objects.first().pk)).status_code == 200


def test_an_operator_adds_an_agency_with_its_fields_and_places(as_):
    form = {
        "code": "nhatrang",
        "name": "UBND phường Nha Trang",
        "kind": "commune",
        "parent": "",
        "fields": ["y-te"],
        "places": ["22366"],
        "phone": "",
        "email": "",
        "valid_from": "01/07/2025",
        "specialist_name": "Phan Nga",
        "specialist_email": "nga@example.vn",
        "leader_name": "Mai Nam",
        "leader_email": "nam@example.vn",
    }
    assert as_("oanh").post(address("agency", "add"), form).status_code == 302
    agency = Agency.objects.get(code="nhatrang")
    assert (agency.kind, agency.valid_from) == ("commune", date(2025, 7, 1))
    assert [unit.pk for unit in agency.places.all()] == ["22366"]


def test_a_second_centre_and_a_circle_of_parents_are_refused(as_):
    client = as_("oanh")
    form = {"code": "khac", "name": "Khác", "kind": "centre", "valid_from": "01/07/2025"}
    assert client.post(address("agency", "add"), form).context["errors"] == [["Chỉ có một đơn vị vận hành."]]
    soyt = Agency.objects.get(code="soyt")
    form = {"name": "Sở Y tế", "parent": soyt.pk, "valid_from": "01/01/2022"}
    response = client.post(address("agency", "change", soyt.pk), form)
    assert response.context["errors"] == [["Cơ quan không thể là cấp trên của chính mình."]]


def test_an_operator_creates_the_leader_of_an_agency_who_gets_a_letter(as_):
    response = as_("oanh").post(address("user", "add"), new_account("hai", "soyt", "leader"))
    assert response.status_code == 302
    hai = User.objects.get(username="hai")
    assert (hai.full_name, hai.is_staff, hai.is_superuser, hai.has_usable_password()) == (
        "Bùi Hải",
        False,
        False,
        False,
    )
    assert list(hai.memberships.values_list("agency__code", "role")) == [("soyt", "leader")]
    assert Message.objects.get().recipient == "hai@example.vn"


def test_an_administrator_creates_an_operator_who_may_enter_the_administration(as_):
    response = as_("quang").post(address("user", "add"), new_account("phuc", "trungtam", "operator"))
    assert response.status_code == 302
    assert User.objects.get(username="phuc").is_staff
    assert as_("phuc").get(address("agency", "add")).status_code == 200


@pytest.mark.parametrize(
    ("appointer", "agency", "role"),
    [
        ("oanh", "trungtam", "operator"),
        ("oanh", "trungtam", "administrator"),
        ("oanh", "sokhcn", "supervisor"),
        ("oanh", "soyt", "operator"),
        ("quang", "soyt", "specialist"),
        ("quang", "soyt", "leader"),
        ("quang", "trungtam", "leader"),
        ("quang", "trungtam", "supervisor"),
        ("oanh", "soyt", "specialist"),
    ],
)
def test_nobody_appoints_outside_their_right_nor_a_second_specialist(as_, appointer, agency, role):
    response = as_(appointer).post(address("user", "add"), new_account("moi", agency, role))
    assert response.status_code == 200
    assert not User.objects.filter(username="moi").exists()


def test_a_deputy_is_a_second_dated_row(as_):
    deputy = {"memberships-0-on_behalf": "on", "memberships-0-valid_to": "31/01/2026"}
    form = new_account("thay", "soyt", "specialist", **deputy)
    assert as_("oanh").post(address("user", "add"), form).status_code == 302
    row = Membership.objects.get(user__username="thay")
    assert (row.on_behalf, row.valid_from, row.valid_to) == (True, date(2026, 1, 1), date(2026, 1, 31))


def test_an_account_without_a_role_is_not_made(as_):
    form = new_account("khong", "soyt", "leader", **{"memberships-TOTAL_FORMS": "0"})
    assert as_("oanh").post(address("user", "add"), form).status_code == 200
    assert not User.objects.filter(username="khong").exists()


def test_each_looks_after_the_accounts_they_appoint_and_nobody_after_a_citizens(as_):
    def listed(username):
        found = as_(username).get(address("user")).context["cl"].queryset
        return sorted(found.values_list("username", flat=True))

    assert listed("oanh") == ["yen"]
    assert listed("quang") == ["oanh", "quang"]


@pytest.mark.parametrize(
    ("actor", "target"), [("oanh", "quang"), ("oanh", "binh"), ("quang", "yen"), ("quang", "binh")]
)
def test_nobody_sets_the_password_of_an_account_they_do_not_look_after(as_, actor, target):
    client, pk = as_(actor), User.objects.get(username=target).pk
    form = {"password1": "mat-khau-cua-ke-gian-1", "password2": "mat-khau-cua-ke-gian-1", "usable_password": "true"}
    assert client.post(address("user", "password", pk), form).status_code in (302, 403, 404)
    assert client.post(address("user", "change", pk), {"username": target, "is_active": ""}).status_code in (302, 403)
    assert authenticate(username=target, password=PASSWORD)


@pytest.mark.parametrize("username", ["oanh", "quang", "dau"])
def test_nobody_sets_the_password_of_another(as_, username):
    User.objects.create_superuser("dau", password=PASSWORD)
    pk = User.objects.get(username="yen").pk
    form = {"password1": "mat-khau-duoc-cap-lai", "password2": "mat-khau-duoc-cap-lai", "usable_password": "true"}
    assert as_(username).post(address("user", "password", pk), form).status_code in (302, 404)
    assert authenticate(username="yen", password=PASSWORD)


def test_nobody_makes_themselves_more_than_they_are(as_):
    quang = User.objects.get(username="quang")
    form = {
        "username": "quang",
        "is_active": "on",
        "is_superuser": "on",
        "is_staff": "on",
        "memberships-TOTAL_FORMS": "2",
        "memberships-INITIAL_FORMS": "1",
        "memberships-0-id": quang.memberships.get().pk,
        "memberships-0-user": quang.pk,
        "memberships-1-user": quang.pk,
        "memberships-1-agency": Agency.objects.get(code="soyt").pk,
        "memberships-1-role": "leader",
        "memberships-1-valid_from": "01/01/2026",
    }
    as_("quang").post(address("user", "change", quang.pk), form)
    quang.refresh_from_db()
    assert not quang.is_superuser
    assert list(quang.memberships.values_list("role", flat=True)) == ["administrator"]


def test_ending_a_membership_keeps_who_where_and_since_when(as_):
    row = Membership.objects.get(user__username="yen")
    form = {"role": "leader", "valid_from": "01/01/2020", "valid_to": "31/12/2026"}
    assert as_("oanh").post(address("membership", "change", row.pk), form).status_code == 302
    row.refresh_from_db()
    assert (row.role, row.valid_from, row.valid_to) == ("specialist", SINCE, date(2026, 12, 31))


def test_an_operator_does_not_change_memberships_of_the_centre(as_):
    row = Membership.objects.get(user__username="quang")
    assert as_("oanh").post(address("membership", "change", row.pk), {"valid_to": "01/01/2023"}).status_code == 403


def test_a_confirmed_day_reaches_the_calendar(as_):
    assert current_calendar().is_working_day(date(2026, 11, 23))
    day = CalendarDay.objects.get(date=date(2026, 11, 23))
    form = {"date": "23/11/2026", "kind": "swapped_off", "name": "Hoán đổi", "legal_reference": "", "confirmed": "on"}
    assert as_("oanh").post(address("calendarday", "change", day.pk), form).status_code == 302
    assert not current_calendar().is_working_day(date(2026, 11, 23))


def test_a_day_outside_the_loaded_years_is_refused(as_):
    form = {"date": "03/01/2028", "kind": "holiday", "name": "Tết Dương lịch"}
    response = as_("oanh").post(address("calendarday", "add"), form)
    assert response.context["errors"] == [["Lịch chỉ có các năm 2022–2027."]]


def test_office_hours_never_leave_the_first_year_uncovered(as_):
    client, only = as_("oanh"), OfficeHours.objects.get()
    assert client.post(address("officehours", "delete", only.pk), {"post": "yes"}).status_code == 403
    form = {"valid_from": "01/06/2026", "sessions": "07:00-11:30,13:30-17:00"}
    response = client.post(address("officehours", "change", only.pk), form)
    assert response.context["errors"] == [["Phải có giờ làm việc từ đầu năm 2022."]]
    summer = form | {"sessions": "06:30-11:00,13:30-17:00"}
    assert client.post(address("officehours", "add"), summer).status_code == 302
    later = OfficeHours.objects.get(valid_from=date(2026, 6, 1))
    assert client.post(address("officehours", "delete", later.pk), {"post": "yes"}).status_code == 302


def test_a_new_year_is_announced_with_its_last_day(as_):
    form = {"first_year": "2022", "last_year": "2028", "announced_until": "31/12/2027"}
    assert as_("quang").post(address("calendarspan", "change", 1), form).status_code == 302
    span = CalendarSpan.objects.get()
    assert (span.last_year, span.announced_until) == (2028, date(2027, 12, 31))
    form["first_year"] = "2021"
    response = as_("quang").post(address("calendarspan", "change", 1), form)
    assert response.context["errors"] == [["Chưa có giờ làm việc từ đầu năm này."]]


def test_of_a_rule_set_only_the_switch_of_historic_subjects_changes(as_):
    rules = RuleSet.objects.get()
    form = {
        "name": "Khác",
        "show_historic_subjects": "on",
        "limits-TOTAL_FORMS": "0",
        "limits-INITIAL_FORMS": "0",
    }
    assert as_("quang").post(address("ruleset", "change", rules.pk), form).status_code == 302
    after = RuleSet.objects.get()
    assert (after.name, after.show_historic_subjects) == (rules.name, True)
    assert after.limits.count() == 10


def test_a_superuser_appoints_the_first_administrator(as_):
    User.objects.create_superuser("dau", password=PASSWORD)
    response = as_("dau").post(address("user", "add"), new_account("moi", "trungtam", "administrator"))
    assert response.status_code == 302
    assert list(Membership.objects.filter(user__username="moi").values_list("role", flat=True)) == ["administrator"]


def test_dates_are_read_day_first_and_iso(as_):
    client = as_("oanh")
    for typed in ("01/06/2026", "2026-07-01"):
        client.post(address("officehours", "add"), {"valid_from": typed, "sessions": "07:30-11:30,13:00-17:00"})
    assert list(OfficeHours.objects.values_list("valid_from", flat=True))[1:] == [date(2026, 6, 1), date(2026, 7, 1)]
