"""Files of reports: asked for, waited for with progress, and fetched by who may read the report."""

from django.http import FileResponse, Http404, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from reports.files import offered
from reports.jobs import ask, report_of
from reports.kinds import may_open, may_write
from reports.models import ReportFile
from reports.tables import TITLES
from submissions.files import private_storage
from workflow import audit
from workflow.models import AuditEntry
from workflow.views.access import staff_page, staff_render

from .gate import asked_for, reader_page


@reader_page
@require_POST
def ask_for_file(request, viewer, form):
    report, wanted = asked_for(form), request.POST.get("format")
    if wanted not in offered():
        return HttpResponseBadRequest()
    return redirect("report-file", ask(report, wanted, viewer.user, form.now).key)


@staff_page
@require_safe
def file_page(request, viewer, key):
    """The page asks for itself again until the file is there."""
    asked = _readable(viewer, key)
    context = {"asked": asked, "most": len(TITLES)}
    return staff_render(request, viewer, "reports/file.html", context)


@staff_page
@require_safe
def fetch_file(request, viewer, key):
    asked = _readable(viewer, key)
    if asked.done_at is None:
        raise Http404
    what = _("báo cáo %(kind)s, %(period)s, tệp %(format)s") % {
        "kind": asked.kind, "period": asked.period, "format": asked.format,
    }  # fmt: skip
    audit.record(
        AuditEntry.Kind.EXPORTED, actor=viewer.user, membership=next(iter(viewer.memberships), None), subject=what
    )
    name = f"bao-cao-{asked.kind}-{asked.first:%Y%m%d}-{asked.last:%Y%m%d}.{asked.format}"
    return FileResponse(private_storage().open(asked.path), as_attachment=True, filename=name)


def _readable(viewer, key):
    """Who asked for it and may still read the report; of a draft, who issues it."""
    asked = get_object_or_404(ReportFile, key=key)
    report = report_of(asked)
    is_theirs = asked.asked_by_id == viewer.user.pk and may_open(viewer, asked.kind, asked.agency_id)
    if is_theirs or asked.asked_by_id is None and may_write(viewer, report):
        return asked
    raise Http404
