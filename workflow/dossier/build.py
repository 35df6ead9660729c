"""A dossier, put together for one viewer: what `submissions.facets` does not grant stays None or empty."""

from collections import Counter

from django.db.models import Prefetch, prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.register import centre
from agencies.roles import Role
from submissions.facets import Facet, facets
from submissions.followers import count_of
from submissions.models import STATE_LABELS, Attachment, Case, CaseAccess
from submissions.states import WITH_CENTRE, State
from workflow import audit, identity, leaks
from workflow.models import (
    ACTOR_LABELS,
    CaseEvent,
    Clock,
    Consultation,
    Explanation,
    Question,
    Readers,
    RejectReason,
    Result,
)
from workflow.offered import Offered
from workflow.permissions import explainable_clocks
from workflow.procedure import told
from workflow.versions import difference

from .files import ASKED, DRAFTED, PROVEN, REPLIED, CaseFiles
from .limits import clock_view
from .parts import (
    ChecksView,
    ConsultationView,
    DisclosureView,
    Dossier,
    ListedCase,
    MatterView,
    MessageView,
    OtherCase,
    PromiseView,
    QuestionView,
    RatingView,
    RemarkView,
    ResultView,
    SenderView,
    StepView,
)  # fmt: skip

READ_OUTSIDE = (Prefetch("clocks", Clock.objects.select_related("holder")),)
READ_INSIDE = (
    Prefetch("clocks", Clock.objects.select_related("holder").prefetch_related("explanations__agency")),
    Prefetch("access", CaseAccess.objects.select_related("agency")),
)
"""What permissions read of a case, for visitors and for staff: prefetch it, and they don't ask again."""
READ_ALWAYS = (
    READ_OUTSIDE[0],
    READ_INSIDE[1],
    Prefetch("events", CaseEvent.objects.select_related("agency", "subject_agency", "actor")),
    "attachments",
)
READ_IF_DONE = (
    ("clocks__explanations", {"explain"}, Explanation.objects.select_related("agency")),
    ("consultations", {"accept", "consult"}, Consultation.objects.select_related("agency", "clock")),
    (
        "questions",
        {"ask", "inquire"},
        Question.objects.select_related("asked_by_agency", "replied_by_agency"),
    ),
    ("results", {"submit"}, Result.objects.select_related("drafter", "agency")),
)
"""What only these actions bring about: a case without such an event has none of it."""

GROUNDS = {
    "duplicate": gettext_lazy("Trùng với phản ánh, kiến nghị đã tiếp nhận"),
    "incomplete": gettext_lazy("Không đủ thông tin theo yêu cầu"),
    "out_of_scope": gettext_lazy("Không thuộc phạm vi tiếp nhận"),
    "spam": gettext_lazy("Nội dung rác"),
    "not_competent": gettext_lazy("Không thuộc thẩm quyền"),
    "unclear": gettext_lazy("Nội dung chưa rõ"),
    "inaccurate": gettext_lazy("Nội dung không chính xác"),
}


def read_whole(case):
    """Read, in few queries, all that a page of staff shows and offers of one case."""
    prefetch_related_objects([case], *READ_ALWAYS)
    done = {event.action for event in case.events.all()}
    told = (Prefetch(name, rows if actions & done else rows.none()) for name, actions, rows in READ_IF_DONE)
    prefetch_related_objects([case], *told)
    if case.answer:
        case.answer.result = next(result for result in case.results.all() if result.pk == case.answer.result_id)


def dossier(viewer, case, now=None, offered=None) -> Dossier:
    """What this viewer may see of this case, at `now`; `offered` is what the page has read for its forms too."""
    now = now or timezone.now()
    offered = offered or Offered(viewer, now)
    if viewer.memberships:
        read_whole(case)
    else:
        prefetch_related_objects([case], *READ_OUTSIDE)
    seen = facets(viewer, case)
    if not seen:
        raise ValueError(f"the viewer sees nothing of case {case.pk}: fetch it through visible_to or known_to")
    view = Dossier(
        pk=case.pk, code=case.code, version=case.version, state=case.state, state_label=str(STATE_LABELS[case.state]),
        facets=seen, is_open=case.is_open, is_stub=Facet.STUB in seen, received_at=case.received_at,
    )  # fmt: skip
    events = list(case.events.all() if viewer.memberships else case.events.select_related("agency", "subject_agency"))
    if view.is_stub:
        _add_stub(view, events)
        return view
    files = CaseFiles(case)
    _add_stages(view, case, events, seen, now, offered)
    if seen & {Facet.PUBLIC, Facet.OWN, Facet.MATTER}:
        _add_matter(view, case, events, seen, files)
        _add_answer(view, case, seen, files)
    if seen & {Facet.OWN, Facet.INTERNAL}:
        _add_exchange(view, case, events, files)
    if Facet.IDENTITY in seen:
        _add_sender(view, viewer, case, now)
    if Facet.INTERNAL in seen:
        _add_internal(view, viewer, case, events, now)
    if Facet.RESULT in seen:
        _add_results(view, case, events, files)
    return view


def disclosures(viewer, case) -> list[DisclosureView]:
    """For the sender alone: who opened their data or files, or took the case out."""
    if not viewer.owns(case) or case.state == State.SEALED:
        return []
    return [
        DisclosureView(entry.at, str(entry.agency or ""), str(entry.get_kind_display()), entry.reason)
        for entry in audit.told_to_the_sender(case)
    ]


def listed_cases(cases) -> list[ListedCase]:
    """The lines of a sender's own list."""
    name = centre().name
    return [
        ListedCase(
            case.code, _listed_title(case), str(STATE_LABELS[case.state]), case.state, _held_by(case, name),
            case.received_at, case.next_due_at if case.is_open else None,
        )
        for case in cases
    ]  # fmt: skip


def _listed_title(case):
    """Of a sealed case its own sender reads no more than the stub (Đ9.3)."""
    return _("Hồ sơ đã niêm phong") if case.state == State.SEALED else case.title


def may_read_file(viewer, attachment) -> bool:
    """Whether the viewer may have this file of a case: the same check as for the text that it belongs to."""
    if not attachment.is_readable:
        return False
    case = Case.objects.known_to(viewer).filter(pk=attachment.case_id).select_related("sender", "agency").first()
    if case is None:
        return False
    seen = facets(viewer, case)
    if attachment.role in Attachment.OF_THE_SENDER:
        return bool(seen & {Facet.OWN, Facet.MATTER}) or Facet.PUBLIC in seen and attachment.released
    if attachment.role == Attachment.Role.EXCHANGE:
        return bool(seen & {Facet.OWN, Facet.INTERNAL})
    proof = attachment.proofs.first()
    if proof is not None:
        return _shows_proof(proof, seen)
    if Facet.RESULT in seen:
        return True
    reads_answer = case.answer_id is not None and bool(seen & {Facet.PUBLIC, Facet.OWN, Facet.MATTER})
    return reads_answer and attachment.results.filter(approval=case.answer_id).exists()


def may_read_report_up(viewer, case) -> bool:
    """The notice to the People's Committee (R14) is for the lead's people, the operator and the supervisor."""
    if Facet.INTERNAL not in facets(viewer, case):
        return False
    return viewer.has(Role.OPERATOR) or viewer.has(Role.SUPERVISOR) or case.agency_id in viewer.agency_ids


def _add_stub(view, events):
    sealing = _last(events, "seal")
    view.sealed_at = sealing.at
    view.sealed_by = _who(sealing)
    view.timeline = [
        StepView(event.at, event.action, str(told(event.action)), "", "", "", internal=False) for event in events
    ]


def _last(events, action):
    return next((event for event in reversed(events) if event.action == action), None)


def _add_stages(view, case, events, seen, now, offered):
    view.level, view.level_label = case.level, case.get_level_display()
    view.holder = _held_by(case, offered.centre.name)
    view.rule_set = case.rule_set.name
    view.instant = case.rule_set.instant
    view.field_label = case.field.name if case.field else ""
    view.published_at, view.under_review = case.published_at, case.under_review
    if case.published_at and seen & {Facet.PUBLIC, Facet.OWN, Facet.INTERNAL}:
        view.followers = count_of(case)
    view.clocks = [clock_view(clock, now, offered.calendar) for clock in _shown(case, seen)]
    followed = [event for event in events if _follows(event, seen)]
    view.timeline = [step_view(event, seen) for event in followed]


def _follows(event, seen):
    """Staff follow everything, the sender all but internal notes, others the stages."""
    if Facet.INTERNAL in seen:
        return True
    return event.action != "note" if Facet.OWN in seen else _is_stage(event)


def _is_stage(event):
    """What everybody may follow: the steps of the procedure, not the talk, the notes and the ratings around it."""
    return event.before != event.after


def shown_clocks(viewer, case):
    """The clocks of a case that this viewer may see, in order of start; of a sealed case nobody sees any."""
    seen = facets(viewer, case)
    return _shown(case, seen) if seen and Facet.STUB not in seen else []


def _shown(case, seen):
    return [clock for clock in case.clocks.all() if _shows(clock, seen)]


def _shows(clock, seen):
    """Not the clock that `extend` replaced; outside, neither inner deadlines nor last days for a branch (A18)."""
    if clock.ending == Clock.Ending.SUPERSEDED and clock.key == "process":
        return False
    if clock.conditional and clock.holder_role == Role.OPERATOR:
        return Facet.INTERNAL in seen
    if clock.key == "consult":
        return Facet.INTERNAL in seen
    if clock.key == "question":
        return bool(seen & {Facet.OWN, Facet.INTERNAL})
    return True


def _held_by(case, name_of_the_centre):
    if case.agency is not None:
        return case.agency.name
    return name_of_the_centre if case.state in WITH_CENTRE else ""


def step_view(event, seen) -> StepView:
    """An event for a viewer with these facets: its note only to whom it is addressed, people by name inside only."""
    reads, inside = _reads(event, seen), Facet.INTERNAL in seen
    return StepView(
        event.at, event.action, _told(event), _who(event, inside), _note(event, inside) if reads else "",
        _reason(event) if reads else "", internal=event.readers in (Readers.STAFF, Readers.AGENCY),
    )  # fmt: skip


def _note(event, inside):
    about_caller = event.facts.get("about_caller")
    if not (inside and about_caller):
        return event.note
    return _("%(note)s (ghi chú của Trung tâm: %(about)s)") % {"note": event.note, "about": about_caller}


def _reason(event):
    if event.action == "reject":
        return str(RejectReason(event.facts["reason"]).label)
    return str(GROUNDS.get(event.facts.get("ground"), ""))


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
    if named and event.channel and event.action != "lodge":
        who = _("%(who)s, theo yêu cầu qua %(channel)s") % {"who": who, "channel": event.get_channel_display()}
    return f"{event.actor}, {who}" if named and event.actor and event.agency else who


def _add_matter(view, case, events, seen, files):
    masked_only = not seen & {Facet.OWN, Facet.MATTER}
    own = Facet.OWN in seen
    shown = f"{case.shown_title}\n{case.shown_content}"
    view.matter = MatterView(
        title=case.title if own else case.shown_title,
        content=case.content if own else case.shown_content,
        original_title=case.title if Facet.MATTER in seen and case.public_title else "",
        original_content=case.content if Facet.MATTER in seen and case.public_content else "",
        additions=[(event.at, event.note) for event in events if event.action == "complete" and not masked_only],
        place=case.place,
        occurred_at=case.occurred_at,
        incident_label=case.get_incident_display() if case.incident else "",
        commune_label="" if masked_only else str(case.sender.commune or ""),
        files=[file for file in files.of_the_sender if file.released or not masked_only],
        remark=RemarkView(**case.remarks) if case.remarks and not masked_only else None,
        personal=[leaks.said(hit) for hit in leaks.personal(shown)] if Facet.INTERNAL in seen else [],
    )


def _add_answer(view, case, seen, files):
    if case.answer is None:
        return
    view.answer = _result(case.answer.result, files, case.answer.at, named=Facet.INTERNAL in seen)
    rating = getattr(case.answer, "rating", None)
    if rating is not None:
        private = bool(seen & {Facet.OWN, Facet.INTERNAL})
        view.rating = RatingView(
            rating.score, rating.get_score_display(), rating.note if private else "",
            rating.fixed if private else None, rating.at,
            rating.get_decision_display() if private else "", rating.conclusion if private else "",
        )  # fmt: skip
    promise = getattr(case.answer, "promise", None)
    if promise is not None:
        shown = _shows_proof(promise, seen)
        view.promise = PromiseView(
            promise.date, promise.made_at, promise.proof if shown else "", promise.proven_at, promise.fulfilled_at,
            promise.closed_at, promise.kept,
            files.of(PROVEN, promise) if shown else [],
        )  # fmt: skip


def _shows_proof(promise, seen):
    """What the specialist handed in stays inside until the leader has confirmed it; then it is the sender's too."""
    return Facet.INTERNAL in seen or Facet.OWN in seen and promise.fulfilled_at is not None


def _add_exchange(view, case, events, files):
    view.questions = [_question(question, files) for question in _questions(case)]
    refusal = _last(events, "refuse")
    if refusal and case.state == State.REFUSED and (code := refusal.facts.get("duplicate_of")):
        view.duplicate_of = other_case(code)


def _questions(case):
    """As prefetched for staff; the sender's page asks for them here."""
    if "questions" in getattr(case, "_prefetched_objects_cache", {}):
        return case.questions.all()
    return case.questions.select_related("asked_by_agency", "replied_by_agency")


def _question(question, files):
    sender, desk = str(ACTOR_LABELS["sender"]), _("Trung tâm")
    from_sender = question.by == Question.By.SENDER
    return QuestionView(
        pk=question.pk, by=question.by, body=question.body, asked_at=question.asked_at,
        asker=sender if from_sender else str(question.asked_by_agency or desk),
        files=files.of(ASKED, question), reply=question.reply,
        replied_at=question.replied_at, replier=str(question.replied_by_agency or desk) if from_sender else sender,
        reply_files=files.of(REPLIED, question),
    )  # fmt: skip


def other_case(code):
    """Code, agency, stage and due time of the earlier case; nothing where its code alone shows nothing (Đ12.1)."""
    other = Case.objects.known_by_code().filter(code=code).select_related("agency").first()
    if other is None:
        return None
    return OtherCase(other.code, _held_by(other, centre().name), str(STATE_LABELS[other.state]), other.next_due_at)


def _add_internal(view, viewer, case, events, now):
    view.wished_agency = case.wished_agency.name if case.wished_agency else ""
    view.channel_label, view.national_code, view.returns = case.get_channel_display(), case.national_code, case.returns
    view.returned_by = list(Counter(str(event.agency) for event in events if event.action == "return").items())
    view.has_report_up = may_read_report_up(viewer, case) and _last(events, "report_up") is not None
    coordinating = CaseAccess.Part.COORDINATING
    view.coordinating = sorted(access.agency.name for access in case.access.all() if access.part == coordinating)
    consultations = case.consultations.all()
    view.consultations = [
        ConsultationView(
            c.agency.name, c.note, c.asked_at, c.outcome, c.get_outcome_display(), c.body, c.answered_at,
            getattr(c, "clock", None) and c.clock.due_at,
        )
        for c in consultations
    ]  # fmt: skip
    owed = {clock.pk for clock in explainable_clocks(viewer, case, now)}
    view.late_to_explain = [clock for clock in view.clocks if clock.id in owed]
    view.explanations = [
        (c.label, str(e.agency or ""), e.note, e.at) for c in case.clocks.all() for e in c.explanations.all()
    ]
    view.messages = [
        MessageView(
            m.subject or m.body, m.get_medium_display(), m.queued_at, m.sent_at, m.given_up_at, m.problem,
            str(m.done_by or ""),
        )
        for m in case.messages.select_related("done_by")
    ]  # fmt: skip


def _checks(case, result, earlier, events):
    """What the leader looks at besides the text: what was found in it, why it may stand, what is new in it."""
    submitted = _last(events, "submit")
    hits = leaks.found(case, result.body, public=True)
    return ChecksView(
        pieces=leaks.pieces(result.body, hits), hits=[leaks.said(hit) for hit in hits],
        justified=submitted.facts.get("justified", ""),
        difference=difference(earlier.body, result.body) if earlier else [],
        earlier=earlier.number if earlier else 0,
    )  # fmt: skip


def _add_results(view, case, events, files):
    results = [_result(result, files) for result in case.results.all()]
    if results and case.state in (State.SUBMITTED, State.APPROVED):
        view.result, results = results[-1], results[:-1]
        view.checks = _checks(case, view.result, results[-1] if results else None, events)
    last = next((event for event in reversed(events) if event.action in ("submit", "reject", "approve")), None)
    if case.state == State.PROCESSING and last is not None and last.action == "reject":
        view.rejection = step_view(last, view.facets)
    given = case.answer.result.number if case.answer else None
    view.earlier_results = [result for result in results if result.number != given]


def _result(result, files, approved_at=None, named=True):
    return ResultView(
        number=result.number, body=result.body, outcome=result.outcome, outcome_label=result.get_outcome_display(),
        commitment_date=result.commitment_date, agency=result.agency.name, drafter=str(result.drafter) if named else "",
        submitted_at=result.submitted_at, files=files.of(DRAFTED, result),
        sha256=result.sha256, approved_at=approved_at,
    )  # fmt: skip


def _add_sender(view, viewer, case, now):
    """Who sent it: staff open it first (`workflow.identity`)."""
    if identity.is_open(viewer, case, now):
        view.sender = _sender(case.sender)
    else:
        view.reasons_to_open = identity.Reason.choices


def _sender(sender):
    return SenderView(
        sender.get_type_display(), sender.full_name, sender.address,
        f"{sender.commune}, {sender.commune.parent}" if sender.commune else "", sender.phone, sender.email,
    )  # fmt: skip
