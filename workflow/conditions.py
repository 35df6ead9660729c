"""The conditions that rows of the procedure name. Each says in a sentence why not, where it does not hold."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from submissions.models import CaseAccess
from submissions.states import State

from .models import Clock, Consultation, Question, Rating

CONDITIONS = {}


@dataclass(frozen=True)
class Situation:
    """What a condition may look at: the case, the aware moment, and who would act for which agency."""

    case: object
    now: object
    user: object = None
    agency_id: int | None = None


def condition(sentence):
    def register(function):
        function.sentence = sentence
        CONDITIONS[function.__name__] = function
        return function

    return register


def holds(name, situation):
    return CONDITIONS[name](situation)


def running(case):
    return [clock for clock in case.clocks.all() if clock.ending == Clock.Ending.RUNNING]


@condition(_("Chỉ cơ quan tổng hợp được phân phối khi hồ sơ đã bị chuyển trả từ hai lần."))
def returned_twice(it):
    return it.case.returns >= 2


@condition(_("Chỉ áp dụng cho quy trình tức thời (Điều 10)."))
def instant(it):
    return it.case.rule_set.instant


@condition(_("Sự cố đã được khắc phục tạm thời."))
def not_contained(it):
    return it.case.contained_at is None


def contained(it):
    return it.case.contained_at is not None


@condition(_("Không có yêu cầu phối hợp nào đang chờ cơ quan của Ông/Bà."))
def consultation_waiting(it):
    asked = it.case.consultations.all()
    return any(c.agency_id == it.agency_id and c.outcome == Consultation.Outcome.WAITING for c in asked)


@condition(_("Quy định áp dụng cho hồ sơ này không có gia hạn."))
def extendable(it):
    return it.case.rule_set.limits.filter(replaces="process").exists()


@condition(_("Hồ sơ đã được gia hạn một lần."))
def not_extended(it):
    return not any(clock.key == "process_extended" for clock in running(it.case))


@condition(_("Đã hết thời hạn xử lý nên không gia hạn được nữa; gia hạn phải quyết định trước khi hết hạn."))
def in_time_to_extend(it):
    return any(clock.key == "process" and not clock.is_late(it.now) for clock in running(it.case))


@condition(_("Quy định áp dụng tách riêng bước công khai."))
def publishes_with_approval(it):
    return it.case.rule_set.publishes_with_approval


@condition(_("Người soạn kết quả không được phê duyệt kết quả đó."))
def drafted_it(it):
    """Any version since the last answer: a colleague's copy of it is no other result (R02)."""
    given = it.case.answer.result.number if it.case.answer else 0
    return it.user is not None and any(
        result.drafter_id == it.user.pk for result in it.case.results.all() if result.number > given
    )


@condition(_("Không có câu hỏi nào của người gửi đang chờ trả lời."))
def question_open(it):
    return _is_asked(it.case, Question.By.SENDER)


@condition(_("Không có câu hỏi nào của cơ quan đang chờ trả lời."))
def inquiry_open(it):
    return _is_asked(it.case, Question.By.STAFF)


def _is_asked(case, by):
    return any(question.by == by and question.replied_at is None for question in case.questions.all())


@condition(_("Kết quả này đã được đánh giá."))
def not_yet_rated(it):
    return _rating(it.case) is None


@condition(_("Không có đánh giá không hài lòng nào đang chờ kết luận."))
def rated_unsatisfied(it):
    rating = _rating(it.case)
    return rating is not None and rating.score == Rating.Score.UNSATISFIED and rating.concluded_at is None


def _rating(case):
    return getattr(case.answer, "rating", None)


@condition(_("Không có cam kết nào đang chờ thực hiện."))
def promise_open(it):
    return _has_promised(it.case) and it.case.promises.filter(closed_at__isnull=True).exists()


def _has_promised(case):
    """Without a question to the database where the results are read already."""
    return any(result.commitment_date for result in case.results.all())


@condition(_("Cán bộ chuyên môn chưa nộp minh chứng thực hiện cam kết."))
def promise_proven(it):
    return it.case.promises.filter(closed_at__isnull=True, proven_at__isnull=False).exists()


@condition(_("Không có thời hạn nào trễ của cơ quan Ông/Bà cần giải trình."))
def late_clock_of_theirs(it):
    held = [clock for clock in it.case.clocks.all() if clock.holder_id == it.agency_id]
    return any(clock.is_late(it.now) and not clock.is_explained for clock in held)


@condition(_("Hồ sơ chưa quá hạn."))
def late(it):
    """A limit that runs is past, or the result that waits for approval was handed in late (R14)."""
    handed_in = None
    if it.case.state == State.SUBMITTED:
        handed_in = next((event for event in reversed(it.case.events.all()) if event.action == "submit"), None)
    return any(
        clock.is_late(it.now)
        and (clock.ending == Clock.Ending.RUNNING or handed_in and clock.ended_by_id == handed_in.pk)
        for clock in it.case.clocks.all()
    )


@condition(_("Chỉ áp dụng cho hồ sơ có nhiều cơ quan cùng xử lý."))
def several_agencies(it):
    return any(access.part == CaseAccess.Part.COORDINATING for access in it.case.access.all())
