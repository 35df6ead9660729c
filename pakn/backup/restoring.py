"""Bring a point back into an empty database, and prove that what is there is what was there."""

import hashlib
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import pyrage

from submissions.files import private_storage
from workflow import audit

from . import database
from .points import BackupError, Point, settle, sha256_of


def identity(path):
    """The private key in a file as `new_backup_key` or age-keygen writes it. Raises BackupError."""
    try:
        lines = Path(path).read_text().splitlines()
        return pyrage.x25519.Identity.from_str(next(line for line in lines if line.startswith("AGE-SECRET-KEY-")))
    except (OSError, StopIteration, pyrage.IdentityError) as error:
        raise BackupError(f"{path} holds no private key AGE-SECRET-KEY-…") from error


def restore(point: Point, key) -> None:
    """Database first, then attachments; what stands under MEDIA_ROOT already is left. Raises BackupError."""
    if not database.is_empty():
        raise BackupError("the database holds tables already: restore into a new one")
    with point.database.open("rb") as source:
        database.load(source, key)
    restore_files(point, key)


def restore_files(point: Point, key) -> None:
    """Attachments alone, those that are not there yet; what cannot be read is found by the comparison afterwards."""
    told = point.manifest
    for path, _sha256 in told.files:
        if path not in told.missing:
            with suppress(*database.DAMAGED):
                _bring_back(point, path, key)


def faults_of_point(point: Point, key=None):
    """Each thing wrong with a point; with the private key its contents are read to the end, too."""
    told = point.manifest
    is_whole = sha256_of(point.database) == told.database_sha256
    if not is_whole:
        yield "database.age was changed since it was written"
    yield from (f"{path}: was missing when the point was taken" for path in told.missing)
    there = [(path, sha256) for path, sha256 in told.files if path not in told.missing]
    yield from (f"{path}: is missing" for path, _sha256 in there if not point.file(path).exists())
    if key is None:
        return
    if is_whole:
        with point.database.open("rb") as source:
            database.check(source, key)
    for path, sha256 in there:
        if point.file(path).exists() and not _opens(point, path, sha256, key):
            yield f"{path}: does not open with this key, or is not what it was"


def faults_of_restored(point: Point):
    """Each difference between the portal as it runs here and the point; reads every attachment and the whole audit."""
    told = point.manifest
    here = database.counts()
    yield from (f"{table}: {here.get(table)} rows, not {rows}" for table, rows in told.counts.items()
                if here.get(table) != rows)  # fmt: skip
    if database.migrations() != told.migrations:
        yield "the tables are of another release: run manage.py migrate after this check"
    for path, sha256 in told.files:
        if path in told.missing:
            continue
        stored = Path(private_storage().path(path))
        if not stored.exists() or sha256 and sha256_of(stored) != sha256:
            yield f"{path}: is missing or is not what it was"
    yield from (f"audit {fault.where}: {fault.what}" for fault in audit.verify())


def _bring_back(point, path, key):
    final = Path(private_storage().path(path))
    if final.exists():
        return
    final.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = final.with_suffix(".restoring")
    with point.file(path).open("rb") as source, part.open("wb") as target:
        part.chmod(0o600)
        pyrage.decrypt_io(source, target, [key])
    settle(part, final)


def _opens(point, path, sha256, key):
    plain = BytesIO()
    try:
        with point.file(path).open("rb") as source:
            pyrage.decrypt_io(source, plain, [key])
    except database.DAMAGED:
        return False
    return not sha256 or hashlib.sha256(plain.getbuffer()).hexdigest() == sha256
