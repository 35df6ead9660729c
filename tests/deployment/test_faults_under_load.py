"""Thirty faults drawn by a seed, under load, on a machine that looks after itself as systemd would (`make proof`).

After each the portal must be itself again within two minutes without a hand; in the end everything accepted is stored,
each notice went out once, nothing hidden was seen in public, and the audit is whole.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager

import pytest
import requests

from tests.faults.stack import wait_until
from tests.smtp_sink import smtp_sink

from .load import MIX, Load, accepted, acquainted, quiet, stored
from .machine import machine

pytestmark = pytest.mark.proof

SEED, FAULTS = int(os.environ.get("FAULT_SEED", "7")), int(os.environ.get("FAULTS", "30"))
RATE, PAUSE, RECOVERY = 10, 4, 120
CANARY = "kênh Nhật Lệ mã hoàng yến 48151623"
DEMO = {"DEMO": "on", "CAPTCHA_TEST_MODE": "on", "STAFF_MFA": "optional", "SECRET_KEY": "only-for-the-fault-test"}
PUBLIC = """
from submissions.models import Case
from submissions.text import fold
case = Case.objects.public().filter(attachments=None, public_title="").order_by("pk").first()
case.title = "{canary}"
case.search_text = "\\n".join([fold(case.code), fold(case.title), "", ""])
case.save()
print(case.code)
"""
HIDE = """
from submissions.models import Case
from submissions.viewers import viewer_for
from agencies.models import User
from workflow.engine import perform
case = Case.objects.get(code="{code}")
perform(case.pk, "set_secrecy", viewer_for(User.objects.get(username="vanhanh")), {{"level": "withheld", "note": "x"}})
"""


@pytest.fixture(scope="module")
def sink():
    with smtp_sink() as sink:
        yield sink


@pytest.fixture(scope="module")
def watched(sink):
    with machine(sink.port, host="127.0.0.1", **DEMO) as made:
        made.watch_over_itself()
        yield made


def kill(name):
    def fault(machine, sink):
        machine.processes[name].kill()

    return fault


def kill_all(machine, sink):
    for process in list(machine.processes.values()):
        if process.name != "nginx" and process.is_alive():
            process.kill()


def pause_worker(machine, sink):
    process = machine.processes["worker1"]
    process.tell(signal.SIGSTOP)
    time.sleep(20)
    process.tell(signal.SIGCONT)


def flush_redis(machine, sink):
    machine.redis.client.flushall()


def stop_redis(machine, sink):
    machine.redis.stop()
    time.sleep(20)
    machine.redis.start()


def stop_postgres(machine, sink):
    machine.postgres.stop()
    time.sleep(30)
    machine.postgres.start()


def refuse_mail(machine, sink):
    sink.answers["connect"] = "421 not now"
    time.sleep(25)
    sink.answers.clear()


@contextmanager
def small_disk(folder, size="30m"):
    subprocess.run(["/bin/mount", "-t", "tmpfs", "-o", f"size={size},mode=0700", "tmpfs", folder], check=True)
    try:
        yield
    finally:
        subprocess.run(["/bin/umount", "--lazy", folder], check=True)


def fill_disk(machine, sink):
    """`var/` beside the attachments that are there: a small volume over the drafts' first folders, full to the brim."""
    media = machine.var / "media"
    media.mkdir(exist_ok=True)
    with small_disk(media):
        (media / "full").write_bytes(bytes(29 * 1024 * 1024))
        time.sleep(20)


ALL = {
    "kill -9 of a web process": kill("web1"),
    "kill -9 of the other web process": kill("web2"),
    "kill -9 of a worker": kill("worker1"),
    "kill -9 of the other worker": kill("worker2"),
    "kill -9 of beat": kill("beat"),
    "kill -9 of nginx": kill("nginx"),
    "kill -9 of web, workers and beat at once": kill_all,
    "a worker paused for 20 s": pause_worker,
    "Redis flushed": flush_redis,
    "Redis gone for 20 s": stop_redis,
    "PostgreSQL gone for 30 s": stop_postgres,
    "mail server refusing for 25 s": refuse_mail,
    "the attachments' volume full for 20 s": fill_disk,
}


def drawn():
    """Every fault at least twice, in an order and with a rest that the seed draws."""
    lots = random.Random(SEED)
    names = [*ALL, *ALL]
    names += [lots.choice(list(ALL)) for _ in range(FAULTS - len(names))]
    lots.shuffle(names)
    return names[:FAULTS]


def serves_again(machine):
    try:
        return machine.ask("GET", "/", timeout=5).status_code == 200 and machine.is_ready()
    except requests.RequestException:
        return False


def shown(machine, code):
    """Where anybody reads the canary: its page, lists, feed, search, what is like it."""
    addresses = (
        f"/phan-anh/{code}/", f"/tra-cuu/?q={code}", "/", "/phan-anh/", "/phan-anh/rss/", "/cam-ket/", "/thong-ke/",
        f"/phan-anh/?q={CANARY}", f"/phan-anh/?q={code}", f"/gui-phan-anh/tuong-tu/?title={CANARY}",
    )  # fmt: skip
    return [address for address in addresses if f">{CANARY}" in machine.ask("GET", address).text]


def letters_twice(sink):
    return sum(count - 1 for count in Counter(mail["Message-ID"] for mail in sink.mails).values())


def untold(machine, codes):
    """Accepted cases whose sender's letter was not sent, or was given up."""
    told = machine.postgres.ask(
        "SELECT c.code FROM submissions_case c JOIN workflow_message m ON m.case_id = c.id "
        "WHERE m.notice = 'sender_lodged' AND m.sent_at IS NOT NULL AND c.code = ANY(%s)",
        list(codes),
    )
    return codes - {code for (code,) in told}


@pytest.mark.skipif(os.getuid() != 0, reason="mounting a small volume needs root")
def test_thirty_faults_and_nothing_accepted_is_lost(watched, sink, capsys):
    hidden = watched.manage("shell", "-v0", "-c", PUBLIC.format(canary=CANARY)).strip()
    assert len(shown(watched, hidden)) >= 3, "it would be seen if it were public"
    watched.manage("shell", "-v0", "-c", HIDE.format(code=hidden))
    known, took = acquainted(watched), []
    known["published"] = [code for code in known["published"] if code != hidden]
    known["senders"] = [pair for pair in known["senders"] if pair[0] != hidden]
    load = Load(watched, known, "faults", RATE, 3600, shares=MIX | {"file": 15})
    for name in drawn():
        ALL[name](watched, sink)
        took.append((name, wait_until(lambda: serves_again(watched), RECOVERY, f"itself again after: {name}")))
        assert shown(watched, hidden) == []
        time.sleep(PAUSE)
    load.process.send_signal(signal.SIGTERM)
    counted = load.counted()["Aggregated"]
    quiet(watched, 600)
    codes, twice = accepted(watched), letters_twice(sink)
    kills = sum("kill" in name for name in drawn())
    with capsys.disabled():
        sys.stdout.write(report(took, counted, codes, twice))
    assert stored(watched, codes) == codes
    assert untold(watched, codes) == set()
    assert twice <= kills
    assert "nguyên vẹn" in watched.manage("verify_audit")


def report(took, counted, codes, twice):
    worst = {}
    for name, seconds in took:
        worst.setdefault(name, []).append(seconds)
    lines = [f"| {name} | {len(times)} | {max(times):.0f} |" for name, times in sorted(worst.items())]
    facts = (
        f"{counted.requests} requests, {counted.failures} failed; {len(codes)} cases accepted; {twice} letters twice"
    )
    return (
        "\n" + "\n".join(["| fault | times | longest until itself again, s |", "|---|---|---|", *lines, facts]) + "\n"
    )
