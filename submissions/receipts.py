"""Receipts that can be verified later: a short keyed fingerprint, its QR code, and the check.

The fingerprint is an HMAC over the code, the moment of receipt and the text as it was sent. Its key derives from
SECRET_KEY. When SECRET_KEY changes, the former one belongs into SECRET_KEY_FALLBACKS: receipts printed under a key that
stands in neither no longer verify.

A right fingerprint proves that somebody holds the receipt, so it verifies confidential and withheld cases too. That a
sealed case exists nobody learns: its receipt is answered like that of an unknown code.
"""

import hashlib
import io
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode

import segno
from django.conf import settings
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from .codes import ALPHABET, read_letters
from .models import Case
from .states import State

SALT = "submissions.receipts"
LETTERS, GROUP = 16, 4


@dataclass(frozen=True)
class Receipt:
    """What verifying tells."""

    code: str
    received_at: datetime


def fingerprint(case) -> str:
    """In groups, like `7K3M-9QXD-2PTB-HC5N`."""
    letters = _letters(case, settings.SECRET_KEY)
    return "-".join(letters[start : start + GROUP] for start in range(0, LETTERS, GROUP))


def verified(code: str, typed: str) -> Receipt | None:
    """The receipt of this code if `typed` is its fingerprint; None is the answer to everything else, at equal cost."""
    case = Case.objects.exclude(state=State.SEALED).filter(code=code).first()
    supposed = case or Case(code=code, received_at=datetime.now(UTC))
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    matches = [constant_time_compare(read_letters(typed), _letters(supposed, key)) for key in keys]
    return Receipt(case.code, case.received_at) if case and any(matches) else None


def verification_address(case) -> str:
    return f"{settings.SITE_URL}{reverse('verify')}?{urlencode({'code': case.code, 'fingerprint': fingerprint(case)})}"


def qr_code(case) -> bytes:
    """The address of the verification as an SVG picture."""
    picture = io.BytesIO()
    symbol = segno.make(verification_address(case), micro=False, error="m")
    symbol.save(picture, kind="svg", border=4, omitsize=True, light="white")
    return picture.getvalue()


def _letters(case, key):
    sent = (case.code, case.received_at.astimezone(UTC).isoformat(), _digest(case.title), _digest(case.content))
    drawn = salted_hmac(SALT, "\n".join(sent), secret=key, algorithm="sha256").digest()
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in drawn[:LETTERS])


def _digest(text):
    return hashlib.sha256(text.encode()).hexdigest()
