"""Storing under a random name, and serving as what no browser runs."""

import os
import shutil
import uuid
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from django.core.files import File
from django.core.files.storage import FileSystemStorage
from django.http import FileResponse

from .checking import CleanFile, display_name
from .kinds import CONTENT_TYPES, INLINE_TYPES
from .reading import chunks


class PrivateStorage(FileSystemStorage):
    """Under MEDIA_ROOT, readable by this system's account alone, and without an address."""

    def __init__(self):
        super().__init__(file_permissions_mode=0o600, directory_permissions_mode=0o700)

    base_url = None


_storage = PrivateStorage()


def private_storage() -> PrivateStorage:
    """The storage of all attachments; it follows the setting MEDIA_ROOT."""
    return _storage


PARTIAL = ".part"
LEAST_FREE = 0.05
"""The share of the volume below which nothing more is taken."""
PARTIAL_KEPT = timedelta(days=1)


def has_room() -> bool:
    root = Path(private_storage().path(""))
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    usage = shutil.disk_usage(root)
    return usage.free >= LEAST_FREE * usage.total


def storage_path(key: uuid.UUID) -> str:
    """ "ab/cd/<32 hex digits>", without an extension."""
    return f"{key.hex[:2]}/{key.hex[2:4]}/{key.hex}"


def store(clean: CleanFile) -> str:
    """Write the file, and an image's thumbnail beside it, under a new random name; gives its path in the storage.

    Each appears whole or not at all. Call it before the transaction that records it.
    """
    path = storage_path(uuid.uuid4())
    _write(path, chunks(clean.content))
    if clean.picture:
        _write(thumbnail_of(path), [clean.picture.thumbnail])
    return path


def thumbnail_of(path: str) -> str:
    """Where the small picture of an image is kept."""
    return f"{path}.nho"


def forget(path: str) -> None:
    """Delete a stored file and its thumbnail."""
    private_storage().delete(thumbnail_of(path))
    private_storage().delete(path)


def _write(path: str, pieces: Iterable[bytes]) -> None:
    final = Path(private_storage().path(path))
    for folder in reversed(final.parents[:3]):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = final.with_name(final.name + PARTIAL)
    try:
        with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
            for piece in pieces:
                target.write(piece)
            target.flush()
            os.fsync(target.fileno())
        partial.replace(final)
    finally:
        partial.unlink(missing_ok=True)


def forget_half_written(now: datetime) -> int:
    """Delete what a process that died in `store` left behind, once it is too old to be still in the writing."""
    forgotten = 0
    for partial in Path(private_storage().path("")).rglob(f"*{PARTIAL}"):
        with suppress(FileNotFoundError):
            if partial.stat().st_mtime < (now - PARTIAL_KEPT).timestamp():
                partial.unlink()
                forgotten += 1
    return forgotten


def attachment_response(file: File, name: str, content_type: str, inline: bool = False) -> FileResponse:
    """An attachment as a download that no browser runs; `inline` counts for images only, which are our own encoding.

    The caller has checked that the viewer may see it. An unknown content type is served as plain bytes.
    """
    known = content_type if content_type in CONTENT_TYPES else "application/octet-stream"
    disposition = "inline" if inline and known in INLINE_TYPES else "attachment"
    response = FileResponse(file, content_type=known)
    headers = {
        "Content-Disposition": f"{disposition}; filename*=UTF-8''{quote(display_name(name), safe='')}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "private, no-store",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    for header, value in headers.items():
        response.headers[header] = value
    return response
