"""What the portal keeps of whoever looks: shown, taken along as a file, asked about."""

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.http import Http404, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from agencies.calendar import BeyondCalendar
from submissions.contacts import contacts
from submissions.sessions import public_viewer
from workflow.forms.privacy import DataRequestForm
from workflow.models import DataRequest
from workflow.privacy import MOST_EXPORTED, ask, own_cases, own_data

from .cases import BEYOND_CALENDAR
from .refusals import seconds_to_wait, too_many

MOST_SHOWN = 50


class WithSets(DjangoJSONEncoder):
    def default(self, value):
        return sorted(value) if isinstance(value, frozenset) else super().default(value)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own_data_page(request):
    viewer, now = public_viewer(request), timezone.now()
    cases = list(own_cases(viewer)[:MOST_EXPORTED])
    if request.method != "POST":
        return _page(request, cases, DataRequestForm(cases=cases))
    if seconds := seconds_to_wait(request, "data-request", settings.LIMIT_LOOKUP):
        return too_many(request, seconds)
    form = DataRequestForm(request.POST, cases=cases)
    if not form.is_valid():
        return _page(request, cases, form, status=422)
    asked = form.cleaned_data
    try:
        made = ask(next(case for case in cases if case.code == asked["case"]), asked["kind"], asked["body"], now)
    except ValidationError as error:
        form.add_error(None, error)
        return _page(request, cases, form, status=422)
    except BeyondCalendar:
        form.add_error(None, BEYOND_CALENDAR % {"hotline": contacts().hotline})
        return _page(request, cases, form, status=422)
    due = timezone.localtime(made.due_at)
    messages.success(request, _("Đã nhận yêu cầu. Trung tâm trả lời trước %s.") % f"{due:%H:%M %d/%m/%Y}")
    return redirect("own-data")


@never_cache
@require_safe
def own_data_file(request):
    viewer, now = public_viewer(request), timezone.now()
    if viewer.user is None and not own_cases(viewer).exists():
        raise Http404
    if seconds := seconds_to_wait(request, "data-file", settings.LIMIT_LOOKUP):
        return too_many(request, seconds)
    dumped = {"ensure_ascii": False, "indent": 1}
    response = JsonResponse(own_data(viewer, now), encoder=WithSets, json_dumps_params=dumped)
    response["Content-Disposition"] = f'attachment; filename="du-lieu-cua-toi-{timezone.localdate(now):%Y%m%d}.json"'
    return response


def _page(request, cases, form, status=200):
    requests = DataRequest.objects.filter(case__in=[case.pk for case in cases]).select_related("case")
    context = {
        "form": form, "cases": cases, "requests": requests.order_by("-asked_at", "-pk")[:MOST_SHOWN],
        "years": settings.KEEP_SENDERS_YEARS, "may_take": bool(cases) or request.user.is_authenticated,
    }  # fmt: skip
    return render(request, "submissions/own_data.html", context, status=status)
