"""Accounts of invented people: nobody can sign in with them."""

import random
from datetime import timedelta

from django.contrib.auth.hashers import make_password

from agencies.models import AdministrativeUnit, User
from submissions.models import Citizen, SenderType

from .telling import FAMILY_NAMES, GIVEN_NAMES

PROVINCE = "56"


def add_accounts(count, begins, ends, seed):
    """Add that many citizens and businesses, opened at random between two aware moments."""
    chance = random.Random(f"{seed}/accounts")  # noqa: S311 sample data, the same each time
    communes = list(AdministrativeUnit.objects.filter(parent=PROVINCE).order_by("pk").values_list("pk", flat=True))
    taken = User.objects.filter(username__startswith="nguoidan").count()
    span = int((ends - begins).total_seconds())
    users = [
        User(
            username=f"nguoidan{number:05}", password=make_password(None),
            full_name=f"{chance.choice(FAMILY_NAMES)} {chance.choice(GIVEN_NAMES)}",
            date_joined=begins + timedelta(seconds=chance.randrange(span)),
        )
        for number in range(taken, taken + count)
    ]  # fmt: skip
    Citizen.objects.bulk_create(
        [
            Citizen(
                account=user, phone=f"+84996{number:06}", phone_verified_at=user.date_joined,
                commune_id=chance.choice(communes), consent_at=user.date_joined,
                sender_type=chance.choices([SenderType.CITIZEN, SenderType.BUSINESS], [9, 1])[0],
            )
            for number, user in enumerate(User.objects.bulk_create(users, batch_size=500), start=taken)
        ],
        batch_size=500,
    )  # fmt: skip
