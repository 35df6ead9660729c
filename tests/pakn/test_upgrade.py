"""From the tables of the first release, with data in them, to today's: nothing is lost, and every rule holds again."""

import json
import subprocess
import sys

import pytest
from django.conf import settings as project
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import DeleteModel, RemoveField, RenameField, RenameModel

from tests.pakn.running import another_database, environment

TAKES_AWAY = (RemoveField, RenameField, DeleteModel, RenameModel)
OWN = {"agencies", "submissions", "workflow", "reports"}


@pytest.fixture
def empty(tmp_path, db):
    """The environment of processes that have a database of their own, without a table."""
    if connection.vendor == "sqlite":
        yield environment(tmp_path / "var", SECRET_KEY="k" * 60, DATABASE_URL=f"sqlite:///{tmp_path}/old.sqlite3")
        return
    with another_database("old") as url:
        yield environment(tmp_path / "var", SECRET_KEY="k" * 60, DATABASE_URL=url)


def test_cases_of_the_first_release_come_along(empty):
    done = subprocess.run(
        [sys.executable, "-m", "tests.pakn.first_release"], cwd=project.BASE_DIR, capture_output=True, text=True,
        env=empty | {"DJANGO_SETTINGS_MODULE": "pakn.settings"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout)
    assert [row[:2] for row in told["cases"]] == [["DISTRIBUTED", True]] * 3
    assert all("den duong hong" in row[2] for row in told["cases"])
    assert told["names"] == ["nguyen thi cuc"] * 3
    assert told["clocks"] == 3


def test_no_migration_takes_away_what_a_release_that_still_runs_reads():
    """Add, fill, tighten: what must go goes a release after nothing reads it, and is named here then."""
    found = [
        f"{app}.{name}: {type(operation).__name__}"
        for (app, name), migration in MigrationLoader(None).disk_migrations.items()
        if app in OWN
        for operation in migration.operations
        if isinstance(operation, TAKES_AWAY)
    ]
    assert found == []


def test_every_migration_says_in_its_name_what_it_does():
    names = [name for app, name in MigrationLoader(None).disk_migrations if app in OWN]
    assert [name for name in names if "auto" in name or not name[5:].replace("_", "").isalnum()] == []
