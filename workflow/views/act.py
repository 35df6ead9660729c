"""One action on one case: GET shows its form alone, POST does it. The answers in the order 404, 403, 409, 422."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.calendar import BeyondCalendar
from workflow import audit
from workflow.engine import changes_since, perform
from workflow.offered import Offered
from workflow.permissions import Conflict, Forbidden, find_for_explaining, may
from workflow.procedure import ACTIONS, told
from workflow.queues import queue

from .access import code_in, is_seen, seen_case, staff_page, staff_render
from .case import form_for


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def act(request, viewer, code, action):
    row = ACTIONS.get(action)
    if row is None:
        raise Http404
    now = timezone.now()
    case, is_visible = _find(viewer, row, code)
    page, offered = _Page(request, viewer, row, case, is_visible), Offered(viewer, now)
    verdict = may(viewer, row, case, now)
    if verdict.status == 403:
        return page.forbidden(verdict.reason)
    if request.method != "POST":
        if not verdict.allowed:
            return page.conflict(verdict.reason)
        if is_visible:
            audit.look(viewer, case, now)
        form = form_for(request, row, case, now, offered)
        form.initial |= {name: request.GET[name] for name in form.prefilled if name in request.GET}
        return page.form(form, status=200)
    form = form_for(request, row, case, now, offered, request.POST, request.FILES)
    version = form.posted_version
    since = changes_since(case, version) if version not in (None, case.version) else []
    if since or not verdict.allowed:
        return page.conflict(verdict.reason or _("Hồ sơ đã thay đổi sau khi Ông/Bà mở trang này."), since, form)
    if "insert" in request.POST:
        form.silence()
        return page.form(form, status=200)
    if not form.is_valid():
        return page.form(form, status=422)
    if "preview" in request.POST:
        return page.form(form, status=200)
    return _perform(page, form, version)


def _perform(page, form, version):
    case, row, viewer = page.case, page.row, page.viewer
    channel = form.cleaned_data.get("channel", "")
    try:
        perform(case.pk, row.key, viewer, form.cleaned_data, version=version, on_behalf_channel=channel)
    except Forbidden as refusal:
        return page.forbidden(refusal.reason)
    except Conflict as refusal:
        return page.conflict(refusal.reason, refusal.events, form)
    except ValidationError as error:
        form.add_refusal(error)
        return page.form(form, status=422)
    except BeyondCalendar:
        form.add_error(None, _("Thời hạn vượt quá năm cuối của lịch làm việc. Vui lòng báo quản trị nạp lịch năm sau."))
        return page.form(form, status=422)
    messages.success(page.request, _("%(code)s: đã thực hiện “%(done)s”.") % {"code": case.code, "done": row.label})
    if "next" in page.request.POST:
        return redirect(_next_to_approve(viewer))
    return redirect("staff-case", case.code) if is_seen(viewer, case) else redirect("staff-queue")


def _next_to_approve(viewer):
    """The next result that waits for this leader, else the queue."""
    waiting = queue(viewer, stage="approve").rows
    return waiting[0].url if waiting else reverse("staff-queue")


def _find(viewer, row, code):
    """The case, and whether more than the form of `explain` may be shown of it."""
    try:
        return seen_case(viewer, code), True
    except Http404:
        owed = find_for_explaining(viewer, code_in(code)) if row.key == "explain" else None
        if owed is None:
            raise
        return owed, False


class _Page:
    """The three ways in which this view answers with a page."""

    def __init__(self, request, viewer, row, case, is_visible):
        self.request, self.viewer, self.row, self.case, self.is_visible = request, viewer, row, case, is_visible

    def form(self, form, status):
        return self._render("act.html", {"form": form}, status)

    def forbidden(self, reason):
        return self._render("refused.html", {"reason": reason, "changes": [], "typed": []}, 403)

    def conflict(self, reason, events=(), form=None):
        changes = [
            {
                "at": event.at,
                "who": event.actor or event.get_role_display(),
                "agency": event.agency,
                "what": told(event.action),
            }
            for event in events
        ]
        typed = form.typed_texts() if form is not None else []
        return self._render("refused.html", {"reason": reason, "changes": changes, "typed": typed}, 409)

    def _render(self, template, context, status):
        about = {"code": self.case.code, "row": self.row, "is_visible": self.is_visible}
        return staff_render(self.request, self.viewer, template, about | context, status)
