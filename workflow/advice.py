"""What the centre is advised of while it takes a case in: look-alikes, field and agency, the instant procedure.

Advice only: an operator decides, and each piece says why. Looked at are the latest cases alone, so that the work stays
the same however many there are.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from rapidfuzz import fuzz

from agencies.roles import Role
from submissions.lookalikes import LIKE_PLACE, LIKE_SUBJECT, core, likeness
from submissions.models import STATE_LABELS, Case, Incident
from submissions.states import AT_INTAKE, State
from submissions.text import fold

LATEST = 2000
SHOWN = 4
VOTERS = 20
LEAST_VOTES = 2
DECIDED = (State.PROCESSING, State.SUBMITTED, State.APPROVED, State.ANSWERED)
"""Where an agency has taken a case on, it was the right one."""
INCIDENTS_FIELD = "ha-tang-do-thi"
SIGNS = {
    Incident.POWER: r"(?:mat|chap|ro|ho) dien|day dien (?:dut|roi|vong|ho)|(?:cot|tru) dien (?:do|nghieng|gay)",
    Incident.WATER: r"vo (?:duong )?ong|mat nuoc|ro ri nuoc|nap (?:cong|ho ga) (?:mat|vo|hong)|mat nap|tran cong",
    Incident.TREES: r"cay(?: xanh| co thu)? (?:do|nga|gay|bat goc)|canh(?: cay)? (?:gay|roi|kho sap)",
    Incident.LIGHTING: r"den duong|den chieu sang|cot den (?:do|nghieng|gay)|dien chieu sang",
    Incident.TELECOM: r"cap (?:quang|vien thong|mang) (?:dut|roi|vong|sa)|day cap (?:dut|roi|vong|sa)",
}
"""Words, folded, that speak of an incident of Đ10."""


@dataclass(frozen=True)
class Similar:
    """Another case about the same; `is_told` whether a refusal as its duplicate tells the sender of it (Đ12.1)."""

    code: str
    title: str
    content: str
    place: str
    state_label: str
    holder: str
    received_at: datetime
    likeness: int
    same_place: bool
    is_told: bool
    url: str
    refusal_url: str


@dataclass(frozen=True)
class Suggestion:
    """`key` is what the form's choice has; `why` a sentence."""

    key: str
    name: str
    why: str


@dataclass(frozen=True)
class Advice:
    similar: list[Similar] = field(default_factory=list)
    same_place: int = 0
    fields: list[Suggestion] = field(default_factory=list)
    agencies: list[Suggestion] = field(default_factory=list)
    instant: str = ""
    instant_rules: str = ""


def advice(viewer, case, offered) -> Advice | None:
    """For who takes the case in; None for everybody else and at every other step. `offered`: `workflow.offered`."""
    if case.state not in AT_INTAKE or not viewer.has(Role.OPERATOR):
        return None
    scores, voters, near = _compared(viewer, case)
    returned = _returned(case)
    fields = _fields(case, voters, offered)
    likely = case.field or (offered.field(fields[0].key) if fields else None)
    why, rules = _instant(case), None
    if why:
        in_force = offered.rule_sets(timezone.localdate(case.received_at))
        rules = next((rules for rules in in_force if rules.instant), None)
    return Advice(
        similar=_shown(viewer, case, scores), same_place=near, fields=fields,
        agencies=_agencies(case, likely, voters, returned, offered),
        instant=why if rules else "", instant_rules=rules.code if rules else "",
    )  # fmt: skip


def _compared(viewer, case):
    """({key: likeness} of look-alikes, those about the same that an agency took on, how many at this place)."""
    subject, spot = fold(case.title), core(fold(case.place))
    rows = Case.objects.visible_to(viewer).exclude(state=State.SEALED).exclude(pk=case.pk)
    rows = rows.order_by("-received_at", "-pk")
    scores, voters, near = {}, [], 0
    for row in rows.values_list("pk", "search_text", "state", "agency_id", "field_id", named=True)[:LATEST]:
        _code, title, _content, place = row.search_text.split("\n")
        if score := likeness(subject, spot, row.search_text):
            scores[row.pk] = score
        if row.state in DECIDED and fuzz.token_set_ratio(subject, title) >= LIKE_SUBJECT:
            voters.append(row)
        if spot and place and fuzz.partial_ratio(spot, core(place)) >= LIKE_PLACE:
            near += 1
    return scores, voters[:VOTERS], near


def _shown(viewer, case, scores):
    nearest = sorted(scores, key=scores.get, reverse=True)[:SHOWN]
    told = Exists(Case.objects.known_by_code().filter(pk=OuterRef("pk")))
    found = Case.objects.visible_to(viewer).select_related("agency").annotate(is_told=told).in_bulk(nearest)
    return [_similar(case, found[pk], scores[pk]) for pk in nearest if pk in found]


def _similar(case, other, score):
    refusal = reverse("staff-act", args=[case.code, "refuse"])
    spot = core(fold(case.place))
    return Similar(
        code=other.code, title=other.shown_title, content=other.shown_content, place=other.place,
        state_label=str(STATE_LABELS[other.state]), holder=other.agency.name if other.agency else "",
        received_at=other.received_at, likeness=round(score),
        same_place=bool(spot) and fuzz.partial_ratio(spot, core(fold(other.place))) >= LIKE_PLACE,
        is_told=other.is_told, url=reverse("staff-case", args=[other.code]),
        refusal_url=f"{refusal}?ground=duplicate&duplicate_of={other.code}",
    )  # fmt: skip


def _returned(case):
    """(keys of agencies that returned this case, {code: who proposed it})."""
    events = [event for event in case.events.all() if event.action == "return"]
    proposed = {e.facts["suggested_agency"]: str(e.agency) for e in events if "suggested_agency" in e.facts}
    return {event.agency_id for event in events}, proposed


def _fields(case, voters, offered):
    if case.field is not None:
        return []
    votes = Counter(voter.field_id for voter in voters if voter.field_id)
    found = []
    if case.incident:
        urban = offered.field(INCIDENTS_FIELD)
        found += [Suggestion(urban.pk, urban.name, _("người gửi chọn sự cố hạ tầng đô thị"))] if urban else []
    found += [
        Suggestion(pk, offered.field(pk).name, _of_similar(count, len(voters)))
        for pk, count in votes.most_common(2)
        if count >= LEAST_VOTES and pk not in {known.key for known in found}
    ]
    return found


def _agencies(case, likely, voters, returned, offered):
    """By proposal of who returned it, by how similar cases went, by field and place; never who returned it."""
    had_it, proposed = returned
    votes = Counter(voter.agency_id for voter in voters)
    open_ones = {agency.pk: agency for agency in offered.agencies if agency.pk not in had_it}
    found = {
        agency.code: Suggestion(agency.code, agency.name, _("%s đề xuất khi chuyển trả") % proposed[agency.code])
        for agency in open_ones.values()
        if agency.code in proposed
    }
    if case.wished_agency_id in open_ones:
        wished = open_ones[case.wished_agency_id]
        found.setdefault(wished.code, Suggestion(wished.code, wished.name, _("người gửi chọn gửi đến")))
    for pk, count in votes.most_common(3):
        if count >= LEAST_VOTES and pk in open_ones:
            agency = open_ones[pk]
            found.setdefault(agency.code, Suggestion(agency.code, agency.name, _of_similar(count, len(voters))))
    if likely is not None:
        for agency in offered.agencies_for(likely, case.sender.commune_id)[:3]:
            if agency.pk in open_ones:
                why = _("phụ trách lĩnh vực %s ở địa bàn này") % likely.name
                found.setdefault(agency.code, Suggestion(agency.code, agency.name, why))
    return list(found.values())[:SHOWN]


def _of_similar(count, among):
    return ngettext(
        "%(count)d trong %(among)d hồ sơ tương tự", "%(count)d trong %(among)d hồ sơ tương tự", count
    ) % {"count": count, "among": among}  # fmt: skip


def _instant(case):
    """Why the instant procedure might apply to a case that does not follow it, or ""."""
    if case.instant or case.first_distributed_at:
        return ""
    if case.incident:
        return _("người gửi chọn sự cố: %s") % case.get_incident_display()
    written = f"{case.title} {case.content}".split()
    said = " ".join(fold(word) for word in written)
    for incident, signs in SIGNS.items():
        if match := re.search(rf"\b(?:{signs})\b", said):
            words = " ".join(written[said[: match.start()].count(" ") : said[: match.end()].count(" ") + 1])
            return _("nội dung nhắc đến “%(words)s” (%(incident)s)") % {"words": words, "incident": incident.label}
    return ""
