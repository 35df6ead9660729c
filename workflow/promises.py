"""The public register of promises: commitments that answers made, their dates and what became of them (Phụ lục I)."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, F, Q
from django.utils.translation import gettext_lazy as _

from submissions.models import Case

from .models import Promise
from .paging import Page, after_key, cut

OPEN, BROKEN, KEPT, LATE = "open", "broken", "kept", "late"
LABELS = {
    OPEN: _("Đang thực hiện, còn hạn"),
    BROKEN: _("Quá hẹn, chưa thực hiện"),
    KEPT: _("Đã thực hiện đúng hẹn"),
    LATE: _("Đã thực hiện, trễ hẹn"),
}


@dataclass(frozen=True)
class PromiseRow:
    code: str
    title: str
    agency: str
    date: date
    state: str
    state_label: str
    fulfilled_at: datetime | None


def promises(state, now, after="") -> Page:
    """A page of one kind: what is still owed, the oldest first; what was done, the latest first."""
    rows = _public().filter(_is(state, now))
    moment, latest_first = ("made_at", False) if state in (OPEN, BROKEN) else ("fulfilled_at", True)
    order = ("-fulfilled_at", "-pk") if latest_first else ("made_at", "pk")
    rows = rows.select_related("case", "approval__result__agency").order_by(*order)
    found, following = cut(after_key(rows, after, moment, descending=latest_first), moment)
    return Page([_row(promise, state) for promise in found], following)


def counts(now) -> dict[str, int]:
    """How many of each kind."""
    found = _public().aggregate(**{f"are_{state}": Count("pk", filter=_is(state, now)) for state in LABELS})
    return {state: found[f"are_{state}"] for state in LABELS}


def _public():
    """Those that the published answer of a published case made."""
    return Promise.objects.filter(case__in=Case.objects.public(), approval=F("case__answer"))


def _is(state, now):
    is_over = Q(clock__due_at__lt=now)
    return {
        OPEN: Q(closed_at__isnull=True) & ~is_over,
        BROKEN: Q(closed_at__isnull=True) & is_over,
        KEPT: Q(fulfilled_at__isnull=False, kept=True),
        LATE: Q(fulfilled_at__isnull=False, kept=False),
    }[state]


def _row(promise, state):
    return PromiseRow(
        code=promise.case.code, title=promise.case.shown_title, agency=promise.approval.result.agency.name,
        date=promise.date, state=state, state_label=str(LABELS[state]), fulfilled_at=promise.fulfilled_at,
    )  # fmt: skip
