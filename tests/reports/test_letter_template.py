"""An agency's own form of the letter: tried before it is kept, filled in by a sandbox."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from docx import Document

from reports.files.letter import default_template
from reports.models import LetterTemplate
from tests.workflow.desk import desk_of

from .test_files import report_of, written

MARCH = {"kind": "department", "first": "2026-03-01", "last": "2026-03-31"}


def docx(*lines):
    document, content = Document(), io.BytesIO()
    for line in lines:
        document.add_paragraph(line)
    document.save(content)
    return content.getvalue()


def brings(content, username="tam", **query):
    data = MARCH | query | {"template": SimpleUploadedFile("mau.docx", content)}
    return desk_of(username).post("/bao-cao/mau/", data)


def test_the_own_form_is_used_from_then_on(answered):
    answered()
    assert brings(docx("MẪU RIÊNG của {{ issuer }}", "{{ tables }}")).status_code == 302
    document = Document(written(report_of(), "docx"))
    assert document.paragraphs[0].text == "MẪU RIÊNG của SỞ KHOA HỌC VÀ CÔNG NGHỆ"
    assert len(document.tables) == sum(1 for table in report_of().tables if table.count)
    desk_of("tam").post("/bao-cao/mau/", MARCH | {"forget": "1"})
    assert not LetterTemplate.objects.exists()


def test_the_common_form_can_be_fetched_and_brought_back(cast):
    answer = desk_of("tam").get("/bao-cao/mau/goc/", MARCH)
    assert answer.content[:2] == b"PK"
    assert brings(default_template()).status_code == 302


def with_macro():
    content = io.BytesIO(docx("{{ tables }}"))
    with zipfile.ZipFile(content, "a") as archive:
        archive.writestr("word/vbaProject.bin", b"x")
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"not a document", "không phải văn bản docx"),
        (docx("{{ issuer }}"), "Mẫu cần một đoạn chỉ có"),
        (docx("{% if %}", "{{ tables }}"), "Không điền được mẫu"),
        (docx("{{ issuer.__class__.__mro__ }}", "{{ tables }}"), "Không điền được mẫu"),
        (docx("{{ period + 1 }}", "{{ tables }}"), "Không điền được mẫu"),
        (docx("{{ 1 / 0 }}", "{{ tables }}"), "Không điền được mẫu"),
        (with_macro(), "macro"),
        (b"", "Tệp mẫu trống"),
    ],
)
def test_what_cannot_be_used_is_told_beside_the_field(cast, content, sentence):
    answer = brings(content)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not LetterTemplate.objects.exists()


@pytest.mark.parametrize(("username", "status"), [("lan", 302), ("son", 403), ("tam", 403), ("hai", 404)])
def test_an_agencys_leader_keeps_its_form(cast, username, status):
    answer = brings(docx("{{ tables }}"), username, kind="agency", agency="soxd")
    assert answer.status_code == status
