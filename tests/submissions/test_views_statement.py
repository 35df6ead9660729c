"""The statement of a clock on the public pages: for the sender, and for whoever knows the code."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agencies.limits import parse_rate
from tests.submissions.pages import text_of
from tests.workflow.ways import accepted, ask, distribute


@pytest.fixture
def asked(journey):
    """A case with Sở Xây dựng, whose sender has asked a question."""
    way = journey()
    accepted(way)
    ask(way, "2026-03-03 09:00")
    return way


@pytest.fixture
def own(client):
    """Opens a case in this browser with code and phone."""

    def open_it(way):
        client.post("/tra-cuu/", {"q": way.case.code, "phone": "0912345678"})
        return client

    return open_it


def address(way, key):
    return reverse("clock-statement", args=[way.case.code, way.case.clocks.get(key=key).pk])


def test_who_knows_the_code_reads_how_a_stage_was_reckoned_and_nothing_of_the_case(asked):
    way = asked
    page = Client().get(address(way, "process"))
    text = text_of(page)
    pk = way.case.clocks.get(key="process").pk
    assert re.findall(r'data-statement\s+data-case="([^"]+)"\s+data-id="(\d+)"\s+data-clock="(\w+)"\s+'
                      r'data-due="([^"]+)"\s+data-outcome="(\w+)"', text) == [
        (way.case.code, str(pk), "process", "2026-03-09T17:00", "late")
    ]  # fmt: skip
    assert "ngày làm việc thứ 5; hết hạn lúc 17:00" in text
    for words in ("Đèn đường", "không sáng", "Trần Phú", "Cúc", "Nguyễn Văn Sơn", "Bao giờ xong?"):
        assert words not in text
    assert "no-store" in page.headers["Cache-Control"]
    assert Client().post(address(way, "process")).status_code == 405


def test_the_clock_of_a_question_is_the_senders_alone(asked, own):
    way = asked
    assert Client().get(address(way, "question")).status_code == 404
    assert own(way).get(address(way, "question")).status_code == 200


def test_staff_are_visitors_on_a_public_address(asked, cast):
    staff = Client()
    staff.force_login(cast.oanh.user)
    assert staff.get(address(asked, "question")).status_code == 404
    assert "Nguyễn Văn Sơn" not in text_of(staff.get(address(asked, "process")))


@pytest.mark.parametrize("level", ["confidential", "withheld"])
def test_a_hidden_case_has_a_statement_for_its_sender_alone(journey, cast, own, level):
    way = journey()
    way.does("set_secrecy", cast.oanh, "2026-03-02 08:30", level=level, note="")
    assert Client().get(address(way, "intake")).status_code == 404
    assert own(way).get(address(way, "intake")).status_code == 200


def test_a_sealed_case_has_none_not_even_for_its_sender(journey, cast, own):
    way = journey()
    mine = own(way)
    way.does("seal", cast.oanh, "2026-03-02 09:00", note="Mật")
    assert mine.get(address(way, "intake")).status_code == 404


def test_a_clock_of_another_case_and_codes_nobody_has_are_not_found(journey, client):
    way, other = journey(), journey()
    assert client.get(reverse("clock-statement", args=[way.case.code, other.case.clocks.get().pk])).status_code == 404
    for code in ("PAKN-2603-0000-00000", "khong-co"):
        assert client.get(f"/phan-anh/{code}/thoi-han/1/").status_code == 404


def test_guessing_codes_is_limited_here_too(journey, client, settings):
    settings.LIMIT_LOOKUP = parse_rate("1/d")
    way = journey(confidential=True)
    assert [client.get(address(way, "intake")).status_code for _try in range(2)] == [404, 429]


def test_each_clock_of_the_public_pages_leads_to_its_statement(asked, own):
    way = asked
    for client, number in ((Client(), 3), (own(way), 4)):
        text = text_of(client.get(f"/phan-anh/{way.case.code}/"))
        linked = re.findall(r'href="(/phan-anh/[^/]+/thoi-han/\d+/)"', text)
        shown = re.findall(r'data-id="(\d+)"', text)
        assert linked == [reverse("clock-statement", args=[way.case.code, pk]) for pk in shown]
        assert len(linked) == number
        assert [client.get(link).status_code for link in linked] == [200] * number


def cost(address):
    with CaptureQueriesContext(connection) as queries:
        assert Client().get(address).status_code == 200
    return len(queries)


def test_the_page_costs_the_same_for_one_event_and_for_many(journey, asked, cast):
    short = journey()
    distribute(short, "2026-03-02 09:00")
    for minute in range(10):
        asked.does("progress", cast.son, f"2026-03-05 09:{minute:02}", note="Đang làm")
    assert cost(address(short, "intake")) == 6
    assert cost(address(asked, "intake")) == 6
