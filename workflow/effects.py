"""The few actions that do more than change the state: one function each, named like the action.

Each reads `step.data`, may raise ValidationError by form field, and leaves marks, facts and subjects on the step.
"""

import hashlib
import json

from django.core.exceptions import ValidationError
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.calendar import BeyondCalendar, shown
from agencies.models import Agency
from agencies.register import current_calendar, handling_agencies, rule_sets_on
from agencies.roles import Role
from submissions import drafts, intake
from submissions.files import check_total
from submissions.models import Attachment, Level
from submissions.states import State

from . import leaks
from .clocks import LEADS_OWN, close_of_named_day
from .models import (
    Approval,
    CaseEvent,
    Clock,
    Consultation,
    Explanation,
    Message,
    Promise,
    Question,
    Rating,
    Result,
)  # fmt: skip
from .permissions import Conflict


def distribute(step):
    case, data = step.case, step.data
    agency = data["agency"]
    if not handling_agencies(timezone.localdate(step.at)).filter(pk=agency.pk).exists():
        raise ValidationError({"agency": _("Cơ quan này không nhận xử lý phản ánh, kiến nghị. Hãy chọn cơ quan khác.")})
    _choose_rules(step)
    last_return = CaseEvent.objects.filter(case=case, action="return").order_by("-at", "-id").first()
    if case.state == State.RETURNED and last_return and last_return.agency_id != agency.pk:
        step.marks.append("distribute:elsewhere")
    case.field = data.get("field") or case.field
    case.agency = agency
    case.first_distributed_at = case.first_distributed_at or step.at
    case.public_title = data.get("public_title", case.public_title)
    case.public_content = data.get("public_content", case.public_content)
    leaks.insist(step, "public_content", leaks.of_the_matter(case.shown_title, case.shown_content))
    released = [file.pk for file in data.get("release") or []]
    sent = case.attachments.filter(role__in=Attachment.OF_THE_SENDER)
    sent.update(released=False)
    sent.filter(pk__in=released, masked_copies=None).update(released=True)
    intake.index(case)
    step.subject_agency = agency


def _choose_rules(step):
    rules = step.data.get("rule_set")
    if rules is None or rules.pk == step.case.rule_set_id:
        return
    if step.case.first_distributed_at is not None:
        raise ValidationError({"rule_set": _("Chỉ đổi được quy định áp dụng ở lần phân phối đầu tiên.")})
    if not rule_sets_on(timezone.localdate(step.case.received_at)).filter(pk=rules.pk).exists():
        raise ValidationError({"rule_set": _("Quy định này không có hiệu lực vào ngày tiếp nhận hồ sơ.")})
    step.new_rules = rules


def recall(step):
    step.subject_agency = step.case.agency
    step.case.agency = None


def refuse(step):
    data = step.data
    step.facts["ground"] = data["ground"]
    if data["ground"] == "duplicate":
        original = data.get("duplicate_of")
        if original is None or original.pk == step.case.pk:
            raise ValidationError({"duplicate_of": _("Hãy nhập mã của hồ sơ đã tiếp nhận mà phản ánh này trùng lặp.")})
        step.facts["duplicate_of"] = original.code
    close_waiting(step)


def reinstate(step):
    step.case.complete_since = step.at


def complete(step):
    """The addition is the event's note."""
    _keep_note_about_caller(step)
    step.note = step.data["content"]
    step.case.complete_since = step.at
    step.facts["files"] = _take_files(step, Attachment.Role.COMPLETION)


def _keep_note_about_caller(step):
    """What an operator noted about who phoned or wrote is for staff, not for the sender."""
    if step.note and step.seat.role == Role.OPERATOR:
        step.facts["about_caller"], step.note = step.note, ""


def withdraw(step):
    close_waiting(step)


def accept(step):
    default = _default_consultation_due(step)
    for agency in step.data.get("coordinating") or []:
        _consult(step, agency, default, step.note)
        step.facts["due"] = default.isoformat()


def return_(step):
    case, data = step.case, step.data
    step.facts["ground"] = data["ground"]
    if suggested := data.get("suggested_agency"):
        step.facts["suggested_agency"] = suggested.code
    case.returns += 1
    case.agency = None
    close_waiting(step)


def contain(step):
    step.case.contained_at = step.at


def consult(step):
    given = step.data.get("due")
    own = _own_due(step.case)
    if given is None:
        due_at = _default_consultation_due(step)
    else:
        due_at = close_of_working_day(given, step.at, "due")
        if own is not None and own.due_at > step.at and due_at > own.due_at:
            raise ValidationError({"due": _("Hạn cho ý kiến không được sau hạn xử lý của cơ quan chủ trì.")})
    _consult(step, step.data["agency"], due_at, step.note)
    step.facts["due"] = due_at.isoformat()
    step.subject_agency = step.data["agency"]


def opinion(step):
    _close_consultation(step, Consultation.Outcome.OPINION, step.data["body"])


def decline(step):
    _close_consultation(step, Consultation.Outcome.DECLINED, step.note)


def extend(step):
    """At most the ceiling of the rule set counted from the same acceptance, not on top of it (Đ7.3, PL II)."""
    case = step.case
    process = case.clocks.get(key="process", ending=Clock.Ending.RUNNING)
    limit = case.rule_set.limits.get(replaces="process")
    ceiling = current_calendar().add(process.started_at, limit.amount, limit.unit).at
    due_at = close_of_working_day(step.data["due"], step.at, "due")
    if due_at <= process.due_at:
        raise ValidationError({"due": _("Hạn mới phải sau hạn hiện tại (%s).") % shown(process.due_at)})
    if due_at > ceiling:
        raise ValidationError(
            {"due": _("Gia hạn tối đa %(n)s ngày làm việc kể từ lúc tiếp nhận, tức đến %(due)s.")
             % {"n": limit.amount, "due": shown(ceiling)}}
        )  # fmt: skip
    if not step.data.get("on_site"):
        raise ValidationError({"on_site": _("Chỉ gia hạn khi hồ sơ phức tạp, nhiều lĩnh vực, cần đi thực địa.")})
    step.due_at = due_at
    step.facts["due"] = due_at.isoformat()


def submit(step):
    case, data = step.case, step.data
    if case.rule_set.instant and case.contained_at is None:
        if not data.get("contained"):
            raise ValidationError({"contained": _("Hãy xác nhận sự cố đã được khắc phục tạm thời (Điều 10).")})
        case.contained_at = step.at
    date = data.get("commitment_date") if data["outcome"] == Result.Outcome.COMMITMENT else None
    if data["outcome"] == Result.Outcome.COMMITMENT:
        if date is None:
            raise ValidationError({"commitment_date": _("Hãy ghi ngày cam kết hoàn thành.")})
        close_of_working_day(date, step.at, "commitment_date")
    files = [Attachment.objects.get(pk=pk) for pk in _take_files(step, Attachment.Role.RESULT)]
    result = Result.objects.create(
        case=case, number=case.results.count() + 1, outcome=data["outcome"], commitment_date=date, body=data["body"],
        drafter=step.viewer.user, agency=step.agency, submitted_at=step.at,
        sha256=fingerprint(data["outcome"], date, data["body"], files),
    )  # fmt: skip
    result.attachments.set(files)
    step.facts["result"] = result.number
    close_waiting(step)


def reject(step):
    step.facts["reason"] = step.data["reason"]


def approve(step):
    result = step.case.results.order_by("-number").first()
    if result.commitment_date is not None and result.commitment_date < timezone.localdate(step.at):
        raise Conflict(_("Ngày cam kết đã qua. Hãy chuyển trả để cán bộ chuyên môn ghi ngày khác."))
    read = step.data.get("sha256")
    sealed = fingerprint(result.outcome, result.commitment_date, result.body, result.attachments.all())
    if sealed != result.sha256 or (read and read != result.sha256):
        raise Conflict(_("Nội dung kết quả không còn đúng bản Ông/Bà đã đọc. Hãy mở lại hồ sơ."))
    leaks.insist(step, "justified", leaks.found(step.case, result.body, public=True))
    approval = Approval.objects.create(
        case=step.case, result=result, drafter=result.drafter, approver=step.viewer.user, at=step.at,
        on_behalf=step.verdict.membership.on_behalf, sha256=result.sha256,
    )  # fmt: skip
    step.facts["result"] = result.number
    if step.case.rule_set.publishes_with_approval:
        _give(step, approval)
    else:
        step.tells = ()


def revoke(step):
    _revoke_pending(step)


def _revoke_pending(step):
    step.case.approvals.filter(revoked_at__isnull=True, given_at__isnull=True).update(revoked_at=step.at)


def publish(step):
    _give(step, step.case.approvals.get(revoked_at__isnull=True, given_at__isnull=True))


def _give(step, approval):
    """Publish the approved result, or deliver it to the sender alone (Đ9); a commitment becomes a promise."""
    case = step.case
    approval.given_at = step.at
    approval.save(update_fields=["given_at"])
    case.answer = approval
    case.under_review = False
    if case.level == Level.NORMAL:
        case.published_at, case.retracted = step.at, False
    if approval.result.outcome == Result.Outcome.COMMITMENT:
        date = approval.result.commitment_date
        promise = Promise.objects.create(approval=approval, case=case, date=date, made_at=step.at)
        step.subjects.append((promise, _close_of_promised_day(date)))
        step.marks.append("given:commitment")


def _close_of_promised_day(date):
    """The close of that day; of the next working day where the calendar has made it a day off since it was promised."""
    return close_of_named_day(date, current_calendar())


def take_off_public_pages(case):
    """Take the case off every public page at once."""
    if case.published_at is not None:
        case.published_at, case.retracted, case.under_review = None, True, False


def ask(step):
    _keep_note_about_caller(step)
    _open_question(step, Question.By.SENDER)


def reply(step):
    _close_question(step, Question.By.SENDER)


def inquire(step):
    _open_question(step, Question.By.STAFF)


def answer(step):
    _keep_note_about_caller(step)
    _close_question(step, Question.By.STAFF)


def rate(step):
    score = step.data["score"]
    fixed = {"yes": True, "no": False}.get(step.data.get("fixed"))
    Rating.objects.create(approval=step.case.answer, score=score, note=step.note, fixed=fixed, at=step.at)
    step.facts["score"] = score
    if score != Rating.Score.UNSATISFIED:
        step.tells = ()


def conclude(step):
    rating = step.case.answer.rating
    rating.decision, rating.conclusion, rating.concluded_at = step.data["decision"], step.note, step.at
    rating.save()
    step.facts["decision"] = rating.decision


def reopen(step):
    step.case.under_review = step.case.published_at is not None
    _close_promise(step)


def fulfil(step):
    promise = step.case.promises.get(closed_at__isnull=True)
    if step.seat.role == Role.SPECIALIST:
        files = _take_files(step, Attachment.Role.RESULT)
        promise.proof, promise.proven_at, promise.proven_by = step.note, step.at, step.viewer.user
        promise.save()
        promise.proof_attachments.set(files)
        step.tells = ()
        return
    if promise.proven_by_id == step.viewer.user.pk:
        raise ValidationError({"decision": _("Người nộp minh chứng không được tự xác nhận.")})
    step.facts["decision"] = step.data["decision"]
    if step.data["decision"] == "confirm":
        promise.closed_at = promise.fulfilled_at = step.at
        promise.kept = step.at.replace(microsecond=0) <= promise.clock.due_at
        step.marks.append("fulfil:confirm")
        step.subject = promise
        step.readers = "sender"
    else:
        promise.proven_at = promise.proven_by = None
        step.tells = ()
    promise.save()


def explain(step):
    clock = step.case.clocks.filter(pk=step.data["clock"], holder=step.agency).first()
    if clock is None or not clock.is_late(step.at):
        raise ValidationError({"clock": _("Hãy chọn một thời hạn đã trễ của cơ quan Ông/Bà.")})
    Explanation.objects.create(clock=clock, agency=step.agency, author=step.viewer.user, note=step.note, at=step.at)
    step.facts["clock"] = clock.pk


def set_secrecy(step):
    case, level = step.case, step.data["level"]
    if step.seat.role == Role.SENDER and level != Level.CONFIDENTIAL:
        raise ValidationError({"level": _("Ông/Bà chỉ có thể đề nghị giữ bí mật.")})
    if step.seat.role == Role.SENDER and case.level == Level.WITHHELD:
        raise ValidationError({"level": _("Hồ sơ đã không công khai theo quyết định của cơ quan nhà nước.")})
    if level == case.level:
        raise ValidationError({"level": _("Hồ sơ đang ở đúng mức này.")})
    step.facts["level"] = level
    case.level = level
    if level != Level.NORMAL:
        take_off_public_pages(case)
    elif case.state == State.ANSWERED:
        case.published_at, case.retracted = step.at, False


def seal(step):
    """State secrets leave the portal; only a stub remains (Đ9.3)."""
    step.note, step.readers = step.data.get("note", ""), "staff"
    close_waiting(step)
    _close_promise(step)
    _revoke_pending(step)
    unsent = Message.objects.filter(case=step.case, sent_at=None, given_up_at=None)
    unsent.update(given_up_at=step.at, problem=_("hồ sơ được niêm phong trước khi gửi"))


def unseal(step):
    case = step.case
    case.agency = case.answer = None
    case.complete_since = step.at


def remind(step):
    """Where no agency holds the case it is the centre that is reminded."""
    if step.case.agency is None:
        step.readers = "staff"


def contact(step):
    sender = step.case.sender
    for name in ("phone", "email", "address"):
        if name in step.data:
            setattr(sender, name, step.data[name])
    sender.save()


def close_waiting(step):
    """Nobody waits any longer for opinions that were asked for."""
    waiting = step.case.consultations.filter(outcome=Consultation.Outcome.WAITING)
    waiting.update(outcome=Consultation.Outcome.CLOSED, answered_at=step.at)


def fingerprint(outcome, commitment_date, body, files):
    """sha256 (hex) over text, outcome, date and the files' own hashes: what the leader reads is what goes out."""
    parts = [outcome, commitment_date and commitment_date.isoformat(), body, sorted(file.sha256 for file in files)]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


def close_of_working_day(date, at, field):
    """A date as due time means the close of that day; a day off is refused, naming the next working day (A11)."""
    calendar = current_calendar()
    try:
        if not calendar.is_working_day(date):
            following = calendar.next_working_day(date)
            raise ValidationError(
                {field: _("Ngày %(day)s là ngày nghỉ. Ngày làm việc kế tiếp là %(next)s.")
                 % {"day": f"{date:%d/%m/%Y}", "next": f"{following:%d/%m/%Y}"}}
            )  # fmt: skip
        close = calendar.close_of(date)
    except BeyondCalendar as error:
        raise ValidationError({field: _("Lịch làm việc chưa có năm %s. Hãy chọn ngày sớm hơn.") % date.year}) from error
    if close <= at:
        raise ValidationError({field: _("Hãy chọn một ngày chưa qua.")})
    return close


def _own_due(case):
    running = case.clocks.filter(ending=Clock.Ending.RUNNING)
    return running.filter(key__in=LEADS_OWN).order_by("due_at").first()


def _default_consultation_due(step):
    """A11: the close of the last working day before the lead's due day, but not before that of the next working day."""
    calendar = current_calendar()
    earliest = calendar.next_working_day(timezone.localdate(step.at))
    own_due = _lead_due(step, calendar)
    if own_due is None or own_due <= step.at:
        return calendar.close_of(earliest)
    return calendar.close_of(max(calendar.previous_working_day(timezone.localdate(own_due)), earliest))


def _lead_due(step, calendar):
    """The lead's own due time; at `accept` the one that this very step is about to start."""
    if step.row.key == "accept":
        limit = step.case.rule_set.limits.filter(key="process").first()
        if limit is not None:
            return calendar.add(step.at, limit.amount, limit.unit).at
    own = _own_due(step.case)
    return own and own.due_at


def _consult(step, agency, due_at, note):
    if agency.pk == step.agency.pk or agency.kind in (Agency.Kind.CENTRE, Agency.Kind.REPORTING, Agency.Kind.PROVINCE):
        raise ValidationError({"agency": _("Không chuyển phối hợp cho chính cơ quan mình hoặc cho Trung tâm.")})
    if step.case.consultations.filter(agency=agency, outcome=Consultation.Outcome.WAITING).exists():
        raise ValidationError({"agency": _("%s đang được xin ý kiến về hồ sơ này.") % agency})
    asked = Consultation.objects.create(case=step.case, agency=agency, lead=step.agency, note=note, asked_at=step.at)
    step.subjects.append((asked, due_at))


def _close_consultation(step, outcome, body):
    waiting = step.case.consultations.get(agency=step.agency, outcome=Consultation.Outcome.WAITING)
    waiting.outcome, waiting.body, waiting.answered_at = outcome, body, step.at
    waiting.save()
    step.subject = waiting


def _open_question(step, by):
    files = _take_files(step, Attachment.Role.EXCHANGE)
    asker = step.agency if by == Question.By.STAFF else None
    question = Question.objects.create(
        case=step.case, by=by, body=step.data["body"], asked_at=step.at, asked_by_agency=asker
    )
    question.attachments.set(files)
    step.facts["question"] = question.pk
    if by == Question.By.SENDER:
        step.subjects.append((question, None))


def _close_question(step, by):
    waiting = step.case.questions.filter(by=by, replied_at__isnull=True).order_by("asked_at", "pk")
    if chosen := step.data.get("question"):
        waiting = waiting.filter(pk=chosen)
    question = waiting.first()
    if question is None:
        raise ValidationError({"question": _("Câu hỏi này đã được trả lời.")})
    question.reply, question.replied_at = step.data["body"], step.at
    question.replied_by_agency = step.agency if by == Question.By.SENDER else None
    question.save()
    question.reply_attachments.set(_take_files(step, Attachment.Role.EXCHANGE))
    step.facts["question"] = question.pk
    step.subject = question


def _close_promise(step):
    step.case.promises.filter(closed_at__isnull=True).update(closed_at=step.at)


def _take_files(step, role):
    files = step.data.get("attachments") or []
    if files and step.seat.role == Role.SENDER:
        stored = step.case.attachments.aggregate(bytes=Sum("size"))["bytes"] or 0
        try:
            check_total(0, stored, files)
        except ValidationError as error:
            raise ValidationError({"attachments": error.messages}) from error
    drafts.attach(files, step.case, role)
    return [str(file.pk) for file in files]
