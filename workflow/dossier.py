"""A case as one viewer may see it: the only thing that templates of a case get, never the Case itself.

What `submissions.facets` does not grant stays None or empty here. Every moment is aware.
"""

from dataclasses import dataclass, field
from datetime import date, datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.calendar import Unit, printed
from agencies.models import Agency
from agencies.register import current_calendar
from submissions.facets import Facet, facets
from submissions.models import STATE_LABELS, Attachment, Case, CaseAccess
from submissions.states import WITH_CENTRE, State

from .models import ACTOR_LABELS, Clock, Question, Readers
from .permissions import explainable_clocks
from .procedure import told

UNIT_WORDS = {
    Unit.CLOCK_HOURS: gettext_lazy("%d giờ"),
    Unit.WORKING_HOURS: gettext_lazy("%d giờ làm việc"),
    Unit.WORKING_DAYS: gettext_lazy("%d ngày làm việc"),
    Unit.CALENDAR_DAYS: gettext_lazy("%d ngày"),
}
GROUNDS = {
    "duplicate": gettext_lazy("Trùng với phản ánh, kiến nghị đã tiếp nhận"),
    "incomplete": gettext_lazy("Không đủ thông tin theo yêu cầu"),
    "out_of_scope": gettext_lazy("Không thuộc phạm vi tiếp nhận"),
    "spam": gettext_lazy("Nội dung rác"),
    "not_competent": gettext_lazy("Không thuộc thẩm quyền"),
    "unclear": gettext_lazy("Nội dung chưa rõ"),
    "inaccurate": gettext_lazy("Nội dung không chính xác"),
}


@dataclass(frozen=True)
class FileView:
    id: str
    name: str
    size: int
    kind: str
    is_image: bool
    url: str
    released: bool


@dataclass(frozen=True)
class ClockView:
    """`due_local` is the due time as `manage.py due` prints it; `remaining` says in words what is left or overdue."""

    id: int
    key: str
    label: str
    article: str
    amount_text: str
    started_at: datetime
    due_at: datetime
    due_local: str
    provisional: bool
    ended_at: datetime | None
    outcome: str
    outcome_label: str
    remaining: str
    holder: str
    conditional: bool


@dataclass(frozen=True)
class StepView:
    at: datetime
    action: str
    text: str
    who: str
    note: str
    reason: str
    files: list
    internal: bool


@dataclass(frozen=True)
class MatterView:
    title: str
    content: str
    original_title: str
    original_content: str
    additions: list
    place: str
    occurred_at: datetime | None
    incident_label: str
    commune_label: str
    files: list


@dataclass(frozen=True)
class SenderView:
    type_label: str
    full_name: str
    address: str
    commune: str
    phone: str
    email: str


@dataclass(frozen=True)
class ResultView:
    number: int
    body: str
    outcome: str
    outcome_label: str
    commitment_date: date | None
    agency: str
    drafter: str
    submitted_at: datetime
    files: list
    sha256: str
    approved_at: datetime | None = None


@dataclass(frozen=True)
class RatingView:
    score: str
    score_label: str
    note: str
    at: datetime
    decision_label: str
    conclusion: str


@dataclass(frozen=True)
class QuestionView:
    pk: int
    by: str
    body: str
    asked_at: datetime
    asker: str
    files: list
    reply: str
    replied_at: datetime | None
    replier: str
    reply_files: list

    @property
    def open(self):
        return self.replied_at is None


@dataclass(frozen=True)
class ConsultationView:
    agency: str
    note: str
    asked_at: datetime
    outcome: str
    outcome_label: str
    body: str
    answered_at: datetime | None
    due_at: datetime | None


@dataclass(frozen=True)
class PromiseView:
    date: date
    made_at: datetime
    proof: str
    proven_at: datetime | None
    closed_at: datetime | None
    kept: bool
    files: list


@dataclass(frozen=True)
class OtherCase:
    """What may be told of the case that this one repeats (Đ12.1)."""

    code: str
    agency: str
    state_label: str
    due_at: datetime | None


@dataclass
class Dossier:
    pk: int
    code: str
    version: int
    state: str
    state_label: str
    facets: frozenset
    is_open: bool
    is_stub: bool
    received_at: datetime
    level: str = ""
    level_label: str = ""
    holder: str = ""
    rule_set: str = ""
    rule_set_source: str = ""
    publishes_with_approval: bool = True
    instant: bool = False
    field_label: str = ""
    channel_label: str = ""
    national_code: str = ""
    returns: int = 0
    published_at: datetime | None = None
    under_review: bool = False
    sealed_at: datetime | None = None
    sealed_by: str = ""
    coordinating: list = field(default_factory=list)
    clocks: list = field(default_factory=list)
    timeline: list = field(default_factory=list)
    matter: MatterView | None = None
    sender: SenderView | None = None
    answer: ResultView | None = None
    rating: RatingView | None = None
    result: ResultView | None = None
    earlier_results: list = field(default_factory=list)
    questions: list = field(default_factory=list)
    consultations: list = field(default_factory=list)
    promise: PromiseView | None = None
    duplicate_of: OtherCase | None = None
    late_to_explain: list = field(default_factory=list)
    explanations: list = field(default_factory=list)
    messages: list = field(default_factory=list)


def dossier(viewer, case, now=None) -> Dossier:
    """What this viewer may see of this case, at `now`."""
    now = now or timezone.now()
    seen = facets(viewer, case)
    if not seen:
        raise ValueError(f"the viewer sees nothing of case {case.pk}: fetch it through visible_to or known_to")
    view = Dossier(
        pk=case.pk, code=case.code, version=case.version, state=case.state, state_label=str(STATE_LABELS[case.state]),
        facets=seen, is_open=case.is_open, is_stub=Facet.STUB in seen, received_at=case.received_at,
    )  # fmt: skip
    if view.is_stub:
        _add_stub(view, case)
        return view
    _add_stages(view, case, seen, now)
    if seen & {Facet.PUBLIC, Facet.OWN, Facet.MATTER}:
        _add_matter(view, case, seen)
        _add_answer(view, case, seen)
    if seen & {Facet.OWN, Facet.INTERNAL}:
        _add_exchange(view, case)
    if Facet.IDENTITY in seen:
        view.sender = _sender(case.sender)
    if Facet.INTERNAL in seen:
        _add_internal(view, viewer, case, now)
    if Facet.RESULT in seen:
        _add_results(view, case)
    return view


def may_read_file(viewer, attachment) -> bool:
    """Whether the viewer may have this file of a case: the same check as for the text that it belongs to."""
    case = Case.objects.known_to(viewer).filter(pk=attachment.case_id).select_related("sender", "agency").first()
    if case is None:
        return False
    seen = facets(viewer, case)
    if attachment.role in (Attachment.Role.MATTER, Attachment.Role.COMPLETION):
        return bool(seen & {Facet.OWN, Facet.MATTER}) or Facet.PUBLIC in seen and attachment.released
    if attachment.role == Attachment.Role.EXCHANGE:
        return bool(seen & {Facet.OWN, Facet.INTERNAL})
    proof = attachment.proofs.first()
    if proof is not None:
        return _shows_proof(proof, seen)
    answered = bool(seen & {Facet.PUBLIC, Facet.OWN, Facet.MATTER})
    return Facet.RESULT in seen or answered and attachment.results.filter(approval=case.answer_id).exists()


def clock_view(clock, now) -> ClockView:
    outcome = clock.outcome_at(now)
    return ClockView(
        id=clock.pk, key=clock.key, label=clock.label, article=clock.article, amount_text=_amount(clock),
        started_at=clock.started_at, due_at=clock.due_at, due_local=printed(clock.due_at),
        provisional=clock.provisional, ended_at=clock.ended_at, outcome=str(outcome),
        outcome_label=_outcome_label(clock, outcome), remaining=_remaining(clock, now),
        holder=clock.holder.name if clock.holder else str(ACTOR_LABELS[clock.holder_role]),
        conditional=clock.conditional,
    )  # fmt: skip


def remaining_words(due_at, now, unit=""):
    """Working time left until a due time, or overdue, in words; real time for limits in clock hours (A5)."""
    if unit == Unit.CLOCK_HOURS:
        minutes = int(abs((due_at - now).total_seconds())) // 60
        words = _("%(hours)d giờ %(minutes)d phút") % {"hours": minutes // 60, "minutes": minutes % 60}
        return (_("còn %s") if due_at >= now else _("quá hạn %s")) % words
    calendar = current_calendar()
    left = calendar.between(now, due_at)
    if not left:
        return _("sắp đến hạn") if due_at >= now else _("vừa quá hạn")
    return calendar.describe(left)


def _amount(clock):
    return str(UNIT_WORDS[clock.unit]) % clock.amount if clock.amount else ""


def _outcome_label(clock, outcome):
    if clock.conditional and outcome == Clock.Outcome.MET:
        return _("đã xong")
    return str(Clock.Outcome(outcome).label)


def _remaining(clock, now):
    if clock.ending != Clock.Ending.RUNNING:
        return ""
    if clock.conditional and now > clock.due_at:
        return _("đã hết")
    return remaining_words(clock.due_at, now, clock.unit)


def _add_stub(view, case):
    sealing = case.events.filter(action="seal").select_related("agency").order_by("-at", "-id").first()
    view.sealed_at = sealing.at
    view.sealed_by = _who(sealing)
    view.timeline = [
        StepView(event.at, event.action, str(told(event.action)), "", "", "", [], False) for event in case.events.all()
    ]


def _add_stages(view, case, seen, now):
    view.level, view.level_label = case.level, case.get_level_display()
    view.holder = _holder(case)
    view.rule_set, view.rule_set_source = case.rule_set.name, case.rule_set.source
    view.publishes_with_approval = case.rule_set.publishes_with_approval
    view.instant = case.rule_set.instant
    view.field_label = case.field.name if case.field else ""
    view.published_at, view.under_review = case.published_at, case.under_review
    clocks = case.clocks.exclude(ending=Clock.Ending.SUPERSEDED, key="process").select_related("holder")
    view.clocks = [clock_view(clock, now) for clock in clocks if _shows(clock, seen)]
    view.timeline = [_step(event, seen) for event in case.events.select_related("agency", "subject_agency", "actor")]


def _shows(clock, seen):
    """Who may only follow the stages is spared the talk between sender and agency, and the lead's inner deadlines."""
    if clock.key == "consult":
        return Facet.INTERNAL in seen
    if clock.key == "question":
        return bool(seen & {Facet.OWN, Facet.INTERNAL})
    return True


def _holder(case):
    if case.agency is not None:
        return case.agency.name
    centre = Agency.objects.filter(kind=Agency.Kind.CENTRE).values_list("name", flat=True).first()
    return centre if case.state in WITH_CENTRE else ""


def _step(event, seen):
    reads = event.readers == Readers.PUBLIC or _reads(event, seen)
    duplicate = event.facts.get("ground", "") if reads or Facet.OWN in seen else ""
    return StepView(
        event.at, event.action, _told(event), _who(event, Facet.INTERNAL in seen), event.note if reads else "",
        str(GROUNDS.get(duplicate, "")) if reads else "", [], event.readers in (Readers.STAFF, Readers.AGENCY),
    )  # fmt: skip


def _reads(event, seen):
    if event.readers == Readers.SENDER:
        return bool(seen & {Facet.OWN, Facet.INTERNAL})
    if event.readers == Readers.AGENCY:
        return Facet.RESULT in seen
    return Facet.INTERNAL in seen


def _told(event):
    text = str(told(event.action))
    if event.action == "distribute" and event.subject_agency:
        return f"{text}: {event.subject_agency}"
    return text


def _who(event, named=False):
    role = str(ACTOR_LABELS[event.role])
    who = f"{role}, {event.agency}" if event.agency else role
    if event.on_behalf:
        who = _("%s (thay mặt)") % who
    return f"{event.actor}, {who}" if named and event.actor and event.agency else who


def _add_matter(view, case, seen):
    masked_only = not seen & {Facet.OWN, Facet.MATTER}
    files = case.attachments.filter(role__in=[Attachment.Role.MATTER, Attachment.Role.COMPLETION])
    if masked_only:
        files = files.filter(released=True)
    additions = case.events.filter(action="complete") if not masked_only else []
    own = Facet.OWN in seen
    view.matter = MatterView(
        title=case.title if own else case.shown_title,
        content=case.content if own else case.shown_content,
        original_title=case.title if Facet.MATTER in seen and case.public_title else "",
        original_content=case.content if Facet.MATTER in seen and case.public_content else "",
        additions=[(event.at, event.note) for event in additions],
        place=case.place,
        occurred_at=case.occurred_at,
        incident_label=case.get_incident_display() if case.incident else "",
        commune_label="" if masked_only else str(case.sender.commune or ""),
        files=[_file(file) for file in files],
    )


def _add_answer(view, case, seen):
    if case.answer is None:
        return
    view.answer = _result(case.answer.result, case.answer.at)
    rating = getattr(case.answer, "rating", None)
    if rating is not None:
        private = bool(seen & {Facet.OWN, Facet.INTERNAL})
        view.rating = RatingView(
            rating.score, rating.get_score_display(), rating.note if private else "", rating.at,
            rating.get_decision_display() if private else "", rating.conclusion if private else "",
        )  # fmt: skip
    promise = getattr(case.answer, "promise", None)
    if promise is not None:
        shown = _shows_proof(promise, seen)
        view.promise = PromiseView(
            promise.date, promise.made_at, promise.proof if shown else "", promise.proven_at, promise.closed_at,
            promise.kept, [_file(file) for file in promise.proof_attachments.all()] if shown else [],
        )  # fmt: skip


def _shows_proof(promise, seen):
    """What the specialist handed in stays inside until the leader has confirmed it; then it is the sender's too."""
    return Facet.INTERNAL in seen or Facet.OWN in seen and promise.closed_at is not None


def _add_exchange(view, case):
    questions = case.questions.select_related("asked_by_agency", "replied_by_agency")
    view.questions = [_question(q) for q in questions.prefetch_related("attachments", "reply_attachments")]
    refusal = case.events.filter(action="refuse").order_by("-at", "-id").first()
    if refusal and case.state == State.REFUSED and (code := refusal.facts.get("duplicate_of")):
        view.duplicate_of = other_case(code)


def _question(question):
    sender, centre = str(ACTOR_LABELS["sender"]), _("Trung tâm")
    from_sender = question.by == Question.By.SENDER
    return QuestionView(
        pk=question.pk, by=question.by, body=question.body, asked_at=question.asked_at,
        asker=sender if from_sender else str(question.asked_by_agency or centre),
        files=[_file(file) for file in question.attachments.all()], reply=question.reply,
        replied_at=question.replied_at, replier=str(question.replied_by_agency or centre) if from_sender else sender,
        reply_files=[_file(file) for file in question.reply_attachments.all()],
    )  # fmt: skip


def other_case(code):
    """Code, agency, stage and due time of the earlier case; nothing where its code alone shows nothing (Đ12.1)."""
    other = Case.objects.known_by_code().filter(code=code).select_related("agency").first()
    if other is None:
        return None
    return OtherCase(other.code, _holder(other), str(STATE_LABELS[other.state]), other.next_due_at)


def _add_internal(view, viewer, case, now):
    view.channel_label, view.national_code, view.returns = case.get_channel_display(), case.national_code, case.returns
    coordinating = case.access.filter(part=CaseAccess.Part.COORDINATING).select_related("agency")
    view.coordinating = sorted(access.agency.name for access in coordinating)
    consultations = case.consultations.select_related("agency", "clock")
    view.consultations = [
        ConsultationView(
            c.agency.name, c.note, c.asked_at, c.outcome, c.get_outcome_display(), c.body, c.answered_at,
            getattr(c, "clock", None) and c.clock.due_at,
        )
        for c in consultations
    ]  # fmt: skip
    view.late_to_explain = [clock_view(clock, now) for clock in explainable_clocks(viewer, case, now)]
    explained = case.clocks.filter(explanations__isnull=False).distinct().prefetch_related("explanations__agency")
    view.explanations = [(c.label, str(e.agency or ""), e.note, e.at) for c in explained for e in c.explanations.all()]
    view.messages = [(m.notice, m.get_medium_display(), m.subject, m.queued_at, m.sent_at) for m in case.messages.all()]


def _add_results(view, case):
    results = [_result(r) for r in case.results.select_related("drafter", "agency").prefetch_related("attachments")]
    if results and case.state in (State.SUBMITTED, State.APPROVED):
        view.result, results = results[-1], results[:-1]
    view.earlier_results = results


def _result(result, approved_at=None):
    return ResultView(
        number=result.number, body=result.body, outcome=result.outcome, outcome_label=result.get_outcome_display(),
        commitment_date=result.commitment_date, agency=result.agency.name, drafter=str(result.drafter),
        submitted_at=result.submitted_at, files=[_file(file) for file in result.attachments.all()],
        sha256=result.sha256, approved_at=approved_at,
    )  # fmt: skip


def _sender(sender):
    return SenderView(
        sender.get_type_display(), sender.full_name, sender.address,
        f"{sender.commune}, {sender.commune.parent}" if sender.commune else "", sender.phone, sender.email,
    )  # fmt: skip


def _file(file):
    return FileView(
        str(file.pk),
        file.name,
        file.size,
        file.kind,
        file.is_image,
        reverse("attachment", args=[file.pk]),
        file.released,
    )
