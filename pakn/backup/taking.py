"""Take a point: the database and what it says of attachments, all of one moment; attachments that are new since."""

import os
from collections.abc import Iterator
from pathlib import Path

import pyrage

from reports.models import ReportFile
from submissions.files import private_storage, thumbnail_of
from submissions.models import Attachment

from . import database
from .points import BackupError, Manifest, Point, begin, finish, give_up, settle, sha256_of


def recipient(text):
    """The public key `age1…` of whoever may bring a backup back. Raises BackupError."""
    try:
        return pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError as error:
        raise BackupError("BACKUP_KEY is no public key such as age1…: manage.py new_backup_key makes a pair") from error


def take(folder, key, now) -> Point:
    """Attachments are copied after the snapshot: each that it names was stored before. Raises BackupError."""
    locked = recipient(key)
    point = begin(folder, now)
    try:
        return _taken(point, locked, now)
    except BaseException:
        give_up(point)
        raise


def _taken(point, locked, now):
    with database.snapshot() as name, point.database.open("xb") as target:
        database.dump(name, target, locked)
        counts, migrations, files = database.counts(), database.migrations(), list(_named_files())
        os.fsync(target.fileno())
    missing = [path for path, _sha256 in files if not _copy(point, path, locked)]
    told = Manifest(now.isoformat(), sha256_of(point.database), counts, migrations, files, missing)
    return finish(point, told)


def _named_files() -> Iterator[tuple[str, str]]:
    for path, sha256, kind in Attachment.objects.order_by("path").values_list("path", "sha256", "kind").iterator():
        yield path, sha256
        if kind == "image":
            yield thumbnail_of(path), ""
    for report in ReportFile.objects.filter(done_at__isnull=False).order_by("pk"):
        yield report.path, ""


def _copy(point, path, locked) -> bool:
    """Under a stored name the content never changes: what is there already is not written again."""
    copy = point.file(path)
    if copy.exists():
        return True
    source, part = Path(private_storage().path(path)), copy.with_suffix(".part")
    if not source.exists():
        return False
    part.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with source.open("rb") as plain, part.open("wb") as target:
        pyrage.encrypt_io(plain, target, [locked])
    settle(part, copy)
    return True
