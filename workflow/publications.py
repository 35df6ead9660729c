"""The public register: answered cases, fed by `Case.objects.public()` alone (Đ9.1, A15)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from agencies.calendar import midnight
from agencies.models import Agency
from submissions.codes import MistypedCode, NotACode, read_code
from submissions.models import Case
from submissions.text import fold, mask_name

from .models import Rating
from .paging import Page, after_key, cut

SHORTEST_NAME = 2
RELATED = ("field", "answer__result__agency", "answer__rating")


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


def register(*, sender_name="", after="", **wanted) -> Page:
    """A page of published cases, newest first; searched by sender's name the name is shown masked (A15)."""
    rows = _published(**wanted)
    if sender_name:
        if len(sender_name.split()) < SHORTEST_NAME:
            return Page([])
        rows = rows.filter(sender__full_name__iexact=sender_name).select_related(*RELATED, "sender")
    found, following = cut(after_key(rows, after, "published_at", descending=True), "published_at")
    return Page([_row(case, named=bool(sender_name)) for case in found], following)


def latest(number, *, field="", agency="") -> list[RegisterRow]:
    """The cases published last."""
    return [_row(case, named=False) for case in _published(field=field, agency=agency)[:number]]


def _published(*, q="", field="", agency="", commune=None, since=None, until=None, rating=""):
    """Newest first; `since` and `until` are local dates of publication."""
    rows = Case.objects.public().select_related(*RELATED).order_by("-published_at", "-pk")
    if field:
        rows = rows.filter(field_id=field)
    if agency:
        rows = rows.filter(answer__result__agency__code=agency)
    if commune:
        rows = rows.filter(_is_about(commune))
    if since:
        rows = rows.filter(published_at__gte=midnight(since))
    if until:
        rows = rows.filter(published_at__lt=midnight(until + timedelta(days=1)))
    if rating:
        rows = rows.filter(answer__rating__score=rating)
    return rows.filter(_matches(q)) if q else rows


def _is_about(commune):
    """Its name stands in what is published, or its own People's Committee answered.

    Not by the commune in the sender's address: the register would tell where a sender lives.
    """
    of_the_place = Agency.objects.filter(kind=Agency.Kind.COMMUNE, places=commune)
    return Q(search_text__contains=fold(commune.name)) | Q(answer__result__agency__in=of_the_place)


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
        rating_label=str(Rating.Score(rating.score).label) if rating else "", under_review=case.under_review,
        sender=mask_name(case.sender.full_name) if named else "",
    )  # fmt: skip
