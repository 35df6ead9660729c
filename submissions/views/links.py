"""What the link in a letter leads to: a page that opens nothing by itself, for mail programs look into links too.

Its buttons open the case in this session, or rate the answer at once.
"""

from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from submissions.codes import MistypedCode, NotACode, read_code
from submissions.links import case_by_token
from submissions.sessions import draft_key, open_in_session
from submissions.viewers import Viewer
from workflow.engine import perform
from workflow.forms import RateForm
from workflow.permissions import Refused, may

from .cases import known_case
from .refusals import posts_allowed, seconds_to_wait, too_many

RATE = "rate"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own_case(request, code, token):
    found = _found(code, token)
    if found is None:
        if seconds := seconds_to_wait(request, "lookup", settings.LIMIT_LOOKUP):
            return too_many(request, seconds)
        return render(request, "submissions/link_gone.html", status=404)
    viewer = Viewer(opened=frozenset({found.pk}))
    case = known_case(request, viewer, found.code)
    if request.method != "POST":
        return _show(request, viewer, case)
    if seconds := seconds_to_wait(request, "submit-posts", posts_allowed()):
        return too_many(request, seconds)
    if "score" in request.POST:
        return _rate(request, viewer, case)
    open_in_session(request, case)
    return redirect("case", case.code)


def _found(typed, token):
    try:
        return case_by_token(read_code(typed), token, timezone.now())
    except (NotACode, MistypedCode):
        return None


def _rate(request, viewer, case):
    form = _form(request, viewer, case, request.POST)
    if not form.is_valid():
        return _show(request, viewer, case, form, status=422)
    try:
        perform(case.pk, RATE, viewer, form.cleaned_data)
    except Refused as refusal:
        return _show(request, viewer, case, refused=refusal.reason, status=409)
    messages.success(request, _("Đã ghi nhận đánh giá. Chân thành cảm ơn Ông/Bà."))
    return redirect(request.path)


def _form(request, viewer, case, data=None):
    return RateForm(
        data, None, case=case, viewer=viewer, key=RATE, draft_key=draft_key(request), now=timezone.now()
    )  # fmt: skip


def _show(request, viewer, case, form=None, refused="", status=200):
    may_rate = not refused and may(viewer, RATE, case).allowed
    context = {
        "code": case.code,
        "rating": form or (_form(request, viewer, case) if may_rate else None),
        "answer": case.answer,
        "refused": refused,
    }
    return render(request, "submissions/link.html", context, status=status)
