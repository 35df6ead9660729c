"""How often one address may try something: a fixed window counted in Django's cache."""

import hashlib
import ipaddress
import logging
import re
from typing import NamedTuple

from django.conf import settings
from django.core.cache import cache

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
FAILS_CLOSED = frozenset({"lookup"})
"""Where the cache does not answer, looking up stops (a phone number could be guessed) while nothing else is lost."""

logger = logging.getLogger(__name__)


class Rate(NamedTuple):
    count: int
    seconds: int


def parse_rate(text):
    """Read `10/h` (s, m, h, d). Raises ValueError."""
    match = re.fullmatch(r"([1-9][0-9]{0,8})/([smhd])", text)
    if not match:
        raise ValueError(f"{text!r} is not a rate such as 10/h, 30/m, 5/s or 100/d")
    return Rate(int(match[1]), SECONDS[match[2]])


def retry_after(scope, key, rate, at, amount=1):
    """Count one try of `key` (or `amount`) at the aware time `at`; 0 within the rate, else the seconds to wait."""
    second = int(at.timestamp())
    left = rate.seconds - second % rate.seconds
    name = _name(scope, key, rate, second)
    try:
        cache.add(name, 0, timeout=rate.seconds)
        tries = cache.incr(name, amount)
    except Exception:  # whatever the cache's client raises when its server is away
        logger.exception("The rate limiter of %s cannot reach the cache", scope)
        return left if scope in FAILS_CLOSED else 0
    return left if tries > rate.count else 0


def is_spent(scope, key, rate, at):
    """Seconds to wait where `key` has used up its tries, without counting one."""
    second = int(at.timestamp())
    try:
        tries = cache.get(_name(scope, key, rate, second), 0)
    except Exception:
        logger.exception("The rate limiter of %s cannot reach the cache", scope)
        return 0
    return rate.seconds - second % rate.seconds if tries >= rate.count else 0


def forget(scope, key, rate, at):
    """The tries of `key` count no more."""
    try:
        cache.delete(_name(scope, key, rate, int(at.timestamp())))
    except Exception:
        logger.exception("The rate limiter of %s cannot reach the cache", scope)


def _name(scope, key, rate, second):
    digest = hashlib.sha256(key.encode()).hexdigest()
    return f"limit:{scope}:{second // rate.seconds}:{digest}"


def address_of(request):
    """The visitor's address.

    `X-Forwarded-For` counts only behind TRUSTED_PROXY_COUNT proxies: the entry that the outermost of them wrote.
    """
    address = request.META.get("REMOTE_ADDR", "")
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    if 0 < settings.TRUSTED_PROXY_COUNT <= len(forwarded):
        address = forwarded[-settings.TRUSTED_PROXY_COUNT].strip()
    return address


def client_address(request):
    """The visitor's address as a limiter's key; of IPv6 the network (/64) that one household holds."""
    address = address_of(request)
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((known, 64), strict=False)) if known.version == 6 else str(known)
