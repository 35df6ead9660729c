"""docx in the form of Nghị định 30/2020/NĐ-CP: the document that is signed.

An agency may keep a template of its own, with the same names in double braces; a paragraph `{{ tables }}` is where the
tables go. Its templates are filled in by a sandbox, as they come from people.
"""

import io
import zipfile

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docxtpl import DocxTemplate
from jinja2.sandbox import SandboxedEnvironment

HERE = "⟦tables⟧"
MOST_ROWS = 300
"""Of a table of cases; the workbook has them all."""
LARGEST = 20 * 2**20
"""Bytes of a template when unpacked."""
FONT = "Times New Roman"
FIRST_COLUMN = 0.25
"""Of the width of a table."""
CENTRE, RIGHT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT


def write_docx(report, file, progress):
    document = _filled(report.template or default_template(), report)
    _put_tables(document, report, progress)
    document.save(file)


def check_template(content, report):
    """Fill it in with this report, as it would be; raises ValueError with a sentence for whoever brings it."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > LARGEST:
                raise ValueError(_("Tệp mẫu giải nén quá lớn."))
            if any(name.endswith("vbaProject.bin") for name in archive.namelist()):
                raise ValueError(_("Tệp mẫu không được có macro."))
        filled = _filled(content, report)
    except zipfile.BadZipFile:
        raise ValueError(_("Tệp không phải văn bản docx.")) from None
    except ValueError:
        raise
    except Exception as error:  # whatever the words in somebody's template bring about
        raise ValueError(_("Không điền được mẫu: %s") % error) from None
    if not any(HERE in line.text for line in filled.paragraphs):
        raise ValueError(_("Mẫu cần một đoạn chỉ có {{ tables }}: nơi đặt các bảng số liệu."))


def _filled(content, report):
    template = DocxTemplate(io.BytesIO(content))
    template.render(_said(report), jinja_env=SandboxedEnvironment(autoescape=True), autoescape=True)
    whole = io.BytesIO()
    template.save(whole)
    return Document(whole)


def _said(report):
    """What a template can name."""
    written, issuer = report.narrative, report.issuer
    return {
        "parent": issuer.parent.name.upper() if issuer.parent else "", "issuer": issuer.name.upper(),
        "issuer_name": issuer.name,
        "number": written.number or _("Số:        /BC-…"), "place": report.place,
        "date": _("ngày … tháng … năm %d") % timezone.localdate(report.now).year, "title": report.title.upper(),
        "period": str(report.scope.period), "article": report.article, "addressee": report.addressee,
        "results": written.results, "difficulties": written.difficulties, "causes": written.causes,
        "proposals": written.proposals, "guided": _count(written.guided), "installed": _count(written.installed),
        "summary": report.summary, "signer": _("THỦ TRƯỞNG CƠ QUAN"), "tables": HERE,
        "counted_at": f"{timezone.localtime(report.scope.at):%H:%M %d/%m/%Y}",
    }  # fmt: skip


def _count(number):
    return "…" if number is None else number_format(number, force_grouping=True)


# The page


def default_template() -> bytes:
    """What an agency changes in a word processor to have a form of its own."""
    document = Document()
    _set_page(document)
    _put_head(document)
    _line(document, "{{ title }}", bold=True, align=CENTRE, before=18)
    _line(document, _("Kỳ báo cáo: %s") % "{{ period }}", bold=True, align=CENTRE)
    _line(document, _("Kính gửi: %s") % "{{ addressee }}", align=CENTRE, before=6, after=12)
    _line(
        document,
        _("Thực hiện %(article)s, %(issuer)s báo cáo kết quả như sau:")
        % {"article": "{{ article }}", "issuer": "{{ issuer_name }}"},
        indent=True,
    )
    _part(document, _("I. KẾT QUẢ THỰC HIỆN"), "{{ summary }}", "{{ results }}")
    _line(
        document,
        _(
            "Tuyên truyền, hướng dẫn: %(guided)s lượt người dân, doanh nghiệp được hướng dẫn; "
            "%(installed)s lượt cài đặt, đăng ký sử dụng."
        )
        % {"guided": "{{ guided }}", "installed": "{{ installed }}"},
        indent=True,
    )
    _part(document, _("II. TỒN TẠI, KHÓ KHĂN"), "{{ difficulties }}")
    _part(document, _("III. NGUYÊN NHÂN"), "{{ causes }}")
    _part(document, _("IV. KIẾN NGHỊ, ĐỀ XUẤT"), "{{ proposals }}")
    _put_foot(document)
    _begin_annex(document)
    _line(document, _("PHỤ LỤC SỐ LIỆU"), bold=True, align=CENTRE)
    _line(document, _("(tính đến %s)") % "{{ counted_at }}", italic=True, align=CENTRE, after=6)
    _line(document, "{{ tables }}")
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def _set_page(document):
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(15)
    section.different_first_page_header_footer = True
    number = section.header.paragraphs[0]
    number.alignment = CENTRE
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        run = number.add_run()
        made = OxmlElement("w:fldChar" if kind else "w:instrText")
        made.set(qn("w:fldCharType"), kind) if kind else setattr(made, "text", text)
        run._r.append(made)
    style = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(13)
    for script in ("w:eastAsia", "w:cs"):
        style.element.get_or_add_rPr().get_or_add_rFonts().set(qn(script), FONT)


def _put_head(document):
    left, right = _two_columns(document, Mm(67), Mm(98))
    _add(left, "{{ parent }}", size=12)
    _add(left, "{{ issuer }}", size=12, bold=True)
    _add(left, "{{ number }}", before=6)
    _add(right, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", size=12, bold=True)
    _add(right, "Độc lập - Tự do - Hạnh phúc", bold=True, underline=True)
    _add(right, "{{ place }}, {{ date }}", italic=True, before=6)


def _begin_annex(document):
    """Turned, so that ten columns fit."""
    annex = document.add_section(WD_SECTION.NEW_PAGE)
    annex.orientation, annex.page_width, annex.page_height = WD_ORIENT.LANDSCAPE, Mm(297), Mm(210)
    annex.different_first_page_header_footer = False


def _put_foot(document):
    left, right = _two_columns(document, Mm(80), Mm(85))
    _add(left, _("Nơi nhận:"), size=12, bold=True, italic=True, align=None)
    for line in (_("- Như trên;"), _("- Lưu: VT.")):
        _add(left, line, size=11, align=None)
    _add(right, "{{ signer }}", bold=True)
    _add(right, "", before=60)


def _two_columns(document, *widths):
    table = document.add_table(rows=1, cols=2)
    cells = table.rows[0].cells
    _set_widths(table, widths)
    for cell in cells:
        cell._tc.remove(cell.paragraphs[0]._p)
    return cells


def _set_widths(table, widths):
    """On the grid and on each cell: one word processor reads the one, another the other."""
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
        for cell in column.cells:
            cell.width = width


def _part(document, heading, *texts):
    _line(document, heading, bold=True, before=12)
    for text in texts:
        _line(document, text, indent=True)


def _line(
    place, text, *, bold=False, italic=False, underline=False, size=13, align=None, before=0, after=0, indent=False
):
    paragraph = place.add_paragraph()
    run = paragraph.add_run(text)
    run.bold, run.italic, run.underline, run.font.size = bold, italic, underline, Pt(size)
    paragraph.alignment = align
    paragraph.paragraph_format.space_before, paragraph.paragraph_format.space_after = Pt(before), Pt(after)
    if indent:
        paragraph.paragraph_format.first_line_indent = Mm(10)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    return paragraph


def _add(cell, text, **how):
    return _line(cell, text, **{"align": CENTRE} | how)


# The tables


def _put_tables(document, report, progress):
    here = next((line for line in document.paragraphs if HERE in line.text), None) or document.add_paragraph()
    for done, table in enumerate(report.tables, start=1):
        _move(_line(document, f"{_('Bảng')} {done}. {table.title}", bold=True, before=10, after=4), here)
        if table.count:
            _move(_drawn(document, table), here)
        else:
            _move(_line(document, _("Không có."), italic=True), here)
        if table.of_cases and table.count > MOST_ROWS:
            words = _("Bảng có %(all)d dòng, ở đây in %(shown)d dòng đầu; tệp xlsx có đủ.")
            _move(_line(document, words % {"all": table.count, "shown": MOST_ROWS}, italic=True), here)
        progress(done)
    _move(_line(document, _("Cách tính"), bold=True, before=10, after=4), here)
    for label, meaning in report.meanings:
        _move(_line(document, f"– {label}: {meaning}", size=11), here)
    here._p.getparent().remove(here._p)


def _move(made, here):
    here._p.addprevious(made._p if hasattr(made, "_p") else made._tbl)


def _drawn(document, table):
    rows = table.rows[:MOST_ROWS]
    drawn = document.add_table(rows=1, cols=1 + len(table.columns))
    drawn._tbl.tblPr.append(_borders())
    for cell, head in zip(drawn.rows[0].cells, [table.first, *(column.label for column in table.columns)], strict=True):
        _fill(cell, head, bold=True, align=CENTRE)
    repeated = OxmlElement("w:tblHeader")
    drawn.rows[0]._tr.get_or_add_trPr().append(repeated)
    for row in rows:
        cells = drawn.add_row().cells
        _fill(cells[0], row.label)
        for cell, value in zip(cells[1:], row.cells, strict=True):
            _fill(cell, value.said, align=None if isinstance(value.value, str) else RIGHT)
    page, others = document.sections[-1], len(table.columns)
    whole = page.page_width - page.left_margin - page.right_margin
    first = int(whole * FIRST_COLUMN)
    _set_widths(drawn, [first, *[(whole - first) // others] * others])
    return drawn


def _borders():
    """Of a table's own: a template made elsewhere has no style of ours."""
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        line = OxmlElement(f"w:{side}")
        line.set(qn("w:val"), "single")
        line.set(qn("w:sz"), "4")
        borders.append(line)
    return borders


def _fill(cell, text, bold=False, align=None):
    paragraph = cell.paragraphs[0]
    run = paragraph.add_run(text)
    run.font.size, run.bold = Pt(9.5), bold
    paragraph.alignment = align
    paragraph.paragraph_format.space_after = Pt(0)
