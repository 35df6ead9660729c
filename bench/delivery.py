"""Messages per second to a mail server on this machine, beside the same letters sent by Django's mail alone.

    .venv/bin/python bench/delivery.py

Makes a database of its own on PostgreSQL (DATABASE_URL says on which server) and drops it again; the mail server is a
process of its own that takes everything. BENCH_LETTERS (3000) letters a round; both sides take turns. What `deliver`
adds to the floor is the lease before and the stamp after each letter. Read the ratio.
"""

import os
import re
import statistics
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2

ROOT = Path(__file__).resolve().parents[1]
LETTERS = int(os.environ.get("BENCH_LETTERS", "3000"))
ROUNDS = 3
SERVER = urlsplit(os.environ.get("DATABASE_URL") or "postgres://postgres@127.0.0.1:5432")
NAME = "pakn_bench_delivery"
SINK = """
import sys, time
sys.path.insert(0, {root!r})
from tests.smtp_sink import smtp_sink
with smtp_sink() as sink:
    print(sink.port, flush=True)
    sys.stdin.readline()
    print(len(sink.letters))
"""
BODY = "Kính gửi Ông/Bà,\n\nPhản ánh, kiến nghị của Ông/Bà đã được tiếp nhận.\n\nTrân trọng./."

sys.path.insert(0, str(ROOT))


def execute(*statements):
    connection = psycopg2.connect(SERVER._replace(path="/postgres").geturl())
    connection.autocommit = True
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    connection.close()


def start_sink():
    code = SINK.format(root=str(ROOT))
    sink = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    return sink, int(re.match(r"\d+", sink.stdout.readline())[0])


def prepare(port):
    execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)", f"CREATE DATABASE {NAME}")
    os.environ |= {
        "DATABASE_URL": SERVER._replace(path=f"/{NAME}").geturl(), "DJANGO_SETTINGS_MODULE": "pakn.settings",
        "SECRET_KEY": "only-for-the-benchmark", "EMAIL_URL": f"smtp://127.0.0.1:{port}",
    }  # fmt: skip
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("load_calendar", str(ROOT / "agencies" / "data" / "calendar.csv"), write=True, verbosity=0)


def plain():
    from django.conf import settings
    from django.core.mail import EmailMessage, get_connection

    with get_connection() as connection:
        for number in range(LETTERS):
            to = [f"nguoi{number}@example.vn"]
            EmailMessage("Đã nhận", BODY, settings.DEFAULT_FROM_EMAIL, to, connection=connection).send()


def ours():
    from workflow.delivery import deliver

    assert deliver(budget_seconds=600).sent == LETTERS


def queue():
    from django.utils import timezone

    from workflow.models import Message

    now = timezone.now()
    Message.objects.bulk_create(
        Message(
            notice="sender_lodged", medium="email", recipient=f"nguoi{number}@example.vn", subject="Đã nhận", body=BODY,
            queued_at=now, next_try_at=now,
        )
        for number in range(LETTERS)
    )  # fmt: skip


def timed(work):
    begun = time.perf_counter()
    work()
    return LETTERS / (time.perf_counter() - begun)


def main():
    sink, port = start_sink()
    prepare(port)
    rounds = []
    for _number in range(ROUNDS):
        queue()
        rounds.append((timed(plain), timed(ours)))
    floor, rate = (statistics.median(side) for side in zip(*rounds, strict=True))
    print("| | Django's mail alone | deliver | deliver ÷ mail alone |\n|---|---|---|---|")
    print(f"| letters a second, {LETTERS} letters | {floor:.0f} | {rate:.0f} | {rate / floor:.2f} |")
    arrived = sink.communicate("\n")[0].strip()
    assert int(arrived) == 2 * ROUNDS * LETTERS, arrived
    from django.db import connections

    connections.close_all()
    execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")


if __name__ == "__main__":
    main()
