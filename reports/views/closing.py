"""Closing a period, and reading what was closed."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from reports import closing
from reports.kinds import may_close, may_open
from reports.models import ClosedPeriod
from reports.tables import from_data
from workflow.views.access import staff_page, staff_render

from .gate import asked_for, reader_page

SHOWN = 300


@reader_page
@require_POST
def close_period(request, viewer, form):
    report = asked_for(form)
    if not may_close(viewer, report):
        raise PermissionDenied
    back = redirect(f"{reverse('report')}?{form.as_query()}#chot-ky")
    if closing.unexplained(report) and request.POST.get("confirmed") != "on":
        messages.error(request, _("Còn thời hạn bị quá chưa giải trình: hãy đánh dấu xác nhận nếu vẫn chốt."))
        return back
    try:
        row = closing.close(report, viewer, form.now)
    except (closing.NotToBeClosed, IntegrityError) as refusal:
        words = str(refusal) if isinstance(refusal, closing.NotToBeClosed) else _("Kỳ này đã được chốt.")
        messages.error(request, words)
        return back
    messages.success(request, _("Đã chốt kỳ %s.") % row.period)
    return redirect("report-closed", row.pk)


@staff_page
@require_safe
def closed_page(request, viewer, pk):
    row = get_object_or_404(ClosedPeriod.objects.select_related("agency", "closed_by"), pk=pk)
    if not may_open(viewer, row.kind, row.agency_id):
        raise Http404
    changes = closing.addendum(row, timezone.now())
    context = {
        "row": row,
        "cases": len(row.cases),
        "tables": from_data(row.figures),
        "is_intact": closing.is_intact(row),
        "missing": closing.missing_cases(row),
        "changes": changes[:SHOWN],
        "count": len(changes),
        "most": SHOWN,
    }
    return staff_render(request, viewer, "reports/closed.html", context)
