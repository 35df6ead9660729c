"""The audit: who saw, did, changed or took out what (Đ14.2, R16). Written here alone, and only ever added to.

Each entry is hashed together with the hash of the one before it in its chain, so that a row changed or taken out later
is found (`verify`). Taking away the end of a chain is found from the next checkpoint on: every night one entry covers
all that were written before it.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, timedelta

from django.db import connection, transaction
from django.db.models import Max, Min
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.register import memberships_of
from agencies.roles import Role

from .models import AuditEntry, CaseEvent

Kind = AuditEntry.Kind
NO_CASE = 0
LOOKING = timedelta(minutes=10)
"""Who opened a case within it counts as looking at it, and is not noted again."""
OPENED_FOR = timedelta(minutes=30)
"""How long the sender's identity stays open to who opened it."""
MOST_LOOKING = 50
SETTLED = timedelta(hours=1)
"""No transaction takes longer: whatever is older than that is there to be covered by a checkpoint."""
BATCH = 2000


def record(kind, *, case=None, event=None, actor=None, membership=None, role="", agency=None, subject="", reason="",
           facts=None) -> AuditEntry:  # fmt: skip
    """Add one entry. `membership` says for whom the actor acted, where `role` and `agency` don't."""
    row = AuditEntry(
        kind=kind, case=case, event=event, actor=actor, role=role or (membership.role if membership else ""),
        agency=agency or (membership.agency if membership else None), subject=subject[:200], reason=reason[:200],
        facts=facts or {},
    )  # fmt: skip
    if case is not None:
        vars(case).pop("seen_of_late", None)
    return add([row])[0]


def add(rows) -> list[AuditEntry]:
    """Put new entries at the ends of their chains, in this order."""
    if not rows:
        return []
    with transaction.atomic():
        for row in rows:
            row.chain, row.at = row.case_id or NO_CASE, timezone.now()
        ends = _held_ends({row.chain for row in rows})
        for row in rows:
            number, previous = ends.get(row.chain, (0, ""))
            row.number, row.previous = number + 1, previous
            row.sha256 = fingerprint(row)
            ends[row.chain] = row.number, row.sha256
        return AuditEntry.objects.bulk_create(rows)


def _held_ends(chains):
    """{chain: (number, hash) of its last entry}; nobody else adds to these chains before this transaction ends."""
    _hold(chains)
    ends = {}
    for chain in chains:
        last = AuditEntry.objects.filter(chain=chain).order_by("-number").values_list("number", "sha256").first()
        if last is not None:
            ends[chain] = last
    return ends


def _hold(chains):
    """SQLite has one writer at a time anyway."""
    if connection.vendor == "postgresql":
        keys = sorted({_short(chain) for chain in chains})
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(4711, k) FROM unnest(%s) k", [keys])


def _short(chain):
    return chain % 2**31


def fingerprint(row) -> str:
    """sha256 (hex) over everything that an entry says, the event behind it, and the hash of the entry before."""
    said = [
        row.previous, row.chain, row.number, row.at.astimezone(UTC).isoformat(), row.kind, row.case_id, row.event_id,
        row.actor_id, row.agency_id, row.role, row.subject, row.reason, row.facts, event_digest(row.event),
    ]  # fmt: skip
    return _digest(said)


def event_digest(event) -> str:
    """sha256 (hex) over an event of a case; the text of its note by its own digest. "" for none."""
    if event is None:
        return ""
    return _digest(
        [
            event.pk, event.case_id, event.action, event.at.astimezone(UTC).isoformat(), event.actor_id, event.role,
            event.agency_id, event.on_behalf, event.channel, event.before, event.after, event.readers,
            hashlib.sha256(event.note.encode()).hexdigest(), event.facts, event.subject_agency_id,
        ]
    )  # fmt: skip


def _digest(values):
    return hashlib.sha256(json.dumps(values, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def did(event) -> AuditEntry:
    """Every event of a case is an entry too, in the same transaction."""
    return record(
        Kind.DID, case=event.case, event=event, actor=event.actor, role=event.role, agency=event.agency,
        subject=event.action,
    )  # fmt: skip


def seat(viewer, case):
    """The membership that somebody uses on a case: of the agency that holds it, else the first."""
    own = (membership for membership in viewer.memberships if membership.agency_id == case.agency_id)
    return next(own, next(iter(viewer.memberships), None))


def look(viewer, case, now) -> list[AuditEntry]:
    """Note that somebody opens a case, once in LOOKING; gives the entries of the others who have it open (one each)."""
    by_person = {}
    for entry in _of_late(case, now):
        if entry.kind == Kind.SAW and entry.at > now - LOOKING:
            by_person.setdefault(entry.actor_id, entry)
    if by_person.pop(viewer.user.pk, None) is None:
        record(Kind.SAW, case=case, actor=viewer.user, membership=seat(viewer, case))
    return list(by_person.values())


def has_opened(user, case, now) -> bool:
    """Whether this person opened the sender's identity less than OPENED_FOR ago."""
    return any(entry.kind == Kind.OPENED and entry.actor_id == user.pk for entry in _of_late(case, now))


def _of_late(case, now):
    """Who looked at a case or opened its sender of late, the latest first; kept on the case until the next entry."""
    if not hasattr(case, "seen_of_late"):
        kinds = [Kind.SAW, Kind.OPENED]
        rows = case.audit.filter(kind__in=kinds, at__gt=now - OPENED_FOR).select_related("actor", "agency")
        case.seen_of_late = list(rows.order_by("-id")[:MOST_LOOKING])
    return [entry for entry in case.seen_of_late if entry.at > now - OPENED_FOR]


def downloaded(viewer, file, now):
    """Note that staff opened a file of a case; a browser that asks for it in pieces is noted once.

    By its key: a name that the sender gave is content, which the administrator does not read.
    """
    what = f"{file.kind} {file.pk}"
    mine = file.case.audit.filter(kind=Kind.DOWNLOADED, actor=viewer.user, subject=what, at__gt=now - LOOKING)
    if not mine.exists():
        record(Kind.DOWNLOADED, case=file.case, actor=viewer.user, membership=seat(viewer, file.case), subject=what)


def exported(viewer, cases, what):
    """Note that cases went out on a list or as a file, on each of them."""
    add(
        [
            AuditEntry(
                kind=Kind.EXPORTED, case=case, actor=viewer.user, subject=str(what)[:200],
                role=membership.role if (membership := seat(viewer, case)) else "",
                agency=membership and membership.agency,
            )
            for case in cases
        ]
    )  # fmt: skip


def handed_over(viewer, case, what, reason):
    """Note that a whole case went out, to whom and why; its sender reads it."""
    record(
        Kind.EXPORTED,
        case=case,
        actor=viewer.user,
        membership=seat(viewer, case),
        subject=str(what),
        reason=str(reason),
    )


def searched(viewer, found):
    """Note that the centre searched, which may be by a sender's name or number; not for whom."""
    membership = next(iter(viewer.memberships), None)
    record(Kind.SAW, actor=viewer.user, membership=membership, subject=_("tìm trong hàng đợi"), facts={"found": found})


def changed(user, what, how):
    """Note a change of reference data or of an account; `user` acts in the first of today's memberships."""
    record(Kind.CHANGED, actor=user, membership=_first(user), subject=str(what), reason=str(how))


def signed_in(user, how):
    """Note that somebody came to a desk, or tried to with this account and failed."""
    record(Kind.LOGIN, actor=user, membership=_first(user), subject=str(how))


def taken_out(user, number, filters):
    """Note that rows of the audit itself went out as a file."""
    facts = {"rows": number, "filters": filters}
    record(Kind.EXPORTED, actor=user, membership=_first(user), subject=_("nhật ký, tệp CSV"), facts=facts)


def _first(user):
    return next(iter(memberships_of(user, timezone.localdate())), None)


def told_to_the_sender(case):
    """What the sender reads of it: openings of their data, files opened, exports; the latest first, at most 100."""
    rows = case.audit.filter(kind__in=AuditEntry.TOLD_TO_THE_SENDER).select_related("agency").order_by("-id")
    return list(rows[:100])


def checkpoint(now) -> int:
    """Cover everything written since the last checkpoint, but for the last hour, by one entry; how many entries."""
    with transaction.atomic():
        _hold({NO_CASE})
        last = AuditEntry.objects.filter(kind=Kind.CHECKPOINT).order_by("-id").first()
        after = last.facts["last"] if last else 0
        settled = AuditEntry.objects.filter(id__gt=after, at__lt=now - SETTLED).aggregate(last=Max("id"))["last"]
        if settled is None:
            return 0
        count, covered = _covered(after, settled)
        record(
            Kind.CHECKPOINT, role=Role.SYSTEM, facts={"first": after, "last": settled, "count": count, "of": covered}
        )
        return count


def _covered(after, last):
    """(how many, sha256) of the entries behind `after` up to `last`, in the order of their keys."""
    digest, count = hashlib.sha256(), 0
    rows = AuditEntry.objects.filter(id__gt=after, id__lte=last).order_by("id")
    for pk, sha256 in rows.values_list("pk", "sha256").iterator(chunk_size=BATCH):
        digest.update(f"{pk} {sha256}\n".encode())
        count += 1
    return count, digest.hexdigest()


def begin(first, last):
    """Events with these keys came without entries: copies made as sample data."""
    record(Kind.BEGAN, role=Role.SYSTEM, facts={"first": first, "last": last})


@dataclass(frozen=True)
class Fault:
    """`where` is chain/number of an entry, or the key of an event."""

    where: str
    what: str


def verify():
    """Every fault of the audit, as it is found: reads all of it, chain by chain, in bounded memory."""
    yield from _broken_links()
    yield from _broken_checkpoints()
    yield from _events_without_entry()


def _broken_links():
    chain, number, previous = None, 0, ""
    rows = AuditEntry.objects.select_related("event").order_by("chain", "number")
    for row in rows.iterator(chunk_size=BATCH):
        if row.chain != chain:
            chain, number, previous = row.chain, 0, ""
        if row.number != number + 1:
            yield Fault(f"{row.chain}/{row.number}", "missing before it")
        elif row.previous != previous:
            yield Fault(f"{row.chain}/{row.number}", "does not follow the entry before it")
        if row.sha256 != fingerprint(row):
            yield Fault(f"{row.chain}/{row.number}", "was changed, or its event was")
        number, previous = row.number, row.sha256


def _broken_checkpoints():
    after = 0
    for row in AuditEntry.objects.filter(kind=Kind.CHECKPOINT).order_by("id").iterator(chunk_size=BATCH):
        count, covered = _covered(row.facts["first"], row.facts["last"])
        if row.facts["first"] != after or (count, covered) != (row.facts["count"], row.facts["of"]):
            yield Fault(f"{row.chain}/{row.number}", "does not cover what it covered")
        after = row.facts["last"]


def _events_without_entry():
    """Events around the engine; those with lower keys than the first that has an entry are older than the audit."""
    first = AuditEntry.objects.aggregate(first=Min("event"))["first"]
    bare = CaseEvent.objects.filter(audit__isnull=True, pk__gt=first) if first else CaseEvent.objects.none()
    for facts in AuditEntry.objects.filter(kind=Kind.BEGAN).values_list("facts", flat=True):
        bare = bare.exclude(pk__gte=facts["first"], pk__lte=facts["last"])
    for pk, case_id in bare.order_by("pk").values_list("pk", "case_id")[:BATCH]:
        yield Fault(f"event {pk} of case {case_id}", "has no entry")
