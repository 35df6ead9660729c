"""Reading a file piece by piece, however large it is."""

import hashlib
from collections.abc import Iterator

from django.core.files import File

from .kinds import MEBIBYTE

CHUNK = MEBIBYTE


def chunks(file: File, overlap: int = 0) -> Iterator[bytes]:
    """The whole file piece by piece, each piece beginning with the last `overlap` bytes of the one before."""
    file.seek(0)
    tail = b""
    while chunk := file.read(CHUNK):
        yield tail + chunk
        tail = (tail + chunk)[-overlap:] if overlap else b""


def find(file: File, needles: tuple[bytes, ...], ignore_case: bool = False) -> bool:
    overlap = max(map(len, needles)) - 1
    for chunk in chunks(file, overlap):
        searched = chunk.lower() if ignore_case else chunk
        if any(needle in searched for needle in needles):
            return True
    return False


def sha256(file: File) -> str:
    digest = hashlib.sha256()
    for chunk in chunks(file):
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()
