"""How one due time came about, for the sender and for whoever may follow the case."""

from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from submissions.sessions import public_viewer
from workflow.statements import statement

from .cases import TooManyMisses, known_case
from .refusals import too_many


@never_cache
@require_safe
def clock_statement(request, code, clock):
    viewer = public_viewer(request)
    try:
        case = known_case(request, viewer, code)
    except TooManyMisses as misses:
        return too_many(request, misses.seconds)
    shown = statement(viewer, case, clock, timezone.now())
    if shown is None:
        raise Http404
    return render(request, "submissions/clock_statement.html", {"statement": shown})
