"""A case as one viewer may see it: the only thing that templates of a case get, never the Case itself."""

from .build import GROUNDS, READ_INSIDE, READ_OUTSIDE, dossier, may_read_file, other_case
from .limits import UNIT_WORDS, clock_view, remaining_words
from .parts import ClockView, Dossier, FileView

__all__ = [
    "GROUNDS",
    "READ_INSIDE",
    "READ_OUTSIDE",
    "UNIT_WORDS",
    "ClockView",
    "Dossier",
    "FileView",
    "clock_view",
    "dossier",
    "may_read_file",
    "other_case",
    "remaining_words",
]
