"""The register of promises, for everybody."""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from workflow import promises


@require_safe
def promise_register(request):
    now = timezone.now()
    asked = request.GET.get("muc", "")
    chosen = asked if asked in promises.LABELS else promises.OPEN
    counts = promises.counts(now)
    context = {
        "page": promises.promises(chosen, now, request.GET.get("page", "")),
        "tabs": [(state, label, counts[state]) for state, label in promises.LABELS.items()],
        "chosen": chosen,
    }
    return render(request, "submissions/promises.html", context)
