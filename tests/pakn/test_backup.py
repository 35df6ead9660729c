"""The drill: what was taken is brought back into a new database and a new folder, and any fault of it is told."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
from django.conf import settings as project
from django.core.management import CommandError, call_command
from django.db import connection

from pakn.backup import points
from submissions.drafts import keep_uploads
from submissions.models import Attachment, Case
from tests.pakn.running import another_database, environment
from tests.submissions.pages import picture
from workflow.models import AuditEntry

NOW = datetime(2026, 11, 28, 8, 0, tzinfo=UTC)


@pytest.fixture
def key(settings, tmp_path, capsys):
    """The private key's file; the portal knows the public one."""
    settings.BACKUP_DIR = tmp_path / "backup"
    call_command("new_backup_key", tmp_path / "key")
    settings.BACKUP_KEY = capsys.readouterr().out.strip().removeprefix("BACKUP_KEY=")
    return tmp_path / "key"


@pytest.fixture
def filled(journey, cast, key):
    """Two cases, one with a picture; the point that holds them."""
    (draft,), _refused = keep_uploads([picture()], "key", [])
    journey(drafts=[draft], title="Đèn hỏng ở hẻm bí mật")
    cast.files()
    call_command("backup")
    (point,) = points.points_in(project.BACKUP_DIR)
    return point


@pytest.fixture
def elsewhere(tmp_path):
    """The environment of a machine with an empty database and no attachments."""
    with another_database("restored") as url:
        yield environment(tmp_path / "var", SECRET_KEY="k" * 60, DATABASE_URL=url)


def manage(variables, *arguments):
    command = [sys.executable, "manage.py", *map(str, arguments)]
    return subprocess.run(command, cwd=project.BASE_DIR, env=variables, capture_output=True, text=True)


@pytest.mark.postgres_only
@pytest.mark.django_db(transaction=True)
def test_the_drill(filled, key, elsewhere):
    attachment = Attachment.objects.get()
    held = [path for path, _sha256 in filled.manifest.files]
    assert held == [attachment.path, f"{attachment.path}.nho"]
    done = manage(elsewhere, "restore", filled.folder, "--identity", key)
    assert (done.returncode, done.stderr) == (0, "")
    assert "2 tệp, chuỗi nhật ký nguyên vẹn" in done.stdout
    brought = Path(elsewhere["VAR_DIR"]) / "media" / attachment.path
    assert brought.read_bytes() == Path(project.MEDIA_ROOT, attachment.path).read_bytes()
    assert brought.stat().st_mode & 0o777 == 0o600
    shown = "from submissions.models import Case; print(*sorted(Case.objects.values_list('title', flat=True)), sep='|')"
    titles = manage(elsewhere, "shell", "-v0", "-c", shown).stdout.strip()
    assert titles == "|".join(sorted(Case.objects.values_list("title", flat=True)))
    again = manage(elsewhere, "restore", filled.folder, "--identity", key)
    assert again.returncode == 1 and "holds tables already" in again.stderr
    change = (
        "from django.db import connection as c; k = c.cursor();"
        "k.execute('ALTER TABLE workflow_auditentry DISABLE TRIGGER USER');"
        "k.execute(\"UPDATE workflow_auditentry SET subject = 'x' WHERE number = 1\")"
    )
    manage(elsewhere, "shell", "-v0", "-c", change)
    changed = manage(elsewhere, "restore", filled.folder, "--identity", key, "--check-only")
    assert changed.returncode == 1 and "was changed" in changed.stderr


@pytest.mark.postgres_only
@pytest.mark.django_db(transaction=True)
def test_nothing_of_anybody_lies_open_in_the_folder(filled):
    for path in filled.folder.parent.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert "bí mật".encode() not in content and b"PGDMP" not in content and b"\x89PNG" not in content
            assert os.access(path, os.R_OK)


@pytest.mark.postgres_only
@pytest.mark.django_db(transaction=True)
def test_attachments_are_kept_once_and_the_database_each_time(filled, cast, key):
    (copy, _small) = (filled.file(path) for path, _sha256 in filled.manifest.files)
    written = copy.stat().st_mtime_ns
    cast.files()
    points.begin(project.BACKUP_DIR, NOW)
    filled.folder.rename(filled.folder.with_name("20261128T070000Z"))
    call_command("backup")
    latest, before = points.points_in(project.BACKUP_DIR)
    assert copy.stat().st_mtime_ns == written
    assert latest.manifest.counts["submissions_case"] == before.manifest.counts["submissions_case"] + 1
    assert latest.manifest.counts["workflow_auditentry"] == AuditEntry.objects.count()


@pytest.mark.postgres_only
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (lambda point: point.database.write_bytes(point.database.read_bytes()[:-50]), "database.age was changed"),
        (lambda point: point.file(point.manifest.files[0][0]).unlink(), "is missing"),
        (lambda point: point.file(point.manifest.files[0][0]).write_bytes(b"age-encryption.org/v1\n"), "does not open"),
        (lambda point: (point.folder / "manifest.json").write_text("{}"), "no whole point"),
    ],
)
def test_whatever_is_wrong_with_a_point_is_told(filled, key, capsys, harm, told):
    call_command("verify_backup", identity=key)
    assert "nguyên vẹn" in capsys.readouterr().out
    harm(filled)
    with pytest.raises(CommandError, match=told):
        call_command("verify_backup", identity=key)


@pytest.mark.postgres_only
@pytest.mark.django_db(transaction=True)
def test_a_copy_that_cannot_be_read_keeps_none_of_the_others_back(filled, key, elsewhere):
    picture_, small = (filled.file(path) for path, _sha256 in filled.manifest.files)
    whole = picture_.read_bytes()
    picture_.write_bytes(whole[:-9])
    done = manage(elsewhere, "restore", filled.folder, "--identity", key)
    assert done.returncode == 1 and "is missing or is not what it was" in done.stderr
    assert len(list(Path(elsewhere["VAR_DIR"]).rglob("*.nho"))) == 1
    picture_.write_bytes(whole)
    done = manage(elsewhere, "restore", filled.folder, "--identity", key, "--files-only")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.postgres_only
@pytest.mark.django_db(transaction=True)
def test_two_at_once_and_one_that_fails_leave_nothing_half_done(filled):
    with points.held(project.BACKUP_DIR), pytest.raises(CommandError, match="another backup"):
        call_command("backup")
    with pytest.raises(CommandError, match="pg_dump failed"), patch.dict(connection.settings_dict, PORT="1"):
        call_command("backup")
    assert [path.name for path in Path(project.BACKUP_DIR).glob("*T*")] == [filled.folder.name]


@pytest.mark.postgres_only
@pytest.mark.django_db(transaction=True)
def test_another_key_opens_nothing(filled, key, tmp_path, capsys):
    call_command("new_backup_key", tmp_path / "other")
    with pytest.raises(CommandError, match="the key does not open the dump"):
        call_command("verify_backup", identity=tmp_path / "other")


@pytest.mark.postgres_only
@pytest.mark.django_db(transaction=True)
def test_an_attachment_that_is_not_there_is_told_and_the_rest_is_kept(filled, capsys):
    Path(project.MEDIA_ROOT, Attachment.objects.get().path).unlink()
    filled.folder.rename(filled.folder.with_name("20261128T070000Z"))
    filled.file(Attachment.objects.get().path).unlink()
    with pytest.raises(CommandError, match="Thiếu 1 tệp"):
        call_command("backup")
    assert len(points.points_in(project.BACKUP_DIR)) == 2


def test_without_a_key_or_on_sqlite_nothing_is_written(settings, tmp_path, db):
    settings.BACKUP_DIR, settings.BACKUP_KEY = tmp_path / "backup", ""
    with pytest.raises(CommandError, match="new_backup_key"):
        call_command("backup")
    assert not (tmp_path / "backup").exists()


def test_a_private_key_is_never_overwritten(tmp_path):
    (tmp_path / "key").write_text("mine")
    with pytest.raises(CommandError, match="File exists"):
        call_command("new_backup_key", tmp_path / "key")
    assert (tmp_path / "key").read_text() == "mine"


def test_points_are_kept_all_for_two_days_then_one_a_day_then_one_a_month(tmp_path):
    made = [NOW - timedelta(hours=6 * n) for n in range(4 * 100)] + [NOW - timedelta(days=n) for n in (365, 370, 800)]
    manifest = points.Manifest("", "", {}, [], [["ab/kept", ""]])
    for at in made:
        points.finish(points.begin(tmp_path, at), manifest)
    for name in ("kept", "stale"):
        (tmp_path / "files" / "ab").mkdir(parents=True, exist_ok=True)
        (tmp_path / "files" / "ab" / f"{name}.age").write_text("")
    points.prune(tmp_path, NOW)
    left = [point.made_at for point in points.points_in(tmp_path)]
    young = [at for at in left if NOW - at <= timedelta(days=2)]
    daily = [at for at in left if timedelta(days=2) < NOW - at <= timedelta(days=35)]
    old = [at for at in left if NOW - at > timedelta(days=35)]
    assert len(young) == 9
    assert len({at.date() for at in daily}) == len(daily) == 33
    assert [(at.year, at.month) for at in old] == [(2026, 10), (2026, 9), (2026, 8), (2025, 11)]
    assert [path.name for path in (tmp_path / "files").rglob("*.age")] == ["kept.age"]
