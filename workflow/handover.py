"""When an agency has ended: its cases go over to its successor, each with an event (§9)."""

import logging

from django.db import DatabaseError
from django.utils import timezone

from agencies.calendar import BeyondCalendar
from agencies.models import Agency
from submissions.models import Case
from submissions.states import OPEN, State

from .engine import hand_over
from .models import Consultation

logger = logging.getLogger(__name__)

AT_ONCE = 200
"""Cases that one pass takes: the next minute takes the next ones."""
WITH_IT = sorted(OPEN | {State.ANSWERED})


def held_by(agency):
    """Cases that the agency leads and somebody may still act on; sealed ones stay."""
    return Case.objects.filter(agency=agency, state__in=WITH_IT)


def asked_of(agency):
    """Cases of others on which its opinion is still awaited."""
    waiting = Consultation.objects.filter(agency=agency, outcome=Consultation.Outcome.WAITING)
    return Case.objects.filter(pk__in=waiting.values("case"))


def heir(agency, date):
    """The agency that does its work on that day: the successor's successor, where that has ended too; None without."""
    seen = set()
    while agency is not None and agency.valid_to is not None and agency.valid_to < date and agency.pk not in seen:
        seen.add(agency.pk)
        agency = agency.successor
    return None if agency is None or agency.pk in seen else agency


def pass_on(now, most=AT_ONCE) -> int:
    """Hand over cases of agencies that have ended by now, at most so many; how many went.

    Two passes at once do no harm: each case is looked at again once it is locked.
    """
    today, went = timezone.localdate(now), 0
    for agency in Agency.objects.filter(valid_to__lt=today, successor__isnull=False).select_related("successor"):
        successor = heir(agency, today)
        if successor is None:
            continue
        for pk in _keys(agency, most - went):
            went += _gave(pk, agency, successor, now)
    return went


def _keys(agency, most):
    found = [
        *held_by(agency).values_list("pk", flat=True)[:most],
        *asked_of(agency).values_list("pk", flat=True)[:most],
    ]
    return list(dict.fromkeys(found))[:most]


def _gave(pk, agency, successor, now):
    """One case that fails keeps neither the others nor the minute's reminders."""
    try:
        return hand_over(pk, agency, successor, now)
    except (BeyondCalendar, DatabaseError):
        logger.exception("Case %s could not be handed over from %s", pk, agency.code)
        return False
