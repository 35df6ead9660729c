"""Cases that look like what somebody is about to report: by subject and by place, both compared folded (fuzzily).

Looked at are the latest published ones alone: nothing unpublished or confidential can be found, and the work is bounded
however large the register grows.
"""

import re
from dataclasses import dataclass

from rapidfuzz import fuzz

from .models import Case
from .text import fold

LATEST = 2000
SHOWN = 3
LIKE_SUBJECT, LIKE_PLACE, LIKE_SUBJECT_ALONE = 60, 85, 85
"""Least likeness in percent: with a place both count, without one the subject must say nearly the same."""
SHORTEST_SUBJECT = 3
"""Words; fewer say too little to stand alone."""
OF_ANY_PLACE = re.compile(
    r"\b(?:duong|pho|phuong|xa|thon|to|so|nha|hem|ngo|kiet|truoc|sau|gan|doan|tu|toi|canh|doi dien|khu vuc|ap|"
    r"thanh pho|tp|tinh|nga ba|nga tu|nga nam|goc|dau|cuoi|tai|o)\b|\d+"
)


@dataclass(frozen=True)
class LookAlikes:
    """How many there are, and the nearest of them."""

    count: int
    cases: list[Case]


def published_like(title: str, place: str) -> LookAlikes:
    """Published cases about the same matter at the same place, the nearest first."""
    subject, spot = fold(title), core(fold(place))
    if not subject:
        return LookAlikes(0, [])
    rows = Case.objects.public().order_by("-published_at", "-pk").values_list("pk", "search_text")[:LATEST]
    scores = {pk: score for pk, text in rows if (score := likeness(subject, spot, text))}
    nearest = sorted(scores, key=scores.get, reverse=True)[:SHOWN]
    found = Case.objects.public().in_bulk(nearest)
    return LookAlikes(len(scores), [found[pk] for pk in nearest if pk in found])


def likeness(subject: str, spot: str, search_text: str) -> float:
    """0 where the two are not about the same, else up to 100; `search_text` as `submissions.intake.index` keeps it."""
    _code, title, _content, place = search_text.split("\n")
    same_subject = fuzz.token_set_ratio(subject, title)
    if not spot:
        alone = same_subject >= LIKE_SUBJECT_ALONE and len(subject.split()) >= SHORTEST_SUBJECT
        return same_subject if alone else 0
    same_place = fuzz.partial_ratio(spot, f"{core(place)} {title}")
    if same_subject < LIKE_SUBJECT or same_place < LIKE_PLACE:
        return 0
    return (same_subject + same_place) / 2


def core(place: str) -> str:
    """What tells a place from others: names, without "street", "ward", "opposite" and numbers of houses."""
    return " ".join(OF_ANY_PLACE.sub(" ", place).split())
