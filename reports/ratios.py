"""The three ratios of Quyết định 766/QĐ-TTg, per agency and for the province, and the cases that cost points.

Working days are those of the calendar: a limit of n of them that begins on a local day ends at the close of the n-th
after it, whatever the hour (A3). All starts of one day share that moment, so a few runs of days say what was late.
"""

from datetime import date, timedelta

from django.db.models import BooleanField, Exists, Func, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from agencies.calendar import LOCAL, BeyondCalendar, midnight
from workflow.models import CaseEvent, Rating

from .figures import GIVING_UP, answered, either, figure, holder_then, holders, late_on_the_way, received
from .scope import once_a_report

REFUSED_WITHIN, CLARIFIED_WITHIN, ANSWERED_WITHIN, PUBLISHED_WITHIN = 2, 5, 15, 2
SORTED_OUT = ("distribute", "refuse", "send_back", "withdraw")

OF_GIVEN = {"case": "case__", "agency": "case__agency_id"}

COSTING = ("unclassified", "handled_late", "slow_from_receipt", "not_good")
"""The figures whose cases cost points in 5.1, 5.2, from receipt and in 5.3."""
COSTING_OWN = ("unclassified", "handled_late", "slow_from_receipt", "not_good_own")
"""The same for one agency: of lateness only what it held itself."""


def ratios(by_holder) -> dict:
    """{key of an agency, None for the province: ((part, whole) of 5.1, 5.2, answered in time from receipt, 5.3)}.

    `by_holder` gives {key of the agency that has the case: number} of a figure.
    """
    every, handled, given = by_holder("received"), _handled(by_holder, ""), by_holder("given")
    off = [by_holder("unclassified"), _handled(by_holder, "_late"), by_holder("slow_from_receipt")]
    of_agency, of_all = [*off, by_holder("not_good_own")], [*off, by_holder("not_good")]
    wholes = (every, handled, given, every)
    found = {
        key: tuple((whole[key] - part[key], whole[key]) for part, whole in zip(of_agency, wholes, strict=True))
        for key in {*every, *handled} - {None}
    }
    totals = [(part.total(), whole.total()) for part, whole in zip(of_all, wholes, strict=True)]
    return found | {None: tuple((whole - part, whole) for part, whole in totals)}


def _handled(by_holder, late):
    """Answers first, then what else was turned away or sent back: each case once."""
    return by_holder(f"given{late}") + by_holder(f"turned{late}")


@figure(
    "unclassified", _("Chưa phân loại"),
    _("Tiếp nhận trong kỳ, đến cuối kỳ chưa phân phối, trả lại, từ chối hay rút."), of=received,
)  # fmt: skip
def unclassified(scope):
    """Most were distributed, which stands in the case: only the others' events are looked for."""
    sorted_out = CaseEvent.objects.filter(case=OuterRef("pk"), action__in=SORTED_OUT, at__lt=scope.at)
    return ~Q(first_distributed_at__lt=scope.at) & ~Q(Exists(sorted_out))


# 5.2


@figure("given", _("Có kết quả"), _("Trả lời lần đầu trong kỳ, tính cho cơ quan đang giữ."), of=answered, **OF_GIVEN)
def given(scope):
    return Q()


@figure(
    "given_late", _("Kết quả muộn"), _("Phê duyệt sau 15, hoặc công khai sau 2 ngày làm việc."), of=answered,
    **OF_GIVEN,
)  # fmt: skip
def given_late(scope):
    """A re-distribution to another body starts the fifteen days anew (A13)."""
    passed_on = _passed_on(scope)
    slow = _later_than(ANSWERED_WITHIN, "case__complete_since", "at", scope) & ~Q(pk__in=list(passed_on))
    slow_again = Q(pk__in=[pk for pk, is_slow in passed_on.items() if is_slow])
    return slow | slow_again | _later_than(PUBLISHED_WITHIN, "at", "given_at", scope)


@once_a_report
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
    return {
        pk: approved > _due(scope.calendar, max(passed_on, complete).astimezone(LOCAL).date(), ANSWERED_WITHIN)
        for pk, passed_on, complete, approved in rows.values_list("pk", "passed_on_at", "case__complete_since", "at")
        if passed_on is not None
    }


@figure(
    "slow_from_receipt", _("Trả lời quá 15 ngày từ lúc nhận"),
    _("Phê duyệt sau 15 ngày làm việc kể từ lúc nhận, kể cả hồ sơ đã chuyển qua cơ quan khác."), of=answered,
    **OF_GIVEN,
)  # fmt: skip
def slow_from_receipt(scope):
    return _later_than(ANSWERED_WITHIN, "case__received_at", "at", scope)


@once_a_report
def turns(scope):
    """Refusals and first returns."""
    earlier = CaseEvent.objects.filter(case=OuterRef("case"), action="send_back", at__lt=OuterRef("at"))
    first = Q(action="send_back") & ~Exists(earlier)
    return CaseEvent.objects.filter(
        Q(action="refuse") | first, action__in=("refuse", "send_back"), **scope.period.holds("at")
    )


OF_TURNS = {"of": turns, "repeats": True, **OF_GIVEN}


@figure("turned", _("Từ chối hoặc trả lại lần đầu"), _("Không kể hồ sơ được trả lời trong kỳ."), **OF_TURNS)
def turned(scope):
    return ~_also(answered(scope))


@figure(
    "turned_late", _("Từ chối hoặc trả lại muộn"), _("Từ chối sau 2, trả lại lần đầu sau 5 ngày làm việc."),
    **OF_TURNS,
)  # fmt: skip
def turned_late(scope):
    return _late_turn(scope) & ~_also(given_late(scope))


@figure("handled_late", _("Xử lý quá thời hạn của QĐ 766"), _("Hồ sơ làm giảm tỷ lệ 5.2."))
def handled_late(scope):
    return either(given_late(scope), turns(scope).filter(_late_turn(scope)))


def _also(rows):
    return Q(Exists(rows.filter(case=OuterRef("case"))))


def _late_turn(scope):
    """Of refusals those that waited for nobody: who was asked to complete and did not may be refused later (A8)."""
    asked = CaseEvent.objects.filter(
        case=OuterRef("case"), action="send_back", at__gt=OuterRef("case__complete_since"), at__lt=OuterRef("at")
    )
    slow_to_refuse = _later_than(REFUSED_WITHIN, "case__complete_since", "at", scope)
    slow_to_ask = _later_than(CLARIFIED_WITHIN, "case__received_at", "at", scope)
    return Q(action="refuse") & slow_to_refuse & ~Exists(asked) | Q(action="send_back") & slow_to_ask


def _later_than(days, start, end, scope):
    """Whether `end`, which lies in the period, came after the close of the n-th working day from `start`.

    Raises BeyondCalendar where the calendar does not reach.
    """
    first, runs = _limits_of(scope, days)
    return Q(**{f"{start}__lt": first}) | Q(CameAfter(start, end, runs))


@once_a_report
def _limits_of(scope, days):
    """(start of the first that is due in the period or later, runs of those due in it) of limits of n working days."""
    first = _first_start(scope.calendar, days, scope.period)
    return first, _due_by_start(scope.calendar, first.date(), days, scope.period)


class CameAfter(Func):
    """Whether `end` lies behind the due time of the run (from, to, due) in which `start` lies, and it lies in one.

    The runs follow upon one another. As hundreds of conditions they would take longer to put together, to plan and to
    ask than the rows take to read: PostgreSQL seeks in an array, others get text that halves them until one is left.
    """

    def __init__(self, start, end, runs, **extra):
        super().__init__(start, end, output_field=BooleanField(), **extra)
        self.runs = runs

    def as_postgresql(self, compiler, connection, **context):
        start, end = self._columns(compiler)
        begins = [begins for begins, _ends, _due_at in self.runs] + [ends for _begins, ends, _due_at in self.runs[-1:]]
        due = [due_at for _begins, _ends, due_at in self.runs]
        found = f"(%s::timestamptz[])[width_bucket({start}, %s::timestamptz[])]"
        return f"({end} > {start} AND coalesce({end} > {found}, false))", [_array(due), _array(begins)]

    def as_sql(self, compiler, connection, **context):
        start, end = self._columns(compiler)
        if not self.runs:
            return "1 = 0", []
        moments = [self.runs[-1][1]]
        due = _halved(start, self.runs, moments)
        values = [connection.ops.adapt_datetimefield_value(moment) for moment in moments]
        return f"({start} < %s AND {end} > {due})", values

    def _columns(self, compiler):
        return (compiler.compile(moment)[0] for moment in self.source_expressions)


def _array(moments):
    return f"{{{','.join(moment.isoformat() for moment in moments)}}}"


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
    """(from, to, due) for each run of local days from `day` on whose limits are due at one moment in the period.

    A run begins with a working day: the days off behind it count from the same day as it does.
    """
    runs, begins, behind = [], midnight(day), period.ends
    while (due := _due_before(behind, calendar, day, days)) is not None:
        day = calendar.next_working_day(day)
        runs.append((begins, begins := midnight(day), due))
    return runs


def _due_before(behind, calendar, day, days):
    """None where it is not, as whatever lies behind the calendar is not: a period ends within it."""
    try:
        due = _due(calendar, day, days)
    except BeyondCalendar:
        return None
    return due if due < behind else None


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


def _unsatisfied(scope):
    return Rating.objects.filter(score=Rating.Score.UNSATISFIED, at__lt=scope.at)


def _late_limits(scope):
    """Of one case; by `_is_late_own` of the agency that had it at the moment of the report."""
    return late_on_the_way(scope).filter(case=OuterRef("pk"))


def _is_unsatisfied(scope):
    return Q(Exists(_unsatisfied(scope).filter(approval__case=OuterRef("pk"))))


def _is_late_own(scope):
    return Q(held_by__isnull=False, held_by__in=holders(_late_limits(scope)))


@figure("not_good", _("Không hài lòng hoặc quá hạn"), _("Hồ sơ làm giảm tỷ lệ 5.3 của toàn tỉnh."))
def not_good(scope):
    late = late_on_the_way(scope).order_by().values("case")
    bad = late.union(_unsatisfied(scope).order_by().values("approval__case"))
    return received(scope).alias(held_by=holder_then("", scope)).filter(pk__in=bad)


@figure(
    "not_good_own", _("Không hài lòng hoặc quá hạn của mình"), _("Hồ sơ làm giảm tỷ lệ 5.3 của một cơ quan."),
    of=not_good,
)  # fmt: skip
def not_good_own(scope):
    return _is_late_own(scope) | _is_unsatisfied(scope)
