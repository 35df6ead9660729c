"""The public's statistics: this half year and the last, with cells too small to be shown left out (R11).

Counted at most once in KEPT for each period and process, however many look.
"""

import logging
from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache
from django.utils import timezone

from agencies.models import Agency, Field
from workflow.models import Rating

from .figures import counted, totals
from .periods import Period, half_year_of, period_before
from .scope import Scope, scope_of

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
    return this, period_before(this)


def overview(period, now) -> Overview:
    return _kept(f"overview:{period.first}:{period.last}", lambda: _overview(period, now))


def in_hand(now) -> InHand:
    return _kept("in-hand", lambda: _in_hand(now))


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


def _in_hand(now):
    """Of whichever period: the figure asks for the moment alone."""
    scope = Scope(half_year_of(timezone.localdate(now)), now)
    return InHand(now, *map(shown, totals(scope, "within_limit", "over_limit").values()))


def _overview(period, now):
    scope = scope_of(period, now)
    came, total, on_time = totals(scope, "received", "answered", "answered_on_time").values()
    return Overview(period, shown(came), shown(total), shown(on_time))


def _breakdown(period, now):
    scope = scope_of(period, now)
    came, done = (counted(name, scope, "agency", "field", "month") for name in ("received", "answered"))
    rated = counted("ratings", scope, "agency", "field", "split")
    scores = summed(rated, 2)
    agencies = dict(Agency.objects.values_list("pk", "name"))
    fields = dict(Field.objects.values_list("pk", "name"))
    return Breakdown(
        ratings=list(zip(Rating.Score.values, masked([scores[score] for score in Rating.Score]), strict=True)),
        by_agency=_rows(0, agencies, came, done, counted("answered_late_own", scope, "agency"), rated),
        by_field=_rows(1, fields, came, done, counted("answered_late", scope, "field"), rated),
        by_month=_by_month(summed(came, 2), summed(done, 2)),
    )


def summed(counts, place) -> Counter:
    """Of numbers by several values: their sums by the one at `place`, where it is anything."""
    sums = Counter()
    for values, number in counts.items():
        if values[place]:
            sums[values[place]] += number
    return sums


def _rows(place, names, came, done, late, rated):
    received, answered, ratings, over = (
        summed(came, place), summed(done, place), summed(rated, place), summed(late, 0),
    )  # fmt: skip
    unsatisfied = summed({row: n for row, n in rated.items() if row[2] == Rating.Score.UNSATISFIED}, place)
    keys = sorted({*received, *ratings, *answered}, key=names.get)
    columns = [
        masked([answered[key] for key in keys]),
        masked([answered[key] - over[key] for key in keys]),
        masked([received[key] for key in keys]),
        masked([ratings[key] for key in keys]),
        [_satisfied(ratings[key], unsatisfied[key]) for key in keys],
    ]
    return [Row(names[key], *numbers) for key, *numbers in zip(keys, *columns, strict=True)]


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
