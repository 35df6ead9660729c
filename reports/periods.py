"""Spans of local days that reports are about: half-open in time, so that midnight belongs to one of them (A17, A24)."""

from dataclasses import dataclass
from datetime import date, timedelta

from agencies.calendar import midnight


@dataclass(frozen=True)
class Period:
    """From the first to the last day, both in it."""

    first: date
    last: date

    @property
    def begins(self):
        return midnight(self.first)

    @property
    def ends(self):
        """The first moment that is not in it."""
        return midnight(self.last + timedelta(days=1))

    def holds(self, field):
        """The look-up by which a moment lies in this period."""
        return {f"{field}__gte": self.begins, f"{field}__lt": self.ends}

    def __str__(self):
        return f"{self.first:%d/%m/%Y} – {self.last:%d/%m/%Y}"


def half_year_of(day: date) -> Period:
    if day.month <= 6:
        return Period(date(day.year, 1, 1), date(day.year, 6, 30))
    return Period(date(day.year, 7, 1), date(day.year, 12, 31))


def reporting_half_of(day: date) -> Period:
    """The half year that the provinces report by: 15/12–14/6 and 15/6–14/12 (A17)."""
    if date(day.year, 6, 15) <= day < date(day.year, 12, 15):
        return Period(date(day.year, 6, 15), date(day.year, 12, 14))
    ends = day.year if day.month < 12 else day.year + 1
    return Period(date(ends - 1, 12, 15), date(ends, 6, 14))


def period_before(period: Period) -> Period:
    """The half year before a half year; else as many days as this one has."""
    last = period.first - timedelta(days=1)
    for half in (half_year_of, reporting_half_of):
        if half(period.first) == period:
            return half(last)
    return Period(last - (period.last - period.first), last)


def presets(today: date) -> list[Period]:
    """The four that are reported on: the two half years of each kind that `today` is in or that ended last."""
    return [
        period for half in (half_year_of, reporting_half_of) for period in (half(today), period_before(half(today)))
    ]
