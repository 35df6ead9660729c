"""Closing a period: figures, definitions and cases as they stood, under one fingerprint; later changes beside them."""

import gzip
import hashlib
import json
from collections import Counter

from django.db import transaction
from django.utils.translation import gettext as _

from submissions.models import Case
from workflow import audit
from workflow.models import AuditEntry

from .figures import FIGURES, cases_of, totals
from .models import ClosedPeriod, Kind
from .report import Report, of_report
from .scope import scope_of
from .tables import as_data, from_data

COMPARED = 2000


class NotToBeClosed(Exception):
    """Its text is a sentence for people."""


def why_not(report, now) -> str:
    """Why this report can't be closed now, or ""."""
    if now < report.scope.period.ends:
        return _("Kỳ báo cáo chưa kết thúc nên chưa chốt được.")
    narrowed = report.scope.agency if report.kind != Kind.AGENCY else None
    if narrowed or report.scope.narrowed:
        return _("Chỉ chốt báo cáo đầy đủ, không lọc theo lĩnh vực, địa bàn, kênh hay bộ thời hạn.")
    if report.closed:
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
    about = of_report(report.kind, report.scope)
    figures, definitions, cases = as_data(report.counted.all), report.definitions, _codes(report)
    row = ClosedPeriod(
        **about, closed_at=now, closed_by=viewer.user, figures=figures, definitions=definitions,
        packed_cases=gzip.compress(json.dumps(cases).encode()),
    )  # fmt: skip
    row.fingerprint = fingerprint(row)
    row.save(force_insert=True)
    audit.record(
        AuditEntry.Kind.CHANGED, actor=viewer.user, membership=next(iter(viewer.memberships), None),
        subject=subject_of(row), reason=row.fingerprint,
    )  # fmt: skip
    return row


def subject_of(row):
    """By which the audit knows what was closed."""
    return f"chốt báo cáo {row.kind} {row.agency.code if row.agency else ''} {row.first} {row.last}"


def _codes(report):
    """Of every case that some figure of the report counts."""
    found = set()
    for name in FIGURES:
        found.update(cases_of(name, report.scope).order_by().values_list("code", flat=True))
    return sorted(found)


def fingerprint(row) -> str:
    """sha256 (hex) over which report it is, its figures, definitions and cases."""
    said = [row.kind, row.agency_id, str(row.first), str(row.last), row.figures, row.definitions, row.cases]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def is_intact(row) -> bool:
    """Whether it is what was closed: its content has this fingerprint, and the audit holds the same."""
    noted = AuditEntry.objects.filter(case=None, subject=subject_of(row), reason=row.fingerprint)
    return fingerprint(row) == row.fingerprint and noted.exists()


def addendum(row, now) -> list[tuple]:
    """[(table, row, column, as it was closed, as it is counted now)] of what has changed since.

    Tables of cases are compared up to COMPARED rows.
    """
    counted = Report(row.kind, scope_of(row.period, now, agency=row.agency_id), now).counted.all
    then, since = _by_cell(from_data(row.figures)), _by_cell(counted)
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
        seen = Counter()
        for row in table.rows[:COMPARED]:
            seen[row.key] += 1
            for column, cell in zip(table.columns, row.cells, strict=True):
                labels = (table.title, row.label, str(column.label))
                found[table.key, row.key, seen[row.key], column.key] = (labels, cell.said)
    return found


def missing_cases(row) -> int:
    """Cases of the frozen list that are no longer there; none may ever be (Đ13.1)."""
    codes = row.cases
    present = sum(
        Case.objects.filter(code__in=codes[start : start + 500]).count() for start in range(0, len(codes), 500)
    )
    return len(codes) - present
