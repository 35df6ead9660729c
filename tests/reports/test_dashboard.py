"""`/bao-cao/hien-trang/`: figures of today, and agencies that are never compared by a handful of cases."""

import re

import pytest

from reports.dashboard import FEWEST, dashboard
from tests.cast import at
from tests.workflow.desk import desk_of

NOW = at("2026-03-06 16:00")


def page_of(username, status=200, **query):
    answer = desk_of(username).get("/bao-cao/hien-trang/", query)
    assert answer.status_code == status
    return answer.content.decode()


def test_states_lateness_and_what_is_due_this_week(cast, journey):
    journey("2026-03-06 15:30")
    journey("2026-03-02 08:00")
    way = journey("2026-03-06 08:00")
    way.does("distribute", cast.oanh, "2026-03-06 09:00", field=cast.field(), agency=cast.agency("soxd"))
    way.does("accept", cast.son, "2026-03-06 10:00")
    shown = dashboard(NOW)
    assert {state: number for state, _label, number in shown.states if number} == {"LODGED": 2, "PROCESSING": 1}
    assert (shown.over_now, shown.due_this_week) == (1, 0)
    assert dashboard(at("2026-03-09 07:30")).due_this_week == 2


def test_weeks_begin_on_monday(cast, journey, answered):
    journey("2026-03-01 23:59")
    answered()
    weeks = {f"{day:%d/%m}": (came, done) for day, came, done in dashboard(NOW).weeks}
    assert len(weeks) == 12
    assert (weeks["23/02"], weeks["02/03"]) == ((1, 0), (1, 1))


@pytest.mark.parametrize(("number", "is_compared"), [(FEWEST - 1, False), (FEWEST, True)])
def test_an_agency_with_few_answers_is_not_compared(cast, answered, number, is_compared):
    for _case in range(number):
        answered()
    shown = dashboard(NOW)
    assert [line.code for line in shown.compared] == ["soxd"] * is_compared
    assert [line.code for line in shown.too_few] == ["soxd"] * (not is_compared)


def test_fields_and_places(cast, journey, answered):
    answered()
    journey("2026-03-02 08:00")
    shown = dashboard(NOW)
    assert shown.places == ["Phường Nha Trang"]
    assert shown.grid == [("Chưa có", [1]), ("Hạ tầng đô thị", [1])]


def test_a_leader_sees_the_own_agency_and_subordinates_the_department_all(cast, answered, clock_at):
    answered()
    with clock_at("2026-03-06 16:00"):
        assert "Sở Xây dựng" in page_of("lan")
        assert page_of("lan", agency="moitruong")
        page_of("lan", agency="soyt", status=404)
        page_of("lan", agency="khong-co", status=404)
        text = page_of("tam")
    assert "Toàn tỉnh" in text
    assert re.search(r'data-agency="soxd"', text)


@pytest.mark.parametrize("username", ["quang", "binh"])
def test_others_do_not_see_it(cast, username):
    page_of(username, status=404)


@pytest.mark.parametrize("more", [0, 4])
def test_it_takes_the_same_queries_for_few_and_for_many(answered, django_assert_num_queries, more):
    answered()
    for _case in range(more):
        answered()
    with django_assert_num_queries(13):
        dashboard(NOW)
