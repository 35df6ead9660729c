"""Anything sent to any address by anybody: never an error of our own (R10, R28).

A short while in the suite; ten minutes as a proof (FUZZ_SECONDS).
"""

import os
import re
import sys
import time
import uuid

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agencies.models import User
from submissions.drafts import keep_uploads
from tests.submissions.pages import picture

PAYLOADS = (
    "", "0", "-1", "1", "999999999999999999999999", "1e309", "NaN", "true", "PASSED", "\x00", "a\x00b",
    "😀" * 50, "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7*7 }}", "%s%n%d", "' OR 1=1 --",
    "../../etc/passwd", "=cmd|' /C calc'!A0", "2026-02-30", "2026-03-02T25:61", "9999-12-31", "0001-01-01",
    "0912 345 678", "+84912345678", "PAKN-2603-ABCD-EFGHJ", "soxd", "22366", "56", "ha-tang-do-thi", "distribute",
    "ANSWERED", "admin", "x" * 5000, "đ" * 300, "WyIyMDI2LTAzLTAyIiwgMSwgZmFsc2Vd", "__all__", "sender__phone", "[]",
    "{}", "a@b.vn", "é\u0323", "\u202e", " ", "\r\nX: y",
)  # fmt: skip
SNEAKED = {
    "state": "ANSWERED", "agency": "soyt", "is_staff": "on", "is_superuser": "on", "level": "normal", "account": "1",
    "due_at": "2099-01-01", "published_at": "2026-01-01", "answer": "1", "version": "0", "page": "x", "stage": "x",
}  # fmt: skip
COMMON = ("q", "code", "phone", "title", "content", "body", "note", "field", "kind", "case", "first", "last", "date")
NAMES = re.compile(r'\bname="([\w.\[\]-]+)"')
METHODS = ("get", "get", "get", "post", "post", "post", "head", "put", "delete", "options")
SECONDS = int(os.environ.get("FUZZ_SECONDS", "600"))
NOT_WALKED = ("healthz/ready", "^static", "^media")
"""The first says 503 where no worker runs."""


def routes(patterns=None, prefix=""):
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(pattern.pattern)
        if not isinstance(pattern, URLPattern):
            yield from routes(pattern.url_patterns, route)
        elif not route.startswith(NOT_WALKED):
            yield route


@pytest.fixture
def addresses(journey, cast):
    """Each address with a case, a file, a message … in it; what has none gets a likely key."""
    drafts, _refused = keep_uploads([picture()], "a session of the test", [])
    way = journey(drafts=drafts)
    way.does("distribute", cast.oanh, "2026-03-02 09:00", field=cast.field(), agency=cast.agency("soxd"))
    way.does("accept", cast.son, "2026-03-02 09:10")
    way.does("submit", cast.son, "2026-03-02 09:20", outcome="done", body="Đã thay.")
    way.does("approve", cast.lan, "2026-03-02 09:30")
    case = way.fresh()
    known = {
        "<str:code>": case.code, "<int:clock>": str(case.clocks.first().pk), "<slug:action>": "progress",
        "<uuid:pk>": str(case.attachments.first().pk), "<int:pk>": str(case.messages.first().pk),
        "<uuid:key>": str(uuid.uuid4()), "<str:token>": "x", "<str:key>": "x", "<slug:slug>": "x", "<slug:key>": "x",
        "<path:pk>": "1", "<path:object_id>": "1", "<id>": "1", "<int:content_type_id>": "1", "<str:section>": "pages",
        "<uidb64>": "MQ", "<slug:table>": "x",
    }  # fmt: skip
    found = set()
    for route in routes():
        for name, value in known.items():
            route = route.replace(name, value)
        found.add("/" + re.sub(r"<[^>]*>|\(\?P[^)]*\)", "1", route).strip("^$"))
    return sorted(found)


@pytest.fixture
def people(cast):
    """A browser for everybody who comes here, and one for nobody."""
    User.objects.create_superuser("goc", password="mot cau rat dai 2026")
    browsers = {"nobody": Client()}
    for name in ("binh", "oanh", "son", "lan", "tam", "quang", "goc"):
        browsers[name] = Client()
        browsers[name].force_login(User.objects.get(username=name))
    return browsers


def put_away(response):
    """Close the file of a download; closing the response would close the test's own connection."""
    for close in response._resource_closers:
        close()


class Asks:
    """One request after another, each taken back; `names` are those of fields to send."""

    def __init__(self, addresses, people, names):
        self.addresses, self.people, self.names, self.asked = addresses, people, sorted({*SNEAKED, *names}), 0

    def __call__(self, data):
        browser = self.people[data.draw(st.sampled_from(sorted(self.people)))]
        address = data.draw(st.sampled_from(self.addresses))
        method = data.draw(st.sampled_from(METHODS))
        names = st.sampled_from(self.names) | st.sampled_from(sorted(SNEAKED))
        values = st.sampled_from(PAYLOADS) | st.text(max_size=60)
        sent = data.draw(st.dictionaries(names, values | st.lists(values, max_size=3), max_size=8))
        with transaction.atomic():
            if method == "post":
                kept = self._kept(browser, address) if data.draw(st.booleans()) else {}
                response = browser.post(address, kept | sent)
            elif method in ("get", "head"):
                response = getattr(browser, method)(address, sent)
            else:
                response = getattr(browser, method)(address)
            assert response.status_code < 500, (method, address, sent)
            put_away(response)
            transaction.set_rollback(True)
        self.asked += 1

    def _kept(self, browser, address):
        """What a browser would send of the page's forms untouched, roughly."""
        page = browser.get(address)
        put_away(page)
        if page.streaming or page.status_code != 200:
            return {}
        html = page.content.decode(errors="replace")
        return dict(re.findall(r'<input[^>]*\bname="([^"]+)"[^>]*\bvalue="([^"]*)"', html))


def fields_of(addresses, people):
    """The names of fields on all pages, as some see them."""
    found = set()
    for name in ("nobody", "oanh", "son", "goc"):
        for address in addresses:
            page = people[name].get(address)
            put_away(page)
            if not page.streaming:
                found |= set(NAMES.findall(page.content.decode(errors="replace")))
    return found


def tried(asks, examples):
    @settings(
        max_examples=examples, deadline=None, database=None,
        suppress_health_check=[*HealthCheck],
    )  # fmt: skip
    @given(st.data())
    def anything(data):
        asks(data)

    anything()


def test_whatever_is_sent_to_whatever_address(addresses, people):
    asks = Asks(addresses, people, COMMON)
    assert len(addresses) > 150
    tried(asks, 200)


@pytest.mark.proof
def test_ten_minutes_of_anything(addresses, people, capsys):
    asks = Asks(addresses, people, fields_of(addresses, people))
    ends = time.monotonic() + SECONDS
    while time.monotonic() < ends:
        tried(asks, 400)
    with capsys.disabled():
        sys.stdout.write(f"\n{asks.asked} requests to {len(addresses)} addresses, {len(asks.names)} names of fields\n")
