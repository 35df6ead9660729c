"""Each request has an id and a line in the log; the line holds nothing of what was asked or typed."""

import logging

import pytest

from pakn import request_ids


@pytest.fixture
def lines(caplog):
    caplog.set_level(logging.INFO, logger="pakn.requests")
    return caplog


def test_an_id_is_given_and_told(client):
    first, second = client.get("/healthz"), client.get("/healthz")
    assert request_ids.SHAPE.fullmatch(first.headers["X-Request-ID"])
    assert first.headers["X-Request-ID"] != second.headers["X-Request-ID"]
    assert request_ids.current.get() == ""


def test_the_proxys_id_is_taken_over_only_where_proxies_are_trusted(client, settings):
    asked = {"headers": {"x-request-id": "abcdef0123456789"}}
    assert client.get("/healthz", **asked).headers["X-Request-ID"] != "abcdef0123456789"
    settings.TRUSTED_PROXY_COUNT = 1
    assert client.get("/healthz", **asked).headers["X-Request-ID"] == "abcdef0123456789"
    bad = client.get("/healthz", headers={"x-request-id": "a\tb c; d"}).headers["X-Request-ID"]
    assert request_ids.SHAPE.fullmatch(bad)


def test_a_line_names_route_and_status_and_nothing_that_was_asked(client, cast, lines):
    case = cast.files()
    client.get(f"/phan-anh/{case.code}/", {"q": "bí mật"})
    client.get("/healthz")
    (line,) = [record for record in lines.records if record.name == "pakn.requests"]
    assert (line.method, line.status) == ("GET", 200)
    assert case.code not in line.getMessage() and "bí mật" not in line.getMessage()
    assert line.route == "phan-anh/<str:code>/"
