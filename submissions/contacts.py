"""How people reach the operator by other ways (Đ4): what stands in the administration, else what was set up."""

import logging
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache

from .models import Contact

FRESH = 60
"""Seconds until every process shows what was changed."""
KEY = "contacts"

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Contacts:
    hotline: str
    short_number: str
    email: str


def contacts() -> Contacts:
    """Never fails: the page that tells of a fault names the hotline too."""
    try:
        return cache.get_or_set(KEY, _read, FRESH)
    except Exception:  # whatever a cache or a database raises that is away
        logger.exception("The contacts are those that were set up: neither cache nor database says others")
        return _set_up(Contact())


def _read():
    return _set_up(Contact.objects.first() or Contact())


def _set_up(row):
    return Contacts(
        row.hotline or settings.HOTLINE, row.short_number or settings.SHORT_NUMBER, row.email or settings.CONTACT_EMAIL
    )
