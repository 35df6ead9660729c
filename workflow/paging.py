"""Keyset pages of 25 rows: never an OFFSET, never a count of everything."""

import base64
import binascii
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, Q
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan

SIZE = 25
COUNT_CAP = 1000
LONGEST_TOKEN = 120


@dataclass
class Page:
    rows: list
    next: str = ""
    counts: list = field(default_factory=list)
    stage: str = ""
    elsewhere: bool = False


def after_key(rows, token, moment, *, descending=False, first=""):
    """`rows`, ordered by (`moment`, pk), from behind the row that an opaque token names; a broken token is ignored.

    `first` names a flag whose rows stand before all others.
    """
    key = _read(token)
    if key is None:
        return rows
    at, pk, flagged = key
    beyond = TupleLessThan if descending else TupleGreaterThan
    behind = Q(beyond(Tuple(F(moment), F("pk")), (at, pk)))
    if not first:
        return rows.filter(behind)
    return rows.filter(
        Q(**{first: flagged}) & behind | Q(**{first: False}) if flagged else Q(**{first: False}) & behind
    )


def cut(rows, moment, first=""):
    """The first SIZE rows of an ordered queryset, and the token of the next page (empty on the last)."""
    found = list(rows[: SIZE + 1])
    if len(found) <= SIZE:
        return found, ""
    last = found[SIZE - 1]
    packed = json.dumps([getattr(last, moment).isoformat(), last.pk, bool(first and getattr(last, first))])
    return found[:SIZE], base64.urlsafe_b64encode(packed.encode()).decode().rstrip("=")


def capped_count(rows):
    """A count as it is shown: exact up to the cap, beyond it “1.000+”."""
    return _capped(rows.order_by()[: COUNT_CAP + 1].count())


def capped_counts(lists):
    """The capped counts of several querysets, by one question to the database."""
    return [_capped(number) for number in counts_of([rows.order_by().values("pk")[: COUNT_CAP + 1] for rows in lists])]


def counts_of(lists) -> list[int]:
    """How many rows each of several querysets has, by one question to the database."""
    if not lists:
        return []
    parts, values = [], []
    for rows in lists:
        try:
            sql, params = rows.query.sql_with_params()
        except EmptyResultSet:
            sql, params = "SELECT 1 WHERE 1 = 0", ()
        parts.append(f"(SELECT COUNT(*) FROM ({sql}) counted)")  # noqa: S608 the ORM's own, its values apart
        values += params
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", values)
        return list(cursor.fetchone())


def _capped(number):
    return "1.000+" if number > COUNT_CAP else str(number)


def _read(token):
    if len(token) > LONGEST_TOKEN:
        return None
    try:
        at, pk, flagged = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        moment = datetime.fromisoformat(at).astimezone(UTC)
    except (binascii.Error, ValueError, TypeError, OverflowError):
        return None
    return (moment, pk, flagged is True) if isinstance(pk, int) and abs(pk) < 2**63 else None
