"""Whom a published case concerns too: counting them, and the address to which its news go once they confirmed it."""

import hashlib
import logging
from datetime import timedelta

from django.conf import settings
from django.core.signing import Signer
from django.db.models import Count, OuterRef, Subquery
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from .models import Case, Follower

MOST_TOLD = 2000
"""Addresses of one case that are told of its news: they are queued in the step itself."""
UNCONFIRMED = timedelta(days=7)


logger = logging.getLogger(__name__)


def key_of(draft_key, user=None) -> str:
    """The digest by which one browser session, or one account, counts once."""
    return hashlib.sha256(f"account:{user.pk}".encode() if user else f"session:{draft_key}".encode()).hexdigest()


def follow(case, key, now, email="", is_verified=False) -> Follower:
    """Count somebody in, once; a later address replaces an earlier one and is to be confirmed anew."""
    follower, _made = Follower.objects.get_or_create(case=case, key=key, defaults={"at": now})
    if email and email != follower.email:
        follower.email, follower.confirmed_at = email, now if is_verified else None
        follower.save(update_fields=["email", "confirmed_at"])
    return follower


def unfollow(case, key) -> None:
    Follower.objects.filter(case=case, key=key).delete()


def with_counts(cases):
    """The cases together with what `count_of` says of each, in the same query."""
    counts = Follower.objects.filter(case=OuterRef("pk")).order_by().values("case").annotate(number=Count("pk"))
    return cases.annotate(follower_count=Subquery(counts.values("number")))


def count_of(case) -> int:
    if hasattr(case, "follower_count"):
        return case.follower_count or 0
    return Follower.objects.filter(case=case).count()


def is_following(case, key) -> bool:
    return Follower.objects.filter(case=case, key=key).exists()


def told_of(case):
    """(pk, address) of those to whom the news of a published case go."""
    confirmed = Follower.objects.filter(case=case, confirmed_at__isnull=False).order_by("pk")
    found = list(confirmed.values_list("pk", "email")[: MOST_TOLD + 1])
    if len(found) > MOST_TOLD:
        logger.warning("Case %s has more followers than the %d that are told of its news", case.code, MOST_TOLD)
    return found[:MOST_TOLD]


def link_for(case, follower_pk, email) -> str:
    """The page on which the owner of the address confirms it, or ends it; good for this address alone."""
    token = f"{follower_pk}.{_signature(follower_pk, email)}"
    return settings.SITE_URL + reverse("follower", args=[case.code, token])


def follower_by_token(code, token) -> Follower | None:
    """None where the token is not ours, or the case is no longer public."""
    pk, _dot, signature = token.partition(".")
    if not (pk.isascii() and pk.isdigit() and len(pk) < 19):
        return None
    public = Case.objects.public().filter(code=code)
    found = Follower.objects.select_related("case").filter(pk=pk, case__in=public).exclude(email="").first()
    return found if found and constant_time_compare(signature, _signature(found.pk, found.email)) else None


def confirm(follower, now) -> None:
    Follower.objects.filter(pk=follower.pk, confirmed_at=None).update(confirmed_at=now)


def stop(follower) -> None:
    """The address goes; that the case concerns somebody stays counted."""
    Follower.objects.filter(pk=follower.pk).update(email="", confirmed_at=None)


def forget_unconfirmed(now) -> int:
    """Addresses that their owners have not confirmed within UNCONFIRMED go; gives how many."""
    old = Follower.objects.filter(confirmed_at=None, at__lt=now - UNCONFIRMED).exclude(email="")
    return old.update(email="")


def _signature(pk, email):
    return Signer(salt="submissions.followers").signature(f"{pk}:{email}")
