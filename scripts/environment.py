"""Make `.venv` hold exactly a lock file's packages: `python3 scripts/environment.py LOCK [PORT]`.

Standard library only, and readable by any Python 3, since it is what finds a Python that is too old. Nothing is
installed, and no network needed, while the lock is the one that was installed last.
"""

import hashlib
import importlib.util
import os
import socket
import subprocess
import sys

VENV = ".venv"
PYTHON = os.path.join(VENV, "bin", "python")
INCLUDED = {"requirements-dev.lock": ["requirements.lock"]}


def check_python():
    if sys.version_info < (3, 11):
        sys.exit(f"error: Python 3.11 or newer is needed; {sys.executable} is {sys.version.split()[0]}")
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        sys.exit("error: this Python cannot make virtual environments; on Debian: apt install python3-venv")


def check_port(text):
    try:
        port = int(text)
        probe = socket.socket()
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))
        probe.close()
    except (ValueError, OverflowError):
        sys.exit(f"error: PORT: {text!r} is not a port number")
    except OSError as error:
        sys.exit(f"error: port {port} on 127.0.0.1: {error.strerror}; choose another one: make demo PORT=8001")


def checksum(lock):
    with open(lock, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def stamp(lock):
    return os.path.join(VENV, lock + ".sha256")


def works():
    return os.path.exists(PYTHON) and subprocess.call([PYTHON, "-c", "import pip"], stderr=subprocess.DEVNULL) == 0


def is_installed(lock):
    try:
        with open(stamp(lock)) as file:
            return file.read() == checksum(lock) and works()
    except OSError:
        return False


def run(*command):
    if subprocess.call(command) != 0:
        sys.exit(f"error: {' '.join(command[1:4])} failed; what it printed above says why")


def install(lock):
    if not works():
        print(f"Making the virtual environment {VENV} …", flush=True)
        run(sys.executable, "-m", "venv", "--clear", VENV)
    print(f"Installing the packages of {lock} …", flush=True)
    quiet = ["-qq", "--no-input", "--disable-pip-version-check", "--root-user-action=ignore"]
    run(PYTHON, "-m", "pip", "install", *quiet, "--require-hashes", "-r", lock)
    for held in [lock, *INCLUDED.get(lock, [])]:
        with open(stamp(held), "w") as file:
            file.write(checksum(held))


def main(lock, port=None):
    check_python()
    if port is not None:
        check_port(port)
    if not is_installed(lock):
        install(lock)


if __name__ == "__main__":
    main(*sys.argv[1:])
