"""The portal's processes as they run in production, on the test's own database, broker, folder and mail server."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import redis
from django.conf import settings
from django.db import connection

ROOT = Path(settings.BASE_DIR)
WORKER = ["worker", "--concurrency", "1", "--pool", "prefork", "--without-gossip", "--without-mingle", "-l", "WARNING"]
BEAT = ["beat", "-l", "WARNING"]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def database_url():
    """The test database, as other processes reach it."""
    given = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{given['NAME']}"
    user = f"{given['USER']}:{given['PASSWORD']}@" if given["PASSWORD"] else f"{given['USER']}@"
    return f"postgres://{user}{given['HOST']}:{given['PORT'] or 5432}/{given['NAME']}"


def wait_until(holds, seconds, what):
    """Ask until it holds; the seconds it took."""
    begun = time.monotonic()
    while not holds():
        assert time.monotonic() - begun < seconds, f"after {seconds} s still not: {what}"
        time.sleep(0.2)
    return time.monotonic() - begun


class RedisServer:
    """A Redis of the test's own: stopping it hurts nobody else."""

    def __init__(self, folder):
        self.folder, self.port, self.process = folder, free_port(), None
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.client = redis.Redis(port=self.port)

    def start(self):
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", self.folder]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        wait_until(self.answers, 10, "Redis answers")

    def answers(self):
        try:
            return self.client.ping()
        except redis.ConnectionError:
            return False

    def stop(self):
        self.process.kill()
        self.process.wait()


class Stack:
    """Workers and beats, each in a process group of its own; `kill` is kill -9 of the whole group."""

    def __init__(self, folder, mail_port, broker=None):
        self.broker = broker
        self.environment = {name: value for name, value in os.environ.items() if name != "PYTEST_VERSION"} | {
            "SECRET_KEY": "only-for-this-test",
            "VAR_DIR": str(folder),
            "DATABASE_URL": database_url(),
            "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}",
            "SITE_URL": "http://127.0.0.1:8000",
            "REDIS_URL": broker.url if broker else "",
        }
        self.running = []
        self.log = Path(folder) / "processes.log"

    def start(self, what):
        command = [sys.executable, "-m", "celery", "-A", "pakn", *(WORKER if what == "worker" else BEAT)]
        if what == "worker":
            command += ["-n", f"w{len(self.running)}@test"]
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
        self.running.append(process)
        return process

    def kill(self, process):
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self.running.remove(process)

    def run(self, code):
        """A process of its own that runs this code with Django set up; its exit code."""
        script = f"import django, os; django.setup()\n{code}"
        environment = self.environment | {"DJANGO_SETTINGS_MODULE": "pakn.settings"}
        return subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=environment).returncode

    def stop(self):
        for process in list(self.running):
            self.kill(process)


@contextmanager
def stack(folder, mail_port, kind):
    """`kind`: "redis" with a server of its own, or "files"."""
    broker = RedisServer(str(folder)) if kind == "redis" else None
    if broker:
        assert shutil.which("redis-server"), "redis-server is needed"
        broker.start()
    processes = Stack(folder, mail_port, broker)
    try:
        yield processes
    finally:
        processes.stop()
        if broker:
            broker.stop()
