"""The public register: answered cases, fed by `Case.objects.public()` alone (Đ9.1, A15)."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from submissions.codes import MistypedCode, NotACode, read_code
from submissions.models import Case
from submissions.text import fold, mask_name

from .models import Rating
from .paging import Page, after_key, cut

SHORTEST_NAME = 2


@dataclass(frozen=True)
class RegisterRow:
    code: str
    title: str
    place: str
    field_label: str
    agency: str
    received_at: datetime
    published_at: datetime
    rating_label: str
    under_review: bool
    sender: str = ""


def register(*, q="", sender_name="", field="", agency="", after="") -> Page:
    """A page of published cases, newest first; searched by sender's name the name is shown masked (A15)."""
    rows = Case.objects.public().select_related("field", "answer__result__agency", "answer__rating")
    if field:
        rows = rows.filter(field_id=field)
    if agency:
        rows = rows.filter(answer__result__agency__code=agency)
    if q:
        rows = rows.filter(_matches(q))
    if sender_name:
        if len(sender_name.split()) < SHORTEST_NAME:
            return Page([])
        rows = rows.filter(sender__full_name__iexact=sender_name).select_related(
            "field", "answer__result__agency", "answer__rating", "sender"
        )
    rows = rows.order_by("-published_at", "-pk")
    found, following = cut(after_key(rows, after, "published_at", descending=True), "published_at")
    return Page([_row(case, named=bool(sender_name)) for case in found], following)


def _matches(q):
    try:
        return Q(code=read_code(q))
    except (NotACode, MistypedCode):
        return Q(search_text__contains=fold(q))


def _row(case, named):
    rating = getattr(case.answer, "rating", None)
    return RegisterRow(
        code=case.code, title=case.shown_title, place=case.place, field_label=case.field.name if case.field else "",
        agency=case.answer.result.agency.name, received_at=case.received_at, published_at=case.published_at,
        rating_label=Rating.Score(rating.score).label if rating else "", under_review=case.under_review,
        sender=mask_name(case.sender.full_name) if named else "",
    )  # fmt: skip
