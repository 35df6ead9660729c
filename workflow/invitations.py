"""The letter by which somebody new at an agency sets their own password: nobody else ever knows it (R42)."""

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from .messages import rendered
from .models import Message

NOTICE = "account_invitation"


def invite(user, now):
    """Queue the letter; its link works once, for as long as PASSWORD_RESET_TIMEOUT says."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    path = reverse("staff-activate", args=[uid, default_token_generator.make_token(user)])
    membership = user.memberships.select_related("agency").order_by("-valid_from").first()
    context = {"user": user, "membership": membership, "link": f"{settings.SITE_URL}{path}"}
    subject, body = rendered(NOTICE, Message.Medium.EMAIL, context)
    Message.objects.create(
        notice=NOTICE, medium=Message.Medium.EMAIL, recipient=user.email, agency=membership and membership.agency,
        subject=subject, body=body, queued_at=now, next_try_at=now,
    )  # fmt: skip
