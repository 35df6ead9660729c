import hashlib
import re
import stat
import struct
import threading
import time
import uuid
import zipfile
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from submissions.files import (
    MEBIBYTE,
    Kind,
    attachment_response,
    check_total,
    clean_upload,
    display_name,
    private_storage,
    storage_path,
    store,
)
from submissions.files.images import one_at_a_time

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
SCRIPT = b"<script>alert('GPS')</script>"
DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "kho tệp"
    return settings.MEDIA_ROOT


def upload(name, content):
    return SimpleUploadedFile(name, content)


def refusal(name, content):
    """The one sentence the sender reads."""
    with pytest.raises(ValidationError) as refused:
        clean_upload(upload(name, content))
    (sentence,) = refused.value.messages
    return sentence


def picture(image_format="JPEG", size=(60, 40), mode="RGB", colour=(200, 30, 30), **options):
    content = BytesIO()
    Image.new(mode, size, colour).save(content, image_format, **options)
    return content.getvalue()


def gps_exif(orientation=1):
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "HangMayAnh"
    exif.get_ifd(0x8825).update({1: "N", 2: (12.0, 14.0, 20.0), 3: "E", 4: (109.0, 11.0, 48.0)})
    return exif


def office(folder="word/", extra=(), content_types="<Types/>", compression=zipfile.ZIP_DEFLATED):
    content = BytesIO()
    with zipfile.ZipFile(content, "w", compression) as archive:
        archive.writestr("[Content_Types].xml", content_types)
        archive.writestr("_rels/.rels", "<Relationships/>")
        archive.writestr(folder + ("document.xml" if folder == "word/" else "workbook.xml"), "<document/>")
        for name, body in extra:
            archive.writestr(name, body)
    return content.getvalue()


def pdf(body=b"<< /Type /Catalog >>", tail=b""):
    return b"%PDF-1.7\n1 0 obj\n" + body + b"\nendobj\nstartxref\n0\n%%EOF\n" + tail


def object_stream(objects, dictionary=b"/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode"):
    packed = zlib.compress(objects)
    return pdf(b"<< " + dictionary + b" /Length %d >>\nstream\n" % len(packed) + packed + b"\nendstream")


def box(kind, body=b""):
    return struct.pack(">I", 8 + len(body)) + kind + body


def film(brand=b"isom", compatible=b"isomiso2avc1mp41", extra=b""):
    return box(b"ftyp", brand + bytes(4) + compatible) + box(b"moov", bytes(40)) + extra + box(b"mdat", bytes(200))


def png_claiming(width, height):
    """A PNG whose header promises width × height pixels in a few kB."""

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes((width // 8 + 1) * height), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


# What is taken


@pytest.mark.parametrize(
    ("name", "content", "kind", "content_type"),
    [
        ("đèn.jpg", picture(), Kind.IMAGE, "image/jpeg"),
        ("ĐÈN.JPEG", picture(), Kind.IMAGE, "image/jpeg"),
        ("đèn.png", picture("PNG"), Kind.IMAGE, "image/png"),
        ("đèn.webp", picture("WEBP"), Kind.IMAGE, "image/webp"),
        ("đơn.pdf", pdf(), Kind.DOCUMENT, "application/pdf"),
        ("đơn.docx", office(), Kind.DOCUMENT, DOCX_TYPE),
        ("bảng.v2.xlsx", office("xl/"), Kind.DOCUMENT, XLSX_TYPE),
        ("phim.mp4", film(), Kind.VIDEO, "video/mp4"),
        ("phim.MOV", film(b"qt  ", b"qt  "), Kind.VIDEO, "video/quicktime"),
    ],
)
def test_every_allowed_kind_is_taken_with_the_type_of_our_table(name, content, kind, content_type):
    clean = clean_upload(upload(name, content))
    stored = clean.content.read()
    assert (clean.name, clean.kind, clean.content_type) == (name, kind, content_type)
    assert (clean.size, clean.sha256) == (len(stored), hashlib.sha256(stored).hexdigest())


def test_documents_and_videos_are_kept_byte_for_byte():
    for name, content in [("a.pdf", pdf()), ("a.docx", office()), ("a.mp4", film())]:
        assert clean_upload(upload(name, content)).content.read() == content


def test_an_upload_that_django_keeps_on_disk_is_taken_too():
    uploaded = TemporaryUploadedFile("đèn.jpg", "image/jpeg", 0, None)
    uploaded.write(picture())
    uploaded.size = len(picture())
    clean = clean_upload(uploaded)
    assert (clean.picture.width, clean.picture.height) == (60, 40)
    uploaded.close()


# Images


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jpg", picture(exif=gps_exif(), icc_profile=b"ICCPROFILE" * 20, comment=b"ghi chu rieng")),
        ("a.jpg", picture(exif=gps_exif(), xmp=b"<x:xmpmeta>HangMayAnh</x:xmpmeta>")),
        ("a.png", picture("PNG", exif=gps_exif(), icc_profile=b"ICCPROFILE" * 20)),
        ("a.webp", picture("WEBP", exif=gps_exif(), xmp=b"<x:xmpmeta>HangMayAnh</x:xmpmeta>", icc_profile=b"ICC" * 50)),
    ],
)
def test_a_stored_image_carries_nothing_but_its_pixels(name, content):
    assert b"HangMayAnh" in content
    stored = clean_upload(upload(name, content)).content.read()
    assert re.findall(rb"HangMayAnh|xmpmeta|ICCPROFILE|ICCICC|Exif|EXIF|ghi chu|eXIf|iCCP", stored) == []
    with Image.open(BytesIO(stored)) as image:
        assert dict(image.getexif()) == {}
        assert {"exif", "xmp", "icc_profile", "comment", "Comment"} & set(image.info) == set()


def test_png_texts_are_dropped():
    texts = PngInfo()
    texts.add_itxt("XML:com.adobe.xmp", "<x:xmpmeta/>")
    texts.add_text("Author", "Nguyen Van An")
    stored = clean_upload(upload("a.png", picture("PNG", pnginfo=texts))).content.read()
    assert re.findall(rb"tEXt|iTXt|zTXt|Nguyen", stored) == []


@pytest.mark.parametrize("tail", [SCRIPT, b"PK\x03\x04" + b"zip" * 50, office()])
def test_what_hangs_behind_a_picture_is_gone(tail):
    stored = clean_upload(upload("a.jpg", picture() + tail)).content.read()
    assert stored.endswith(b"\xff\xd9")
    assert tail not in stored


def test_a_picture_taken_sideways_is_stored_upright():
    clean = clean_upload(upload("a.jpg", picture(size=(60, 40), exif=gps_exif(orientation=6))))
    assert (clean.picture.width, clean.picture.height) == (40, 60)


@pytest.mark.parametrize(
    ("image_format", "name", "size", "stored"),
    [
        ("JPEG", "a.jpg", (4001, 20), (4000, 20)),
        ("JPEG", "a.jpg", (9000, 6000), (4000, 2667)),
        ("PNG", "a.png", (2500, 5000), (2000, 4000)),
        ("WEBP", "a.webp", (4000, 30), (4000, 30)),
    ],
)
def test_the_longer_side_is_at_most_4000_pixels(image_format, name, size, stored):
    clean = clean_upload(upload(name, picture(image_format, size)))
    assert (clean.picture.width, clean.picture.height) == stored
    with Image.open(clean.content) as image:
        assert image.size == stored


@pytest.mark.parametrize(
    ("name", "content", "mode"),
    [
        ("a.jpg", picture(mode="CMYK", colour=(0, 0, 0, 0)), "RGB"),
        ("a.jpg", picture(mode="L", colour=9), "L"),
        ("a.png", picture("PNG", mode="RGBA", colour=(1, 2, 3, 4)), "RGBA"),
        ("a.png", picture("PNG", mode="P", colour=3), "RGB"),
        ("a.png", picture("PNG", mode="LA", colour=(3, 4)), "RGBA"),
        ("a.png", picture("PNG", mode="1", colour=1), "RGB"),
        ("a.webp", picture("WEBP", mode="RGBA", colour=(1, 2, 3, 4)), "RGBA"),
    ],
)
def test_every_colour_mode_of_the_three_formats_is_taken(name, content, mode):
    with Image.open(clean_upload(upload(name, content)).content) as image:
        assert image.mode == mode


def test_a_photo_with_a_second_picture_inside_as_phones_make_them_is_taken_as_its_first():
    content = BytesIO()
    second = Image.new("RGB", (30, 20), (0, 0, 255))
    Image.new("RGB", (60, 40), (255, 0, 0)).save(content, "MPO", save_all=True, append_images=[second])
    clean = clean_upload(upload("IMG_0001.JPG", content.getvalue()))
    with Image.open(clean.content) as image:
        assert (image.format, image.size) == ("JPEG", (60, 40))


@pytest.mark.parametrize(
    ("side", "limit"),
    [(12_000, 50), (30_000, 50)],
)
def test_a_pixel_bomb_is_refused_before_it_is_decoded(side, limit):
    bomb = png_claiming(side, side)
    assert len(bomb) < 120_000
    started = time.perf_counter()
    assert refusal("bom.png", bomb) == (
        f"Ảnh “bom.png” có kích thước quá lớn (hơn {limit} triệu điểm ảnh). Vui lòng thu nhỏ ảnh rồi gửi lại."
    )
    assert time.perf_counter() - started < 1


def test_a_torn_picture_is_refused():
    whole = picture(size=(400, 400))
    assert refusal("rách.jpg", whole[: len(whole) // 2]) == (
        "Không đọc được tệp “rách.jpg”, có thể tệp bị hỏng. Vui lòng mở thử, lưu lại rồi gửi tệp mới."
    )


# Names and kinds


NOT_TAKEN = (
    "Tệp “{}” không thuộc loại được nhận. Vui lòng gửi ảnh (JPG, PNG, WEBP), tài liệu (PDF, DOCX, XLSX) "
    "hoặc video (MP4, MOV)."
)
HEIC = "Tệp “{}” là ảnh HEIC, chưa xem được trên mọi máy. Vui lòng lưu hoặc chụp lại ở dạng JPG rồi gửi."
SVG = "Tệp “{}” là ảnh SVG, có thể chứa mã chạy được nên không được nhận. Vui lòng gửi ảnh JPG hoặc PNG."
HTML = "Tệp “{}” là trang web nên không được nhận. Vui lòng chụp màn hình hoặc lưu thành PDF rồi gửi."
MACRO = "Tệp “{}” chứa macro nên không được nhận. Vui lòng lưu lại ở dạng DOCX hoặc XLSX không có macro."
OLD_OFFICE = (
    "Tệp “{}” thuộc định dạng Office cũ hoặc được đặt mật khẩu. "
    "Vui lòng bỏ mật khẩu và lưu lại ở dạng DOCX, XLSX hoặc PDF."
)
ARCHIVE = "Tệp “{}” là tệp nén nên không được nhận. Vui lòng giải nén và gửi từng tệp bên trong."
DOUBLE = "Tên tệp “{}” có hai phần đuôi dễ gây nhầm lẫn. Vui lòng đổi tên tệp rồi gửi lại."
MISMATCH = "Nội dung của tệp “{}” không đúng với đuôi .{}. Vui lòng mở tệp, lưu lại đúng định dạng rồi gửi."
VIRUS = "Tệp “{}” bị nhận diện là có mã độc nên không được nhận. Vui lòng quét vi-rút và chọn tệp khác."
MARKUP = "Tệp “{}” có chứa mã trang web nên không được nhận. Vui lòng chọn tệp khác."
BROKEN = "Không đọc được tệp “{}”, có thể tệp bị hỏng. Vui lòng mở thử, lưu lại rồi gửi tệp mới."
UNPACKS = "Tệp “{}” khi mở ra lớn bất thường nên không được nhận. Vui lòng xuất sang PDF rồi gửi lại."
ACTIVE_OFFICE = (
    "Tệp “{}” có đối tượng nhúng hoặc liên kết ngoài nên không được nhận. Vui lòng xuất sang PDF rồi gửi lại."
)
ACTIVE_PDF = "Tệp PDF “{}” có mã chạy được hoặc tệp nhúng nên không được nhận. Vui lòng in lại thành PDF rồi gửi."
ENCRYPTED = "Tệp “{}” được đặt mật khẩu. Vui lòng bỏ mật khẩu rồi gửi lại."
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
HEIC_BYTES = box(b"ftyp", b"heic" + bytes(4) + b"mif1heic") + bytes(100)
PAGE = b"<!DOCTYPE html><html><body>" + SCRIPT + b"</body></html>"


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("chạy.exe", b"MZ" + bytes(50), NOT_TAKEN),
        ("khong-duoi", picture(), NOT_TAKEN),
        ("ảnh.gif", b"GIF89a" + bytes(50), NOT_TAKEN),
        ("anh\u202egpj.exe", b"MZ", NOT_TAKEN.replace("{}", "anhgpj.exe")),
        ("a.jpg\x00.exe", picture(), NOT_TAKEN.replace("{}", "a.jpg.exe")),
        ("IMG_1.HEIC", HEIC_BYTES, HEIC),
        ("IMG_1.jpg", HEIC_BYTES, HEIC),
        ("vẽ.svg", b"<svg/>", SVG),
        ("vẽ.png", b'<?xml version="1.0"?>\n<svg onload="alert(1)"/>', SVG),
        ("trang.html", PAGE, HTML),
        ("trang.jpg", PAGE, HTML),
        ("trang.pdf", b"\xef\xbb\xbf \n" + PAGE, HTML),
        ("trang.docx", SCRIPT, HTML),
        ("bảng.xlsm", office("xl/"), MACRO),
        ("đơn.doc", OLE, OLD_OFFICE),
        ("đơn.docx", OLE, OLD_OFFICE),
        ("gói.zip", office(), ARCHIVE),
        ("x.php.jpg", picture(), DOUBLE),
        ("x.php\x00.jpg", picture(), DOUBLE.replace("{}", "x.php.jpg")),
        ("x.html.pdf", pdf(), DOUBLE),
        ("ảnh.jpg", b"<?php system('id');", MISMATCH.replace("{}.", "jpg.").replace("đuôi .{}", "đuôi .jpg")),
        ("ảnh.jpg", picture("PNG"), MISMATCH.replace("đuôi .{}", "đuôi .jpg")),
        ("ảnh.png", b"GIF89a/*" + SCRIPT, MISMATCH.replace("đuôi .{}", "đuôi .png")),
        ("đơn.pdf", picture(), MISMATCH.replace("đuôi .{}", "đuôi .pdf")),
        ("đơn.pdf", SCRIPT + pdf(), HTML),
        ("đơn.docx", office("xl/"), MISMATCH.replace("đuôi .{}", "đuôi .docx")),
        ("bảng.xlsx", office("word/"), MISMATCH.replace("đuôi .{}", "đuôi .xlsx")),
        ("phim.mp4", picture(), MISMATCH.replace("đuôi .{}", "đuôi .mp4")),
        ("phim.mp4", film(b"qt  ", b"qt  "), MISMATCH.replace("đuôi .{}", "đuôi .mp4")),
        ("phim.mov", film(), MISMATCH.replace("đuôi .{}", "đuôi .mov")),
        ("rỗng.jpg", b"", "Tệp “{}” rỗng. Vui lòng kiểm tra và chọn lại tệp."),
        ("mẫu.jpg", picture() + EICAR, VIRUS),
        ("mẫu.pdf", pdf(EICAR), VIRUS),
        ("mẫu.docx", office(extra=[("word/media/a.bin", EICAR)]), VIRUS),
        ("phim.mp4", film(extra=box(b"free", SCRIPT)), MARKUP),
        ("phim.mp4", film() + PAGE, MARKUP),
        ("phim.mp4", film() + b"rubbish!", BROKEN),
        ("phim.mp4", film()[:-10], BROKEN),
        ("phim.mp4", box(b"ftyp", b"isom" + bytes(4)) + box(b"mdat", bytes(20)), BROKEN),
        ("phim.mp4", PAGE, MARKUP),
        ("đơn.pdf", pdf(SCRIPT), MARKUP),
        ("đơn.pdf", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n", BROKEN),
        ("đơn.pdf", pdf(tail=b"x" * 3000), BROKEN),
        ("đơn.pdf", pdf(tail=office()), ACTIVE_PDF),
        ("đơn.pdf", pdf()[:-6] + office() + b"startxref\n0\n%%EOF", ACTIVE_PDF),
        ("đơn.pdf", pdf(b"<< /OpenAction << /S /JavaScript /JS (app.alert(1)) >> >>"), ACTIVE_PDF),
        ("đơn.pdf", pdf(b"<< /AA << /O << /S /J#61vaScript /JS (1) >> >> >>"), ACTIVE_PDF),
        ("đơn.pdf", pdf(b"<</S/Launch/F(cmd.exe)>>"), ACTIVE_PDF),
        ("đơn.pdf", pdf(b"<< /Type /EmbeddedFile >>"), ACTIVE_PDF),
        ("đơn.pdf", pdf(b"<< /Names << /EmbeddedFiles 3 0 R >> >>"), ACTIVE_PDF),
        ("đơn.pdf", pdf(b"<< /Encrypt 5 0 R >>"), ENCRYPTED),
        ("đơn.pdf", object_stream(b"1 0 << /S /JavaScript /JS (1) >>"), ACTIVE_PDF),
        ("đơn.pdf", object_stream(b"1 0 <</S/Launch>>", b"/Type/Obj#53tm/Filter[/Fl]"), ACTIVE_PDF),
        ("đơn.pdf", object_stream(b"1 0 <<>>", b"/Type /ObjStm /Filter [/ASCIIHexDecode /FlateDecode]"), ACTIVE_PDF),
        ("đơn.pdf", object_stream(bytes(60 * MEBIBYTE)), UNPACKS),
        ("đơn.docx", office(extra=[("word/vbaProject.bin", b"x")]), MACRO),
        ("đơn.docx", office(content_types="<Override ContentType='x.document.macroEnabled.main+xml'/>"), MACRO),
        ("đơn.docx", office(extra=[("word/activeX/activeX1.bin", b"x")]), ACTIVE_OFFICE),
        ("đơn.docx", office(extra=[("word/embeddings/oleObject1.bin", b"x")]), ACTIVE_OFFICE),
        ("đơn.docx", office(extra=[("word/a.xml", '<!DOCTYPE a [<!ENTITY b "bb">]><a>&b;</a>')]), ACTIVE_OFFICE),
        ("đơn.docx", office(extra=[("word/a.xml", "<!DOCTYPE a>".encode("utf-16"))]), ACTIVE_OFFICE),
        ("đơn.docx", office(extra=[("../../etc/passwd", b"x")]), BROKEN),
        ("đơn.docx", office(extra=[("/etc/passwd", b"x")]), BROKEN),
        ("đơn.docx", office(extra=[(f"word/{n}.xml", b"") for n in range(2001)]), UNPACKS),
        ("đơn.docx", office(extra=[("word/big.xml", bytes(20 * MEBIBYTE))]), UNPACKS),
        ("đơn.docx", office()[:-30], BROKEN),
        ("đơn.docx", office() + PAGE, MARKUP),
        ("đơn.docx", office() + b"hidden behind", BROKEN),
    ],
)
def test_what_is_not_taken_is_refused_with_a_sentence_that_names_the_file_and_what_to_do(name, content, sentence):
    assert refusal(name, content) == sentence.replace("{}", name)


def test_an_office_file_with_a_password_on_its_parts_is_refused():
    content = bytearray(office(compression=zipfile.ZIP_STORED))
    content[content.index(b"PK\x01\x02") + 8] |= 1
    assert refusal("đơn.docx", bytes(content)) == ENCRYPTED.replace("{}", "đơn.docx")


@pytest.mark.parametrize(
    ("target", "taken"),
    [
        ("file:///C:\\Users\\an\\AppData\\Templates\\Mau.dotx", True),
        ("https://xau.example/mau.dotm", False),
        ("file:///\\\\10.0.0.1\\chung\\mau.dotm", False),
        ("\\\\10.0.0.1\\chung\\mau.dotm", False),
    ],
)
def test_a_template_is_taken_from_the_senders_disk_and_refused_from_the_net(target, taken):
    relation = (
        '<Relationships><Relationship Id="r1" TargetMode="External" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" '
        f'Target="{target}"/></Relationships>'
    )
    content = office(extra=[("word/_rels/settings.xml.rels", relation)])
    if taken:
        assert clean_upload(upload("đơn.docx", content)).size == len(content)
    else:
        assert refusal("đơn.docx", content) == ACTIVE_OFFICE.replace("{}", "đơn.docx")


def test_a_pdf_may_open_at_a_page_and_keep_harmless_objects_compressed():
    clean_upload(upload("a.pdf", pdf(b"<< /OpenAction [3 0 R /Fit] /JavaScripts (no) /Launcher 1 >>")))
    clean_upload(upload("a.pdf", object_stream(b"1 0 << /Type /Page >>")))


@pytest.mark.parametrize(
    "relations",
    [b"<" * MEBIBYTE, b"<attachedtemplate" * 60_000, b"<a " + b"target " * 140_000, b"target    " * 100_000],
)
def test_relations_made_to_be_slow_are_read_fast(relations):
    made = office(extra=[("word/_rels/settings.xml.rels", relations)], compression=zipfile.ZIP_STORED)
    started = time.perf_counter()
    clean_upload(upload("đơn.docx", made))
    assert time.perf_counter() - started < 3


@pytest.mark.parametrize(
    "streams",
    [
        b"1 0 obj /ObjStm /Filter /FlateDecode >> stream\n" * 19_000,
        b"stream\n" * 400_000,
        b"1 0 obj /ObjStm /Filter /FlateDecode >> stream\n" * 1000 + bytes(4 * MEBIBYTE),
    ],
)
def test_a_pdf_whose_streams_pretend_to_overlap_is_refused_fast(streams):
    started = time.perf_counter()
    assert refusal("a.pdf", pdf(streams + b"endstream"))
    assert time.perf_counter() - started < 5


def test_a_zip_bomb_is_refused_fast():
    bomb = office(extra=[("word/document2.xml", bytes(200 * MEBIBYTE))])
    assert len(bomb) < 250_000
    started = time.perf_counter()
    assert refusal("bom.docx", bomb) == UNPACKS.replace("{}", "bom.docx")
    assert time.perf_counter() - started < 1


@pytest.mark.parametrize(
    ("name", "content", "limit"),
    [("a.jpg", picture(), 25), ("a.pdf", pdf(), 10), ("a.docx", office(), 10), ("a.mp4", film(), 50)],
)
def test_a_file_may_have_its_limit_but_not_a_byte_more(name, content, limit):
    uploaded = upload(name, content)
    uploaded.size = limit * MEBIBYTE + 1
    with pytest.raises(ValidationError) as refused:
        clean_upload(uploaded)
    assert refused.value.messages == [f"Tệp “{name}” lớn hơn {limit} MB. Vui lòng giảm dung lượng hoặc chọn tệp khác."]


def test_a_picture_of_exactly_25_megabytes_is_taken():
    content = picture()
    assert clean_upload(upload("a.jpg", content + bytes(25 * MEBIBYTE - len(content)))).picture.width == 60


def test_a_case_holds_five_files_and_a_hundred_megabytes():
    files = [upload("a.pdf", b"x" * 10) for _ in range(3)]
    check_total(2, 100 * MEBIBYTE - 30, files)
    with pytest.raises(ValidationError) as refused:
        check_total(3, 0, files)
    assert refused.value.messages == ["Mỗi hồ sơ chỉ nhận tối đa 5 tệp. Vui lòng bớt tệp rồi gửi lại."]
    with pytest.raises(ValidationError) as refused:
        check_total(2, 100 * MEBIBYTE - 29, files)
    assert refused.value.messages == [
        "Tổng dung lượng các tệp lớn hơn 100 MB. Vui lòng bớt tệp hoặc giảm dung lượng rồi gửi lại."
    ]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("C:\\Users\\An\\Ảnh đèn.jpg", "Ảnh đèn.jpg"),
        ("../../etc/đèn.jpg", "đèn.jpg"),
        ("anh\u202egpj.png", "anhgpj.png"),
        ("a\x00b\r\nc.pdf", "ab c.pdf"),
        ("de\u0300n.jpg", "dèn.jpg"),
        (" ..  ẩn .pdf", "ẩn .pdf"),
        ("", "tep"),
        ("đ" * 200 + ".docx", "đ" * 115 + ".docx"),
        ("a" * 130, "a" * 120),
    ],
)
def test_the_shown_name_has_no_folders_nor_hidden_characters_and_keeps_its_extension(name, shown):
    assert display_name(name) == shown


# Storing and serving


def test_a_file_is_stored_whole_under_a_random_name_that_only_this_account_can_read(media):
    clean = clean_upload(upload("đơn.pdf", pdf()))
    path = store(clean)
    assert re.fullmatch(r"([0-9a-f]{2})/([0-9a-f]{2})/\1\2[0-9a-f]{28}", path)
    stored = media / path
    assert stored.read_bytes() == pdf()
    assert stat.S_IMODE(stored.stat().st_mode) == 0o600
    assert [stat.S_IMODE(folder.stat().st_mode) for folder in stored.parents[:3]] == [0o700] * 3
    assert [entry for entry in media.rglob("*") if entry.is_file()] == [stored]
    assert store(clean) != path


def test_a_stored_file_is_read_back_and_has_no_address(media):
    path = store(clean_upload(upload("đèn.png", picture("PNG"))))
    with private_storage().open(path) as stored:
        assert Image.open(stored).size == (60, 40)
    with pytest.raises(ValueError, match="not accessible via a URL"):
        private_storage().url(path)


def test_a_write_that_fails_leaves_nothing_behind(media):
    clean = clean_upload(upload("đơn.pdf", pdf()))
    clean.content.close()
    with pytest.raises(ValueError, match="closed"):
        store(clean)
    assert [entry for entry in Path(media).rglob("*") if entry.is_file()] == []


def test_the_path_is_spread_over_folders_and_has_no_extension():
    key = uuid.UUID("abcdef01-2345-6789-abcd-ef0123456789")
    assert storage_path(key) == "ab/cd/abcdef0123456789abcdef0123456789"


def served(name, content_type, **options):
    response = attachment_response(ContentFile(b"content"), name, content_type, **options)
    assert b"".join(response.streaming_content) == b"content"
    names = ["Content-Type", "Content-Disposition"]
    fixed = {
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "private, no-store",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    assert {header: response[header] for header in fixed} == fixed
    return [response[header] for header in names]


@pytest.mark.parametrize(
    ("name", "content_type", "inline", "headers"),
    [
        ("đơn.pdf", "application/pdf", False, ["application/pdf", "attachment; filename*=UTF-8''%C4%91%C6%A1n.pdf"]),
        ("đơn.pdf", "application/pdf", True, ["application/pdf", "attachment; filename*=UTF-8''%C4%91%C6%A1n.pdf"]),
        ("a.jpg", "image/jpeg", False, ["image/jpeg", "attachment; filename*=UTF-8''a.jpg"]),
        ("a.jpg", "image/jpeg", True, ["image/jpeg", "inline; filename*=UTF-8''a.jpg"]),
        ("đ.html", "text/html", True, ["application/octet-stream", "attachment; filename*=UTF-8''%C4%91.html"]),
        ("a.svg", "image/svg+xml", True, ["application/octet-stream", "attachment; filename*=UTF-8''a.svg"]),
        ('"\r\nX: 1/a.mp4', "video/mp4", True, ["video/mp4", "attachment; filename*=UTF-8''a.mp4"]),
    ],
)
def test_a_file_is_served_with_fixed_headers_and_only_images_inline(name, content_type, inline, headers):
    assert served(name, content_type, inline=inline) == headers


def test_a_file_is_a_download_unless_said_otherwise():
    assert served("a.png", "image/png") == ["image/png", "attachment; filename*=UTF-8''a.png"]


def test_a_process_has_one_picture_in_hand_at_a_time():
    stored = []
    another = threading.Thread(target=lambda: stored.append(clean_upload(upload("anh.jpg", picture()))))
    with one_at_a_time:
        another.start()
        another.join(0.3)
        assert stored == []
    another.join(10)
    assert len(stored) == 1
