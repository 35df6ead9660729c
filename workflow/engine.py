"""The one door: `open_case` files a case, `perform` moves it. Nothing else writes `Case.state`.

`recount` moves due times where the calendar has changed, `begin_duties` makes what recurs, `hand_over` gives a case to
the successor of an agency that has ended: no person acts in these, and no state changes.
`perform`: lock the row, then read the time (never earlier than the last event), catch up on recurring duties, ask
`may`, check the version, run the effect, set the state, write the event, apply the clocks, refresh access, queue
messages: one transaction, on SQLite and PostgreSQL alike. Nothing slow happens inside.
"""

import logging
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.calendar import BeyondCalendar
from agencies.register import centre, current_calendar, hold_calendar, rule_set_for
from agencies.roles import Role
from submissions import intake
from submissions.models import Case, CaseAccess
from submissions.states import AT_INTAKE, NEVER_PUBLIC, State
from submissions.viewers import ANONYMOUS, Viewer

from . import audit, clocks, conditions, effects, leaks, messages
from .models import CaseEvent, Clock, Consultation, Readers
from .permissions import Conflict, Verdict, may
from .procedure import ACTIONS, PUBLIC_TEXTS, ROWS, Action, Fork

logger = logging.getLogger(__name__)

EXCLUSIVE = [row.key for row in ROWS if not row.additive]


@dataclass
class Step:
    """One action being done: what effects read and what they leave for the event, the clocks and the messages.

    `marks` are what limits react to; `subject` the question, consultation or promise that is met; `subjects` pairs of
    such a thing and its due time (None: by the limit) whose clocks start; `due_at` a due time given by a person.
    """

    case: Case
    row: Action
    at: object
    viewer: Viewer
    verdict: Verdict
    data: dict
    note: str = ""
    marks: list = field(default_factory=list)
    facts: dict = field(default_factory=dict)
    readers: str = ""
    subject: object = None
    subjects: list = field(default_factory=list)
    due_at: object = None
    subject_agency: object = None
    new_rules: object = None
    before: str = ""
    tells: tuple = ()

    @property
    def seat(self):
        return self.verdict.seat

    @property
    def agency(self):
        return self.verdict.membership and self.verdict.membership.agency


def open_case(lodgement, viewer=ANONYMOUS, now=None):
    """File a case and start its clocks; the same submission key gives the same case again (R07, R50).

    Off-line cases count from `received_at` as keyed in (A23).
    """
    filed = Case.objects.filter(submission_key=lodgement.submission_key).first()
    if filed is not None:
        return filed
    at = lodgement.received_at or now or timezone.now()
    rules = rule_set_for(lodgement.channel, lodgement.incident, timezone.localdate(at))
    try:
        with transaction.atomic():
            hold_calendar()
            case = intake.store(lodgement, State.LODGED, rules, at)
            operator = next((m for m in viewer.memberships if m.role == Role.OPERATOR), None)
            event = CaseEvent.objects.create(
                case=case, action="lodge", at=at, after=case.state, readers="sender", channel=case.channel,
                actor=viewer.user, role=Role.OPERATOR if operator else Role.SENDER, agency=operator and operator.agency,
            )  # fmt: skip
            step = Step(case, None, at, viewer, Verdict(200), {}, marks=["lodge"])
            audit.did(event)
            clocks.apply(step, event)
            _refresh(case)
            messages.queue(event, ("sender_lodged", "centre_lodged"))
    except IntegrityError:
        filed = Case.objects.filter(submission_key=lodgement.submission_key).first()
        if filed is None:
            raise
        return filed
    return case


def perform(case_pk, key, viewer, data, *, version=None, now=None, on_behalf_channel=""):
    """Do one action on a case. Raises Forbidden (403), Conflict (409) or ValidationError by form field (422)."""
    row = ACTIONS[key]
    with transaction.atomic():
        hold_calendar()
        case = (
            Case.objects.select_for_update(of=("self",)).select_related("rule_set", "agency", "sender").get(pk=case_pk)
        )
        at = max(now or timezone.now(), case.last_event_at)
        _catch_up(case, at)
        prefetch_related_objects([case], "clocks", "access")
        verdict = may(viewer, row, case, at)
        stale = version is not None and version != case.version and not row.additive
        if stale and verdict.status != 403:
            raise Conflict(_("Hồ sơ đã thay đổi sau khi Ông/Bà mở trang này."), changes_since(case, version))
        verdict.insist()
        case._prefetched_objects_cache = {}
        step = Step(
            case, row, at, viewer, verdict, data,
            note=data.get("note", ""), marks=[key], readers=row.readers, tells=row.tells,
        )  # fmt: skip
        if row.goes_out and step.seat.role != Role.SENDER:
            text = data.get(row.goes_out) or ""
            leaks.insist(step, row.goes_out, leaks.found(case, text, public=key in PUBLIC_TEXTS))
        if row.effect:
            getattr(effects, EFFECT_NAMES.get(key, key))(step)
        _move(step)
        event = _record(step, on_behalf_channel)
        if step.new_rules is not None:
            clocks.change_rule_set(step, event, step.new_rules)
        clocks.apply(step, event)
        _refresh(case)
        if row.undoes:
            _recount(case, None, RESUMED, at)
        messages.queue(event, step.tells)
    return case


def _catch_up(case, at):
    """A duty that the calendar cannot reckon yet keeps nobody from ending the limit that it follows."""
    try:
        clocks.catch_up(case, at)
    except BeyondCalendar:
        logger.exception("The calendar ends before the next duty of case %s", case.pk)


EFFECT_NAMES = {"return": "return_"}
RESUMED = gettext_lazy("lịch làm việc đã đổi trong lúc thời hạn không chạy")
"""A limit that runs again has its old due time (A10), or what the calendar has made of it since."""


def begin_duties(case_pk, now):
    """Make the recurring duties that have begun by now, of a case that the caller has locked; no event (A12).

    Gives the moment at which the next one will begin.
    """
    case = Case.objects.select_related("rule_set", "agency").get(pk=case_pk)
    begins = clocks.catch_up(case, now)
    _refresh(case)
    return begins


def recount(case_pk, user, reason, now=None):
    """Give the running clocks of a case the due times of the calendar as it is now; says so to those concerned (A7).

    `user` changed the calendar. Gives the number of due times that moved. Where only "provisional" comes or goes, it
    is set right without an event: nobody's time has changed. Raises BeyondCalendar.
    """
    with transaction.atomic():
        hold_calendar()
        case = (
            Case.objects.select_for_update(of=("self",)).select_related("rule_set", "agency", "sender").get(pk=case_pk)
        )
        return _recount(case, user, reason, max(now or timezone.now(), case.last_event_at))


def _recount(case, user, reason, at):
    calendar = current_calendar()
    running = list(clocks.running_clocks().filter(case=case))
    found = clocks.moves(running, calendar, at, clocks.followed_limits())
    felt = [move for move in found if move.is_felt]
    if not felt:
        clocks.move(found, None, calendar)
        return 0
    case.last_event_at = at
    event = CaseEvent.objects.create(
        case=case, action=clocks.RECOUNT, at=at, actor=user, role=Role.SYSTEM, before=case.state, after=case.state,
        readers=Readers.SENDER, note=str(reason), facts={"moved": [_moved(move) for move in felt]},
    )  # fmt: skip
    audit.did(event)
    clocks.move(found, event, calendar)
    _refresh(case)
    messages.queue(event, messages.DUE_MOVED)
    return len(felt)


GOES_OVER = gettext_lazy("%(old)s kết thúc hoạt động từ ngày %(day)s; hồ sơ do %(new)s tiếp nhận.")
IS_ASKED_NOW = gettext_lazy("%(old)s kết thúc hoạt động từ ngày %(day)s; %(new)s cho ý kiến phối hợp thay.")


def hand_over(case_pk, agency, successor, now):
    """Give a case from an agency that has ended to the one that does its work now; whether there was anything to give.

    No state and no due time changes.

    Where the agency was asked for its opinion, its successor is; if that leads the case, nobody need be any more.
    """
    with transaction.atomic():
        hold_calendar()
        case = (
            Case.objects.select_for_update(of=("self",)).select_related("rule_set", "agency", "sender").get(pk=case_pk)
        )
        leads = case.agency_id == agency.pk and (case.is_open or case.state == State.ANSWERED)
        is_asked = case.consultations.filter(agency=agency, outcome=Consultation.Outcome.WAITING).exists()
        if not (leads or is_asked):
            return False
        case.last_event_at = max(now, case.last_event_at)
        if leads:
            case.agency = successor
        event = CaseEvent.objects.create(
            case=case, action=clocks.HAND_OVER, at=case.last_event_at, role=Role.SYSTEM, agency=agency,
            before=case.state, after=case.state, readers=Readers.SENDER if leads else Readers.STAFF,
            subject_agency=successor, facts={"leads": leads}, note=(GOES_OVER if leads else IS_ASKED_NOW)
            % {"old": agency, "day": f"{agency.valid_to + timedelta(days=1):%d/%m/%Y}", "new": successor},
        )  # fmt: skip
        audit.did(event)
        clocks.pass_to(case, agency, successor, event)
        _refresh(case)
        messages.queue(event, messages.HANDED_OVER)
        return True


def _moved(move):
    clock = move.clock
    return {
        "clock": clock.pk, "key": clock.key, "label": clock.label, "holder": clock.holder_id,
        "from": clock.due_at.isoformat(), "to": move.due_at.isoformat() if move.begun else None,
    }  # fmt: skip


def changes_since(case, version):
    """The events by which a case left a version: each exclusive action raises it by one."""
    done = case.events.filter(action__in=EXCLUSIVE).select_related("actor", "agency").order_by("-at", "-id")
    return list(done[: max(case.version - version, 1)])[::-1]


def _move(step):
    case, row = step.case, step.row
    target = _chosen(row.to, case, step.at) if isinstance(row.to, Fork) else row.to
    step.before = case.state
    if target is not None:
        case.state = target
    if case.state in NEVER_PUBLIC:
        effects.take_off_public_pages(case)
    if not row.additive:
        case.version += 1
    case.last_event_at = step.at


def _chosen(fork, case, at):
    return fork.then if conditions.holds(fork.condition, conditions.Situation(case, at)) else fork.otherwise


def _record(step, channel):
    membership = step.verdict.membership
    event = CaseEvent.objects.create(
        case=step.case, action=step.row.key, at=step.at, actor=step.viewer.user, role=step.seat.role,
        agency=step.agency, on_behalf=bool(membership and membership.on_behalf), channel=channel,
        before=step.before, after=step.case.state, readers=step.readers, note=step.note,
        facts=step.facts, subject_agency=step.subject_agency,
    )  # fmt: skip
    audit.did(event)
    return event


def _refresh(case):
    """Bring the case's next due time and every agency's part in it up to date, and save.

    Limits that are nobody's lateness (A18) count only where no other runs; opinions are due from who was asked.
    """
    running = list(case.clocks.filter(ending=Clock.Ending.RUNNING).order_by("due_at"))
    own = [clock for clock in running if clock.consultation_id is None]
    binding = [clock for clock in own if not clock.conditional]
    case.next_due_at = next((clock.due_at for clock in binding or own), None)
    case.instant = case.rule_set.instant
    case.save()
    _refresh_access(case, {clock.holder_id: clock.due_at for clock in running if clock.consultation_id is not None})


def _refresh_access(case, opinions_due):
    """Who has which part in the case; an agency's own list is open while the case waits on its side."""
    parts = dict.fromkeys(_consulted_agencies(case), CaseAccess.Part.COORDINATING)
    if case.agency_id is not None:
        parts[case.agency_id] = CaseAccess.Part.LEAD
    parts[centre().pk] = CaseAccess.Part.CENTRE
    rows = {access.agency_id: access for access in case.access.all()}
    new = [
        CaseAccess(case=case, agency_id=agency_id, received_at=case.last_event_at)
        for agency_id in parts
        if agency_id not in rows
    ]
    for access in [*rows.values(), *new]:
        access.part = parts.get(access.agency_id, CaseAccess.Part.FORMER)
        access.open = _waits_with(access.part, case)
        coordinates = access.part == CaseAccess.Part.COORDINATING
        due_at = opinions_due.get(access.agency_id) if coordinates else case.next_due_at
        access.due_at, access.instant = due_at if access.open else None, case.instant
    _save_losing_lead_first(rows.values())
    CaseAccess.objects.bulk_create(new)


def _waits_with(part, case):
    if part == CaseAccess.Part.CENTRE:
        return case.state in AT_INTAKE
    return case.is_open and part != CaseAccess.Part.FORMER


def _save_losing_lead_first(rows):
    for access in sorted(rows, key=lambda access: access.part == CaseAccess.Part.LEAD):
        access.save(update_fields=["part", "open", "due_at", "instant"])


def _consulted_agencies(case):
    """Agencies that the present lead has consulted; none once the case left it or was sealed."""
    if case.agency_id is None or case.state == State.SEALED:
        return []
    taken = CaseEvent.objects.filter(case=case, action__in=["accept", "return", "recall", "unseal"])
    accepted = taken.order_by("-at", "-id").first()
    if accepted is None or accepted.action != "accept":
        return []
    asked = Consultation.objects.filter(case=case, asked_at__gte=accepted.at).exclude(agency=case.agency_id)
    return list(asked.values_list("agency_id", flat=True))
