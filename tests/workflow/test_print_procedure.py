from io import StringIO
from pathlib import Path

from django.core.management import call_command

PRINTED = Path(__file__).resolve().parents[2] / "docs" / "quy-trinh.md"


def test_the_printed_procedure_in_the_docs_is_the_one_that_runs(cast):
    out = StringIO()
    call_command("print_procedure", stdout=out)
    assert out.getvalue() == PRINTED.read_text(encoding="utf-8")
