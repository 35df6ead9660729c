"""A backup folder: points in time, and the attachments, each kept once however many points need it.

    20261128T080000Z/database.age   what pg_dump wrote, encrypted
    20261128T080000Z/manifest.json  what the point holds: numbers, hashes and random paths, nothing of anybody
    files/ab/cd/<32 hex digits>.age

A point appears whole or not at all. Only the private key, which the server does not have, opens what is encrypted.
"""

import fcntl
import hashlib
import json
import os
import shutil
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

FORMAT = 1
NAMED = "%Y%m%dT%H%M%SZ"
PART = ".part"
ALL_FOR, DAILY_FOR, MONTHLY_FOR = timedelta(days=2), timedelta(days=35), timedelta(days=366)
"""How long every point is kept, how long one a day, and one a month: who was erased is gone from all after a year."""
ABANDONED = timedelta(days=1)


class BackupError(Exception):
    """Why a backup cannot be taken, read or brought back, in a sentence."""


@dataclass(frozen=True)
class Manifest:
    """`files` holds [path under MEDIA_ROOT, sha256 or "" for pictures and reports]; `missing` what was not there."""

    made_at: str
    database_sha256: str
    counts: dict
    migrations: list
    files: list = field(default_factory=list)
    missing: list = field(default_factory=list)
    format: int = FORMAT


@dataclass(frozen=True)
class Point:
    folder: Path

    @property
    def made_at(self):
        return _moment(self.folder.name)

    @property
    def database(self):
        return self.folder / "database.age"

    @property
    def manifest(self) -> Manifest:
        """Raises BackupError."""
        try:
            told = Manifest(**json.loads((self.folder / "manifest.json").read_text()))
        except (OSError, ValueError, TypeError) as error:
            raise BackupError(f"{self.folder} is no whole point of a backup") from error
        if told.format != FORMAT:
            raise BackupError(f"{self.folder} was written in format {told.format}; this release reads {FORMAT}")
        return told

    def file(self, path):
        """Where the encrypted copy of an attachment is."""
        return self.folder.parent / "files" / f"{path}.age"


def points_in(folder) -> list[Point]:
    """The latest first."""
    found = (child for child in Path(folder).glob("*Z") if _moment(child.name))
    return sorted(map(Point, found), key=lambda point: point.folder.name, reverse=True)


def begin(folder, now) -> Point:
    """A point under construction; `finish` lets it appear."""
    part = Path(folder) / (now.astimezone(UTC).strftime(NAMED) + PART)
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(mode=0o700, parents=True)
    return Point(part)


@contextmanager
def held(folder):
    """One backup at a time: two would write the same attachments, and one delete what the other needs."""
    Path(folder).mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(Path(folder) / ".lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BackupError(f"another backup is writing to {folder}") from error
        yield


def give_up(point):
    """Nothing is left of a point that could not be finished."""
    shutil.rmtree(point.folder, ignore_errors=True)


def settle(part, final):
    """Let a file appear under its name once the disk has it, whatever happens to the power."""
    with open(part, "rb") as file:
        os.fsync(file.fileno())
    part.rename(final)
    settle_folder(final.parent)


def settle_folder(folder):
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def finish(point, manifest) -> Point:
    told = point.folder / f"manifest{PART}"
    told.write_text(json.dumps(asdict(manifest)))
    settle(told, point.folder / "manifest.json")
    final = point.folder.with_name(point.folder.name.removesuffix(PART))
    if final.exists():
        raise BackupError(f"{final} exists already")
    point.folder.rename(final)
    settle_folder(final.parent)
    return Point(final)


def prune(folder, now) -> tuple[int, int]:
    """Delete points that are no longer kept, and attachments that no point needs; how many of each."""
    for part in Path(folder).glob(f"*{PART}"):
        if now.timestamp() - part.stat().st_mtime > ABANDONED.total_seconds():
            shutil.rmtree(part)
    points = points_in(folder)
    kept = _kept(points, now)
    gone = [point for point in points if point not in kept]
    for point in gone:
        shutil.rmtree(point.folder)
    stale = _unneeded(Path(folder) / "files", kept) if gone else []
    for path in stale:
        path.unlink()
    return len(gone), len(stale)


def _unneeded(files, kept):
    """None where a point that is kept cannot say what it needs."""
    try:
        needed = {Path(path) for point in kept for path, _sha256 in point.manifest.files}
    except BackupError:
        return []
    return [path for path in files.rglob("*.age") if path.relative_to(files).with_suffix("") not in needed]


def _kept(points, now):
    """Of each day, later of each month, the latest point."""
    kept, seen = [], set()
    for point in points:
        age, day = now - point.made_at, point.made_at.date()
        place = (day, day) if age <= DAILY_FOR else (day.year, day.month)
        if age <= ALL_FOR or age <= MONTHLY_FOR and place not in seen:
            kept.append(point)
        seen.add(place)
    return kept


def _moment(name):
    """When the point of this name was taken; None for any other name."""
    try:
        return datetime.strptime(name, "%Y%m%dT%H%M%S%z")
    except ValueError:
        return None


def sha256_of(path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
