"""`/quan-tri/`: the audit, for the administrator, to read, filter and take out. Nothing of a case's content."""

import csv

from django.contrib import admin
from django.core.paginator import Paginator
from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from agencies.admin import ByRole
from agencies.roles import Role
from submissions.text import harmless

from . import audit
from .models import AuditEntry
from .procedure import told

COUNTED = 10_000
TAKEN_OUT = 100_000
HEAD = ("\ufeffat", "kind", "case", "actor", "role", "agency", "subject", "reason", "chain", "number", "sha256")
"""Behind a byte-order mark, by which spreadsheets know UTF-8."""


class CappedPaginator(Paginator):
    """Never counts more than can be leafed through."""

    @cached_property
    def count(self):
        return self.object_list.order_by()[:COUNTED].count()


@admin.register(AuditEntry)
class AuditEntryAdmin(ByRole, admin.ModelAdmin):
    seen_by = frozenset({Role.ADMINISTRATOR})
    list_display = ["shown_at", "kind", "case", "actor", "agency", "shown_subject", "reason"]
    list_display_links = ["shown_at"]
    list_filter = ["kind", "role", "at"]
    list_select_related = ["case", "actor", "agency"]
    list_per_page = 50
    search_fields = ["case__code__exact", "actor__username", "actor__full_name", "agency__code"]
    search_help_text = _("Mã hồ sơ đầy đủ, tên đăng nhập, họ tên, mã cơ quan")
    fields = [
        "shown_at",
        "kind",
        "case",
        "actor",
        "role",
        "agency",
        "shown_subject",
        "reason",
        "number",
        "previous",
        "sha256",
    ]
    ordering = ["-id"]
    paginator = CappedPaginator
    show_full_result_count = False
    actions = ["take_out"]

    @admin.display(description=_("lúc"), ordering="id")
    def shown_at(self, entry):
        return f"{timezone.localtime(entry.at):%H:%M:%S %d/%m/%Y}"

    @admin.display(description=_("đối tượng"))
    def shown_subject(self, entry):
        return told(entry.subject) if entry.kind == AuditEntry.Kind.DID else entry.subject

    def get_actions(self, request):
        return {name: action for name, action in super().get_actions(request).items() if name in self.actions}

    @admin.action(description=_("Xuất các dòng đã chọn (CSV)"), permissions=["view"])
    def take_out(self, request, queryset):
        """The rows chosen, or all that the filter finds, at most TAKEN_OUT; taking out is an entry itself."""
        rows = queryset.select_related("case", "actor", "agency").order_by("-id")[:TAKEN_OUT]
        audit.taken_out(request.user, rows.count(), request.GET.dict())
        writer = csv.writer(_Echo())
        lines = (writer.writerow(line) for line in _lines(rows))
        head = {"Content-Disposition": 'attachment; filename="nhat-ky.csv"'}
        return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=head)


class _Echo:
    """What `csv.writer` writes to: gives each line back."""

    def write(self, line):
        return line


def _lines(rows):
    yield HEAD
    for row in rows.iterator(chunk_size=2000):
        said = (
            timezone.localtime(row.at).isoformat(), row.kind, row.case or "", row.actor or "", row.role,
            row.agency or "", row.subject, row.reason, row.chain, row.number, row.sha256,
        )  # fmt: skip
        yield tuple(harmless(str(value)) for value in said)
