"""Several programs run as one: started together, stopped together, none left behind.

Each has a process group of its own, so that Ctrl+C reaches this process alone, which ends the others in order: SIGTERM,
GRACE seconds for what they have in hand, then SIGKILL to whatever is left of their groups.
"""

import ctypes
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

GRACE = 15
"""Seconds; a worker on the file transport needs up to 7 to stop."""
PAUSE = 0.2
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PR_SET_PDEATHSIG = 1


class Parent:
    """The process that started this one. Make it before any slow work.

    `make`, interrupted alone, neither dies nor tells its child: it waits for it inside its signal handler, where SIGINT
    is blocked. That counts as gone too.
    """

    def __init__(self):
        self.pid = os.getppid()
        self.always_blocks = _blocks_interrupts(self.pid)
        self.seen_blocking = 0

    def is_gone(self):
        if os.getppid() != self.pid:
            return True
        self.seen_blocking = self.seen_blocking + 1 if _blocks_interrupts(self.pid) else 0
        return self.seen_blocking > 1 and not self.always_blocks


def _blocks_interrupts(pid):
    try:
        blocked = re.search(r"^SigBlk:\s*([0-9a-f]+)", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    except OSError:
        return False
    return bool(int(blocked[1], 16) >> (signal.SIGINT - 1) & 1)


def run(commands, parent, grace=GRACE):
    """Run {name: command} until a signal asks to stop, the parent is gone, or one of them ends; gives the exit code."""
    asked = []
    for ending in ENDINGS:
        signal.signal(ending, lambda number, frame: asked.append(number))
    children = {}
    try:
        for name, command in commands.items():
            children[name] = _start(command)
        ended = _wait(children, asked, parent)
    finally:
        _stop(children.values(), grace)
    for name in ended:
        sys.stderr.write(f"error: {name} ended by itself (exit code {children[name].returncode}); all were stopped\n")
    return 1 if ended else 0


def _start(command):
    return subprocess.Popen(  # noqa: S603  the caller's own commands
        command, stdin=subprocess.DEVNULL, start_new_session=True, preexec_fn=_die_with_the_parent
    )


def _die_with_the_parent():
    """So that not even SIGKILL to this process leaves the others behind (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _wait(children, asked, parent):
    """The names of those that ended by themselves."""
    while not (asked or parent.is_gone()):
        ended = [name for name, child in children.items() if child.poll() is not None]
        if ended:
            return ended
        time.sleep(PAUSE)
    return []


def _stop(children, grace):
    for child in children:
        child.terminate()
    ends = time.monotonic() + grace
    for child in children:
        with suppress(subprocess.TimeoutExpired):
            child.wait(max(0, ends - time.monotonic()))
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
