"""Opening who sent a case, with a reason that the sender will read."""

from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from workflow import identity
from workflow.permissions import Forbidden

from .access import seen_case, staff_page, staff_render


@staff_page
@require_POST
def open_sender(request, viewer, code):
    case = seen_case(viewer, code)
    reason = dict(identity.Reason.choices).get(request.POST.get("reason", ""))
    if reason is None:
        raise Http404
    try:
        identity.open_for(viewer, case, reason)
    except Forbidden as refusal:
        said = {"row": {"label": _("Mở thông tin người gửi")}, "reason": refusal.reason}
        context = said | {"code": case.code, "changes": [], "typed": [], "is_visible": True}
        return staff_render(request, viewer, "refused.html", context, 403)
    return redirect(f"{request.path.removesuffix('nguoi-gui/')}#sender-title")
