"""Opening one's own case by code and phone (Đ13.2): the same path and words for every code, known or not."""

import secrets
from datetime import timedelta

from django.db.models import F, Q

from .models import Case, Sender

MAX_WRONG = 20
LOCK = timedelta(hours=1)


def open_by_phone(code, phone, now):
    """The case of this code if `phone` (E.164) is its sender's, else None.

    After MAX_WRONG wrong phones a code is locked for LOCK, for everybody: then the right one gives None too.
    """
    case = Case.objects.select_related("sender").filter(code=code).first()
    sender = case.sender if case else Sender()
    is_right = secrets.compare_digest(sender.phone, phone)
    is_locked = sender.locked_until is not None and sender.locked_until > now
    if case and is_right and not is_locked:
        return case
    _count_wrong(sender.pk or 0, now)
    return None


def _count_wrong(pk, now):
    unlocked = Sender.objects.filter(Q(locked_until=None) | Q(locked_until__lte=now), pk=pk)
    unlocked.update(wrong_phones=F("wrong_phones") + 1)
    unlocked.filter(wrong_phones__gte=MAX_WRONG).update(wrong_phones=0, locked_until=now + LOCK)
