"""How people reach the operator by other ways (Đ4): what stands in the administration, else what was set up."""

import logging
import time
from dataclasses import dataclass

from django.conf import settings

from .models import Contact

FRESH = 60
"""Seconds for which a process keeps what it has read, so that neither cache nor database is asked for each page."""

logger = logging.getLogger(__name__)
_kept = {}


@dataclass(frozen=True)
class Contacts:
    hotline: str
    short_number: str
    email: str


def contacts() -> Contacts:
    """Never fails: the page that tells of a fault names the hotline too."""
    found, read_at = _kept.get("contacts", (None, 0))
    if found is None or time.monotonic() - read_at > FRESH:
        found = _read()
        _kept["contacts"] = found, time.monotonic()
    return found


def forget() -> None:
    """Read anew: by this process at once, by the others within FRESH."""
    _kept.clear()


def _read():
    try:
        row = Contact.objects.first()
    except Exception:  # whatever a database raises that is away, or that may not be asked now
        logger.exception("The contacts are those that were set up: the database does not say others")
        row = None
    return _set_up(row or Contact())


def _set_up(row):
    return Contacts(
        row.hotline or settings.HOTLINE, row.short_number or settings.SHORT_NUMBER, row.email or settings.CONTACT_EMAIL
    )
