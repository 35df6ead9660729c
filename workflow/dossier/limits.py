"""Clocks as they are shown: what is left or overdue, in words."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.calendar import Unit, printed
from workflow.models import ACTOR_LABELS, Clock

from .parts import ClockView

UNIT_WORDS = {
    Unit.CLOCK_HOURS: gettext_lazy("%d giờ"),
    Unit.WORKING_HOURS: gettext_lazy("%d giờ làm việc"),
    Unit.WORKING_DAYS: gettext_lazy("%d ngày làm việc"),
    Unit.CALENDAR_DAYS: gettext_lazy("%d ngày"),
}


def clock_view(clock, now, calendar) -> ClockView:
    outcome = clock.outcome_at(now)
    return ClockView(
        id=clock.pk, key=clock.key, label=clock.label, article=clock.article, amount_text=_amount(clock),
        started_at=clock.started_at, due_at=clock.due_at, due_local=printed(clock.due_at),
        provisional=clock.provisional, ended_at=clock.ended_at, outcome=str(outcome),
        outcome_label=_outcome_label(clock, outcome), remaining=_remaining(clock, now, calendar),
        holder=clock.holder.name if clock.holder else str(ACTOR_LABELS[clock.holder_role]),
        conditional=clock.conditional,
    )  # fmt: skip


def remaining_words(due_at, now, calendar, unit=""):
    """Working time left until a due time, or overdue, in words.

    Real time for limits in clock hours or calendar days (A4, A5), and where no office hour lies between.
    """
    left = calendar.between(now, due_at)
    if left and unit in ("", Unit.WORKING_HOURS, Unit.WORKING_DAYS):
        return calendar.describe(left)
    return (_("còn %s") if due_at >= now else _("quá hạn %s")) % _span(abs(due_at - now))


def _span(real):
    minutes = int(real.total_seconds()) // 60
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return _("%(days)d ngày") % {"days": days}
    if hours:
        return _("%(hours)d giờ %(minutes)d phút") % {"hours": hours, "minutes": minutes}
    return _("%(minutes)d phút") % {"minutes": minutes}


def _amount(clock):
    return str(UNIT_WORDS[clock.unit]) % clock.amount if clock.amount else ""


def _outcome_label(clock, outcome):
    if clock.conditional and outcome == Clock.Outcome.MET:
        return _("đã xong")
    return str(Clock.Outcome(outcome).label)


def _remaining(clock, now, calendar):
    if clock.ending != Clock.Ending.RUNNING:
        return ""
    if clock.conditional and now > clock.due_at:
        return _("đã hết")
    return remaining_words(clock.due_at, now, calendar, clock.unit)
