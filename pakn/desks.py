"""What a desk asks of whoever sits at it, beyond the login: the second factor, and not to have been away for long.

The time counts from the login and from the last page; both stand in the session of whoever works for an agency.
"""

import time

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponseForbidden
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from agencies import second_factor
from workflow.accounts import BEGAN, SEEN

from .language import DESKS

NOT_COPIED = {"csrfmiddlewaretoken", "version", "kept", "drop"}
ONCE_A_MINUTE = 60


def bounded_sessions(get_response):
    """Ends the session of staff after STAFF_IDLE seconds without a page, and STAFF_LONGEST after the login (R41)."""

    def answer(request):
        began = request.session.get(BEGAN)
        if began is None:
            return get_response(request)
        now = time.time()
        if now - request.session[SEEN] > settings.STAFF_IDLE or now - began > settings.STAFF_LONGEST:
            return _ended(request)
        if now - request.session[SEEN] > ONCE_A_MINUTE:
            request.session[SEEN] = now
        return get_response(request)

    return answer


def _ended(request):
    """To the login, and back to the page; what was being sent is shown for copying, nothing of it is done."""
    typed = [value for name, value in request.POST.items() if _is_copied(name, value)]
    logout(request)
    if typed:
        return render(request, "session_ended.html", {"typed": typed}, status=401)
    messages.info(request, _("Phiên làm việc đã kết thúc sau một thời gian không dùng. Vui lòng đăng nhập lại."))
    return redirect_to_login(request.get_full_path() if request.method == "GET" else "/can-bo/")


def _is_copied(name, value):
    """What was worth writing, never a password: the page may be read over a shoulder."""
    return name not in NOT_COPIED and "password" not in name and len(value) > 20


def second_factor_first(get_response):
    """No desk opens to a session that has not passed the second factor: its owner is led to set it up."""

    def answer(request):
        at_a_desk = request.path_info.startswith(DESKS)
        if not at_a_desk or not request.user.is_authenticated or second_factor.has_passed(request):
            return get_response(request)
        if request.method not in ("GET", "HEAD"):
            return HttpResponseForbidden()
        return redirect("mfa_activate_totp")

    return answer
