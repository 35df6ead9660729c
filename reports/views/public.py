"""The public's statistics."""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from reports.charts import bars
from reports.statistics import breakdown, halves, in_hand, overview
from reports.templatetags.figures import grouped
from workflow.models import Rating

LAST = "truoc"
"""The value of `ky` that asks for the half year before."""


@require_safe
def public_statistics(request):
    now = timezone.now()
    this, last = halves(now)
    is_last = request.GET.get("ky") == LAST
    chosen = breakdown(last if is_last else this, now)
    context = {
        "halves": [overview(this, now), overview(last, now)],
        "in_hand": in_hand(now),
        "chosen": chosen,
        "is_last": is_last,
        "last": LAST,
        "scores": [(Rating.Score(score).label, number) for score, number in chosen.ratings],
        "timely": bars([_share(row) for row in chosen.by_agency if row.answered], highest=100),
        "months": bars([(_month(month), came, grouped(came)) for month, came, _done in chosen.by_month if came]),
    }
    return render(request, "reports/statistics.html", context)


def _share(row):
    """On time, in percent of what the agency answered; nothing to draw where either is not shown."""
    percent = 100 * row.on_time / row.answered if row.on_time is not None else 0
    return row.label, percent, _fraction(row)


def _fraction(row):
    return f"{grouped(row.on_time)}/{grouped(row.answered)}" if row.on_time is not None else "–"


def _month(month):
    return f"{month:%m/%Y}"
