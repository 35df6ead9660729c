"""PostgreSQL's own tools, reading and writing streams that are never plain on a disk."""

import os
import shutil
import subprocess
from contextlib import contextmanager, suppress

import pyrage
from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from psycopg2.sql import SQL, Identifier

from .points import BackupError

DAMAGED = (pyrage.DecryptError, OSError)
"""What decrypting raises: of another key, and where the contents end too early or were changed."""
DAMAGED_OR_FOREIGN = "the key does not open the dump, or the dump is damaged"


@contextmanager
def snapshot():
    """The database as it is at this moment, for this connection and for whoever is told its name."""
    if connection.vendor != "postgresql":
        raise BackupError("only a PostgreSQL database is backed up: set DATABASE_URL")
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        yield cursor.fetchone()[0]


def dump(name, target, recipient):
    """Write the snapshot `name` to an open file, encrypted for `recipient`."""
    tool = _start("pg_dump", "--format=custom", "--no-owner", "--no-acl", f"--snapshot={name}", stdout=subprocess.PIPE)
    pyrage.encrypt_io(tool.stdout, target, [recipient])
    _end(tool)


def load(source, identity):
    """Bring the encrypted dump in an open file into the empty database."""
    options = (
        "--no-owner",
        "--no-acl",
        "--no-comments",
        "--exit-on-error",
        "--single-transaction",
        "--dbname",
        _database()["NAME"],
    )
    tool = _start("pg_restore", *options, stdin=subprocess.PIPE)
    _fed(tool, source, identity)


def check(source, identity):
    """Read the encrypted dump in an open file to its end and see that its directory is whole."""
    with open(os.devnull, "wb") as nowhere:
        try:
            pyrage.decrypt_io(source, nowhere, [identity])
        except DAMAGED as error:
            raise BackupError(DAMAGED_OR_FOREIGN) from error
    source.seek(0)
    _fed(_start("pg_restore", "--list", stdin=subprocess.PIPE, stdout=subprocess.DEVNULL), source, identity)


def _fed(tool, source, identity):
    try:
        pyrage.decrypt_io(source, tool.stdin, [identity])
    except BrokenPipeError:
        pass  # the tool ended first and says why
    except DAMAGED as error:
        with tool:
            tool.kill()
        raise BackupError(DAMAGED_OR_FOREIGN) from error
    with suppress(BrokenPipeError):
        tool.stdin.close()
    _end(tool)


def is_empty() -> bool:
    return not connection.introspection.table_names()


def counts() -> dict:
    """{table: rows}"""
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(SQL("SELECT count(*) FROM {}").format(Identifier(table)))
            found[table] = cursor.fetchone()[0]
    return found


def migrations() -> list:
    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())


def _start(program, *options, **streams):
    path = shutil.which(program)
    if path is None:
        raise BackupError(f"{program} is needed (Debian: apt install postgresql-client)")
    given = _database()
    variables = {
        "PGHOST": given["HOST"], "PGPORT": str(given["PORT"] or ""), "PGUSER": given["USER"],
        "PGPASSWORD": given["PASSWORD"], "PGDATABASE": given["NAME"],
    }  # fmt: skip
    environment = os.environ | {name: value for name, value in variables.items() if value}
    return subprocess.Popen([path, *options], env=environment, stderr=subprocess.PIPE, **streams)  # noqa: S603 PostgreSQL's own tools


def _end(tool):
    with tool:
        said = tool.stderr.read().decode(errors="replace").strip()
    if tool.returncode:
        lines = said.splitlines() or [f"exit code {tool.returncode}"]
        told = next((line for line in lines if "error" in line.lower()), lines[-1])
        raise BackupError(f"{tool.args[0]} failed: {told}")


def _database():
    """As this process is connected: under test that is the test's own database."""
    return settings.DATABASES["default"] | connection.settings_dict
