"""Accounts of citizens: django-allauth's own views with this portal's forms, and the pages of who has one.

Staff have no page here: their accounts are looked after by who appoints them.
"""

import time
from functools import wraps

from allauth.account.views import PasswordChangeView, RequestLoginCodeView, SignupView
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.sessions.models import Session
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.second_factor import note_passed
from submissions.account_forms import (
    CAME_BY_CODE,
    ChangedPasswordForm,
    LostPasswordForm,
    PasswordAfterCodeForm,
    ProfileForm,
    SignUpForm,
)
from submissions.accounts import cases_of, citizen_of, claim, claimable, verified_email
from submissions.captcha import wants_new_captcha
from submissions.sessions import draft_key
from workflow.accounts import METHODS
from workflow.dossier import listed_cases
from workflow.paging import after_key, cut

from .refusals import seconds_to_wait, too_many

MOST_SESSIONS = 50


def refusing(view):
    """A page that comes back after a POST is a refusal: 422, as everywhere here."""

    @wraps(view)
    def answer(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        if request.method == "POST" and response.status_code == 200 and not wants_new_captcha(request.POST):
            response.status_code = 422
        return response

    return answer


class WithCaptcha:
    """A form of allauth's that sends something to a stranger's phone: its captcha belongs to the session."""

    def get_form_kwargs(self):
        kwargs = super().get_form_kwargs() | {"draft_key": draft_key(self.request)}
        if self.request.method == "POST" and wants_new_captcha(self.request.POST):
            typed = {name: value for name, value in self.request.POST.items() if not name.startswith("captcha")}
            return kwargs | {"data": None, "files": None, "initial": typed}
        return kwargs

    def post(self, request, *args, **kwargs):
        if wants_new_captcha(request.POST):
            return self.get(request, *args, **kwargs)
        if seconds := seconds_to_wait(request, "account", settings.LIMIT_LOOKUP):
            return too_many(request, seconds)
        return super().post(request, *args, **kwargs)


class SignUp(WithCaptcha, SignupView):
    form_class = SignUpForm
    success_url = reverse_lazy("my-cases")


class LostPassword(WithCaptcha, RequestLoginCodeView):
    """A code to the number or the address, and with it a new password: one way for both."""

    form_class = LostPasswordForm

    def get_success_url(self):
        return f"{reverse('account_confirm_login_code')}?next={reverse('account_change_password')}"


class NewPassword(PasswordChangeView):
    def get_form_class(self):
        return PasswordAfterCodeForm if _came_by_code(self.request) else ChangedPasswordForm


class SecondFactor(ActivateTOTPView):
    def form_valid(self, form):
        response = super().form_valid(form)
        note_passed(self.request)
        return response


def _came_by_code(request):
    last = [record for record in request.session.get(METHODS, []) if record.get("method") == "code"][-1:]
    return bool(last) and time.time() - last[0]["at"] < CAME_BY_CODE


def citizens_only(view):
    """Who is not signed in goes to the login; accounts without a number of their own have no such page."""

    @login_required
    @never_cache
    @wraps(view)
    def answer(request, *args, **kwargs):
        citizen = citizen_of(request.user)
        if citizen is None:
            raise Http404
        return view(request, citizen, *args, **kwargs)

    return answer


def of_citizens(view):
    """A page of allauth's that staff have no use for."""

    @citizens_only
    @wraps(view)
    def answer(request, citizen, *args, **kwargs):
        return view(request, *args, **kwargs)

    return answer


@require_safe
@login_required
@never_cache
def my_cases(request):
    if request.user.works_for_an_agency:
        return redirect("staff-queue")
    citizen = citizen_of(request.user)
    rows = after_key(
        cases_of(request.user).order_by("-received_at", "-pk"), request.GET.get("page", ""), "received_at",
        descending=True,
    )  # fmt: skip
    found, following = cut(rows, "received_at")
    context = {
        "rows": listed_cases(found),
        "next": following,
        "citizen": citizen,
        "email": verified_email(request.user),
        "claimable": claimable(citizen).count() if citizen else 0,
    }
    return render(request, "submissions/my_cases.html", context)


@require_POST
@citizens_only
def claim_cases(request, citizen):
    taken = claim(citizen)
    said = ngettext("Đã thêm %(count)d hồ sơ vào tài khoản.", "Đã thêm %(count)d hồ sơ vào tài khoản.", taken)
    messages.success(request, said % {"count": taken})
    return redirect("my-cases")


@require_http_methods(["GET", "HEAD", "POST"])
@citizens_only
def profile(request, citizen):
    options = {"citizen": citizen, "has_email": bool(verified_email(request.user))}
    if request.method != "POST":
        return _show_profile(request, ProfileForm(**options))
    if ProfileForm.is_unjudged(request.POST):
        return _show_profile(request, ProfileForm.unvalidated(request.POST, request.FILES, **options))
    form = ProfileForm(request.POST, **options)
    if not form.is_valid():
        return _show_profile(request, form, status=422)
    form.save()
    messages.success(request, _("Đã lưu."))
    return redirect("my-cases")


def _show_profile(request, form, status=200):
    form.arrange_address()
    return render(request, "submissions/profile.html", {"form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def sessions(request):
    """Where the account is signed in; all but this one are ended by the button."""
    alive = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    rows = UserSession.objects.filter(user=request.user, session_key__in=alive).order_by("-created_at")
    if request.method == "POST":
        for other in rows.exclude(session_key=request.session.session_key):
            other.end()
        messages.success(request, _("Đã kết thúc các phiên khác."))
        return redirect("sessions")
    here = request.session.session_key
    context = {"rows": [(row, row.session_key == here) for row in rows[:MOST_SESSIONS]]}
    return render(request, "submissions/sessions.html", context)
