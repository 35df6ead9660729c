"""Whom a published case concerns too: counting them, and the address to which its news go once they confirmed it."""

import hashlib

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from .models import Case, Follower

MOST_TOLD = 2000
"""Addresses of one case that are told of its news: they are queued in the step itself."""


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


def count_of(case) -> int:
    return Follower.objects.filter(case=case).count()


def is_following(case, key) -> bool:
    return Follower.objects.filter(case=case, key=key).exists()


def told_of(case):
    """(pk, address) of those to whom the news of a published case go."""
    confirmed = Follower.objects.filter(case=case, confirmed_at__isnull=False).order_by("pk")
    return list(confirmed.values_list("pk", "email")[:MOST_TOLD])


def link_for(case, follower_pk) -> str:
    """The page on which the owner of the address confirms it, or ends it."""
    token = _signer().sign(follower_pk)
    return settings.SITE_URL + reverse("follower", args=[case.code, token])


def follower_by_token(code, token) -> Follower | None:
    """None where the token is not ours, or the case is no longer public."""
    try:
        pk = int(_signer().unsign(token))
    except (BadSignature, ValueError):
        return None
    public = Case.objects.public().filter(code=code)
    return Follower.objects.select_related("case").filter(pk=pk, case__in=public).exclude(email="").first()


def confirm(follower, now) -> None:
    Follower.objects.filter(pk=follower.pk, confirmed_at=None).update(confirmed_at=now)


def stop(follower) -> None:
    """The address goes; that the case concerns somebody stays counted."""
    Follower.objects.filter(pk=follower.pk).update(email="", confirmed_at=None)


def _signer():
    return Signer(salt="submissions.followers", sep=".")
