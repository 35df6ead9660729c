"""What a sender may ask of their own data, and how long it is kept (Law 91/2025/QH15; the case itself stays, R16)."""

import logging
from dataclasses import asdict
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext as _

from agencies.calendar import BeyondCalendar, Unit
from agencies.register import current_calendar
from agencies.roles import Role
from submissions.models import Case, Follower, Sender
from submissions.states import OPEN, State

from . import audit
from .dossier import disclosures, dossier
from .messages import rendered, way_back
from .models import AuditEntry, Clock, DataRequest, Message
from .offered import Offered

logger = logging.getLogger(__name__)

WORKING_DAYS = 2
MOST_WAITING = 5
"""Requests of one case that may wait for an answer at a time."""
MOST_EXPORTED = 200
BATCH = 200
READABLE = timedelta(days=7)
"""How long who asked to be erased can still open the case and read the answer."""
WITHOUT_CASE = timedelta(days=30)
"""How long a message that belongs to no case is kept as it was sent."""
ERASED = "(đã xóa)"
NOTICE = "sender_data_answered"


def own_cases(viewer):
    """Those that are the viewer's by account, or that were opened by code and phone in this session."""
    if viewer.memberships:
        return Case.objects.none()
    mine = Q(pk__in=viewer.opened)
    if viewer.user is not None:
        mine |= Q(sender__account=viewer.user)
    return Case.objects.filter(mine).exclude(state=State.SEALED).order_by("-received_at", "-pk")


def own_data(viewer, now) -> dict:
    """What the portal keeps of the viewer, for a file: account, cases with all that they may read, what they were told.

    Messages to those whom a case concerns too are theirs, not the sender's.
    """
    cases = own_cases(viewer).select_related("sender__commune__parent", "rule_set", "agency", "field")[:MOST_EXPORTED]
    told, offered = Message.objects.filter(notice__startswith="sender_"), Offered(viewer, now)
    return {
        "made_at": now,
        "account": _account(viewer.user),
        "cases_left_out": max(0, own_cases(viewer).count() - MOST_EXPORTED),
        "cases": [
            asdict(dossier(viewer, case, now, offered))
            | {
                "consent_at": case.sender.consent_at,
                "consent_version": case.sender.consent_version,
                "requests": list(
                    case.data_requests.values("kind", "body", "asked_at", "due_at", "answer", "answered_at")
                ),
                "messages": list(told.filter(case=case).values("medium", "recipient", "body", "queued_at")),
                "disclosures": [asdict(entry) for entry in disclosures(viewer, case)],
            }
            for case in cases
        ],
    }


def _account(user):
    if user is None:
        return None
    citizen = getattr(user, "citizen", None)
    return {
        "name": user.full_name, "email": user.email, "joined_at": user.date_joined,
        "phone": citizen and citizen.phone, "address": citizen and citizen.address,
        "commune": citizen and str(citizen.commune or ""), "notify_by": citizen and citizen.notify_by,
    }  # fmt: skip


def ask(case, kind, body, now) -> DataRequest:
    """The sender's request, due in WORKING_DAYS by the calendar. Raises ValidationError, BeyondCalendar."""
    with transaction.atomic():
        Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
        if case.data_requests.filter(answered_at=None).count() >= MOST_WAITING:
            raise ValidationError(_("Hồ sơ này đã có nhiều yêu cầu đang chờ; xin đợi trả lời."))
        return DataRequest.objects.create(case=case, kind=kind, body=body, asked_at=now, due_at=_to_answer_by(now))


def _to_answer_by(asked_at):
    return current_calendar().add(asked_at, WORKING_DAYS, Unit.WORKING_DAYS).at


@transaction.atomic
def realign() -> int:
    """Give the requests that wait the due time of today's calendar; how many moved. Each is noted in the audit.

    Whose time is not over any more is told of again once it is.
    """
    return sum(_move(request) for request in waiting().select_related("case").select_for_update(of=("self",)))


def _move(request):
    try:
        due_at = _to_answer_by(request.asked_at)
    except BeyondCalendar:
        logger.exception("The due time of request %s about data cannot be reckoned", request.pk)
        return False
    if due_at == request.due_at:
        return False
    facts = {"from": request.due_at.isoformat(), "to": due_at.isoformat()}
    request.due_at, request.late_told_at = due_at, None
    request.save(update_fields=["due_at", "late_told_at"])
    audit.record(
        AuditEntry.Kind.CHANGED, case=request.case, role=Role.SYSTEM, subject=_("hạn trả lời yêu cầu về dữ liệu"),
        reason=_("lịch làm việc thay đổi"), facts=facts,
    )  # fmt: skip
    return True


def waiting():
    """Not of sealed cases: nobody answers there (Đ9.3)."""
    return DataRequest.objects.filter(answered_at=None).exclude(case__state=State.SEALED).order_by("due_at", "pk")


def newly_late(now):
    """Those that the centre has still to be told of."""
    return waiting().filter(due_at__lt=now, late_told_at=None)


def waiting_in_words(now) -> str:
    """How many wait, and of these how many are past their two days, for the centre's morning."""
    found = waiting().aggregate(all=Count("pk"), late=Count("pk", filter=Q(due_at__lt=now)))
    if not found["late"]:
        return str(found["all"])
    return _("%(all)d, %(late)d quá hạn") % found


def answer(viewer, request, text, now, erase=False) -> None:
    """The centre's answer, told to the sender; with `erase` their data go READABLE later. Raises ValidationError."""
    with transaction.atomic():
        case = Case.objects.select_for_update(of=("self",)).get(pk=request.case_id)
        request = DataRequest.objects.select_for_update().get(pk=request.pk)
        if request.answered_at is not None:
            raise ValidationError(_("Yêu cầu này đã được trả lời."))
        if erase and not may_erase(case):
            raise ValidationError({"erase": _("Chỉ xóa được khi hồ sơ đã đóng và không còn việc nào đang chờ.")})
        request.answer, request.answered_at, request.answered_by, request.erase = text, now, viewer.user, erase
        request.save()
        audit.record(
            AuditEntry.Kind.CHANGED, case=case, actor=viewer.user, membership=audit.seat(viewer, case),
            subject=_("trả lời yêu cầu về dữ liệu cá nhân"), reason=request.get_kind_display(),
        )  # fmt: skip
        _tell(case, now)


def _tell(case, now):
    medium, recipient = way_back(case)
    subject, body = rendered(NOTICE, medium, {"code": case.code, "site_url": settings.SITE_URL})
    Message.objects.create(
        case=case, notice=NOTICE, medium=medium, recipient=recipient, subject=subject, body=body, queued_at=now,
        next_try_at=now,
    )  # fmt: skip


def may_erase(case) -> bool:
    """Whether nobody needs to reach the sender any more: the case is closed, and nothing of it runs."""
    return case.state not in OPEN and case.state != State.SEALED and not _runs(case)


def _runs(case):
    return Clock.objects.filter(case=case, ending=Clock.Ending.RUNNING).exists()


def anonymise(now) -> int:
    """Erase the senders of cases that closed KEEP_SENDERS_YEARS ago and were quiet since, and who asked for it.

    Gives how many. Addresses of messages without a case go too, a while after these were sent.
    """
    lost = Message.objects.filter(case=None, agency=None, queued_at__lt=now - WITHOUT_CASE).exclude(body=ERASED)
    lost.exclude(sent_at=None, given_up_at=None).update(recipient=ERASED, subject="", body=ERASED)
    pks, after = 0, 0
    while batch := list(_due(now).filter(pk__gt=after)[:BATCH]):
        after = batch[-1]
        pks += sum(_anonymised(pk, now) for pk in batch)
    return pks


def _due(now):
    old = now - timedelta(days=round(settings.KEEP_SENDERS_YEARS * 365.25))
    runs = Clock.objects.filter(case=OuterRef("pk"), ending=Clock.Ending.RUNNING)
    asked = DataRequest.objects.filter(case=OuterRef("pk"))
    granted = asked.filter(erase=True, answered_at__lt=now - READABLE)
    unsent = Message.objects.filter(case=OuterRef("pk"), agency=None, sent_at=None, given_up_at=None)
    closed = Case.objects.filter(Q(last_event_at__lt=old) | Exists(granted)).exclude(state__in=[*OPEN, State.SEALED])
    closed = closed.exclude(sender__full_name=ERASED)
    closed = closed.filter(~Exists(runs), ~Exists(asked.filter(answered_at=None)), ~Exists(unsent))
    return closed.order_by("pk").values_list("pk", flat=True)


@transaction.atomic
def _anonymised(pk, now) -> bool:
    """Looked at again under the case's lock: somebody may have reopened it meanwhile."""
    case = Case.objects.select_for_update(of=("self",)).get(pk=pk)
    if not _due(now).filter(pk=pk).exists():
        return False
    wished = case.data_requests.filter(erase=True).exists()
    _erase(case, _("theo yêu cầu của người gửi") if wished else _("hết thời hạn lưu"))
    return True


def _erase(case, reason):
    """The commune stays, for reports; the text of the case stays, as it was masked for the public."""
    Sender.objects.filter(pk=case.sender_id).update(
        full_name=ERASED, search_name="", phone="", email="", address="", account=None, locked_until=None
    )
    for message in case.messages.filter(agency=None):
        message.recipient, message.subject, message.body = f"{ERASED} {message.pk}", "", ERASED
        message.save(update_fields=["recipient", "subject", "body"])
    Follower.objects.filter(case=case).update(email="", confirmed_at=None)
    audit.record(
        AuditEntry.Kind.CHANGED, case=case, role=Role.SYSTEM, subject=_("xóa dữ liệu người gửi"), reason=reason
    )
