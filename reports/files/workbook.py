"""xlsx: one sheet a table, typed cells, never a formula out of data; what is counted stands as a comment beside it."""

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from agencies.calendar import LOCAL

BOLD = Font(bold=True)
MOMENT = "dd/mm/yyyy hh:mm"


def write_xlsx(report, file, progress):
    book = Workbook(write_only=True)
    book.properties.title = report.title
    for done, table in enumerate(report.tables, start=1):
        _write_sheet(book.create_sheet(table.key), table, report.definitions)
        progress(done)
    book.save(file)


def _write_sheet(sheet, table, definitions):
    shares = _columns_of_shares(table)
    heads = [(table.first, "")]
    for place, column in enumerate(table.columns):
        heads += [(head, column.definition) for head in _heads(column, shares.get(place, ""))]
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(heads))}{table.count + 1}"
    for place, (head, _definition) in enumerate(heads, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = 34 if place == 1 else max(14, min(len(head) + 2, 44))
    sheet.append([_text(sheet, head, definition, bold=True) for head, definition in heads])
    for row in table.rows:
        cells = [_text(sheet, row.label, "" if table.of_cases else _meaning(row, definitions))]
        for place, cell in enumerate(row.cells):
            cells += _cells(sheet, cell, shares.get(place, ""))
        sheet.append(cells)


def _meaning(row, definitions):
    """What a row counts whose figures are all the same one."""
    counted = {cell.figure for cell in row.cells if cell.figure}
    return definitions[counted.pop()][1] if len(counted) == 1 else ""


def _columns_of_shares(table):
    """{place: how the column is written}: "share" with numerator and denominator, "both" after the number itself."""
    if table.of_cases:
        return {}
    found = {}
    for place, _column in enumerate(table.columns):
        cells = [row.cells[place] for row in table.rows]
        if any(cell.is_share for cell in cells):
            found[place] = "both" if any(cell.is_share and cell.value is not None for cell in cells) else "share"
    return found


def _heads(column, written):
    share = [f"{column.label} (%)", _("%s: tử số") % column.label, _("%s: mẫu số") % column.label]
    return {"": [column.label], "share": share, "both": [column.label, *share]}[written]


def _cells(sheet, cell, written):
    number = [_typed(sheet, cell.value)]
    share = [_percent(sheet, cell), cell.part, cell.whole]
    return {"": number, "share": share, "both": number + share}[written]


def _percent(sheet, cell):
    """As a fraction that is shown in percent; nothing where there is nothing to divide by."""
    if not cell.whole:
        return None
    made = WriteOnlyCell(sheet, value=cell.part / cell.whole)
    made.number_format = f"0.{'0' * cell.digits}%"
    return made


def _typed(sheet, value):
    if isinstance(value, str):
        return _text(sheet, value)
    if hasattr(value, "astimezone"):
        made = WriteOnlyCell(sheet, value=value.astimezone(LOCAL).replace(tzinfo=None))
        made.number_format = MOMENT
        return made
    return value


def _text(sheet, value, said="", bold=False):
    made = WriteOnlyCell(sheet, value=str(value))
    made.data_type = "s"
    if said:
        made.comment = Comment(said, _("Định nghĩa"), height=120, width=320)
    if bold:
        made.font = BOLD
    return made
