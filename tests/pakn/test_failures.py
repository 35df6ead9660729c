"""A failure of our own: what the visitor reads, what the log and the tracker get, and what they never get (R48)."""

import copy
import gzip
import json
import logging
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from smtplib import SMTPRecipientsRefused
from threading import Thread

import brotli
import pytest
import sentry_sdk
from django.db import IntegrityError, OperationalError

from pakn import failures
from pakn.logs import HideCodes, Json, words_of

PHONE, NAME = "+84905123456", "Nguyễn Thị Bí Mật"
TYPED = {"phone": PHONE, "name": NAME}
UNPACKED = {None: bytes, "gzip": gzip.decompress, "br": brotli.decompress}


@pytest.fixture
def broken(settings, client, db):
    """The portal with one page that fails."""
    settings.ROOT_URLCONF = "tests.pakn.failing_urls"
    client.raise_request_exception = False
    return client


def written(error):
    """The JSON line that the log has of an error."""
    try:
        raise error
    except Exception:
        record = logging.LogRecord("x", logging.ERROR, __file__, 1, "failed", (), sys.exc_info())
    HideCodes().filter(record)
    return Json("%(levelname)s %(name)s %(message)s").format(record)


def test_the_visitor_reads_an_id_and_the_log_has_it(broken, caplog):
    response = broken.get("/hong/", TYPED)
    assert response.status_code == 500
    assert response.headers["X-Request-ID"] in response.content.decode()
    assert PHONE not in response.content.decode()


def test_where_the_page_of_the_failure_fails_too_a_plain_one_answers(broken, settings):
    templates = copy.deepcopy(settings.TEMPLATES)
    for engine in templates:
        engine["DIRS"] = []
    settings.TEMPLATES = templates
    response = broken.get("/hong/", TYPED)
    assert response.status_code == 500
    assert f"Mã sự cố: {response.headers['X-Request-ID']}" in response.content.decode()


def test_the_log_has_kind_and_place_of_an_error_and_its_words_only_where_they_are_the_programs():
    told = json.loads(written(IntegrityError(f"Key (phone)=({PHONE}) exists")))
    assert "IntegrityError" in told["exc_info"] and "test_failures.py" in told["exc_info"]
    assert PHONE not in json.dumps(told)
    assert words_of(OperationalError("connection refused")) == "connection refused"
    assert words_of(ValueError(PHONE)) == ""
    assert words_of(SMTPRecipientsRefused({"cuc@example.vn": (550, b"no")})) == ""


def test_what_an_error_came_from_is_told_without_its_words_too():
    error = RuntimeError("outer " + NAME)
    error.__cause__ = ValueError(PHONE)
    told = written(error)
    assert "RuntimeError" in told and "ValueError" in told
    assert PHONE not in told and "Bí Mật" not in told


@pytest.fixture
def tracker(settings):
    """A tracker that keeps what it is sent; gives its events."""
    events = []

    class Keeps(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            events.append(UNPACKED[self.headers["Content-Encoding"]](body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Keeps)
    Thread(target=server.serve_forever, daemon=True).start()
    settings.SENTRY_DSN = f"http://public@127.0.0.1:{server.server_port}/1"
    failures.start_reporting()
    yield events
    sentry_sdk.get_client().close()
    sentry_sdk.get_global_scope().set_client(None)
    server.shutdown()
    server.server_close()


def test_the_tracker_gets_kind_place_and_id_and_nothing_of_anybody(broken, tracker):
    response = broken.get("/hong/", TYPED, headers={"cookie": "sessionid=canary", "user-agent": "canary"})
    sentry_sdk.flush(5)
    told = b"".join(tracker).decode()
    assert "IntegrityError" in told
    assert response.headers["X-Request-ID"] in told
    for secret in (PHONE, PHONE[3:], NAME, "Bí Mật", "B\\u00ed", "canary", "sessionid", "127.0.0.1:"):
        assert secret not in told, secret


def test_without_the_setting_nothing_is_sent(broken):
    assert not sentry_sdk.get_client().is_active()
