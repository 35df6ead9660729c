"""Keying in an off-line case, by an operator."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.calendar import BeyondCalendar
from agencies.register import NotLoaded
from agencies.roles import Role
from submissions.sessions import draft_key
from workflow.engine import open_case
from workflow.forms.keying import KeyingForm

from .access import staff_page, staff_render


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def key_in(request, viewer):
    if not viewer.has(Role.OPERATOR):
        return staff_render(request, viewer, "key_in_refused.html", {}, status=403)
    key = draft_key(request)
    if request.method != "POST":
        return _page(request, viewer, KeyingForm(draft_key=key, initial=KeyingForm.blank_values()))
    if KeyingForm.is_unjudged(request.POST):
        return _page(request, viewer, KeyingForm.unvalidated(request.POST, request.FILES, draft_key=key))
    form = KeyingForm(request.POST, request.FILES, draft_key=key)
    case = _file(form, viewer) if form.is_valid() else None
    if case is None:
        return _page(request, viewer, form, status=422)
    messages.success(request, _("Đã nhập hồ sơ %(code)s. Vui lòng báo mã này cho người gửi.") % {"code": case.code})
    return redirect("staff-case", case.code)


def _file(form, viewer):
    """The case, or None with the reason on the form."""
    try:
        return open_case(form.lodgement(), viewer)
    except ValidationError as error:
        form.add_error(None, error.messages)
    except (BeyondCalendar, NotLoaded):
        form.add_error("received_at", _("Lịch làm việc và quy định chưa có cho thời điểm này. Vui lòng kiểm tra lại."))
    return None


def _page(request, viewer, form, status=200):
    return staff_render(request, viewer, "key_in.html", {"form": form.arrange(), "remark": form.remark()}, status)
