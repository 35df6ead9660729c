"""The statement of a clock: how its due time came about, day by day, and who held the case meanwhile.

It reckons nothing itself: due times are those of `clocks.reckoned`, days those of the working calendar.
"""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.calendar import BeyondCalendar, Unit, shown
from agencies.register import centre, current_calendar
from agencies.roles import Role
from submissions.facets import facets
from submissions.states import AT_INTAKE, WITH_AGENCY, State

from .clocks import HAND_OVER, RECOUNT, reckoned
from .dossier import ClockView, StepView, clock_view, held_words, margin_words, shown_clocks, step_view
from .models import ACTOR_LABELS, Clock

CLOSED = gettext_lazy("(hồ sơ đã đóng)")


@dataclass(frozen=True)
class Segment:
    """A stretch of the clock's time in which one body, or the sender, had the case."""

    holder: str
    begins: datetime
    ends: datetime
    held: str


@dataclass(frozen=True)
class Shift:
    """The calendar changed and the due time with it; `to` None: the duty had not begun and was taken back."""

    at: datetime
    reason: str
    due_at: datetime
    to: datetime | None


@dataclass(frozen=True)
class Statement:
    """`reckoned_at` is set where today's calendar gives another due time than the stored one, which stands;
    `beyond` says why no days are told; `why` are sentences on how the due time was set."""

    code: str
    clock: ClockView
    role: str
    rule_set: str
    source: str
    given: bool
    started: StepView | None
    why: list
    days: list
    reckoned_at: datetime | None
    beyond: str
    provisional_after: str
    unconfirmed: list
    ended: StepView | None
    replaced: bool
    margin: str
    segments: list
    shifts: list


@dataclass(frozen=True)
class Reckoning:
    """What the calendar as it is now says of a clock."""

    due_at: datetime | None = None
    days: tuple = ()
    ceiling: datetime | None = None
    beyond: str = ""


def statement(viewer, case, pk, now) -> Statement | None:
    """The statement of one clock of this case, or None where the viewer is not shown the clock (`dossier`)."""
    clock = next((clock for clock in shown_clocks(viewer, case) if clock.pk == pk), None)
    if clock is None:
        return None
    seen, calendar = facets(viewer, case), current_calendar()
    events = list(case.events.select_related("agency", "subject_agency", "actor"))
    steps = {event.pk: event for event in events}
    started, ended = steps.get(clock.started_by_id), steps.get(clock.ended_by_id)
    shifts = _shifts(clock, events, seen)
    reckoning = _reckoning(clock, shifts, calendar)
    view = clock_view(clock, now, calendar)
    return Statement(
        code=case.code, clock=view, role=str(ACTOR_LABELS[clock.holder_role]), rule_set=clock.rule_set.name,
        source=clock.rule_set.source, given=clock.given, started=started and step_view(started, seen),
        why=_why(clock, started, seen, reckoning), days=list(reckoning.days),
        reckoned_at=reckoning.due_at if reckoning.due_at != clock.due_at else None, beyond=reckoning.beyond,
        provisional_after=f"{calendar.announced_until:%d/%m/%Y}" if clock.provisional else "",
        unconfirmed=_unconfirmed(clock, reckoning.days, calendar), ended=ended and step_view(ended, seen),
        replaced=clock.ending == Clock.Ending.SUPERSEDED, margin=margin_words(clock, now, calendar),
        segments=_segments(clock, events, now, calendar), shifts=shifts,
    )  # fmt: skip


def _reckoning(clock, shifts, calendar):
    start = clock.started_at
    try:
        due_at = clock.due_at if _hangs_on_others(clock, shifts, calendar) else reckoned(clock, calendar).due_at
        if not clock.given:
            return Reckoning(due_at, tuple(calendar.explain(start, clock.amount, clock.unit)))
        ceiling = calendar.add(start, clock.amount, clock.unit).at if clock.amount else None
        return Reckoning(due_at, tuple(calendar.explain_until(start, due_at)), ceiling)
    except BeyondCalendar as error:
        return Reckoning(clock.due_at, beyond=str(error))


def _hangs_on_others(clock, shifts, calendar):
    """An opinion moved with the lead's own limit (A11), a duty taken back: the calendar alone does not tell."""
    if not shifts:
        return False
    if shifts[-1].to is None:
        return True
    return clock.consultation_id is not None and calendar.is_working_day(timezone.localdate(clock.due_at))


def _why(clock, started, seen, reckoning):
    """Why the limit counts from where it does, and who named the day on which it ends."""
    if clock.given:
        return _why_given(clock, step_view(started, seen), started, reckoning)
    if clock.sequence:
        return [
            _("Nghĩa vụ lặp lại, kỳ thứ %(number)d: tính từ hạn liền trước, không chờ ai thực hiện hay nhắc.")
            % {"number": clock.sequence}
        ]
    if started is not None and started.at.replace(microsecond=0) != clock.started_at:
        return [_("Quy định này được chọn khi phân phối lần đầu; thời hạn vẫn tính từ lúc nhận đủ hồ sơ.")]
    return []


def _why_given(clock, step, event, reckoning):
    words = {"who": step.who, "at": shown(event.at), "day": f"{timezone.localdate(clock.due_at):%d/%m/%Y}"}
    if clock.promise_id:
        words |= {"agency": clock.holder, "day": f"{clock.promise.date:%d/%m/%Y}"}
        chosen = [_("%(agency)s cam kết hoàn thành trong ngày %(day)s.") % words]
    elif clock.consultation_id and event.action == "accept":
        chosen = [
            _(
                "%(who)s xin ý kiến khi tiếp nhận lúc %(at)s mà không định ngày: hạn là ngày làm việc cuối cùng trước "
                "ngày đến hạn của cơ quan chủ trì, nhưng không sớm hơn ngày làm việc kế tiếp."
            )
            % words
        ]
    elif clock.consultation_id:
        chosen = [_("%(who)s xin ý kiến lúc %(at)s, hạn trả lời là ngày %(day)s.") % words]
    else:
        chosen = _why_extended(clock, step, event, reckoning, words)
    if clock.due_at < clock.started_at:
        chosen.append(_("Khi thời hạn này bắt đầu thì ngày đó đã qua."))
    return [*chosen, _("Hạn ghi theo ngày là lúc hết giờ làm việc của ngày đó.")]


def _why_extended(clock, step, event, reckoning, words):
    named = event.facts.get("due")
    if named:
        words = words | {"day": f"{timezone.localdate(datetime.fromisoformat(named)):%d/%m/%Y}"}
    found = [_("%(who)s gia hạn lúc %(at)s, chọn ngày %(day)s.") % words]
    if step.note:
        found.append(_("Lý do: %(reason)s") % {"reason": step.note})
    if reckoning.ceiling:
        found.append(
            _("Gia hạn tính từ cùng lúc tiếp nhận, không cộng thêm: tối đa %(days)d ngày làm việc, tức đến %(due)s.")
            % {"days": clock.amount, "due": shown(reckoning.ceiling)}
        )
    return found


def _unconfirmed(clock, days, calendar):
    """Rows not confirmed yet on the days that decide where a running clock ends (A7)."""
    if clock.ending != Clock.Ending.RUNNING or not days:
        return []
    deciding = _deciding(clock, [day.date for day in days], [day.date for day in days if day.counted])
    return calendar.unconfirmed_between(deciding[0], deciding[-1]) if deciding else []


def _deciding(clock, days, counted):
    if clock.unit == Unit.CLOCK_HOURS:
        return []
    if clock.unit == Unit.WORKING_HOURS:
        return days
    if clock.unit == Unit.CALENDAR_DAYS:
        return [day for day in days if day >= counted[-1]]
    return days[1:] if clock.amount else days[-1:]


def _segments(clock, events, now, calendar):
    begins, ends = clock.started_at, clock.done_at or now.replace(microsecond=0)
    changes = _changes_of_hands(events, centre().name)
    until = [at for at, _holder in changes[1:]] + [ends]
    found = []
    for (since, holder), following in zip(changes, until, strict=True):
        first, last = max(since, begins), min(following, ends)
        if first < last:
            found.append(Segment(holder, first, last, held_words(first, last, calendar, clock.unit)))
    return found


def _changes_of_hands(events, centre_name):
    """(from when, who has the case), oldest first; who is told once as long as nothing changes."""
    agency, changes = None, []
    for event in events:
        if event.action == "distribute" or (event.action == HAND_OVER and event.facts["leads"]):
            agency = event.subject_agency
        holder = _holder(event.after, agency, centre_name)
        if not changes or changes[-1][1] != holder:
            changes.append((event.at.replace(microsecond=0), holder))
    return changes


def _holder(state, agency, centre_name):
    if state in WITH_AGENCY or state == State.ANSWERED:
        return str(agency)
    if state in AT_INTAKE:
        return centre_name
    return str(ACTOR_LABELS[Role.SENDER]) if state == State.SENT_BACK else str(CLOSED)


def _shifts(clock, events, seen):
    return [
        Shift(
            event.at, step_view(event, seen).note, datetime.fromisoformat(moved["from"]),
            moved["to"] and datetime.fromisoformat(moved["to"]),
        )
        for event in events
        if event.action == RECOUNT
        for moved in event.facts["moved"]
        if moved["clock"] == clock.pk
    ]  # fmt: skip
