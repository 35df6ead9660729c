"""Store a filed case with its sender and attachments (called by the engine, calls nobody above)."""

import dataclasses
from datetime import datetime
from uuid import UUID, uuid4

from agencies.models import AdministrativeUnit, Agency, Field, User

from . import drafts
from .codes import new_code
from .models import Attachment, Case, Channel, Level, Sender, SenderType
from .text import fold, nfc

CONSENT_VERSION = "2026-11"


@dataclasses.dataclass
class Lodgement:
    """What a form, an operator or a script hands in; `phone` is E.164, moments are aware, files are drafts."""

    full_name: str
    commune: AdministrativeUnit
    phone: str
    title: str
    content: str
    consent_at: datetime
    address: str = ""
    sender_type: str = SenderType.CITIZEN
    email: str = ""
    account: User | None = None
    consent_version: str = CONSENT_VERSION
    place: str = ""
    occurred_at: datetime | None = None
    incident: str = ""
    field: Field | None = None
    wished_agency: Agency | None = None
    confidential: bool = False
    channel: str = Channel.WEB
    national_code: str = ""
    received_at: datetime | None = None
    submission_key: UUID = dataclasses.field(default_factory=uuid4)
    drafts: list[Attachment] = dataclasses.field(default_factory=list)
    remarks: dict = dataclasses.field(default_factory=dict)


def store(lodgement, state, rules, at):
    """Write the dossier received at the aware moment `at`; texts are kept in NFC (Đ5.2)."""
    sender = Sender.objects.create(
        type=lodgement.sender_type, full_name=nfc(lodgement.full_name), commune=lodgement.commune,
        address=nfc(lodgement.address), phone=lodgement.phone, email=lodgement.email, account=lodgement.account,
        consent_at=lodgement.consent_at, consent_version=lodgement.consent_version,
    )  # fmt: skip
    case = Case(
        code=_unused_code(at), submission_key=lodgement.submission_key, state=state, sender=sender,
        channel=lodgement.channel, national_code=lodgement.national_code, received_at=at, complete_since=at,
        last_event_at=at, title=nfc(lodgement.title), content=nfc(lodgement.content), place=nfc(lodgement.place),
        occurred_at=lodgement.occurred_at, incident=lodgement.incident, field=lodgement.field,
        wished_agency=lodgement.wished_agency, rule_set=rules, remarks=_clean(lodgement.remarks),
        level=Level.CONFIDENTIAL if lodgement.confidential else Level.NORMAL,
    )  # fmt: skip
    index(case)
    case.save(force_insert=True)
    drafts.attach(lodgement.drafts, case, Attachment.Role.MATTER)
    return case


def _clean(remarks):
    return {name: nfc(text) for name, text in remarks.items()}


def _unused_code(at):
    code = new_code(at)
    while Case.objects.filter(code=code).exists():
        code = new_code(at)
    return code


def index(case):
    """Keep the folded text that searches look in, a line a part: what may be public of the case, never the sender."""
    case.search_text = "\n".join(map(fold, [case.code, case.shown_title, case.shown_content, case.place]))
