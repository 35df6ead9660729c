"""Apply the limits of a case's rule set to what was just done (§5, A8–A13, A18). No rule set is named here.

The only caller of the working calendar in this app, but for displays.
"""

from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.db.models import Max, Q

from agencies.calendar import LOCAL
from agencies.models import Limit
from agencies.register import centre, current_calendar
from agencies.roles import Role

from . import conditions, reminders
from .models import CaseEvent, Clock, Consultation
from .procedure import ACTIONS, VOIDING_STATES

RECOUNT, HAND_OVER = "recount", "hand_over"
LEADS_OWN = ("process", "process_extended", "answer")
"""The limits of the agency that answers: opinions are due by them (A11)."""
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
    """Make the recurring duties that have begun by `now`; gives the moment at which the next one will (A12)."""
    if not case.is_open:
        return None
    following = []
    for limit in case.rule_set.limits.exclude(follows=""):
        base = case.clocks.filter(key=limit.follows, ending=RUNNING).first()
        if base is not None:
            following.append(_make_duties(case, limit, base, now))
    return min(following, default=None)


@dataclass(frozen=True)
class Move:
    """A running clock to which the calendar gives other times; not `begun`: a duty that now begins later (A12)."""

    clock: Clock
    started_at: datetime
    due_at: datetime
    provisional: bool
    begun: bool = True

    @property
    def is_felt(self):
        """Whether the due time itself is another one; else only the page's "tạm tính" comes or goes."""
        return not self.begun or self.due_at != self.clock.due_at


def running_clocks():
    """What `moves` reads: running clocks with the day that a person named for them."""
    clocks = Clock.objects.filter(ending=RUNNING).select_related("holder", "promise", "started_by")
    return clocks.order_by("case_id", "sequence", "pk")


def followed_limits():
    """{(rule set, recurring duty): the limit that it follows}."""
    limits = Limit.objects.exclude(follows="").values_list("rule_set_id", "key", "follows")
    return {(rules, key): follows for rules, key, follows in limits}


def moves(clocks, calendar, now, followed):
    """What a calendar changes in the running clocks of one case; finished clocks never move (A7).

    `clocks` come from `running_clocks`. Raises BeyondCalendar.
    """
    plain = [clock for clock in clocks if not clock.sequence and not clock.consultation_id]
    found = {clock.key: reckoned(clock, calendar) for clock in plain if not clock.question_id}
    own = [found[key] for key in LEADS_OWN if key in found]
    now_so = [*found.values(), *(reckoned(clock, calendar) for clock in plain if clock.question_id)]
    for clock in clocks:
        if clock.sequence:
            base = found.get(followed[clock.rule_set_id, clock.key])
            now_so.append(_reckoned_duty(clock, base, calendar, now))
        elif clock.consultation_id:
            now_so.append(_reckoned_opinion(clock, own, calendar, now))
    return [move for move in now_so if move != _stored(move.clock)]


def move(found, event, calendar):
    """Do what `moves` found, where anything is felt as part of an event. What is late no longer goes with the case."""
    for each in found:
        clock, felt = each.clock, each.is_felt
        clock.due_at, clock.provisional = each.due_at, each.provisional
        if not each.begun:
            clock.ending, clock.ended_at, clock.ended_by = VOID, event.at, event
            clock.save(update_fields=["due_at", "provisional", "ending", "ended_at", "ended_by"])
            continue
        clock.started_at = each.started_at
        if felt:
            reminders.forget_untold(clock, event.at)
            _plan_anew(clock, calendar)
        clock.save(update_fields=["started_at", "due_at", "provisional", "reminder", "remind_at"])
    if event is not None:
        _begin_duties_anew(event.case, event.at)
        _hand_over(event.case)


def _plan_anew(clock, calendar):
    """Warned of the new due time as of any; that a duty has begun was told already."""
    begun = clock.reminder not in ("", reminders.Kind.DUTY)
    reminders.plan(clock, calendar)
    if clock.sequence and begun:
        reminders.advance(clock, calendar)


def _begin_duties_anew(case, now):
    """Duties that begin earlier now; a limit that waits for its next one waits until it begins."""
    begins = catch_up(case, now)
    if begins is not None:
        case.clocks.filter(ending=RUNNING, reminder=reminders.NEXT_DUTY).update(remind_at=begins + reminders.SECOND)


def _stored(clock):
    return Move(clock, clock.started_at, clock.due_at, clock.provisional)


def reckoned(clock, calendar):
    """When a clock is due by this calendar, counted from its start as it is stored."""
    if clock.given:
        return _reckoned_given(clock, calendar)
    due = calendar.add(clock.started_at, clock.amount, clock.unit)
    return Move(clock, clock.started_at, due.at, due.provisional)


def _reckoned_given(clock, calendar):
    """The close of the day that a person named, of the next working day where it is off now; never past a ceiling."""
    due_at = close_of_named_day(_named_day(clock), calendar)
    if clock.amount:
        due_at = min(due_at, calendar.add(clock.started_at, clock.amount, clock.unit).at)
    return Move(clock, clock.started_at, due_at, calendar.is_provisional(due_at))


def close_of_named_day(day, calendar):
    """The close of that day; of the next working day where the calendar has made it a day off since it was named."""
    return calendar.close_of(day if calendar.is_working_day(day) else calendar.next_working_day(day))


def _named_day(clock):
    if clock.promise_id:
        return clock.promise.date
    named = clock.started_by.facts.get("due")
    return (datetime.fromisoformat(named) if named else clock.due_at).astimezone(LOCAL).date()


def _reckoned_opinion(clock, own, calendar, now):
    """An opinion that was due by the lead's own due time stays so, unless that is past (A11)."""
    move = _reckoned_given(clock, calendar)
    ceilings = [each.due_at for each in own if clock.due_at <= each.clock.due_at and each.due_at > now]
    due_at = min([move.due_at, *ceilings])
    return Move(clock, clock.started_at, due_at, calendar.is_provisional(due_at))


def _reckoned_duty(clock, base, calendar, now):
    """Duty k runs to k × amount after the limit that it follows, whatever became of those before it (A12)."""
    base_due = base.due_at if base is not None else clock.started_at
    number = clock.sequence if base is not None else 1
    started_at = next(islice(_beginnings(base_due, clock, calendar), number - 1, None))
    due = calendar.add(started_at, clock.amount, clock.unit)
    return Move(clock, started_at, due.at, due.provisional, begun=started_at <= now)


def _beginnings(base_due, limit, calendar):
    """When duty 1, 2, … begins: each at the due time of the one before it."""
    begins = base_due
    while True:
        yield begins
        begins = calendar.add(begins, limit.amount, limit.unit).at


def change_rule_set(step, event, rules):
    """The operator names another rule set at the first distribution: what the old one still runs is met by it or void;
    what the new one starts at lodging and does not end at distribution starts, counted from the receipt (§5). What is
    past already was let pass by the centre."""
    case = step.case
    _end(case, event, _limits_in_play(case), ["distribute"], None)
    _finish(case.clocks.filter(ending=RUNNING, question__isnull=True), VOID, event)
    case.rule_set = rules
    for limit in rules.limits.all():
        if "lodge" in limit.starts and not {"distribute"} & {*limit.met, *limit.voided}:
            _open(case, limit, case.complete_since, event, holder=centre())


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
    reminders.tell_again(again)


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


def _open(case, limit, started_at, event, *, due_at=None, subject=None, sequence=0, holder=None):
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
        holder=holder or _holder(case, limit.holder), started_at=started_at, due_at=due_at, provisional=provisional,
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
    """Those of this clock, not of an earlier one of the same limit; one that a new calendar put off begins anew."""
    if base.due_at > now:
        return base.due_at
    duties = case.clocks.filter(key=limit.key, pk__gt=base.pk).exclude(ended_by__action=RECOUNT)
    made = duties.aggregate(last=Max("sequence"))["last"] or 0
    for sequence, begins in enumerate(_beginnings(base.due_at, limit, current_calendar()), 1):
        if begins > now:
            return begins
        if sequence > made:
            _open(case, limit, begins, None, sequence=sequence)


def _holder(case, role):
    if role == Role.SENDER:
        return None
    if role == Role.OPERATOR or case.agency_id is None:
        return centre()
    return case.agency


def pass_to(case, agency, successor, event):
    """What an agency that has ended still owed on a case, its successor owes, late or not; what it had done stays its.

    Its opinion is asked of the successor, unless that leads the case or is asked already.
    """
    waiting = case.consultations.filter(outcome=Consultation.Outcome.WAITING)
    waiting.filter(lead=agency).update(lead=successor)
    if case.agency_id == successor.pk or waiting.filter(agency=successor).exists():
        closed = waiting.filter(agency__in=[agency, successor] if case.agency_id == successor.pk else [agency])
        _finish(case.clocks.filter(ending=RUNNING, consultation__in=closed), VOID, event)
        closed.update(outcome=Consultation.Outcome.CLOSED, answered_at=event.at)
    waiting.filter(agency=agency).update(agency=successor)
    case.clocks.filter(ending=RUNNING, holder=agency).update(holder=successor)


def _hand_over(case):
    """Running clocks go with the case; those of the operator, the sender and the consulted agencies stay.

    So does a limit of the procedure that is late already: whoever let it pass explains it (Đ16.4). A question goes
    with the case, late or not, since its answer is owed by who holds the case.
    """
    fixed = (Role.OPERATOR, Role.SENDER)
    moving = case.clocks.filter(ending=RUNNING, consultation__isnull=True).exclude(holder_role__in=fixed)
    passed = Q(due_at__lt=case.last_event_at.replace(microsecond=0), question__isnull=True, promise__isnull=True)
    moving.exclude(passed).update(holder=_holder(case, Role.SPECIALIST))
