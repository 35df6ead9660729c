"""What every installation begins with: places, rules, calendar, agencies, texts, from the files of the project.

What somebody has changed since would be set back: for a database that nobody works with yet.
"""

from django.conf import settings
from django.core.management import call_command

DATA = settings.BASE_DIR / "agencies" / "data"


def load_reference_data(verbosity=0):
    call_command("load_units", DATA / "administrative_units.csv", DATA / "former_communes.csv", verbosity=verbosity)
    call_command("load_rules", *sorted((DATA / "rules").glob("*.toml")), verbosity=verbosity)
    call_command("load_calendar", DATA / "calendar.csv", write=True, verbosity=verbosity)
    call_command("load_agencies", DATA / "agencies.toml", verbosity=verbosity)
    call_command("load_texts", settings.BASE_DIR / "submissions" / "data" / "texts.toml", verbosity=verbosity)
