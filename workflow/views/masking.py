"""Covering faces, plates and papers in a picture before it may be public; for the centre."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.roles import Role
from submissions.files import Kind
from submissions.masking import mask
from submissions.models import Attachment
from submissions.states import State
from workflow import audit
from workflow.dossier import may_read_file
from workflow.forms.masking import MaskForm
from workflow.models import AuditEntry

from .access import seen_case, staff_page, staff_render


def may_mask(viewer, case):
    return viewer.has(Role.OPERATOR) and case.state != State.SEALED


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def mask_picture(request, viewer, code, pk):
    case = seen_case(viewer, code)
    file = get_object_or_404(
        case.attachments, pk=pk, kind=Kind.IMAGE, role__in=Attachment.OF_THE_SENDER, masked_from=None
    )
    if not (may_mask(viewer, case) and may_read_file(viewer, file)):
        raise Http404
    form = MaskForm(request.POST if request.method == "POST" else None)
    copy = _covered(file, form) if request.method == "POST" and form.is_valid() else None
    if copy is not None:
        seat = audit.seat(viewer, case)
        audit.record(
            AuditEntry.Kind.CHANGED, case=case, actor=viewer.user, membership=seat, subject=f"{copy.kind} {copy.pk}"
        )
        messages.success(request, _("Đã tạo bản che của “%s”; bản gốc vẫn được giữ.") % file.name)
        return redirect("staff-case", case.code)
    context = {"code": case.code, "file": file, "form": form}
    return staff_render(request, viewer, "mask.html", context, 422 if form.errors else 200)


def _covered(file, form):
    """The covered copy; None where the form says why there is none."""
    try:
        return mask(file, form.boxes)
    except ValidationError as error:
        form.add_error(None, error)
        return None
