"""scripts/environment.py says in one line what it cannot work with, before it makes or installs anything."""

import os
import socket
import subprocess
import sys

import pytest
from django.conf import settings

SCRIPT = settings.BASE_DIR / "scripts" / "environment.py"


@pytest.fixture
def run(tmp_path):
    def start(*arguments, site=""):
        (tmp_path / "sitecustomize.py").write_text(site)
        environment = os.environ | {"PYTHONPATH": str(tmp_path)}
        command = [sys.executable, str(SCRIPT), "requirements.lock", *arguments]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
        assert not (tmp_path / ".venv").exists()
        return done.returncode, done.stdout, done.stderr

    return start


def test_a_busy_port(run):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        line = f"error: port {port} on 127.0.0.1: Address already in use; choose another one: make demo PORT=8001\n"
        assert run(str(port)) == (1, "", line)


@pytest.mark.parametrize("text", ["", "eighty", "99999", "-1"])
def test_a_port_that_is_none(run, text):
    assert run(text) == (1, "", f"error: PORT: {text!r} is not a port number\n")


def test_a_python_without_venv(run):
    line = "error: this Python cannot make virtual environments; on Debian: apt install python3-venv\n"
    assert run(site="import sys; sys.modules['ensurepip'] = None") == (1, "", line)


def test_a_python_that_is_too_old(run):
    code, out, err = run(site="import sys; sys.version_info = (3, 10, 9, 'final', 0); sys.version = '3.10.9 (main)'")
    assert (code, out, err) == (1, "", f"error: Python 3.11 or newer is needed; {sys.executable} is 3.10.9\n")
