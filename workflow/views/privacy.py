"""What senders ask about their own data; for operators alone."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from submissions.models import STATE_LABELS
from submissions.states import State
from workflow import privacy
from workflow.forms.privacy import DataAnswerForm
from workflow.models import DataRequest
from workflow.paging import after_key, cut

from .access import staff_render
from .outbox import operators_page


@operators_page
@require_safe
def data_requests(request, viewer):
    rows = privacy.waiting().select_related("case")
    found, following = cut(after_key(rows, request.GET.get("page", ""), "due_at"), "due_at")
    return staff_render(request, viewer, "data_requests.html", {"rows": found, "next": following})


@operators_page
@require_http_methods(["GET", "HEAD", "POST"])
def data_request(request, viewer, pk):
    rows = DataRequest.objects.exclude(case__state=State.SEALED).select_related("case", "answered_by")
    asked = get_object_or_404(rows, pk=pk)
    if request.method != "POST":
        return _page(request, viewer, asked, DataAnswerForm(case=asked.case))
    form = DataAnswerForm(request.POST, case=asked.case)
    if not form.is_valid():
        return _page(request, viewer, asked, form, status=422)
    erase = form.cleaned_data.get("erase", False)
    try:
        privacy.answer(viewer, asked, form.cleaned_data["answer"], timezone.now(), erase=erase)
    except ValidationError as error:
        for name, sentences in getattr(error, "message_dict", {None: error.messages}).items():
            form.add_error(name if name in form.fields else None, sentences)
        return _page(request, viewer, asked, form, status=409)
    messages.success(request, _("Đã trả lời; người gửi được báo."))
    return redirect("staff-data-requests")


def _page(request, viewer, asked, form, status=200):
    context = {"asked": asked, "form": form, "state_label": STATE_LABELS[asked.case.state]}
    return staff_render(request, viewer, "data_request.html", context, status=status)
