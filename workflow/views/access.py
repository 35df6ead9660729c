"""The gate of every page of staff: login, then membership, then what this viewer may see."""

from functools import wraps

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache

from agencies.roles import Role
from submissions.codes import MistypedCode, NotACode, read_code
from submissions.followers import with_counts
from submissions.models import Case
from submissions.sessions import staff_viewer
from workflow.dossier import READ_INSIDE

READ_WITH = (
    "rule_set",
    "agency",
    "field",
    "wished_agency",
    "sender__commune__parent",
    "answer__result__agency",
    "answer__result__drafter",
    "answer__rating",
    "answer__promise",
)


def staff_page(view):
    """Without a login 302; without a task in the procedure 404; the view gets who is looking."""

    @never_cache
    @login_required
    @wraps(view)
    def page(request, *args, **kwargs):
        viewer = staff_viewer(request)
        if not viewer.memberships:
            raise Http404
        return view(request, viewer, *args, **kwargs)

    return page


def code_in(address):
    """The code of a case as it stands in an address, in its canonical form, or Http404."""
    try:
        return read_code(address)
    except (NotACode, MistypedCode) as error:
        raise Http404 from error


def seen_case(viewer, code, read=READ_INSIDE):
    """The case with what permissions read of it, or Http404."""
    cases = Case.objects.visible_to(viewer).select_related(*READ_WITH).prefetch_related(*read)
    return get_object_or_404(with_counts(cases), code=code_in(code))


def is_seen(viewer, case):
    return Case.objects.visible_to(viewer).filter(pk=case.pk).exists()


def staff_render(request, viewer, template, context, status=200):
    """A page inside the staff layout, which says who is at work and for which agency."""
    writes = viewer.has(Role.OPERATOR) or viewer.has(Role.SPECIALIST)
    reads = any(membership.role != Role.ADMINISTRATOR for membership in viewer.memberships)
    layout = {"viewer": viewer, "may_key_in": viewer.has(Role.OPERATOR), "may_write": writes, "may_report": reads}
    return render(request, template if "/" in template else f"workflow/{template}", layout | context, status=status)
