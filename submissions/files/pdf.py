"""PDF files without anything that acts.

Seen are every name outside compressed streams, names written with #xx escapes, and the inside of object streams packed
with Flate; an object stream packed otherwise is refused. It doesn't look into other compressed streams, from which a
reader takes no actions.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO

from django.core.files import File

from .kinds import MEBIBYTE
from .refusals import Refused

MAX_PDF_UNPACKED = 50 * MEBIBYTE
MAX_PDF_STREAMS = 20_000
"""Looked at in all; what they hold packed may not come to more than the file twice over, as streams don't overlap."""

PDF_ACTIVE = re.compile(
    rb"/(?:JavaScript|Launch|EmbeddedFiles?|RichMedia|XFA|ImportData|SubmitForm|GoToE)(?![^\s/<>\[\](){}%\0])"
)
PDF_ENCRYPTED = re.compile(rb"/Encrypt(?![^\s/<>\[\](){}%\0])")
PDF_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
PDF_STREAM = re.compile(rb"(?<!end)stream\r?\n?")
PDF_FILTER = re.compile(rb"/Filter\s*\[?\s*/(?:FlateDecode|Fl)\s*\]?\s*(?=/|>>)")


def check_pdf(uploaded: File) -> None:
    uploaded.seek(0)
    raw = uploaded.read()
    if not raw.startswith(b"%PDF-") or b"%%EOF" not in raw[-1024:] or b"startxref" not in raw[-2048:]:
        raise Refused("broken")
    if zipfile.is_zipfile(BytesIO(raw)):
        raise Refused("active_pdf")
    _check_pdf_names(raw)
    for unpacked in _object_streams(raw):
        _check_pdf_names(unpacked)


def _check_pdf_names(data: bytes) -> None:
    plain = _unescaped(data)
    if PDF_ENCRYPTED.search(plain):
        raise Refused("encrypted")
    if PDF_ACTIVE.search(plain):
        raise Refused("active_pdf")


def _unescaped(data: bytes) -> bytes:
    return PDF_ESCAPE.sub(lambda escape: bytes([int(escape[1], 16)]), data)


def _object_streams(raw: bytes) -> Iterator[bytes]:
    """The objects that newer PDF files keep compressed, all together at most MAX_PDF_UNPACKED bytes."""
    budget, to_read = MAX_PDF_UNPACKED, 2 * len(raw)
    for number, start in enumerate(PDF_STREAM.finditer(raw)):
        if number >= MAX_PDF_STREAMS:
            raise Refused("unpacks_too_large")
        dictionary = _unescaped(raw[max(0, start.start() - 2048) : start.start()].rpartition(b"obj")[2])
        if b"/ObjStm" not in dictionary or b"/Filter" not in dictionary:
            continue
        if not PDF_FILTER.search(dictionary) or b"/Predictor" in dictionary:
            raise Refused("active_pdf")
        packed = raw[start.end() : raw.find(b"endstream", start.end())]
        to_read -= len(packed)
        if to_read < 0:
            raise Refused("unpacks_too_large")
        inflater = zlib.decompressobj()
        try:
            unpacked = inflater.decompress(packed, budget)
        except zlib.error as error:
            raise Refused("broken") from error
        budget -= len(unpacked)
        if budget <= 0:
            raise Refused("unpacks_too_large")
        if not inflater.eof:
            raise Refused("broken")
        yield unpacked
