"""The cases behind a number of a report: exactly those that it counts, of which the viewer sees some."""

from django.http import Http404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agencies.roles import Role
from reports.figures import FIGURES, cases_of
from submissions.models import STATE_LABELS, Case
from submissions.states import State
from workflow.paging import after_key, capped_count, cut
from workflow.views.access import staff_render

from .gate import asked_for, reader_page

RELATED = ("field", "agency")


@reader_page
@require_safe
def cases_page(request, viewer, form):
    report = asked_for(form)
    name, dimension, key = (request.GET.get(part, "") for part in ("figure", "by", "key"))
    if name not in FIGURES:
        raise Http404
    try:
        counted = cases_of(name, report.scope, dimension, key)
    except ValueError as error:
        raise Http404 from error
    seen = Case.objects.visible_to(viewer).filter(pk__in=counted.values("pk")) if _is_narrow(viewer) else counted
    rows = seen.select_related(*RELATED).order_by("-received_at", "-pk")
    found, following = cut(after_key(rows, request.GET.get("page", ""), "received_at", descending=True), "received_at")
    context = {
        "figure": FIGURES[name],
        "report": report,
        "rows": [_line(case) for case in found],
        "next": following,
        "count": capped_count(seen),
        "query": form.as_query(),
        "hidden": _is_narrow(viewer),
    }
    return staff_render(request, viewer, "reports/cases.html", context)


def _is_narrow(viewer):
    """Whether this viewer may see fewer cases than a report counts."""
    return not (viewer.has(Role.OPERATOR) or viewer.has(Role.SUPERVISOR))


def _line(case):
    sealed = case.state == State.SEALED
    return {
        "code": case.code,
        "title": _("Hồ sơ đã niêm phong") if sealed else case.title,
        "state": STATE_LABELS[case.state],
        "field": case.field.name if case.field and not sealed else "",
        "agency": case.agency.name if case.agency and not sealed else "",
        "received_at": case.received_at,
    }
