"""The register of promises: each in the list that it belongs to now, and only those of published answers."""

import pytest

from tests.cast import at
from tests.submissions.pages import text_of
from workflow.models import Promise
from workflow.promises import counts, promises

ADDRESS = "/cam-ket/"


@pytest.fixture
def promised(journey, cast):
    """soxd promises on 6 March to be done by Friday, 20 March."""

    def promise(**changes):
        way = journey(**changes)
        way.does("distribute", cast.oanh, "2026-03-02 10:00", field=cast.field(), agency=cast.agency("soxd"))
        way.does("accept", cast.son, "2026-03-02 15:00")
        way.does(
            "submit", cast.son, "2026-03-05 15:00", outcome="commitment", body="Sẽ thay cả tuyến.",
            commitment_date=at("2026-03-20 00:00").date(),
        )  # fmt: skip
        way.does("approve", cast.lan, "2026-03-06 09:00")
        return way

    return promise


def fulfils(way, cast, confirmed):
    way.does("fulfil", cast.son, "2026-03-19 09:00", note="Đã thay xong.")
    way.does("fulfil", cast.lan, confirmed, decision="confirm", note="")


def listed(moment):
    return {
        state: [row.title for row in promises(state, at(moment)).rows] for state in ("open", "broken", "kept", "late")
    }


def test_a_promise_is_open_until_the_close_of_its_day_and_broken_after(promised):
    promised(title="Hứa")
    assert listed("2026-03-20 17:00") == {"open": ["Hứa"], "broken": [], "kept": [], "late": []}
    assert listed("2026-03-20 17:01") == {"open": [], "broken": ["Hứa"], "kept": [], "late": []}


@pytest.mark.parametrize(("confirmed", "state"), [("2026-03-20 17:00", "kept"), ("2026-03-20 17:01", "late")])
def test_it_is_kept_by_the_confirmation_in_time_and_late_after(promised, cast, confirmed, state):
    way = promised(title="Hứa")
    fulfils(way, cast, confirmed)
    found = listed("2026-04-01 08:00")
    assert found == {"open": [], "broken": [], "kept": [], "late": []} | {state: ["Hứa"]}


def test_handed_in_but_not_confirmed_it_is_still_owed(promised, cast):
    promised(title="Hứa").does("fulfil", cast.son, "2026-03-19 09:00", note="Đã thay xong.")
    assert listed("2026-03-19 10:00")["open"] == ["Hứa"]


def test_only_promises_of_published_answers_are_listed(promised, cast):
    promised(title="Kín", confidential=True)
    withheld = promised(title="Gỡ")
    withheld.does("set_secrecy", cast.oanh, "2026-03-09 09:00", level="withheld")
    again = promised(title="Xem lại")
    again.does("reopen", cast.lan, "2026-03-09 09:00", note="Kiểm tra lại.")
    assert Promise.objects.count() == 3
    assert counts(at("2026-03-10 08:00")) == {"open": 0, "broken": 0, "kept": 0, "late": 0}


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_shows_them_with_counts_and_costs_the_same_for_many(
    client, promised, number, django_assert_num_queries
):
    for _ in range(number):
        promised(title="Thay đèn")
    with django_assert_num_queries(2):
        page = text_of(client.get(f"{ADDRESS}?muc=broken"))
    assert page.count('data-promise="broken"') == number
    assert "Sở Xây dựng" in page and "Hẹn chậm nhất 20/03/2026" in page and "Cúc" not in page
    assert "Không có cam kết nào ở mục này." in text_of(client.get(ADDRESS))
    assert client.get(f"{ADDRESS}?muc=rac&page=rac").status_code == 200
