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
from django.utils import timezone

from agencies.models import Agency, Membership
from agencies.register import current_calendar, offices_are_open
from agencies.roles import Role

from . import digests
from .messages import rendered, way_back
from .models import Clock, Heartbeat, Message, Reminder
from .reminders import SENDER, Desk

Medium, Kind = Message.Medium, Reminder.Kind
NOTICES = {
    Kind.DUTY: "desk_duty",
    Kind.DUE_SOON: "desk_due_soon",
    Kind.LATE: "desk_late",
    Kind.ESCALATED: "desk_escalated",
    Kind.UNANSWERED: "desk_unanswered",
}
DIGEST, SENDER_SILENT = "desk_digest", "sender_silent"

logger = logging.getLogger(__name__)


def tell(now):
    """Queue what may be told now; gives the number of messages."""
    untold = Reminder.objects.filter(told_at__isnull=True)
    if _had_digest(now) and not untold.exists():
        return 0
    calendar = current_calendar()
    if offices_are_open(now):
        return _tell(untold, now, calendar)
    return _tell(untold.filter(urgent=True), now, calendar) if untold.filter(urgent=True).exists() else 0


@transaction.atomic
def _tell(untold, now, calendar):
    """One at a time: the heartbeat's row is the lock."""
    Heartbeat.objects.bulk_create([Heartbeat(job=Heartbeat.Job.SWEEP, at=now)], ignore_conflicts=True)
    Heartbeat.objects.select_for_update().get(job=Heartbeat.Job.SWEEP)
    queued = 0
    if offices_are_open(now) and not _had_digest(now):
        queued += _digests(now, calendar)
    for desk, reminders in _by_desk(untold).items():
        queued += _tell_sender(reminders, now) if desk == SENDER else _tell_desk(desk, reminders, now, calendar)
    return queued


def _had_digest(now):
    last = Heartbeat.objects.filter(job=Heartbeat.Job.DIGEST).first()
    return last is not None and timezone.localdate(last.at) == timezone.localdate(now)


def _digests(now, calendar):
    """One to every desk for which something is due, late or waiting; it tells of its reminders too."""
    queued = 0
    for desk in _desks(now):
        digest = digests.digest(desk, now, calendar)
        if digest is None:
            continue
        sent = _queue(DIGEST, desk, digest, now, day=timezone.localdate(now))
        untold = Reminder.objects.filter(told_at__isnull=True, urgent=False, agency_id=desk.agency_id, role=desk.role)
        untold.exclude(clock__ending=Clock.Ending.RUNNING).update(told_at=now)
        untold.update(told_at=now, message=sent[0] if sent else None)
        queued += len(sent)
    Heartbeat.beat(Heartbeat.Job.DIGEST, now)
    return queued


def _desks(now):
    """Every agency and role in which somebody is at work today."""
    members = Membership.objects.on(timezone.localdate(now)).filter(user__is_active=True)
    working = members.exclude(role=Role.ADMINISTRATOR).order_by("agency_id", "role")
    return [Desk(agency_id, role) for agency_id, role in working.values_list("agency_id", "role").distinct()]


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

    COLUMNS = (
        "pk", "agency_id", "role", "kind", "urgent", "clock_id", "clock__ending", "clock__due_at", "clock__holder",
    )  # fmt: skip


def _by_desk(untold):
    """{desk: its reminders in the order in which they were raised}."""
    found = defaultdict(list)
    for row in untold.order_by("pk").values_list(*Untold.COLUMNS).iterator(chunk_size=2000):
        reminder = Untold(*row)
        found[Desk(reminder.agency_id, reminder.role)].append(reminder)
    return found


def _tell_sender(reminders, now):
    queued = 0
    for reminder in reminders:
        is_running = reminder.ending == Clock.Ending.RUNNING
        _mark([reminder.pk], now, _queue_to_sender(reminder.clock_id, now) if is_running else None)
        queued += is_running
    return queued


def _tell_desk(desk, reminders, now, calendar):
    """Of each clock only the last kind raised: what is late is no longer due soon. Incidents apart from the rest."""
    latest = {each.clock_id: each for each in reminders if each.ending == Clock.Ending.RUNNING}
    queued = 0
    for (kind, notice), urgent in product(NOTICES.items(), (True, False)):
        told = [each for each in latest.values() if each.kind == kind and each.urgent is urgent]
        if not told:
            continue
        sent = _queue(notice, desk, _listed(told, desk, now, calendar), now, urgent=urgent)
        clocks = {each.clock_id for each in told}
        _mark([each.pk for each in reminders if each.clock_id in clocks], now, sent[0] if sent else None)
        queued += len(sent)
    _mark([each.pk for each in reminders if each.clock_id not in latest], now, None)
    return queued


def _mark(pks, now, message):
    for first in range(0, len(pks), 500):
        Reminder.objects.filter(pk__in=pks[first : first + 500]).update(told_at=now, message=message)


def _listed(told, desk, now, calendar):
    """What the templates get: the soonest due, how many there are, and whether the agency's own are among them."""
    shown = [each.clock_id for each in sorted(told, key=lambda each: (each.due_at, each.clock_id))[: digests.SHOWN]]
    rows = digests.rows(Clock.objects.filter(pk__in=shown), desk, now, calendar)
    own = [each.holder_id == desk.agency_id for each in told]
    return {"clocks": rows, "count": len(told), "more": len(told) - len(rows), "own": any(own), "others": not all(own)}


def _queue(notice, desk, context, now, *, urgent=False, day=None):
    """The messages to the people of a desk, or to their agency's mailbox; urgent ones by SMS too (Đ10.2)."""
    agency = Agency.objects.get(pk=desk.agency_id)
    context = context | {"agency": agency, "role": desk.role, "site_url": settings.SITE_URL}
    ways = [(Medium.EMAIL, address) for address in _addresses(agency, desk.role, now)]
    if urgent and agency.phone:
        ways.append((Medium.SMS, agency.phone))
    if not ways:
        logger.error("Nobody at %s can be told of %s: no address for it is known", agency.code, notice)
    return [
        _create(notice, way, now, context, agency=agency, role=desk.role, day=day, in_office_hours=not urgent)
        for way in ways
    ]


def _addresses(agency, role, now):
    members = Membership.objects.on(timezone.localdate(now)).filter(agency=agency, role=role, user__is_active=True)
    own = members.exclude(user__email="").values_list("user__email", flat=True).order_by("user__email").distinct()
    return list(own) or ([agency.email] if agency.email else [])


def _queue_to_sender(clock_id, now):
    clock = Clock.objects.select_related("case__sender").get(pk=clock_id)
    case = clock.case
    missing = case.events.filter(action="send_back").last()
    context = {"code": case.code, "case": case, "clock": clock, "missing": missing.note if missing else ""}
    context |= {"is_over": now > clock.due_at, "site_url": settings.SITE_URL}
    return _create(SENDER_SILENT, way_back(case), now, context, case=case)


def _create(notice, way, now, context, **columns):
    medium, recipient = way
    subject, body = rendered(notice, medium, context)
    return Message.objects.create(
        notice=notice, medium=medium, recipient=recipient, subject=subject, body=body, queued_at=now, next_try_at=now,
        **columns,
    )  # fmt: skip
