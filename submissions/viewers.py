"""Who is looking: the account, what it does where, and the cases opened by code and phone in this session."""

from dataclasses import dataclass

from django.utils import timezone

from agencies.models import Membership, User
from agencies.register import memberships_of
from agencies.roles import Role


@dataclass(frozen=True)
class Viewer:
    """`memberships` are those in force today; `opened` holds primary keys of cases."""

    user: User | None = None
    memberships: tuple[Membership, ...] = ()
    opened: frozenset[int] = frozenset()

    def has(self, role):
        return any(membership.role == role for membership in self.memberships)

    @property
    def may_export(self):
        """Whether one of the memberships lets its holder take cases out of the house."""
        return bool(self.exporting.memberships)

    @property
    def exporting(self) -> "Viewer":
        """The same person with the memberships alone that carry this right."""
        return Viewer(self.user, tuple(membership for membership in self.memberships if membership.may_export))

    @property
    def agency_ids(self):
        return {
            membership.agency_id for membership in self.memberships if membership.role in (Role.SPECIALIST, Role.LEADER)
        }

    def agency_ids_as(self, role):
        return {membership.agency_id for membership in self.memberships if membership.role == role}

    def owns(self, case):
        """Whether this is the sender: by account, or by code and phone in this session. Staff never is."""
        if self.memberships:
            return False
        return case.pk in self.opened or (self.user is not None and case.sender.account_id == self.user.pk)


ANONYMOUS = Viewer()


def viewer_for(user, opened=()):
    return Viewer(user, memberships_of(user, timezone.localdate()), frozenset(opened))
