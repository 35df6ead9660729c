"""What still waits for an operator: whom to call or write to, and what could not be sent.

Of a sealed case nothing stands here: its texts are closed to everyone (Đ9.3).
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from submissions.links import without_tokens
from submissions.models import Case
from submissions.phones import show_phone
from submissions.states import State

from . import identity
from .dossier import dossier
from .dossier.parts import SenderView
from .models import Message
from .paging import Page, after_key, capped_count, cut

Medium = Message.Medium
WANTED = ("case", "agency", "done_by")


@dataclass(frozen=True)
class OutboxRow:
    pk: int
    code: str
    subject: str
    medium_label: str
    addressee: str
    queued_at: datetime
    attempts: int
    problem: str
    given_up_at: datetime | None


@dataclass(frozen=True)
class Letter:
    """One notice that a person passes on: the text, and whom to call or write to."""

    pk: int
    code: str
    case_url: str
    subject: str
    body: str
    medium_label: str
    is_task: bool
    channel_label: str
    sender: SenderView | None
    agency: str
    addressee: str
    queued_at: datetime
    problem: str
    attempts: int
    given_up_at: datetime | None
    sent_at: datetime | None
    done_by: str


def tasks(viewer, after="") -> Page:
    """Calls to make and letters to send, those that have waited longest first."""
    rows = _tasks(viewer).select_related(*WANTED).order_by("queued_at", "pk")
    return _page(after_key(rows, after, "queued_at"), "queued_at")


def given_up(viewer, after="") -> Page:
    """What could not be sent, the latest first."""
    rows = _given_up(viewer).select_related(*WANTED).order_by("-given_up_at", "-pk")
    return _page(after_key(rows, after, "given_up_at", descending=True), "given_up_at")


def counts(viewer):
    """(calls and letters, what could not be sent), as they are shown."""
    return capped_count(_tasks(viewer)), capped_count(_given_up(viewer))


def letter(viewer, pk, now) -> Letter | None:
    """A task or a message that was given up, also once a person has passed it on; None for any other."""
    message = _for_people(viewer).filter(pk=pk).select_related(*WANTED).first()
    return message and _letter(viewer, message, now)


def pass_on(viewer, pk, now) -> bool:
    """A person has called or written; False where that was noted before."""
    waiting = _for_people(viewer).filter(pk=pk, sent_at__isnull=True)
    return bool(waiting.update(sent_at=now, done_by=viewer.user, given_up_at=None))


def send_again(viewer, now, pk=None) -> int:
    """What was given up is due anew, with a dozen tries: one message, or all of them."""
    rows = _given_up(viewer) if pk is None else _given_up(viewer).filter(pk=pk)
    return rows.update(given_up_at=None, next_try_at=now, attempts=0)


def _readable(viewer):
    """Messages whose text this viewer may read: of no case, or of one that is seen and not sealed."""
    case = Case.objects.visible_to(viewer).exclude(state=State.SEALED).filter(pk=OuterRef("case_id"))
    readable = Message.objects.filter(Q(case__isnull=True) | Exists(case))
    return readable.exclude(notice__startswith=Message.OF_ACCOUNTS)


def _tasks(viewer):
    return _readable(viewer).filter(medium=Medium.TASK, sent_at__isnull=True)


def _given_up(viewer):
    return _readable(viewer).filter(given_up_at__isnull=False)


def _for_people(viewer):
    by_hand = Q(medium=Medium.TASK) | Q(given_up_at__isnull=False) | Q(done_by__isnull=False)
    return _readable(viewer).filter(by_hand)


def _page(rows, moment):
    found, following = cut(rows, moment)
    return Page([_row(message) for message in found], following)


def _row(message):
    return OutboxRow(
        pk=message.pk, code=message.case.code if message.case else "", subject=message.subject or message.body,
        medium_label=message.get_medium_display(), addressee=_listed_addressee(message), queued_at=message.queued_at,
        attempts=message.attempts, problem=message.problem, given_up_at=message.given_up_at,
    )  # fmt: skip


def _letter(viewer, message, now):
    case = message.case
    to_the_sender = message.notice.startswith("sender_")
    if case and to_the_sender and not identity.is_open(viewer, case, now):
        identity.open_for(viewer, case, identity.TASK)
    seen = dossier(viewer, case, now) if case and to_the_sender else None
    return Letter(
        pk=message.pk, code=case.code if case else "",
        case_url=reverse("staff-case", args=[case.code]) if case else "",
        subject=message.subject, body=without_tokens(message.body), medium_label=message.get_medium_display(),
        is_task=message.medium == Medium.TASK, channel_label=seen.channel_label if seen else "",
        sender=seen.sender if seen else None, agency=message.agency.name if message.agency else "",
        addressee=_addressee(message), queued_at=message.queued_at, problem=message.problem,
        attempts=message.attempts, given_up_at=message.given_up_at, sent_at=message.sent_at,
        done_by=str(message.done_by or ""),
    )  # fmt: skip


def _listed_addressee(message):
    """In a list a sender stays unnamed: number and address are on the page of the letter, where opening it is noted."""
    return _addressee(message) if message.agency else _("người gửi")


def _addressee(message):
    """A sender's number is one; what an agency gave is shown as it gave it."""
    is_number = message.medium != Medium.EMAIL and message.agency is None
    return show_phone(message.recipient) if is_number else message.recipient
