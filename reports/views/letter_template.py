"""An agency's own form of the letter: the common one to begin with, changed elsewhere, tried before it is kept."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from reports.files.letter import check_template, default_template
from reports.kinds import may_close
from reports.models import LetterTemplate
from workflow.views.access import staff_render

from .gate import asked_for, reader_page

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LARGEST = 2 * 2**20


class TemplateForm(forms.Form):
    template = forms.FileField(
        label=gettext_lazy("Tệp mẫu (docx, tối đa 2 MB)"),
        error_messages={
            "required": gettext_lazy("Vui lòng chọn tệp mẫu."),
            "empty": gettext_lazy("Tệp mẫu trống."),
        },
    )

    def __init__(self, *args, report, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        self.report = report

    def clean_template(self):
        file = self.cleaned_data["template"]
        if file.size > LARGEST:
            raise forms.ValidationError(_("Tệp mẫu lớn hơn 2 MB."))
        content = file.read()
        try:
            check_template(content, self.report)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error
        return content


@reader_page
@require_http_methods(["GET", "HEAD", "POST"])
def template_page(request, viewer, form):
    report = asked_for(form)
    if not may_close(viewer, report):
        raise PermissionDenied
    kept = LetterTemplate.objects.filter(agency=report.issuer).first()
    posted = request.method == "POST"
    back = redirect(f"{reverse('report-template')}?{form.as_query()}")
    if posted and "forget" in request.POST:
        LetterTemplate.objects.filter(agency=report.issuer).delete()
        messages.success(request, _("Từ nay dùng mẫu chung."))
        return back
    brought = TemplateForm(request.POST, request.FILES, report=report) if posted else TemplateForm(report=report)
    if posted and brought.is_valid():
        values = {"content": brought.cleaned_data["template"], "kept_by": viewer.user, "kept_at": form.now}
        LetterTemplate.objects.update_or_create(agency=report.issuer, defaults=values)
        messages.success(request, _("Đã lưu mẫu; văn bản báo cáo từ nay dùng mẫu này."))
        return back
    context = {"form": form, "brought": brought, "kept": kept, "report": report, "query": form.as_query()}
    return staff_render(request, viewer, "reports/template.html", context, 422 if brought.errors else 200)


@reader_page
@require_safe
def default(request, viewer, form):
    headers = {"Content-Disposition": 'attachment; filename="mau-bao-cao.docx"'}
    return HttpResponse(default_template(), content_type=DOCX, headers=headers)
