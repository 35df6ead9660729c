"""What each figure means, in words and as a query: the one place that pages, files and public statistics count by.

A case is *received* at `received_at`, *answered* when its first approved result was published or, where it is not
public, delivered; later results of the same case don't count it again. It was answered *on time* if no limit on the way
to that result was over its due time; what an agency answers for are the limits that this agency held (A19, A24).
"""

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q
from django.db.models.functions import TruncMonth

from agencies.calendar import LOCAL
from submissions.models import Case
from submissions.states import OPEN, WITH_SENDER
from workflow.models import Approval, Clock, Rating

AROUND = ("consult", "question", "promise", "update")
"""Limits that run beside the way to the result: opinions, talk, commitments, progress notes."""


AGENCY, FIELD, MONTH, SCORE = 0, 1, 2, 2
"""Places in the rows of `received_by_all` and `ratings_by_all`."""


@dataclass(frozen=True)
class Answered:
    label: str
    total: int
    on_time: int


def received(period):
    return Case.objects.filter(**period.holds("received_at"))


def answers(period):
    """The first result of each case, of those given in the period."""
    earlier = Approval.objects.filter(case=OuterRef("case"), given_at__lt=OuterRef("given_at"))
    return Approval.objects.filter(~Exists(earlier), **period.holds("given_at"))


def with_lateness(rows, now, **holder):
    """Answers with `was_late`; `holder` narrows it to the limits that somebody held."""
    on_the_way = Clock.objects.late(now).exclude(key__in=AROUND)
    return rows.annotate(
        was_late=Exists(on_the_way.filter(case=OuterRef("case"), started_at__lte=OuterRef("given_at"), **holder))
    )


def answered(period, now) -> Answered:
    counted = with_lateness(answers(period), now).aggregate(**_ON_TIME)
    return Answered("", counted["total"], counted["on_time"])


def answered_by_agency(period, now) -> list[Answered]:
    """By the agency that answered, by name; only its own limits count."""
    rows = with_lateness(answers(period), now, holder=OuterRef("result__agency"))
    return _grouped(rows, "result__agency__name")


def answered_by_field(period, now) -> list[Answered]:
    rows = with_lateness(answers(period).filter(case__field__isnull=False), now)
    return _grouped(rows, "case__field__name")


def received_by_all(period) -> list[tuple]:
    """(agency that has it, field, month, number of cases); no name where there is none yet."""
    rows = received(period).annotate(month=TruncMonth("received_at", tzinfo=LOCAL))
    return _counted_by(rows, "agency__name", "field__name", "month")


def ratings_by_all(period) -> list[tuple]:
    """(agency that answered, field, score, number); a later result may be rated anew, each counts (A14)."""
    rows = Rating.objects.filter(**period.holds("at"))
    return _counted_by(rows, "approval__result__agency__name", "approval__case__field__name", "score")


def answered_by_month(period) -> dict:
    rows = answers(period).annotate(month=TruncMonth("given_at", tzinfo=LOCAL))
    return dict(_counted_by(rows, "month"))


def in_hand(now) -> tuple[int, int]:
    """(within the limit of the present step, over it), of cases that wait for an authority."""
    waiting = Case.objects.filter(state__in=sorted(OPEN - WITH_SENDER))
    counted = waiting.aggregate(total=Count("pk"), over=Count("pk", filter=Q(next_due_at__lt=now)))
    return counted["total"] - counted["over"], counted["over"]


_ON_TIME = {"total": Count("pk"), "on_time": Count("pk", filter=Q(was_late=False))}


def _grouped(rows, name):
    counted = rows.values(name).annotate(**_ON_TIME).order_by(name)
    return [Answered(row[name], row["total"], row["on_time"]) for row in counted]


def _counted_by(rows, *names):
    return list(rows.values(*names).annotate(number=Count("pk")).values_list(*names, "number").order_by(*names))
