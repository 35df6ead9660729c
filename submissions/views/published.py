"""The register of published cases."""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies.models import Field
from agencies.register import handling_agencies
from submissions.text import one_line
from workflow.publications import register


@require_safe
def published(request):
    wanted = {name: one_line(request.GET.get(name, ""))[:200] for name in ("q", "field", "agency")}
    context = {
        "page": register(**wanted, after=request.GET.get("page", "")),
        "fields": Field.objects.all(),
        "agencies": handling_agencies(timezone.localdate()).order_by("name"),
        **wanted,
    }
    return render(request, "submissions/register.html", context)
