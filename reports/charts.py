"""Bars as numbers for an SVG template: drawn 360 wide, so that a phone shows the words as large as its text."""

from dataclasses import dataclass

WIDTH = 360
ROW = 44
LETTERS = 46
"""So many fit on the line that a bar's label and number share."""


@dataclass(frozen=True)
class Bar:
    label: str
    value: str
    text_y: int
    bar_y: int
    width: float


@dataclass(frozen=True)
class Chart:
    bars: list[Bar]
    height: int
    width: int = WIDTH


def bars(rows, highest=None) -> Chart:
    """`rows`: (label, number, the number as text); `highest` is what fills the width, else the largest number."""
    full = highest or max((number for _label, number, _text in rows), default=0) or 1
    drawn = [
        Bar(_short(label, text), text, place * ROW + 14, place * ROW + 20, round(number / full * WIDTH, 1))
        for place, (label, number, text) in enumerate(rows)
    ]
    return Chart(drawn, len(rows) * ROW)


def _short(label, text):
    room = LETTERS - len(text)
    return label if len(label) <= room else f"{label[: room - 1]}…"
