"""Who may do what: one function reads it off the procedure, for buttons, pages and the engine alike (R02, R08)."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import Membership
from agencies.roles import Role
from submissions.models import STATE_LABELS, Case, CaseAccess
from submissions.states import State

from .conditions import CONDITIONS, Situation, holds
from .procedure import ACTIONS, ROWS, Seat


class Refused(Exception):
    """An action that may not be done now; `reason` is a sentence for people."""

    def __init__(self, reason, events=()):
        super().__init__(reason)
        self.reason = reason
        self.events = list(events)


class Forbidden(Refused):
    """403: this role, or this person's agency, never does this on this case."""


class Conflict(Refused):
    """409: they do, but not in this state, or a condition is not met, or somebody was faster."""


@dataclass(frozen=True)
class Verdict:
    status: int
    reason: str = ""
    seat: Seat | None = None
    membership: Membership | None = None

    @property
    def allowed(self):
        return self.status == 200

    def insist(self):
        """Raises Forbidden or Conflict unless allowed."""
        if self.status == 403:
            raise Forbidden(self.reason)
        if self.status == 409:
            raise Conflict(self.reason)


def may(viewer, action, case, now=None) -> Verdict:
    """Whether `viewer` may do `action` (a row or its key) on a case it can see, and in which seat."""
    row = ACTIONS[action] if isinstance(action, str) else action
    now = now or timezone.now()
    taken = [(seat, membership) for seat in row.by for membership in _seated(viewer, case, seat)]
    if not taken:
        return Verdict(403, _("Vai trò hoặc cơ quan của Ông/Bà không thực hiện việc này trên hồ sơ này."))
    verdicts = [_verdict(row, seat, membership, viewer, case, now) for seat, membership in taken]
    return min(verdicts, key=lambda verdict: (verdict.status != 200, verdict.status))


def actions_for(viewer, case, now=None):
    """The rows this viewer may do now, in the order of the procedure."""
    now = now or timezone.now()
    return [row for row in ROWS if may(viewer, row, case, now).allowed]


def explainable_clocks(viewer, case, now=None):
    """Late clocks of the viewer's agencies that still lack an explanation (Đ16.4)."""
    now = now or timezone.now()
    own = {m.agency_id for m in viewer.memberships if m.role in (Role.OPERATOR, Role.SPECIALIST, Role.LEADER)}
    return [c for c in case.clocks.all() if c.holder_id in own and c.is_late(now) and not c.is_explained]


def find_for_explaining(viewer, code):
    """The case by code if it is visible, or if an agency of the viewer owes an explanation on it; else None."""
    case = Case.objects.visible_to(viewer).filter(code=code).first()
    if case is None:
        case = Case.objects.filter(code=code).exclude(state=State.SEALED).first()
        if case is None or not explainable_clocks(viewer, case):
            return None
    return case


def _verdict(row, seat, membership, viewer, case, now):
    it = Situation(case, now, viewer.user, membership and membership.agency_id)
    if case.state not in row.by[seat]:
        return Verdict(
            409, _("Hồ sơ đang ở bước “%s” nên chưa thực hiện được việc này.") % STATE_LABELS[case.state], seat
        )
    for name in row.never:
        if holds(name, it):
            return Verdict(403, str(CONDITIONS[name].sentence), seat)
    for name in (*row.when, *row.seat_conditions.get(seat, ())):
        if not holds(name, it):
            return Verdict(409, str(CONDITIONS[name].sentence), seat)
    return Verdict(200, "", seat, membership)


def _seated(viewer, case, seat):
    """The memberships by which the viewer sits in this seat of this case; `[None]` for the sender."""
    if seat.role == Role.SENDER:
        return [None] if viewer.owns(case) else []
    return [m for m in viewer.memberships if m.role == seat.role and SITTING[seat.key](m, case)]


def _leads(membership, case):
    return case.agency_id == membership.agency_id


def _coordinates(membership, case):
    return any(
        access.agency_id == membership.agency_id and access.part == CaseAccess.Part.COORDINATING
        for access in case.access.all()
    )


def _is_parent(membership, case):
    return case.agency_id is not None and case.agency.parent_id == membership.agency_id


def _holds_a_clock(membership, case):
    return _leads(membership, case) or any(clock.holder_id == membership.agency_id for clock in case.clocks.all())


def _always(membership, case):
    return True


SITTING = {
    "centre": _always,
    "for_sender": _always,
    "province": _always,
    "technical": _always,
    "lead": _leads,
    "coordinating": _coordinates,
    "parent": _is_parent,
    "late": _holds_a_clock,
}
