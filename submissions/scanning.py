"""Asking the virus scanner about each file (R26): at once when it comes, and each minute for those still waiting.

A file that waits or is infected is nobody's to open. The scanner's silence never lets one through, and never keeps a
case from being filed.
"""

import logging

from django.conf import settings

from .files import private_storage
from .files.viruses import ScannerSilent, is_infected
from .models import Attachment

AT_MOST = 200
"""Files of one pass."""

logger = logging.getLogger(__name__)


def scan(file: Attachment) -> bool:
    """Ask about a file that waits and note the answer; False where the scanner gives none."""
    if file.scan != Attachment.Scan.WAITING:
        return True
    try:
        with private_storage().open(file.path) as content:
            infected = is_infected(content)
    except ScannerSilent as error:
        logger.error("The virus scanner gives no verdict, files wait: %s", error)
        return False
    file.scan = Attachment.Scan.INFECTED if infected else Attachment.Scan.CLEAN
    Attachment.objects.filter(pk=file.pk, scan=Attachment.Scan.WAITING).update(scan=file.scan)
    if infected:
        logger.error("The virus scanner found something in file %s: it stays closed", file.pk)
    return True


def scan_waiting() -> int:
    """Ask about the files that wait, the oldest first, until the scanner falls silent; gives how many got an answer."""
    if not settings.CLAMD:
        return 0
    answered = 0
    for file in Attachment.objects.filter(scan=Attachment.Scan.WAITING).order_by("created_at", "id")[:AT_MOST]:
        if not scan(file):
            break
        answered += 1
    return answered
