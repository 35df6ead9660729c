"""Taking cases out: rows of a report, and one whole dossier."""

import io

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import FileResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from agencies.roles import Role
from reports.exports import dossier, rows_of_cases
from submissions.forms import TOO_LONG, CleanTextField
from submissions.states import State
from workflow.views.access import seen_case, staff_page, staff_render

from .gate import asked_for, reader_page


class RequestForm(forms.Form):
    """Which state body asks for the dossier, and by which letter."""

    body = CleanTextField(
        label=_("Cơ quan yêu cầu"), max_length=90,
        error_messages={"required": _("Vui lòng ghi cơ quan yêu cầu."), "max_length": TOO_LONG},
    )  # fmt: skip
    letter = CleanTextField(
        label=_("Số, ngày văn bản yêu cầu"), max_length=60, help_text=_("Ví dụ: 123/CV-TTr ngày 05/11/2026"),
        error_messages={"required": _("Vui lòng ghi số, ngày của văn bản."), "max_length": TOO_LONG},
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)


@reader_page
@require_POST
def export_rows(request, viewer, form):
    report = asked_for(form)
    if not viewer.may_export:
        raise PermissionDenied
    name = f"ho-so-{report.scope.period.first:%Y%m%d}-{report.scope.period.last:%Y%m%d}.csv"
    return _download(io.BytesIO(rows_of_cases(viewer.exporting, report, form.now)), "text/csv; charset=utf-8", name)


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def export_dossier(request, viewer, code):
    """By the centre, which keeps all cases (Đ13.1), and only by whom it lets: a dossier names its sender."""
    case = seen_case(viewer, code)
    if not viewer.exporting.has(Role.OPERATOR) or case.state == State.SEALED:
        raise PermissionDenied
    form = RequestForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        archive = dossier(
            viewer.exporting, case, form.cleaned_data["body"], form.cleaned_data["letter"], timezone.now()
        )
        return _download(archive, "application/zip", f"{case.code}.zip")
    return staff_render(
        request, viewer, "reports/dossier.html", {"code": case.code, "form": form}, 422 if form.errors else 200
    )


def _download(file, content_type, name):
    return FileResponse(file, as_attachment=True, filename=name, content_type=content_type)
