"""How many stories end in which way, which of them are asked about and rated: exactly the numbers that are wanted."""

import random
from dataclasses import dataclass
from datetime import date

from agencies.calendar import WorkingCalendar

from .writing import Writer

WAITING, SENT_BACK, WITHDRAWN = 14, 6, 8
"""Of what is neither answered nor late: in processing in time, with the sender, withdrawn; the rest is refused."""
REPLIED, CONCLUDED = 0.8, 0.5


@dataclass(frozen=True)
class Numbers:
    """What a report counts of these stories (`reports.figures`); `unsatisfied` is among `ratings`."""

    received: int
    answered: int
    answered_late: int
    unanswered_late: int
    questions: int
    ratings: int
    unsatisfied: int

    def without(self, other) -> "Numbers":
        """What is left to reach once `other` are there. Raises ValueError where that is more than wanted."""
        left = {name: value - getattr(other, name) for name, value in vars(self).items()}
        if min(left.values()) < 0:
            raise ValueError(f"already more than wanted: {left}")
        return Numbers(**left)


@dataclass(frozen=True)
class Plan:
    """One story: how it ends, and what the sender says on the way."""

    ending: str
    asks: bool = False
    is_replied: bool = False
    score: str = ""
    is_concluded: bool = False


def season(numbers: Numbers, first: date, end, calendar: WorkingCalendar, seed) -> list:
    """Stories between the local day `first`, on which one begins, and the aware midnight `end`."""
    chance = random.Random(f"{seed}/season")  # noqa: S311 sample data, the same each time
    writer = Writer(first, end, calendar, chance)
    return [writer.write(number, plan) for number, plan in enumerate(_plans(numbers, chance))]


def _plans(numbers, chance):
    endings = _endings(numbers)
    chance.shuffle(endings)
    begins = endings.index("answered")
    endings[0], endings[begins] = endings[begins], endings[0]
    answered = [n for n, ending in enumerate(endings) if ending.startswith("answered")]
    talked = answered + [n for n, ending in enumerate(endings) if ending in ("overdue", "processing")]
    asked = set(chance.sample(talked, numbers.questions))
    scores = ["unsatisfied"] * numbers.unsatisfied
    scores += chance.choices(["satisfied", "very_satisfied"], [2, 1], k=numbers.ratings - numbers.unsatisfied)
    rated = dict(zip(chance.sample(answered, numbers.ratings), scores, strict=True))
    return [
        Plan(
            ending, asks=n in asked, is_replied=chance.random() < REPLIED, score=rated.get(n, ""),
            is_concluded=chance.random() < CONCLUDED,
        )
        for n, ending in enumerate(endings)
    ]  # fmt: skip


def _endings(numbers):
    others = numbers.received - numbers.answered - numbers.unanswered_late
    kept = {"processing": WAITING, "sent_back": SENT_BACK, "withdrawn": WITHDRAWN}
    kept["refused"] = others - sum(kept.values())
    counts = {
        "answered": numbers.answered - numbers.answered_late, "answered_late": numbers.answered_late,
        "overdue": numbers.unanswered_late, **kept,
    }  # fmt: skip
    return [ending for ending, count in counts.items() for _ in range(count)]
