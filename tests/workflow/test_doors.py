"""Every address of staff and of the administration, walked by who has no business there: 302 to the login, or 404."""

import uuid

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver

from submissions.drafts import keep_uploads
from tests.submissions.pages import picture
from tests.workflow.desk import desk_of

SHUT = {404, 405}
"""405: an address that takes posts alone, or none, whatever case it names."""
METHODS = ("get", "post", "put", "delete")


def staff_patterns(patterns, prefix=""):
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            if route.startswith(("can-bo/", "bao-cao/", "quan-tri/")):
                yield route
        else:
            yield from staff_patterns(pattern.url_patterns, route)


@pytest.fixture
def addresses(journey, cast):
    """Each address with a real case, file, message … in it."""
    drafts, _refused = keep_uploads([picture()], "a session of the test", [])
    way = journey(drafts=drafts)
    way.does("distribute", cast.oanh, "2026-03-02 09:00", field=cast.field(), agency=cast.agency("soxd"))
    case = way.case
    known = {
        "<str:code>": case.code, "<int:clock>": str(case.clocks.first().pk), "<slug:action>": "accept",
        "<uuid:pk>": str(case.attachments.get().pk), "<int:pk>": str(case.messages.first().pk),
        "<uuid:key>": str(uuid.uuid4()),
        "<path:pk>": "1", "<path:object_id>": "1", "<id>": "1", "<int:content_type_id>": "1",
    }  # fmt: skip
    found = []
    for route in staff_patterns(get_resolver().url_patterns):
        for name, value in known.items():
            route = route.replace(name, value)
        found.append("/" + route)
    return found


def leads_to_login(location):
    return location.startswith(("/tai-khoan/dang-nhap/", "/quan-tri/login/"))


def test_the_walk_reaches_the_pages_there_are(addresses):
    assert len([address for address in addresses if address.startswith("/can-bo/")]) >= 19
    assert len([address for address in addresses if address.startswith("/quan-tri/")]) >= 50
    plain = [address for address in addresses if "<" in address or "(?P" in address or "^" in address]
    assert [address for address in plain if not address.startswith("/quan-tri/")] == []


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("who", ["anonymous", "citizen"])
def test_nobody_without_a_desk_gets_in(addresses, who, method):
    client = Client() if who == "anonymous" else desk_of("binh")
    open_doors = {}
    for address in addresses:
        if address.startswith(("/quan-tri/login", "/quan-tri/logout", "/quan-tri/jsi18n")) or "(?P" in address:
            continue
        response = getattr(client, method)(address)
        to_the_login = response.status_code == 302 and leads_to_login(response["Location"])
        if not to_the_login and response.status_code != 404:
            open_doors[address] = response.status_code
    assert open_doors == {}


def test_the_administrator_finds_no_page_of_a_case(addresses):
    desk = desk_of("quang")
    of_cases = [address for address in addresses if address.startswith("/can-bo/ho-so/")]
    assert {desk.get(address).status_code for address in of_cases} <= SHUT


def test_an_agency_finds_no_page_of_another_agencys_case(addresses):
    desk = desk_of("yen")
    of_cases = [address for address in addresses if address.startswith("/can-bo/ho-so/")]
    assert {desk.get(address).status_code for address in of_cases} <= SHUT
    assert {desk.post(address).status_code for address in of_cases} <= SHUT


def test_a_file_that_is_not_there_and_one_of_another_agency_answer_alike(addresses, cast):
    desk = desk_of("yen")
    file = next(address for address in addresses if "che-anh" in address).rstrip("/").rpartition("/")[2]
    assert [desk.get(f"/tep/{pk}/").status_code for pk in (file, uuid.uuid4())] == [404, 404]
