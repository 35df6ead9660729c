"""The receipt of what was filed, and the page where anybody who holds one has it verified."""

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from submissions import receipts
from submissions.codes import MistypedCode, NotACode, read_code
from submissions.facets import Facet, facets
from submissions.forms import ReceiptForm
from submissions.models import Case
from submissions.sessions import public_viewer
from workflow.dossier import dossier

from .refusals import seconds_to_wait, too_many


@never_cache
@require_safe
def receipt(request, code):
    """Shown only where the case was opened; elsewhere code and phone are asked for."""
    viewer = public_viewer(request)
    case = _own_case(viewer, code)
    if case is None:
        return redirect("track")
    view = dossier(viewer, case)
    context = {
        "dossier": view,
        "first_due": _first_due(view.clocks),
        "fingerprint": "" if view.is_stub else receipts.fingerprint(case),
        "site": settings.SITE_URL,
        "verification": settings.SITE_URL + reverse("verify"),
    }
    return render(request, "submissions/receipt.html", context)


@never_cache
@require_safe
def receipt_qr(request, code):
    viewer = public_viewer(request)
    case = _own_case(viewer, code)
    if case is None or Facet.STUB in facets(viewer, case):
        raise Http404
    return HttpResponse(receipts.qr_code(case), content_type="image/svg+xml")


@never_cache
@require_safe
def verify(request):
    if not {"code", "fingerprint"} & request.GET.keys():
        return _show(request, ReceiptForm())
    form = ReceiptForm(request.GET)
    if not form.is_valid():
        return _show(request, form)
    if seconds := seconds_to_wait(request, "lookup", settings.LIMIT_LOOKUP):
        return too_many(request, seconds)
    found = receipts.verified(form.cleaned_data["code"], form.cleaned_data["fingerprint"])
    return _show(request, form, asked=True, receipt=found)


def _own_case(viewer, typed):
    try:
        code = read_code(typed)
    except (NotACode, MistypedCode):
        return None
    cases = Case.objects.known_to(viewer).select_related("sender__commune", "rule_set", "agency", "field")
    case = cases.filter(code=code).first()
    return case if case and viewer.owns(case) else None


def _first_due(clocks):
    running = [clock for clock in clocks if clock.ended_at is None]
    return min(running, key=lambda clock: clock.due_at, default=None)


def _show(request, form, asked=False, receipt=None):
    return render(request, "submissions/verify.html", {"form": form, "asked": asked, "receipt": receipt})
