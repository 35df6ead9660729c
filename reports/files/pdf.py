"""PDF, where the libraries that draw it are installed; elsewhere people print the page."""

from functools import cache

from django.template.loader import render_to_string

MOST_ROWS = 300
"""Of a table of cases; drawing thousands takes minutes, the workbook has them all."""


@cache
def is_possible() -> bool:
    """Whether WeasyPrint finds its libraries (Debian: libpango-1.0-0, libpangoft2-1.0-0, libharfbuzz-subset0)."""
    try:
        import weasyprint  # noqa: F401, PLC0415 fails where a library is missing, and nothing else may
    except OSError:
        return False
    return True


def write_pdf(report, file, progress):
    from weasyprint import HTML  # noqa: PLC0415 see above

    HTML(string=render_to_string("reports/document.html", {"report": report, "most": MOST_ROWS})).write_pdf(file)
    progress(len(report.tables))
