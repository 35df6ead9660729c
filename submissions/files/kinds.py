"""Which files are taken, how large, and what each is called when it is served."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

MEBIBYTE = 1024 * 1024


class Kind(StrEnum):
    IMAGE = "image"
    DOCUMENT = "document"
    VIDEO = "video"


LIMITS = {Kind.IMAGE: 25 * MEBIBYTE, Kind.DOCUMENT: 10 * MEBIBYTE, Kind.VIDEO: 50 * MEBIBYTE}


@dataclass(frozen=True)
class FileType:
    kind: Kind
    content_type: str
    sniffed: tuple[str | None, ...]
    """What `filetype` may call the first bytes; None where it doesn't know every variant and the parser decides."""


OFFICE = "application/vnd.openxmlformats-officedocument"
TYPES = {
    "jpg": FileType(Kind.IMAGE, "image/jpeg", ("jpg",)),
    "jpeg": FileType(Kind.IMAGE, "image/jpeg", ("jpg",)),
    "png": FileType(Kind.IMAGE, "image/png", ("png",)),
    "webp": FileType(Kind.IMAGE, "image/webp", ("webp",)),
    "pdf": FileType(Kind.DOCUMENT, "application/pdf", ("pdf",)),
    "docx": FileType(Kind.DOCUMENT, f"{OFFICE}.wordprocessingml.document", ("docx", "zip")),
    "xlsx": FileType(Kind.DOCUMENT, f"{OFFICE}.spreadsheetml.sheet", ("xlsx", "zip")),
    "mp4": FileType(Kind.VIDEO, "video/mp4", ("mp4", "m4v", "3gp", None)),
    "mov": FileType(Kind.VIDEO, "video/quicktime", ("mov", "mp4", None)),
}
ACCEPT = ",".join(f".{extension}" for extension in TYPES)
HINT = _(
    "Tối đa 5 tệp, tổng cộng 100 MB. Ảnh JPG, PNG, WEBP đến 25 MB; tài liệu PDF, DOCX, XLSX đến 10 MB; "
    "video MP4, MOV đến 50 MB. Vị trí chụp được bỏ khỏi ảnh; trong video và tài liệu thì còn nguyên."
)
CONTENT_TYPES = frozenset(file_type.content_type for file_type in TYPES.values())
INLINE_TYPES = frozenset(file_type.content_type for file_type in TYPES.values() if file_type.kind is Kind.IMAGE)
