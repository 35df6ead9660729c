"""A report as a file: the same tables as on the page."""

from . import pdf
from .letter import write_docx
from .plain import write_csv
from .workbook import write_xlsx

WRITERS = {"xlsx": write_xlsx, "docx": write_docx, "csv": write_csv, "pdf": pdf.write_pdf}
FORMATS = ("xlsx", "docx", "csv")
"""What can be written everywhere."""


def offered() -> tuple[str, ...]:
    """The formats that can be written on this machine."""
    return (*FORMATS, "pdf") if pdf.is_possible() else FORMATS


def write(report, format, file, progress=lambda tables: None):
    """Write it to a binary file; `progress` is told how many tables are done."""
    WRITERS[format](report, file, progress)
