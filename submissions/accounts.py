"""What an account has: its cases, earlier ones that its verified number proves to be its own, what forms start with."""

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.db.models import Exists, OuterRef

from agencies.models import User

from .models import Case, Citizen, Sender
from .phones import show_phone

UNPROVED = timedelta(days=7)


def citizen_of(user) -> Citizen | None:
    """None for staff, and for accounts that were made without a number."""
    citizens = Citizen.objects.select_related("account", "commune").exclude(account__memberships__isnull=False)
    return citizens.filter(account=user).first()


def verified_email(user) -> str:
    address = EmailAddress.objects.filter(user=user, verified=True).order_by("-primary", "pk").first()
    return address.email if address else ""


def cases_of(user):
    return Case.objects.filter(sender__account=user).select_related("agency", "rule_set", "field")


def claimable(citizen):
    """Senders without an account whose number is the one that this account has verified."""
    if not citizen.verified_phone:
        return Sender.objects.none()
    return Sender.objects.filter(phone=citizen.verified_phone, account=None)


def claim(citizen) -> int:
    """Take earlier cases with the verified number into the account; gives how many."""
    return claimable(citizen).update(account=citizen.account)


def forget_unproved(now) -> int:
    """Accounts whose number and address nobody has proved within UNPROVED, and that hold no case; gives how many."""
    old = User.objects.filter(
        ~Exists(EmailAddress.objects.filter(user=OuterRef("pk"), verified=True)),
        ~Exists(Sender.objects.filter(account=OuterRef("pk"))),
        citizen__isnull=False, citizen__phone_verified_at=None, memberships=None, date_joined__lt=now - UNPROVED,
    )  # fmt: skip
    return old.delete()[1].get(User._meta.label, 0)


def first_values(user) -> dict:
    """What the form for a new case starts with."""
    citizen = citizen_of(user)
    if citizen is None:
        return {"full_name": user.full_name, "email": user.email}
    commune = citizen.commune
    return {
        "sender_type": citizen.sender_type,
        "full_name": user.full_name,
        "phone": show_phone(citizen.phone),
        "email": verified_email(user),
        "address": citizen.address,
    } | ({"province": commune.parent_id, "commune": commune.pk} if commune else {})
