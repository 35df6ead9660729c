"""Spans of local days that reports are about: half-open in time, so that midnight belongs to one of them (A17, A24)."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from agencies.calendar import LOCAL


@dataclass(frozen=True)
class Period:
    """From the first to the last day, both in it."""

    first: date
    last: date

    @property
    def begins(self):
        return datetime.combine(self.first, time(), LOCAL)

    @property
    def ends(self):
        """The first moment that is not in it."""
        return datetime.combine(self.last + timedelta(days=1), time(), LOCAL)

    def holds(self, field):
        """The look-up by which a moment lies in this period."""
        return {f"{field}__gte": self.begins, f"{field}__lt": self.ends}


def half_year_of(day: date) -> Period:
    if day.month <= 6:
        return Period(date(day.year, 1, 1), date(day.year, 6, 30))
    return Period(date(day.year, 7, 1), date(day.year, 12, 31))


def half_year_before(period: Period) -> Period:
    return half_year_of(period.first - timedelta(days=1))
