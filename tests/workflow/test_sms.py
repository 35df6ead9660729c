"""SMS: what goes out by each door, what a gateway refuses, and how many SMS a text takes."""

import json
import stat
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.core.exceptions import ImproperlyConfigured

from tests.cast import at
from tests.workflow.test_message_texts import all_messages, longest_names
from workflow.models import Message
from workflow.sms import NotSent, plain, segments, send
from workflow.sweep import sweep

PHONE, TEXT, KEY = "+84912345678", "Hồ sơ PA1 đã có kết quả.", "pakn-7"


class Gateway(ThreadingHTTPServer):
    """A real gateway on a real socket; `answers` are its next statuses, then 200."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Request)
        self.requests, self.answers, self.headers = [], [], {}

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_port}/sms"


class Request(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests.append((self.path, dict(self.headers), json.loads(body)))
        self.send_response(self.server.answers.pop(0) if self.server.answers else 200)
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST

    def log_message(self, *_said):
        pass


@contextmanager
def serving():
    with Gateway() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def gateway(settings):
    with serving() as server:
        settings.SMS_BACKEND, settings.SMS_TOKEN = server.address, "token-of-the-test"
        yield server


def refusal():
    with pytest.raises(NotSent) as caught:
        send(PHONE, TEXT, KEY)
    assert not any(personal in str(caught.value) for personal in (PHONE, TEXT))
    return caught.value.permanent, caught.value.everybody


def test_a_gateway_gets_number_text_and_key_with_the_token(gateway):
    send(PHONE, TEXT, KEY)
    path, headers, body = gateway.requests[0]
    assert (path, body) == ("/sms", {"to": PHONE, "text": TEXT, "key": KEY})
    assert (headers["Authorization"], headers["Content-Type"]) == ("Bearer token-of-the-test", "application/json")


def test_without_a_token_none_is_sent(gateway, settings):
    settings.SMS_TOKEN = ""
    send(PHONE, TEXT, KEY)
    assert "Authorization" not in gateway.requests[0][1]


@pytest.mark.parametrize(
    ("status", "permanent", "everybody"),
    [
        (400, True, False), (410, True, False), (422, True, False),
        (401, False, True), (403, False, True), (404, False, True), (408, False, True), (429, False, True),
        (500, False, False), (503, False, True),
    ],
)  # fmt: skip
def test_what_a_gateway_refuses_is_for_good_only_where_the_number_is_to_blame(gateway, status, permanent, everybody):
    gateway.answers = [status]
    assert refusal() == (permanent, everybody)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_no_redirect_is_followed(gateway, status):
    with serving() as elsewhere:
        gateway.answers, gateway.headers = [status], {"Location": elsewhere.address}
        assert refusal() == (False, True)
        assert (len(gateway.requests), elsewhere.requests) == (1, [])


def test_a_gateway_that_is_not_there_stops_all(settings):
    with serving() as server:
        settings.SMS_BACKEND, settings.SMS_TOKEN = server.address, ""
    assert refusal() == (False, True)


@pytest.mark.parametrize("way", ["file:///etc/passwd", "ftp://127.0.0.1/", "", "mail"])
def test_there_is_no_other_door(settings, way):
    settings.SMS_BACKEND = way
    with pytest.raises(ImproperlyConfigured):
        send(PHONE, TEXT, KEY)


def test_the_file_holds_a_line_of_json_for_each_and_is_the_owners_alone(settings, tmp_path):
    settings.SMS_BACKEND, settings.SMS_FILE = "file", tmp_path / "new" / "sms.jsonl"
    send(PHONE, TEXT, KEY)
    send(PHONE, "Dòng\nhai", "pakn-8")
    assert [json.loads(line) for line in settings.SMS_FILE.read_text().splitlines()] == [
        {"to": PHONE, "text": TEXT, "key": KEY},
        {"to": PHONE, "text": "Dòng\nhai", "key": "pakn-8"},
    ]
    assert stat.S_IMODE(settings.SMS_FILE.stat().st_mode) == 0o600


def test_lines_of_many_at_once_never_mix(settings, tmp_path):
    settings.SMS_BACKEND, settings.SMS_FILE = "file", tmp_path / "sms.jsonl"
    threads = [
        threading.Thread(target=lambda who=who: [send(PHONE, TEXT * 40, f"{who}-{n}") for n in range(50)])
        for who in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    keys = [json.loads(line)["key"] for line in settings.SMS_FILE.read_text().splitlines()]
    assert sorted(keys) == sorted(f"{who}-{n}" for who in range(8) for n in range(50))


def test_a_file_that_cannot_be_written_stops_all(settings, tmp_path):
    settings.SMS_BACKEND, settings.SMS_FILE = "file", tmp_path
    assert refusal() == (False, True)


def test_the_console_shows_it(settings, capsys):
    settings.SMS_BACKEND = "console"
    send(PHONE, TEXT, KEY)
    assert json.loads(capsys.readouterr().out) == {"to": PHONE, "text": TEXT, "key": KEY}


def test_plain_drops_the_diacritics_where_that_is_asked_for(settings):
    settings.SMS_UNACCENTED = False
    assert plain("Điện lực “Nha Trang” – hạn…") == "Điện lực “Nha Trang” – hạn…"
    settings.SMS_UNACCENTED = True
    assert plain("Điện lực “Nha Trang” – hạn…") == 'Dien luc "Nha Trang" - han...'
    assert plain("Ưu đãi, ƠN, Ữ, ỵ") == "Uu dai, ON, U, y"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1), ("a" * 160, 1), ("a" * 161, 2), ("a" * 306, 2), ("a" * 307, 3),
        ("€" * 80, 1), ("€" * 81, 2),  # an escaped letter takes two places …
        ("a" * 152 + "€" + "a" * 152, 3),  # … and is never split: 152 + 1 lost, 2 + 151, 1
        ("ạ" * 70, 1), ("ạ" * 71, 2), ("ạ" * 134, 2), ("ạ" * 135, 3),
        ("😀" * 35, 1), ("😀" * 36, 2), ("😀" * 66, 2), ("😀" * 67, 3),  # 33 whole ones in 67 places
    ],
)  # fmt: skip
def test_a_text_is_counted_in_the_letters_that_it_is_sent_in(text, count):
    assert segments(text) == count


@pytest.mark.parametrize("unaccented", [False, True])
def test_no_notice_takes_more_than_two_sms(journey, cast, settings, unaccented):
    settings.SMS_UNACCENTED = unaccented
    longest_names()
    all_messages(journey, cast, "sms", incident="lighting")
    journey("2026-03-02 08:00", incident="lighting")
    sweep(at("2026-03-09 10:00"))
    sent = Message.objects.filter(medium="sms")
    assert sent.filter(notice__startswith="desk_").exists()
    assert [(m.notice, m.body) for m in sent if segments(m.body) > 2] == []
    if unaccented:
        assert [m.body for m in sent if not m.body.isascii()] == []
