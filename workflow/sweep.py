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
from agencies.models import Agency, Limit
from agencies.register import centre, current_calendar
from agencies.roles import Role
from submissions.models import Case

from . import engine, reminders, telling
from .models import Clock, Heartbeat, Reminder

BATCH = 1000
RETRY = timezone.timedelta(days=1)

logger = logging.getLogger(__name__)


@dataclass
class Swept:
    """How many reminders were raised, and how many messages tell of them."""

    raised: int = 0
    told: int = 0


def sweep(now=None) -> Swept:
    """One pass. Safe to run twice, or by two workers at once: nothing is raised or told a second time."""
    now = now or timezone.now()
    done = Swept()
    after = None
    while found := _due(now, after):
        after = found[-1][:2]
        done.raised += _raise({case_id for _at, _pk, case_id in found}, now)
    done.told = telling.tell(now)
    Heartbeat.objects.update_or_create(job=Heartbeat.Job.SWEEP, defaults={"at": now})
    return done


def _due(now, after):
    clocks = Clock.objects.filter(ending=Clock.Ending.RUNNING, remind_at__lte=now).order_by("remind_at", "pk")
    if after is not None:
        at, pk = after
        clocks = clocks.filter(Q(remind_at__gt=at) | Q(remind_at=at, pk__gt=pk))
    return list(clocks.values_list("remind_at", "pk", "case_id")[:BATCH])


@transaction.atomic
def _raise(case_ids, now):
    """Cases that somebody is working on this very moment wait for the next minute."""
    cases = Case.objects.select_for_update(skip_locked=True, of=("self",)).select_related("rule_set", "agency")
    cases = {case.pk: case for case in cases.filter(pk__in=case_ids).order_by("pk")}
    desk = _Desk(now)
    desk.begin_duties(cases)
    clocks = Clock.objects.filter(case_id__in=cases, ending=Clock.Ending.RUNNING, remind_at__lte=now)
    clocks = list(clocks.select_related("holder__parent").order_by("remind_at", "pk"))
    raised = [reminder for clock in clocks for reminder in desk.reminders_of(clock, cases[clock.case_id])]
    known = set(
        Reminder.objects.filter(clock__in=clocks).values_list("clock_id", "kind", "agency_id", "role", "due_at")
    )
    new = [each for each in raised if (each.clock_id, each.kind, each.agency_id, each.role, each.due_at) not in known]
    Reminder.objects.bulk_create(new)
    Clock.objects.bulk_update(clocks, ["reminder", "remind_at"])
    return len(new)


class _Desk:
    """What one batch looks up once: the calendar, whom escalations go to, which limits recurring duties follow."""

    def __init__(self, now):
        self.now = now
        self.calendar = current_calendar()
        self.centre = centre()
        reporting = Agency.objects.on(timezone.localdate(now)).filter(kind=Agency.Kind.REPORTING)
        self.supervisors = [reminders.Desk(pk, Role.SUPERVISOR) for pk in reporting.values_list("pk", flat=True)]
        self.followed = set(Limit.objects.exclude(follows="").values_list("rule_set_id", "follows"))
        self.next_duty = {}

    def begin_duties(self, cases):
        """Duties that have begun by now, so that they are warned of in the same pass (A12)."""
        late = Clock.objects.filter(case_id__in=cases, ending=Clock.Ending.RUNNING, due_at__lte=self.now)
        for clock in late.filter(remind_at__lte=self.now):
            if (clock.rule_set_id, clock.key) in self.followed:
                self.next_duty[clock.pk] = engine.begin_duties(cases[clock.case_id], self.now)

    def reminders_of(self, clock, case):
        """The reminders that have come due, in order; leaves the clock with the next one still to come."""
        due = []
        while clock.remind_at is not None and clock.remind_at <= self.now:
            if clock.reminder in Reminder.Kind.values:
                due += [self._reminder(clock, case, desk) for desk in self._desks(clock)]
            try:
                reminders.advance(clock, self.calendar, self.next_duty.get(clock.pk))
            except BeyondCalendar:
                logger.exception("The calendar ends before the next reminder of clock %s", clock.pk)
                clock.remind_at = self.now + RETRY
        return due

    def _desks(self, clock):
        return reminders.desks(clock.reminder, clock, self.centre, self.supervisors)

    def _reminder(self, clock, case, desk):
        return Reminder(
            clock=clock, kind=clock.reminder, agency_id=desk.agency_id, role=desk.role, due_at=clock.due_at,
            urgent=case.rule_set.instant, raised_at=self.now,
        )  # fmt: skip
