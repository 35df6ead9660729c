"""How one due time came about, for staff."""

from django.http import Http404
from django.utils import timezone
from django.views.decorators.http import require_safe

from workflow.statements import statement

from .access import seen_case, staff_page, staff_render


@staff_page
@require_safe
def clock_statement(request, viewer, code, clock):
    shown = statement(viewer, seen_case(viewer, code), clock, timezone.now())
    if shown is None:
        raise Http404
    return staff_render(request, viewer, "clock_statement.html", {"statement": shown})
