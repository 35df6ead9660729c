"""Which parts OF a case a viewer may see; that it may see the case at all is `visible_to`'s answer (R03, R04a, Đ9)."""

from enum import StrEnum

from agencies.roles import Role

from .models import CaseAccess, Level
from .states import State


class Facet(StrEnum):
    STUB = "stub"
    STAGES = "stages"
    PUBLIC = "public"
    OWN = "own"
    MATTER = "matter"
    INTERNAL = "internal"
    RESULT = "result"
    IDENTITY = "identity"


STAFF_VIEW = frozenset({Facet.STAGES, Facet.MATTER, Facet.INTERNAL})
BY_PART = {
    CaseAccess.Part.LEAD: STAFF_VIEW | {Facet.IDENTITY, Facet.RESULT},
    CaseAccess.Part.COORDINATING: STAFF_VIEW,
}


def facets(viewer, case) -> frozenset[Facet]:
    """Empty where nothing may be seen. Of a sealed case nobody sees more than the stub (Đ9.3)."""
    seen = _seen(viewer, case)
    if seen and case.state == State.SEALED:
        return frozenset({Facet.STUB})
    return seen


def _seen(viewer, case):
    if viewer.memberships:
        return frozenset().union(*(_seen_as(membership, case) for membership in viewer.memberships))
    if viewer.owns(case):
        return frozenset({Facet.STAGES, Facet.OWN, Facet.IDENTITY})
    if case.state == State.SEALED or case.level != Level.NORMAL or case.retracted:
        return frozenset()
    return frozenset({Facet.STAGES, Facet.PUBLIC}) if case.published_at else frozenset({Facet.STAGES})


def _seen_as(membership, case):
    if membership.role == Role.OPERATOR:
        return STAFF_VIEW | {Facet.IDENTITY}
    if membership.role == Role.SUPERVISOR:
        return STAFF_VIEW
    if membership.role == Role.ADMINISTRATOR:
        return frozenset({Facet.STUB}) if case.state == State.SEALED else frozenset()
    parts = {access.agency_id: access.part for access in case.access.all()}
    seen = BY_PART.get(parts.get(membership.agency_id), frozenset())
    oversees = case.agency is not None and case.agency.parent_id == membership.agency_id
    if membership.role == Role.LEADER and oversees and case.state != State.SEALED:
        seen |= STAFF_VIEW
    return seen
