"""CSV for programs: one line a figure, plain numbers, UTF-8."""

import csv
import io
from datetime import datetime

from agencies.calendar import printed
from submissions.text import harmless

HEAD = ("table", "row", "figure", "value", "numerator", "denominator")


def write_csv(report, file, progress):
    text = io.TextIOWrapper(file, encoding="utf-8", newline="")
    lines = csv.writer(text)
    lines.writerow(HEAD)
    for done, table in enumerate(report.tables, start=1):
        for row in table.rows:
            for column, cell in zip(table.columns, row.cells, strict=True):
                if cell.value is not None or cell.is_share:
                    lines.writerow([table.key, row.key, column.key, *_plain(cell)])
        progress(done)
    text.detach()


def _plain(cell):
    value = cell.percent if cell.value is None else cell.value
    if isinstance(value, datetime):
        value = printed(value)
    return [harmless(value), "" if cell.part is None else cell.part, "" if cell.whole is None else cell.whole]
