"""What the portal does of itself around the end of a period: it chases explanations, then prepares the drafts.

Both are done once however often it is asked; a night that was missed is caught up with within a week.
"""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from agencies.models import Agency
from agencies.register import handling_agencies
from workflow.messages import rendered, unreachable
from workflow.models import Message

from .figures import counted, totals
from .models import Kind, ReportFile
from .periods import presets
from .scope import scope_of

CHASED = timedelta(days=7)
"""So long before a period ends, whoever lacks explanations is asked for them."""
CAUGHT_UP = timedelta(days=7)


def prepare(now) -> int:
    """Chase and prepare what is due today; how many letters were queued."""
    today = timezone.localdate(now)
    return sum(_chase(period, now) for period in presets(today) if today <= period.last < today + CHASED) + sum(
        _prepare(period, now) for period in presets(today) if today - CAUGHT_UP <= period.last < today
    )


def _chase(period, now):
    """One letter to each agency with late limits that it has not explained."""
    numbers = counted("unexplained", scope_of(period, now), "agency")
    day = period.last - CHASED
    told = 0
    for agency in handling_agencies(timezone.localdate(now)).filter(pk__in=[key for (key,) in numbers if key]):
        told += _tell("report_chase", agency, Kind.AGENCY, period, now, day, numbers[agency.pk,])
    return told


def _prepare(period, now):
    """A draft of each report, and a letter to who issues it."""
    told = _draft(Kind.DEPARTMENT, None, Agency.Kind.REPORTING, period, now)
    told += _draft(Kind.OPERATOR, None, Agency.Kind.CENTRE, period, now)
    for agency in handling_agencies(period.last):
        told += _draft(Kind.AGENCY, agency, None, period, now)
    return told


@transaction.atomic
def _draft(kind, agency, issued_by, period, now):
    _row, is_new = ReportFile.objects.get_or_create(
        kind=kind, agency=agency, first=period.first, last=period.last, asked_by=None,
        defaults={"key": uuid.uuid4(), "format": "docx", "asked_at": now},
    )  # fmt: skip
    issuer = agency or Agency.objects.on(period.last).filter(kind=issued_by).order_by("pk").first()
    if not is_new or issuer is None:
        return 0
    scope = scope_of(period, now, agency=agency and agency.pk)
    return _tell("report_draft", issuer, kind, period, now, period.last, totals(scope, "unexplained")["unexplained"])


def _tell(notice, agency, kind, period, now, day, unexplained):
    query = {"kind": kind, "first": period.first, "last": period.last}
    query |= {"agency": agency.code} if kind == Kind.AGENCY else {}
    context = {
        "agency": agency, "kind": kind.label, "period": period, "unexplained": unexplained,
        "site_url": settings.SITE_URL, "address": f"{settings.SITE_URL}{reverse('report')}?{urlencode(query)}",
    }  # fmt: skip
    subject, body = rendered(notice, Message.Medium.EMAIL, context)
    message = Message(
        notice=notice, medium=Message.Medium.EMAIL, recipient=agency.email, agency=agency, day=day,
        subject=subject, body=body, queued_at=now, next_try_at=now, in_office_hours=True,
        **unreachable(agency.email, now),
    )  # fmt: skip
    seen = Message.objects.filter(notice=notice, agency=agency, day=day)
    return 0 if seen.exists() else len(Message.objects.bulk_create([message], ignore_conflicts=True))
