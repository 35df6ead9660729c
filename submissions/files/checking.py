"""A file is taken when its extension, its first bytes and a parser of its kind agree (R18).

Documents and videos are kept byte for byte and only ever leave as attachments. Every refusal is a ValidationError whose
sentence names the file and what to do.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import filetype
from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.uploadedfile import UploadedFile

from submissions.text import one_line

from .images import Redrawn, redrawn
from .kinds import LIMITS, MEBIBYTE, TYPES, FileType, Kind
from .office import check_office
from .pdf import check_pdf
from .reading import find, sha256
from .refusals import ADVICE_BY_EXTENSION, MESSAGES, Refused
from .videos import check_video
from .viruses import EICAR

MAX_FILES = 5
MAX_TOTAL = 100 * MEBIBYTE
MAX_NAME = 120


# Long enough not to turn up by chance in 50 MB of film.
MARKUP = (b"<script", b"<html>", b"<html ", b"<!doctype html", b"<iframe")


HIDDEN_TYPES = frozenset(
    "asp aspx bat cgi cmd cpl dll exe hta htm html jar js jse jsp lnk mht mhtml msi php phtml ps1 py scr sh shtml "
    "svg swf vbe vbs wsf xht xhtml".split()
)


@dataclass(frozen=True)
class CleanFile:
    """A file fit to be stored; `size` (bytes) and `sha256` are of `content`, for images not what was sent."""

    name: str
    kind: Kind
    content_type: str
    content: File
    size: int
    sha256: str
    picture: Redrawn | None = None


def clean_upload(uploaded: UploadedFile) -> CleanFile:
    """Check one upload, images re-encoded; raises ValidationError with one sentence for the sender."""
    name = display_name(uploaded.name or "")
    try:
        return _clean(uploaded, name)
    except Refused as refused:
        raise refused.of(name) from refused


def check_total(existing_count: int, existing_bytes: int, new: Iterable) -> None:
    """Raise ValidationError when the case would get too many files or too much; `new`: anything with a `size`."""
    sizes = [file.size for file in new]
    if existing_count + len(sizes) > MAX_FILES:
        raise ValidationError(MESSAGES["too_many"], "too_many", {"limit": MAX_FILES})
    if existing_bytes + sum(sizes) > MAX_TOTAL:
        raise ValidationError(MESSAGES["total"], "total", {"limit": MAX_TOTAL // MEBIBYTE})


def display_name(name: str) -> str:
    """The sender's file name as it is shown: composed, without folders and invisible characters, at most 120 characters
    with its extension kept."""
    base = re.split(r"[/\\]", one_line(name))[-1].lstrip(". ") or "tep"
    if len(base) <= MAX_NAME:
        return base
    stem, dot, extension = base.rpartition(".")
    if not dot or len(extension) > 10:
        return base[:MAX_NAME].rstrip()
    return stem[: MAX_NAME - len(extension) - 1].rstrip() + "." + extension


def _clean(uploaded: UploadedFile, name: str) -> CleanFile:
    extension, file_type = _type_by_name(name)
    if not uploaded.size:
        raise Refused("empty")
    if uploaded.size > LIMITS[file_type.kind]:
        raise Refused("too_large", limit=LIMITS[file_type.kind] // MEBIBYTE)
    _check_first_bytes(uploaded, extension, file_type)
    if find(uploaded, (EICAR,)):
        raise Refused("virus")
    if file_type.kind is Kind.IMAGE:
        picture = redrawn(uploaded, file_type.content_type)
        return _taken(name, file_type, picture.content, picture=picture)
    if find(uploaded, MARKUP, ignore_case=True):
        raise Refused("markup")
    CHECKS[extension](uploaded)
    return _taken(name, file_type, uploaded)


def _taken(name, file_type, content, picture=None):
    return CleanFile(
        name, file_type.kind, file_type.content_type, content, size=content.size, sha256=sha256(content),
        picture=picture,
    )  # fmt: skip


def _type_by_name(name: str) -> tuple[str, FileType]:
    _stem, *suffixes = name.lower().split(".")
    extension = suffixes[-1] if suffixes else ""
    if extension not in TYPES:
        raise Refused(ADVICE_BY_EXTENSION.get(extension, "extension"))
    if HIDDEN_TYPES.intersection(suffix.strip() for suffix in suffixes):
        raise Refused("double_extension")
    return extension, TYPES[extension]


def _check_first_bytes(uploaded: File, extension: str, file_type: FileType) -> None:
    uploaded.seek(0)
    head = uploaded.read(8192)
    guess = filetype.guess(head)
    sniffed = guess.extension if guess else None
    if sniffed in file_type.sniffed:
        return
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if sniffed == "heic":
        raise Refused("heic")
    if text.startswith(b"<svg") or text.startswith(b"<?xml") and b"<svg" in text:
        raise Refused("svg")
    if text.startswith((b"<!doctype html", b"<html", b"<script", b"<head", b"<body")):
        raise Refused("html")
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") and file_type.kind is Kind.DOCUMENT:
        raise Refused("old_office")
    raise Refused("mismatch", extension=extension)


CHECKS = {
    "pdf": check_pdf,
    "docx": lambda uploaded: check_office(uploaded, "word/"),
    "xlsx": lambda uploaded: check_office(uploaded, "xl/"),
    "mp4": lambda uploaded: check_video(uploaded, "mp4"),
    "mov": lambda uploaded: check_video(uploaded, "mov"),
}
