"""Who leaves is out at once: accounts that do nothing any more, and the sessions that are still open (R12)."""

from allauth.usersessions.models import UserSession
from django.db.models import Q


def end_sessions(user):
    """Every session of this account, on every device."""
    for session in UserSession.objects.filter(user=user):
        session.end()


def settle(user, date):
    """After a membership has changed: without one on that day or later the account is switched off; the name stays."""
    if not user.memberships.filter(Q(valid_to=None) | Q(valid_to__gte=date)).exists():
        user.is_active = False
        user.save(update_fields=["is_active"])
        end_sessions(user)
