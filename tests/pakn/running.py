"""What the tests of real processes need: their environment, waiting for something, who is left of a process group."""

import os
import signal
import time
from contextlib import contextmanager
from pathlib import Path

import psycopg2
from django.db import connection

from tests.faults.stack import database_url

NOT_OURS = {"PYTEST_VERSION", "SECRET_KEY", "DEMO", "DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE"}


def environment(var, **variables):
    """For a process that keeps its state in the folder `var`, with none of the test session's own settings."""
    inherited = {name: value for name, value in os.environ.items() if name not in NOT_OURS}
    return inherited | {"VAR_DIR": str(var)} | variables


@contextmanager
def another_database(suffix):
    """The address of an empty PostgreSQL database beside the test's own, dropped afterwards."""
    name, server = f"{connection.settings_dict['NAME']}_{suffix}", database_url().rpartition("/")[0]

    def admin(statement):
        other = psycopg2.connect(f"{server}/postgres")
        other.autocommit = True
        other.cursor().execute(statement)
        other.close()

    admin(f'DROP DATABASE IF EXISTS "{name}"')
    admin(f'CREATE DATABASE "{name}"')
    yield f"{server}/{name}"
    admin(f'DROP DATABASE "{name}"')


def hear_interrupts():
    """For `preexec_fn`: a suite that runs in the background of a shell hands down a SIGINT that is ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def wait_for(seen, seconds=20):
    """What `seen()` gives as soon as it is true; fails after `seconds`."""
    ends = time.monotonic() + seconds
    while not (found := seen()):
        assert time.monotonic() < ends, f"waited {seconds} s in vain"
        time.sleep(0.05)
    return found


def members_of(group):
    """The processes of a group that still run (Linux)."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _parent, of_group = stat.read_text().rpartition(")")[2].split()[:3]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(of_group) == group and state != "Z":
            found.append(int(stat.parent.name))
    return found
