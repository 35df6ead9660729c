"""`/bao-cao/`: the figures, what they mean, the texts of the report, and its files."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from reports import closing
from reports.charts import bars
from reports.files import offered
from reports.forms import NarrativeForm
from reports.jobs import files_of
from reports.kinds import may_close, may_write
from reports.models import Narrative
from reports.report import narrative_of, of_report
from workflow.views.access import staff_render

from .gate import asked_for, reader_page

SHOWN = 25
"""Rows of a table of cases on the page; files have them all."""


@reader_page
@require_safe
def report_page(request, viewer, form):
    context = {"form": form, "formats": offered(), "shown": SHOWN}
    status = 200
    if form.is_valid():
        report = asked_for(form)
        context |= {
            "report": report,
            "tables": report.tables,
            "charts": _charts(report),
            "narrative": NarrativeForm(instance=report.narrative)
            if may_write(viewer, report) and not report.closed
            else None,
            "query": form.as_query(),
            "files": files_of(viewer, report),
            "closed": report.closed,
            "may_close": may_close(viewer, report),
            "why_not": closing.why_not(report, form.now),
            "unexplained": closing.unexplained(report),
        }
    else:
        status = 422
    return staff_render(request, viewer, "reports/report.html", context, status)


def _charts(report):
    """(words, bars) of received by field, and of answers in time by agency."""
    tables = {table.key: table for table in report.tables}
    received = [(row.label, row.cells[0].value, row.cells[0].said) for row in tables["fields"].rows]
    timely = [
        (row.label, float(row.cells[2].percent), row.cells[2].said)
        for row in tables["agencies"].rows
        if row.cells[2].whole
    ]
    return [
        (_("Biểu đồ: số tiếp nhận theo lĩnh vực"), bars([row for row in received if row[1]])),
        (_("Biểu đồ: tỷ lệ trả lời đúng hạn của từng cơ quan, trên số đã trả lời"), bars(timely, highest=100)),
    ]


@reader_page
@require_POST
def write_narrative(request, viewer, form):
    report = asked_for(form)
    if not may_write(viewer, report):
        raise PermissionDenied
    written = narrative_of(report.kind, report.scope) or Narrative(**of_report(report.kind, report.scope))
    narrative = NarrativeForm(request.POST, instance=written)
    if problem := _overtaken(report, narrative):
        narrative.add_error(None, problem)
    if not narrative.is_valid():
        context = {"narrative": narrative, "report": report, "form": form, "query": form.as_query()}
        return staff_render(request, viewer, "reports/narrative.html", context, 409 if problem else 422)
    narrative.instance.written_by, narrative.instance.written_at = viewer.user, form.now
    try:
        with transaction.atomic():
            narrative.save()
    except IntegrityError:  # two first texts at once
        return write_narrative(request)
    messages.success(request, _("Đã lưu nội dung báo cáo."))
    return redirect(f"{reverse('report')}?{form.as_query()}#noi-dung")


def _overtaken(report, narrative):
    """Why these texts can't be kept over what is there: closed, or written by somebody else meanwhile; else ""."""
    if report.closed:
        return _("Kỳ này đã được chốt: nội dung không sửa được nữa.")
    if narrative.data.get("version", "") != narrative.version:
        return _(
            "Người khác vừa lưu nội dung báo cáo này. Hãy xem lại, "
            "rồi bấm lưu lần nữa nếu muốn thay bằng nội dung dưới đây."
        )
    return ""
