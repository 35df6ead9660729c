"""Programs that run as one, with real processes: whatever ends them, none is left behind."""

import os
import shutil
import signal
import subprocess
import sys

import pytest
from django.conf import settings

from .running import hear_interrupts, members_of, wait_for

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")

MAKE = shutil.which("make")
RUNNER = """
import sys
from pakn import processes
names = dict(argument.split("=", 1) for argument in sys.argv[2:])
commands = {name: ["sh", "-c", script] for name, script in names.items()}
sys.exit(processes.run(commands, processes.Parent(), grace=float(sys.argv[1])))
"""
CHILD_WITH_A_CHILD = "echo $$ >> {pids}; sleep 300 & wait"
CHILD_ALONE = "echo $$ >> {pids}; exec sleep 300"
STUBBORN = 'trap "" TERM; echo $$ >> {pids}; while :; do sleep 0.05; done'
ENDS_BY_ITSELF = "echo $$ >> {pids}; sleep 0.3; exit 7"
MAKEFILE = "run:\n\t@exec {command}\n"


@pytest.fixture
def pids(tmp_path):
    return tmp_path / "pids"


def command(pids, grace=10, **scripts):
    named = [f"{name}={script.format(pids=pids)}" for name, script in scripts.items()]
    return [sys.executable, "-c", RUNNER, str(grace), *named]


def start(command, **options):
    return subprocess.Popen(command, cwd=settings.BASE_DIR, stderr=subprocess.PIPE, text=True, **options)


def started(pids, count):
    """The groups of the children, once all of them are there."""
    lines = wait_for(lambda: pids.exists() and len(found := pids.read_text().split()) == count and found)
    return [int(line) for line in lines]


def nobody_is_left(groups):
    return wait_for(lambda: all(members_of(group) == [] for group in groups), 10)


def ended(runner):
    """(exit code, what it said) of a runner that has ended or soon will."""
    _, said = runner.communicate(timeout=20)
    return runner.returncode, said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_all_of_them_and_what_they_started_themselves(pids, number):
    runner = start(command(pids, web=CHILD_WITH_A_CHILD, worker=CHILD_ALONE))
    groups = started(pids, 2)
    wait_for(lambda: len(members_of(groups[0]) + members_of(groups[1])) == 3)
    runner.send_signal(number)
    assert ended(runner) == (0, "")
    assert nobody_is_left(groups)


def test_each_is_a_group_of_its_own_so_that_ctrl_c_reaches_the_runner_alone(pids):
    runner = start(command(pids, web=CHILD_ALONE, worker=CHILD_ALONE), start_new_session=True)
    groups = started(pids, 2)
    assert members_of(runner.pid) == [runner.pid]
    os.killpg(runner.pid, signal.SIGINT)
    assert ended(runner) == (0, "")
    assert nobody_is_left(groups)


def test_who_does_not_heed_sigterm_is_killed_after_the_grace(pids):
    runner = start(command(pids, grace=0.5, web=STUBBORN, worker=CHILD_ALONE))
    groups = started(pids, 2)
    runner.terminate()
    assert ended(runner) == (0, "")
    assert nobody_is_left(groups)


def test_when_one_ends_by_itself_all_are_stopped_and_the_exit_code_and_one_line_say_so(pids):
    runner = start(command(pids, web=CHILD_WITH_A_CHILD, worker=ENDS_BY_ITSELF))
    groups = started(pids, 2)
    assert ended(runner) == (1, "error: worker ended by itself (exit code 7); all were stopped\n")
    assert nobody_is_left(groups)


def test_when_the_parent_is_killed_all_are_stopped(pids):
    waiting = "import subprocess, sys; subprocess.run(sys.argv[1:])"
    parent = start([sys.executable, "-c", waiting, *command(pids, web=CHILD_WITH_A_CHILD)], start_new_session=True)
    groups = started(pids, 1)
    parent.kill()
    assert ended(parent) == (-signal.SIGKILL, "")
    assert nobody_is_left([*groups, parent.pid])


@pytest.mark.skipif(not MAKE, reason="needs make")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_when_make_alone_gets_the_signal_all_are_stopped(pids, tmp_path, number):
    """On SIGINT `make` tells its child nothing and waits for it: that hung the demo once."""
    script = tmp_path / "runner.sh"
    quoted = " ".join(f"'{part}'" for part in command(pids, web=CHILD_WITH_A_CHILD))
    script.write_text(f"exec {quoted}\n")
    (tmp_path / "Makefile").write_text(MAKEFILE.format(command=f"sh {script}"))
    make = start([MAKE, "-f", tmp_path / "Makefile", "run"], start_new_session=True, preexec_fn=hear_interrupts)
    groups = started(pids, 1)
    os.kill(make.pid, number)
    make.communicate(timeout=20)
    assert nobody_is_left([*groups, make.pid])


def test_when_the_runner_itself_is_killed_the_others_end_too(pids):
    runner = start(command(pids, web=CHILD_ALONE, worker=CHILD_ALONE))
    groups = started(pids, 2)
    runner.kill()
    assert ended(runner) == (-signal.SIGKILL, "")
    assert nobody_is_left(groups)
