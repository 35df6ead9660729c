"""Asking the virus scanner about each file (R26): at once when it comes, and each minute for those still waiting.

A file that waits or is infected is nobody's to open. The scanner's silence never lets one through, and never keeps a
case from being filed; a file that it cannot judge holds up no other.
"""

import logging
import time

from django.conf import settings
from django.core.cache import cache
from django.db.models import F

from .files import private_storage
from .files.viruses import NoVerdict, ScannerSilent, is_infected
from .models import Attachment

AT_MOST, MOST_TRIES = 200, 10_000
"""Files of one pass; and passes, a week of them, after which a file that cannot be judged is left alone, closed."""
BUDGET, AT_ONCE = 50, 3
"""Seconds that a pass may take, and that somebody who is sending a file is kept waiting."""

logger = logging.getLogger(__name__)


def scan(file: Attachment, patience=AT_ONCE) -> None:
    """Ask about a file that waits, and note the verdict if there is one. Raises ScannerSilent."""
    if file.scan != Attachment.Scan.WAITING:
        return
    try:
        with private_storage().open(file.path) as content:
            infected = is_infected(content, patience)
    except (NoVerdict, FileNotFoundError) as error:
        logger.error("The virus scanner cannot judge file %s, it stays closed: %s", file.pk, error)
        Attachment.objects.filter(pk=file.pk).update(scan_tries=F("scan_tries") + 1)
        return
    file.scan = Attachment.Scan.INFECTED if infected else Attachment.Scan.CLEAN
    Attachment.objects.filter(pk=file.pk, scan=Attachment.Scan.WAITING).update(scan=file.scan)
    if infected:
        logger.error("The virus scanner found something in file %s: it stays closed", file.pk)


def scan_waiting() -> int:
    """Ask about the files that wait, those asked about least first; gives how many got a verdict.

    One pass at a time, within its budget, until the scanner falls silent.
    """
    if not settings.CLAMD or not _begin():
        return 0
    ends, judged = time.monotonic() + BUDGET, 0
    waiting = Attachment.objects.filter(scan=Attachment.Scan.WAITING, scan_tries__lt=MOST_TRIES)
    try:
        for file in waiting.order_by("scan_tries", "created_at", "id")[:AT_MOST]:
            if time.monotonic() > ends:
                break
            scan(file, patience=BUDGET)
            judged += file.scan != Attachment.Scan.WAITING
    except ScannerSilent as error:
        logger.error("The virus scanner does not answer, files wait: %s", error)
    finally:
        _end()
    return judged


def _begin():
    try:
        return cache.add("scan-pass", 1, timeout=2 * BUDGET)
    except Exception:  # whatever the cache's client raises when its server is away: two passes do no harm
        logger.exception("Passes of the virus scanner are not told apart: the cache does not answer")
        return True


def _end():
    try:
        cache.delete("scan-pass")
    except Exception:
        logger.exception("The cache does not answer")
