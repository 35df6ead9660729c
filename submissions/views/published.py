"""The register of published cases."""

from urllib.parse import urlencode

from django.shortcuts import render
from django.views.decorators.http import require_safe

from submissions.register_forms import RegisterForm
from workflow.publications import register


@require_safe
def published(request):
    filters = RegisterForm(request.GET)
    chosen = filters.chosen()
    context = {
        "page": register(**chosen, after=request.GET.get("page", "")),
        "filters": filters,
        "is_filtered": any(chosen.values()),
        "feed": urlencode({name: chosen[name] for name in ("field", "agency") if chosen[name]}),
    }
    return render(request, "submissions/register.html", context)
