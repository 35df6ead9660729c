"""A form sent twice at once: the second waits for the first, whose case is then the answer to both (R50)."""

import logging
import time
from contextlib import contextmanager

from django.core.cache import cache

LONGEST = 30
PAUSE = 0.1

logger = logging.getLogger(__name__)


@contextmanager
def taking_turns(name):
    """Hold `name` among all processes for at most LONGEST seconds; without the cache everybody goes on at once."""
    held = _hold(name)
    try:
        yield
    finally:
        if held:
            _let_go(name)


def _hold(name):
    try:
        for _ in range(int(LONGEST / PAUSE)):
            if cache.add(f"in-flight:{name}", 1, timeout=LONGEST):
                return True
            time.sleep(PAUSE)
    except Exception:  # whatever the cache's client raises when its server is away
        logger.exception("Forms sent twice are not told apart: the cache does not answer")
    return False


def _let_go(name):
    try:
        cache.delete(f"in-flight:{name}")
    except Exception:
        logger.exception("The cache does not answer")
