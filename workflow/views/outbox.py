"""Calls to make, letters to send, and what could not be sent; for operators alone."""

from functools import wraps

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.roles import Role
from workflow import outbox
from workflow.forms.outbox import PassedOnForm

from .access import staff_page, staff_render


def operators_page(view):
    @staff_page
    @wraps(view)
    def page(request, viewer, *args, **kwargs):
        if not viewer.has(Role.OPERATOR):
            raise Http404
        return view(request, viewer, *args, **kwargs)

    return page


@operators_page
@require_safe
def tasks_page(request, viewer):
    return _list(request, viewer, "outbox_tasks.html", outbox.tasks)


@operators_page
@require_http_methods(["GET", "HEAD", "POST"])
def given_up_page(request, viewer):
    if request.method != "POST":
        return _list(request, viewer, "outbox_given_up.html", outbox.given_up)
    count = outbox.send_again(viewer, timezone.now())
    messages.success(request, _("Sẽ gửi lại %(count)s thông báo trong ít phút.") % {"count": count})
    return redirect("staff-given-up")


@operators_page
@require_POST
def send_again(request, viewer, pk):
    if outbox.send_again(viewer, timezone.now(), pk):
        messages.success(request, _("Thông báo sẽ được gửi lại trong ít phút."))
    else:
        messages.info(request, _("Thông báo này không còn trong danh sách chưa gửi được."))
    return redirect("staff-given-up")


@operators_page
@require_http_methods(["GET", "HEAD", "POST"])
def letter_page(request, viewer, pk):
    letter = _letter(viewer, pk)
    if request.method != "POST":
        return _page(request, viewer, letter, PassedOnForm(label_suffix=""))
    form = PassedOnForm(request.POST, label_suffix="")
    if not form.is_valid():
        return _page(request, viewer, letter, form, status=422)
    if outbox.pass_on(viewer, pk, timezone.now()):
        messages.success(request, _("Đã ghi nhận: người nhận đã được báo."))
    else:
        messages.info(request, _("Việc này đã được ghi nhận trước đó."))
    return redirect("staff-tasks" if letter.is_task else "staff-given-up")


def _list(request, viewer, template, rows):
    tasks, given_up = outbox.counts(viewer)
    page = rows(viewer, request.GET.get("page", ""))
    return staff_render(request, viewer, template, {"page": page, "tasks": tasks, "given_up": given_up})


def _letter(viewer, pk):
    letter = outbox.letter(viewer, pk, timezone.now())
    if letter is None:
        raise Http404
    return letter


def _page(request, viewer, letter, form, status=200):
    return staff_render(request, viewer, "outbox_letter.html", {"letter": letter, "form": form}, status)
