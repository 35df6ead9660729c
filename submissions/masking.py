"""Covering what must not be public in a picture: a copy with filled rectangles; the original stays as it is (Đ9)."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from .files import CleanFile, Refused, covered, file_sha256, private_storage, store
from .models import Attachment

MOST_BOXES = 8


@dataclass(frozen=True)
class Box:
    """A rectangle in percent of the picture's sides, from its upper left corner."""

    left: float
    top: float
    width: float
    height: float


def mask(file: Attachment, boxes: list[Box]) -> Attachment:
    """A covered copy of a case's picture. Where the original or an earlier copy was to be public, this one is.

    Raises ValidationError where it cannot be drawn now.
    """
    try:
        with private_storage().open(file.path) as original:
            picture = covered(original, file.content_type, boxes)
    except Refused as refused:
        raise refused.of(file.name) from refused
    clean = CleanFile(
        file.name, file.kind, file.content_type, picture.content, picture.content.size, file_sha256(picture.content),
        picture,
    )  # fmt: skip
    path = store(clean)
    with transaction.atomic():
        shown = Attachment.objects.filter(Q(pk=file.pk) | Q(masked_from=file), released=True)
        was_released = bool(shown.update(released=False))
        return Attachment.objects.create(
            case=file.case, role=file.role, name=_("đã che – %s") % file.name[-100:], path=path, kind=file.kind,
            content_type=file.content_type, size=clean.size, sha256=clean.sha256, released=was_released,
            masked_from=file, scan=file.scan, created_at=timezone.now(),
        )  # fmt: skip
