"""The minute's sweep on PostgreSQL: a tick that finds nothing beside one indexed query; many due beside plain batches.

    .venv/bin/python bench/sweep.py

Makes a database of its own (DATABASE_URL says on which server) with BENCH_CLOCKS (1000000) open cases, each with one
running clock, written by SQL, and drops it again. The floor of a tick with nothing due is the query that finds it;
that of many due is psycopg2 doing, a thousand rows a transaction, the least that must be stored: the reminder and the
clock's next moment. Read the ratios: both sides take turns in one run.
"""

import os
import statistics
from datetime import timedelta

import psycopg2
from database import SERVER, connect, copies, drop, execute, prepare, timed, use

CLOCKS = int(os.environ.get("BENCH_CLOCKS", "1000000"))
DUE = [int(text) for text in os.environ.get("BENCH_DUE", "10000,100000").split(",")]
IDLE_ROUNDS, DUE_ROUNDS = 30, 3
NAME = "pakn_bench_sweep"

use(NAME)

LEAST = """
WITH due AS (
    SELECT id, due_at, holder_id, holder_role FROM workflow_clock
    WHERE ending = 'running' AND remind_at <= %(now)s ORDER BY remind_at, id LIMIT 1000 FOR UPDATE
), raised AS (
    INSERT INTO workflow_reminder (clock_id, kind, agency_id, role, due_at, urgent, raised_at)
    SELECT id, 'due_soon', holder_id, holder_role, due_at, false, %(now)s FROM due
)
UPDATE workflow_clock SET reminder = 'late', remind_at = workflow_clock.due_at FROM due WHERE due.id = workflow_clock.id
"""
FIND = """
SELECT remind_at, id, case_id FROM workflow_clock
WHERE ending = 'running' AND remind_at <= %s ORDER BY remind_at, id LIMIT 1000
"""


def fill(now):
    """One open case with one running clock, CLOCKS times; nothing of it is due within a month."""
    from submissions.models import Case, Sender
    from workflow.models import Clock, Message

    first = Clock.objects.filter(key="process", ending="running").order_by("pk").first()
    case = first.case
    Message.objects.all().delete()
    Clock.objects.exclude(pk=first.pk).update(remind_at=None)
    later = (now + timedelta(days=40)).isoformat()
    numbers, base = range(1, CLOCKS + 1), {"id": "1000000 + k"}
    own = {"code": "'PAKN-B' || k", "submission_key": "gen_random_uuid()", "sender_id": "1000000 + k"}
    hers = {"case_id": "1000000 + k", "remind_at": f"'{later}'::timestamptz", "started_by_id": "NULL"}
    execute(
        NAME,
        copies(Sender, case.sender_id, numbers, **base),
        copies(Case, case.pk, numbers, **base | own),
        copies(Clock, first.pk, numbers, **base | hers),
        "VACUUM ANALYZE",
    )


def open_moment(now):
    """Staff are told in office hours only: the tick is measured then."""
    from agencies.register import current_calendar

    calendar = current_calendar()
    while not calendar.is_open(now):
        now += timedelta(hours=1)
    return now


def find_only(cursor, now):
    cursor.execute(FIND, [now])
    cursor.fetchall()


def idle(now):
    from workflow.sweep import sweep

    sweep(now)
    connection = connect(NAME)
    with connection.cursor() as cursor:
        rounds = [(timed(lambda: find_only(cursor, now)), timed(lambda: sweep(now))) for _number in range(IDLE_ROUNDS)]
    connection.close()
    query, tick = (statistics.median(side) * 1000 for side in zip(*rounds, strict=True))
    print(f"| {CLOCKS} open, none due | {query:.2f} ms | {tick:.2f} ms | {tick / query:.1f} |")


def make_due(count, now):
    execute(
        NAME,
        "TRUNCATE workflow_reminder, workflow_message CASCADE",
        f"UPDATE workflow_clock SET reminder = 'due_soon', remind_at = '{now.isoformat()}', "
        f"due_at = '{(now + timedelta(days=3)).isoformat()}' WHERE id BETWEEN 1000001 AND {1000000 + count}",
        "VACUUM ANALYZE workflow_clock",
    )


def floor(now):
    connection = psycopg2.connect(SERVER._replace(path=f"/{NAME}").geturl())
    with connection.cursor() as cursor:
        while True:
            cursor.execute(LEAST, {"now": now})
            done = cursor.rowcount
            connection.commit()
            if not done:
                break
    connection.close()


def many_due(count, now):
    from workflow.sweep import sweep

    rounds = []
    for _number in range(DUE_ROUNDS):
        make_due(count, now)
        least = timed(lambda: floor(now))
        make_due(count, now)
        counted = []
        ours = timed(lambda counted=counted: counted.append(sweep(now)))
        assert counted[0].raised == count, counted
        rounds.append((least, ours))
    least, ours = (statistics.median(side) for side in zip(*rounds, strict=True))
    print(f"| {CLOCKS} open, {count} due | {least:.2f} s | {ours:.2f} s | {ours / least:.1f} |")
    return ours


def main():
    prepare(NAME)
    from django.utils import timezone

    now = open_moment(timezone.now())
    fill(now)
    print("| | floor | sweep | sweep ÷ floor |\n|---|---|---|---|")
    idle(now)
    times = [many_due(count, now) for count in DUE]
    if len(DUE) > 1:
        print(f"\n{DUE[-1] / DUE[0]:.0f} × the due clocks took {times[-1] / times[0]:.1f} × the time.")
    drop(NAME)


if __name__ == "__main__":
    main()
