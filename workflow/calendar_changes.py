"""What a change of the calendar does to running limits (A7): which would move, moving them, rows that might yet.

A change is saved, `pending` says what it moves, and `apply` moves it, all in one transaction: the dry run is the run,
rolled back. Requests about data that wait for the centre move along, unasked. Known race: a `perform` that read the
calendar before that transaction ended may start a clock by the old one after the scan; the nightly `realign` mends it.
"""

import logging
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby

from django.db.models import Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.calendar import BeyondCalendar, Unit, midnight
from agencies.models import CalendarDay
from agencies.register import current_calendar

from . import clocks, engine, privacy
from .models import ACTOR_LABELS, Clock
from .paging import capped_count

CHUNK = 2000
ROWS = 6

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class PendingMove:
    """A due time that would move; `to` None: a recurring duty that would begin later (A12)."""

    code: str
    clock_id: int
    label: str
    holder: str
    due_at: datetime
    to: datetime | None
    provisional: bool
    becomes_late: bool
    no_longer_late: bool


@dataclass
class Pending:
    """What the calendar as stored would change in running clocks.

    `moves` are the due times, by case; `confirmed` counts clocks of which only "provisional" comes or goes; `beyond`
    says of cases why they cannot be reckoned.
    """

    moves: list[PendingMove] = field(default_factory=list)
    confirmed: int = 0
    beyond: dict[int, str] = field(default_factory=dict)
    case_ids: list[int] = field(default_factory=list)

    @property
    def cases(self):
        return len({move.code for move in self.moves})


@dataclass(frozen=True)
class Warned:
    """An unconfirmed day in the span of running clocks; `clocks` is a capped count."""

    day: CalendarDay
    clocks: str


def pending(now):
    """One scan of the running clocks, in this transaction; no query a case."""
    found = Pending()
    if not Clock.objects.filter(ending=Clock.Ending.RUNNING).exists():
        return found
    calendar, followed = current_calendar(), clocks.followed_limits()
    running = clocks.running_clocks().select_related("case", "holder", "promise", "started_by")
    for case_id, of_case in groupby(_lean(running), key=lambda clock: clock.case_id):
        try:
            moves = clocks.moves(list(of_case), calendar, now, followed)
        except BeyondCalendar as error:
            found.beyond[case_id] = str(error)
            continue
        if moves:
            found.case_ids.append(case_id)
            felt = [move for move in moves if move.is_felt]
            found.moves += [_pending_move(move, now) for move in felt]
            found.confirmed += len(moves) - len(felt)
    return found


def apply(found, user, reason, now):
    """Move what `pending` found, case after case; gives (due times, cases) that moved."""
    moved = [engine.recount(case_id, user, reason, now) for case_id in found.case_ids]
    privacy.realign()
    return sum(moved), sum(count > 0 for count in moved)


def realign(now=None, user=None, reason=""):
    """Nightly: give every running clock the due time of today's calendar, where one still has another.

    Cases that cannot be reckoned stay as they are and stand in the log; gives the number of due times moved.
    """
    now, moved = now or timezone.now(), 0
    found = pending(now)
    for case_id in found.case_ids:
        try:
            moved += engine.recount(case_id, user, reason or _("rà soát hằng đêm theo lịch làm việc"), now)
        except BeyondCalendar as error:
            found.beyond[case_id] = str(error)
    privacy.realign()
    for case_id, problem in found.beyond.items():
        logger.error("The due times of case %s cannot be reckoned: %s", case_id, problem)
    if moved:
        logger.warning("%s due times were not those of the calendar and have moved", moved)
    return moved


def warnings(now):
    """The nearest unconfirmed days that could move a running clock, with how many run over each (A7)."""
    last = Clock.objects.filter(ending=Clock.Ending.RUNNING).order_by("-due_at").values("due_at")[:1]
    rows = CalendarDay.objects.filter(confirmed=False).order_by("date").annotate(last=Subquery(last))
    reached = [row for row in rows if row.last is not None and row.date <= timezone.localdate(row.last)]
    nearest = sorted(reached, key=lambda row: abs(row.date - timezone.localdate(now)))[:ROWS]
    counted = [Warned(row, capped_count(_running_over(row.date))) for row in sorted(nearest, key=lambda row: row.date)]
    return [warned for warned in counted if warned.clocks != "0"]


def _running_over(day: date):
    """Limits that run day and night know no calendar."""
    begins = midnight(day)
    over = Clock.objects.filter(ending=Clock.Ending.RUNNING, due_at__gte=begins)
    return over.filter(started_at__lt=begins + timedelta(days=1)).exclude(unit=Unit.CLOCK_HOURS)


def _lean(running):
    columns = [column.name for column in Clock._meta.concrete_fields]
    joined = ("case__code", "holder__name", "promise__date", "started_by__facts")
    return running.only(*columns, *joined).iterator(chunk_size=CHUNK)


def _pending_move(move, now):
    clock, counts = move.clock, not move.clock.conditional
    return PendingMove(
        code=clock.case.code, clock_id=clock.pk, label=clock.label,
        holder=clock.holder.name if clock.holder else str(ACTOR_LABELS[clock.holder_role]),
        due_at=clock.due_at, to=move.due_at if move.begun else None, provisional=move.provisional,
        becomes_late=counts and clock.due_at >= now > move.due_at,
        no_longer_late=counts and clock.due_at < now <= move.due_at,
    )  # fmt: skip
