from datetime import date

import pytest
from django.contrib.auth.models import AnonymousUser

from agencies.backend import Backend
from agencies.models import Agency, Membership, RuleSet, User
from agencies.register import NotLoaded, current_calendar, memberships_of, rule_set_for, rule_sets_on
from tests.agencies.loading import DATA, run

TODAY = date(2026, 3, 2)

pytestmark = pytest.mark.django_db


@pytest.fixture
def rules():
    run("load_rules", *sorted((DATA / "rules").glob("*.toml")))


@pytest.fixture
def soyt():
    return Agency.objects.create(code="soyt", name="Sở Y tế", kind="department", valid_from=date(2026, 1, 1))


@pytest.fixture
def hai(soyt):
    user = User.objects.create(username="hai")
    Membership.objects.create(
        user=user, agency=soyt, role="leader", valid_from=date(2026, 2, 1), valid_to=date(2026, 2, 28)
    )
    return user


def test_without_a_loaded_calendar_the_command_that_loads_it_is_named():
    with pytest.raises(NotLoaded, match="load_calendar agencies/data/calendar.csv --write"):
        current_calendar()


@pytest.mark.parametrize(
    ("first", "last", "agency_ends"),
    [
        (date(2026, 2, 1), None, None),
        (date(2026, 3, 2), date(2026, 3, 2), None),
        (date(2026, 3, 3), None, None),
        (date(2026, 2, 1), date(2026, 3, 1), None),
        (date(2026, 2, 1), None, date(2026, 3, 1)),
        (date(2026, 2, 1), None, date(2026, 3, 2)),
        (date(2026, 2, 1), date(2026, 4, 1), date(2026, 3, 1)),
    ],
)
def test_who_is_read_with_the_session_does_what_the_database_says(soyt, first, last, agency_ends):
    user = User.objects.create(username="yen")
    Membership.objects.create(user=user, agency=soyt, role="specialist", valid_from=first, valid_to=last)
    Agency.objects.filter(pk=soyt.pk).update(valid_to=agency_ends)
    signed_in = Backend().get_user(user.pk)
    for day in (date(2026, 3, 1), TODAY, date(2026, 3, 3)):
        assert memberships_of(signed_in, day) == memberships_of(User.objects.get(pk=user.pk), day)
    assert signed_in.works_for_an_agency


def test_who_has_no_task_or_is_switched_off_is_read_as_before(hai):
    citizen = User.objects.create(username="dan")
    assert (Backend().get_user(citizen.pk), Backend().get_user(citizen.pk).works_for_an_agency) == (citizen, False)
    User.objects.filter(pk=hai.pk).update(is_active=False)
    assert Backend().get_user(hai.pk) is None
    assert Backend().get_user(0) is None


def test_without_rule_sets_the_command_that_loads_them_is_named():
    with pytest.raises(NotLoaded, match="khanh-hoa-2022 is in force on 2026-03-02: manage.py load_rules"):
        rule_set_for("web", "", TODAY)


@pytest.mark.parametrize(
    ("channel", "incident", "code"),
    [
        ("web", "", "khanh-hoa-2022"),
        ("web", "lighting", "khanh-hoa-2022-instant"),
        ("hotline", "power", "khanh-hoa-2022-instant"),
        ("national_portal", "", "national-portal-2021"),
        ("national_portal", "water", "national-portal-2021"),
        ("", "", "khanh-hoa-2022"),
    ],
)
def test_channel_first_then_incident_then_the_default_select_the_rule_set(rules, channel, incident, code):
    assert rule_set_for(channel, incident, TODAY).code == code


def test_the_latest_version_in_force_on_the_day_counts(rules):
    old = RuleSet.objects.get(code="khanh-hoa-2022")
    new = RuleSet.objects.create(
        code=old.code, name="Quy chế mới", source="–", valid_from=date(2026, 7, 1), publishes_with_approval=True
    )
    assert rule_set_for("web", "", date(2026, 6, 30)) == old
    assert rule_set_for("web", "", date(2026, 7, 1)) == new
    assert old not in rule_sets_on(date(2026, 7, 1))
    assert sorted(rules.code for rules in rule_sets_on(date(2026, 7, 1))) == [
        "home-affairs-2018",
        "khanh-hoa-2022",
        "khanh-hoa-2022-instant",
        "national-portal-2021",
    ]


@pytest.mark.parametrize(
    ("day", "count"),
    [(date(2026, 1, 31), 0), (date(2026, 2, 1), 1), (date(2026, 2, 28), 1), (date(2026, 3, 1), 0)],
)
def test_a_membership_counts_from_its_first_day_to_its_last(hai, day, count):
    assert len(memberships_of(hai, day)) == count


def test_nobody_works_in_an_agency_that_has_closed(hai, soyt):
    Agency.objects.filter(pk=soyt.pk).update(valid_to=date(2026, 2, 15))
    assert len(memberships_of(hai, date(2026, 2, 15))) == 1
    assert memberships_of(hai, date(2026, 2, 16)) == ()


def test_who_is_not_signed_in_or_is_switched_off_has_no_membership(hai):
    hai.is_active = False
    assert memberships_of(hai, date(2026, 2, 10)) == ()
    assert memberships_of(AnonymousUser(), date(2026, 2, 10)) == ()
    assert memberships_of(None, date(2026, 2, 10)) == ()
