"""The department's report on PostgreSQL at growing size, beside one plain aggregate for each of its tables.

    .venv/bin/python bench/reports.py

Makes a database of its own (DATABASE_URL says on which server) and drops it again; cases as `bench/back_office.py` has
them. Timed are all nine tables with their totals, and nine hand-written aggregates that give each table's first figure;
medians of ROUNDS. The last lines tell what memory this process takes while it writes the whole report as CSV.
"""

import os
import resource
import statistics
from datetime import timedelta

from database import drop, prepare, sizes, timed, use
from database.cases import fill

NAME = "pakn_bench_reports"
ROUNDS = 3
PLAIN = (
    "SELECT channel, count(*) FROM submissions_case WHERE {received} GROUP BY 1",
    "SELECT agency_id, count(*) FROM submissions_case WHERE {received} GROUP BY 1",
    "SELECT field_id, count(*) FROM submissions_case WHERE {received} GROUP BY 1",
    "SELECT s.commune_id, count(*) FROM submissions_case c JOIN submissions_sender s ON s.id = c.sender_id "
    "WHERE {received} GROUP BY 1",
    "SELECT holder_id, count(*) FROM workflow_clock WHERE NOT conditional "
    "AND due_at >= %(first)s AND due_at < %(last)s AND coalesce(ended_at, now()) > due_at GROUP BY 1",
    "SELECT score, count(*) FROM workflow_rating WHERE at >= %(first)s AND at < %(last)s GROUP BY 1",
    "SELECT c.holder_id, count(*) FROM workflow_question q LEFT JOIN workflow_clock c ON c.question_id = q.id "
    "WHERE q.asked_at >= %(first)s AND q.asked_at < %(last)s GROUP BY 1",
    "SELECT instant, count(*) FROM submissions_case WHERE {received} GROUP BY 1",
    "SELECT r.agency_id, count(*), count(*) FILTER (WHERE EXISTS (SELECT FROM workflow_clock k "
    "WHERE k.case_id = a.case_id AND NOT k.conditional AND coalesce(k.ended_at, now()) > k.due_at)) "
    "FROM workflow_approval a JOIN workflow_result r ON r.id = a.result_id "
    "WHERE a.given_at >= %(first)s AND a.given_at < %(last)s GROUP BY 1",
)

use(NAME)


def department(now):
    from reports.models import Kind
    from reports.periods import Period
    from reports.report import Report
    from reports.scope import scope_of

    today = now.date()
    return Report(Kind.DEPARTMENT, scope_of(Period(today - timedelta(days=182), today), now), now)


def plain(report):
    from django.db import connection

    period = report.scope.period
    values = {"first": period.begins, "last": period.ends}
    with connection.cursor() as cursor:
        for sql in PLAIN:
            cursor.execute(sql.format(received="received_at >= %(first)s AND received_at < %(last)s"), values)
            cursor.fetchall()


def medians():
    from django.utils import timezone

    now = timezone.now()
    ours = [timed(lambda: department(now).tables) for _round in range(ROUNDS)]
    floor = [timed(lambda: plain(department(now))) for _round in range(ROUNDS)]
    return statistics.median(ours), statistics.median(floor)


def written():
    """(seconds, this process's peak memory since it began, in MiB) of the report as CSV."""
    from django.utils import timezone

    from reports.files import write

    with open(os.devnull, "wb") as nowhere:
        seconds = timed(lambda: write(department(timezone.now()), "csv", nowhere))
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    prepare(NAME)
    filled = 1
    print("| cases | report, s | nine aggregates, s | ratio | as CSV, s | peak memory, MiB |")
    print("|---" * 6 + "|")
    for size in sizes():
        fill(NAME, range(filled, size))
        filled = size
        ours, floor = medians()
        seconds, peak = written()
        print(f"| {size} | {ours:.2f} | {floor:.2f} | {ours / floor:.1f} | {seconds:.1f} | {peak:.0f} |", flush=True)
    drop(NAME)
