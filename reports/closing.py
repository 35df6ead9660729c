"""Closing a period: figures, definitions and cases as they stood, under one fingerprint; later changes beside them."""

import gzip
import hashlib
import json

from django.db import transaction
from django.utils.translation import gettext as _

from submissions.models import Case
from workflow import audit
from workflow.models import AuditEntry

from .figures import cases_of, totals
from .models import ClosedPeriod, Kind
from .report import Report
from .scope import scope_of

SPOKEN_OF = (
    "received",
    "answered",
    "sent_back",
    "refused",
    "withdrawn",
    "in_progress",
    "unanswered_late",
    "questions",
    "ratings",
)
"""Their cases are all that a report speaks of."""


class NotToBeClosed(Exception):
    """Its text is a sentence for people."""


def closed(report) -> ClosedPeriod | None:
    return ClosedPeriod.objects.filter(**_of(report)).select_related("closed_by").first()


def _of(report):
    period = report.scope.period
    agency = report.scope.agency if report.kind == Kind.AGENCY else None
    return {"kind": report.kind, "agency": agency, "first": period.first, "last": period.last}


def why_not(report, now) -> str:
    """Why this report can't be closed now, or ""."""
    if now < report.scope.period.ends:
        return _("Kỳ báo cáo chưa kết thúc nên chưa chốt được.")
    narrowed = report.scope.agency if report.kind != Kind.AGENCY else None
    if narrowed or report.scope.is_narrowed:
        return _("Chỉ chốt báo cáo đầy đủ, không lọc theo lĩnh vực, địa bàn, kênh hay bộ thời hạn.")
    if closed(report):
        return _("Kỳ này đã được chốt.")
    return ""


def unexplained(report) -> int:
    """Late limits of the report that nobody has explained yet."""
    return totals(report.scope, "unexplained")["unexplained"]


@transaction.atomic
def close(report, viewer, now) -> ClosedPeriod:
    """Freeze it; the fingerprint goes into the audit, so that nothing can be exchanged later. Raises NotToBeClosed."""
    if reason := why_not(report, now):
        raise NotToBeClosed(reason)
    figures, definitions, cases = as_data(report), report.definitions, _codes(report)
    row = ClosedPeriod.objects.create(
        **{name: value for name, value in _of(report).items() if name != "agency"}, agency_id=_of(report)["agency"],
        closed_at=now, closed_by=viewer.user, figures=figures, definitions=definitions,
        packed_cases=gzip.compress(json.dumps(cases).encode()), fingerprint=fingerprint(figures, definitions, cases),
    )  # fmt: skip
    audit.record(
        AuditEntry.Kind.CHANGED, actor=viewer.user, membership=next(iter(viewer.memberships), None),
        subject=_("chốt báo cáo %(kind)s, %(period)s") % {"kind": report.kind, "period": report.scope.period},
        reason=row.fingerprint,
    )  # fmt: skip
    return row


def _codes(report):
    found = set()
    for name in SPOKEN_OF:
        found.update(cases_of(name, report.scope).order_by().values_list("code", flat=True))
    return sorted(found)


def as_data(report) -> list[dict]:
    """The tables as plain data: what is frozen, and compared later."""
    return [
        {
            "key": table.key, "first": str(table.first), "title": table.title,
            "columns": [[column.key, str(column.label)] for column in table.columns],
            "rows": [[row.key, str(row.label), [_plain(cell) for cell in row.cells]] for row in table.rows],
        }
        for table in report.tables
    ]  # fmt: skip


def _plain(cell):
    value = cell.value.isoformat() if hasattr(cell.value, "isoformat") else cell.value
    return [value, cell.part, cell.whole, cell.said]


def fingerprint(figures, definitions, cases) -> str:
    """sha256 (hex) over all three, the same for the same content."""
    said = json.dumps([figures, definitions, cases], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()


def is_intact(row) -> bool:
    return fingerprint(row.figures, row.definitions, row.cases) == row.fingerprint


def addendum(row, now) -> list[tuple]:
    """[(table, row, column, as it was closed, as it is counted now)] of what has changed since."""
    report = Report(row.kind, scope_of(row.period, now, agency=row.agency_id), now)
    then, since = _by_cell(row.figures), _by_cell(as_data(report))
    return [
        (*labels, then.get(cell, (labels, "–"))[1], since.get(cell, (labels, "–"))[1])
        for cell in dict.fromkeys([*then, *since])
        if (labels := (then.get(cell) or since[cell])[0])
        and then.get(cell, ("", ""))[1] != since.get(cell, ("", ""))[1]
    ]


def _by_cell(tables):
    """{(table, row with its number, column): ((words of each), as people read it)}."""
    found = {}
    for table in tables:
        seen = {}
        for key, label, cells in table["rows"]:
            seen[key] = seen.get(key, 0) + 1
            for (column, column_label), cell in zip(table["columns"], cells, strict=True):
                found[table["key"], key, seen[key], column] = ((table["title"], label, column_label), cell[3])
    return found


def missing_cases(row) -> int:
    """Cases of the frozen list that are no longer there; none may ever be (Đ13.1)."""
    codes = row.cases
    present = sum(
        Case.objects.filter(code__in=codes[start : start + 500]).count() for start in range(0, len(codes), 500)
    )
    return len(codes) - present
