"""Readiness: each part in turn, named; and who may ask."""

import json
import os
import socket
import subprocess
import sys
import time
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.conf import settings as project
from django.utils import timezone

from pakn.health import answers, room
from workflow.models import Heartbeat

READY = "/healthz/ready"
ALL_OK = {
    "database": "ok",
    "broker": "ok",
    "storage": "ok",
    "sweep": "ok",
    "deliver": "ok",
    "backup": "ok",
    "scanner": "ok",
}
REFUSED = "127.0.0.1:1"
ASK = """
import sys, time
from django.test import Client
client = Client(headers={"Cookie": "sessionid=abc; __Host-sessionid=abc"})
begun = time.monotonic()
alive, ready = client.get("/healthz"), client.get("/healthz/ready")
sys.stdout.write(f"{alive.status_code} {ready.status_code} {time.monotonic() - begun:.1f} {ready.content.decode()}")
"""


def beats(job, ago=timedelta()):
    Heartbeat.objects.update_or_create(job=job, defaults={"at": timezone.now() - ago})


@pytest.fixture
def working(transactional_db):
    """A portal whose worker has just done its work."""
    beats("sweep")
    beats("deliver")


def asked(client):
    """(status, the parts that are not ok)."""
    response = client.get(READY)
    parts = json.loads(response.content)
    assert list(parts) == list(ALL_OK)
    return response.status_code, {name: answer for name, answer in parts.items() if answer != "ok"}


@pytest.mark.usefixtures("working")
def test_a_portal_that_works_is_ready_and_nobody_keeps_the_answer(client):
    response = client.get(READY)
    assert (response.status_code, response.json()) == (200, ALL_OK)
    assert response["Cache-Control"] == "no-store"


@pytest.mark.usefixtures("working")
def test_a_backup_that_is_missing_or_old_is_told_where_backups_are_taken(client, settings, tmp_path):
    settings.BACKUP_DIR = tmp_path
    assert asked(client) == (200, {})
    settings.BACKUP_KEY = "age1…"
    assert asked(client) == (503, {"backup": "never"})
    (tmp_path / "20260302T010000Z").mkdir()
    assert asked(client) == (503, {"backup": "last at 2026-03-02T08:00"})
    (tmp_path / f"{timezone.now():%Y%m%dT%H%M%SZ}").mkdir()
    assert asked(client) == (200, {})


@pytest.mark.django_db(transaction=True)
def test_before_the_first_minute_s_work_it_is_not_ready(client):
    assert asked(client) == (503, {"sweep": "never", "deliver": "never"})


@pytest.mark.usefixtures("working")
@pytest.mark.parametrize("job", ["sweep", "deliver"])
def test_work_done_less_than_five_minutes_ago_is_recent_and_longer_ago_is_not(client, job):
    beats(job, timedelta(minutes=4, seconds=50))
    assert asked(client) == (200, {})
    beats(job, timedelta(minutes=5, seconds=1))
    status, wrong = asked(client)
    last = timezone.localtime(Heartbeat.objects.get(job=job).at)
    assert (status, list(wrong)) == (503, [job])
    assert wrong[job].startswith(f"last at {last:%Y-%m-%dT%H:%M}")


@pytest.mark.usefixtures("working")
def test_a_heartbeat_from_the_future_proves_nothing(client):
    beats("sweep", timedelta(days=-365))
    status, wrong = asked(client)
    assert (status, list(wrong)) == (503, ["sweep"])


@pytest.mark.usefixtures("working")
def test_a_redis_that_is_not_there_is_named(client, settings):
    settings.REDIS_URL = f"redis://user:canary@{REFUSED}/0"
    assert asked(client) == (503, {"broker": "ConnectionError"})


@pytest.mark.usefixtures("working")
def test_a_queue_that_is_no_folder_is_named(client, settings, tmp_path):
    settings.REDIS_URL, settings.QUEUE_DIR = "", tmp_path / "file"
    settings.QUEUE_DIR.write_text("")
    assert asked(client) == (503, {"broker": "FileExistsError"})


@pytest.mark.usefixtures("working")
def test_attachments_that_cannot_be_stored_are_named(client, settings, tmp_path):
    (tmp_path / "file").write_text("")
    settings.MEDIA_ROOT = tmp_path / "file" / "media"
    assert asked(client) == (503, {"storage": "NotADirectoryError"})


@pytest.mark.parametrize(
    ("free", "answer"),
    [(50, "ok"), (49, "less than 5% of the volume is free"), (0, "less than 5% of the volume is free")],
)
def test_a_volume_needs_a_twentieth_of_its_room_free(free, answer):
    assert room(SimpleNamespace(total=1000, free=free)) == answer


def test_a_part_that_hangs_holds_up_nobody():
    begun = time.monotonic()
    found = answers({"slow": lambda: time.sleep(30), "quick": lambda: "ok"}, 0.2)
    assert found == {"slow": "no answer within 0.2 s", "quick": "ok"}
    assert time.monotonic() - begun < 2


@pytest.fixture
def silent():
    """A server that takes connections and never says a word, as one that is frozen."""
    with socket.create_server(("127.0.0.1", 0), backlog=20) as server:
        yield "{}:{}".format(*server.getsockname())


def a_process_of_its_own(tmp_path, **variables):
    """(status of /healthz, of /healthz/ready, seconds, parts, stderr) where the servers are what `variables` say."""
    own = {"SECRET_KEY": "k" * 50, "VAR_DIR": str(tmp_path / "var"), "ALLOWED_HOSTS": "testserver"}
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "--verbosity", "0", "--command", ASK],
        cwd=project.BASE_DIR, env=kept | own | variables, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    alive, ready, seconds, parts = done.stdout.split(" ", 3)
    return int(alive), int(ready), float(seconds), json.loads(parts), done.stderr


def test_without_its_database_a_process_is_alive_and_says_that_it_is_not_ready(tmp_path):
    alive, ready, seconds, parts, said = a_process_of_its_own(
        tmp_path, DATABASE_URL=f"postgres://pakn:canary@{REFUSED}/pakn"
    )
    assert (alive, ready) == (200, 503)
    assert parts == ALL_OK | dict.fromkeys(["database", "sweep", "deliver"], "OperationalError")
    assert seconds < 2
    assert "Traceback" not in said and "canary" not in said


def test_frozen_servers_are_named_within_a_few_seconds(tmp_path, silent):
    alive, ready, seconds, parts, said = a_process_of_its_own(
        tmp_path, DATABASE_URL=f"postgres://pakn:canary@{silent}/pakn", REDIS_URL=f"redis://{silent}/0"
    )
    assert (alive, ready, parts["storage"]) == (200, 503, "ok")
    assert "ok" not in {parts["database"], parts["broker"], parts["sweep"], parts["deliver"]}
    assert seconds < 6
    assert "Traceback" not in said and "canary" not in said


INSIDE = ["127.0.0.1", "10.1.2.3", "172.31.0.9", "192.168.1.2", "::1", "fd00::5", "fe80::1", "::ffff:127.0.0.1"]
OUTSIDE = ["8.8.8.8", "172.32.0.1", "203.0.113.9", "2001:db8::1", "::ffff:8.8.8.8", "unknown"]


@pytest.mark.usefixtures("working")
@pytest.mark.parametrize("address", INSIDE)
def test_the_own_network_is_answered(client, address):
    assert client.get(READY, REMOTE_ADDR=address).status_code == 200
    assert client.get(READY, headers={"X-Forwarded-For": address}).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("address", OUTSIDE)
@pytest.mark.parametrize("proxies", [0, 1])
def test_nobody_outside_is_answered_whatever_the_proxy_and_the_header_say(client, settings, address, proxies):
    settings.TRUSTED_PROXY_COUNT = proxies
    ways = [
        {"REMOTE_ADDR": address},
        {"REMOTE_ADDR": address, "headers": {"X-Forwarded-For": "127.0.0.1"}},
        {"headers": {"X-Forwarded-For": address}},
        {"headers": {"X-Forwarded-For": f"127.0.0.1, {address}"}},
        {"headers": {"X-Forwarded-For": f"{address}, 10.0.0.1"}},
    ]
    assert [client.get(READY, **way).status_code for way in ways] == [404] * 5


@pytest.mark.usefixtures("working")
def test_through_a_socket_file_of_the_machine_itself_it_is_answered(client):
    assert client.get(READY, REMOTE_ADDR="").status_code == 200
    assert client.get(READY, REMOTE_ADDR="", headers={"X-Forwarded-For": "8.8.8.8"}).status_code == 404
