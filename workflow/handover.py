"""When an agency has ended: its cases go over to its successor, each with an event (§9)."""

from django.db.models import Q
from django.utils import timezone

from agencies.models import Agency
from submissions.models import Case
from submissions.states import OPEN, State

from .engine import hand_over
from .models import Consultation

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
    """Hand over cases of agencies that have ended by now, at most so many; how many went."""
    today, went = timezone.localdate(now), 0
    for agency in Agency.objects.filter(valid_to__lt=today, successor__isnull=False).select_related("successor"):
        successor = heir(agency, today)
        if successor is None:
            continue
        found = Case.objects.filter(Q(pk__in=held_by(agency).values("pk")) | Q(pk__in=asked_of(agency).values("pk")))
        for pk in list(found.order_by("pk").values_list("pk", flat=True)[: most - went]):
            hand_over(pk, agency, successor, now)
            went += 1
    return went
