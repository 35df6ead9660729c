"""Uploaded files before their form is sent: rows without a case, bound to one browser session's own random key."""

import logging
import uuid
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .files import check_total, clean_upload, display_name, forget, has_room, store
from .files.refusals import MESSAGES
from .files.viruses import ScannerSilent
from .models import Attachment
from .scanning import scan

MOST_DRAFTS = 15
KEPT = timedelta(days=1)
"""How long a draft waits for its form, thrice a session's longest life."""
MOST_FORGOTTEN = 5000

logger = logging.getLogger(__name__)


def keep_uploads(files: list[UploadedFile], key: str, already: list[Attachment]) -> tuple[list[Attachment], list[str]]:
    """Store each file that passes as a draft of `key`; gives all kept, `already` first, and why others weren't."""
    infected = [draft for draft in already if draft.scan == Attachment.Scan.INFECTED]
    kept = [draft for draft in already if draft not in infected]
    refused = [str(MESSAGES["virus"] % {"name": draft.name}) for draft in infected]
    asks = True
    for file in files:
        try:
            draft = _keep(file, key, kept)
            asks = asks and _is_judged(draft)
            kept.append(draft)
        except ValidationError as error:
            refused += error.messages
    if files:
        _forget_oldest(key, kept)
    return kept, refused


def _forget_oldest(key, kept):
    """What forms left behind in one session stays bounded: beyond MOST_DRAFTS the oldest go, row and file."""
    left_behind = Attachment.objects.filter(draft_key=key, case=None).exclude(pk__in=[draft.pk for draft in kept])
    for draft in left_behind.order_by("-created_at")[MOST_DRAFTS:]:
        draft.delete()
        forget(draft.path)


def _keep(file, key, kept):
    if not has_room():
        raise ValidationError(MESSAGES["no_room"], "no_room", {"name": display_name(file.name or "")})
    clean = clean_upload(file)
    check_total(len(kept), sum(draft.size for draft in kept), [clean])
    draft = Attachment.objects.create(
        draft_key=key,
        name=clean.name,
        path=store(clean),
        kind=clean.kind,
        content_type=clean.content_type,
        size=clean.size,
        sha256=clean.sha256,
        place_removed=bool(clean.picture and clean.picture.had_place),
        scan=Attachment.Scan.WAITING if settings.CLAMD else Attachment.Scan.NOT_ASKED,
        created_at=timezone.now(),
    )
    return draft


def _is_judged(draft):
    """Ask the scanner about it; False where it is silent, so that nobody is kept waiting for the next file too."""
    try:
        scan(draft)
    except ScannerSilent as error:
        logger.error("The virus scanner does not answer, files wait: %s", error)
        return False
    if draft.scan == Attachment.Scan.INFECTED:
        raise ValidationError(MESSAGES["virus"], "virus", {"name": draft.name})
    return True


def drafts_of(key: str, ids) -> list[Attachment]:
    """The drafts of this key among `ids`, in the order they were uploaded; whatever else is in `ids` is ignored."""
    known = [value for value in ids if _is_uuid(value)]
    if not key or not known:
        return []
    return list(Attachment.objects.filter(draft_key=key, case=None, pk__in=known))


def _is_uuid(value):
    try:
        return bool(uuid.UUID(str(value)))
    except ValueError:
        return False


def attach(drafts: list[Attachment], case, role) -> None:
    """Make drafts attachments of the case. Raises ValidationError when another form has used one of them meanwhile."""
    ids = {draft.pk for draft in drafts}
    moved = Attachment.objects.filter(pk__in=ids, case=None).update(case=case, draft_key="", role=role)
    if moved != len(ids):
        raise ValidationError({"attachments": _("Tệp đã được gửi trong một biểu mẫu khác. Vui lòng đính kèm lại.")})


def forget_old_drafts(now) -> int:
    """Delete the drafts that no form can ask for any more, file and row, the oldest first; gives how many."""
    old = Attachment.objects.filter(case=None, created_at__lt=now - KEPT).order_by("created_at")
    return sum(_forget(pk) for pk in old.values_list("pk", flat=True)[:MOST_FORGOTTEN])


@transaction.atomic
def _forget(pk):
    """The file goes first: after a crash between the two the row still says what is left to do."""
    draft = Attachment.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=pk, case=None).first()
    if draft is None:
        return 0
    forget(draft.path)
    draft.delete()
    return 1
