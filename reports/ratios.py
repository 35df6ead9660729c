"""The three ratios of Quyết định 766/QĐ-TTg, per agency and for the province, and the cases that cost points.

Working days are those of the calendar: a limit of n of them that begins on a local day ends at the close of the n-th
after it, whatever the hour (A3). All starts of one day share that moment, so a few runs of days say what was late.
"""

from datetime import date, timedelta

from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from agencies.calendar import LOCAL, BeyondCalendar, midnight
from agencies.register import current_calendar
from workflow.models import CaseEvent, Rating

from .figures import GIVING_UP, answered, counted, either, figure, holder_then, late_on_the_way, received

REFUSED_WITHIN, CLARIFIED_WITHIN, ANSWERED_WITHIN, PUBLISHED_WITHIN = 2, 5, 15, 2
SORTED_OUT = ("distribute", "refuse", "send_back", "withdraw")

OF_GIVEN = {"case": "case__", "agency": "case__agency_id"}

COSTING = ("unclassified", "handled_late", "slow_from_receipt", "not_good")
"""The figures whose cases cost points in 5.1, 5.2, from receipt and in 5.3."""
COSTING_OWN = ("unclassified", "handled_late", "slow_from_receipt", "not_good_own")
"""The same for one agency: of lateness only what it held itself."""


def ratios(scope) -> dict:
    """{key of an agency, None for the province: ((part, whole) of 5.1, 5.2, answered in time from receipt, 5.3)}."""
    every, unclassified = counted("received", scope, "agency"), counted("unclassified", scope, "agency")
    handled, late = _handled(scope, ""), _handled(scope, "_late")
    given, slow = (counted(name, scope, "agency") for name in ("given", "slow_from_receipt"))
    bad, bad_own = (_bad(scope, own) for own in (False, True))
    found = {
        key[0]: (
            (every[key] - unclassified[key], every[key]),
            (handled[key] - late[key], handled[key]),
            (given[key] - slow[key], given[key]),
            (every[key] - bad_own[key], every[key]),
        )
        for key in {*every, *handled}
        if key[0] is not None
    }
    total = every.total()
    found[None] = (
        (total - unclassified.total(), total),
        (handled.total() - late.total(), handled.total()),
        (given.total() - slow.total(), given.total()),
        (total - bad.total(), total),
    )
    return found


def _handled(scope, late):
    """By agency, answers first, then what else was turned away or sent back: each case once."""
    return counted(f"given{late}", scope, "agency") + counted(f"turned{late}", scope, "agency")


def _bad(scope, own):
    """By agency: late ones, and unsatisfied ones that were not late."""
    suffix = "_own" if own else ""
    return counted(f"received_late{suffix}", scope, "agency") + counted(f"only_unsatisfied{suffix}", scope, "agency")


@figure(
    "unclassified", _("Chưa phân loại"), _("Tiếp nhận trong kỳ, đến cuối kỳ chưa phân phối, trả lại, từ chối hay rút.")
)
def unclassified(scope):
    sorted_out = CaseEvent.objects.filter(case=OuterRef("pk"), action__in=SORTED_OUT, at__lt=scope.at)
    return received(scope).filter(~Exists(sorted_out))


# 5.2


@figure("given", _("Có kết quả"), _("Trả lời lần đầu trong kỳ, tính cho cơ quan đang giữ."), **OF_GIVEN)
def given(scope):
    return answered(scope)


@figure("given_late", _("Kết quả muộn"), _("Phê duyệt sau 15, hoặc công khai sau 2 ngày làm việc."), **OF_GIVEN)
def given_late(scope):
    """A re-distribution to another body starts the fifteen days anew (A13)."""
    passed_on = _passed_on(scope)
    slow = _later_than(ANSWERED_WITHIN, "case__complete_since", "at", scope) & ~Q(pk__in=list(passed_on))
    slow_again = Q(pk__in=[pk for pk, is_slow in passed_on.items() if is_slow])
    return answered(scope).filter(slow | slow_again | _later_than(PUBLISHED_WITHIN, "at", "given_at", scope))


def _passed_on(scope) -> dict:
    """{key of an answer whose case went to another body before: whether it took too long from the last time on}.

    Only cases that an agency gave up can have gone to another; they are few, and reckoned one by one.
    """
    given_up = CaseEvent.objects.filter(action__in=GIVING_UP).values("case")
    earlier = CaseEvent.objects.filter(case=OuterRef("case"), action="distribute", at__lt=OuterRef("at")).exclude(
        subject_agency=OuterRef("subject_agency")
    )
    again = CaseEvent.objects.filter(Exists(earlier), case=OuterRef("case"), action="distribute", at__lt=OuterRef("at"))
    last = again.order_by("-at").values("at")[:1]
    rows = answered(scope).filter(case__in=given_up).annotate(passed_on_at=Subquery(last))
    calendar = current_calendar()
    return {
        pk: approved > _due(calendar, max(passed_on, complete).astimezone(LOCAL).date(), ANSWERED_WITHIN)
        for pk, passed_on, complete, approved in rows.values_list("pk", "passed_on_at", "case__complete_since", "at")
        if passed_on is not None
    }


@figure(
    "slow_from_receipt", _("Trả lời quá 15 ngày từ lúc nhận"),
    _("Phê duyệt sau 15 ngày làm việc kể từ lúc nhận, kể cả hồ sơ đã chuyển qua cơ quan khác."), **OF_GIVEN,
)  # fmt: skip
def slow_from_receipt(scope):
    return answered(scope).filter(_later_than(ANSWERED_WITHIN, "case__received_at", "at", scope))


@figure(
    "turned", _("Từ chối hoặc trả lại lần đầu"), _("Không kể hồ sơ được trả lời trong kỳ."), repeats=True, **OF_GIVEN
)
def turned(scope):
    return _refusals_and_first_returns(scope).filter(~_also(answered(scope)))


@figure(
    "turned_late", _("Từ chối hoặc trả lại muộn"), _("Từ chối sau 2, trả lại lần đầu sau 5 ngày làm việc."),
    repeats=True, **OF_GIVEN,
)  # fmt: skip
def turned_late(scope):
    return _late_turns(scope).filter(~_also(given_late(scope)))


@figure("handled_late", _("Xử lý quá thời hạn của QĐ 766"), _("Hồ sơ làm giảm tỷ lệ 5.2."))
def handled_late(scope):
    return either(given_late(scope), _late_turns(scope))


def _also(rows):
    return Exists(rows.filter(case=OuterRef("case")))


def _refusals_and_first_returns(scope):
    earlier = CaseEvent.objects.filter(case=OuterRef("case"), action="send_back", at__lt=OuterRef("at"))
    first = Q(action="send_back") & ~Exists(earlier)
    return CaseEvent.objects.filter(
        Q(action="refuse") | first, action__in=("refuse", "send_back"), **scope.period.holds("at")
    )


def _late_turns(scope):
    """Of refusals those that waited for nobody: who was asked to complete and did not may be refused later (A8)."""
    asked = CaseEvent.objects.filter(
        case=OuterRef("case"), action="send_back", at__gt=OuterRef("case__complete_since"), at__lt=OuterRef("at")
    )
    refused = Q(action="refuse") & _later_than(REFUSED_WITHIN, "case__complete_since", "at", scope) & ~Exists(asked)
    clarified = Q(action="send_back") & _later_than(CLARIFIED_WITHIN, "case__received_at", "at", scope)
    return _refusals_and_first_returns(scope).filter(refused | clarified)


def _later_than(days, start, end, scope):
    """Whether `end`, which lies in the period, came after the close of the n-th working day from `start`.

    Raises BeyondCalendar where the calendar does not reach.
    """
    calendar = current_calendar()
    first = _first_start(calendar, days, scope.period)
    runs = _due_by_start(calendar, first.date(), days, scope.period)
    may_be_late = Q(**{f"{end}__gt": F(start) + timedelta(days=days - 1)})
    return may_be_late & (Q(**{f"{start}__lt": first}) | Q(CameAfter(start, end, runs)))


class CameAfter(Func):
    """Whether `end` lies behind the due time of the run (from, to, due) in which `start` lies, and it lies in one.

    Written as text that halves the runs until one is left: as hundreds of conditions it would take longer to put
    together, to plan and to ask than the rows take to read. The runs follow upon one another.
    """

    def __init__(self, start, end, runs, **extra):
        super().__init__(start, end, output_field=BooleanField(), **extra)
        self.runs = runs

    def as_sql(self, compiler, connection, **context):
        start, end = (compiler.compile(moment)[0] for moment in self.source_expressions)
        if not self.runs:
            return "1 = 0", []
        moments = [self.runs[-1][1]]
        due = _halved(start, self.runs, moments)
        values = [connection.ops.adapt_datetimefield_value(moment) for moment in moments]
        return f"({start} < %s AND {end} > {due})", values


def _halved(start, runs, moments):
    """SQL for the due time of one of these runs; adds the moments in it to `moments`, in their order."""
    if len(runs) == 1:
        moments.append(runs[0][2])
        return "%s"
    middle = len(runs) // 2
    moments.append(runs[middle][0])
    earlier, later = _halved(start, runs[:middle], moments), _halved(start, runs[middle:], moments)
    return f"CASE WHEN {start} < %s THEN {earlier} ELSE {later} END"


def _due_by_start(calendar, day, days, period):
    """(from, to, due) for each run of local days from `day` on whose limits are due at one moment in the period."""
    runs = []
    while (due := _due_within(calendar, day, days, period)) is not None:
        begins, ends = midnight(day), midnight(day + timedelta(days=1))
        if runs and runs[-1][2] == due:
            runs[-1] = (runs[-1][0], ends, due)
        else:
            runs.append((begins, ends, due))
        day += timedelta(days=1)
    return runs


def _due_within(calendar, day, days, period):
    """None where it lies behind the period, as whatever is behind the calendar does: a period ends within it."""
    try:
        due = _due(calendar, day, days)
    except BeyondCalendar:
        return None
    return due if due < period.ends else None


def _first_start(calendar, days, period):
    """The midnight from which on limits are due in the period or later: what began before was due before it.

    No further back than the calendar goes: no limit began before it.
    """
    day, earliest = period.first, date(calendar.first_year, 1, 1)
    while day > earliest and _is_due_from(period, calendar, day - timedelta(days=1), days):
        day -= timedelta(days=1)
    return midnight(day)


def _is_due_from(period, calendar, day, days):
    """Whether it lies in the period or behind it, where the calendar may no longer reach."""
    try:
        return _due(calendar, day, days) >= period.begins
    except BeyondCalendar:
        return True


def _due(calendar, day, days):
    return calendar.close_of(calendar.nth_working_day_after(day, days))


# 5.3


def _late_limits_of(scope, **holder):
    return Exists(late_on_the_way(scope).filter(case=OuterRef("pk"), **holder))


def _unsatisfied(scope):
    return Exists(Rating.objects.filter(approval__case=OuterRef("pk"), score=Rating.Score.UNSATISFIED, at__lt=scope.at))


@figure("received_late", _("Tiếp nhận trong kỳ, quá hạn"), _("Có thời hạn bị quá đến cuối kỳ, của bất kỳ cơ quan nào."))
def received_late(scope):
    return received(scope).filter(_late_limits_of(scope))


@figure("received_late_own", _("Tiếp nhận trong kỳ, quá hạn của mình"), _("Có thời hạn của cơ quan đang giữ bị quá."))
def received_late_own(scope):
    return _held(scope).filter(_late_limits_of(scope, holder=OuterRef("held_by")))


def _held(scope):
    """Received, with the key of the agency that had each at the moment of the report."""
    return received(scope).alias(held_by=holder_then("", scope))


@figure("only_unsatisfied", _("Không hài lòng, không quá hạn"), _("Bị đánh giá không hài lòng, không quá hạn."))
def only_unsatisfied(scope):
    return received(scope).filter(~_late_limits_of(scope), _unsatisfied(scope))


@figure("only_unsatisfied_own", _("Không hài lòng, không quá hạn của mình"), _("Như trên, theo hạn của cơ quan."))
def only_unsatisfied_own(scope):
    return _held(scope).filter(~_late_limits_of(scope, holder=OuterRef("held_by")), _unsatisfied(scope))


@figure("not_good", _("Không hài lòng hoặc quá hạn"), _("Hồ sơ làm giảm tỷ lệ 5.3 của toàn tỉnh."))
def not_good(scope):
    return received(scope).filter(Q(_late_limits_of(scope)) | Q(_unsatisfied(scope)))


@figure("not_good_own", _("Không hài lòng hoặc quá hạn của mình"), _("Hồ sơ làm giảm tỷ lệ 5.3 của một cơ quan."))
def not_good_own(scope):
    own = _late_limits_of(scope, holder=OuterRef("held_by"))
    return _held(scope).filter(Q(own) | Q(_unsatisfied(scope)))
