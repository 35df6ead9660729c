"""What waits for whom, by due time: each list by an index of its own, so that it stays flat as cases grow.

A step of the operator or of the lead is read from the case; what several agencies have in hand from CaseAccess.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.calendar import midnight, printed
from agencies.register import current_calendar
from agencies.roles import Role
from submissions.codes import MistypedCode, NotACode, read_code
from submissions.models import STATE_LABELS, Attachment, Case, CaseAccess, Sender
from submissions.phones import BadPhone, read_phone
from submissions.states import AT_INTAKE, OPEN, WITH_SENDER, State
from submissions.text import fold

from .dossier import remaining_words
from .models import Clock, Consultation, Explanation, Rating
from .paging import SIZE, Page, after_key, capped_counts, cut

Part = CaseAccess.Part
SHORTEST_NAME = 2
"""Words: one alone, a family name, says nothing."""
LOOKED_THROUGH = 1000
"""Cases of an agency, the latest ones, in which words are looked for that its tab does not have."""
MOST_NAMED = 200
"""Senders of one name that a search looks at, the latest ones."""


@dataclass(frozen=True)
class Stage:
    """A tab: cases in these states in which the viewer's agency has this part; no states means any.

    An overview is there to look things up: nothing in it waits for the viewer as such, or the digest lists it anyway.
    """

    key: str
    label: str
    role: str
    part: str = ""
    states: tuple = ()
    overview: bool = False


STAGES = (
    Stage("intake", _("Mới gửi, chờ phân phối"), Role.OPERATOR, Part.CENTRE, (State.LODGED, State.CHECKED)),
    Stage("returned", _("Bị chuyển trả"), Role.OPERATOR),
    Stage("verify", _("Chờ xác minh, tiếp nhận"), Role.SPECIALIST, Part.LEAD, (State.DISTRIBUTED,)),
    Stage("process", _("Đang xử lý"), Role.SPECIALIST, Part.LEAD, (State.PROCESSING,)),
    Stage("consult", _("Chờ ý kiến phối hợp"), Role.SPECIALIST, Part.COORDINATING, (State.PROCESSING,)),
    Stage("approve", _("Chờ phê duyệt"), Role.LEADER, Part.LEAD, (State.SUBMITTED,)),
    Stage("publish", _("Chờ công khai"), Role.SPECIALIST, Part.LEAD, (State.APPROVED,)),
    Stage("publish", _("Chờ công khai"), Role.LEADER, Part.LEAD, (State.APPROVED,)),
    Stage("questions", _("Câu hỏi chờ trả lời"), Role.SPECIALIST),
    Stage("questions", _("Câu hỏi chờ trả lời"), Role.OPERATOR),
    Stage("promises", _("Cam kết đang thực hiện"), Role.SPECIALIST),
    Stage("promises", _("Cam kết đang thực hiện"), Role.LEADER),
    Stage("unsatisfied", _("Không hài lòng, chờ kết luận hoặc mở lại"), Role.LEADER),
    Stage("silent", _("Người gửi không bổ sung"), Role.OPERATOR, overview=True),
    Stage("explain", _("Trễ hạn chưa giải trình"), Role.SPECIALIST),
    Stage("explain", _("Trễ hạn chưa giải trình"), Role.LEADER),
    Stage("explain", _("Trễ hạn chưa giải trình"), Role.OPERATOR),
    Stage("agency", _("Hồ sơ đang mở của cơ quan"), Role.SPECIALIST, Part.LEAD, overview=True),
    Stage("agency", _("Hồ sơ đang mở của cơ quan"), Role.LEADER, Part.LEAD, overview=True),
    Stage("subordinates", _("Hồ sơ của đơn vị trực thuộc"), Role.LEADER, overview=True),
    Stage("returned_twice", _("Bị chuyển trả từ hai lần"), Role.SUPERVISOR),
    Stage("unsatisfied_anywhere", _("Không hài lòng, mọi cơ quan"), Role.SUPERVISOR, overview=True),
    Stage("open", _("Tất cả hồ sơ đang mở"), Role.OPERATOR, overview=True),
    Stage("open", _("Tất cả hồ sơ đang mở"), Role.SUPERVISOR, overview=True),
)


@dataclass(frozen=True)
class Filter:
    """What a list is narrowed to; empty values narrow nothing. `since` and `until` are local dates of receipt."""

    q: str = ""
    field: str = ""
    agency: str = ""
    place: str = ""
    channel: str = ""
    rules: str = ""
    late: bool = False
    files: bool = False
    since: date | None = None
    until: date | None = None

    def conditions(self):
        """All but words and lateness, as conditions on a case."""
        found = {
            "field_id": self.field, "agency__code": self.agency, "sender__commune_id": self.place,
            "channel": self.channel, "rule_set__code": self.rules,
            "received_at__gte": self.since and midnight(self.since),
            "received_at__lt": self.until and midnight(self.until + timedelta(days=1)),
        }  # fmt: skip
        conditions = Q(**{name: value for name, value in found.items() if value})
        return conditions & Q(Exists(Attachment.objects.filter(case=OuterRef("pk")))) if self.files else conditions


@dataclass(frozen=True)
class QueueRow:
    code: str
    title: str
    state: str
    state_label: str
    field_label: str
    holder: str
    due_at: datetime | None
    due_local: str
    remaining: str
    is_late: bool
    instant: bool
    received_at: datetime
    url: str


def queue(viewer, *, stage="", after="", now=None, **wanted) -> Page:
    """One page of a tab: instant cases on top, then by due time; without a stage the first of the viewer's not empty.

    `wanted` is a `Filter`'s.
    """
    now, wanted = now or timezone.now(), Filter(**wanted)
    tabs = _tabs(viewer)
    lists = {tab.key: _rows(viewer, tab, now) for tab in tabs}
    counts = _counted(tabs, lists.values())
    chosen = stage if stage in lists else next((key for key, _label, count in counts if count != "0"), "")
    calendar = current_calendar()
    if wanted.q and (found := _looked_up(viewer, wanted.q)) is not None:
        return Page([_queue_row(case, now, calendar) for case in found], "", counts, chosen)
    named = _named(viewer, wanted.q)
    conditions = _conditions(wanted, named)
    if not chosen:
        return _page_of_others(viewer, wanted, named, now, calendar, counts, "")
    rows, order = _ordered(lists[chosen], chosen, wanted, conditions, now)
    moment, first = order
    found, following = cut(after_key(rows, after, moment, first=first), moment, first)
    if wanted.q and not found and not after:
        return _page_of_others(viewer, wanted, named, now, calendar, counts, chosen)
    drawn = _explain_row if chosen == "explain" else _queue_row
    return Page([drawn(row, now, calendar) for row in found], following, counts, chosen)


def _page_of_others(viewer, wanted, named, now, calendar, counts, chosen):
    """Words that the tab does not have are looked for elsewhere, in closed cases too; an agency's in its latest.

    Where they are senders' names, only these senders' cases are looked through.
    """
    found = _elsewhere(viewer, wanted, named) if wanted.q else []
    rows = [_queue_row(case, now, calendar) for case in found]
    return Page(rows, "", counts, chosen, elsewhere=bool(rows))


def _elsewhere(viewer, wanted, named):
    seen = Case.objects.visible_to(viewer).exclude(state=State.SEALED)
    if named:
        found = seen.filter(wanted.conditions(), sender_id__in=named)
    elif viewer.has(Role.OPERATOR) or viewer.has(Role.SUPERVISOR):
        found = seen.filter(_conditions(wanted, named))
    else:
        found = seen.filter(pk__in=_latest_that_say(viewer, seen.filter(wanted.conditions()), fold(wanted.q)))
    return found.select_related(*CASE_RELATED).order_by("-received_at", "-pk")[:SIZE]


def _latest_that_say(viewer, seen, words):
    """Keys; the words are looked for here, as the database would first find everybody's cases that have them."""
    own = Q(agency_id__in=viewer.agency_ids, part__in=CaseAccess.SEEING)
    below = Q(agency__parent_id__in=viewer.agency_ids_as(Role.LEADER), part=Part.LEAD)
    held = CaseAccess.objects.filter(own | below if viewer.has(Role.LEADER) else own)
    latest = list(held.order_by("-received_at").values_list("case", flat=True)[:LOOKED_THROUGH])
    texts = seen.filter(pk__in=latest).order_by().values_list("pk", "search_text")
    return [pk for pk, text in texts if words in text]


def cases_on(viewer, stage, most, now, **wanted):
    """The cases of a whole tab as it is filtered, at most so many; none of a list that may hold cases out of sight."""
    tab = next((tab for tab in _tabs(viewer) if tab.key == stage and tab.key != "explain"), None)
    if tab is None:
        return []
    wanted = Filter(**wanted)
    conditions = _conditions(wanted, _named(viewer, wanted.q))
    rows, _order = _ordered(_rows(viewer, tab, now), stage, wanted, conditions, now)
    cases = [row if isinstance(row, Case) else row.case for row in rows[:most]]
    seen = set(Case.objects.visible_to(viewer).filter(pk__in=[case.pk for case in cases]).values_list("pk", flat=True))
    return [case for case in cases if case.pk in seen]


def _ordered(rows, stage, wanted, conditions, now):
    """The rows of a tab as filtered and in their order, and what that order goes by: (moment, flag of the first)."""
    moment = MOMENTS.get(stage) or ("next_due_at" if rows.model is Case else "due_at")
    first = "instant" if stage not in MOMENTS and rows.model in (Case, CaseAccess) else ""
    rows = _filtered(rows, wanted, conditions, blind=stage == "explain")
    if wanted.late:
        waiting_for_sender = {f"{_to_case(rows)}state__in": sorted(WITH_SENDER)}
        rows = rows.filter(**{f"{moment}__lt": now}).exclude(**waiting_for_sender)
    rows = rows.select_related(*_related(rows)).order_by(*([f"-{first}"] if first else []), moment, "pk")
    return rows, (moment, first)


def waiting(viewer, now):
    """What waits for the viewer, tab by tab: [(key, label, count)], empty ones left out."""
    tabs = [tab for tab in _tabs(viewer) if not tab.overview]
    counts = _counted(tabs, [_rows(viewer, tab, now) for tab in tabs])
    return [(key, label, count) for key, label, count in counts if count != "0"]


def _counted(tabs, lists):
    counts = capped_counts(list(lists))
    return [(tab.key, str(tab.label), count) for tab, count in zip(tabs, counts, strict=True)]


def _tabs(viewer):
    tabs = {}
    for stage in STAGES:
        if viewer.has(stage.role):
            tabs.setdefault(stage.key, stage)
    return list(tabs.values())


def _rows(viewer, stage, now):
    if stage.key in BY_CLOCK:
        return BY_CLOCK[stage.key](Clock.objects.filter(holder_id__in=_holders(viewer)), now)
    if stage.key == "silent":
        waits = Clock.objects.filter(ending=Clock.Ending.RUNNING, conditional=True, holder_role=Role.SENDER)
        return waits.filter(due_at__lt=now)
    if stage.key == "unsatisfied":
        return _unsatisfied().filter(agency_id__in=viewer.agency_ids_as(Role.LEADER))
    if stage.key == "unsatisfied_anywhere":
        return _unsatisfied()
    if stage.key == "subordinates":
        led = viewer.agency_ids_as(Role.LEADER)
        return CaseAccess.objects.filter(agency__parent_id__in=led, part=Part.LEAD, open=True, due_at__isnull=False)
    if stage.key == "open":
        return Case.objects.filter(next_due_at__isnull=False, state__in=sorted(OPEN))
    if stage.key == "returned_twice":
        return Case.objects.filter(state__in=sorted(AT_INTAKE), returns__gte=2, next_due_at__isnull=False)
    if stage.key == "returned":
        return Case.objects.filter(state=State.RETURNED, next_due_at__isnull=False)
    agencies = viewer.agency_ids_as(stage.role)
    if stage.states and stage.part != Part.COORDINATING:
        waiting = Case.objects.filter(state__in=stage.states, next_due_at__isnull=False)
        return waiting if stage.part == Part.CENTRE else waiting.filter(agency_id__in=agencies)
    rows = CaseAccess.objects.filter(agency_id__in=agencies, part=stage.part, open=True, due_at__isnull=False)
    if stage.key == "consult":
        waiting = Consultation.objects.filter(
            case=OuterRef("case"), agency=OuterRef("agency"), outcome=Consultation.Outcome.WAITING
        )
        rows = rows.filter(Exists(waiting))
    return rows.filter(case__state__in=stage.states) if stage.states else rows


def _unsatisfied():
    to_reopen = Q(answer__rating__decision=Rating.Decision.CORRECT)
    unsatisfied = Q(answer__rating__score=Rating.Score.UNSATISFIED, answer__rating__concluded_at__isnull=True)
    return Case.objects.filter(unsatisfied | to_reopen, state=State.ANSWERED)


def _running(subject):
    return lambda clocks, now: clocks.filter(**{f"{subject}__isnull": False}, ending=Clock.Ending.RUNNING)


def _unexplained(clocks, now):
    """Late clocks without an explanation, of agencies that may no longer see the case (Đ16.4)."""
    explained = Explanation.objects.filter(clock=OuterRef("pk"))
    sealed = Case.objects.filter(state=State.SEALED)
    return clocks.late(now).filter(~Exists(explained)).exclude(case__in=sealed)


CASE_RELATED = ("field", "agency", "rule_set")
MOMENTS = dict.fromkeys(("unsatisfied", "unsatisfied_anywhere"), "last_event_at")
"""Lists that are not sorted by a due time."""
BY_CLOCK = {"questions": _running("question"), "promises": _running("promise"), "explain": _unexplained}


def _holders(viewer):
    return viewer.agency_ids | viewer.agency_ids_as(Role.OPERATOR)


def _to_case(rows):
    return "" if rows.model is Case else "case__"


def _related(rows):
    to_case = _to_case(rows)
    related = [f"{to_case}{name}" for name in CASE_RELATED]
    return ["case", *related] if to_case else related


def _filtered(rows, wanted, conditions, blind):
    """`blind` lists may hold cases that the viewer no longer sees: nothing of these may be searched."""
    if blind:
        return rows.none() if wanted.q else rows
    if not conditions:
        return rows
    if rows.model is Case:
        return rows.filter(conditions)
    return rows.filter(case__in=Case.objects.filter(conditions))


def _conditions(wanted, named):
    """All but lateness, as conditions on a case: the words stand in it, or are its sender's name."""
    if not wanted.q:
        return wanted.conditions()
    said = Q(search_text__contains=fold(wanted.q))
    return wanted.conditions() & (said | Q(sender_id__in=named) if named else said)


def _named(viewer, q):
    """Keys of the senders whose names begin so, or else contain it; for the centre alone."""
    name = fold(q)
    if not viewer.has(Role.OPERATOR) or len(name.split()) < SHORTEST_NAME:
        return []
    return _senders(search_name__startswith=name) or _senders(search_name__contains=name)


def _senders(**named):
    return list(Sender.objects.filter(**named).order_by("-pk").values_list("pk", flat=True)[:MOST_NAMED])


def _looked_up(viewer, q):
    """Cases asked for by a whole code or, by the centre, a sender's number, whatever the tab; None for other words."""
    seen = Case.objects.visible_to(viewer).select_related(*CASE_RELATED)
    try:
        return seen.filter(code=read_code(q))
    except (NotACode, MistypedCode):
        pass
    if not viewer.has(Role.OPERATOR):
        return None
    try:
        named = seen.exclude(state=State.SEALED).filter(sender__phone=read_phone(q))
        return named.order_by("-received_at", "-pk")[:SIZE]
    except BadPhone:
        return None


def _explain_row(clock, now, calendar):
    """A late clock: code, limit and times, nothing of the case."""
    return QueueRow(
        code=clock.case.code, title=clock.label, state="", state_label="", field_label="", holder="",
        due_at=clock.due_at, due_local=printed(clock.due_at),
        remaining=remaining_words(clock.due_at, clock.done_at or now, calendar),
        is_late=True, instant=False, received_at=clock.case.received_at,
        url=reverse("staff-act", args=[clock.case.code, "explain"]),
    )  # fmt: skip


def _stub_row(case):
    """Of a sealed case no more than its stub (Đ9.3)."""
    return QueueRow(
        code=case.code, title=_("Hồ sơ đã niêm phong"), state=case.state, state_label=str(STATE_LABELS[case.state]),
        field_label="", holder="", due_at=None, due_local="", remaining="", is_late=False, instant=False,
        received_at=case.received_at, url=reverse("staff-case", args=[case.code]),
    )  # fmt: skip


def _queue_row(row, now, calendar):
    case = row if isinstance(row, Case) else row.case
    if case.state == State.SEALED:
        return _stub_row(case)
    due_at = case.next_due_at if row is case else row.due_at
    return QueueRow(
        code=case.code, title=case.title, state=case.state, state_label=str(STATE_LABELS[case.state]),
        field_label=case.field.name if case.field else "", holder=case.agency.name if case.agency else "",
        due_at=due_at, due_local=printed(due_at) if due_at else "",
        remaining=remaining_words(due_at, now, calendar) if due_at else "",
        is_late=due_at is not None and now > due_at and case.state not in WITH_SENDER,
        instant=case.instant, received_at=case.received_at, url=reverse("staff-case", args=[case.code]),
    )  # fmt: skip
