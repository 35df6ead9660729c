"""PDF, where the libraries that draw it are installed; elsewhere people print the page."""

from functools import cache
from importlib import import_module

from django.template.loader import render_to_string
from PIL import ImageFile

MOST_ROWS = 300
"""Of a table of cases; drawing thousands takes minutes, the workbook has them all."""


@cache
def is_possible() -> bool:
    """Whether WeasyPrint finds its libraries (Debian: libpango-1.0-0, libpangoft2-1.0-0, libharfbuzz-subset0)."""
    try:
        _weasyprint()
    except OSError:
        return False
    return True


def write_pdf(report, file, progress):
    draw(render_to_string("reports/document.html", {"report": report, "most": MOST_ROWS}), file)
    progress(len(report.tables))


def draw(page, file):
    """The HTML as PDF; of what it names nothing is fetched, neither files nor addresses (R35)."""
    weasyprint = _weasyprint()
    nothing = weasyprint.urls.URLFetcher(allowed_protocols=["data"])
    weasyprint.HTML(string=page, url_fetcher=nothing).write_pdf(file)


def _weasyprint():
    """Loaded when it is needed: it fails where a library is missing, and nothing else may.

    Loading it makes Pillow read torn pictures everywhere, which uploads must not; that is taken back.
    """
    module = import_module("weasyprint")
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    return module
