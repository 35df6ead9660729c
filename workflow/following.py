"""The letter that confirms the address of who follows a published case; its news are `workflow.messages`' business."""

from django.conf import settings

from agencies.limits import Rate, retry_after
from submissions import followers

from .messages import rendered
from .models import Message

CONFIRM = "follower_confirm"
AN_ADDRESS = Rate(3, 86400)
"""Letters of this kind to one address, and in how many seconds."""
Medium = Message.Medium


def ask_to_confirm(follower, now):
    """A letter to the address that somebody gave; False where it got a few today already: it may be another's."""
    if retry_after("follower-address", follower.email, AN_ADDRESS, now):
        return False
    context = {"code": follower.case.code, "title": follower.case.shown_title, "site_url": settings.SITE_URL}
    context["link"] = followers.link_for(follower.case, follower.pk, follower.email)
    subject, body = rendered(CONFIRM, Medium.EMAIL, context)
    Message.objects.create(
        case=follower.case, notice=CONFIRM, medium=Medium.EMAIL, recipient=follower.email, subject=subject, body=body,
        queued_at=now, next_try_at=now,
    )  # fmt: skip
    return True
