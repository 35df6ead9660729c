"""The translations themselves: English of every Vietnamese source string, and Vietnamese of Django's English."""

import re
import shutil
import unicodedata
from html import unescape

import polib
import pytest
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.core.paginator import InvalidPage, Paginator
from django.core.validators import FileExtensionValidator, validate_ipv46_address, validate_slug
from django.test import override_settings
from django.utils import translation
from django.utils.translation import gettext, ngettext

LOCALE = settings.BASE_DIR / "locale"
CATALOGUES = sorted(LOCALE.glob("*/LC_MESSAGES/*.po"))
NOT_SOURCES = shutil.ignore_patterns(".*", "locale", "var", "tests", "bench", "docs", "static", "data", "__pycache__")
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[a-z]|\{\w*\}|<[^>]+>")
PROPER_NOUNS = ("Lê Lợi",)


def english():
    return [entry for entry in polib.pofile(str(LOCALE / "en" / "LC_MESSAGES" / "django.po")) if not entry.obsolete]


@pytest.mark.skipif(
    not shutil.which("xgettext"), reason="reads the sources with xgettext (Debian: apt install gettext)"
)
def test_every_string_of_the_sources_is_in_the_english_catalogue_and_no_other(tmp_path, monkeypatch):
    sources = tmp_path / "sources"
    shutil.copytree(settings.BASE_DIR, sources, ignore=NOT_SOURCES)
    monkeypatch.chdir(sources)
    with override_settings(LOCALE_PATHS=[tmp_path / "locale"]):
        call_command("makemessages", locale=["en"], verbosity=0)
    found = polib.pofile(str(tmp_path / "locale" / "en" / "LC_MESSAGES" / "django.po"))
    assert {entry.msgid for entry in english()} == {entry.msgid for entry in found}


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_every_translation_keeps_the_placeholders_and_marks_of_its_source(path):
    changed = [
        (source, text)
        for entry in polib.pofile(str(path))
        for source, text in versions(entry)
        if sorted(PLACEHOLDER.findall(source)) != sorted(PLACEHOLDER.findall(text))
    ]
    assert changed == []


def versions(entry):
    if not entry.msgid_plural:
        return [(entry.msgid, entry.msgstr)]
    return [(entry.msgid_plural, text) for text in entry.msgstr_plural.values()]


def test_every_translation_keeps_the_spaces_at_its_ends():
    assert [entry.msgid for entry in english() if ends(entry.msgid) != ends(entry.msgstr)] == []


def ends(text):
    return text[:1].isspace(), text[-1:].isspace()


def test_no_vietnamese_letter_is_left_in_the_english_but_in_proper_nouns():
    assert [entry.msgstr for entry in english() if is_vietnamese(entry.msgstr)] == []


def is_vietnamese(text):
    for noun in PROPER_NOUNS:
        text = text.replace(noun, "")
    letters = unicodedata.normalize("NFD", text)
    return any(unicodedata.combining(letter) or letter in "đĐ" for letter in letters)


@pytest.mark.usefixtures("cast")
def test_the_front_page_is_english_for_who_reads_english(client):
    client.cookies["django_language"] = "en"
    page = client.get("/")
    assert headings(page) == [
        "Feedback and recommendations to the province’s authorities",
        "Look up a case",
        "Recently answered and published",
        "What the portal accepts and does not accept",
        "Get help or report an urgent incident",
    ]
    assert buttons(page) == ["Put this portal on the home screen", "View progress", "Tiếng Việt"]


@pytest.mark.usefixtures("cast")
def test_the_form_is_english_for_who_reads_english(client):
    client.cookies["django_language"] = "en"
    page = client.get("/gui-phan-anh/")
    assert headings(page) == [
        "Send feedback or a recommendation",
        "What the portal accepts and does not accept",
        "Sender",
        "Feedback and recommendations",
        "More about what happened",
        "Agree and send",
    ]
    assert buttons(page) == [
        "SEND FEEDBACK",
        "Search",
        "Show the communes and wards of the chosen province",
        "Show similar cases",
        "Show another code",
        "SEND FEEDBACK",
        "Check before sending",
        "Tiếng Việt",
    ]


def headings(page):
    return texts(page, r"<h[12][^>]*>(.*?)</h[12]>")


def buttons(page):
    return texts(page, r"<button[^>]*>(.*?)</button>")


def texts(page, pattern):
    return [unescape(found).strip() for found in re.findall(pattern, page.content.decode(), re.DOTALL)]


class Answers(forms.Form):
    name = forms.CharField()
    email = forms.EmailField()
    count = forms.IntegerField()
    day = forms.DateField()
    choice = forms.ChoiceField(choices=[("a", "A")])
    note = forms.CharField(max_length=3)
    file = forms.FileField()
    picture = forms.ImageField()
    code = forms.UUIDField()
    moment = forms.SplitDateTimeField()


def test_errors_of_forms_are_vietnamese_for_who_reads_vietnamese():
    sent = {"email": "a", "count": "x", "day": "x", "choice": "b", "note": "abcd", "code": "x"}
    sent |= {"moment_0": "x", "moment_1": "08:00"}
    files = {"file": SimpleUploadedFile("a.txt", b""), "picture": SimpleUploadedFile("a.png", b"x")}
    with translation.override("vi"):
        errors = {name: [str(error) for error in found] for name, found in Answers(sent, files).errors.items()}
    assert errors == {
        "name": ["Vui lòng điền mục này."],
        "email": ["Vui lòng nhập địa chỉ thư điện tử hợp lệ."],
        "count": ["Vui lòng nhập số nguyên."],
        "day": ["Ngày không hợp lệ. Vui lòng nhập lại."],
        "choice": ["Vui lòng chọn lại: b không có trong danh sách."],
        "note": ["Nội dung chỉ được có tối đa 3 ký tự (hiện có 4)."],
        "file": ["Tệp gửi lên bị rỗng."],
        "picture": ["Vui lòng chọn ảnh hợp lệ. Tệp đã gửi không phải là ảnh hoặc bị hỏng."],
        "code": ["Vui lòng nhập mã UUID hợp lệ."],
        "moment": ["Ngày không hợp lệ. Vui lòng nhập lại."],
    }


@pytest.mark.parametrize(
    ("validator", "value", "sentence"),
    [
        (
            FileExtensionValidator(["pdf", "jpg"]),
            SimpleUploadedFile("a.exe", b"x"),
            "Không nhận tệp có đuôi “exe”. Các đuôi được nhận: pdf, jpg.",
        ),
        (validate_slug, "a b", "Vui lòng chỉ nhập chữ cái không dấu, chữ số, dấu gạch dưới hoặc gạch nối."),
        (validate_ipv46_address, "x", "Vui lòng nhập địa chỉ IPv4 hoặc IPv6 hợp lệ."),
    ],
    ids=["extension", "slug", "address"],
)
def test_errors_of_validators_are_vietnamese_for_who_reads_vietnamese(validator, value, sentence):
    with translation.override("vi"), pytest.raises(ValidationError) as raised:
        validator(value)
    with translation.override("vi"):
        assert raised.value.messages == [sentence]


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        ("x", "Số trang không phải là số nguyên"),
        (0, "Số trang nhỏ hơn 1"),
        (9, "Trang này không có kết quả nào"),
    ],
)
def test_errors_of_paging_are_vietnamese_for_who_reads_vietnamese(number, sentence):
    with translation.override("vi"), pytest.raises(InvalidPage) as raised:
        Paginator([1], 1).validate_number(number)
    with translation.override("vi"):
        assert str(raised.value) == sentence


def test_words_of_the_administration_are_vietnamese_for_who_reads_vietnamese():
    words = ["Skip to main content", "Breadcrumbs", "Set password", "Show counts", "Password reset unsuccessful"]
    with translation.override("vi"):
        assert [gettext(word) for word in words] == [
            "Đến nội dung chính",
            "Đường dẫn trang",
            "Đặt mật khẩu",
            "Hiện số lượng",
            "Đặt lại mật khẩu không thành công",
        ]
        assert ngettext("%(num)d day", "%(num)d days", 2) % {"num": 2} == "2 ngày"
