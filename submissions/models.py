"""What the sender sent: the case, the person behind it, the files, and which agency may see it."""

import uuid

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from agencies.models import AdministrativeUnit, Agency, Field, RuleSet
from agencies.roles import Role

from . import phones, states
from .states import State
from .text import fold

STATE_LABELS = {
    State.LODGED: _("Mới gửi"),
    State.CHECKED: _("Đã tiếp nhận"),
    State.SENT_BACK: _("Chờ người gửi bổ sung"),
    State.REFUSED: _("Từ chối tiếp nhận"),
    State.WITHDRAWN: _("Người gửi đã rút"),
    State.DISTRIBUTED: _("Đã chuyển cơ quan xử lý"),
    State.RETURNED: _("Cơ quan xử lý chuyển trả"),
    State.PROCESSING: _("Đang xử lý"),
    State.SUBMITTED: _("Chờ lãnh đạo phê duyệt"),
    State.APPROVED: _("Đã phê duyệt, chờ công khai"),
    State.ANSWERED: _("Đã trả lời"),
    State.SEALED: _("Đã niêm phong"),
}


class SenderType(models.TextChoices):
    CITIZEN = "citizen", _("Người dân")
    BUSINESS = "business", _("Doanh nghiệp")
    ORGANISATION = "organisation", _("Tổ chức")
    STATE_BODY = "state_body", _("Cơ quan nhà nước")


class Channel(models.TextChoices):
    WEB = "web", _("Trang web")
    APP = "app", _("Ứng dụng di động")
    HOTLINE = "hotline", _("Tổng đài")
    LETTER = "letter", _("Thư, văn bản giấy")
    FAX = "fax", _("Fax")
    EMAIL = "email", _("Thư điện tử")
    SMS = "sms", _("Tin nhắn SMS")
    IN_PERSON = "in_person", _("Trực tiếp")
    NATIONAL_PORTAL = "national_portal", _("Cổng Dịch vụ công quốc gia")


class Incident(models.TextChoices):
    """Urban-infrastructure incidents of Đ10; waste is not among them (R13)."""

    POWER = "power", _("Điện")
    WATER = "water", _("Cấp thoát nước")
    TREES = "trees", _("Cây xanh")
    LIGHTING = "lighting", _("Chiếu sáng")
    TELECOM = "telecom", _("Viễn thông")


class Level(models.TextChoices):
    NORMAL = "normal", _("Công khai")
    CONFIDENTIAL = "confidential", _("Giữ bí mật theo đề nghị của người gửi")
    WITHHELD = "withheld", _("Không công khai theo quy định")


class Sender(models.Model):
    """Personal data of who sent one case (Đ5.3). Reached from the case only; nothing leads back."""

    type = models.CharField(max_length=12, choices=SenderType, default=SenderType.CITIZEN)
    full_name = models.CharField(max_length=150)
    search_name = models.CharField(max_length=150, blank=True, help_text="The name, folded: what the centre searches")
    commune = models.ForeignKey(AdministrativeUnit, models.PROTECT, null=True, related_name="+")
    address = models.CharField(max_length=250, blank=True)
    phone = models.CharField(max_length=16, help_text="E.164")
    email = models.EmailField(blank=True)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    consent_at = models.DateTimeField()
    consent_version = models.CharField(max_length=20)
    wrong_phones = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("người gửi")
        verbose_name_plural = _("người gửi")
        indexes = [
            models.Index(fields=["phone"], name="sender_by_phone"),
            models.Index(fields=["search_name"], name="sender_by_beginning_of_name", opclasses=["varchar_pattern_ops"]),
        ]

    def __str__(self):
        return f"Sender {self.pk}"

    def save(self, *args, **kwargs):
        self.search_name = fold(self.full_name)
        super().save(*args, **kwargs)


class Citizen(models.Model):
    """What somebody with an account has left with it: the number, what forms start with, and how to be told.

    An account is never needed (R04). Its number is verified by a code sent to it.
    """

    class NotifyBy(models.TextChoices):
        AS_SENT = "as_sent", _("Như cách đã gửi: email nếu có, nếu không thì tin nhắn")
        EMAIL = "email", _("Email của tài khoản")
        SMS = "sms", _("Tin nhắn đến số điện thoại của tài khoản")

    account = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="citizen")
    phone = models.CharField(max_length=16, help_text="E.164")
    phone_verified_at = models.DateTimeField(null=True, blank=True)
    sender_type = models.CharField(max_length=12, choices=SenderType, default=SenderType.CITIZEN)
    commune = models.ForeignKey(AdministrativeUnit, models.PROTECT, null=True, blank=True, related_name="+")
    address = models.CharField(max_length=250, blank=True)
    notify_by = models.CharField(max_length=7, choices=NotifyBy, default=NotifyBy.AS_SENT)
    essential_only = models.BooleanField(default=False)
    consent_at = models.DateTimeField(null=True, blank=True)
    consent_version = models.CharField(max_length=20, blank=True)

    class Meta:
        verbose_name = _("người dân có tài khoản")
        verbose_name_plural = _("người dân có tài khoản")
        constraints = [
            models.UniqueConstraint(
                fields=["phone"], condition=Q(phone_verified_at__isnull=False), name="citizen_verified_phone_once"
            ),
            models.CheckConstraint(condition=Q(notify_by__in=["as_sent", "email", "sms"]), name="citizen_notify_known"),
        ]
        indexes = [models.Index(fields=["phone"], name="citizen_by_phone")]

    def __str__(self):
        return f"Citizen {self.pk}"

    @property
    def verified_phone(self):
        return self.phone if self.phone_verified_at else ""


class CaseQuerySet(models.QuerySet):
    def public(self):
        """Cases whose content and approved answer anybody may read (Đ9)."""
        return self.filter(published_at__isnull=False)

    def known_by_code(self):
        """Cases whose stages anybody may follow who knows the code: not those hidden, nor once public and no longer."""
        return self.filter(level=Level.NORMAL, retracted=False).exclude(state=State.SEALED)

    def visible_to(self, viewer):
        """The one query that decides who sees a case; `facets` then says how much of it (R03, R04a, Đ9, Đ13.2)."""
        if viewer.has(Role.OPERATOR) or viewer.has(Role.SUPERVISOR):
            return self
        if viewer.memberships:
            return self.filter(self._of_staff(viewer))
        return self.filter(self._of_sender(viewer))

    def known_to(self, viewer):
        """`visible_to`, and for whoever is not staff also what a code alone shows."""
        if viewer.memberships:
            return self.visible_to(viewer)
        stages = Q(level=Level.NORMAL, retracted=False) & ~Q(state=State.SEALED)
        return self.filter(self._of_sender(viewer) | stages)

    @staticmethod
    def _of_sender(viewer):
        own = Q(pk__in=viewer.opened)
        return own | Q(sender__account=viewer.user) if viewer.user else own

    @staticmethod
    def _of_staff(viewer):
        held = CaseAccess.objects.filter(case=OuterRef("pk"), part__in=CaseAccess.SEEING)
        seen = Q(Exists(held.filter(agency_id__in=viewer.agency_ids)))
        if led := viewer.agency_ids_as(Role.LEADER):
            of_subordinates = held.filter(part=CaseAccess.Part.LEAD, agency__parent_id__in=led)
            seen |= Q(Exists(of_subordinates)) & ~Q(state=State.SEALED)
        if viewer.has(Role.ADMINISTRATOR):
            seen |= Q(state=State.SEALED)
        return seen


class Case(models.Model):
    """One dossier, one code (R07). `state` is written by `workflow.engine` alone."""

    code = models.CharField(max_length=20, unique=True)
    submission_key = models.UUIDField(default=uuid.uuid4, unique=True)
    state = models.CharField(max_length=12, choices=[(state, STATE_LABELS[state]) for state in State])
    version = models.PositiveIntegerField(default=0)
    sender = models.OneToOneField(Sender, models.PROTECT, related_name="+")
    channel = models.CharField(max_length=16, choices=Channel, default=Channel.WEB)
    national_code = models.CharField(max_length=40, blank=True)
    received_at = models.DateTimeField()
    complete_since = models.DateTimeField(help_text="When the dossier last met R08: what `answer` counts from (A8)")
    title = models.CharField(max_length=200)
    content = models.TextField()
    public_title = models.CharField(max_length=200, blank=True)
    public_content = models.TextField(blank=True)
    occurred_at = models.DateTimeField(null=True, blank=True)
    place = models.CharField(max_length=250, blank=True)
    incident = models.CharField(max_length=8, choices=Incident, blank=True)
    contained_at = models.DateTimeField(null=True, blank=True)
    field = models.ForeignKey(Field, models.PROTECT, null=True, blank=True, related_name="cases")
    wished_agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="cases")
    rule_set = models.ForeignKey(RuleSet, models.PROTECT, related_name="+")
    level = models.CharField(max_length=12, choices=Level, default=Level.NORMAL)
    returns = models.PositiveSmallIntegerField(default=0)
    first_distributed_at = models.DateTimeField(null=True, blank=True)
    answer = models.ForeignKey("workflow.Approval", models.PROTECT, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    retracted = models.BooleanField(default=False, help_text="Was public and no longer is: its code shows nothing")
    under_review = models.BooleanField(
        default=False, help_text="Reopened: the published answer is being looked at anew"
    )
    next_due_at = models.DateTimeField(null=True, blank=True)
    instant = models.BooleanField(default=False, help_text="Of the instant procedure, as its rule set says (Đ10)")
    last_event_at = models.DateTimeField()
    search_text = models.TextField(blank=True, help_text="Folded, in lines: code, title, content, place")
    remarks = models.JSONField(
        default=dict, blank=True, help_text="How the text is written, from submissions.encodings, as intake sees it"
    )

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("hồ sơ PAKN")
        verbose_name_plural = _("hồ sơ PAKN")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=[*State]), name="case_state_known"),
            models.CheckConstraint(condition=Q(level__in=Level.values), name="case_level_known"),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True)
                | Q(level=Level.NORMAL, answer__isnull=False) & ~Q(state__in=sorted(states.NEVER_PUBLIC)),
                name="case_public_only_with_answer_and_normal_level",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.ANSWERED) | Q(answer__isnull=False), name="case_answered_has_answer"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=sorted(states.WITH_AGENCY | {State.ANSWERED})) | Q(agency__isnull=False),
                name="case_with_agency_has_agency",
            ),
            models.CheckConstraint(
                condition=~Q(channel=Channel.NATIONAL_PORTAL) | ~Q(national_code=""), name="case_national_has_code"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-instant", "next_due_at", "id"], name="case_by_state"),
            models.Index(
                fields=["-published_at", "-id"], name="case_register", condition=Q(published_at__isnull=False)
            ),
            models.Index(fields=["agency", "state", "last_event_at"], name="case_by_agency"),
            models.Index(
                fields=["agency", "state", "-instant", "next_due_at", "id"],
                name="case_of_agency_by_urgency",
                condition=Q(next_due_at__isnull=False),
            ),
            models.Index(fields=["received_at", "id"], name="case_by_receipt"),
            models.Index(
                fields=["-instant", "next_due_at", "id"],
                name="case_by_urgency",
                condition=Q(next_due_at__isnull=False),
            ),
            models.Index(
                fields=["-instant", "next_due_at", "id"],
                name="case_at_intake_by_urgency",
                condition=Q(next_due_at__isnull=False, state__in=[states.State.LODGED, states.State.CHECKED]),
            ),
            models.Index(fields=["next_due_at", "id"], name="case_returned_twice", condition=Q(returns__gte=2)),
        ]

    def __str__(self):
        return self.code

    @property
    def is_open(self):
        return self.state in states.OPEN

    @property
    def shown_title(self):
        return self.public_title or self.title

    @property
    def shown_content(self):
        return self.public_content or self.content


class CaseAccess(models.Model):
    """Which agency has which part in a case; written by `workflow.engine` only. Agency lists start from here."""

    class Part(models.TextChoices):
        LEAD = "lead", _("chủ trì")
        COORDINATING = "coordinating", _("phối hợp")
        FORMER = "former", _("đã chuyển trả")
        CENTRE = "centre", _("Trung tâm")

    SEEING = (Part.LEAD, Part.COORDINATING)

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, models.CASCADE, related_name="access")
    part = models.CharField(max_length=12, choices=Part)
    open = models.BooleanField(default=True)
    due_at = models.DateTimeField(null=True, blank=True)
    instant = models.BooleanField(default=False, help_text="As the case: instant ones stand on top of a list")
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(part__in=["lead", "coordinating", "former", "centre"]), name="access_part_known"
            ),
            models.UniqueConstraint(fields=["case", "agency"], name="access_once_an_agency"),
            models.UniqueConstraint(fields=["case"], condition=Q(part="lead"), name="access_one_lead"),
        ]
        indexes = [
            models.Index(fields=["agency", "part", "open", "-instant", "due_at", "id"], name="access_by_urgency"),
            models.Index(fields=["agency", "-received_at"], name="access_latest"),
        ]

    def __str__(self):
        return f"{self.agency_id}: {self.case_id} ({self.part})"


class Follower(models.Model):
    """Somebody whom a published case concerns too: counted, and told of its news where an address was given.

    `key` is a digest of the browser session or of the account: one of each counts once. An address counts once its own
    link was opened (`confirmed_at`).
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="followers")
    key = models.CharField(max_length=64)
    email = models.EmailField(blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "key"], name="follower_once"),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True) | ~Q(email=""), name="follower_confirmed_has_address"
            ),
        ]
        indexes = [models.Index(fields=["case"], condition=Q(confirmed_at__isnull=False), name="follower_to_tell")]

    def __str__(self):
        return f"{self.case_id}: {self.pk}"


class Attachment(models.Model):
    """A file, stored privately under a random name. Without a case it is a draft of one browser session."""

    class Role(models.TextChoices):
        MATTER = "matter", _("của người gửi")
        COMPLETION = "completion", _("bổ sung")
        RESULT = "result", _("kèm kết quả")
        EXCHANGE = "exchange", _("kèm trao đổi")

    class Scan(models.TextChoices):
        """What the virus scanner said (R26); nothing was asked where none is set up."""

        NOT_ASKED = "not_asked", _("không quét")
        WAITING = "waiting", _("đang kiểm tra")
        CLEAN = "clean", _("đã kiểm tra")
        INFECTED = "infected", _("có mã độc")

    UNREADABLE = (Scan.WAITING, Scan.INFECTED)
    OF_THE_SENDER = (Role.MATTER, Role.COMPLETION)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="attachments")
    draft_key = models.CharField(max_length=64, blank=True, db_index=True)
    role = models.CharField(max_length=10, choices=Role, default=Role.MATTER)
    name = models.CharField(max_length=120)
    path = models.CharField(max_length=100, unique=True)
    kind = models.CharField(max_length=8)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    released = models.BooleanField(default=False)
    masked_from = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="masked_copies", help_text="The uncovered original"
    )
    place_removed = models.BooleanField(default=False, help_text="The original said where it was taken")
    scan = models.CharField(max_length=9, choices=Scan, default=Scan.NOT_ASKED)
    scan_tries = models.PositiveSmallIntegerField(default=0, help_text="How often the scanner gave no verdict")
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("tệp đính kèm")
        verbose_name_plural = _("tệp đính kèm")
        ordering = ["created_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(case__isnull=False, draft_key="") | Q(case__isnull=True) & ~Q(draft_key=""),
                name="attachment_of_case_or_draft",
            ),
            models.CheckConstraint(
                condition=Q(scan__in=["not_asked", "waiting", "clean", "infected"]), name="attachment_scan_known"
            ),
        ]
        indexes = [
            models.Index(
                fields=["scan_tries", "created_at", "id"], condition=Q(scan="waiting"), name="attachment_to_scan"
            )
        ]

    def __str__(self):
        return self.name

    @property
    def is_image(self):
        return self.kind == "image"

    @property
    def is_readable(self):
        """Never before the scanner has said so: a scanner that is silent keeps files closed."""
        return self.scan not in self.UNREADABLE


class Contact(models.Model):
    """One row: the numbers and the address that pages and messages name (`submissions.contacts`)."""

    hotline = models.CharField(
        _("tổng đài"),
        max_length=20,
        blank=True,
        validators=[RegexValidator(rf"^{phones.HOTLINE}\Z", _("Nhập số điện thoại, ví dụ 1900 1023."))],
        help_text=_("Bỏ trống ô nào, ô đó theo cấu hình khi cài đặt."),
    )
    short_number = models.CharField(
        _("đầu số nhận tin nhắn"),
        max_length=6,
        blank=True,
        validators=[RegexValidator(rf"^{phones.SHORT_NUMBER}\Z", _("Nhập đầu số gồm 3 đến 6 chữ số."))],
    )
    email = models.EmailField(_("thư điện tử"), blank=True)

    class Meta:
        verbose_name = _("liên hệ")
        verbose_name_plural = _("tổng đài, đầu số, thư điện tử")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="contact_one_row")]

    def __str__(self):
        return self.hotline or settings.HOTLINE


class PublicTextQuerySet(models.QuerySet):
    def shown_at(self, now):
        """What visitors read."""
        return self.filter(shown_from__lte=now)


class PublicText(models.Model):
    """A text of the public pages that the operator edits; plain text, its addresses become links."""

    class Kind(models.TextChoices):
        HOME = "home", _("trang chủ: lời mở đầu")
        GUIDE = "guide", _("hướng dẫn")
        QUESTION = "question", _("câu hỏi thường gặp")
        NEWS = "news", _("tin tức")

    kind = models.CharField(_("loại"), max_length=8, choices=Kind)
    slug = models.SlugField(_("địa chỉ"), max_length=80, unique=True, help_text=_("Chữ không dấu, gạch ngang."))
    title = models.CharField(_("tiêu đề, câu hỏi"), max_length=200)
    body = models.TextField(_("nội dung"), help_text=_("Chữ thường, không mã. Dòng trống ngăn hai đoạn."))
    title_en = models.CharField(_("tiêu đề tiếng Anh"), max_length=200, blank=True)
    body_en = models.TextField(_("nội dung tiếng Anh"), blank=True)
    position = models.PositiveSmallIntegerField(_("thứ tự"), default=0, help_text=_("Tin tức xếp theo ngày."))
    shown_from = models.DateTimeField(_("hiện từ lúc"), null=True, blank=True, help_text=_("Để trống: chưa hiện."))

    objects = PublicTextQuerySet.as_manager()

    class Meta:
        verbose_name = _("bài, câu hỏi, tin")
        verbose_name_plural = _("nội dung trang công khai")
        ordering = ["kind", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["home", "guide", "question", "news"]), name="public_text_kind_known"
            ),
            models.UniqueConstraint(fields=["kind"], condition=Q(kind="home"), name="public_text_one_for_home"),
        ]
        indexes = [models.Index(fields=["kind", "-shown_from", "-id"], name="public_text_of_kind")]

    def __str__(self):
        return self.title

    @property
    def shown_title(self):
        return self.title_en if self.title_en and get_language() == "en" else self.title

    @property
    def shown_body(self):
        return self.body_en if self.body_en and get_language() == "en" else self.body
