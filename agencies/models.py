"""Who works, when, and by which rules: accounts, agencies, fields, places, calendar, rule sets."""

import secrets

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from .calendar import Unit, parse_sessions
from .roles import STAFF_ROLES, Role

ROLE_LABELS = {
    Role.OPERATOR: _("Cán bộ tiếp nhận (Trung tâm)"),
    Role.SPECIALIST: _("Cán bộ chuyên môn"),
    Role.LEADER: _("Cán bộ lãnh đạo"),
    Role.SUPERVISOR: _("Cơ quan tổng hợp, báo cáo"),
    Role.ADMINISTRATOR: _("Quản trị kỹ thuật"),
}


class User(AbstractUser):
    """An account. What it may do comes from its memberships, not from the account (R01–R04)."""

    full_name = models.CharField(_("họ và tên"), max_length=150, blank=True)

    appointments = None
    """Its memberships of all times with their agencies, where they were read with the session (`agencies.backend`)."""

    class Meta(AbstractUser.Meta):
        verbose_name = _("tài khoản")
        verbose_name_plural = _("tài khoản")

    def __str__(self):
        return self.full_name or self.username

    @cached_property
    def works_for_an_agency(self) -> bool:
        """Whether it ever got a membership, in force or not: its owner is staff here, and no citizen."""
        return self.memberships.exists() if self.appointments is None else bool(self.appointments)

    @property
    def sits_at_a_desk(self) -> bool:
        """Whether sessions end after a while and a second factor stays: staff, and who appoints them."""
        return self.is_staff or self.works_for_an_agency


class DatedQuerySet(models.QuerySet):
    def on(self, date):
        """Rows in force on a local date."""
        return self.filter(valid_from__lte=date).filter(Q(valid_to__isnull=True) | Q(valid_to__gte=date))

    def update(self, **values):
        changed = super().update(**values)
        Revision.touch()
        return changed

    update.alters_data = True


class Dated(models.Model):
    valid_from = models.DateField(_("có hiệu lực từ"))
    valid_to = models.DateField(_("đến hết ngày"), null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        abstract = True


class AdministrativeUnit(models.Model):
    """Today's provinces and communes, official codes (§9)."""

    class Level(models.TextChoices):
        PROVINCE = "province", _("tỉnh, thành phố")
        COMMUNE = "commune", _("xã, phường, đặc khu")

    code = models.CharField(_("mã"), max_length=5, primary_key=True)
    level = models.CharField(_("cấp"), max_length=8, choices=Level)
    kind = models.CharField(_("loại"), max_length=30)
    name = models.CharField(_("tên"), max_length=80)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="communes", verbose_name=_("thuộc")
    )

    class Meta:
        verbose_name = _("đơn vị hành chính")
        verbose_name_plural = _("đơn vị hành chính")
        ordering = ["code"]

    def __str__(self):
        return self.name


class FormerCommune(models.Model):
    """A commune before 1/7/2025 and the unit or units its area belongs to today."""

    code = models.CharField(_("mã"), max_length=5, primary_key=True)
    name = models.CharField(_("tên"), max_length=80)
    district = models.CharField(_("quận, huyện cũ"), max_length=80)
    province = models.CharField(_("tỉnh cũ"), max_length=80)
    current = models.ManyToManyField(AdministrativeUnit, related_name="former_names")

    class Meta:
        verbose_name = _("xã, phường trước 1/7/2025")
        verbose_name_plural = _("xã, phường trước 1/7/2025")
        ordering = ["code"]

    def __str__(self):
        return f"{self.name}, {self.district}, {self.province}"


class Field(models.Model):
    """A field (lĩnh vực) of R13."""

    code = models.SlugField(_("mã"), max_length=30, primary_key=True)
    name = models.CharField(_("tên"), max_length=200)
    position = models.PositiveSmallIntegerField(_("thứ tự"), default=0)

    class Meta:
        verbose_name = _("lĩnh vực")
        verbose_name_plural = _("lĩnh vực")
        ordering = ["position", "code"]

    def __str__(self):
        return self.name


class Agency(Dated):
    """An agency of R01–R03. `places` empty means the whole province."""

    class Kind(models.TextChoices):
        CENTRE = "centre", _("đơn vị vận hành")
        REPORTING = "reporting", _("cơ quan tổng hợp, báo cáo")
        DEPARTMENT = "department", _("sở, ban, ngành")
        COMMUNE = "commune", _("UBND xã, phường, đặc khu")
        CENTRAL = "central", _("cơ quan Trung ương trên địa bàn")
        ENTERPRISE = "enterprise", _("đơn vị sự nghiệp công, dịch vụ công ích")
        PROVINCE = "province", _("UBND tỉnh")

    code = models.SlugField(_("mã"), max_length=30, unique=True)
    name = models.CharField(_("tên"), max_length=200)
    kind = models.CharField(_("loại"), max_length=12, choices=Kind)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="subordinates", verbose_name=_("cơ quan cấp trên")
    )
    fields = models.ManyToManyField(Field, blank=True, related_name="agencies", verbose_name=_("lĩnh vực"))
    places = models.ManyToManyField(AdministrativeUnit, blank=True, related_name="agencies", verbose_name=_("địa bàn"))
    phone = models.CharField(_("điện thoại nhận SMS"), max_length=16, blank=True)
    email = models.EmailField(_("thư điện tử"), blank=True)
    several_people = models.BooleanField(
        _("nhiều người giữ một vai trò"),
        default=False,
        help_text=_("Mặc định mỗi cơ quan có đúng một cán bộ chuyên môn và một lãnh đạo (Điều 2 khoản 3)."),
    )
    successor = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="predecessors",
        verbose_name=_("cơ quan tiếp nhận hồ sơ"),
        help_text="Once this one has ended",
    )

    class Meta:
        verbose_name = _("cơ quan")
        verbose_name_plural = _("cơ quan")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["kind"], condition=Q(kind="centre"), name="agency_one_centre")]

    def __str__(self):
        return self.name


class MembershipQuerySet(DatedQuerySet):
    def at_work_on(self, date):
        """In force on a local date, in agencies that have not ended by then."""
        return self.on(date).filter(Q(agency__valid_to__isnull=True) | Q(agency__valid_to__gte=date))


class Membership(Dated):
    """What a person does, where and from when to when; a deputy is a second, dated row."""

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships", verbose_name=_("người"))
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="memberships", verbose_name=_("cơ quan"))
    role = models.CharField(_("vai trò"), max_length=13, choices=[(role, ROLE_LABELS[role]) for role in STAFF_ROLES])
    on_behalf = models.BooleanField(_("thay mặt"), default=False)
    may_export = models.BooleanField(
        _("được xuất hồ sơ"),
        default=False,
        help_text=_("Xuất danh sách hồ sơ và trọn bộ một hồ sơ; mỗi lần được ghi lại."),
    )

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("phân công")
        verbose_name_plural = _("phân công")
        ordering = ["agency", "role", "valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["user", "agency", "role", "valid_from"], name="membership_once"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="membership_dates_in_order"
            ),
        ]

    def __str__(self):
        return f"{self.user} – {self.get_role_display()}, {self.agency}"

    def is_at_work_on(self, date):
        """As `at_work_on`, of one that was read."""
        last = min(filter(None, (self.valid_to, self.agency.valid_to)), default=date)
        return self.valid_from <= date <= last


class Phrase(models.Model):
    """A text that an agency writes again and again, put into a message by a click and changed there."""

    agency = models.ForeignKey(Agency, models.CASCADE, related_name="phrases", verbose_name=_("cơ quan"))
    title = models.CharField(_("tên gọi"), max_length=80)
    body = models.TextField(_("nội dung"), max_length=4000)

    class Meta:
        verbose_name = _("mẫu câu")
        verbose_name_plural = _("mẫu câu")
        ordering = ["title", "pk"]
        constraints = [models.UniqueConstraint(fields=["agency", "title"], name="phrase_title_once_an_agency")]

    def __str__(self):
        return self.title


class CalendarPart(models.Model):
    """What working time is reckoned from: every process learns of a change."""

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        super().save(*args, **kwargs)
        CalendarSpan.touch()

    def delete(self, *args, **kwargs):
        deleted = super().delete(*args, **kwargs)
        CalendarSpan.touch()
        return deleted


class CalendarDay(CalendarPart):
    """A day that differs from the plain week; only confirmed rows count (A7)."""

    class Kind(models.TextChoices):
        HOLIDAY = "holiday", _("ngày lễ, tết")
        SUBSTITUTE = "substitute", _("nghỉ bù")
        SWAPPED_OFF = "swapped_off", _("nghỉ hoán đổi")
        MAKE_UP = "make_up", _("làm bù")

    date = models.DateField(_("ngày"), unique=True)
    kind = models.CharField(_("loại"), max_length=11, choices=Kind)
    name = models.CharField(_("tên"), max_length=120)
    legal_reference = models.CharField(_("căn cứ"), max_length=120, blank=True)
    confirmed = models.BooleanField(_("đã xác nhận"), default=False)

    class Meta:
        verbose_name = _("ngày trong lịch")
        verbose_name_plural = _("lịch nghỉ và làm bù")
        ordering = ["date"]

    def __str__(self):
        return f"{self.date:%d/%m/%Y} – {self.name}"


def new_revision():
    return secrets.randbits(62)


class CalendarSpan(models.Model):
    """The loaded years and the date up to which the calendar is announced (A7): one row."""

    first_year = models.PositiveSmallIntegerField(_("năm đầu"))
    last_year = models.PositiveSmallIntegerField(_("năm cuối"))
    announced_until = models.DateField(_("đã công bố đến hết ngày"))
    revision = models.BigIntegerField(default=new_revision, editable=False)

    class Meta:
        verbose_name = _("phạm vi lịch")
        verbose_name_plural = _("phạm vi lịch")
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="calendar_span_one_row"),
            models.CheckConstraint(condition=Q(first_year__lte=F("last_year")), name="calendar_span_in_order"),
        ]

    def __str__(self):
        return f"{self.first_year}–{self.last_year}"

    @classmethod
    def touch(cls):
        """Tell every process that days or hours have changed: built calendars are kept by this number."""
        cls.objects.update(revision=new_revision())


class Revision(models.Model):
    """One row whose number changes with every agency, field, rule set and phrase (`agencies.revisions`).

    Apart from the calendar's: that row is held while cases are worked on.
    """

    number = models.BigIntegerField(default=new_revision)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="revision_one_row")]

    def __str__(self):
        return str(self.number)

    @classmethod
    def touch(cls):
        """Tell every process that what it has read of them (`workflow.offered`) may be old."""
        cls.objects.update_or_create(pk=1, defaults={"number": new_revision()})


class OfficeHours(CalendarPart):
    """Office hours of the operator from a date on (A6)."""

    valid_from = models.DateField(_("áp dụng từ"), unique=True)
    sessions = models.CharField(_("các buổi"), max_length=60, help_text=_("Ví dụ: 07:00-11:30,13:30-17:00"))

    class Meta:
        verbose_name = _("giờ làm việc")
        verbose_name_plural = _("giờ làm việc")
        ordering = ["valid_from"]

    def __str__(self):
        return f"{self.valid_from:%d/%m/%Y}: {self.sessions}"

    def clean(self):
        try:
            parse_sessions(self.sessions)
        except ValueError as error:
            raise ValidationError({"sessions": str(error)}) from error


class RuleSet(Dated):
    """A dated set of limits; a case keeps the one in force when it was received (§5)."""

    code = models.SlugField(_("mã"), max_length=40)
    name = models.CharField(_("tên"), max_length=200)
    source = models.CharField(_("văn bản"), max_length=200)
    publishes_with_approval = models.BooleanField(_("công khai ngay khi phê duyệt"))
    instant = models.BooleanField(_("quy trình tức thời (Đ10)"), default=False)
    for_channel = models.CharField(_("áp dụng cho kênh"), max_length=16, blank=True)
    accepted_subjects = models.JSONField(_("nội dung tiếp nhận"), default=list)
    historic_subjects = models.JSONField(_("nội dung đã hết thời hạn áp dụng"), default=list, blank=True)
    show_historic_subjects = models.BooleanField(_("hiện cả nội dung đã hết thời hạn áp dụng"), default=False)
    refused_subjects = models.JSONField(_("nội dung không tiếp nhận"), default=list)

    class Meta:
        verbose_name = _("quy định áp dụng")
        verbose_name_plural = _("quy định áp dụng")
        ordering = ["code", "valid_from"]
        constraints = [models.UniqueConstraint(fields=["code", "valid_from"], name="rule_set_version_once")]

    def __str__(self):
        return self.name

    @property
    def subjects(self):
        """What is accepted, in the words of the source (R10)."""
        return self.accepted_subjects + (self.historic_subjects if self.show_historic_subjects else [])


class Limit(models.Model):
    """One limit of a rule set as data: §5 says which actions start, meet, void and resume it.

    The lists hold *marks*: action keys, or an action key with a qualifier that the engine gives
    (`distribute:elsewhere`, `fulfil:confirm`, …; `workflow.procedure.MARKS` lists them all).
    """

    class CountedFrom(models.TextChoices):
        MARK = "mark", _("lúc thực hiện")
        REPLACED = "replaced", _("lúc bắt đầu của thời hạn được thay")
        GIVEN = "given", _("thời điểm do cơ quan ấn định")
        PREVIOUS_DUE = "previous_due", _("hạn liền trước")

    class Subject(models.TextChoices):
        QUESTION = "question", _("câu hỏi")
        CONSULTATION = "consultation", _("lượt phối hợp")
        PROMISE = "promise", _("cam kết")

    rule_set = models.ForeignKey(RuleSet, models.CASCADE, related_name="limits")
    key = models.SlugField(_("mã"), max_length=30)
    label = models.CharField(_("tên"), max_length=120)
    amount = models.PositiveSmallIntegerField(_("số lượng"), null=True, blank=True)
    unit = models.CharField(
        _("đơn vị"),
        max_length=13,
        blank=True,
        choices=[
            (Unit.CLOCK_HOURS, _("giờ")),
            (Unit.WORKING_HOURS, _("giờ làm việc")),
            (Unit.WORKING_DAYS, _("ngày làm việc")),
            (Unit.CALENDAR_DAYS, _("ngày")),
        ],
    )
    article = models.CharField(_("căn cứ"), max_length=60)
    holder = models.CharField(
        _("người phải làm"),
        max_length=13,
        choices=[*ROLE_LABELS.items(), (Role.SENDER, _("Người gửi"))],
    )
    starts = models.JSONField(default=list)
    met = models.JSONField(default=list)
    voided = models.JSONField(default=list)
    resumes = models.JSONField(default=list)
    counted_from = models.CharField(max_length=12, choices=CountedFrom, default=CountedFrom.MARK)
    replaces = models.SlugField(max_length=30, blank=True)
    follows = models.SlugField(max_length=30, blank=True)
    unless = models.SlugField(max_length=30, blank=True)
    conditional = models.BooleanField(_("không tính trễ"), default=False)
    subject = models.CharField(_("theo từng"), max_length=12, blank=True, choices=Subject)
    position = models.PositiveSmallIntegerField(_("thứ tự"), default=0)

    class Meta:
        verbose_name = _("thời hạn")
        verbose_name_plural = _("thời hạn")
        ordering = ["rule_set", "position"]
        constraints = [
            models.UniqueConstraint(fields=["rule_set", "key"], name="limit_once_a_rule_set"),
            models.CheckConstraint(
                condition=Q(counted_from="given", amount__isnull=True) | Q(amount__gt=0), name="limit_amount_positive"
            ),
        ]

    def __str__(self):
        return f"{self.rule_set.code}: {self.key}"
