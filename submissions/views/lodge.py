"""Filing a case: the form, and the page that shows the answers first."""

import uuid
from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from agencies.calendar import BeyondCalendar
from agencies.register import rule_set_for
from submissions.accounts import first_values
from submissions.captcha import wants_new_captcha
from submissions.contacts import contacts
from submissions.forms import ALIKE, PublicLodgementForm
from submissions.in_flight import taking_turns
from submissions.models import Case, Channel
from submissions.sessions import draft_key, open_in_session, public_viewer
from submissions.states import CLOSED
from workflow import leaks
from workflow.engine import open_case

from .refusals import posts_allowed, seconds_to_carry, seconds_to_file, seconds_to_wait

JUST_NOW = timedelta(hours=1)
FILED = "filed"
"""Where a session keeps the code of the case it filed last, and the digest of the answers."""
NO_CALENDAR = gettext_lazy("Lịch làm việc của năm tới chưa được nạp nên chưa nhận được hồ sơ. Xin gọi %(hotline)s.")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def lodge(request):
    if request.method != "POST":
        return _show(request, PublicLodgementForm(initial=_first_values(request), **_options(request)))
    if seconds := seconds_to_wait(request, "submit-posts", posts_allowed()) or seconds_to_carry(request):
        return _wait(request, PublicLodgementForm.unvalidated(request.POST, {}, **_options(request)), seconds)
    if wants_new_captcha(request.POST) or PublicLodgementForm.is_unjudged(request.POST):
        return _show(request, PublicLodgementForm.unvalidated(request.POST, request.FILES, **_options(request)))
    key = _submission_key(request)
    with taking_turns(key):
        if filed := Case.objects.filter(submission_key=key).first():
            return _to_receipt(request, filed)
        return _judge(request, PublicLodgementForm(request.POST, request.FILES, **_options(request)))


def _judge(request, form):
    if not form.is_valid():
        return _show(request, form, status=422)
    if filed := _filed_just_now(request, form):
        messages.warning(
            request, _("Phản ánh giống hệt vừa được gửi; đây là biên nhận của nó, không gửi thêm lần nữa.")
        )
        return _to_receipt(request, filed)
    if "review" in request.POST:
        said = f"{form.cleaned_data['title']}\n{form.cleaned_data['content']}"
        context = {"form": form, "remark": form.remark(), "alike": form.alike(), "personal": leaks.personal(said)}
        return render(request, "submissions/review.html", context)
    if seconds := seconds_to_file(request, form.cleaned_data["phone"]):
        return _wait(request, form, seconds)
    viewer = public_viewer(request)
    try:
        case = open_case(form.lodgement(account=viewer.user), viewer)
    except ValidationError as error:
        form.add_error(None, error)
        return _show(request, form, status=422)
    except BeyondCalendar:
        form.add_error(None, NO_CALENDAR % {"hotline": contacts().hotline})
        return _show(request, form, status=422)
    request.session[FILED] = [case.code, form.digest()]
    if form.recognised:
        place = {"typed": form.found.typed, "place": form.recognised.place}
        messages.info(request, _("Xã, phường “%(typed)s” được ghi là %(place)s.") % place)
    return _to_receipt(request, case)


def _filed_just_now(request, form):
    """The case that this session filed last by these very answers: somebody went back after sending, and sent again.

    Not where files come along: these would be lost.
    """
    code, digest = request.session.get(FILED, ("", ""))
    if digest != form.digest() or form.cleaned_data["attachments"]:
        return None
    own = Case.objects.visible_to(public_viewer(request)).filter(code=code)
    return own.filter(received_at__gt=timezone.now() - JUST_NOW).exclude(state__in=CLOSED).first()


def _wait(request, form, seconds):
    """The form again with all that was typed; files that came along must be chosen anew."""
    response = _show(request, form, status=429)
    response.headers["Retry-After"] = str(seconds)
    return response


def _first_values(request):
    viewer = public_viewer(request)
    return PublicLodgementForm.blank_values() | (first_values(viewer.user) if viewer.user else {})


def _options(request):
    return {"draft_key": draft_key(request)}


def _show(request, form, status=200):
    rules = rule_set_for(Channel.WEB, "", timezone.localdate())
    context = {
        "form": form.arrange(), "remark": form.remark(), "rules": rules, "too_many": status == 429,
        "alike": form.alike(), "looked": ALIKE in request.POST,
    }  # fmt: skip
    return render(request, "submissions/lodge.html", context, status=status)


def _submission_key(request):
    """What tells a form sent twice from two forms; one without a key is a form of its own."""
    try:
        return uuid.UUID(request.POST.get("submission_key", ""))
    except ValueError:
        return uuid.uuid4()


def _to_receipt(request, case):
    open_in_session(request, case)
    return redirect("receipt", code=case.code)
