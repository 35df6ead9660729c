"""Keyset pages of 25 rows: never an OFFSET, never a count of everything."""

import base64
import binascii
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.db.models import Q

SIZE = 25
COUNT_CAP = 1000
LONGEST_TOKEN = 120


@dataclass
class Page:
    rows: list
    next: str = ""
    counts: list = field(default_factory=list)
    stage: str = ""


def after_key(rows, token, moment, *, descending=False):
    """`rows`, ordered by (`moment`, pk), from behind the row that an opaque token names; a broken token is ignored."""
    key = _read(token)
    if key is None:
        return rows
    at, pk = key
    step = "lt" if descending else "gt"
    return rows.filter(Q(**{f"{moment}__{step}": at}) | Q(**{moment: at, f"pk__{step}": pk}))


def cut(rows, moment):
    """The first SIZE rows of an ordered queryset, and the token of the next page (empty on the last)."""
    found = list(rows[: SIZE + 1])
    if len(found) <= SIZE:
        return found, ""
    last = found[SIZE - 1]
    packed = json.dumps([getattr(last, moment).isoformat(), last.pk])
    return found[:SIZE], base64.urlsafe_b64encode(packed.encode()).decode().rstrip("=")


def capped_count(rows):
    """A count as it is shown: exact up to the cap, beyond it “1.000+”."""
    number = rows.order_by()[: COUNT_CAP + 1].count()
    return "1.000+" if number > COUNT_CAP else str(number)


def _read(token):
    if len(token) > LONGEST_TOKEN:
        return None
    try:
        at, pk = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        moment = datetime.fromisoformat(at).astimezone(UTC)
    except (binascii.Error, ValueError, TypeError, OverflowError):
        return None
    return (moment, pk) if isinstance(pk, int) and abs(pk) < 2**63 else None
