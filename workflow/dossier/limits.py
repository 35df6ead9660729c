"""Clocks as they are shown: what is left or overdue, in words."""

from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.calendar import BeyondCalendar, Unit, printed
from workflow.models import ACTOR_LABELS, Clock

from .parts import ClockView

UNIT_WORDS = {
    Unit.CLOCK_HOURS: gettext_lazy("%d giờ"),
    Unit.WORKING_HOURS: gettext_lazy("%d giờ làm việc"),
    Unit.WORKING_DAYS: gettext_lazy("%d ngày làm việc"),
    Unit.CALENDAR_DAYS: gettext_lazy("%d ngày"),
}
REAL_TIME = (Unit.CLOCK_HOURS, Unit.CALENDAR_DAYS)
"""Limits that run day and night (A4, A5): what is left of them is told in real time."""


def clock_view(clock, now, calendar) -> ClockView:
    outcome = clock.outcome_at(now)
    return ClockView(
        id=clock.pk, key=clock.key, label=clock.label, article=clock.article, amount_text=amount_words(clock),
        started_at=clock.started_at, due_at=clock.due_at, due_local=printed(clock.due_at),
        provisional=clock.provisional, ended_at=clock.ended_at, outcome=str(outcome),
        outcome_label=_outcome_label(clock, outcome),
        remaining=margin_words(clock, now, calendar) if clock.ending == Clock.Ending.RUNNING else "",
        holder=clock.holder.name if clock.holder else str(ACTOR_LABELS[clock.holder_role]),
        conditional=clock.conditional,
    )  # fmt: skip


def remaining_words(due_at, now, calendar, unit=""):
    """Working time left until a due time, or overdue, in words.

    Real time for limits in clock hours or calendar days, where no office hour lies between, and beyond the calendar.
    """
    left = _worked(now, due_at, calendar)
    if left and unit not in REAL_TIME:
        return calendar.describe(left)
    return (_("còn %s") if due_at >= now else _("quá hạn %s")) % _span(abs(due_at - now))


def margin_words(clock, now, calendar):
    """How far from its due time a clock was when it ended, or is at `now`; a last day for a branch is never overdue."""
    done_at = clock.done_at if clock.done_at is not None and clock.done_at <= now else None
    if clock.conditional and (done_at or now) > clock.due_at:
        return "" if done_at else _("đã hết")
    words = remaining_words(clock.due_at, done_at or now, calendar, clock.unit)
    return _("kết thúc khi %s") % words if done_at else words


def held_words(begins, ends, calendar, unit=""):
    """How long somebody held a case, in the time that the limit runs in."""
    worked = _worked(begins, ends, calendar)
    if worked is None or unit in REAL_TIME:
        return _span(ends - begins)
    return calendar.describe_span(worked) if worked else _("ngoài giờ làm việc")


def _worked(begins, ends, calendar) -> timedelta | None:
    try:
        return calendar.between(begins, ends)
    except BeyondCalendar:
        return None


def _span(real):
    minutes = int(real.total_seconds()) // 60
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return _("%(days)d ngày") % {"days": days}
    if hours:
        return _("%(hours)d giờ %(minutes)d phút") % {"hours": hours, "minutes": minutes}
    return _("%(minutes)d phút") % {"minutes": minutes}


def amount_words(clock):
    return str(UNIT_WORDS[clock.unit]) % clock.amount if clock.amount else ""


def _outcome_label(clock, outcome):
    if clock.conditional and outcome == Clock.Outcome.MET:
        return _("đã xong")
    return str(Clock.Outcome(outcome).label)
