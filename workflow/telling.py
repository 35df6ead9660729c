"""Tell the desks of the reminders that were raised: one message a desk and kind, however many clocks it is about.

Staff are told in office hours; what was raised outside them stands in the digest of the next working morning. The
instant procedure is told at once, by SMS too (Đ10.2). A clock that has ended meanwhile is not told of any more.
"""

import logging
from collections import defaultdict

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from agencies.calendar import BeyondCalendar
from agencies.models import Agency, Membership
from agencies.register import current_calendar
from agencies.roles import Role
from submissions.models import Case

from . import digests
from .dossier import remaining_words
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
SHOWN = 20

logger = logging.getLogger(__name__)


@transaction.atomic
def tell(now):
    """Queue what may be told now; gives the number of messages. One at a time: the heartbeat's row is the lock."""
    Heartbeat.objects.get_or_create(job=Heartbeat.Job.SWEEP, defaults={"at": now})
    Heartbeat.objects.select_for_update().get(job=Heartbeat.Job.SWEEP)
    calendar = current_calendar()
    is_open = _is_open(calendar, now)
    queued = _digests(now, calendar) if is_open and not _had_digest(now) else 0
    untold = Reminder.objects.filter(told_at__isnull=True)
    for desk, reminders in _by_desk(untold if is_open else untold.filter(urgent=True)).items():
        queued += _tell_sender(reminders, now) if desk == SENDER else _tell_desk(desk, reminders, now, calendar)
    return queued


def _is_open(calendar, now):
    try:
        return calendar.is_open(now)
    except BeyondCalendar:
        logger.exception("Nobody knows whether the offices are open: staff are not told of anything but incidents")
        return False


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
        untold.update(told_at=now, message=sent[0] if sent else None)
        queued += len(sent)
    Heartbeat.objects.update_or_create(job=Heartbeat.Job.DIGEST, defaults={"at": now})
    return queued


def _desks(now):
    """Every agency and role in which somebody is at work today."""
    members = Membership.objects.on(timezone.localdate(now)).filter(user__is_active=True)
    working = members.exclude(role=Role.ADMINISTRATOR).order_by("agency_id", "role")
    return [Desk(agency_id, role) for agency_id, role in working.values_list("agency_id", "role").distinct()]


def _by_desk(untold):
    """{desk: its reminders in the order in which they were raised}."""
    found = defaultdict(list)
    for reminder in untold.select_related("clock__case").order_by("pk").iterator(chunk_size=2000):
        found[Desk(reminder.agency_id, reminder.role)].append(reminder)
    return found


def _tell_sender(reminders, now):
    queued = 0
    for reminder in reminders:
        if reminder.clock.ending == Clock.Ending.RUNNING:
            reminder.message = _queue_to_sender(reminder.clock, now)
            queued += 1
        reminder.told_at = now
    Reminder.objects.bulk_update(reminders, ["message", "told_at"], batch_size=500)
    return queued


def _tell_desk(desk, reminders, now, calendar):
    """Of each clock only the last kind raised: what is late is no longer due soon."""
    latest = {each.clock_id: each for each in reminders if each.clock.ending == Clock.Ending.RUNNING}
    queued = 0
    for kind, notice in NOTICES.items():
        clocks = [each.clock for each in latest.values() if each.kind == kind]
        if not clocks:
            continue
        urgent = any(each.urgent for each in latest.values() if each.kind == kind)
        sent = _queue(notice, desk, _listed(clocks, now, calendar), now, urgent=urgent)
        told = [each.pk for each in reminders if each.clock_id in latest and latest[each.clock_id].kind == kind]
        _mark(told, now, sent[0] if sent else None)
        queued += len(sent)
    _mark([each.pk for each in reminders if each.clock_id not in latest], now, None)
    return queued


def _mark(pks, now, message):
    for first in range(0, len(pks), 500):
        Reminder.objects.filter(pk__in=pks[first : first + 500]).update(told_at=now, message=message)


def _listed(clocks, now, calendar):
    """What the templates get: the soonest due, and how many there are."""
    clocks = sorted(clocks, key=lambda clock: (clock.due_at, clock.pk))
    rows = [
        {
            "code": clock.case.code, "label": clock.label, "due_at": clock.due_at, "provisional": clock.provisional,
            "remaining": remaining_words(clock.due_at, now, calendar, clock.unit), "article": clock.article,
        }
        for clock in clocks[:SHOWN]
    ]  # fmt: skip
    return {"clocks": rows, "count": len(clocks), "more": len(clocks) - len(rows)}


def _queue(notice, desk, context, now, *, urgent=False, day=None):
    """The messages to the people of a desk, or to their agency's mailbox; urgent ones by SMS too (Đ10.2)."""
    agency = Agency.objects.get(pk=desk.agency_id)
    context = context | {"agency": agency, "role": desk.role, "site_url": settings.SITE_URL}
    ways = [(Medium.EMAIL, address) for address in _addresses(agency, desk.role, now)]
    if urgent and agency.phone:
        ways.append((Medium.SMS, agency.phone))
    if not ways:
        logger.error("Nobody at %s can be told: neither a mail address nor a telephone is known", agency.code)
    return [
        _create(notice, way, now, context, agency=agency, role=desk.role, day=day, in_office_hours=not urgent)
        for way in ways
    ]


def _addresses(agency, role, now):
    members = Membership.objects.on(timezone.localdate(now)).filter(agency=agency, role=role, user__is_active=True)
    own = members.exclude(user__email="").values_list("user__email", flat=True).order_by("user__email").distinct()
    return list(own) or ([agency.email] if agency.email else [])


def _queue_to_sender(clock, now):
    case = Case.objects.select_related("sender").get(pk=clock.case_id)
    missing = case.events.filter(action="send_back").last()
    context = {"code": case.code, "case": case, "clock": clock, "missing": missing.note if missing else ""}
    context |= {"site_url": settings.SITE_URL}
    return _create(SENDER_SILENT, way_back(case), now, context, case=case)


def _create(notice, way, now, context, **columns):
    medium, recipient = way
    subject, body = rendered(notice, medium, context)
    return Message.objects.create(
        notice=notice, medium=medium, recipient=recipient, subject=subject, body=body, queued_at=now, next_try_at=now,
        **columns,
    )  # fmt: skip
