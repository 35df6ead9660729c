"""The parts of a dossier: plain values, nothing of them leads back to the database. Every moment is aware."""

from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True)
class FileView:
    id: str
    name: str
    size: int
    kind: str
    is_image: bool
    url: str
    thumbnail_url: str
    released: bool
    place_removed: bool
    scan: str
    is_readable: bool
    is_masked: bool = False


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
    internal: bool


@dataclass(frozen=True)
class RemarkView:
    """How the text is written (`submissions.encodings`) and, of an old font's code, how it reads in Unicode."""

    written: str
    title: str = ""
    content: str = ""


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
    remark: RemarkView | None = None
    personal: list = field(default_factory=list)


@dataclass(frozen=True)
class SenderView:
    type_label: str
    full_name: str
    address: str
    commune: str
    phone: str
    email: str


@dataclass(frozen=True)
class DisclosureView:
    """Who has read or taken out what of the sender's, as the sender reads it: the agency, never the person."""

    at: datetime
    agency: str
    what: str
    reason: str


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
class ChecksView:
    """`pieces` are (text, hit or None), `difference` (kind, text) as `workflow.versions` gives it against `earlier`."""

    pieces: list
    hits: list
    justified: str
    difference: list
    earlier: int


@dataclass(frozen=True)
class RatingView:
    score: str
    score_label: str
    note: str
    fixed: bool | None
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
    fulfilled_at: datetime | None
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


@dataclass(frozen=True)
class ListedCase:
    """`due_at` is when the present step is due; None once nothing is."""

    code: str
    title: str
    state_label: str
    state: str
    holder: str
    received_at: datetime
    due_at: datetime | None


@dataclass(frozen=True)
class MessageView:
    """`done_by` names who called or wrote; `problem` is what the last attempt to send met."""

    subject: str
    medium_label: str
    queued_at: datetime
    sent_at: datetime | None
    given_up_at: datetime | None
    problem: str
    done_by: str


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
    instant: bool = False
    field_label: str = ""
    channel_label: str = ""
    national_code: str = ""
    returns: int = 0
    returned_by: list = field(default_factory=list)
    has_report_up: bool = False
    wished_agency: str = ""
    published_at: datetime | None = None
    under_review: bool = False
    followers: int = 0
    sealed_at: datetime | None = None
    sealed_by: str = ""
    coordinating: list = field(default_factory=list)
    clocks: list = field(default_factory=list)
    timeline: list = field(default_factory=list)
    matter: MatterView | None = None
    sender: SenderView | None = None
    reasons_to_open: list = field(default_factory=list)
    answer: ResultView | None = None
    rating: RatingView | None = None
    result: ResultView | None = None
    checks: ChecksView | None = None
    rejection: StepView | None = None
    earlier_results: list = field(default_factory=list)
    questions: list = field(default_factory=list)
    consultations: list = field(default_factory=list)
    promise: PromiseView | None = None
    duplicate_of: OtherCase | None = None
    late_to_explain: list = field(default_factory=list)
    explanations: list = field(default_factory=list)
    messages: list = field(default_factory=list)
