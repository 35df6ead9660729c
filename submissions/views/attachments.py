"""An attachment, after the same check as its case."""

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from submissions.files import Kind, attachment_response, private_storage, thumbnail_of
from submissions.models import Attachment
from submissions.sessions import DRAFT_KEY, public_viewer, staff_viewer
from workflow import audit
from workflow.dossier import may_read_file


@require_safe
def attachment(request, pk):
    """404 for whoever may not have the file, exactly as where there is none."""
    file = get_object_or_404(Attachment, pk=pk)
    if not _may_have(request, file):
        raise Http404
    content = private_storage().open(file.path)
    return attachment_response(content, file.name, file.content_type, inline=file.is_image)


@require_safe
def thumbnail(request, pk):
    """The small picture of an image, for the same people; the image itself where none was made."""
    file = get_object_or_404(Attachment, pk=pk, kind=Kind.IMAGE)
    if not _may_have(request, file, noted=False):
        raise Http404
    try:
        content = private_storage().open(thumbnail_of(file.path))
    except FileNotFoundError:
        return redirect("attachment", file.pk)
    return attachment_response(content, file.name, "image/webp", inline=True)


def _may_have(request, file, noted=True):
    if file.case_id is None:
        return file.is_readable and file.draft_key == request.session.get(DRAFT_KEY)
    if may_read_file(public_viewer(request), file):
        return True
    viewer = staff_viewer(request)
    if not (viewer.memberships and may_read_file(viewer, file)):
        return False
    if noted:
        audit.downloaded(viewer, file, timezone.now())
    return True
