"""Cases in the shares of a province at work, copied by SQL from the sample: 2 % at intake, 10 % in processing, the rest
answered, each with its sender, access, clocks, events and audit."""

from . import connect, copies

FIRST = 1_000_001
NAMES = ["nguyen", "tran", "le", "pham", "hoang", "vo", "dang", "bui", "thi", "van", "minh", "hoa"]
"""Each three of them, in any order, are somebody's name: 1.728 in all."""
SHARES = (("LODGED", 0.02), ("PROCESSING", 0.10), ("ANSWERED", 0.88))


def models():
    from agencies.models import Agency
    from submissions.models import Case

    sample = Case.objects.filter(pk__lt=FIRST)
    lead = sample.filter(state="PROCESSING", agency__isnull=False).first()
    found = {state: sample.filter(state=state).order_by("pk").first() for state, _share in SHARES}
    found["PROCESSING"] = lead
    agencies = list(Agency.objects.filter(memberships__role="specialist").order_by("pk").values_list("pk", flat=True))
    return found, sorted(set(agencies))


def fill(name, numbers):
    """Copies a second apart, with the sample's titles and places in turn."""
    from submissions.models import Case
    from submissions.text import fold

    found, agencies = models()
    told = [(case.title, case.place) for case in Case.objects.filter(pk__lt=FIRST).order_by("pk")]
    texts = ["\n".join(["code", fold(title), fold(title), fold(place)]) for title, place in told]
    values = {"texts": texts, "n": len(texts), "agencies": agencies, "m": len(agencies), "names": NAMES}
    connection, start = connect(name), numbers.start
    with connection.cursor() as cursor:
        for state, share in SHARES:
            stop = numbers.stop if state == "ANSWERED" else start + int(len(numbers) * share)
            cursor.execute("BEGIN")
            for sql in _copied(found[state], range(start, stop)):
                cursor.execute(sql, values)
            cursor.execute("COMMIT")
            start = stop
        cursor.execute("VACUUM ANALYZE")
    connection.close()


def _copied(case, numbers):
    from submissions.models import Case, CaseAccess, Sender
    from workflow.models import Approval, AuditEntry, CaseEvent, Clock, Result

    key, later = f"{FIRST - 1} + k", "k * interval '1 second'"
    agency = "(%(agencies)s)[1 + k %% %(m)s]"
    yield copies(
        Sender, case.sender_id, numbers, id=key, phone="'+849' || lpad(k::text, 8, '0')",
        search_name=" || ' ' || ".join(f"(%(names)s)[1 + k / {step} %% {len(NAMES)}]" for step in (1, 12, 144)),
    )  # fmt: skip
    changed = {
        "id": key, "code": "'B' || k", "submission_key": "md5('bench' || k)::uuid", "sender_id": key,
        "search_text": "(%(texts)s::text[])[1 + k %% %(n)s]", "next_due_at": f"t.next_due_at + {later}",
        "received_at": f"t.received_at - {later}", "published_at": f"t.published_at - {later}",
    }  # fmt: skip
    answered = {"answer_id": key} if case.answer_id else {}
    yield copies(Case, case.pk, numbers, **changed | answered | ({"agency_id": agency} if case.agency_id else {}))
    if answered:
        given = case.answer
        yield copies(Result, given.result_id, numbers, id=key, case_id=key)
        yield copies(Approval, given.pk, numbers, id=key, case_id=key, result_id=key)
    for step, access in enumerate(CaseAccess.objects.filter(case=case).exclude(part="coordinating")):
        own = {"agency_id": agency} if access.part == "lead" else {}
        moved = {"id": f"{step * 10 * FIRST} + {key}", "case_id": key, "due_at": f"t.due_at + {later}"}
        yield copies(CaseAccess, access.pk, numbers, **moved | own)
    events = list(CaseEvent.objects.filter(case=case)[:3])
    for step, event in enumerate(events):
        yield copies(CaseEvent, event.pk, numbers, id=f"{step * 10 * FIRST} + {key}", case_id=key)
    for step, clock in enumerate(Clock.objects.filter(case=case, consultation=None, question=None, promise=None)[:3]):
        moved = {"id": f"{step * 10 * FIRST} + {key}", "case_id": key, "due_at": f"t.due_at + {later}"}
        own = {"holder_id": agency} if clock.holder_id == case.agency_id else {}
        yield copies(Clock, clock.pk, numbers, **moved | own)
    for step, entry in enumerate(AuditEntry.objects.filter(case=case).order_by("number")[:3]):
        moved = {"id": f"{step * 10 * FIRST} + {key}", "case_id": key, "chain": key, "event_id": "NULL"}
        yield copies(AuditEntry, entry.pk, numbers, **moved)
