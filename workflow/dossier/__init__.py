"""A case as one viewer may see it: the only thing that templates of a case get, never the Case itself."""

from .build import (
    GROUNDS,
    READ_INSIDE,
    READ_OUTSIDE,
    disclosures,
    dossier,
    listed_cases,
    may_read_file,
    other_case,
    read_whole,
    shown_clocks,
    step_view,
)  # fmt: skip
from .limits import UNIT_WORDS, clock_view, held_words, margin_words, remaining_words
from .parts import ClockView, Dossier, FileView, StepView
from .report_up import ReportUp, report_up

__all__ = [
    "GROUNDS",
    "READ_INSIDE",
    "READ_OUTSIDE",
    "UNIT_WORDS",
    "ClockView",
    "Dossier",
    "FileView",
    "ReportUp",
    "StepView",
    "clock_view",
    "disclosures",
    "dossier",
    "held_words",
    "listed_cases",
    "margin_words",
    "may_read_file",
    "other_case",
    "read_whole",
    "remaining_words",
    "report_up",
    "shown_clocks",
    "step_view",
]
