"""Images are decoded and written anew, so nothing of the original but the picture survives (R19, R20)."""

import struct
import threading
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO

from django.core.files import File
from PIL import ExifTags, Image, ImageDraw, ImageOps

from .refusals import Refused

MAX_SIDE = 4000
THUMBNAIL_SIDE = 400
# JPEG is scaled down while it is decoded; PNG and WebP are decoded whole, at 4 bytes a pixel.
MAX_PIXELS = {"JPEG": 120_000_000, "PNG": 50_000_000, "WEBP": 50_000_000}
Image.MAX_IMAGE_PIXELS = max(MAX_PIXELS.values())


BROKEN_IMAGE = (OSError, SyntaxError, ValueError, ArithmeticError, LookupError, TypeError, EOFError, struct.error)
SAVE_OPTIONS = {
    "JPEG": {"quality": 85},
    "PNG": {"compress_level": 3},
    "WEBP": {"quality": 85, "method": 2},
}


one_at_a_time = threading.Lock()
"""A picture takes up to 400 MB while it is drawn anew: whatever comes at once, each process has one in hand (R20)."""
PATIENCE = 30
"""Seconds."""
GREY = {"L": 90, "RGB": (90, 90, 90), "RGBA": (90, 90, 90, 255)}


@dataclass(frozen=True)
class Redrawn:
    """The picture as it is stored, a small one for lists (WebP), and whether the original said where it was taken."""

    content: File
    width: int
    height: int
    thumbnail: bytes
    had_place: bool


def redrawn(uploaded: File, content_type: str) -> Redrawn:
    """The same picture, written anew. Raises Refused."""
    image_format = content_type.removeprefix("image/").upper()
    with _in_turn(image_format):
        return _encoded(*_decode(uploaded, image_format), image_format)


def covered(stored: File, content_type: str, boxes: Sequence) -> Redrawn:
    """A stored picture with boxes (`left`, `top`, `width`, `height` in percent) filled in grey. Raises Refused."""
    image_format = content_type.removeprefix("image/").upper()
    with _in_turn(image_format):
        picture, _had_place = _decode(stored, image_format)
        _cover(picture, boxes)
        return _encoded(picture, False, image_format)


@contextmanager
def _in_turn(image_format):
    """Who waits for longer than PATIENCE is asked to come again; what cannot be drawn is refused."""
    if not one_at_a_time.acquire(timeout=PATIENCE):
        raise Refused("busy")
    try:
        yield
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refused("pixels", limit=MAX_PIXELS[image_format] // 1_000_000) from error
    except BROKEN_IMAGE as error:
        raise Refused("broken") from error
    finally:
        one_at_a_time.release()


def _cover(picture, boxes):
    draw, (width, height) = ImageDraw.Draw(picture), picture.size
    for box in boxes:
        left, top = box.left * width / 100, box.top * height / 100
        draw.rectangle(
            [left, top, left + box.width * width / 100, top + box.height * height / 100], fill=GREY[picture.mode]
        )


def _encoded(picture: Image.Image, had_place: bool, image_format: str) -> Redrawn:
    encoded = BytesIO()
    picture.save(encoded, image_format, **SAVE_OPTIONS[image_format])
    return Redrawn(File(encoded), *picture.size, _thumbnail(picture), had_place)


def _thumbnail(picture: Image.Image) -> bytes:
    """Shrinks the picture itself: it has been written by now."""
    picture.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    encoded = BytesIO()
    picture.save(encoded, "WEBP", quality=70, method=2)
    return encoded.getvalue()


def _tells_its_place(image: Image.Image) -> bool:
    """By the GPS part of EXIF, or in XMP."""
    return bool(image.getexif().get_ifd(ExifTags.IFD.GPSInfo)) or b"GPSL" in _xmp(image)


def _xmp(image: Image.Image) -> bytes:
    packet = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp") or b""
    return packet.encode() if isinstance(packet, str) else packet


def _decode(uploaded: File, image_format: str) -> tuple[Image.Image, bool]:
    """The picture upright, at most MAX_SIDE long, carrying nothing but pixels; and whether its place was with it."""
    uploaded.seek(0)
    with Image.open(uploaded, formats=(image_format,)) as image:
        if image.width * image.height > MAX_PIXELS[image_format]:
            raise Image.DecompressionBombError
        had_place = _tells_its_place(image)
        longer = max(image.size)
        if longer > MAX_SIDE:
            image.draft(None, tuple(max(1, side * MAX_SIDE // longer) for side in image.size))
            image.thumbnail((MAX_SIDE, MAX_SIDE), reducing_gap=None)
        ImageOps.exif_transpose(image, in_place=True)
        mode = _mode(image, image_format)
        bare = Image.new(mode, image.size)
        bare.paste(image if image.mode == mode else image.convert(mode))
    return bare, had_place


def _mode(image: Image.Image, image_format: str) -> str:
    if image.mode in ("L", "RGB"):
        return image.mode
    return "RGBA" if image_format != "JPEG" and image.has_transparency_data else "RGB"
