"""What each figure means, in words and as a query: the one place that pages, files and public statistics count by.

A case is *received* at `received_at`, *answered* when its first approved result was published or, where it is not
public, delivered; later results of the same case don't count it again. It was answered *on time* if no limit on the way
to that result was over its due time; what an agency answers for are the limits that this agency held (A19, A24).
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Case as Conditional
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, When
from django.db.models.functions import TruncMonth, TruncWeek
from django.utils.translation import gettext_lazy as _

from agencies.calendar import LOCAL
from agencies.models import Agency
from agencies.roles import Role
from submissions.models import Case, Citizen
from submissions.states import OPEN, WITH_SENDER, State
from workflow.models import Approval, CaseEvent, Clock, Question, Rating
from workflow.paging import counts_of

from .scope import once_a_report

AROUND = ("consult", "question", "promise", "update")
"""Limits that run beside the way to the result: opinions, talk, commitments, progress notes."""
WITH_AN_AUTHORITY = sorted(OPEN - WITH_SENDER)
FIGURES = {}


@dataclass(frozen=True)
class Figure:
    """Called with a scope it gives what is counted, each row of one case: what `told` says, or, where the figure is a
    part `of` other rows, those of them that meet the condition that `told` says. `case` and `agency` are paths from a
    row to its case and to who answers for it, `split` to what it is broken down by, `moment` to when it happened. An
    `agency` of "": its rows see to it themselves. `repeats`: a case may have several rows and counts once.
    """

    key: str
    label: str
    definition: str
    told: Callable
    of: Callable | None = None
    case: str = ""
    agency: str = "agency_id"
    split: str = ""
    moment: str = ""
    repeats: bool = False
    do_not_call_in_templates = True

    def __call__(self, scope):
        return _rows(scope, self.key)

    def within(self, scope, whole=None):
        """The rows that a report counts; of the `whole` that this figure is a part of, if it is given."""
        rows = scope.narrow((whole or self)(scope), self.case)
        if not (scope.agency and self.agency):
            return rows
        return rows.alias(by_agency=self.expression("agency", scope)).filter(by_agency=scope.agency)

    def expression(self, dimension, scope):
        """Of a row, one of: agency, holder (who has the case), field, place, channel, week, month, split."""
        if dimension in SPANS:
            return SPANS[dimension](self.moment, tzinfo=LOCAL)
        if dimension == "holder" or dimension == "agency" and self.agency == f"{self.case}agency_id":
            return holder_then(self.case, scope)
        if dimension == "agency":
            return F(self.agency)
        return F(self.split if dimension == "split" else f"{self.case}{DIMENSIONS[dimension]}")

    def number(self, condition=None):
        """How many cases, of those rows alone that meet the condition."""
        return Count(f"{self.case}pk" if self.repeats else "pk", distinct=self.repeats, filter=condition)


@once_a_report
def _rows(scope, name):
    figure = FIGURES[name]
    return figure.of(scope).filter(figure.told(scope)) if figure.of else figure.told(scope)


HOLDING = ("distribute", "hand_over")
GIVING_UP = ("return", "recall", "unseal")
"""Actions after which an agency has a case, or none."""


def holder_then(case, scope):
    """The key of the agency that had a case at the moment of the report; as it is now, where nothing moved since.

    `case` is the path to the case. What was handed over later stands with whoever had it then.
    """
    if not scope.is_over:
        return F(f"{case}agency_id")
    moved = CaseEvent.objects.filter(case=OuterRef(f"{case}pk"), at__lt=scope.at, action__in=[*HOLDING, *GIVING_UP])
    holder = When(action__in=HOLDING, then=F("subject_agency"))
    then = Subquery(moved.order_by("-at", "-pk").values(holder=Conditional(holder))[:1])
    return Conditional(When(**{f"{case}last_event_at__lt": scope.at}, then=F(f"{case}agency_id")), default=then)


DIMENSIONS = {"field": "field_id", "place": "sender__commune_id", "channel": "channel"}
SPANS = {"week": TruncWeek, "month": TruncMonth}
SOUGHT = ("agency", *DIMENSIONS, "split")
"""What a page may ask the cases of one group by."""


def totals(scope, *names) -> dict[str, int]:
    """{figure: number}, by one question to the database."""
    lists = []
    for name in names:
        figure = FIGURES[name]
        rows = figure.within(scope).order_by().values(f"{figure.case}pk" if figure.repeats else "pk")
        lists.append(rows.distinct() if figure.repeats else rows)
    return dict(zip(names, counts_of(lists), strict=True))


def counted(name, scope, *dimensions) -> Counter:
    """{(value of each dimension): number}."""
    return counted_together([name], scope, *dimensions)[name]


def counted_together(names, scope, *dimensions) -> dict[str, Counter]:
    """The same of several figures by one question: a figure and parts of it, or parts of the same rows.

    Their rows lead to case and agency by the same paths.
    """
    first, *others = (FIGURES[name] for name in names)
    whole = first if all(part.of is first for part in others) else first.of
    groups = {f"of_{dimension}": first.expression(dimension, scope) for dimension in dimensions}
    numbers = {
        f"number_{part.key}": first.number(None if part is whole else part.told(scope)) for part in (first, *others)
    }
    rows = first.within(scope, whole).order_by().values(**groups).annotate(**numbers).values_list(*groups, *numbers)
    found = {name: Counter() for name in names}
    for row in rows:
        for name, number in zip(names, row[len(groups) :], strict=True):
            if number:
                found[name][row[: len(groups)]] = number
    return found


def cases_of(name, scope, dimension="", key=""):
    """The cases behind a number, each once; of one group where a dimension and its key are given.

    An agency goes by its code, "none" is where there is none. Raises ValueError for a dimension that there isn't.
    """
    figure = FIGURES[name]
    rows = figure.within(scope)
    if dimension:
        rows = _of_group(figure, rows, scope, dimension, key)
    return rows if rows.model is Case else Case.objects.filter(pk__in=rows.order_by().values(f"{figure.case}pk"))


def _of_group(figure, rows, scope, dimension, key):
    if dimension not in SOUGHT or dimension in ("agency", "split") and not getattr(figure, dimension) or "\x00" in key:
        raise ValueError(f"{figure.key} is not grouped by {dimension}")
    rows = rows.alias(of_group=figure.expression(dimension, scope))
    if key == "none":
        return rows.filter(of_group__isnull=True)
    wanted = Agency.objects.filter(code=key).values("pk") if dimension == "agency" else [key]
    return rows.filter(of_group__in=wanted)


def figure(key, label, definition, **paths):
    """Make a figure of the function below, which says its rows or which part it is."""

    def register(told):
        FIGURES[key] = Figure(key, label, definition, told, **paths)
        return FIGURES[key]

    return register


# Received, and what became of it at intake


@figure(
    "received", _("Tiếp nhận"), _("Hồ sơ có thời điểm nhận trong kỳ, theo mọi kênh; tính cho cơ quan đang giữ."),
    moment="received_at",
)  # fmt: skip
def received(scope):
    return Case.objects.filter(**scope.period.holds("received_at"))


@figure("accepted", _("Đã phân phối"), _("Hồ sơ được chuyển cơ quan xử lý lần đầu trong kỳ."))
def accepted(scope):
    return Case.objects.filter(**scope.period.holds("first_distributed_at"))


COUNTED_EVENTS = ("send_back", "refuse", "withdraw", "return", "extend")


@once_a_report
def counted_events(scope):
    return CaseEvent.objects.filter(action__in=COUNTED_EVENTS, **scope.period.holds("at"))


OF_EVENTS = {"of": counted_events, "case": "case__", "repeats": True}


@figure(
    "sent_back", _("Trả lại để bổ sung"), _("Hồ sơ được đề nghị người gửi bổ sung trong kỳ."),
    agency="case__agency_id", **OF_EVENTS,
)  # fmt: skip
def sent_back(scope):
    return Q(action="send_back")


@figure(
    "refused", _("Từ chối"), _("Hồ sơ bị từ chối tiếp nhận trong kỳ, theo căn cứ (Điều 12)."),
    agency="case__agency_id", split="facts__ground", **OF_EVENTS,
)  # fmt: skip
def refused(scope):
    return Q(action="refuse")


@figure("withdrawn", _("Người gửi rút"), _("Hồ sơ được người gửi rút trong kỳ."), agency="case__agency_id", **OF_EVENTS)
def withdrawn(scope):
    return Q(action="withdraw")


@figure("returned", _("Chuyển trả"), _("Hồ sơ mà cơ quan này chuyển trả Trung tâm trong kỳ."), **OF_EVENTS)
def returned(scope):
    return Q(action="return")


@figure("extended", _("Gia hạn"), _("Hồ sơ được gia hạn xử lý trong kỳ."), **OF_EVENTS)
def extended(scope):
    return Q(action="extend")


# Answered, on time or late


OF_ANSWERS = {"case": "case__", "agency": "result__agency_id", "moment": "given_at"}


@figure(
    "answered", _("Đã trả lời"),
    _("Hồ sơ có kết quả đầu tiên được công khai, hoặc gửi riêng cho người gửi, trong kỳ; tính cho cơ quan trả lời."),
    **OF_ANSWERS,
)  # fmt: skip
def answered(scope):
    earlier = Approval.objects.filter(case=OuterRef("case"), given_at__lt=OuterRef("given_at"))
    return Approval.objects.filter(~Exists(earlier), **scope.period.holds("given_at"))


def _late_before_the_answer(scope):
    return Exists(_before_the_answer(late_on_the_way(scope)))


def _own_late_before_the_answer(scope):
    return Q(result__agency__in=holders(_before_the_answer(late_on_the_way(scope))))


def _before_the_answer(limits):
    return limits.filter(case=OuterRef("case"), started_at__lte=OuterRef("given_at"))


def holders(limits):
    """Of the limits of one case; as a list, for SQLite seeks a limit of one case and one holder by the holder."""
    return limits.filter(holder__isnull=False).order_by().values("holder")


@once_a_report
def late_on_the_way(scope):
    """Limits that lead to the result and were over their due time by then."""
    return Clock.objects.late(scope.at).exclude(key__in=AROUND)


@figure(
    "answered_late", _("Trả lời trễ hạn"),
    _("Đã trả lời trong kỳ, và có ít nhất một thời hạn trên đường đến kết quả bị quá hạn, của bất kỳ cơ quan nào."),
    of=answered, **OF_ANSWERS,
)  # fmt: skip
def answered_late(scope):
    return _late_before_the_answer(scope)


@figure(
    "answered_on_time", _("Trả lời đúng hạn"),
    _("Đã trả lời trong kỳ, không thời hạn nào trên đường đến kết quả bị quá hạn."),
    of=answered, **OF_ANSWERS,
)  # fmt: skip
def answered_on_time(scope):
    return ~_late_before_the_answer(scope)


@figure(
    "answered_late_own", _("Trả lời trễ hạn của mình"),
    _("Đã trả lời trong kỳ, và cơ quan trả lời để quá ít nhất một thời hạn do chính mình giữ."),
    of=answered_late, **OF_ANSWERS,
)  # fmt: skip
def answered_late_own(scope):
    return _own_late_before_the_answer(scope)


@figure(
    "answered_on_time_own", _("Đúng hạn của mình"),
    _("Đã trả lời trong kỳ, cơ quan trả lời không để quá thời hạn nào do chính mình giữ."),
    of=answered, **OF_ANSWERS,
)  # fmt: skip
def answered_on_time_own(scope):
    return ~_own_late_before_the_answer(scope)


def _not_answered(scope, case):
    return ~Exists(Approval.objects.filter(case=OuterRef(case), given_at__lt=scope.at))


def _passed_in_period(scope):
    return late_on_the_way(scope).filter(**scope.period.holds("due_at"))


@figure(
    "unanswered_late", _("Quá hạn chưa trả lời"),
    _("Hồ sơ có thời hạn bị quá trong kỳ mà đến cuối kỳ chưa được trả lời, kể cả đã từ chối, rút hay niêm phong."),
)  # fmt: skip
def unanswered_late(scope):
    passed = _passed_in_period(scope).filter(_not_answered(scope, "case"))
    return Case.objects.filter(pk__in=passed.order_by().values("case"))


@figure(
    "unanswered_late_own", _("Quá hạn của mình, chưa trả lời"),
    _("Như trên, chỉ tính thời hạn do chính cơ quan này giữ."),
    case="case__", agency="holder_id", repeats=True,
)  # fmt: skip
def unanswered_late_own(scope):
    return _passed_in_period(scope).filter(_not_answered(scope, "case"), holder__isnull=False)


@figure(
    "late", _("Trễ hạn"),
    _("Trả lời trễ hạn trong kỳ cộng với quá hạn chưa trả lời; tỷ lệ chia cho số tiếp nhận trong kỳ."),
)  # fmt: skip
def late(scope):
    return either(answered_late(scope), _passed_in_period(scope).filter(_not_answered(scope, "case")))


@figure(
    "late_own", _("Trễ hạn của mình"),
    _("Như trên, chỉ tính thời hạn do chính cơ quan này giữ; tỷ lệ chia cho số tiếp nhận trong kỳ."), agency="",
)  # fmt: skip
def late_own(scope):
    still = unanswered_late_own(scope).filter(holder=scope.agency) if scope.agency else unanswered_late_own(scope)
    then = answered_late_own(scope).filter(result__agency=scope.agency) if scope.agency else answered_late_own(scope)
    return either(then, still)


def either(*lists):
    """The cases of which one of these has a row, each once."""
    conditions = (Q(Exists(rows.order_by().filter(case=OuterRef("pk")))) for rows in lists)
    return Case.objects.filter(reduce(or_, conditions))


# In hand at the moment of the report


@figure(
    "in_progress", _("Đang xử lý"),
    _("Hồ sơ đang chờ một cơ quan nhà nước vào cuối kỳ (hoặc lúc lập báo cáo), nhận từ bất kỳ kỳ nào."),
)  # fmt: skip
def in_progress(scope):
    """The state as it was: of cases that moved later, what their last event before left them in."""
    before = CaseEvent.objects.filter(case=OuterRef("pk"), at__lt=scope.at).order_by("-at", "-pk").values("after")[:1]
    unmoved = Q(last_event_at__lt=scope.at, state__in=WITH_AN_AUTHORITY)
    rows = Case.objects.filter(received_at__lt=scope.at).alias(state_then=Subquery(before))
    return rows.filter(unmoved | Q(last_event_at__gte=scope.at, state_then__in=WITH_AN_AUTHORITY))


def _over(scope):
    running = Clock.objects.late(scope.at).filter(started_at__lt=scope.at).exclude(key__in=AROUND)
    running = running.filter(Q(ended_at__isnull=True) | Q(ended_at__gte=scope.at))
    return Exists(running.filter(case=OuterRef("pk")))


@figure("over_limit", _("Đang xử lý, đã quá hạn"), _("Đang xử lý và có thời hạn đang chạy đã quá hạn."), of=in_progress)
def over_limit(scope):
    return _over(scope)


@figure(
    "within_limit", _("Đang xử lý, còn hạn"), _("Đang xử lý và không thời hạn đang chạy nào quá hạn."), of=in_progress
)
def within_limit(scope):
    return ~_over(scope)


# Talk, ratings, incidents, lateness to explain


OF_QUESTIONS = {"case": "case__", "agency": "clock__holder_id"}


@figure(
    "questions", _("Ý kiến trao đổi"), _("Câu hỏi của người gửi trong kỳ; tính cho cơ quan phải trả lời."),
    **OF_QUESTIONS,
)  # fmt: skip
def questions(scope):
    return Question.objects.filter(by=Question.By.SENDER, **scope.period.holds("asked_at"))


@figure(
    "questions_answered", _("Đã trả lời câu hỏi"), _("Trong số câu hỏi trên, đã được trả lời đến cuối kỳ."),
    of=questions, **OF_QUESTIONS,
)  # fmt: skip
def questions_answered(scope):
    return Q(replied_at__lt=scope.at)


@figure(
    "ratings", _("Đánh giá"),
    _("Lượt người gửi đánh giá kết quả trong kỳ; kết quả sau của cùng hồ sơ được đánh giá lại."),
    case="approval__case__", agency="approval__result__agency_id", split="score",
)  # fmt: skip
def ratings(scope):
    return Rating.objects.filter(**scope.period.holds("at"))


@figure(
    "unsatisfied", _("Không hài lòng"), _("Trong số đánh giá trên, mức “Không hài lòng”."),
    of=ratings, case="approval__case__", agency="approval__result__agency_id",
)  # fmt: skip
def unsatisfied(scope):
    return Q(score=Rating.Score.UNSATISFIED)


@figure("instant", _("Sự cố tức thời"), _("Hồ sơ theo quy trình tức thời (Điều 10) nhận trong kỳ."), of=received)
def instant(scope):
    return Q(instant=True)


@figure(
    "late_limits", _("Thời hạn bị quá"),
    _("Từng thời hạn bị quá trong kỳ, hoặc quá từ trước mà cuối kỳ chưa làm; cơ quan giữ phải giải trình."),
    case="case__", agency="holder_id",
)  # fmt: skip
def late_limits(scope):
    rows = Clock.objects.late(scope.at).filter(started_at__lt=scope.at).exclude(holder_role=Role.SENDER)
    still_running = Q(ended_at__isnull=True) | Q(ended_at__gte=scope.at)
    return rows.filter(Q(**scope.period.holds("due_at")) | still_running & Q(due_at__lt=scope.at))


@figure(
    "unexplained", _("Chưa giải trình"),
    _("Trong số thời hạn bị quá, chưa có giải trình của cơ quan giữ; không kể hồ sơ niêm phong."),
    case="case__", agency="holder_id",
)  # fmt: skip
def unexplained(scope):
    return late_limits(scope).filter(explanations__isnull=True).exclude(case__state=State.SEALED)


def accounts(scope) -> tuple[int, int]:
    """(accounts of citizens and businesses at the end, of these opened in the period); not narrowed by anything."""
    opened = Citizen.objects.filter(account__date_joined__lt=scope.at)
    return tuple(
        opened.aggregate(
            all=Count("pk"), new=Count("pk", filter=Q(**scope.period.holds("account__date_joined")))
        ).values()
    )
