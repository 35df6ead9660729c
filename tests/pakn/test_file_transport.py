"""The broker in a folder, with real processes that write and read it at the same time."""

import json
import os
import stat
import subprocess
import sys
from queue import Empty

import pytest
from django.conf import settings
from kombu import Connection
from kombu.transport.virtual import Channel as VirtualChannel

from pakn.celery import app

PRODUCER = """
import sys
from kombu import Connection
from pakn.celery import app

folder, name, count = sys.argv[1:]
with Connection("fsatomic://", transport_options={"folder": folder}) as connection:
    queue = connection.SimpleQueue("wakeups", serializer="json")
    for number in range(int(count)):
        queue.put({"from": name, "number": number, "padding": "x" * 20_000})
"""
CONSUMER = """
import sys
from kombu import Connection
from pakn.celery import app

with Connection("fsatomic://", transport_options={"folder": sys.argv[1], "polling_interval": 0.02}) as connection:
    queue = connection.SimpleQueue("wakeups")
    while True:
        message = queue.get(timeout=30)
        message.ack()
        if message.payload["from"] == "end":
            break
        assert len(message.payload["padding"]) == 20_000
        print(message.payload["from"], message.payload["number"], flush=True)
"""


def start(script, *arguments, **streams):
    return subprocess.Popen([sys.executable, "-c", script, *map(str, arguments)], cwd=settings.BASE_DIR, **streams)


def run_all(started):
    return [process.wait(60) for process in started]


@pytest.fixture
def queue(tmp_path):
    with Connection("fsatomic://", transport_options={"folder": str(tmp_path / "queue")}) as connection:
        yield connection.SimpleQueue("wakeups", serializer="json")


def left_in(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("consumers", [1, 2])
def test_of_two_thousand_messages_of_four_producers_each_arrives_once_and_whole(tmp_path, consumers):
    folder = tmp_path / "queue"
    consuming = [start(CONSUMER, folder, stdout=subprocess.PIPE, text=True) for _ in range(consumers)]
    assert run_all([start(PRODUCER, folder, name, 500) for name in "abcd"]) == [0, 0, 0, 0]
    assert run_all([start(PRODUCER, folder, "end", 1) for _ in consuming]) == [0] * consumers
    taken = [line for consumer in consuming for line in consumer.communicate(timeout=60)[0].splitlines()]
    assert [consumer.returncode for consumer in consuming] == [0] * consumers
    assert len(taken) == 2000
    assert set(taken) == {f"{name} {number}" for name in "abcd" for number in range(500)}
    assert left_in(folder) == []


def test_messages_come_out_in_the_order_they_went_in(queue):
    for number in range(30):
        queue.put(number)
    assert queue.qsize() == 30
    assert [queue.get_nowait().payload for _ in range(30)] == list(range(30))
    with pytest.raises(Empty):
        queue.get_nowait()


def test_another_queue_s_messages_are_left_alone(queue, tmp_path):
    queue.put("ours")
    other = queue.channel.connection.client.SimpleQueue("others")
    assert (other.qsize(), queue.qsize()) == (0, 1)
    with pytest.raises(Empty):
        other.get_nowait()
    assert queue.clear() == 1
    assert left_in(tmp_path / "queue") == []


def test_a_half_written_message_is_not_seen_and_a_torn_one_is_dropped(queue, tmp_path):
    folder = tmp_path / "queue"
    (folder / "00000000000000000001-a.wakeups.part").write_text('{"body": "')
    (folder / "00000000000000000002-b.wakeups.msg").write_text("")
    (folder / "00000000000000000003-c.wakeups.msg").write_text('{"body": "')
    queue.put("whole")
    assert queue.get_nowait().payload == "whole"
    assert left_in(folder) == ["00000000000000000001-a.wakeups.part"]


def test_what_was_not_acknowledged_is_put_back_when_the_consumer_stops(tmp_path):
    options = {"folder": str(tmp_path / "queue")}
    with Connection("fsatomic://", transport_options=options) as connection:
        queue = connection.SimpleQueue("wakeups", serializer="json")
        queue.put("in hand")
        queue.get_nowait()
        assert queue.qsize() == 0
    with Connection("fsatomic://", transport_options=options) as connection:
        assert connection.SimpleQueue("wakeups").get_nowait().payload == "in hand"


def test_queue_and_messages_are_the_owner_s_alone(queue, tmp_path):
    queue.put("secret")
    message = next((tmp_path / "queue").iterdir())
    assert stat.S_IMODE(os.stat(tmp_path / "queue").st_mode) == 0o700
    assert stat.S_IMODE(message.stat().st_mode) == 0o600
    assert json.loads(message.read_text())["content-type"] == "application/json"


def test_a_backlog_is_listed_once_not_once_a_message(queue, tmp_path):
    """A month without a worker: 86,400 files, which a listing for each would make hours of."""
    for number in range(50):
        queue.put(number)
    assert isinstance(queue.channel, VirtualChannel)
    queue.get_nowait()
    listed = queue.channel.listed["wakeups"]
    queue.get_nowait()
    assert queue.channel.listed["wakeups"] is listed
    assert len(listed) == 48


def test_the_beat_table_calls_tasks_that_exist():
    app.loader.import_default_modules()
    called = {row["task"] for row in app.conf.beat_schedule.values()}
    assert called == {name for name in app.tasks if name.startswith("pakn.")}
