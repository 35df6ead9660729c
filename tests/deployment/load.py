"""Load on a machine: locust as a process of its own, what it counted, and what the processes hold meanwhile."""

import csv
import json
import os
import re
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from .machine import BINARIES, ROOT, wait_until

SENDERS = """
    SELECT c.code, s.phone FROM submissions_case c JOIN submissions_sender s ON s.id = c.sender_id
    WHERE s.phone <> '' AND c.state <> 'SEALED' ORDER BY c.id DESC LIMIT 400
"""
PUBLISHED = "SELECT code FROM submissions_case WHERE published_at IS NOT NULL ORDER BY id LIMIT 400"
SESSIONS = """
import json
from django.contrib.auth import SESSION_KEY
from django.test import Client
from agencies.models import User
from submissions.models import Case
from submissions.viewers import viewer_for
told = []
for name in ("vanhanh", "soxd.cm", "soxd.ld", "sotonghop"):
    user = User.objects.get(username=name)
    client = Client()
    client.force_login(user)
    cases = Case.objects.visible_to(viewer_for(user)).exclude(state="SEALED").order_by("-pk")
    told.append({"cookie": client.session.session_key, "cases": list(cases.values_list("code", flat=True)[:100])})
print(json.dumps(told))
"""
MIX = {"read": 70, "look_up": 15, "desk": 10, "file": 5}


@dataclass(frozen=True)
class Row:
    """What locust counted of one kind of request, or of all; times in milliseconds."""

    name: str
    requests: int
    failures: int
    median: float
    p95: float
    p99: float


def acquainted(machine) -> dict:
    """What visitors know of the portal: codes, phones, sessions."""
    return {
        "host": f"https://127.0.0.1:{machine.https}",
        "certificate": str(machine.certificate),
        "published": [code for (code,) in machine.postgres.ask(PUBLISHED)],
        "senders": machine.postgres.ask(SENDERS),
        "desks": json.loads(machine.manage("shell", "-v0", "-c", SESSIONS)),
        "accepted": str(machine.folder / "accepted"),
        "jpeg_quality": 93,
    }


class Load:
    """`users` visitors for `seconds`, each asking `each` times a second at most."""

    def __init__(self, machine, known, name, users, seconds, shares=MIX, each=1.0):
        told = machine.folder / f"{name}.json"
        told.write_text(json.dumps(known | {"shares": shares, "each": each}))
        self.table = machine.folder / name
        command = [
            BINARIES / "locust", "--headless", "--locustfile", "tests/deployment/visitors.py", "--users", str(users),
            "--spawn-rate", str(max(users // 2, 1)), "--run-time", f"{seconds}s", "--csv", self.table, "--only-summary",
            "--stop-timeout", "20", "--exit-code-on-error", "0", "--loglevel", "ERROR",
        ]  # fmt: skip
        self.process = subprocess.Popen(
            list(map(str, command)), cwd=ROOT, env=os.environ | {"LOAD": str(told)}, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def counted(self) -> dict[str, Row]:
        """Waits for the end; {name: row}, all together under "Aggregated"."""
        self.process.wait(1200)
        with open(f"{self.table}_stats.csv") as file:
            return {row["Name"]: _row(row) for row in csv.DictReader(file)}

    def failures(self) -> list[str]:
        with open(f"{self.table}_failures.csv") as file:
            return [f"{row['Name']}: {row['Error']} ({row['Occurrences']})" for row in csv.DictReader(file)]


def _row(row):
    return Row(
        row["Name"], int(row["Request Count"]), int(row["Failure Count"]), float(row["50%"]), float(row["95%"]),
        float(row["99%"]),
    )  # fmt: skip


def accepted(machine) -> set[str]:
    """Codes that the portal gave to who filed."""
    path = machine.folder / "accepted"
    return set(re.findall(r"PAKN-[0-9A-Z-]+", path.read_text())) if path.exists() else set()


def stored(machine, codes) -> set[str]:
    found = machine.postgres.ask("SELECT code FROM submissions_case WHERE code = ANY(%s)", list(codes))
    return {code for (code,) in found}


def lost_files(machine) -> int:
    """Attachments that the database has and the folder has not, or with another size."""
    media = machine.var / "media"
    rows = machine.postgres.ask("SELECT path, size FROM submissions_attachment WHERE case_id IS NOT NULL")
    return sum(not (media / path).exists() or (media / path).stat().st_size != size for path, size in rows)


def unsent(machine) -> int:
    sql = "SELECT count(*) FROM workflow_message WHERE sent_at IS NULL AND given_up_at IS NULL AND medium = 'email'"
    return machine.postgres.ask(sql + " AND NOT in_office_hours")[0][0]


def held(machine) -> dict[str, float]:
    """MiB of memory of all the portal's own processes, their open files, and connections to the database."""
    memory = files = 0
    for process in machine.processes.values():
        if process.name == "nginx":
            continue
        for pid in _group(process.running.pid):
            memory += _resident(pid)
            files += len(list(Path(f"/proc/{pid}/fd").iterdir()))
    connections = machine.postgres.ask("SELECT count(*) FROM pg_stat_activity WHERE datname = 'pakn'")[0][0]
    return {"memory": memory, "files": files, "connections": connections}


def _group(leader):
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[2]) == leader and fields[0] != "Z":
            found.append(int(stat.parent.name))
    return found


def _resident(pid):
    text = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", text)[1]) / 1024


def quiet(machine, seconds) -> float:
    """Wait until every letter is out; the seconds it took."""
    begun = time.monotonic()
    wait_until(lambda: unsent(machine) == 0, seconds, "every notice is out")
    return time.monotonic() - begun
