"""`make demo` as a whole, from an empty folder: it serves, works, and leaves nobody behind; and so a second time."""

import json
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from django.conf import settings

from .running import environment, hear_interrupts, members_of, wait_for

MAKE = shutil.which("make")

pytestmark = [
    pytest.mark.proof,
    pytest.mark.skipif(sys.platform != "linux" or not MAKE, reason="needs make, looks into /proc"),
]
STARTS_WITHIN, STOPS_WITHIN = 90, 20


@pytest.fixture
def port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def answer(port, path):
    with suppress(URLError, ConnectionError), urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as response:
        return response.read()


def groups_of(make):
    """The process groups of make, of the demo, and of web, worker and beat."""
    (demo,) = _children(make.pid)
    return {make.pid, *_children(demo)}


def _children(pid):
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_the_demo_starts_twice_works_and_ends_by_a_signal_to_make_alone(tmp_path, port, number):
    for _ in range(2):
        make = subprocess.Popen(
            [MAKE, "demo", f"PORT={port}", f"PYTHON={sys.executable}"], cwd=settings.BASE_DIR,
            env=environment(tmp_path / "var"), stdout=subprocess.DEVNULL, start_new_session=True,
            preexec_fn=hear_interrupts,
        )  # fmt: skip
        ready = wait_for(lambda: answer(port, "/healthz/ready"), STARTS_WITHIN)
        assert set(json.loads(ready).values()) == {"ok"}
        assert "Cổng phản ánh" in answer(port, "/").decode()
        groups = groups_of(make)
        assert len(groups) == 4
        make.send_signal(number)
        make.wait(STOPS_WITHIN)
        wait_for(lambda: not any(members_of(group) for group in groups), STOPS_WITHIN)  # noqa: B023  waits here
