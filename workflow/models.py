"""How a case moved: events, clocks and reminders, results and their approval, talk, promises, messages."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.calendar import Unit
from agencies.models import ROLE_LABELS, Agency, RuleSet
from agencies.roles import Role
from submissions.models import STATE_LABELS, Attachment, Case, Channel
from submissions.states import State

ACTOR_LABELS = {**ROLE_LABELS, Role.SENDER: _("Người gửi"), Role.SYSTEM: _("Hệ thống")}


class Readers(models.TextChoices):
    """Who reads an event's note."""

    SENDER = "sender", _("người gửi và cơ quan nhà nước")
    STAFF = "staff", _("nội bộ")
    AGENCY = "agency", _("nội bộ cơ quan xử lý")


class CaseEvent(models.Model):
    """One thing that happened; rows are only ever added."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="events")
    action = models.CharField(max_length=20)
    at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    role = models.CharField(max_length=13, choices=[(role, ACTOR_LABELS[role]) for role in Role])
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    on_behalf = models.BooleanField(default=False)
    channel = models.CharField(max_length=16, choices=Channel, blank=True)
    before = models.CharField(max_length=12, blank=True)
    after = models.CharField(max_length=12, choices=[(state, STATE_LABELS[state]) for state in State])
    readers = models.CharField(max_length=6, choices=Readers)
    note = models.TextField(blank=True)
    facts = models.JSONField(default=dict, blank=True)
    subject_agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["at", "id"]
        constraints = [models.CheckConstraint(condition=Q(after__in=[*State]), name="event_state_known")]
        indexes = [
            models.Index(fields=["case", "at", "id"], name="event_of_case"),
            models.Index(
                fields=["action", "at"],
                condition=Q(action__in=["send_back", "refuse", "withdraw", "return", "extend", "recall", "unseal"]),
                name="event_reported",
            ),
        ]

    def __str__(self):
        return f"{self.case_id} {self.action}"


class Result(models.Model):
    """A frozen version of the result (Phụ lục I). `sha256` covers the text, the outcome and the files' hashes."""

    class Outcome(models.TextChoices):
        DONE = "done", _("Đã xử lý xong")
        COMMITMENT = "commitment", _("Cam kết thời gian hoàn thành")

    case = models.ForeignKey(Case, models.PROTECT, related_name="results")
    number = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=10, choices=Outcome)
    commitment_date = models.DateField(null=True, blank=True)
    body = models.TextField()
    attachments = models.ManyToManyField(Attachment, blank=True, related_name="results")
    drafter = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["case", "number"]
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="result_number_once"),
            models.CheckConstraint(
                condition=Q(outcome="commitment", commitment_date__isnull=False)
                | Q(outcome="done", commitment_date__isnull=True),
                name="result_commitment_has_date",
            ),
        ]

    def __str__(self):
        return f"{self.case_id} – {self.number}"


class Approval(models.Model):
    """A leader's approval of one result; who drafted it can't be who approves it (R02)."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="approvals")
    result = models.OneToOneField(Result, models.PROTECT, related_name="approval")
    drafter = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    approver = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    on_behalf = models.BooleanField(default=False)
    at = models.DateTimeField()
    sha256 = models.CharField(max_length=64)
    revoked_at = models.DateTimeField(null=True, blank=True)
    given_at = models.DateTimeField(null=True, blank=True, help_text="Published, or delivered where not public")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(approver=F("drafter")), name="approval_not_by_drafter"),
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(revoked_at__isnull=True, given_at__isnull=True),
                name="approval_one_pending",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True) | Q(given_at__isnull=True), name="approval_given_or_revoked"
            ),
        ]
        indexes = [
            models.Index(fields=["given_at", "id"], condition=Q(given_at__isnull=False), name="approval_given"),
        ]

    def __str__(self):
        return f"{self.case_id}: {self.sha256[:8]}"


class RejectReason(models.TextChoices):
    """Why a leader sends a result back (Đ8.2; S4 §2 on internal text)."""

    UNCLEAR = "unclear", _("Trả lời chưa rõ ràng")
    INCOMPLETE = "incomplete", _("Trả lời chưa đủ nội dung được hỏi")
    INTERNAL_TEXT = "internal_text", _("Có nội dung trao đổi nội bộ")
    PERSONAL_DATA = "personal_data", _("Có thông tin cá nhân")
    OTHER = "other", _("Lý do khác")


class Rating(models.Model):
    """The sender's judgement of one approved result (Đ11.3, A14) and the leader's conclusion on it."""

    class Score(models.TextChoices):
        VERY_SATISFIED = "very_satisfied", _("Rất hài lòng")
        SATISFIED = "satisfied", _("Hài lòng")
        UNSATISFIED = "unsatisfied", _("Không hài lòng")

    class Decision(models.TextChoices):
        KEEP = "keep", _("Giữ nguyên kết quả")
        CORRECT = "correct", _("Sẽ xử lý lại")

    approval = models.OneToOneField(Approval, models.PROTECT, related_name="rating")
    score = models.CharField(max_length=14, choices=Score)
    note = models.TextField(blank=True)
    fixed = models.BooleanField(null=True, blank=True, help_text="Whether the matter is put right, if the sender said")
    at = models.DateTimeField()
    decision = models.CharField(max_length=7, choices=Decision, blank=True)
    conclusion = models.TextField(blank=True)
    concluded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(score__in=["very_satisfied", "satisfied", "unsatisfied"]), name="rating_score_known"
            )
        ]
        indexes = [
            models.Index(fields=["at", "score"], name="rating_by_time"),
            models.Index(fields=["approval"], condition=Q(score="unsatisfied"), name="rating_unsatisfied"),
        ]

    def __str__(self):
        return self.score


class Question(models.Model):
    """`ask`/`reply`: the sender asks, the state answers (Đ11.1–2); `inquire`/`answer`: the other way round."""

    class By(models.TextChoices):
        SENDER = "sender", _("Người gửi hỏi")
        STAFF = "staff", _("Cơ quan hỏi")

    case = models.ForeignKey(Case, models.PROTECT, related_name="questions")
    by = models.CharField(max_length=6, choices=By)
    body = models.TextField()
    attachments = models.ManyToManyField(Attachment, blank=True, related_name="asked_in")
    asked_at = models.DateTimeField()
    asked_by_agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    reply = models.TextField(blank=True)
    reply_attachments = models.ManyToManyField(Attachment, blank=True, related_name="replied_in")
    replied_at = models.DateTimeField(null=True, blank=True)
    replied_by_agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["asked_at", "id"]
        indexes = [models.Index(fields=["case", "replied_at"], name="question_of_case")]

    def __str__(self):
        return f"{self.case_id} {self.by}"


class Consultation(models.Model):
    """The lead asks a coordinating agency; it gives an opinion or declines with a reason (Đ2.3, A11)."""

    class Outcome(models.TextChoices):
        WAITING = "waiting", _("chờ ý kiến")
        OPINION = "opinion", _("đã có ý kiến")
        DECLINED = "declined", _("từ chối")
        CLOSED = "closed", _("không cần nữa")

    case = models.ForeignKey(Case, models.PROTECT, related_name="consultations")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    lead = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    note = models.TextField(blank=True)
    asked_at = models.DateTimeField()
    outcome = models.CharField(max_length=8, choices=Outcome, default=Outcome.WAITING)
    body = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["asked_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "agency"], condition=Q(outcome="waiting"), name="consultation_one_waiting"
            )
        ]

    def __str__(self):
        return f"{self.case_id} → {self.agency_id}"


class Promise(models.Model):
    """A published or delivered commitment with its date (Phụ lục I), open until its fulfilment is confirmed."""

    approval = models.OneToOneField(Approval, models.PROTECT, related_name="promise")
    case = models.ForeignKey(Case, models.PROTECT, related_name="promises")
    date = models.DateField()
    made_at = models.DateTimeField()
    proof = models.TextField(blank=True)
    proof_attachments = models.ManyToManyField(Attachment, blank=True, related_name="proofs")
    proven_at = models.DateTimeField(null=True, blank=True)
    proven_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    fulfilled_at = models.DateTimeField(null=True, blank=True, help_text="Confirmed by the leader")
    closed_at = models.DateTimeField(null=True, blank=True)
    kept = models.BooleanField(default=False, help_text="Fulfilled by its date")

    class Meta:
        ordering = ["date", "id"]
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(closed_at__isnull=True), name="promise_one_open"),
            models.CheckConstraint(
                condition=Q(fulfilled_at__isnull=True) | Q(closed_at__isnull=False), name="promise_fulfilled_is_closed"
            ),
        ]

    def __str__(self):
        return f"{self.case_id}: {self.date}"


class ClockQuerySet(models.QuerySet):
    def late(self, now):
        """Those over their due time at `now`, running or ended: `Clock.is_late` in the database's words (A18, A19)."""
        ended_late = Q(ended_at__gt=F("due_at"), ended_at__gte=F("due_at") + timedelta(seconds=1))
        return self.filter(Q(ending=Clock.Ending.RUNNING) | ended_late, due_at__lt=now, conditional=False)


class Clock(models.Model):
    """One limit that ran or runs on a case, with amount, unit and article as they were when it started (§5).

    Lateness is derived from two stored times (A19); `ended_at` is rounded down to the second before it is compared.
    """

    class Ending(models.TextChoices):
        RUNNING = "running", _("đang chạy")
        MET = "met", _("đã xong")
        VOID = "void", _("không áp dụng")
        SUPERSEDED = "superseded", _("được thay")

    class Outcome(models.TextChoices):
        RUNNING = "running", _("còn hạn")
        LATE = "late", _("quá hạn")
        MET = "met", _("đúng hạn")
        MET_LATE = "met_late", _("xong trễ hạn")
        VOID = "void", _("không áp dụng")

    case = models.ForeignKey(Case, models.PROTECT, related_name="clocks")
    rule_set = models.ForeignKey(RuleSet, models.PROTECT, related_name="+")
    key = models.CharField(max_length=30)
    label = models.CharField(max_length=120)
    amount = models.PositiveSmallIntegerField(null=True, blank=True)
    unit = models.CharField(max_length=13, blank=True, choices=[(unit, unit) for unit in Unit])
    article = models.CharField(max_length=60)
    conditional = models.BooleanField(default=False)
    sequence = models.PositiveSmallIntegerField(default=0)
    holder_role = models.CharField(max_length=13, choices=[(role, ACTOR_LABELS[role]) for role in Role])
    holder = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    given = models.BooleanField(default=False, help_text="Due at the close of a day that a person named")
    provisional = models.BooleanField(default=False)
    reminder = models.CharField(max_length=10, blank=True, help_text="The kind that comes next; empty: not planned yet")
    remind_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ending = models.CharField(max_length=10, choices=Ending, default=Ending.RUNNING)
    started_by = models.ForeignKey(CaseEvent, models.PROTECT, null=True, related_name="+")
    ended_by = models.ForeignKey(CaseEvent, models.PROTECT, null=True, blank=True, related_name="+")
    question = models.OneToOneField(Question, models.PROTECT, null=True, blank=True, related_name="clock")
    consultation = models.OneToOneField(Consultation, models.PROTECT, null=True, blank=True, related_name="clock")
    promise = models.OneToOneField(Promise, models.PROTECT, null=True, blank=True, related_name="clock")

    objects = ClockQuerySet.as_manager()

    class Meta:
        ordering = ["started_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "key", "sequence"],
                condition=Q(ending="running", question__isnull=True, consultation__isnull=True, promise__isnull=True),
                name="clock_one_running_a_limit",
            ),
            models.CheckConstraint(
                condition=Q(ending__in=["running", "met", "void", "superseded"]), name="clock_ending_known"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")), name="clock_ends_after_its_start"
            ),
            models.CheckConstraint(
                condition=Q(ending="running", ended_at__isnull=True) | ~Q(ending="running") & Q(ended_at__isnull=False),
                name="clock_ended_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["case", "ending"], name="clock_of_case"),
            models.Index(fields=["due_at", "id"], condition=Q(ending="running"), name="clock_running_due"),
            models.Index(
                fields=["remind_at", "id"],
                condition=Q(ending="running", remind_at__isnull=False),
                name="clock_to_remind",
            ),
            models.Index(
                fields=["holder", "due_at", "id"],
                condition=Q(ending="running") | Q(ended_at__gt=F("due_at")),
                name="clock_running_or_late",
            ),
            models.Index(
                fields=["holder", "due_at", "id"],
                condition=Q(ending="running", question__isnull=False),
                name="clock_question_of_agency",
            ),
            models.Index(
                fields=["holder", "due_at", "id"],
                condition=Q(ending="running", promise__isnull=False),
                name="clock_promise_of_agency",
            ),
            models.Index(
                fields=["due_at", "id"],
                condition=Q(ending="running", conditional=True, holder_role="sender"),
                name="clock_of_silent_sender",
            ),
        ]

    def __str__(self):
        return f"{self.case_id} {self.key}"

    @property
    def done_at(self):
        return self.ended_at and self.ended_at.replace(microsecond=0)

    def is_late(self, now):
        """Whether this clock was or is over its due time; `refuse`, `clarify`, `silence` never are (A18)."""
        return not self.conditional and (self.ended_at or now).replace(microsecond=0) > self.due_at

    def outcome_at(self, now):
        late = self.is_late(now)
        if self.ending == self.Ending.RUNNING:
            return self.Outcome.LATE if late else self.Outcome.RUNNING
        if self.ending == self.Ending.MET:
            return self.Outcome.MET_LATE if late else self.Outcome.MET
        return self.Outcome.LATE if late else self.Outcome.VOID

    @property
    def outcome(self):
        return self.outcome_at(timezone.now())

    @property
    def is_explained(self):
        return bool(self.explanations.all())


class Explanation(models.Model):
    """Why a clock ran late, by whoever held it (Đ16.4); a later one stands beside the earlier."""

    clock = models.ForeignKey(Clock, models.PROTECT, related_name="explanations")
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    note = models.TextField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]

    def __str__(self):
        return f"{self.clock_id}: {self.at}"


class Message(models.Model):
    """One notice to one recipient, queued in the transaction of its event or of its reminders; sent later (R53).

    What concerns no single case (a digest, several reminders at once) has neither case nor event. `in_office_hours`
    keeps it back until the offices are open. `next_try_at` is also the lease of who is sending it now. A task (call,
    write) is done by an operator: `sent_at`, `done_by`.
    """

    OF_ACCOUNTS = "account_"
    """What the notices of accounts begin with: codes and links that open one; nobody passes these on."""

    class Medium(models.TextChoices):
        EMAIL = "email", _("thư điện tử")
        SMS = "sms", _("tin nhắn")
        TASK = "task", _("gọi điện / gửi thư")

    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="messages")
    event = models.ForeignKey(CaseEvent, models.PROTECT, null=True, blank=True, related_name="messages")
    notice = models.CharField(max_length=30)
    medium = models.CharField(max_length=5, choices=Medium)
    recipient = models.CharField(max_length=254)
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    role = models.CharField(max_length=13, blank=True, choices=[(role, ACTOR_LABELS[role]) for role in Role])
    day = models.DateField(null=True, blank=True, help_text="The working morning of a digest")
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField()
    queued_at = models.DateTimeField()
    in_office_hours = models.BooleanField(default=False)
    next_try_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=200, blank=True, help_text="What the last attempt met")
    sent_at = models.DateTimeField(null=True, blank=True)
    given_up_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["queued_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["event", "notice", "medium", "recipient"], name="message_once"),
            models.UniqueConstraint(
                fields=["notice", "agency", "role", "day", "medium", "recipient"],
                condition=Q(day__isnull=False),
                name="message_one_digest_a_day",
            ),
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True) | Q(given_up_at__isnull=True), name="message_sent_or_given_up"
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at", "id"],
                condition=Q(sent_at__isnull=True, given_up_at__isnull=True),
                name="message_to_send",
            ),
            models.Index(
                fields=["queued_at", "id"], condition=Q(sent_at__isnull=True, medium="task"), name="message_task"
            ),
            models.Index(fields=["given_up_at", "id"], condition=Q(given_up_at__isnull=False), name="message_given_up"),
        ]

    def __str__(self):
        return f"{self.notice} → {self.medium}"

    @property
    def is_secret(self):
        """Whether it holds a code or a link that serves once: nobody reads it after it was sent (R39)."""
        return self.notice.startswith(self.OF_ACCOUNTS)


class Reminder(models.Model):
    """One warning about one clock to one desk (an agency's people in one role; no agency: the sender), made once.

    The due time is part of the key: where the calendar moves it, the new one is warned of anew. `told_at` without a
    message: its clock had ended before anybody could be told.
    """

    class Kind(models.TextChoices):
        DUTY = "duty", _("đến kỳ cập nhật tình hình")
        DUE_SOON = "due_soon", _("sắp hết hạn")
        LATE = "late", _("đã quá hạn")
        ESCALATED = "escalated", _("quá hạn hơn một ngày làm việc")
        SILENT = "silent", _("chờ người gửi bổ sung")
        UNANSWERED = "unanswered", _("người gửi không bổ sung")

    clock = models.ForeignKey(Clock, models.PROTECT, related_name="reminders")
    kind = models.CharField(max_length=10, choices=Kind)
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    role = models.CharField(max_length=13, choices=[(role, ACTOR_LABELS[role]) for role in Role])
    due_at = models.DateTimeField()
    urgent = models.BooleanField(default=False, help_text="Of the instant procedure: told at once, day and night")
    raised_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True, blank=True)
    message = models.ForeignKey(Message, models.PROTECT, null=True, blank=True, related_name="reminders")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["clock", "kind", "agency", "role", "due_at"], name="reminder_once_a_desk"),
            models.UniqueConstraint(
                fields=["clock", "kind", "due_at"], condition=Q(agency__isnull=True), name="reminder_once_to_the_sender"
            ),
        ]
        indexes = [
            models.Index(fields=["agency", "role", "id"], condition=Q(told_at__isnull=True), name="reminder_to_tell")
        ]

    def __str__(self):
        return f"{self.clock_id} {self.kind} → {self.agency_id} {self.role}"


class AuditEntry(models.Model):
    """Who saw, did, changed or took out what, and when. Rows are only ever added: PostgreSQL refuses anything else.

    Entries stand in chains, one a case and one (0) for what concerns none: `sha256` covers the entry and the hash of
    the one before it (`workflow.audit`). An entry of a case's event also covers what the event says.
    """

    class Kind(models.TextChoices):
        SAW = "saw", _("xem hồ sơ")
        OPENED = "opened", _("mở thông tin người gửi")
        DOWNLOADED = "downloaded", _("mở tệp")
        EXPORTED = "exported", _("xuất, in dữ liệu")
        DID = "did", _("thao tác trên hồ sơ")
        CHANGED = "changed", _("sửa dữ liệu dùng chung, tài khoản")
        LOGIN = "login", _("đăng nhập")
        CHECKPOINT = "checkpoint", _("chốt nhật ký")
        BEGAN = "began", _("mốc bắt đầu ghi")

    TOLD_TO_THE_SENDER = (Kind.OPENED, Kind.DOWNLOADED, Kind.EXPORTED)

    chain = models.BigIntegerField(help_text="The case's key; 0 for what concerns no case")
    number = models.PositiveIntegerField(_("số thứ tự"))
    at = models.DateTimeField(_("lúc"))
    kind = models.CharField(_("việc"), max_length=10, choices=Kind)
    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="audit", verbose_name=_("hồ sơ"))
    event = models.OneToOneField(CaseEvent, models.PROTECT, null=True, blank=True, related_name="audit")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("người")
    )
    agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("cơ quan")
    )
    role = models.CharField(
        _("vai trò"), max_length=13, blank=True, choices=[(role, ACTOR_LABELS[role]) for role in Role]
    )
    subject = models.CharField(_("đối tượng"), max_length=200, blank=True)
    reason = models.CharField(_("lý do"), max_length=200, blank=True)
    facts = models.JSONField(default=dict, blank=True)
    previous = models.CharField(_("mã băm dòng trước"), max_length=64, blank=True)
    sha256 = models.CharField(_("mã băm"), max_length=64)

    class Meta:
        verbose_name = _("dòng nhật ký")
        verbose_name_plural = _("nhật ký")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["chain", "number"], name="audit_number_once_a_chain"),
            models.CheckConstraint(
                condition=Q(chain=0, case__isnull=True) | Q(chain__gt=0, case=F("chain")),
                name="audit_chain_of_its_case",
            ),
        ]
        indexes = [
            models.Index(fields=["actor", "-id"], name="audit_of_person"),
            models.Index(fields=["kind", "-id"], name="audit_by_kind"),
            models.Index(fields=["at", "id"], name="audit_by_time"),
        ]

    def __str__(self):
        return f"{self.chain}/{self.number} {self.kind}"


class DataRequest(models.Model):
    """What a sender asks about their own data (Law 91/2025/QH15), and what the centre did; due in two working days."""

    class Kind(models.TextChoices):
        COPY = "copy", _("Xem, nhận bản sao dữ liệu của tôi")
        CORRECT = "correct", _("Sửa dữ liệu của tôi")
        ERASE = "erase", _("Xóa dữ liệu của tôi")
        OBJECT = "object", _("Rút lại đồng ý, hạn chế hoặc phản đối việc xử lý")

    case = models.ForeignKey(Case, models.PROTECT, related_name="data_requests")
    kind = models.CharField(max_length=7, choices=Kind)
    body = models.TextField()
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    erase = models.BooleanField(default=False, help_text="Granted; done once the sender could read the answer")
    late_told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["asked_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answer="") | Q(answered_at__isnull=False) & ~Q(answer=""),
                name="data_request_answered_has_answer",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(answered_at__isnull=True), name="data_request_waiting"),
        ]

    def __str__(self):
        return f"{self.case_id} {self.kind}"

    @property
    def is_late(self):
        return (self.answered_at or timezone.now()) > self.due_at


class SavedFilter(models.Model):
    """A list as somebody likes to see it: the tab and the filters, as they stand in the queue's address."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_filters")
    name = models.CharField(max_length=60)
    query = models.TextField()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="saved_filter_name_once")]

    def __str__(self):
        return self.name


class Heartbeat(models.Model):
    """When one of the recurring jobs last came to its end; a row a job."""

    class Job(models.TextChoices):
        SWEEP = "sweep", _("nhắc hạn")
        DIGEST = "digest", _("thư tổng hợp buổi sáng")
        DELIVER = "deliver", _("gửi thông báo")
        HOUSEKEEPING = "housekeep", _("dọn dẹp hằng đêm")

    job = models.CharField(max_length=10, choices=Job, primary_key=True)
    at = models.DateTimeField()

    def __str__(self):
        return f"{self.job}: {self.at}"

    @classmethod
    def beat(cls, job, at):
        """The job has come to its end."""
        if not cls.objects.filter(job=job).update(at=at):
            cls.objects.bulk_create([cls(job=job, at=at)], ignore_conflicts=True)
