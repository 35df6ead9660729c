"""The codes of one's cases, sent to whom they belong: for whoever has lost them."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import translation

from agencies.limits import Rate, retry_after
from submissions.models import Case, Sender
from submissions.states import OPEN, State

from .messages import rendered
from .models import Message

NOTICE = "sender_codes"
A_PHONE = Rate(2, 86400)
RECENT = timedelta(days=365)
MOST, MOST_IN_SMS = 10, 4
Medium = Message.Medium


def send_codes(phone, now):
    """Queue the codes of the latest cases of this phone (E.164), open or of the last year.

    Where there are none the same is done and taken back, so that the time it takes tells next to nothing.
    """
    if retry_after("codes-phone", phone, A_PHONE, now):
        return
    with transaction.atomic():
        codes = list(_codes(phone, now))
        medium, recipient = _way(phone)
        shown = codes[: MOST_IN_SMS if medium == Medium.SMS else MOST]
        context = {"codes": shown, "more": len(codes) > len(shown), "at": now, "site_url": settings.SITE_URL}
        with translation.override(settings.LANGUAGE_CODE):
            subject, body = rendered(NOTICE, medium, context)
        Message.objects.create(
            notice=NOTICE, medium=medium, recipient=recipient, subject=subject, body=body, queued_at=now,
            next_try_at=now,
        )  # fmt: skip
        if not codes:
            transaction.set_rollback(True)


def _codes(phone, now):
    cases = Case.objects.filter(sender__phone=phone).exclude(state=State.SEALED)
    cases = cases.filter(Q(state__in=OPEN) | Q(last_event_at__gte=now - RECENT))
    return cases.order_by("-received_at", "-pk").values_list("code", flat=True)[: MOST + 1]


def _way(phone):
    """By mail where every case of the phone names the same address; else to the phone itself."""
    addresses = list(Sender.objects.filter(phone=phone).values_list("email", flat=True).distinct()[:2])
    if len(addresses) == 1 and addresses[0]:
        return Medium.EMAIL, addresses[0]
    return Medium.SMS, phone
