"""The report to the provincial People's Committee, to print (R14)."""

from django.http import Http404
from django.views.decorators.http import require_safe

from workflow.dossier import report_up

from .access import seen_case, staff_page, staff_render


@staff_page
@require_safe
def report_up_document(request, viewer, code):
    report = report_up(viewer, seen_case(viewer, code))
    if report is None:
        raise Http404
    return staff_render(request, viewer, "report_up.html", {"report": report})
