"""When a clock is warned of, and whom that concerns. A clock carries the kind and the moment of its next reminder.

Every limit: a quarter of its time left, late, and one more working day later; a recurring duty also as it begins
(A12); waiting for the sender: before it ends the sender, then the operator (A8). Last days for a branch: never (A18).
"""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import F

from agencies.calendar import Unit
from agencies.models import Agency
from agencies.roles import Role

from .models import Reminder

Kind = Reminder.Kind
SECOND = timedelta(seconds=1)
NEXT_DUTY, NOTHING = "next_duty", "nothing"
LIMIT = (Kind.DUE_SOON, Kind.LATE, Kind.ESCALATED)
DUTY = (Kind.DUTY, *LIMIT)
WAITING = (Kind.SILENT, Kind.UNANSWERED)
OVERSEERS = (Agency.Kind.PROVINCE, Agency.Kind.REPORTING, Agency.Kind.CENTRE)
"""Parents that no escalation goes to as such: the supervisor is told anyway, the People's Committee by `report_up`."""


@dataclass(frozen=True)
class Desk:
    """The people of one agency in one role; without an agency the sender."""

    agency_id: int | None
    role: str


SENDER = Desk(None, Role.SENDER)


@dataclass(frozen=True)
class Chart:
    """Who is above whom: the centre, who supervises the province, and each agency's parent where one oversees it."""

    centre_id: int
    supervisors: tuple[Desk, ...]
    parents: dict[int, int]


def chart(date):
    """The agencies that exist on a local date."""
    agencies = list(Agency.objects.on(date).select_related("parent"))
    kinds = {agency.kind: agency.pk for agency in agencies}
    return Chart(
        kinds[Agency.Kind.CENTRE],
        tuple(Desk(agency.pk, Role.SUPERVISOR) for agency in agencies if agency.kind == Agency.Kind.REPORTING),
        {each.pk: each.parent_id for each in agencies if each.parent and each.parent.kind not in OVERSEERS},
    )


def plan(clock, calendar):
    """Set the first reminder of a clock that has just got its due time."""
    _set(clock, next(iter(_sequence(clock)), NOTHING), calendar)


def advance(clock, calendar, next_duty_at=None):
    """Set the reminder after the present one; after the last the start of the next duty that follows the limit."""
    sequence = _sequence(clock)
    if clock.reminder in sequence[:-1]:
        _set(clock, sequence[sequence.index(clock.reminder) + 1], calendar)
    elif next_duty_at is not None:
        clock.reminder, clock.remind_at = NEXT_DUTY, next_duty_at + SECOND
    else:
        _set(clock, NOTHING, calendar)


def forget_untold(clock, at):
    """Its due time has moved: nobody is told any more of what was raised for the old one."""
    Reminder.objects.filter(clock=clock, told_at=None).update(told_at=at)


def tell_again(clocks):
    """They had ended before anybody was told, and run again with their old due time."""
    unheard = Reminder.objects.filter(clock__in=clocks, message=None, due_at=F("clock__due_at"))
    unheard.update(told_at=None)


def desks(kind, clock, chart, lead_id):
    """Whom a reminder of this clock concerns; the parent of an agency oversees the cases that it leads, no others."""
    if kind == Kind.SILENT:
        return [SENDER]
    if kind == Kind.UNANSWERED:
        return [Desk(chart.centre_id, Role.OPERATOR)]
    own = Desk(clock.holder_id, Role.OPERATOR if clock.holder_id == chart.centre_id else clock.holder_role)
    leader = [] if own.role == Role.OPERATOR else [Desk(clock.holder_id, Role.LEADER)]
    if kind == Kind.ESCALATED:
        parent = chart.parents.get(clock.holder_id) if clock.holder_id == lead_id else None
        return [*leader, *([Desk(parent, Role.LEADER)] if parent else []), *chart.supervisors]
    if kind == Kind.LATE:
        return list(dict.fromkeys([own, *leader]))
    return [own]


def _sequence(clock):
    if clock.conditional:
        return WAITING if clock.holder_role == Role.SENDER else ()
    return DUTY if clock.sequence else LIMIT


def _set(clock, kind, calendar):
    remind_at = None if kind == NOTHING else MOMENTS[kind](clock, calendar)
    clock.reminder, clock.remind_at = kind, remind_at


def _quarter_left(clock, calendar):
    return calendar.quarter_left(clock.started_at, clock.due_at, clock.unit)


def _past(clock, calendar):
    """Late is what is not done at the due second."""
    return clock.due_at + SECOND


def _one_working_day_past(clock, calendar):
    return calendar.add(clock.due_at, 1, Unit.WORKING_DAYS).at + SECOND


MOMENTS = {
    Kind.DUTY: lambda clock, calendar: clock.started_at,
    Kind.DUE_SOON: _quarter_left,
    Kind.LATE: _past,
    Kind.ESCALATED: _one_working_day_past,
    Kind.SILENT: _quarter_left,
    Kind.UNANSWERED: _past,
}
