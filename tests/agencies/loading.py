"""Running the loading commands in tests, on the project's files or on small ones."""

import io
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

DATA = settings.BASE_DIR / "agencies" / "data"


def run(command, *args, **options):
    """What a command prints."""
    out = io.StringIO()
    call_command(command, *args, stdout=out, **options)
    return out.getvalue()


def write(folder: Path, name, text):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def load_khanh_hoa(folder: Path):
    """The province of the demo, its communes, its agencies: without the 3.290 communes of the others."""
    lines = (DATA / "administrative_units.csv").read_text(encoding="utf-8").splitlines()
    ours = [line for line in lines[1:] if line.startswith("56,") or line.endswith(",56")]
    run("load_units", write(folder, "khanh_hoa.csv", "\n".join([lines[0], *ours])))
    run("load_agencies", DATA / "agencies.toml")
