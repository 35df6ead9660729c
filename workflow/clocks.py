"""Apply the limits of a case's rule set to what was just done (§5, A8–A13, A18). No rule set is named here.

The only caller of the working calendar in this app, but for displays.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from agencies.calendar import LOCAL
from agencies.models import Limit
from agencies.register import centre, current_calendar
from agencies.roles import Role

from . import conditions, reminders
from .models import CaseEvent, Clock
from .procedure import ACTIONS, VOIDING_STATES

MET, VOID, SUPERSEDED, RUNNING = Clock.Ending.MET, Clock.Ending.VOID, Clock.Ending.SUPERSEDED, Clock.Ending.RUNNING


def apply(step, event):
    """End, resume and start clocks for the marks of one step; those still running go to who holds the case now."""
    case = step.case
    limits = _limits_in_play(case)
    _end(case, event, limits, step.marks, step.subject)
    _resume(case, event, limits)
    for limit in limits.values():
        if limit.rule_set_id == case.rule_set_id and set(step.marks) & set(limit.starts) and not _spared(limit, step):
            _start(step, event, limit)
    if case.state in VOIDING_STATES and case.state != step.before:
        _finish(case.clocks.filter(ending=RUNNING), VOID, event)
    _hand_over(case)


def catch_up(case, now):
    """Make the recurring duties that have begun by `now`: duty k runs from the due time of duty k−1 (A12)."""
    if not case.is_open:
        return
    for limit in case.rule_set.limits.exclude(follows=""):
        base = case.clocks.filter(key=limit.follows, ending=RUNNING).first()
        if base is not None:
            _make_duties(case, limit, base, now)


@dataclass(frozen=True)
class Move:
    """A running clock to which the calendar gives another due time; `due_at` None: a duty that has not begun yet."""

    clock: Clock
    started_at: datetime
    due_at: datetime | None
    provisional: bool


def moves(clocks, calendar, now):
    """What a calendar changes in the running clocks of one case, oldest first; finished clocks never move (A7)."""
    found, moved = [], {}
    for clock in sorted(clocks, key=lambda clock: (clock.sequence, clock.pk)):
        if clock.ending != RUNNING:
            continue
        move = _reckoned(clock, moved.get(clock.started_at, clock.started_at), calendar, now)
        if (move.started_at, move.due_at, move.provisional) == (clock.started_at, clock.due_at, clock.provisional):
            continue
        found.append(move)
        if move.due_at is not None and not clock.consultation_id and not clock.question_id:
            moved[clock.due_at] = move.due_at
    return found


def move(found, event, calendar):
    """Do what `moves` found; a duty that has not begun any more is void, and begins anew in its time (A12)."""
    for each in found:
        if each.due_at is None:
            _finish(Clock.objects.filter(pk=each.clock.pk), VOID, event)
            continue
        clock = each.clock
        clock.started_at, clock.due_at, clock.provisional = each.started_at, each.due_at, each.provisional
        reminders.plan(clock, calendar)
        clock.save(update_fields=["started_at", "due_at", "provisional", "reminder", "remind_at"])


def _reckoned(clock, started_at, calendar, now):
    if clock.sequence and started_at > now:
        return Move(clock, started_at, None, clock.provisional)
    if not clock.given:
        due = calendar.add(started_at, clock.amount, clock.unit)
        return Move(clock, started_at, due.at, due.provisional)
    day = clock.due_at.astimezone(LOCAL).date()
    due_at = calendar.close_of(day if calendar.is_working_day(day) else calendar.next_working_day(day))
    if clock.amount:
        due_at = min(due_at, calendar.add(started_at, clock.amount, clock.unit).at)
    return Move(clock, started_at, due_at, calendar.is_provisional(due_at))


def change_rule_set(step, event, rules):
    """The operator names another rule set at the first distribution: what the old one still runs is met by it or void;
    what the new one starts at lodging and does not end at distribution starts, counted from the receipt (§5)."""
    case = step.case
    _end(case, event, _limits_in_play(case), ["distribute"], None)
    _finish(case.clocks.filter(ending=RUNNING, question__isnull=True), VOID, event)
    case.rule_set = rules
    for limit in rules.limits.all():
        if "lodge" in limit.starts and not {"distribute"} & {*limit.met, *limit.voided}:
            _open(case, limit, case.complete_since, event)


def _limits_in_play(case):
    """The limits of the rule set, and of an earlier one whose clocks the case still has."""
    used = case.clocks.values("rule_set")
    limits = Limit.objects.filter(Q(rule_set=case.rule_set_id) | Q(rule_set__in=used)).order_by("position")
    return {(limit.rule_set_id, limit.key): limit for limit in limits}


def _end(case, event, limits, marks, subject):
    met, void = [], []
    for clock in case.clocks.filter(ending=RUNNING):
        limit = limits[clock.rule_set_id, clock.key]
        if set(marks) & set(limit.met):
            met += [clock.pk] if _is_met_by(clock, limit, subject) else []
        elif set(marks) & set(limit.voided):
            void.append(clock.pk)
    _finish(case.clocks.filter(pk__in=met), MET, event)
    _finish(case.clocks.filter(pk__in=void), VOID, event)


def _is_met_by(clock, limit, subject):
    return not limit.subject or subject is not None and getattr(clock, limit.subject) == subject


def _finish(clocks, ending, event):
    clocks.update(ending=ending, ended_at=event.at, ended_by=event)


def _resume(case, event, limits):
    """An action that undoes another sets what that one had met running again, with its old due time (A10)."""
    undone = ACTIONS[event.action].undoes if event.action in ACTIONS else ""
    if not undone:
        return
    last = CaseEvent.objects.filter(case=case, action=undone).exclude(pk=event.pk).order_by("-at", "-id").first()
    met = case.clocks.filter(ending=MET, ended_by=last)
    again = [clock.pk for clock in met if event.action in limits[clock.rule_set_id, clock.key].resumes]
    case.clocks.filter(pk__in=again).update(ending=RUNNING, ended_at=None, ended_by=None)


def _spared(limit, step):
    situation = conditions.Situation(step.case, step.at)
    return bool(limit.unless) and getattr(conditions, limit.unless)(situation)


def _start(step, event, limit):
    case = step.case
    if limit.subject:
        for subject, due_at in step.subjects:
            if subject._meta.model_name == limit.subject:
                _open(case, limit, event.at, event, due_at=due_at, subject=subject)
        return
    started_at = event.at
    if limit.counted_from == Limit.CountedFrom.REPLACED:
        replaced = case.clocks.get(key=limit.replaces, ending=RUNNING)
        started_at = replaced.started_at
        _finish(case.clocks.filter(pk=replaced.pk), SUPERSEDED, event)
    for again in case.clocks.filter(key=limit.key, ending=RUNNING):
        _finish(case.clocks.filter(pk=again.pk), SUPERSEDED, event)
        followers = case.rule_set.limits.filter(follows=limit.key).values("key")
        _finish(case.clocks.filter(key__in=followers, ending=RUNNING), VOID, event)
    _open(case, limit, started_at, event, due_at=step.due_at)


def _open(case, limit, started_at, event, *, due_at=None, subject=None, sequence=0):
    calendar = current_calendar()
    started_at = started_at.replace(microsecond=0)
    given = due_at is not None
    if due_at is None:
        due = calendar.add(started_at, limit.amount, limit.unit)
        due_at, provisional = due.at, due.provisional
    else:
        provisional = calendar.is_provisional(due_at)
    clock = Clock(
        case=case, rule_set=case.rule_set, key=limit.key, label=limit.label, amount=limit.amount, unit=limit.unit,
        article=limit.article, conditional=limit.conditional, sequence=sequence, holder_role=limit.holder,
        holder=_holder(case, limit.holder), started_at=started_at, due_at=due_at, provisional=provisional,
        given=given, started_by=event,
    )  # fmt: skip
    if subject is not None:
        setattr(clock, subject._meta.model_name, subject)
        if limit.subject == Limit.Subject.CONSULTATION:
            clock.holder = subject.agency
    reminders.plan(clock, calendar)
    clock.save(force_insert=True)
    return clock


def _make_duties(case, limit, base, now):
    last = case.clocks.filter(key=limit.key, started_at__gte=base.due_at).order_by("-sequence").first()
    begins, sequence = (last.due_at, last.sequence) if last else (base.due_at, 0)
    while begins <= now:
        sequence += 1
        begins = _open(case, limit, begins, None, sequence=sequence).due_at


def _holder(case, role):
    if role == Role.SENDER:
        return None
    if role == Role.OPERATOR or case.agency_id is None:
        return centre()
    return case.agency


def _hand_over(case):
    """Running clocks go with the case; those of the operator, the sender and the consulted agencies stay.

    So does a limit of the procedure that is late already: whoever let it pass explains it (Đ16.4). A question goes
    with the case, late or not, since its answer is owed by who holds the case.
    """
    fixed = (Role.OPERATOR, Role.SENDER)
    moving = case.clocks.filter(ending=RUNNING, consultation__isnull=True).exclude(holder_role__in=fixed)
    passed = Q(due_at__lt=case.last_event_at, question__isnull=True, promise__isnull=True)
    moving.exclude(passed).update(holder=_holder(case, Role.SPECIALIST))
