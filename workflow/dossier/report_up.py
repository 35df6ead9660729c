"""The lead's written report to the provincial People's Committee on a case without result in time (R14, Đ3.5)."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import AdministrativeUnit, Agency
from agencies.register import current_calendar
from submissions.facets import facets
from submissions.models import Level
from workflow.models import Consultation

from .build import may_read_report_up, shown_clocks, step_view
from .limits import amount_words, margin_words

HANDLING = frozenset({"contain", "consult", "opinion", "decline", "progress", "extend", "inquire", "answer", "recount"})
"""What the report tells of besides the steps of the procedure."""
TOLD_IN_FULL = frozenset({"contain", "progress", "extend"})
"""Steps whose notes were written for the sender."""


@dataclass(frozen=True)
class ReportedLimit:
    label: str
    article: str
    amount_text: str
    due_at: datetime
    margin: str


@dataclass(frozen=True)
class ReportedAgency:
    name: str
    asked_at: datetime
    outcome_label: str
    answered_at: datetime | None


@dataclass(frozen=True)
class ReportedStep:
    at: datetime
    text: str
    note: str


@dataclass(frozen=True)
class ReportUp:
    """The case as it stood when the report was made; nothing of the sender, nothing internal but the steps."""

    code: str
    title: str
    level_label: str
    agency: str
    superior: str
    recipient: str
    place: str
    dated: str
    at: datetime
    received_at: datetime
    rule_set: str
    source: str
    limits: list
    coordinating: list
    steps: list
    reason: str
    signer: str
    on_behalf: bool
    copies: list


def report_up(viewer, case) -> ReportUp | None:
    """The latest report on this case, or None where there is none or the viewer may not read it."""
    if not may_read_report_up(viewer, case):
        return None
    events = list(case.events.select_related("agency__parent", "subject_agency", "actor"))
    report = next((event for event in reversed(events) if event.action == "report_up"), None)
    if report is None:
        return None
    bodies = {}
    for agency in Agency.objects.filter(kind__in=[*BODIES]):
        bodies.setdefault(agency.kind, agency.name)
    coordinating = _coordinating(case, report)
    return ReportUp(
        code=case.code, title=case.shown_title,
        level_label=case.get_level_display() if case.level != Level.NORMAL else "",
        agency=report.agency.name, superior=report.agency.parent.name if report.agency.parent else "",
        recipient=bodies.get(Agency.Kind.PROVINCE) or _("Ủy ban nhân dân tỉnh"), place=_place(),
        dated=_dated(report.at), at=report.at, received_at=case.received_at, rule_set=case.rule_set.name,
        source=case.rule_set.source, limits=_limits(viewer, case, report), coordinating=coordinating,
        steps=_steps(events, report, facets(viewer, case)), reason=report.note, signer=str(report.actor),
        on_behalf=report.on_behalf, copies=_copies(bodies, coordinating),
    )  # fmt: skip


BODIES = (Agency.Kind.PROVINCE, Agency.Kind.REPORTING, Agency.Kind.CENTRE)


def _limits(viewer, case, report):
    """The reporting agency's limits that ran then or had been missed."""
    calendar, at = current_calendar(), report.at
    return [
        ReportedLimit(
            clock.label, clock.article, amount_words(clock), clock.due_at, margin_words(clock, at, calendar)
        )
        for clock in shown_clocks(viewer, case)
        if clock.holder_id == report.agency_id and not clock.conditional and clock.started_at <= at
        if clock.done_at is None or clock.done_at > min(at, clock.due_at)
    ]  # fmt: skip


def _coordinating(case, report):
    asked = Consultation.objects.filter(case=case, lead=report.agency, asked_at__lte=report.at).select_related("agency")
    return [_asked(consultation, report.at) for consultation in asked]


def _asked(consultation, at):
    answered = consultation.answered_at is not None and consultation.answered_at <= at
    outcome = consultation.outcome if answered else Consultation.Outcome.WAITING
    return ReportedAgency(
        consultation.agency.name, consultation.asked_at, str(Consultation.Outcome(outcome).label),
        consultation.answered_at if answered else None,
    )  # fmt: skip


def _steps(events, report, seen):
    told = [event for event in events if event.at <= report.at]
    steps = [step_view(event, seen) for event in told if event.before != event.after or event.action in HANDLING]
    return [ReportedStep(step.at, step.text, step.note if step.action in TOLD_IN_FULL else "") for step in steps]


def _place():
    unit = AdministrativeUnit.objects.filter(pk=settings.OFFICE_PROVINCE).first()
    if unit is None:
        return "……"
    return unit.name.removeprefix("Tỉnh ").removeprefix("Thành phố ")


def _copies(bodies, coordinating):
    kept = [bodies[kind] for kind in BODIES[1:] if kind in bodies]
    return [_("Như trên"), *dict.fromkeys([*kept, *(agency.name for agency in coordinating)]), _("Lưu: VT")]


def _dated(moment):
    """As the head of an official document has it: a zero before days below 10 and before months 1 and 2."""
    day = timezone.localdate(moment)
    month = f"{day.month:02}" if day.month < 3 else str(day.month)
    return _("ngày %(day)s tháng %(month)s năm %(year)s") % {"day": f"{day.day:02}", "month": month, "year": day.year}
