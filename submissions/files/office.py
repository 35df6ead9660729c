"""Documents of Word and Excel: the archive, its size when unpacked, macros and what would be fetched."""

import re
import struct
import zipfile
import zlib

from django.core.files import File

from .kinds import MEBIBYTE
from .reading import find
from .refusals import Refused
from .viruses import EICAR

MAX_ZIP_ENTRIES = 2000
MAX_ZIP_DIRECTORY = MEBIBYTE
MAX_ZIP_TOTAL = 100 * MEBIBYTE
MAX_ZIP_RATIO = 100


DOCUMENT_TYPE = tuple(
    word.encode(encoding) for word in ("<!doctype", "<!entity") for encoding in ("ascii", "utf-16-le", "utf-16-be")
)
REMOTE_TARGET = re.compile(rb"target\s*=\s*[\"'](?:https?:|ftp:|(?:file:/*)?\\\\|//|file://[^/])")


def check_office(uploaded: File, folder: str) -> None:
    _check_zip_end(uploaded)
    uploaded.seek(0)
    try:
        with zipfile.ZipFile(uploaded) as archive:
            _check_office_entries(archive.infolist(), uploaded.size, folder)
            for entry in archive.infolist():
                with archive.open(entry) as part:
                    _check_office_part(part, entry.filename.lower())
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, EOFError, zlib.error, struct.error) as error:
        raise Refused("broken") from error


def _check_zip_end(uploaded: File) -> None:
    """Read the end record before anything builds a list from the directory; a comment may hide a second file."""
    uploaded.seek(max(0, uploaded.size - 22))
    end = uploaded.read(22)
    if len(end) < 22 or not end.startswith(b"PK\x05\x06"):
        raise Refused("broken")
    _disk, _start, _here, entries, directory_size = struct.unpack("<HHHHI", end[4:16])
    if entries > MAX_ZIP_ENTRIES or directory_size > MAX_ZIP_DIRECTORY:
        raise Refused("unpacks_too_large")


def _check_office_entries(entries: list[zipfile.ZipInfo], size: int, folder: str) -> None:
    names = [entry.filename.lower() for entry in entries]
    total = sum(entry.file_size for entry in entries)
    if len(entries) > MAX_ZIP_ENTRIES or total > MAX_ZIP_TOTAL or total > MAX_ZIP_RATIO * size:
        raise Refused("unpacks_too_large")
    if any(entry.flag_bits & 1 for entry in entries):
        raise Refused("encrypted")
    if any(name.startswith(("/", "\\")) or ":" in name or ".." in re.split(r"[/\\]", name) for name in names):
        raise Refused("broken")
    if any(name.endswith("vbaproject.bin") for name in names):
        raise Refused("macro")
    if any("activex" in name or "oleobject" in name for name in names):
        raise Refused("active_office")
    if len(set(names)) < len(names) or min((entry.header_offset for entry in entries), default=1):
        raise Refused("broken")
    if "[content_types].xml" not in names or not any(name.startswith(folder) for name in names):
        raise Refused("mismatch", extension={"word/": "docx", "xl/": "xlsx"}[folder])


def _check_office_part(part: zipfile.ZipExtFile, name: str) -> None:
    """Read piece by piece: zipfile never gives more of it than the directory declared."""
    if find(part, (EICAR,)):
        raise Refused("virus")
    if not name.endswith((".xml", ".rels")):
        return
    if find(part, DOCUMENT_TYPE, ignore_case=True):
        raise Refused("active_office")
    if name == "[content_types].xml" and find(part, (b"macroenabled",), ignore_case=True):
        raise Refused("macro")
    if name.endswith(".rels") and _has_remote_template(part):
        raise Refused("active_office")


def _has_remote_template(part: zipfile.ZipExtFile) -> bool:
    """A template on the sender's own disk is named in many honest documents; one that Word would fetch is an attack."""
    part.seek(0)
    plain = part.read(MEBIBYTE).replace(b"\0", b"").lower()
    elements = (piece.partition(b">")[0] for piece in plain.split(b"<"))
    return any(REMOTE_TARGET.search(element) for element in elements if b"attachedtemplate" in element)
