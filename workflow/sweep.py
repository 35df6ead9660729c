"""What is due now: each minute, found through an index, never by walking open cases (A19: an outage changes no figure).

First the reminders that have come due are written down, a thousand cases a transaction; then every desk that may be
told now gets one message for each kind, however many clocks it is about; on a working morning first the digest.
"""

import logging
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from agencies.calendar import BeyondCalendar
from agencies.models import Limit, RuleSet
from agencies.register import current_calendar, hold_calendar
from submissions.models import Case

from . import engine, handover, reminders, telling
from .models import Clock, Heartbeat, Reminder

BATCH = 1000
RETRY = timezone.timedelta(days=1)
LAST_BEFORE_DUTIES = (Reminder.Kind.ESCALATED, reminders.NEXT_DUTY)

logger = logging.getLogger(__name__)


@dataclass
class Swept:
    """How many cases of ended agencies went over, reminders were raised, and messages tell of them."""

    handed_over: int = 0
    raised: int = 0
    told: int = 0


def sweep(now=None) -> Swept:
    """One pass. Safe to run twice, or by two workers at once: nothing is raised or told a second time."""
    now = now or timezone.now()
    done = Swept(handed_over=handover.pass_on(now))
    if found := _due(now):
        tick = _Tick(now)
        while found:
            done.raised += _raise({case_id for _at, _pk, case_id in found}, tick)
            found = _due(now, after=found[-1][:2])
    done.told = telling.tell(now)
    Heartbeat.beat(Heartbeat.Job.SWEEP, now)
    return done


def _due(now, after=None):
    clocks = Clock.objects.filter(ending=Clock.Ending.RUNNING, remind_at__lte=now).order_by("remind_at", "pk")
    if after is not None:
        at, pk = after
        clocks = clocks.filter(Q(remind_at__gt=at) | Q(remind_at=at, pk__gt=pk))
    return list(clocks.values_list("remind_at", "pk", "case_id")[:BATCH])


@transaction.atomic
def _raise(case_ids, tick):
    """Cases that somebody is working on this very moment wait for the next minute."""
    hold_calendar()
    tick.calendar = current_calendar()
    locked = Case.objects.select_for_update(skip_locked=True).filter(pk__in=case_ids).order_by("pk")
    locked = {case.pk: case.agency_id for case in locked.only("pk", "agency_id")}
    running = Clock.objects.filter(case_id__in=locked, ending=Clock.Ending.RUNNING, remind_at__lte=tick.now)
    tick.begin_duties(running)
    clocks = list(running.order_by("remind_at", "pk"))
    raised = [reminder for clock in clocks for reminder in tick.reminders_of(clock, locked[clock.case_id])]
    known = set(
        Reminder.objects.filter(clock__in=clocks).values_list("clock_id", "kind", "agency_id", "role", "due_at")
    )
    new = [each for each in raised if (each.clock_id, each.kind, each.agency_id, each.role, each.due_at) not in known]
    Reminder.objects.bulk_create(new)
    Clock.objects.bulk_create(
        clocks, update_conflicts=True, unique_fields=["id"], update_fields=["reminder", "remind_at"]
    )
    return len(new)


class _Tick:
    """What one pass looks up once: who is above whom, which limits recurring duties follow; each batch its calendar."""

    def __init__(self, now):
        self.now, self.calendar = now, None
        self.chart = reminders.chart(timezone.localdate(now))
        self.instant = set(RuleSet.objects.filter(instant=True).values_list("pk", flat=True))
        self.followed = set(Limit.objects.exclude(follows="").values_list("rule_set_id", "follows"))
        self.next_duty = {}
        self.stuck = set()

    def begin_duties(self, clocks):
        """Duties that have begun by now, so that they are warned of in the same pass (A12)."""
        for clock in clocks.filter(key__in={key for _rules, key in self.followed}, due_at__lt=self.now):
            if (clock.rule_set_id, clock.key) in self.followed:
                self._begin_duties(clock)

    def _begin_duties(self, clock):
        try:
            with transaction.atomic():
                self.next_duty[clock.pk] = engine.begin_duties(clock.case_id, self.now)
        except BeyondCalendar:
            logger.exception("The calendar ends before the next duty after clock %s", clock.pk)
            self.stuck.add(clock.pk)

    def reminders_of(self, clock, lead_id):
        """The reminders that have come due, in order; leaves the clock with the next one still to come."""
        due = []
        while clock.remind_at is not None and clock.remind_at <= self.now:
            if clock.reminder in Reminder.Kind.values:
                found = reminders.desks(clock.reminder, clock, self.chart, lead_id)
                due += [self._reminder(clock, desk) for desk in found]
            self._advance(clock)
        return due

    def _advance(self, clock):
        """What lies beyond the calendar is tried again the next day."""
        if clock.pk in self.stuck and clock.reminder in LAST_BEFORE_DUTIES:
            clock.remind_at = self.now + RETRY
            return
        try:
            reminders.advance(clock, self.calendar, self.next_duty.get(clock.pk))
        except BeyondCalendar:
            logger.exception("The calendar ends before the next reminder of clock %s", clock.pk)
            clock.remind_at = self.now + RETRY

    def _reminder(self, clock, desk):
        return Reminder(
            clock=clock, kind=clock.reminder, agency_id=desk.agency_id, role=desk.role, due_at=clock.due_at,
            urgent=clock.rule_set_id in self.instant and clock.reminder not in reminders.WAITING, raised_at=self.now,
        )  # fmt: skip
