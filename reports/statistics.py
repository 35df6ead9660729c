"""The public's statistics: this half year and the last, with cells too small to be shown left out (R11).

Counted at most once in KEPT for each period and process, however many look.
"""

from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache
from django.utils import timezone

from workflow.models import Rating

from . import figures
from .periods import Period, half_year_before, half_year_of

KEPT = 10 * 60
SMALLEST = 5
"""A smaller number of cases could point to somebody, so it is not shown; nought is."""


@dataclass(frozen=True)
class Row:
    """None stands for a number too small to be shown."""

    label: str
    answered: int | None
    on_time: int | None
    received: int | None = None


@dataclass(frozen=True)
class Overview:
    period: Period
    received: int | None
    answered: int | None
    on_time: int | None


@dataclass(frozen=True)
class InHand:
    """Of now, whatever the period."""

    counted_at: datetime
    within: int | None
    over: int | None


@dataclass(frozen=True)
class Breakdown:
    ratings: list
    by_agency: list
    by_field: list
    by_month: list

    @property
    def rated(self):
        return None if any(number is None for _score, number in self.ratings) else sum(n for _s, n in self.ratings)


def halves(now) -> tuple[Period, Period]:
    """This half year and the last."""
    this = half_year_of(timezone.localdate(now))
    return this, half_year_before(this)


def overview(period, now) -> Overview:
    return _kept(f"overview:{period.first}:{period.last}", lambda: _overview(period, now))


def in_hand(now) -> InHand:
    return _kept("in-hand", lambda: InHand(now, *map(shown, figures.in_hand(now))))


def breakdown(period, now) -> Breakdown:
    return _kept(f"breakdown:{period.first}:{period.last}", lambda: _breakdown(period, now))


def _kept(name, count):
    return cache.get_or_set(f"statistics:{name}", count, KEPT)


def _overview(period, now):
    total = figures.answered(period, now)
    return Overview(period, shown(figures.received(period).count()), shown(total.total), shown(total.on_time))


def _breakdown(period, now):
    scores = figures.ratings(period)
    return Breakdown(
        ratings=list(zip(Rating.Score.values, masked([scores.get(score, 0) for score in Rating.Score]), strict=True)),
        by_agency=_rows(figures.answered_by_agency(period, now)),
        by_field=_by_field(period, now),
        by_month=_by_month(period),
    )


def _rows(found, received=()):
    totals, on_time = masked([row.total for row in found]), masked([row.on_time for row in found])
    numbers = received or [None] * len(found)
    return [
        Row(row.label, total, None if total is None else timely, number)
        for row, total, timely, number in zip(found, totals, on_time, numbers, strict=True)
    ]


def _by_field(period, now):
    came, done = figures.received_by_field(period), figures.answered_by_field(period, now)
    by_label = {row.label: row for row in done}
    rows = [by_label.get(label, figures.Answered(label, 0, 0)) for label in sorted({*came, *by_label})]
    return _rows(rows, masked([came.get(row.label, 0) for row in rows]))


def _by_month(period):
    came, done = figures.received_by_month(period), figures.answered_by_month(period)
    months = sorted({*came, *done})
    columns = (masked([numbers.get(month, 0) for month in months]) for numbers in (came, done))
    return list(zip(months, *columns, strict=True))


def shown(number):
    return None if 0 < number < SMALLEST else number


def masked(column: list[int]) -> list[int | None]:
    """The column without its small cells; a lone one takes the next smallest with it, or the sum would tell it."""
    cells = [shown(number) for number in column]
    others = [number for number in cells if number]
    if cells.count(None) == 1 and others:
        cells[cells.index(min(others))] = None
    return cells
