"""Every figure of every table against a naive walk over exported rows, on random cases (`tests.simulation`)."""

import random
from datetime import date, timedelta

import pytest

from agencies.models import Agency
from reports.figures import cases_of
from reports.models import Kind
from reports.periods import Period
from reports.report import Report
from reports.scope import scope_of
from submissions.models import Case, Channel
from tests.simulation.calendar_model import Office
from tests.simulation.years import Years
from workflow.handover import pass_on
from workflow.models import Clock, Explanation, Question, Rating

from .naive import Walk, export

FIRST, LAST = date(2026, 5, 4), date(2026, 8, 10)
PERIODS = [
    Period(date(2026, 1, 1), date(2026, 6, 30)),
    Period(date(2026, 7, 1), date(2026, 12, 31)),
    Period(date(2026, 6, 15), date(2026, 7, 14)),
]
"""The cases lie around the edge between the first two."""


class Season(Years):
    """Cases alone: nobody is warned, no outage."""

    def _push_everyday_passes(self):
        pass

    def _push_passes_for_new_limits(self, stories):
        pass


@pytest.fixture
def season(cast, settings, tmp_path):
    settings.SMS_BACKEND, settings.SMS_FILE = "file", tmp_path / "sms.jsonl"

    def play(seed, cases):
        years = Season(cast, seed, cases, FIRST, LAST, days_between_outages=10_000, passes_a_moment=0).run()
        chance = random.Random(seed)
        _move_to_edges(chance)
        _rate_and_explain(chance, cast)
        return years

    return play


def _move_to_edges(chance):
    """Some stand a second before or after midnight between two periods, or on it."""
    midnight = PERIODS[1].begins
    away = [timedelta(seconds=-1), timedelta(0), timedelta(seconds=1), timedelta(microseconds=-1)]
    for rows, field in ((Case, "received_at"), (Question, "asked_at"), (Rating, "at")):
        for row in rows.objects.order_by("pk"):
            if chance.random() < 0.15:
                rows.objects.filter(pk=row.pk).update(**{field: midnight + chance.choice(away)})


def _rate_and_explain(chance, cast):
    for rating in Rating.objects.order_by("pk"):
        Rating.objects.filter(pk=rating.pk).update(score=chance.choice(Rating.Score.values))
    for clock in Clock.objects.filter(conditional=False).order_by("pk"):
        if chance.random() < 0.2:
            Explanation.objects.create(
                clock=clock, agency=clock.holder, author=cast.oanh.user, note=f"Lý do {clock.pk}", at=clock.due_at
            )


def as_counted(report):
    """The tables of a report in the shape that a walk has."""
    return {table.key: _rows(table) for table in report.tables}


def _rows(table):
    if table.key == "instant":
        return sorted(row.key for row in table.rows)
    if table.key == "overdue":
        rows = [(row.key, row.cells[3].value, row.cells[4].value is not None, row.cells[6].value) for row in table.rows]
        return sorted((*row[:3], "" if row[3] == "chưa giải trình" else row[3]) for row in rows)
    return {
        row.key: {
            column.key: (cell.part, cell.whole) if cell.is_share else cell.value
            for column, cell in zip(table.columns, row.cells, strict=True)
            if cell.is_share or cell.value is not None
        }
        for row in table.rows
    }


def is_as_walked(rows, period, now, agency="", **narrowed):
    key = Agency.objects.get(code=agency).pk if agency else None
    kind = Kind.AGENCY if agency else Kind.DEPARTMENT
    paths = {"field": "field_id", "place": "sender__commune_id", "channel": "channel", "rules": "rule_set__code"}
    scope = scope_of(period, now, agency=key, **narrowed)
    counted = as_counted(Report(kind, scope, now))
    only = {paths[name]: value for name, value in narrowed.items()}
    walked = Walk(rows, period.begins, period.ends, scope.at, agency, Office(), **only).tables()
    for table, expected in walked.items():
        assert counted[table] == expected, (table, period, agency, narrowed)


def leads_to_its_cases(period, now, agency=""):
    """The page behind each number has as many cases as it says; talk and ratings are more than their cases."""
    scope = scope_of(period, now, agency=Agency.objects.get(code=agency).pk if agency else None)
    report = Report(Kind.AGENCY if agency else Kind.DEPARTMENT, scope, now)
    for table in report.tables[:4]:
        for cell in (cell for row in table.rows for cell in row.cells if cell.figure):
            if cell.figure not in ("ratings", "unsatisfied", "questions", "questions_answered"):
                number = cases_of(cell.figure, scope, cell.dimension, cell.key).count()
                assert number == cell.value, (table.key, cell, agency)


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.proof) for seed in range(2, 8))])
def test_every_figure_of_every_table_equals_the_walk(season, seed):
    years = season(seed, cases=60)
    rows = export()
    moments = [years.last, PERIODS[1].begins + timedelta(days=9)]
    for period in PERIODS:
        for now in moments:
            is_as_walked(rows, period, now)
    for agency in ("soxd", "moitruong", "soyt"):
        is_as_walked(rows, PERIODS[0], years.last, agency)
        is_as_walked(rows, PERIODS[1], years.last, agency)
    for agency in ("", "soxd", "moitruong"):
        leads_to_its_cases(PERIODS[0], years.last, agency)
    is_as_walked(rows, PERIODS[1], years.last, channel=Channel.WEB)
    is_as_walked(rows, PERIODS[0], years.last, rules="khanh-hoa-2022", field="ha-tang-do-thi")
    meets_every_kind_of_row(Walk(rows, PERIODS[1].begins, PERIODS[1].ends, years.last).tables())
    rows = merged(years)
    for period in PERIODS[:2]:
        is_as_walked(rows, period, years.last)
        is_as_walked(rows, period, years.last, "moitruong")
        is_as_walked(rows, period, years.last, "soxd")


def merged(years):
    """One agency ends and its cases go over to another: what it answered stays its own."""
    last = years.last.date() - timedelta(days=1)
    Agency.objects.filter(code="moitruong").update(valid_to=last, successor=Agency.objects.get(code="soxd"))
    assert pass_on(years.last, most=1000) > 5
    return export()


def meets_every_kind_of_row(tables):
    """So that the equality is not that of empty tables."""
    overview = {key: cells["count"] for key, cells in tables["overview"].items()}
    assert min(overview[key] for key in ("received", "answered_late", "answered_on_time", "sent_back", "refused")) > 0
    assert min(overview[key] for key in ("over_limit", "within_limit", "unanswered_late", "questions", "ratings")) > 0
    assert tables["overdue"]
    assert tables["instant"]
    assert {"soxd", "soyt", "moitruong", "province"} == set(tables["ratios"])
