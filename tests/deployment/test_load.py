"""Load on two cores with PostgreSQL and Redis, everything on this machine, the visitors too (`make proof`)."""

import os
import sys
import time

import pytest

from tests.smtp_sink import smtp_sink

from .load import Load, accepted, acquainted, held, lost_files, quiet, stored
from .machine import machine

pytestmark = pytest.mark.proof

CASES = int(os.environ.get("LOAD_CASES", "100000"))
STEADY = int(os.environ.get("LOAD_SECONDS", "600"))
RATE, BURST, OVER = 30, 600, 90
DEMO = {"DEMO": "on", "CAPTCHA_TEST_MODE": "on", "STAFF_MFA": "optional", "SECRET_KEY": "only-for-the-load-test"}


@pytest.fixture(scope="module")
def loaded():
    with smtp_sink() as sink, machine(sink.port, host="127.0.0.1", **DEMO) as made:
        made.manage("load_demo", "--cases", CASES)
        made.postgres.ask("ANALYZE")
        made.watch_over_itself()
        yield made


@pytest.fixture(scope="module")
def known(loaded):
    return acquainted(loaded)


def told(capsys, *lines):
    with capsys.disabled():
        sys.stdout.write("\n" + "\n".join(lines) + "\n")


def table(counted):
    rows = sorted(counted.values(), key=lambda row: (row.name == "Aggregated", row.name))
    return [
        "| request | number | failed | median, ms | p95, ms | p99, ms |",
        "|---|---|---|---|---|---|",
        *(f"| {r.name} | {r.requests} | {r.failures} | {r.median:.0f} | {r.p95:.0f} | {r.p99:.0f} |" for r in rows),
    ]


def test_ten_minutes_at_thirty_requests_a_second_and_nothing_grows(loaded, known, capsys):
    load = Load(loaded, known, "steady", RATE, STEADY)
    time.sleep(STEADY / 4)
    early = held(loaded)
    time.sleep(STEADY * 0.7)
    late = held(loaded)
    counted = load.counted()
    everything = counted["Aggregated"]
    told(
        capsys, *table(counted), f"rate {everything.requests / STEADY:.1f}/s", f"early {early}", f"late {late}",
        *load.failures(),
    )  # fmt: skip
    assert everything.failures == 0
    assert stored(loaded, accepted(loaded)) == accepted(loaded)
    assert late["memory"] <= early["memory"] * 1.05
    assert late["connections"] <= early["connections"] + 2
    assert late["files"] <= early["files"] * 1.1 + 10


def test_six_hundred_cases_with_a_photo_in_five_minutes(loaded, known, capsys):
    before = len(accepted(loaded))
    load = Load(loaded, known, "burst", 12, 300, shares={"photo": 1}, each=BURST / 300 / 12)
    counted = load.counted()
    out = quiet(loaded, 600)
    filed = len(accepted(loaded)) - before
    told(capsys, *table(counted), f"filed {filed}; every notice out {out:.0f} s after the last", *load.failures())
    assert counted["filing with photo"].failures == 0
    assert filed >= BURST * 0.97
    assert lost_files(loaded) == 0
    assert stored(loaded, accepted(loaded)) == accepted(loaded)


def test_three_times_as_much_for_two_minutes_and_back_to_normal_within_one(loaded, known, capsys):
    usual = Load(loaded, known, "before", RATE, 60).counted()["Aggregated"]
    over = Load(loaded, known, "over", OVER, 120)
    counted = over.counted()
    time.sleep(30)
    after = Load(loaded, known, "after", RATE, 60).counted()["Aggregated"]
    told(
        capsys, *table(counted), *over.failures(), f"p95 before {usual.p95:.0f} ms, after {after.p95:.0f} ms",
        f"failed after {after.failures}",
    )  # fmt: skip
    assert stored(loaded, accepted(loaded)) == accepted(loaded)
    assert after.failures == 0
    assert after.p95 <= usual.p95 * 1.5 + 100
