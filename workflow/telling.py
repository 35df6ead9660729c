"""Tell the desks of the reminders that were raised: one message a desk and kind, however many clocks it is about.

Staff are told in office hours; what was raised outside them stands in the digest of the next working morning. The
instant procedure is told at once, by SMS too (Đ10.2). A clock that has ended meanwhile is not told of any more.
"""

import logging
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from itertools import product

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation

from agencies.models import Agency, Membership
from agencies.register import centre, current_calendar, offices_are_open
from agencies.roles import Role

from . import digests, privacy
from .messages import link_in, rendered, unreachable, way_back
from .models import Clock, DataRequest, Heartbeat, Message, Reminder
from .reminders import SENDER, Desk

Medium, Kind = Message.Medium, Reminder.Kind
NOTICES = {
    Kind.DUTY: "desk_duty",
    Kind.DUE_SOON: "desk_due_soon",
    Kind.LATE: "desk_late",
    Kind.ESCALATED: "desk_escalated",
    Kind.UNANSWERED: "desk_unanswered",
}
DIGEST, DATA_LATE, SENDER_SILENT = "desk_digest", "desk_data_late", "sender_silent"

logger = logging.getLogger(__name__)


def tell(now):
    """Queue what may be told now; gives the number of messages."""
    untold = Reminder.objects.filter(told_at__isnull=True)
    if _had_digest(now) and not untold.exists() and not privacy.newly_late(now).exists():
        return 0
    calendar = current_calendar()
    with translation.override(settings.LANGUAGE_CODE):
        if offices_are_open(now):
            return _tell(untold, now, calendar)
        return _tell(untold.filter(urgent=True), now, calendar) if untold.filter(urgent=True).exists() else 0


@transaction.atomic
def _tell(untold, now, calendar):
    """One at a time: the heartbeat's row is the lock."""
    Heartbeat.objects.bulk_create([Heartbeat(job=Heartbeat.Job.SWEEP, at=now)], ignore_conflicts=True)
    Heartbeat.objects.select_for_update().get(job=Heartbeat.Job.SWEEP)
    this = _Round(now, calendar)
    if offices_are_open(now) and not _had_digest(now):
        this.tell_the_morning()
    for desk, reminders in _by_desk(untold).items():
        this.tell(desk, reminders)
    if offices_are_open(now):
        this.tell_of_data_requests()
    return this.queued


def _had_digest(now):
    last = Heartbeat.objects.filter(job=Heartbeat.Job.DIGEST).first()
    return last is not None and timezone.localdate(last.at) == timezone.localdate(now)


def _desks(now):
    """Every agency and role in which somebody is at work today, but for those that had today's digest."""
    today = timezone.localdate(now)
    members = Membership.objects.at_work_on(today).filter(user__is_active=True).exclude(role=Role.ADMINISTRATOR)
    told = set(Message.objects.filter(notice=DIGEST, day=today).values_list("agency_id", "role"))
    working = members.order_by("agency_id", "role").values_list("agency_id", "role").distinct()
    return [Desk(*desk) for desk in working if desk not in told]


@dataclass(frozen=True)
class Untold:
    """A reminder with what telling of it needs to know of its clock."""

    pk: int
    agency_id: int | None
    role: str
    kind: str
    urgent: bool
    clock_id: int
    ending: str
    due_at: datetime
    holder_id: int | None
    raised_for: datetime

    COLUMNS = (
        "pk", "agency_id", "role", "kind", "urgent", "clock_id", "clock__ending", "clock__due_at", "clock__holder",
        "due_at",
    )  # fmt: skip

    @property
    def is_true(self):
        """Whether its clock still runs, and to the due time that it warns of."""
        return self.ending == Clock.Ending.RUNNING and self.due_at == self.raised_for


def _by_desk(untold):
    """{desk: its reminders in the order in which they were raised}."""
    found = defaultdict(list)
    for row in untold.order_by("pk").values_list(*Untold.COLUMNS).iterator(chunk_size=2000):
        reminder = Untold(*row)
        found[Desk(reminder.agency_id, reminder.role)].append(reminder)
    return found


class _Round:
    """One round of telling. What one mailbox or telephone was told of some clocks it is not told again in it."""

    def __init__(self, now, calendar):
        self.now, self.calendar = now, calendar
        self.queued, self.told = 0, {}

    def tell_the_morning(self):
        """A digest to every desk for which something is due, late or waiting; it tells of its reminders too."""
        for desk in _desks(self.now):
            self._apart(desk, lambda desk=desk: self._tell_digest(desk))
        Heartbeat.beat(Heartbeat.Job.DIGEST, self.now)

    def tell(self, desk, reminders):
        work = self._tell_sender if desk == SENDER else self._tell_desk
        self._apart(desk, lambda: work(desk, reminders))

    def tell_of_data_requests(self):
        """The centre, once, of those whose two working days are over."""
        late = privacy.newly_late(self.now).select_for_update(of=("self",))
        if late := list(late.select_related("case")):
            desk = Desk(centre().pk, Role.OPERATOR)
            self._apart(desk, lambda: self._tell_of_data_requests(desk, late))

    def _tell_of_data_requests(self, desk, late):
        shown = late[: digests.SHOWN]
        self._queue(DATA_LATE, desk, {"requests": shown, "count": len(late), "more": len(late) - len(shown)})
        DataRequest.objects.filter(pk__in=[request.pk for request in late]).update(late_told_at=self.now)

    def _apart(self, desk, work):
        """What is wrong with one desk keeps nothing from the others; its reminders are told by a later pass."""
        queued, told = self.queued, dict(self.told)
        try:
            with transaction.atomic():
                work()
        except Exception:
            logger.exception("%s could not be told", desk)
            self.queued, self.told = queued, told

    def _tell_digest(self, desk):
        own = Reminder.objects.filter(told_at__isnull=True, urgent=False, agency_id=desk.agency_id, role=desk.role)
        reminders = [Untold(*row) for row in own.values_list(*Untold.COLUMNS)]
        digest = digests.digest(desk, self.now, self.calendar)
        if digest is None:
            return
        sent = self._queue(DIGEST, desk, digest, day=timezone.localdate(self.now))
        self._mark([each.pk for each in reminders if each.is_true], sent)
        self._mark([each.pk for each in reminders if not each.is_true], None)

    def _tell_sender(self, desk, reminders):
        for reminder in reminders:
            message = _queue_to_sender(reminder.clock_id, self.now) if reminder.is_true else None
            self._mark([reminder.pk], message)
            self.queued += reminder.is_true

    def _tell_desk(self, desk, reminders):
        """Of each clock only the last kind raised: what is late is no longer due soon. Incidents stand apart."""
        latest = {each.clock_id: each for each in reminders if each.is_true}
        for (kind, notice), urgent in product(NOTICES.items(), (True, False)):
            told = [each for each in latest.values() if each.kind == kind and each.urgent is urgent]
            if not told:
                continue
            clocks = frozenset(each.clock_id for each in told)
            listed = _listed(told, desk, self.now, self.calendar)
            message = self._queue(notice, desk, listed, urgent=urgent, clocks=clocks)
            self._mark([each.pk for each in reminders if each.clock_id in clocks], message)
        self._mark([each.pk for each in reminders if each.clock_id not in latest], None)

    def _mark(self, pks, message):
        for first in range(0, len(pks), 500):
            told = Reminder.objects.filter(pk__in=pks[first : first + 500])
            told.update(told_at=self.now, message=message)

    def _queue(self, notice, desk, context, *, urgent=False, day=None, clocks=None):
        """The first of the messages to the people of a desk, or to their agency's mailbox; urgent ones by SMS too
        (Đ10.2). Where no address is known, the message stands in the list of what could not be sent."""
        agency = Agency.objects.get(pk=desk.agency_id)
        context = context | {"agency": agency, "role": desk.role, "site_url": settings.SITE_URL}
        ways = [(Medium.EMAIL, address) for address in _addresses(agency, desk.role, self.now)]
        if urgent and agency.phone:
            ways.append((Medium.SMS, agency.phone))
        if not ways:
            ways = [(Medium.EMAIL, "")]
        messages = []
        for way in ways:
            key = (agency.pk, *way, notice, clocks or desk)
            if key not in self.told:
                columns = {"agency": agency, "role": desk.role, "day": day, "in_office_hours": not urgent}
                self.told[key] = _create(notice, way, self.now, context, **columns)
                self.queued += 1
            messages.append(self.told[key])
        return messages[0]


def _listed(told, desk, now, calendar):
    """What the templates get: the soonest due, how many there are, and whether the agency's own are among them."""
    shown = [each.clock_id for each in sorted(told, key=lambda each: (each.due_at, each.clock_id))[: digests.SHOWN]]
    rows = digests.rows(Clock.objects.filter(pk__in=shown), desk, now, calendar)
    own = [each.holder_id == desk.agency_id for each in told]
    return {"clocks": rows, "count": len(told), "more": len(told) - len(rows), "own": any(own), "others": not all(own)}


def _addresses(agency, role, now):
    members = Membership.objects.at_work_on(timezone.localdate(now)).filter(
        agency=agency, role=role, user__is_active=True
    )
    own = members.exclude(user__email="").values_list("user__email", flat=True).order_by("user__email").distinct()
    return list(own) or ([agency.email] if agency.email else [])


def _queue_to_sender(clock_id, now):
    clock = Clock.objects.select_related("case__sender").get(pk=clock_id)
    case = clock.case
    missing = case.events.filter(action="send_back").last()
    context = {"code": case.code, "case": case, "clock": clock, "missing": missing.note if missing else ""}
    way = way_back(case)
    context |= {"is_over": now > clock.due_at, "site_url": settings.SITE_URL}
    context["link"] = link_in(case, SENDER_SILENT, way[0], now)
    return _create(SENDER_SILENT, way, now, context, case=case)


def _create(notice, way, now, context, **columns):
    medium, recipient = way
    subject, body = rendered(notice, medium, context)
    return Message.objects.create(
        notice=notice, medium=medium, recipient=recipient, subject=subject, body=body, queued_at=now, next_try_at=now,
        **unreachable(recipient, now), **columns,
    )  # fmt: skip
