"""What a report is about: a period as of a moment, and what it is narrowed to."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property, wraps

from agencies.register import current_calendar

from .periods import Period, period_before

CASE_FILTERS = {
    "field": "field_id",
    "place": "sender__commune_id",
    "channel": "channel",
    "rules": "rule_set__code",
}
"""Path from a case for each thing but the agency that a report can be narrowed to."""


@dataclass(frozen=True)
class Scope:
    """Everything is counted as it stood at `at`, so that the same period gives the same figures years later (A19, A24).

    `agency` is the key of the one that answers for what is counted; empty values narrow nothing.
    """

    period: Period
    at: datetime
    agency: int | None = None
    field: str = ""
    place: str = ""
    channel: str = ""
    rules: str = ""

    @cached_property
    def calendar(self):
        return current_calendar()

    @cached_property
    def kept(self) -> dict:
        """What `once_a_report` has found."""
        return {}

    @property
    def narrowed(self) -> dict:
        """What narrows it but the agency, by the names of CASE_FILTERS."""
        return {name: getattr(self, name) for name in CASE_FILTERS if getattr(self, name)}

    @property
    def is_whole(self):
        return not (self.agency or self.narrowed)

    @property
    def is_over(self):
        """Whether cases may have moved since the moment of the report."""
        return self.at >= self.period.ends

    def narrow(self, rows, case=""):
        """`rows` whose cases are of this scope, whatever the agency; `case` is the path to a row's case."""
        wanted = {f"{case}{CASE_FILTERS[name]}": value for name, value in self.narrowed.items()}
        return rows.filter(**wanted) if wanted else rows

    def before(self):
        """The same for the period before, as it stood at its end."""
        period = period_before(self.period)
        return replace(self, period=period, at=period.ends)


def once_a_report(work):
    """What several figures read or reckon of a scope is done once: a scope lives as long as its report."""

    @wraps(work)
    def kept(scope, *about):
        key = (work, *about)
        if key not in scope.kept:
            scope.kept[key] = work(scope, *about)
        return scope.kept[key]

    return kept


def scope_of(period, now, **narrowed) -> Scope:
    """As of `now`, or of the period's end where that is over."""
    return Scope(period, min(now, period.ends), **narrowed)
