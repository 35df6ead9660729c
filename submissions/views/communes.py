"""Communes as JSON for `static/address.js`: by name while it is typed, or all of a province."""

from django.http import JsonResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from agencies.limits import Rate
from submissions.address_forms import communes_of
from submissions.addresses import search
from submissions.text import one_line

from .refusals import seconds_to_wait, too_many

TYPED_AT_MOST = Rate(600, 60)
"""A minute's keystrokes of an office behind one address."""
KEPT = 60 * 60


@require_safe
def communes(request):
    if seconds := seconds_to_wait(request, "communes", TYPED_AT_MOST):
        return too_many(request, seconds)
    response = JsonResponse(_found(request.GET))
    patch_cache_control(response, public=True, max_age=KEPT)
    return response


def _found(asked):
    if province := one_line(asked.get("province", "")):
        return {"communes": [{"code": code, "name": name} for code, name in communes_of(province)]}
    found = search(asked.get("q", ""))
    communes = [
        {"code": one.code, "name": one.name, "province": one.province, "place": one.place, "label": one.label}
        for one in found.candidates
    ]
    return {"communes": communes, "more": found.more}
