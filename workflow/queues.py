"""What waits for whom, by due time. Agency lists start from CaseAccess, so that they stay flat as cases grow."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.calendar import printed
from agencies.register import centre, current_calendar
from agencies.roles import Role
from submissions.codes import MistypedCode, NotACode, read_code
from submissions.models import STATE_LABELS, Case, CaseAccess
from submissions.states import OPEN, WITH_SENDER, State
from submissions.text import fold

from .dossier import remaining_words
from .models import Clock, Consultation
from .paging import Page, after_key, capped_count, cut

Part = CaseAccess.Part


@dataclass(frozen=True)
class Stage:
    """A tab: cases in these states in which the viewer's agency has this part; no states means any."""

    key: str
    label: str
    role: str
    part: str = ""
    states: tuple = ()


STAGES = (
    Stage("intake", _("Mới gửi, chờ phân phối"), Role.OPERATOR, Part.CENTRE, (State.LODGED, State.CHECKED)),
    Stage("returned", _("Bị chuyển trả"), Role.OPERATOR, Part.CENTRE, (State.RETURNED,)),
    Stage("verify", _("Chờ xác minh, tiếp nhận"), Role.SPECIALIST, Part.LEAD, (State.DISTRIBUTED,)),
    Stage("process", _("Đang xử lý"), Role.SPECIALIST, Part.LEAD, (State.PROCESSING,)),
    Stage("consult", _("Chờ ý kiến phối hợp"), Role.SPECIALIST, Part.COORDINATING, (State.PROCESSING,)),
    Stage("approve", _("Chờ phê duyệt"), Role.LEADER, Part.LEAD, (State.SUBMITTED,)),
    Stage("publish", _("Chờ công khai"), Role.SPECIALIST, Part.LEAD, (State.APPROVED,)),
    Stage("publish", _("Chờ công khai"), Role.LEADER, Part.LEAD, (State.APPROVED,)),
    Stage("questions", _("Câu hỏi chờ trả lời"), Role.SPECIALIST),
    Stage("questions", _("Câu hỏi chờ trả lời"), Role.OPERATOR),
    Stage("agency", _("Tất cả hồ sơ của cơ quan"), Role.SPECIALIST, Part.LEAD),
    Stage("agency", _("Tất cả hồ sơ của cơ quan"), Role.LEADER, Part.LEAD),
    Stage("returned_twice", _("Bị chuyển trả từ hai lần"), Role.SUPERVISOR),
    Stage("open", _("Tất cả hồ sơ đang mở"), Role.OPERATOR),
    Stage("open", _("Tất cả hồ sơ đang mở"), Role.SUPERVISOR),
)


@dataclass(frozen=True)
class QueueRow:
    code: str
    title: str
    state: str
    state_label: str
    field_label: str
    holder: str
    due_at: datetime
    due_local: str
    remaining: str
    is_late: bool
    instant: bool
    received_at: datetime
    url: str


def queue(viewer, *, stage="", q="", field="", agency="", late=False, after="", now=None) -> Page:
    """One page of a tab, by due time; without a stage the first of the viewer's that is not empty."""
    now = now or timezone.now()
    tabs = _tabs(viewer)
    lists = {tab.key: _rows(viewer, tab) for tab in tabs}
    counts = [(tab.key, str(tab.label), capped_count(lists[tab.key])) for tab in tabs]
    chosen = stage if stage in lists else next((key for key, _label, count in counts if count != "0"), "")
    if not chosen:
        return Page([], "", counts)
    rows = lists[chosen]
    rows = _filtered(rows, _to_case(rows), q, field, agency)
    moment = "next_due_at" if rows.model is Case else "due_at"
    if late:
        waiting_for_sender = {f"{_to_case(rows)}state__in": sorted(WITH_SENDER)}
        rows = rows.filter(**{f"{moment}__lt": now}).exclude(**waiting_for_sender)
    rows = rows.select_related(*_related(rows)).order_by(moment, "pk")
    found, following = cut(after_key(rows, after, moment), moment)
    calendar = current_calendar()
    return Page([_queue_row(row, moment, now, calendar) for row in found], following, counts, chosen)


def _tabs(viewer):
    tabs = {}
    for stage in STAGES:
        if viewer.has(stage.role):
            tabs.setdefault(stage.key, stage)
    return list(tabs.values())


def _rows(viewer, stage):
    if stage.key == "open":
        return Case.objects.filter(next_due_at__isnull=False, state__in=sorted(OPEN))
    if stage.key == "returned_twice":
        return Case.objects.filter(state=State.RETURNED, returns__gte=2, next_due_at__isnull=False)
    if stage.key == "questions":
        running = Clock.objects.filter(key="question", ending=Clock.Ending.RUNNING)
        return running.filter(holder_id__in=_holders(viewer))
    agencies = [centre().pk] if stage.part == Part.CENTRE else viewer.agency_ids_as(stage.role)
    rows = CaseAccess.objects.filter(agency_id__in=agencies, part=stage.part, open=True, due_at__isnull=False)
    if stage.key == "consult":
        waiting = Consultation.objects.filter(
            case=OuterRef("case"), agency=OuterRef("agency"), outcome=Consultation.Outcome.WAITING
        )
        rows = rows.filter(Exists(waiting))
    return rows.filter(case__state__in=stage.states) if stage.states else rows


def _holders(viewer):
    own = viewer.agency_ids_as(Role.SPECIALIST)
    return own | {centre().pk} if viewer.has(Role.OPERATOR) else own


def _to_case(rows):
    return "" if rows.model is Case else "case__"


def _related(rows):
    to_case = _to_case(rows)
    related = [f"{to_case}field", f"{to_case}agency", f"{to_case}rule_set"]
    return ["case", *related] if to_case else related


def _filtered(rows, to_case, q, field, agency):
    if field:
        rows = rows.filter(**{f"{to_case}field_id": field})
    if agency:
        rows = rows.filter(**{f"{to_case}agency__code": agency})
    if q:
        try:
            rows = rows.filter(**{f"{to_case}code": read_code(q)})
        except (NotACode, MistypedCode):
            rows = rows.filter(**{f"{to_case}search_text__contains": fold(q)})
    return rows


def _queue_row(row, moment, now, calendar):
    case = row if isinstance(row, Case) else row.case
    due_at = getattr(row, moment)
    return QueueRow(
        code=case.code, title=case.title, state=case.state, state_label=str(STATE_LABELS[case.state]),
        field_label=case.field.name if case.field else "", holder=case.agency.name if case.agency else "",
        due_at=due_at, due_local=printed(due_at), remaining=remaining_words(due_at, now, calendar),
        is_late=now > due_at and case.state not in WITH_SENDER,
        instant=case.rule_set.instant, received_at=case.received_at, url=reverse("staff-case", args=[case.code]),
    )  # fmt: skip
