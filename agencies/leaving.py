"""Who leaves is out at once: accounts that do nothing any more, and the sessions that are still open (R12)."""

from allauth.usersessions.models import UserSession
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from .models import Membership, User


def end_sessions(user):
    """Every session of this account, on every device."""
    for session in UserSession.objects.filter(user=user):
        session.end()


def settle(user, date):
    """After a membership has changed: without one on that day or later the account is switched off; the name stays."""
    if not _with_work(date).filter(user=user).exists():
        user.is_active = False
        user.save(update_fields=["is_active"])
        end_sessions(user)


def settle_leavers(now) -> int:
    """Switch off the accounts of staff whose last task, or whose agency, has ended; how many."""
    date = timezone.localdate(now)
    worked, works = Membership.objects.filter(user=OuterRef("pk")), _with_work(date).filter(user=OuterRef("pk"))
    gone = list(User.objects.filter(Exists(worked), ~Exists(works), is_active=True, is_superuser=False))
    for user in gone:
        settle(user, date)
    return len(gone)


def _with_work(date):
    """Memberships in force on that day or later, in agencies that go on."""
    in_time = Q(valid_to=None) | Q(valid_to__gte=date)
    return Membership.objects.filter(in_time, Q(agency__valid_to=None) | Q(agency__valid_to__gte=date))
