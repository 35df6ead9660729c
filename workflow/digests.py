"""The morning's digest of one desk: what is late, what is due today, what was raised out of hours, what waits.

Each list names twenty limits at most; the rest is a count. Words are in `messages/desk_digest.txt`.
"""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.calendar import midnight
from agencies.models import Membership
from agencies.roles import Role
from submissions.viewers import Viewer

from . import calendar_changes, outbox, privacy
from .dossier import remaining_words
from .models import Clock, Reminder
from .paging import COUNT_CAP, capped_count
from .queues import waiting

SHOWN = 20
Kind = Reminder.Kind


def digest(desk, now, calendar):
    """The context of `messages/desk_digest.txt`, or None where nothing is due, late or waiting."""
    lists = {name: _listed(clocks, desk, now, calendar) for name, clocks in _clocks_of(desk, now).items()}
    found = {name: listed for name, listed in lists.items() if listed}
    member = _member(desk, now)
    if member is not None:
        found |= {name: what for name, what in _waiting(member, desk, now).items() if what not in ("0", [])}
    return found | {"today": timezone.localdate(now)} if found else None


def rows(clocks, desk, now, calendar):
    """The first limits by due time as messages list them; with their holder where it is not the desk's own agency."""
    clocks = clocks.select_related("case", "holder").order_by("due_at", "pk")[:SHOWN]
    return [
        {
            "code": clock.case.code, "label": clock.label, "due_at": clock.due_at, "provisional": clock.provisional,
            "remaining": remaining_words(clock.due_at, now, calendar, clock.unit),
            "holder": clock.holder.name if clock.holder_id not in (None, desk.agency_id) else "",
        }
        for clock in clocks
    ]  # fmt: skip


def _clocks_of(desk, now):
    """{name of the list: its running clocks}."""
    running = Clock.objects.filter(ending=Clock.Ending.RUNNING)
    own = _held_by(desk, running).filter(conditional=False)
    tonight = midnight(timezone.localdate(now) + timedelta(days=1))
    lists = {
        "late": own.filter(due_at__lt=now),
        "due_today": own.filter(due_at__gte=now, due_at__lt=tonight),
        "soon": running.filter(pk__in=_raised(desk, Kind.DUTY, Kind.DUE_SOON), due_at__gte=tonight),
        "escalated": running.filter(pk__in=_raised(desk, Kind.ESCALATED)).exclude(holder=desk.agency_id),
    }
    if desk.role == Role.OPERATOR:
        lists["silent"] = running.filter(conditional=True, holder_role=Role.SENDER, due_at__lt=now)
    if desk.role == Role.SUPERVISOR:
        lists["province"] = running.filter(conditional=False, due_at__lt=now)
    return lists


def _held_by(desk, clocks):
    """As `reminders.desks` has it: the centre's are the operator's; a leader answers for all of the agency's."""
    held = clocks.filter(holder=desk.agency_id)
    return held if desk.role in (Role.OPERATOR, Role.LEADER) else held.filter(holder_role=desk.role)


def _raised(desk, *kinds):
    """Clocks of which the desk has still to be told."""
    untold = Q(told_at__isnull=True, urgent=False, kind__in=kinds)
    return Reminder.objects.filter(untold, agency_id=desk.agency_id, role=desk.role).order_by().values("clock")


def _listed(clocks, desk, now, calendar):
    """The first twenty, and how many there are; nothing where there is none."""
    shown = rows(clocks, desk, now, calendar)
    if not shown:
        return {}
    count = capped_count(clocks.order_by()) if len(shown) == SHOWN else str(len(shown))
    return {"clocks": shown, "count": count, "more": _beyond(count)}


def _beyond(count):
    """How many are not listed, in words; empty where all are."""
    if not count.isdigit():
        return _("hơn %d") % (COUNT_CAP - SHOWN)
    return str(int(count) - SHOWN) if int(count) > SHOWN else ""


def _member(desk, now):
    """One of the desk's people, at this desk alone: all of them see the same waiting."""
    today = timezone.localdate(now)
    members = Membership.objects.at_work_on(today).filter(
        agency_id=desk.agency_id, role=desk.role, user__is_active=True
    )
    member = members.select_related("user", "agency").first()
    return member and Viewer(member.user, (member,))


def _waiting(member, desk, now):
    """What the desk's pages show as waiting: tabs of the queue, and at the centre messages and unconfirmed days."""
    tabs = [{"key": key, "label": label, "count": count} for key, label, count in waiting(member, now)]
    if desk.role != Role.OPERATOR:
        return {"waiting": tabs}
    tasks, unsent = outbox.counts(member)
    return {
        "waiting": tabs, "tasks": tasks, "unsent": unsent, "unconfirmed": calendar_changes.warnings(now),
        "data_requests": privacy.waiting_in_words(now),
    }  # fmt: skip
