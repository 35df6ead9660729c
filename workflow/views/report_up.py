"""The report to the provincial People's Committee, to print (R14)."""

from django.http import Http404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from workflow import audit
from workflow.dossier import report_up

from .access import seen_case, staff_page, staff_render


@staff_page
@require_safe
def report_up_document(request, viewer, code):
    case = seen_case(viewer, code)
    report = report_up(viewer, case)
    if report is None:
        raise Http404
    audit.exported(viewer, [case], _("báo cáo UBND tỉnh"))
    return staff_render(request, viewer, "report_up.html", {"report": report})
