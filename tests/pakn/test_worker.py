"""Worker and beat as `make demo` starts them, on a database and a folder of their own."""

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from celery.schedules import crontab
from django.conf import settings

from pakn.celery import EveryMinute, app
from pakn.demo import commands

from .running import environment, members_of, wait_for

FILL = """
from django.core.management import call_command
from tests.cast import load_reference_data, people_the_province
call_command("migrate", verbosity=0)
load_reference_data()
people_the_province()
"""
REDIS = shutil.which("redis-server")
DOWN_FOR_A_WHILE = 20
"""Seconds without Redis; the worker's next try to reach it is then at most as far away."""


class Portal:
    """An installation under a folder, with the processes that a test has started in it."""

    def __init__(self, var):
        self.var, self.running = var, []

    def environment(self, **variables):
        return environment(self.var, SECRET_KEY="k" * 50, **variables)

    def fill(self):
        command = [sys.executable, "manage.py", "shell", "--verbosity", "0", "--command", FILL]
        subprocess.run(command, cwd=settings.BASE_DIR, env=self.environment(), check=True)

    def starts(self, name, **variables):
        log = open(self.var / f"{name}.log", "a")
        process = subprocess.Popen(
            commands(0)[name], cwd=settings.BASE_DIR, env=self.environment(**variables),
            stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
        log.close()
        self.running.append(process)
        return process

    def log(self, name):
        return (self.var / f"{name}.log").read_text()

    def heartbeats(self):
        with closing(sqlite3.connect(self.var / "pakn.sqlite3")) as database:
            rows = database.execute("SELECT job, at FROM workflow_heartbeat").fetchall()
        return {job: datetime.fromisoformat(at).replace(tzinfo=UTC) for job, at in rows}

    def beats_since(self, begun, seconds=20):
        """Waits until all three jobs have been done after `begun`."""
        return wait_for(
            lambda: {job for job, at in self.heartbeats().items() if at > begun} >= {"sweep", "deliver", "housekeep"},
            seconds,
        )

    def stops(self, process):
        process.terminate()
        assert process.wait(15) == 0
        assert members_of(process.pid) == []

    def clear(self):
        for process in self.running:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    portal = Portal(tmp_path_factory.mktemp("installation"))
    portal.fill()
    return portal


@pytest.fixture
def portal(filled):
    with closing(sqlite3.connect(filled.var / "pakn.sqlite3", isolation_level=None)) as database:
        database.execute("DELETE FROM workflow_heartbeat")
    for log in filled.var.glob("*.log"):
        log.unlink()
    yield filled
    filled.clear()


@pytest.mark.parametrize(
    "variables",
    [
        pytest.param({}, id="folder"),
        pytest.param(
            {"REDIS_URL": settings.REDIS_URL},
            id="redis",
            marks=pytest.mark.skipif(not settings.REDIS_URL, reason="give REDIS_URL"),
        ),
    ],
)
def test_beat_s_first_round_arrives_at_once_and_both_stop_cleanly(portal, variables):
    begun = datetime.now(UTC)
    worker, beat = portal.starts("worker", **variables), portal.starts("beat", **variables)
    assert portal.beats_since(begun)
    beat.terminate()
    portal.stops(worker)
    portal.stops(beat)
    assert [line for line in portal.log("worker").splitlines() if line] == ["worker: Warm shutdown (MainProcess)"]
    assert portal.log("beat") == ""


def test_queue_and_its_folder_are_made_where_the_settings_say_and_belong_to_the_owner(portal):
    portal.starts("beat")
    queue = portal.var / "queue"
    wait_for(lambda: queue.exists() and len(list(queue.glob("*.pakn.msg"))) == 5)
    assert queue.stat().st_mode & 0o777 == 0o700
    shutil.rmtree(queue)


ASK = """
from datetime import date
from django.utils import timezone
from agencies.models import User
from reports.jobs import ask
from reports.models import Kind
from reports.periods import Period
from reports.report import Report
from reports.scope import scope_of
now = timezone.now()
report = Report(Kind.DEPARTMENT, scope_of(Period(date(2026, 3, 1), date(2026, 3, 31)), now), now)
print(ask(report, "csv", User.objects.get(username="tam"), now).path)
"""


def test_a_report_that_is_asked_for_is_written_at_once(portal):
    """By the call alone: no beat runs."""
    portal.starts("worker")
    command = [sys.executable, "manage.py", "shell", "--verbosity", "0", "--command", ASK]
    asked = subprocess.run(
        command, cwd=settings.BASE_DIR, env=portal.environment(), check=True, capture_output=True, text=True
    )
    file = portal.var / "media" / asked.stdout.strip()
    assert wait_for(lambda: file.exists() and file.read_text().startswith("table,row,figure"))


@pytest.mark.proof
def test_every_minute_a_round(portal):
    portal.starts("worker")
    portal.starts("beat")
    assert portal.beats_since(datetime.now(UTC))
    first = portal.heartbeats()
    wait_for(lambda: portal.heartbeats()["sweep"] > first["sweep"], 70)
    wait_for(lambda: portal.heartbeats()["deliver"] > first["deliver"], 5)
    assert timedelta(seconds=58) < portal.heartbeats()["sweep"] - first["sweep"] < timedelta(seconds=63)
    assert portal.heartbeats()["housekeep"] == first["housekeep"]


@pytest.mark.proof
def test_after_kill_9_of_the_worker_a_new_one_goes_on(portal):
    worker = portal.starts("worker")
    portal.starts("beat")
    assert portal.beats_since(datetime.now(UTC))
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()
    killed = datetime.now(UTC)
    portal.starts("worker")
    wait_for(lambda: portal.heartbeats()["sweep"] > killed, 75)


@pytest.fixture
def redis(tmp_path):
    """`redis()` starts a Redis of the test's own, on the same address each time."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    started = []

    def start():
        options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)]
        started.append(subprocess.Popen([REDIS, *options], stdout=subprocess.DEVNULL))
        return started[-1]

    start.url = f"redis://127.0.0.1:{port}/0"
    yield start
    for server in started:
        server.kill()
        server.wait()


@pytest.mark.proof
@pytest.mark.skipif(not REDIS, reason="needs redis-server (Debian: apt install redis-server)")
def test_worker_and_beat_survive_an_outage_of_redis_that_loses_all_it_held(portal, redis):
    server = redis()
    processes = [portal.starts(name, REDIS_URL=redis.url) for name in ("worker", "beat")]
    assert portal.beats_since(datetime.now(UTC))
    server.kill()
    server.wait()
    with pytest.raises(subprocess.TimeoutExpired):
        processes[0].wait(DOWN_FOR_A_WHILE)
    redis()
    back = datetime.now(UTC)
    wait_for(lambda: portal.heartbeats()["sweep"] > back, 90)
    assert [process.poll() for process in processes] == [None, None]


def test_a_clock_set_back_does_not_silence_beat():
    schedule = EveryMinute(app=app)
    now = schedule.now()
    assert schedule.is_due(now + timedelta(hours=1)) == (True, 60)
    assert schedule.is_due(now - timedelta(seconds=60)).is_due
    assert not schedule.is_due(now - timedelta(seconds=30)).is_due


def test_the_nightly_work_is_at_half_past_two_in_the_morning_of_the_office():
    schedule = app.conf.beat_schedule["housekeeping"]["schedule"]
    assert schedule == crontab(hour=2, minute=30)
    evening = datetime(2026, 3, 1, 20, 0, tzinfo=UTC).astimezone(app.timezone)
    assert f"{evening:%H:%M}" == "03:00"
    _last, delta, _now = schedule.remaining_delta(evening)
    assert f"{evening + delta:%d/%m %H:%M %z}" == "03/03 02:30 +0700"


def test_what_waited_longer_than_its_successor_needs_is_dropped():
    assert {name: row["options"] for name, row in app.conf.beat_schedule.items()} == {
        "reports": {"expires": 55},
        "scan": {"expires": 55},
        "sweep": {"expires": 55},
        "deliver": {"expires": 55},
        "housekeeping": {"expires": 3600},
    }


def test_only_json_is_spoken_no_result_is_kept_and_nothing_runs_for_ever():
    app.loader.import_default_modules()
    tasks = {name: task for name, task in app.tasks.items() if name.startswith("pakn.")}
    assert list(app.conf.accept_content) == ["json"]
    assert app.conf.result_backend is None
    assert {name: (task.ignore_result, task.acks_late) for name, task in tasks.items()} == {
        "pakn.scan": (True, False),
        "pakn.sweep": (True, False),
        "pakn.write_reports": (True, False),
        "pakn.deliver": (True, False),
        "pakn.housekeeping": (True, False),
    }
    assert (app.conf.task_soft_time_limit, app.conf.task_time_limit) == (600, 660)
    assert (tasks["pakn.housekeeping"].soft_time_limit, tasks["pakn.housekeeping"].time_limit) == (1800, 1860)
