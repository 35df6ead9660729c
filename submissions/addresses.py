"""Finding a commune by its name of today or of before 1/7/2025, as people type it (§9).

The names of a process are kept folded in memory and read anew when FRESH seconds are over: 13.000 names are searched in
a millisecond or two, without a query.
"""

import dataclasses
import logging
import re
import uuid
from collections import defaultdict
from enum import IntEnum
from functools import lru_cache

from django.conf import settings
from django.core.cache import cache

from agencies.models import AdministrativeUnit, FormerCommune

from .text import fold, one_line

MOST = 20
SHORTEST = 2
LONGEST = 120
FRESH = 60 * 60
KINDS = ("phuong", "xa", "dac khu", "thi tran")
AREAS = ("thanh pho", "tinh", "quan", "huyen", "thi xa")
CITIES = {"hcm": "ho chi minh", "tphcm": "thanh pho ho chi minh"}
ABBREVIATIONS = CITIES | {
    "p": "phuong", "x": "xa", "dk": "dac khu", "tt": "thi tran", "tp": "thanh pho", "t": "tinh", "q": "quan",
    "h": "huyen", "tx": "thi xa",
}  # fmt: skip

logger = logging.getLogger(__name__)


class Match(IntEnum):
    """How well a name answers what was typed, the best first."""

    EXACT = 0
    PREFIX = 1
    PART = 2
    AREA = 3


@dataclasses.dataclass(frozen=True)
class Candidate:
    """A commune of today, and the former commune by whose name it was found."""

    code: str
    name: str
    province: str
    province_name: str
    former: str = ""

    @property
    def place(self):
        return f"{self.name}, {self.province_name}"

    @property
    def label(self):
        return f"{self.former} → {self.place}" if self.former else self.place


@dataclasses.dataclass(frozen=True)
class Found:
    """`only` is the commune that the text names beyond doubt; `nowhere` are former communes whose unit is not known."""

    typed: str
    candidates: tuple[Candidate, ...] = ()
    more: bool = False
    only: Candidate | None = None
    nowhere: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Name:
    """A name that can be typed, the areas that may be typed behind it, and where it leads."""

    full: str
    areas: frozenset[str]
    candidates: tuple[Candidate, ...]
    shown: str


def search(text: str) -> Found:
    """Communes by what was typed: exact names first, then those of the own province, then all others."""
    typed = one_line(text)[:LONGEST]
    query = _normal(typed)
    if len(query) < SHORTEST and not query.isdigit() or query in (*KINDS, *AREAS):
        return Found(typed)
    matches = _read(_revision()).matches(query)
    best = _best_of_each_commune(matches)
    nowhere = {name.shown: None for match, name in matches if match == Match.EXACT and not name.candidates}
    return Found(typed, tuple(best[:MOST]), len(best) > MOST, _only(matches, best), tuple(nowhere)[:MOST])


def _best_of_each_commune(matches):
    ranked = {}
    for match, name in matches:
        for candidate in name.candidates:
            own = candidate.province == settings.OFFICE_PROVINCE
            rank = (match > Match.EXACT and not own, match, not own, candidate.former != "")
            if candidate.code not in ranked or rank < ranked[candidate.code][0]:
                ranked[candidate.code] = rank, candidate
    return [candidate for _rank, candidate in sorted(ranked.values(), key=lambda pair: pair[0])]


def _only(matches, best):
    """Never a guess: "Nha Trang" is a commune and was a city, a divided commune is several, an unknown unit is one."""
    certain = [name for match, name in matches if match in (Match.EXACT, Match.AREA)] or [name for _, name in matches]
    codes = {code for name in certain for code in [candidate.code for candidate in name.candidates] or [""]}
    return next((candidate for candidate in best if codes == {candidate.code}), None)


class Directory:
    """All names, folded: looked up whole, searched in part, and by the district or province that they lay in."""

    def __init__(self, names, areas):
        self._by_full, self._by_bare, self._by_area = defaultdict(list), defaultdict(list), areas
        for name in names:
            self._by_full[name.full].append(name)
            self._by_bare[_without(KINDS, name.full)].append(name)

    def matches(self, query) -> list[tuple[Match, Name]]:
        """Every name that answers and how, some twice; the kind of unit counts unless nothing answers then."""
        bare = _without(KINDS, query)
        return list(self._all(query)) or (self.matches(bare) if bare != query else [])

    def _all(self, query):
        words = query.split()
        for end in range(len(words), 0, -1):
            whole, behind = " ".join(words[:end]), " ".join(words[end:])
            for name in (*self._by_full.get(whole, ()), *self._by_bare.get(whole, ())):
                if not behind or any(_begins(area, behind) for area in name.areas):
                    yield Match.EXACT, name
        for full, names in self._by_full.items():
            if query in full:
                begins = full.startswith(query) or _without(KINDS, full).startswith(query)
                yield from ((Match.PREFIX if begins else Match.PART, name) for name in names)
        yield from ((Match.AREA, name) for name in self._by_area.get(query, ()))


def _begins(area, typed):
    """Whether an area is typed, or its beginning: "nha tr" may be Nha Trang, but "quan 1" is not Quận 10."""
    return area == typed or area.startswith(typed if typed[-1].isalpha() else f"{typed} ")


def _normal(text):
    """Folded, without signs, abbreviations in front of a name written out: "P.01, Q1" is "phuong 1 quan 1"."""
    plain = re.sub(r"\b([pq])(\d)", r"\1 \2", re.sub(r"['’`]", "", fold(text)))
    *words, last = re.findall(r"[^\W_]+", plain) or [""]
    words = [ABBREVIATIONS.get(word, word) for word in words]
    return " ".join(word.lstrip("0") or word for word in [*words, CITIES.get(last, last)])


def _without(kinds, text):
    """The bare name: without the kind of unit in front."""
    return next((text[len(kind) + 1 :] for kind in kinds if text.startswith(f"{kind} ")), text)


def _revision():
    """Changes every FRESH seconds, for all processes at once."""
    try:
        return cache.get_or_set("communes-revision", lambda: uuid.uuid4().hex, FRESH)
    except Exception:  # whatever the cache's client raises when its server is away
        logger.exception("The names of communes are not read anew: the cache does not answer")
        return ""


@lru_cache(maxsize=1)
def _read(revision):
    units = AdministrativeUnit.objects.order_by("name", "pk").values_list("pk", "name", "parent")
    provinces = {code: name for code, name, parent in units if parent is None}
    today = {code: Candidate(code, name, parent, provinces[parent]) for code, name, parent in units if parent}
    leads_to, lies_in = defaultdict(list), {code: {("", unit.province_name)} for code, unit in today.items()}
    links = FormerCommune.current.through.objects.order_by("pk")
    for former, code in links.values_list("formercommune_id", "administrativeunit_id"):
        leads_to[former].append(today[code])
    former_names = []
    for code, *known_as in FormerCommune.objects.order_by("name", "pk").values_list(
        "pk", "name", "district", "province"
    ):
        former_names.append(_former(*known_as, leads_to[code]))
        for unit in leads_to[code]:
            lies_in[unit.code].add(tuple(known_as[1:]))
            lies_in[unit.code].add((known_as[1], unit.province_name))
    names = [Name(_normal(unit.name), _areas(lies_in[code]), (unit,), unit.place) for code, unit in today.items()]
    by_area = defaultdict(list)
    for name in names:
        for area in name.areas:
            by_area[area].append(name)
    return Directory(names + former_names, by_area)


def _former(name, district, province, units):
    """A former commune; its province is told where the units of today lie in another."""
    stayed = units and all(unit.province_name == province for unit in units)
    shown = ", ".join([name, district] if stayed else [name, district, province])
    areas = _areas({(district, province), *((district, unit.province_name) for unit in units)})
    return Name(_normal(name), areas, tuple(dataclasses.replace(unit, former=shown) for unit in units), shown)


def _areas(places):
    return frozenset().union(*(_ways_to_say(*place) for place in places))


@lru_cache(maxsize=2000)
def _ways_to_say(district, province):
    """ "Thành phố Nha Trang", "Nha Trang", "Nha Trang, Khánh Hòa" …"""
    districts, provinces = _with_and_without_kind(district), _with_and_without_kind(province)
    return districts | provinces | {f"{one} {other}" for one in districts for other in provinces}


@lru_cache(maxsize=2000)
def _with_and_without_kind(area):
    return frozenset({_normal(area), _without(AREAS, _normal(area))} - {""})
