"""The models themselves: apart from the portal, and right where people have worked the times out by hand."""

import ast
import json
from datetime import date, datetime, time
from pathlib import Path

import pytest

from .calendar_model import CALENDAR_DAYS, CLOCK_HOURS, WORKING_DAYS, WORKING_HOURS, ZONE, Office

HERE = Path(__file__).resolve().parent
MODELS = ["calendar_model", "limits_model", "reminders_model"]
PORTAL = {"agencies", "submissions", "workflow", "reports", "pakn", "django", "tests"}
GOLDEN = json.loads((HERE.parent / "agencies" / "golden_deadlines.json").read_text(encoding="utf-8"))["cases"]
USUAL_HOURS = "07:00-11:30,13:30-17:00"


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize("name", MODELS)
def test_a_model_takes_nothing_from_the_portal(name):
    tree = ast.parse((HERE / f"{name}.py").read_text(encoding="utf-8"))
    absolute = [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and not node.level]
    absolute += [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    relative = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level}
    assert not {module.partition(".")[0] for module in absolute} & PORTAL
    assert relative <= set(MODELS)


@pytest.mark.parametrize("case", GOLDEN, ids=[case["id"] for case in GOLDEN])
def test_due_times_are_those_worked_out_by_hand(case):
    if case["sessions"] != USUAL_HOURS:
        pytest.skip("the model knows one set of office hours")
    assert Office().due(at(case["start"]), case["amount"], case["unit"]) == at(case["due"])


def test_a_swapped_friday_is_off_and_its_saturday_is_worked():
    office = Office()
    assert [office.works(date(2026, 1, day)) for day in (1, 2, 3, 5, 9, 10, 11)] == [
        False, False, False, True, True, True, False,
    ]  # fmt: skip
    assert [office.works(date(2026, 11, day)) for day in (23, 24, 28)] == [True, False, False]


def test_the_offices_are_open_from_the_first_second_to_before_the_last():
    office = Office()
    times = ["06:59:59", "07:00:00", "11:29:59", "11:30:00", "13:29:59", "13:30:00", "16:59:59", "17:00:00"]
    open_at = [office.is_open(datetime.combine(date(2026, 3, 2), time.fromisoformat(text), ZONE)) for text in times]
    assert open_at == [False, True, True, False, False, True, True, False]


@pytest.mark.parametrize(
    ("start", "due", "unit", "expected"),
    [
        ("2026-03-02 08:00", "2026-03-02 14:00", WORKING_HOURS, "2026-03-02 11:00"),
        ("2026-03-02 15:00", "2026-03-09 17:00", WORKING_DAYS, "2026-03-06 14:30"),
        ("2026-03-07 22:00", "2026-03-07 23:00", CLOCK_HOURS, "2026-03-07 22:45"),
        ("2026-03-02 09:00", "2026-04-01 23:59:59", CALENDAR_DAYS, "2026-03-25 08:15:00"),
        ("2026-02-13 18:00", "2026-02-23 17:00", WORKING_DAYS, "2026-02-23 15:00"),
    ],
)
def test_a_quarter_of_a_limit_is_left(start, due, unit, expected):
    """Of 4 h one; of 42 h of office time 10½; of an hour 15 min; of 30 days 14:59:59 7 days 15:44:59; of 8 h two."""
    assert Office().quarter_left(at(start), at(due), unit) == at(expected)
