"""The texts of the public pages: reading them, and loading the first ones from a file."""

import tomllib
from pathlib import Path

from .models import PublicText

Kind = PublicText.Kind


def home_text(now) -> PublicText | None:
    return PublicText.objects.shown_at(now).filter(kind=Kind.HOME).first()


def texts_of(kind, now) -> list[PublicText]:
    """Guides or questions in their order; there are few, and they stand on one page."""
    return list(PublicText.objects.shown_at(now).filter(kind=kind).order_by("position", "pk"))


def news(now):
    """What has been published, the latest first."""
    return PublicText.objects.shown_at(now).filter(kind=Kind.NEWS).order_by("-shown_from", "-pk")


def load_texts(path: Path, now) -> int:
    """Add the texts of a TOML file that are not there yet, shown from `now` on; gives how many.

    One that is there stays as its editor left it; a home page that has an opening gets no second one.
    Raises OSError, tomllib.TOMLDecodeError.
    """
    rows = tomllib.loads(path.read_text())["text"]
    known = set(PublicText.objects.values_list("slug", flat=True))
    has_opening = PublicText.objects.filter(kind=Kind.HOME).exists()
    rows = [row for row in rows if row["slug"] not in known and not (has_opening and row["kind"] == Kind.HOME)]
    new = [PublicText(shown_from=now, **row) for row in rows]
    PublicText.objects.bulk_create(new)
    return len(new)
