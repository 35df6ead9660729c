"""What is kept of reports: what people write into them, closed periods with their figures, and files."""

import gzip
import json

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency

from .periods import Period


class Kind(models.TextChoices):
    AGENCY = "agency", _("Báo cáo của cơ quan xử lý")
    OPERATOR = "operator", _("Báo cáo của đơn vị vận hành")
    DEPARTMENT = "department", _("Báo cáo tổng hợp toàn tỉnh")


class OfPeriod(models.Model):
    """Belongs to one report of one period; `agency` only where the report is an agency's."""

    kind = models.CharField(max_length=10, choices=Kind)
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    first = models.DateField()
    last = models.DateField()

    class Meta:
        abstract = True

    @property
    def period(self):
        return Period(self.first, self.last)


class OncePerReport(OfPeriod):
    """At most one row for each report."""

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(fields=["kind", "agency", "first", "last"], name="%(class)s_once_an_agency"),
            models.UniqueConstraint(
                fields=["kind", "first", "last"], condition=Q(agency__isnull=True), name="%(class)s_once_a_report"
            ),
            models.CheckConstraint(condition=Q(first__lte=F("last")), name="%(class)s_period_in_order"),
        ]


class Narrative(OncePerReport):
    """What people add to the figures: results, difficulties and so on, and the outreach that S4 §5 asks for."""

    results = models.TextField(blank=True)
    difficulties = models.TextField(blank=True)
    causes = models.TextField(blank=True)
    proposals = models.TextField(blank=True)
    guided = models.PositiveIntegerField(null=True, blank=True, help_text="People and businesses shown how to use it")
    installed = models.PositiveIntegerField(null=True, blank=True, help_text="Of these, installed and registered")
    number = models.CharField(max_length=60, blank=True, help_text="Number and symbol of the document")
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    def __str__(self):
        return f"{self.kind} {self.period}"


class ClosedPeriod(OncePerReport):
    """The figures of a report as they stood when it was closed, with their definitions and the cases behind them.

    Rows are only ever added; what changes later stands beside them as an addendum. `fingerprint` is made by
    `reports.closing.fingerprint`.
    """

    closed_at = models.DateTimeField()
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    figures = models.JSONField()
    definitions = models.JSONField()
    packed_cases = models.BinaryField()
    fingerprint = models.CharField(max_length=64)

    def __str__(self):
        return f"{self.kind} {self.period}"

    @property
    def cases(self) -> list[str]:
        """The codes of all cases that the report speaks of."""
        return json.loads(gzip.decompress(bytes(self.packed_cases)))


class ReportFile(OfPeriod):
    """A file that somebody asked for; written in the background, then kept. `narrowed` holds the scope's filters."""

    key = models.UUIDField(unique=True)
    format = models.CharField(max_length=4)
    narrowed = models.JSONField(default=dict)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+",
        help_text="Nobody: a draft that the portal prepares after a period's end",
    )  # fmt: skip
    asked_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True, blank=True)
    tables_done = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["asked_at"], condition=Q(done_at__isnull=True, problem=""), name="report_file_to_write"
            ),
            models.Index(fields=["asked_by", "-asked_at"], name="report_file_of_person"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "agency", "first", "last"],
                condition=Q(asked_by__isnull=True, agency__isnull=False),
                name="report_draft_once_an_agency",
            ),
            models.UniqueConstraint(
                fields=["kind", "first", "last"],
                condition=Q(asked_by__isnull=True, agency__isnull=True),
                name="report_draft_once",
            ),
        ]

    def __str__(self):
        return f"{self.kind} {self.period} {self.format}"

    @property
    def path(self):
        return f"bao-cao/{self.key}.{self.format}"

    @property
    def is_waiting(self):
        return self.done_at is None and not self.problem


class LetterTemplate(models.Model):
    """An agency's own form of the letter, in the words of `reports.files.letter`; a later one takes its place."""

    agency = models.OneToOneField(Agency, models.PROTECT, related_name="+")
    content = models.BinaryField()
    kept_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    kept_at = models.DateTimeField()

    def __str__(self):
        return str(self.agency)
