"""One case in the view its visitor is entitled to, and the actions of its sender.

Answers to an action, in this order: 404 where the visitor may not know of the case, 403 where it is not theirs, then
what `may` says (403, 409), 422, and back to the case.
"""

from dataclasses import dataclass

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from agencies.calendar import BeyondCalendar
from submissions.codes import MistypedCode, NotACode, read_code
from submissions.contacts import contacts
from submissions.models import Case
from submissions.sessions import draft_key, public_viewer
from submissions.states import State
from workflow.dossier import READ_OUTSIDE, disclosures, dossier
from workflow.engine import changes_since, perform
from workflow.forms import FORMS
from workflow.permissions import Conflict, Forbidden, actions_for, may
from workflow.procedure import ACTIONS, Action, told

from .refusals import posts_allowed, seconds_to_wait, too_many

STAGES = ("sender__commune__parent", "rule_set", "agency", "field")
ANSWER = ("answer__result__agency", "answer__result__drafter", "answer__rating", "answer__promise")


DONE = {
    "ask": gettext_lazy("Đã gửi câu hỏi. Câu trả lời hiện ở trang này; hạn trả lời ở mục thời hạn."),
    "answer": gettext_lazy("Đã gửi câu trả lời cho cơ quan xử lý."),
    "complete": gettext_lazy("Đã gửi phần bổ sung. Trung tâm tiếp nhận xem lại hồ sơ."),
    "rate": gettext_lazy("Đã ghi nhận đánh giá. Xin cảm ơn Ông/Bà."),
    "withdraw": gettext_lazy("Đã rút phản ánh."),
}
"""What a sender reads after an action; of others its name is enough."""
OUTDATED = gettext_lazy("Hồ sơ đã thay đổi sau khi Ông/Bà mở trang này.")
BEYOND_CALENDAR = gettext_lazy("Thời hạn vượt quá lịch làm việc đã công bố. Xin gọi tổng đài %(hotline)s.")


class TooManyMisses(Exception):
    """Somebody tries codes; `seconds` to wait."""

    def __init__(self, seconds):
        super().__init__(seconds)
        self.seconds = seconds


@dataclass(frozen=True)
class Offer:
    """An action the sender may take now, with its form; `missing` is what the Centre asked to be completed."""

    row: Action
    form: forms.Form
    missing: str = ""

    @property
    def is_expected(self):
        return self.row.key in ("complete", "answer", "rate")


@never_cache
@require_safe
def case_page(request, code):
    viewer = public_viewer(request)
    try:
        case = known_case(request, viewer, code)
    except TooManyMisses as misses:
        return too_many(request, misses.seconds)
    now = timezone.now()
    view = dossier(viewer, case, now)
    missing = _missing(view)
    rows = actions_for(viewer, case, now) if viewer.owns(case) else []
    offers = [_offer(row, _form(request, viewer, row, case, now), missing) for row in rows]
    context = {"dossier": view, "offers": offers, "missing": missing, "disclosures": disclosures(viewer, case)}
    return render(request, "submissions/case.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def act(request, code, action):
    viewer = public_viewer(request)
    row = ACTIONS.get(action)
    if row is None:
        raise Http404
    try:
        case = known_case(request, viewer, code)
    except TooManyMisses as misses:
        return too_many(request, misses.seconds)
    if not viewer.owns(case):
        return render(request, "403.html", status=403)
    if request.method == "POST" and (seconds := seconds_to_wait(request, "submit-posts", posts_allowed())):
        return too_many(request, seconds)
    return _act(request, viewer, row, case)


def _act(request, viewer, row, case):
    now = timezone.now()
    verdict = may(viewer, row, case, now)
    if verdict.status == 403:
        return render(request, "403.html", status=403)
    if request.method != "POST":
        if not verdict.allowed:
            return _conflict(request, row, case, verdict.reason)
        return _show_form(request, viewer, row, case, _form(request, viewer, row, case, now))
    form = _form(request, viewer, row, case, now, request.POST, request.FILES)
    version = form.posted_version
    since = changes_since(case, version) if version not in (None, case.version) else []
    if since or not verdict.allowed:
        return _conflict(request, row, case, verdict.reason or OUTDATED, form, since)
    if not form.is_valid():
        return _show_form(request, viewer, row, case, form, status=422)
    return _perform(request, viewer, row, case, form, version)


def _perform(request, viewer, row, case, form, version):
    try:
        perform(case.pk, row.key, viewer, form.cleaned_data, version=version)
    except Forbidden:
        return render(request, "403.html", status=403)
    except Conflict as refusal:
        return _conflict(request, row, case, refusal.reason, form, refusal.events)
    except ValidationError as error:
        form.add_refusal(error)
        return _show_form(request, viewer, row, case, form, status=422)
    except BeyondCalendar:
        form.add_error(None, BEYOND_CALENDAR % {"hotline": contacts().hotline})
        return _show_form(request, viewer, row, case, form, status=422)
    messages.success(request, DONE.get(row.key) or _("Đã thực hiện: %s.") % row.label)
    return redirect("case", case.code)


def known_case(request, viewer, typed):
    """The case this visitor may know of, else Http404, the same for every reason; guessing codes is limited."""
    try:
        code = read_code(typed)
    except (NotACode, MistypedCode) as error:
        raise Http404 from error
    cases = Case.objects.known_to(viewer).select_related(*STAGES, *ANSWER).prefetch_related(*READ_OUTSIDE)
    case = cases.filter(code=code).first()
    if case is None:
        if seconds := seconds_to_wait(request, "lookup", settings.LIMIT_LOOKUP):
            raise TooManyMisses(seconds)
        raise Http404
    return case


def _form(request, viewer, row, case, now, data=None, files=None):
    return FORMS[row.form](data, files, case=case, viewer=viewer, key=row.key, draft_key=draft_key(request), now=now)


def _missing(view):
    """What the Centre asked the sender to complete, while the case waits for it."""
    if view.state != State.SENT_BACK:
        return ""
    return next((step.note for step in reversed(view.timeline) if step.action == "send_back"), "")


def _offer(row, form, missing):
    return Offer(row, form, missing if row.key == "complete" else "")


def _show_form(request, viewer, row, case, form, status=200):
    missing = _missing(dossier(viewer, case)) if case.state == State.SENT_BACK else ""
    context = {"code": case.code, "offer": _offer(row, form, missing), "form": form}
    return render(request, "submissions/act.html", context, status=status)


def _conflict(request, row, case, reason, form=None, events=()):
    """What stands in the way, what happened meanwhile, and the text typed, for copying."""
    changes = [(event.at, told(event.action)) for event in events]
    typed = form.typed_texts() if form is not None else []
    context = {"code": case.code, "row": row, "reason": reason, "changes": changes, "typed": typed}
    return render(request, "submissions/refused.html", context, status=409)
