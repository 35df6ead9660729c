"""A list of cases on paper: what it is about, where, by when; nothing of who sent it."""

from dataclasses import dataclass
from datetime import datetime

from agencies.register import current_calendar
from submissions.text import fold

from .dossier import remaining_words

MOST = 100


@dataclass(frozen=True)
class PrintedCase:
    code: str
    title: str
    content: str
    place: str
    holder: str
    due_at: datetime | None
    remaining: str


def printed_list(cases, now, *, by_place) -> list[PrintedCase]:
    """In the order given, or by place for who drives from one to the next; cases without a place last."""
    calendar = current_calendar()
    rows = [
        PrintedCase(
            case.code, case.shown_title, case.shown_content, case.place, case.agency.name if case.agency else "",
            case.next_due_at, remaining_words(case.next_due_at, now, calendar) if case.next_due_at else "",
        )
        for case in cases
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (not row.place, fold(row.place))) if by_place else rows
