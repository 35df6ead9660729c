"""A report as a file: the workbook and the CSV say what the page says, the letter has the form of Nghị định 30."""

import csv
import io
from datetime import date, datetime

import pytest
from docx import Document
from openpyxl import load_workbook
from PIL import Image, ImageFile

from reports.figures import FIGURES
from reports.files import write
from reports.files.pdf import draw
from reports.models import Kind
from reports.periods import Period
from reports.report import Report
from reports.scope import scope_of
from tests.cast import at

MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))
NOW = at("2026-04-01 08:00")


def report_of(kind=Kind.DEPARTMENT, period=MARCH, now=NOW, **narrowed):
    return Report(kind, scope_of(period, now, **narrowed), now)


def written(report, form):
    file = io.BytesIO()
    write(report, form, file)
    return io.BytesIO(file.getvalue())


@pytest.fixture
def month(answered, cast, journey):
    """A case answered in time and rated, one accepted late, one still lodged, a question; the lodged one is late."""
    way = answered()
    way.does("rate", cast.sender_of(way.case), "2026-03-07 10:00", score="unsatisfied", note="Vẫn tối.")
    way.does("ask", cast.sender_of(way.case), "2026-03-09 10:00", body="Bao giờ thay nốt?")
    answered(accepted="2026-03-02 16:01")
    return journey("2026-03-30 08:00", title="=1+1").case


def test_csv_has_plain_numbers_and_shares_apart(month):
    lines = list(csv.DictReader(io.TextIOWrapper(written(report_of(), "csv"), "utf-8")))
    found = {(line["table"], line["row"], line["figure"]): line for line in lines}
    received = found["overview", "received", "count"]
    assert (received["value"], received["numerator"], received["denominator"]) == ("3", "", "")
    late = found["overview", "late", "share"]
    assert (late["value"], late["numerator"], late["denominator"]) == ("66.7", "2", "3")
    assert found["ratings", "unsatisfied", "count"]["value"] == "1"
    assert found["agencies", "soxd", "answered"]["value"] == "2"
    assert found["questions", "total", "unanswered"]["value"] == "1"
    assert {line["table"] for line in lines} >= {"overview", "agencies", "fields", "areas", "overdue", "ratios"}


def test_the_workbook_says_what_the_tables_say(month):
    report = report_of()
    book = load_workbook(written(report, "xlsx"))
    assert book.sheetnames == [table.key for table in report.tables]
    for table in report.tables:
        sheet = book[table.key]
        assert sheet.freeze_panes == "B2"
        assert sheet.auto_filter.ref.startswith("A1:")
        rows = list(sheet.iter_rows(min_row=2))
        assert [row[0].value for row in rows] == [row.label for row in table.rows]
        for cells, row in zip(rows, table.rows, strict=True):
            values = [cell.value for cell in cells[1:]]
            for cell in row.cells:
                if cell.is_share and cell.whole:
                    assert cell.part in values
                    assert cell.whole in values
                elif isinstance(cell.value, int):
                    assert cell.value in values
    assert not any(cell.data_type == "f" for sheet in book for row in sheet.iter_rows() for cell in row)
    moments = [row[4].value for row in book["overdue"].iter_rows(min_row=2)]
    assert all(isinstance(moment, datetime) for moment in moments)


def test_what_is_counted_stands_beside_the_figures_of_the_workbook(month):
    book = load_workbook(written(report_of(), "xlsx"))
    said = {cell.value: cell.comment and cell.comment.text for cell in next(book["agencies"].iter_rows(max_row=1))}
    assert said["Tiếp nhận"] == FIGURES["received"].definition
    assert said["Cơ quan"] is None
    rows = {row[0].value: row[0].comment and row[0].comment.text for row in book["overview"].iter_rows(min_row=2)}
    assert rows["Trả lại để bổ sung"] == FIGURES["sent_back"].definition
    assert not any(row[0].comment for row in book["overdue"].iter_rows(min_row=2))


def test_the_letter_has_the_page_of_decree_30(month):
    document = Document(written(report_of(), "docx"))
    page = document.sections[0]
    sizes = [page.page_width, page.page_height, page.left_margin, page.right_margin, page.top_margin]
    assert [round(size.mm) for size in sizes] == [210, 297, 30, 15, 20]
    assert page.different_first_page_header_footer
    assert document.styles["Normal"].font.name == "Times New Roman"
    head = [line.text for cell in document.tables[0].rows[0].cells for line in cell.paragraphs]
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in head
    assert "SỞ KHOA HỌC VÀ CÔNG NGHỆ" in head
    words = "\n".join(line.text for line in document.paragraphs)
    assert "2/3 = 66,7 %" in words
    assert "{{" not in words
    assert len(document.tables) == 2 + sum(1 for table in report_of().tables if table.count)


def test_after_a_pdf_torn_pictures_are_refused_as_before(month):
    written(report_of(), "pdf")
    assert not ImageFile.LOAD_TRUNCATED_IMAGES


def test_the_pdf_has_pages(month):
    content = written(report_of(), "pdf").getvalue()
    assert content.startswith(b"%PDF")
    assert len(content) > 10_000


def test_what_draws_the_pdf_fetches_nothing(tmp_path):
    secret, drawn = tmp_path / "secret.png", io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(secret)
    draw(f"<img src='{secret.as_uri()}'><img src='http://127.0.0.1:9/x.png'><p>Xin chào</p>", drawn)
    assert drawn.getvalue().startswith(b"%PDF") and b"/Image" not in drawn.getvalue()


def test_an_agencys_report_counts_its_own_limits(month, cast):
    soxd = cast.agency("soxd").pk
    report = report_of(Kind.AGENCY, agency=soxd)
    (row,) = report.counted.agencies.rows
    numbers = {column.key: cell for column, cell in zip(report.counted.agencies.columns, row.cells, strict=True)}
    assert (numbers["answered"].value, numbers["answered_late_own"].value) == (2, 1)
