"""Files of reports in the background: asked for, written by the worker's call, fetched by who asked."""

from pathlib import Path

import pytest
from django.test import Client
from docx import Document

from reports.jobs import write_waiting
from reports.models import ReportFile
from submissions.files import private_storage
from tests.cast import at
from tests.workflow.desk import desk_of
from workflow.models import AuditEntry

MARCH = {"kind": "department", "first": "2026-03-01", "last": "2026-03-31"}


@pytest.fixture
def asked(answered):
    answered(accepted="2026-03-02 16:01")
    desk = desk_of("tam")
    answer = desk.post("/bao-cao/tep/", MARCH | {"format": "docx"})
    assert answer.status_code == 302
    return desk, answer["Location"]


def test_a_file_is_waited_for_then_fetched_and_noted(asked):
    desk, address = asked
    text = desk.get(address).content.decode()
    assert "data-waiting" in text
    assert desk.get(f"{address}tai-ve/").status_code == 404
    assert write_waiting() == 1
    text = desk.get(address).content.decode()
    assert "data-waiting" not in text
    answer = desk.get(f"{address}tai-ve/")
    assert "bao-cao-department-20260301-20260331.docx" in answer["Content-Disposition"]
    content = b"".join(answer.streaming_content)
    assert content.startswith(b"PK")
    noted = AuditEntry.objects.filter(kind=AuditEntry.Kind.EXPORTED).latest("pk")
    assert (noted.actor.username, "docx" in noted.subject) == ("tam", True)


def test_progress_is_counted_by_tables(asked):
    write_waiting()
    row = ReportFile.objects.get()
    assert (row.tables_done, row.problem, row.is_waiting) == (9, "", False)
    path = Path(private_storage().path(row.path))
    assert Document(path).tables
    assert path.stat().st_mode & 0o777 == 0o600


def test_nobody_else_fetches_it(asked):
    _desk, address = asked
    write_waiting()
    for other in ("oanh", "lan", "quang", "binh"):
        assert desk_of(other).get(address).status_code == 404
        assert desk_of(other).get(f"{address}tai-ve/").status_code == 404
    assert Client().get(address).status_code == 302


def test_who_died_over_it_leaves_it_to_the_next_one(asked):
    ReportFile.objects.update(begun_at=at("2026-03-02 08:00"))
    assert write_waiting(at("2026-03-02 08:10")) == 0
    assert write_waiting(at("2026-03-02 08:31")) == 1


def test_what_cannot_be_written_is_told(asked, no_folder):
    desk, address = asked
    write_waiting()
    assert "Không lập được tệp" in desk.get(address).content.decode()


@pytest.fixture
def no_folder(settings, tmp_path):
    """A file stands where the folder should be."""
    blocked = tmp_path / "blocked"
    blocked.write_text("")
    settings.MEDIA_ROOT = blocked


def test_an_unknown_format_is_refused(cast):
    assert desk_of("tam").post("/bao-cao/tep/", MARCH | {"format": "exe"}).status_code == 400
    assert desk_of("tam").post("/bao-cao/tep/", MARCH | {"kind": "x", "format": "csv"}).status_code == 404
