"""Videos: the boxes of the container, not the stream; a video keeps its metadata, the place of recording among it."""

from django.core.files import File

from .refusals import Refused

BRANDS = {
    "mp4": frozenset(b"isom iso2 iso4 iso5 iso6 mp41 mp42 avc1 MSNV dash 3gp4 3gp5 3gp6".split()),
    "mov": frozenset([b"qt  "]),
}


def check_video(uploaded: File, extension: str) -> None:
    """The file is a chain of boxes from first to last byte, begins with a brand of its kind and has a film in it."""
    boxes = []
    position = 0
    while position < uploaded.size:
        box, length = _box_at(uploaded, position)
        if position == 0 and (box != b"ftyp" or not 16 <= length <= 4096):
            raise Refused("mismatch", extension=extension)
        boxes.append(box)
        position += length
    if position != uploaded.size or not {b"moov", b"mdat"}.issubset(boxes):
        raise Refused("broken")
    if BRANDS[extension].isdisjoint(_brands(uploaded)):
        raise Refused("mismatch", extension=extension)


def _box_at(file: File, position: int) -> tuple[bytes, int]:
    """Type and length in bytes of the box at this position."""
    file.seek(position)
    header = file.read(16)
    if len(header) < 8 or not header[4:8].isalnum():
        raise Refused("broken")
    length = int.from_bytes(header[:4], "big")
    if length == 0:
        length = file.size - position
    elif length == 1:
        length = int.from_bytes(header[8:16], "big")
    if length < 8:
        raise Refused("broken")
    return header[4:8], length


def _brands(file: File) -> list[bytes]:
    file.seek(0)
    length = int.from_bytes(file.read(4), "big")
    body = file.read(length - 4)[4:]
    return [body[:4], *(body[start : start + 4] for start in range(8, len(body), 4))]
