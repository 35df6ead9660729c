"""`/bao-cao/`: who reads which report, what stands on it, and that every number leads to exactly its cases."""

import re
from html import unescape

import pytest
from django.test import Client

from agencies.register import current_calendar
from reports.models import Narrative
from tests.workflow.desk import desk_of

MARCH = {"first": "2026-03-01", "last": "2026-03-31"}


def page_of(username, status=200, **query):
    response = desk_of(username).get("/bao-cao/", MARCH | query)
    assert response.status_code == status, response.status_code
    return response.content.decode()


@pytest.fixture
def month(answered, cast, journey):
    """A case answered in time, rated and asked about; one accepted late; one returned; one refused; one lodged."""
    way = answered()
    way.does("rate", cast.sender_of(way.case), "2026-03-07 10:00", score="unsatisfied", note="Vẫn tối.")
    way.does("ask", cast.sender_of(way.case), "2026-03-09 10:00", body="Bao giờ thay nốt?")
    answered(accepted="2026-03-02 16:01")
    returned = journey("2026-03-03 08:00")
    returned.does("distribute", cast.oanh, "2026-03-03 09:00", field=cast.field(), agency=cast.agency("nhatrang"))
    returned.does("return", cast.nga, "2026-03-03 10:00", ground="not_competent", note="Không thuộc địa bàn.")
    refused = journey("2026-03-04 08:00")
    refused.does("refuse", cast.oanh, "2026-03-04 09:00", ground="spam", note="Quảng cáo.")
    journey("2026-03-30 08:00", channel="hotline")
    return way


def test_without_a_login_it_sends_to_the_login(cast):
    assert Client().get("/bao-cao/").status_code == 302


@pytest.mark.parametrize(
    ("username", "kinds"),
    [
        ("tam", ["department", "operator", "agency"]),
        ("oanh", ["operator"]),
        ("son", ["agency"]),
        ("lan", ["agency"]),
    ],
)
def test_who_reads_which_report(month, username, kinds):
    text = page_of(username)
    offered = re.search(r'<select[^>]*name="kind".*?</select>', text, re.DOTALL)[0]
    assert re.findall(r'<option value="(\w+)"', offered) == kinds


@pytest.mark.parametrize("username", ["quang", "binh"])
@pytest.mark.parametrize("address", ["/bao-cao/", "/bao-cao/ho-so/?figure=received"])
def test_others_find_no_report(month, username, address):
    assert desk_of(username).get(address).status_code == 404


def test_an_agencys_people_read_no_other_agencys_report(month):
    assert "Sở Y tế" not in page_of("son")
    assert page_of("son", status=422, kind="agency", agency="soyt")
    assert page_of("son", status=422, kind="department")
    assert page_of("lan", kind="agency", agency="moitruong")


@pytest.mark.parametrize("edge", ["first", "last"])
def test_a_period_may_begin_and_end_with_the_calendar(cast, edge):
    calendar = current_calendar()
    year = calendar.first_year if edge == "first" else calendar.last_year
    page_of("tam", first=f"{year}-01-01", last=f"{year}-12-31")


def test_five_years_are_counted_too(month):
    first = current_calendar().first_year
    assert "1/2 = 50,0 %" in page_of("tam", first=f"{first}-01-01", last=f"{first + 4}-12-31")


def test_bad_periods_are_told_beside_the_field(cast):
    text = page_of("tam", status=422, first="2026-04-01", last="2026-03-01")
    assert "Ngày cuối kỳ phải từ ngày đầu kỳ trở đi." in text
    assert "dạng ngày/tháng/năm" in page_of("tam", status=422, first="hôm qua")
    assert "nằm ngoài các năm của lịch" in page_of("tam", status=422, first="1999-01-01", last="1999-06-30")


NUMBERS = re.compile(r'<td[^>]*><a href="(/bao-cao/ho-so/\?[^"]+)">([^<]+)</a>')


@pytest.mark.parametrize(("username", "kind", "agency"), [("tam", "department", ""), ("tam", "agency", "soxd")])
def test_every_number_leads_to_exactly_its_cases(month, username, kind, agency):
    text, desk = page_of(username, kind=kind, agency=agency), desk_of(username)
    links = NUMBERS.findall(text)
    assert len(links) > 20
    for address, said in links:
        answer = desk.get(unescape(address))
        assert answer.status_code == 200, address
        count = int(re.search(r'data-count="(\d+)"', answer.content.decode())[1])
        assert count == cases_meant(address, said), (address, said)


def cases_meant(address, said):
    """Of a ratio of QĐ 766 its cases are those that cost points; of other shares, the numerator."""
    part, _slash, rest = said.partition("/")
    costs_points = any(name in address for name in ("unclassified", "handled_late", "slow_from_receipt", "not_good"))
    return int(rest.split(" ")[0]) - int(part) if costs_points else int(part)


def test_figures_on_the_page(month):
    text = page_of("tam")
    rows = dict(re.findall(r'<tr data-row="([\w:]+)">.*?<td[^>]*>(?:<a[^>]*>)?([\d.]+)', text, re.DOTALL))
    assert {name: rows[name] for name in ("received", "received:hotline", "answered", "refused:spam")} == {
        "received": "5", "received:hotline": "1", "answered": "2", "refused:spam": "1",
    }  # fmt: skip
    assert "1/2 = 50,0 %" in text


def test_who_issues_a_report_writes_its_texts(month, cast):
    desk = desk_of("tam")
    data = MARCH | {"kind": "department", "results": "Đã mở lớp.\r\nBa buổi.", "guided": "1200", "installed": "300"}
    answer = desk.post("/bao-cao/noi-dung/", data)
    assert answer.status_code == 302
    written = Narrative.objects.get()
    assert (written.results.splitlines(), written.guided, written.written_by) == (
        ["Đã mở lớp.", "Ba buổi."],
        1200,
        cast.tam.user,
    )
    overtaken = desk.post("/bao-cao/noi-dung/", data | {"guided": "1300"})
    assert overtaken.status_code == 409
    assert "Người khác vừa lưu" in overtaken.content.decode()
    version = re.search(r'name="version" value="([^"]+)"', overtaken.content.decode())[1]
    desk.post("/bao-cao/noi-dung/", data | {"guided": "1300", "version": version})
    assert Narrative.objects.get().guided == 1300
    assert "Ba buổi." in page_of("tam")


def test_bad_texts_come_back_whole(month):
    data = MARCH | {"kind": "department", "results": "Đã mở lớp.", "guided": "nhiều"}
    answer = desk_of("tam").post("/bao-cao/noi-dung/", data)
    assert answer.status_code == 422
    assert "Đã mở lớp." in answer.content.decode()
    assert not Narrative.objects.exists()


def test_others_read_the_texts_only(month):
    data = MARCH | {"kind": "operator", "results": "x"}
    assert desk_of("tam").post("/bao-cao/noi-dung/", data).status_code == 403
    assert desk_of("oanh").post("/bao-cao/noi-dung/", data).status_code == 302


@pytest.mark.parametrize(
    "query", [{"figure": "nothing"}, {"figure": "received", "by": "split"}, {"figure": "late", "by": "x"}]
)
def test_what_is_not_counted_is_not_found(cast, query):
    assert desk_of("tam").get("/bao-cao/ho-so/", MARCH | query).status_code == 404


@pytest.mark.parametrize("more", [0, 4])
def test_the_report_takes_the_same_queries_for_few_and_for_many(month, answered, django_assert_max_num_queries, more):
    for _number in range(more):
        answered(accepted="2026-03-02 16:01")
    desk = desk_of("tam")
    desk.get("/bao-cao/", MARCH)
    with django_assert_max_num_queries(97):
        desk.get("/bao-cao/", MARCH)


def test_an_agencys_person_is_told_how_many_of_the_cases_they_see(month):
    answer = desk_of("son").get("/bao-cao/ho-so/", MARCH | {"figure": "received", "kind": "agency", "agency": "soxd"})
    assert 'data-count="2"' in answer.content.decode()
