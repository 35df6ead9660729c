"""The public's statistics: this half year and the last, with cells too small to be shown left out (R11).

Counted at most once in KEPT for each period and process, however many look.
"""

import logging
from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache
from django.utils import timezone

from workflow.models import Rating

from . import figures
from .periods import Period, half_year_before, half_year_of

KEPT = 10 * 60

logger = logging.getLogger(__name__)

SMALLEST = 5
"""A smaller number of cases could point to somebody, so it is not shown; nought is."""


@dataclass(frozen=True)
class Row:
    """None stands for a number that is not shown. `satisfied` holds very satisfied too."""

    label: str
    answered: int | None
    on_time: int | None
    received: int | None
    rated: int | None
    satisfied: int | None


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
    try:
        kept = cache.get(f"statistics:{name}")
        if kept is None:
            kept = count()
            cache.set(f"statistics:{name}", kept, KEPT)
    except Exception:  # whatever the cache's client raises when its server is away
        logger.exception("The statistics cannot be kept: the cache does not answer")
        return count()
    return kept


def _overview(period, now):
    total = figures.answered(period, now)
    return Overview(period, shown(figures.received(period).count()), shown(total.total), shown(total.on_time))


def _breakdown(period, now):
    came, rated = figures.received_by_all(period), figures.ratings_by_all(period)
    scores = _sums(rated, figures.SCORE)
    return Breakdown(
        ratings=list(zip(Rating.Score.values, masked([scores[score] for score in Rating.Score]), strict=True)),
        by_agency=_rows(figures.AGENCY, came, figures.answered_by_agency(period, now), rated),
        by_field=_rows(figures.FIELD, came, figures.answered_by_field(period, now), rated),
        by_month=_by_month(_sums(came, figures.MONTH), figures.answered_by_month(period)),
    )


def _sums(rows, place):
    """Of rows that end in a number: its sum by what stands at `place`, where anything does."""
    sums = Counter()
    for row in rows:
        if row[place]:
            sums[row[place]] += row[-1]
    return sums


def _rows(place, came, answered, rated):
    received, ratings = _sums(came, place), _sums(rated, place)
    unsatisfied = _sums([row for row in rated if row[figures.SCORE] == Rating.Score.UNSATISFIED], place)
    done = {row.label: row for row in answered}
    labels = sorted({*received, *ratings, *done})
    columns = [
        masked([done[label].total if label in done else 0 for label in labels]),
        masked([done[label].on_time if label in done else 0 for label in labels]),
        masked([received[label] for label in labels]),
        masked([ratings[label] for label in labels]),
        [_satisfied(ratings[label], unsatisfied[label]) for label in labels],
    ]
    return [Row(label, *numbers) for label, *numbers in zip(labels, *columns, strict=True)]


def _satisfied(rated, unsatisfied):
    """None where it, or what is left of those who rated, is too small to be shown."""
    satisfied = rated - unsatisfied
    return None if shown(unsatisfied) is None else shown(satisfied)


def _by_month(came, done):
    months = sorted({*came, *done})
    columns = (masked([numbers.get(month, 0) for month in months]) for numbers in (came, done))
    return list(zip(months, *columns, strict=True))


def shown(number):
    return None if 0 < number < SMALLEST else number


def masked(column: list[int]) -> list[int | None]:
    """The column without its small cells, and without one or two more where their sum, known elsewhere, tells them.

    Fewer than three small ones are too few; so are any whose sum leaves them hardly another choice than all least or
    all largest.
    """
    small = [place for place, number in enumerate(column) if shown(number) is None]
    total = sum(column[place] for place in small)
    is_told = len(small) < 3 or total <= len(small) + 1 or total >= (SMALLEST - 1) * len(small) - 1
    others = sorted((number, place) for place, number in enumerate(column) if number >= SMALLEST)
    more = max(1, 3 - len(small)) if small and is_told else 0
    hidden = {*small, *(place for _number, place in others[:more])}
    return [None if place in hidden else number for place, number in enumerate(column)]
