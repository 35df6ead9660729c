"""The link in a letter to the sender that opens the case without the phone being typed.

Its token is signed, not stored: over the case's code, the sender's phone and address for mail, and when it was made. So
it opens no other case, ends with the first change of contact and after LIFETIME, and names nobody.
"""

import re
from datetime import timedelta

from django.conf import settings
from django.core.signing import BadSignature, Signer, b62_decode, b62_encode
from django.urls import reverse

from .models import Case, Sender
from .states import State

LIFETIME = timedelta(days=90)
SHAPE = re.compile(r"([0-9A-Za-z]{1,8})\.([0-9A-Za-z_-]{43})")
IN_A_TEXT = re.compile(r"(/(?:mo|cung-gap)/)[^/\s]+")


def link_to(case, at):
    return settings.SITE_URL + reverse("sender-link", args=[case.code, token_of(case, at)])


def token_of(case, at):
    """When it was made, and the signature."""
    made = b62_encode(int(at.timestamp()))
    return f"{made}.{_signer().signature(_signed(case.code, case.sender, made))}"


def case_by_token(code, token, now):
    """The case of this code if the token is its own and still good, else None; of a sealed one always None."""
    case = Case.objects.exclude(state=State.SEALED).select_related("sender").filter(code=code).first()
    parts = SHAPE.fullmatch(token)
    made, signature = parts.groups() if parts else ("0", "")
    is_right = _is_right(_signed(code, case.sender if case else Sender(), made), signature)
    is_over = now.timestamp() - b62_decode(made) > LIFETIME.total_seconds()
    return case if case and is_right and not is_over else None


def without_tokens(text):
    """The text as others than the sender may read it."""
    return IN_A_TEXT.sub(r"\1…", text)


def _signer():
    return Signer(salt="submissions.links", sep=".")


def _signed(code, sender, made):
    return "\n".join((code, sender.phone, sender.email, made))


def _is_right(value, signature):
    try:
        _signer().unsign(f"{value}.{signature}")
    except BadSignature:
        return False
    return True
