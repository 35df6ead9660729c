"""A report as a file: the same tables as on the page."""

from .letter import write_docx
from .plain import write_csv
from .workbook import write_xlsx

WRITERS = {"xlsx": write_xlsx, "docx": write_docx, "csv": write_csv}
FORMATS = tuple(WRITERS)


def write(report, format, file, progress=lambda tables: None):
    """Write it to a binary file; `progress` is told how many tables are done."""
    WRITERS[format](report, file, progress)
