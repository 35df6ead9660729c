"""Uploaded files: what is taken, in what form it is stored, and how it is served.

A file is taken when its extension, its first bytes and a parser of its kind agree (R18). Images are decoded and written
anew, so nothing of the original but the picture survives. Documents and videos are kept byte for byte and only ever
leave as attachments. Every refusal is a ValidationError whose sentence names the file and what to do.

What the PDF check sees: every name outside compressed streams, names written with #xx escapes, and the inside of object
streams packed with Flate; an object stream packed otherwise is refused. It doesn't look into other compressed streams,
from which a reader takes no actions. The video check sees the boxes of the container, not the stream; a video keeps its
own metadata, the place of recording among it.
"""

import hashlib
import os
import re
import struct
import uuid
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

import filetype
from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from .text import one_line

MEBIBYTE = 1024 * 1024
MAX_FILES = 5
MAX_TOTAL = 100 * MEBIBYTE
MAX_NAME = 120
CHUNK = MEBIBYTE

MAX_SIDE = 4000
# JPEG is scaled down while it is decoded; PNG and WebP are decoded whole, at 4 bytes a pixel.
MAX_PIXELS = {"JPEG": 120_000_000, "PNG": 50_000_000, "WEBP": 50_000_000}
Image.MAX_IMAGE_PIXELS = max(MAX_PIXELS.values())

MAX_ZIP_ENTRIES = 2000
MAX_ZIP_DIRECTORY = MEBIBYTE
MAX_ZIP_TOTAL = 100 * MEBIBYTE
MAX_ZIP_RATIO = 100
MAX_PDF_UNPACKED = 50 * MEBIBYTE


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
    "video MP4, MOV đến 50 MB."
)
CONTENT_TYPES = frozenset(file_type.content_type for file_type in TYPES.values())
INLINE_TYPES = frozenset(file_type.content_type for file_type in TYPES.values() if file_type.kind is Kind.IMAGE)

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
# Long enough not to turn up by chance in 50 MB of film.
MARKUP = (b"<script", b"<html>", b"<html ", b"<!doctype html", b"<iframe")
DOCUMENT_TYPE = tuple(
    word.encode(encoding) for word in ("<!doctype", "<!entity") for encoding in ("ascii", "utf-16-le", "utf-16-be")
)
ATTACHED_TEMPLATE = re.compile(rb"<[^>]*attachedtemplate[^>]*>")
REMOTE_TARGET = re.compile(rb"target\s*=\s*[\"'](?:https?:|ftp:|(?:file:/*)?\\\\|//|file://[^/])")
HIDDEN_TYPES = frozenset(
    "asp aspx bat cgi cmd cpl dll exe hta htm html jar js jse jsp lnk mht mhtml msi php phtml ps1 py scr sh shtml "
    "svg swf vbe vbs wsf xht xhtml".split()
)

ADVICE = {
    "heic": _("Tệp “%(name)s” là ảnh HEIC, chưa xem được trên mọi máy. Vui lòng lưu hoặc chụp lại ở dạng JPG rồi gửi."),
    "svg": _("Tệp “%(name)s” là ảnh SVG, có thể chứa mã chạy được nên không được nhận. Vui lòng gửi ảnh JPG hoặc PNG."),
    "html": _("Tệp “%(name)s” là trang web nên không được nhận. Vui lòng chụp màn hình hoặc lưu thành PDF rồi gửi."),
    "macro": _("Tệp “%(name)s” chứa macro nên không được nhận. Vui lòng lưu lại ở dạng DOCX hoặc XLSX không có macro."),
    "old_office": _(
        "Tệp “%(name)s” thuộc định dạng Office cũ hoặc được đặt mật khẩu. "
        "Vui lòng bỏ mật khẩu và lưu lại ở dạng DOCX, XLSX hoặc PDF."
    ),
    "archive": _("Tệp “%(name)s” là tệp nén nên không được nhận. Vui lòng giải nén và gửi từng tệp bên trong."),
}
ADVICE_BY_EXTENSION = {
    **dict.fromkeys(["heic", "heif", "hif"], "heic"),
    **dict.fromkeys(["svg", "svgz"], "svg"),
    **dict.fromkeys(["html", "htm", "xhtml", "xht", "mht", "mhtml"], "html"),
    **dict.fromkeys(["docm", "xlsm", "dotm", "xltm", "xlsb"], "macro"),
    **dict.fromkeys(["doc", "xls"], "old_office"),
    **dict.fromkeys(["zip", "rar", "7z", "gz", "tar"], "archive"),
}
MESSAGES = {
    **ADVICE,
    "extension": _(
        "Tệp “%(name)s” không thuộc loại được nhận. Vui lòng gửi ảnh (JPG, PNG, WEBP), tài liệu (PDF, DOCX, XLSX) "
        "hoặc video (MP4, MOV)."
    ),
    "double_extension": _("Tên tệp “%(name)s” có hai phần đuôi dễ gây nhầm lẫn. Vui lòng đổi tên tệp rồi gửi lại."),
    "mismatch": _(
        "Nội dung của tệp “%(name)s” không đúng với đuôi .%(extension)s. "
        "Vui lòng mở tệp, lưu lại đúng định dạng rồi gửi."
    ),
    "empty": _("Tệp “%(name)s” rỗng. Vui lòng kiểm tra và chọn lại tệp."),
    "too_large": _("Tệp “%(name)s” lớn hơn %(limit)d MB. Vui lòng giảm dung lượng hoặc chọn tệp khác."),
    "virus": _("Tệp “%(name)s” bị nhận diện là có mã độc nên không được nhận. Vui lòng quét vi-rút và chọn tệp khác."),
    "markup": _("Tệp “%(name)s” có chứa mã trang web nên không được nhận. Vui lòng chọn tệp khác."),
    "broken": _("Không đọc được tệp “%(name)s”, có thể tệp bị hỏng. Vui lòng mở thử, lưu lại rồi gửi tệp mới."),
    "pixels": _(
        "Ảnh “%(name)s” có kích thước quá lớn (hơn %(limit)d triệu điểm ảnh). Vui lòng thu nhỏ ảnh rồi gửi lại."
    ),
    "unpacks_too_large": _(
        "Tệp “%(name)s” khi mở ra lớn bất thường nên không được nhận. Vui lòng xuất sang PDF rồi gửi lại."
    ),
    "active_office": _(
        "Tệp “%(name)s” có đối tượng nhúng hoặc liên kết ngoài nên không được nhận. Vui lòng xuất sang PDF rồi gửi lại."
    ),
    "active_pdf": _(
        "Tệp PDF “%(name)s” có mã chạy được hoặc tệp nhúng nên không được nhận. Vui lòng in lại thành PDF rồi gửi."
    ),
    "encrypted": _("Tệp “%(name)s” được đặt mật khẩu. Vui lòng bỏ mật khẩu rồi gửi lại."),
    "too_many": _("Mỗi hồ sơ chỉ nhận tối đa %(limit)d tệp. Vui lòng bớt tệp rồi gửi lại."),
    "total": _("Tổng dung lượng các tệp lớn hơn %(limit)d MB. Vui lòng bớt tệp hoặc giảm dung lượng rồi gửi lại."),
}


class _Refused(Exception):
    """Found by a check; `clean_upload` puts the file's name to the message."""

    def __init__(self, code: str, **params):
        self.code, self.params = code, params


@dataclass(frozen=True)
class CleanFile:
    """A file fit to be stored; `size` (bytes) and `sha256` are of `content`, for images not what was sent."""

    name: str
    kind: Kind
    content_type: str
    content: File
    size: int
    sha256: str
    width: int | None = None
    height: int | None = None


def clean_upload(uploaded: UploadedFile) -> CleanFile:
    """Check one upload, images re-encoded; raises ValidationError with one sentence for the sender."""
    name = display_name(uploaded.name or "")
    try:
        return _clean(uploaded, name)
    except _Refused as refused:
        raise ValidationError(MESSAGES[refused.code], refused.code, {"name": name, **refused.params}) from refused


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
        raise _Refused("empty")
    if uploaded.size > LIMITS[file_type.kind]:
        raise _Refused("too_large", limit=LIMITS[file_type.kind] // MEBIBYTE)
    _check_first_bytes(uploaded, extension, file_type)
    if _find(uploaded, (EICAR,)):
        raise _Refused("virus")
    if file_type.kind is Kind.IMAGE:
        return _clean_image(uploaded, name, file_type)
    if _find(uploaded, MARKUP, ignore_case=True):
        raise _Refused("markup")
    CHECKS[extension](uploaded)
    return CleanFile(name, file_type.kind, file_type.content_type, uploaded, uploaded.size, _sha256(uploaded))


def _type_by_name(name: str) -> tuple[str, FileType]:
    _stem, *suffixes = name.lower().split(".")
    extension = suffixes[-1] if suffixes else ""
    if extension not in TYPES:
        raise _Refused(ADVICE_BY_EXTENSION.get(extension, "extension"))
    if HIDDEN_TYPES.intersection(suffix.strip() for suffix in suffixes):
        raise _Refused("double_extension")
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
        raise _Refused("heic")
    if text.startswith(b"<svg") or text.startswith(b"<?xml") and b"<svg" in text:
        raise _Refused("svg")
    if text.startswith((b"<!doctype html", b"<html", b"<script", b"<head", b"<body")):
        raise _Refused("html")
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") and file_type.kind is Kind.DOCUMENT:
        raise _Refused("old_office")
    raise _Refused("mismatch", extension=extension)


def _chunks(file: File, overlap: int = 0) -> Iterator[bytes]:
    """The whole file piece by piece, each piece beginning with the last `overlap` bytes of the one before."""
    file.seek(0)
    tail = b""
    while chunk := file.read(CHUNK):
        yield tail + chunk
        tail = (tail + chunk)[-overlap:] if overlap else b""


def _find(file: File, needles: tuple[bytes, ...], ignore_case: bool = False) -> bool:
    overlap = max(map(len, needles)) - 1
    for chunk in _chunks(file, overlap):
        searched = chunk.lower() if ignore_case else chunk
        if any(needle in searched for needle in needles):
            return True
    return False


def _sha256(file: File) -> str:
    digest = hashlib.sha256()
    for chunk in _chunks(file):
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


# Images

BROKEN_IMAGE = (OSError, SyntaxError, ValueError, ArithmeticError, LookupError, TypeError, EOFError, struct.error)
SAVE_OPTIONS = {
    "JPEG": {"quality": 85},
    "PNG": {"compress_level": 3},
    "WEBP": {"quality": 85, "method": 2},
}


def _clean_image(uploaded: UploadedFile, name: str, file_type: FileType) -> CleanFile:
    image_format = file_type.content_type.removeprefix("image/").upper()
    try:
        picture = _decode(uploaded, image_format)
        encoded = BytesIO()
        picture.save(encoded, image_format, **SAVE_OPTIONS[image_format])
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _Refused("pixels", limit=MAX_PIXELS[image_format] // 1_000_000) from error
    except BROKEN_IMAGE as error:
        raise _Refused("broken") from error
    content = File(encoded)
    return CleanFile(
        name,
        file_type.kind,
        file_type.content_type,
        content,
        encoded.getbuffer().nbytes,
        _sha256(content),
        picture.width,
        picture.height,
    )


def _decode(uploaded: File, image_format: str) -> Image.Image:
    """The picture upright, at most MAX_SIDE long, in a new image that carries nothing but pixels."""
    uploaded.seek(0)
    with Image.open(uploaded, formats=(image_format,)) as image:
        if image.width * image.height > MAX_PIXELS[image_format]:
            raise Image.DecompressionBombError
        longer = max(image.size)
        if longer > MAX_SIDE:
            image.draft(None, tuple(max(1, side * MAX_SIDE // longer) for side in image.size))
            image.thumbnail((MAX_SIDE, MAX_SIDE), reducing_gap=None)
        ImageOps.exif_transpose(image, in_place=True)
        mode = _mode(image, image_format)
        bare = Image.new(mode, image.size)
        bare.paste(image if image.mode == mode else image.convert(mode))
    return bare


def _mode(image: Image.Image, image_format: str) -> str:
    if image.mode in ("L", "RGB"):
        return image.mode
    return "RGBA" if image_format != "JPEG" and image.has_transparency_data else "RGB"


# Documents


def _check_office(uploaded: File, folder: str) -> None:
    _check_zip_end(uploaded)
    uploaded.seek(0)
    try:
        with zipfile.ZipFile(uploaded) as archive:
            _check_office_entries(archive.infolist(), uploaded.size, folder)
            for entry in archive.infolist():
                with archive.open(entry) as part:
                    _check_office_part(part, entry.filename.lower())
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, EOFError, zlib.error, struct.error) as error:
        raise _Refused("broken") from error


def _check_zip_end(uploaded: File) -> None:
    """Read the end record before anything builds a list from the directory; a comment may hide a second file."""
    uploaded.seek(max(0, uploaded.size - 22))
    end = uploaded.read(22)
    if len(end) < 22 or not end.startswith(b"PK\x05\x06"):
        raise _Refused("broken")
    _disk, _start, _here, entries, directory_size = struct.unpack("<HHHHI", end[4:16])
    if entries > MAX_ZIP_ENTRIES or directory_size > MAX_ZIP_DIRECTORY:
        raise _Refused("unpacks_too_large")


def _check_office_entries(entries: list[zipfile.ZipInfo], size: int, folder: str) -> None:
    names = [entry.filename.lower() for entry in entries]
    total = sum(entry.file_size for entry in entries)
    if len(entries) > MAX_ZIP_ENTRIES or total > MAX_ZIP_TOTAL or total > MAX_ZIP_RATIO * size:
        raise _Refused("unpacks_too_large")
    if any(entry.flag_bits & 1 for entry in entries):
        raise _Refused("encrypted")
    if any(name.startswith(("/", "\\")) or ":" in name or ".." in re.split(r"[/\\]", name) for name in names):
        raise _Refused("broken")
    if any(name.endswith("vbaproject.bin") for name in names):
        raise _Refused("macro")
    if any("activex" in name or "oleobject" in name for name in names):
        raise _Refused("active_office")
    if len(set(names)) < len(names) or min((entry.header_offset for entry in entries), default=1):
        raise _Refused("broken")
    if "[content_types].xml" not in names or not any(name.startswith(folder) for name in names):
        raise _Refused("mismatch", extension={"word/": "docx", "xl/": "xlsx"}[folder])


def _check_office_part(part: zipfile.ZipExtFile, name: str) -> None:
    """Read piece by piece: zipfile never gives more of it than the directory declared."""
    if _find(part, (EICAR,)):
        raise _Refused("virus")
    if not name.endswith((".xml", ".rels")):
        return
    if _find(part, DOCUMENT_TYPE, ignore_case=True):
        raise _Refused("active_office")
    if name == "[content_types].xml" and _find(part, (b"macroenabled",), ignore_case=True):
        raise _Refused("macro")
    if name.endswith(".rels") and _has_remote_template(part):
        raise _Refused("active_office")


def _has_remote_template(part: zipfile.ZipExtFile) -> bool:
    """A template on the sender's own disk is named in many honest documents; one that Word would fetch is an attack."""
    part.seek(0)
    plain = part.read(MEBIBYTE).replace(b"\0", b"").lower()
    return any(REMOTE_TARGET.search(element) for element in ATTACHED_TEMPLATE.findall(plain))


PDF_ACTIVE = re.compile(
    rb"/(?:JavaScript|Launch|EmbeddedFiles?|RichMedia|XFA|ImportData|SubmitForm|GoToE)(?![^\s/<>\[\](){}%\0])"
)
PDF_ENCRYPTED = re.compile(rb"/Encrypt(?![^\s/<>\[\](){}%\0])")
PDF_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
PDF_STREAM = re.compile(rb"(?<!end)stream\r?\n?")
PDF_FILTER = re.compile(rb"/Filter\s*\[?\s*/(?:FlateDecode|Fl)\s*\]?\s*(?=/|>>)")


def _check_pdf(uploaded: File) -> None:
    uploaded.seek(0)
    raw = uploaded.read()
    if not raw.startswith(b"%PDF-") or b"%%EOF" not in raw[-1024:] or b"startxref" not in raw[-2048:]:
        raise _Refused("broken")
    if zipfile.is_zipfile(BytesIO(raw)):
        raise _Refused("active_pdf")
    _check_pdf_names(raw)
    for unpacked in _object_streams(raw):
        _check_pdf_names(unpacked)


def _check_pdf_names(data: bytes) -> None:
    plain = _unescaped(data)
    if PDF_ENCRYPTED.search(plain):
        raise _Refused("encrypted")
    if PDF_ACTIVE.search(plain):
        raise _Refused("active_pdf")


def _unescaped(data: bytes) -> bytes:
    return PDF_ESCAPE.sub(lambda escape: bytes([int(escape[1], 16)]), data)


def _object_streams(raw: bytes) -> Iterator[bytes]:
    """The objects that newer PDF files keep compressed, all together at most MAX_PDF_UNPACKED bytes."""
    budget = MAX_PDF_UNPACKED
    for start in PDF_STREAM.finditer(raw):
        dictionary = _unescaped(raw[max(0, start.start() - 2048) : start.start()].rpartition(b"obj")[2])
        if b"/ObjStm" not in dictionary or b"/Filter" not in dictionary:
            continue
        if not PDF_FILTER.search(dictionary) or b"/Predictor" in dictionary:
            raise _Refused("active_pdf")
        inflater = zlib.decompressobj()
        try:
            unpacked = inflater.decompress(raw[start.end() : raw.find(b"endstream", start.end())], budget)
        except zlib.error as error:
            raise _Refused("broken") from error
        budget -= len(unpacked)
        if budget <= 0:
            raise _Refused("unpacks_too_large")
        if not inflater.eof:
            raise _Refused("broken")
        yield unpacked


# Videos

BRANDS = {
    "mp4": frozenset(b"isom iso2 iso4 iso5 iso6 mp41 mp42 avc1 MSNV dash 3gp4 3gp5 3gp6".split()),
    "mov": frozenset([b"qt  "]),
}


def _check_video(uploaded: File, extension: str) -> None:
    """The file is a chain of boxes from first to last byte, begins with a brand of its kind and has a film in it."""
    boxes = []
    position = 0
    while position < uploaded.size:
        box, length = _box_at(uploaded, position)
        if position == 0 and (box != b"ftyp" or not 16 <= length <= 4096):
            raise _Refused("mismatch", extension=extension)
        boxes.append(box)
        position += length
    if position != uploaded.size or not {b"moov", b"mdat"}.issubset(boxes):
        raise _Refused("broken")
    if BRANDS[extension].isdisjoint(_brands(uploaded)):
        raise _Refused("mismatch", extension=extension)


def _box_at(file: File, position: int) -> tuple[bytes, int]:
    """Type and length in bytes of the box at this position."""
    file.seek(position)
    header = file.read(16)
    if len(header) < 8 or not header[4:8].isalnum():
        raise _Refused("broken")
    length = int.from_bytes(header[:4], "big")
    if length == 0:
        length = file.size - position
    elif length == 1:
        length = int.from_bytes(header[8:16], "big")
    if length < 8:
        raise _Refused("broken")
    return header[4:8], length


def _brands(file: File) -> list[bytes]:
    file.seek(0)
    length = int.from_bytes(file.read(4), "big")
    body = file.read(length - 4)[4:]
    return [body[:4], *(body[start : start + 4] for start in range(8, len(body), 4))]


CHECKS = {
    "pdf": _check_pdf,
    "docx": lambda uploaded: _check_office(uploaded, "word/"),
    "xlsx": lambda uploaded: _check_office(uploaded, "xl/"),
    "mp4": lambda uploaded: _check_video(uploaded, "mp4"),
    "mov": lambda uploaded: _check_video(uploaded, "mov"),
}


# Storing and serving


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
PARTIAL_KEPT = timedelta(days=1)


def storage_path(key: uuid.UUID) -> str:
    """ "ab/cd/<32 hex digits>", without an extension."""
    return f"{key.hex[:2]}/{key.hex[2:4]}/{key.hex}"


def store(clean: CleanFile) -> str:
    """Write the file under a new random name and give its path in `private_storage()`.

    It appears under that name whole or not at all. Call it before the transaction that records it.
    """
    path = storage_path(uuid.uuid4())
    final = Path(private_storage().path(path))
    for folder in reversed(final.parents[:3]):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = final.with_suffix(PARTIAL)
    try:
        with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
            for chunk in _chunks(clean.content):
                target.write(chunk)
            target.flush()
            os.fsync(target.fileno())
        partial.replace(final)
    finally:
        partial.unlink(missing_ok=True)
    return path


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
