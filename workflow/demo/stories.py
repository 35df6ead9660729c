"""The model cases of the demo as stories: who files what, and what each person then does how much later.

A story is a table of `stories/*.toml`. `age` counts working days back from the last one before the end of the sample,
`time` is local. A step is `[after, who, action, data]`: `after` the time since the step before, in minutes (`30m`),
working hours (`2h`), working days of eight hours (`3d`) or calendar days (`2c`); `who` an account or `sender`; in
`data` agencies, fields, rule sets and cases stand by their code or key, dates as working days from the step (`+4d`).
"""

import re
import tomllib
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path

from agencies.calendar import Unit

FOLDER = Path(__file__).parent / "stories"
SPAN = re.compile(r"\+?(\d+)([mhdc])")
WORKING_HOURS = {"h": 1, "d": 8}


@dataclass(frozen=True)
class Step:
    after: str
    who: str
    action: str
    data: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Story:
    key: str
    age: int
    time: str
    title: str
    content: str
    commune: str
    place: str
    field: str = ""
    channel: str = "web"
    keyed_in_by: str = ""
    national_code: str = ""
    sender_type: str = "citizen"
    full_name: str = ""
    account: str = ""
    incident: str = ""
    wished_agency: str = ""
    confidential: bool = False
    pictures: tuple = ()
    steps: tuple[Step, ...] = ()
    filed: datetime | None = None
    """When it was filed, where that is not told by `age` and `time`."""


def read_stories() -> list[Story]:
    """All stories, the oldest first."""
    tables = [
        table for path in sorted(FOLDER.glob("*.toml")) for table in tomllib.loads(path.read_text("utf-8"))["story"]
    ]
    stories = [Story(**table | {"steps": tuple(Step(*step) for step in table.get("steps", ()))}) for table in tables]
    return sorted(stories, key=lambda story: (-story.age, story.time, story.key))


def filed_at(story, calendar, end) -> datetime:
    """The aware moment of filing, for a sample that ends at the aware moment `end`."""
    if story.filed is not None:
        return story.filed
    day = calendar.previous_working_day(end.date())
    for _ in range(story.age):
        day = calendar.previous_working_day(day)
    return datetime.combine(day, time.fromisoformat(story.time), end.tzinfo)


def later(moment, span, calendar) -> datetime:
    """The moment `span` (like `2h`) after an aware one."""
    amount, unit = _read(span)
    if unit in WORKING_HOURS:
        hours = amount * WORKING_HOURS[unit]
        return calendar.add(moment, hours, Unit.WORKING_HOURS).at.astimezone(moment.tzinfo)
    return moment + (timedelta(minutes=amount) if unit == "m" else timedelta(days=amount))


def working_date(moment, span, calendar) -> date:
    """The local date `span` (like `+4d`) working days after the one of an aware moment."""
    return calendar.nth_working_day_after(moment.date(), _read(span)[0])


def _read(span):
    amount, unit = SPAN.fullmatch(span).groups()
    return int(amount), unit
