"""What waits for me, most urgent first; filters kept by name, and lists to print."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from agencies.roles import Role
from submissions.models import Case
from submissions.states import State
from submissions.text import one_line
from workflow import audit, calendar_changes, outbox, privacy
from workflow.forms.filters import QueueFilterForm
from workflow.models import SavedFilter
from workflow.paging import capped_count
from workflow.printing import MOST, printed_list
from workflow.queues import cases_on, queue

from .access import staff_page, staff_render

KEPT = 20


@staff_page
@require_safe
def queue_page(request, viewer):
    filters = QueueFilterForm(request.GET, viewer)
    page = queue(viewer, stage=filters.stage_chosen, after=request.GET.get("page", ""), **filters.wanted())
    if viewer.has(Role.OPERATOR) and filters.wanted().get("q"):
        audit.searched(viewer, len(page.rows))
    context = {
        "page": page,
        "filters": filters,
        "is_filtered": bool(filters.set_names),
        "saved": viewer.user.saved_filters.all()[:KEPT],
        "may_distribute": viewer.has(Role.OPERATOR) and page.stage in ("intake", "returned"),
    }
    if viewer.has(Role.OPERATOR):
        context["to_pass_on"], context["given_up"] = outbox.counts(viewer)
        context["data_requests"] = capped_count(privacy.waiting())
        context["unconfirmed"] = calendar_changes.warnings(timezone.now())
    return staff_render(request, viewer, "queue.html", context)


@staff_page
@require_POST
def save_filter(request, viewer):
    """The tab and filters of the page that it was sent from, under a name; the same name again replaces it."""
    filters, name = QueueFilterForm(request.POST, viewer), one_line(request.POST.get("name", ""))[:60]
    address = f"{reverse('staff-queue')}?{urlencode(filters.as_query())}"
    if not name:
        messages.error(request, _("Vui lòng đặt tên cho bộ lọc."))
    elif viewer.user.saved_filters.exclude(name=name).count() >= KEPT:
        messages.error(request, _("Đã lưu đủ %d bộ lọc; hãy xóa bớt.") % KEPT)
    else:
        query = urlencode(filters.as_query())
        SavedFilter.objects.update_or_create(user=viewer.user, name=name, defaults={"query": query})
        messages.success(request, _("Đã lưu bộ lọc “%s”.") % name)
    return redirect(address)


@staff_page
@require_POST
def delete_filter(request, viewer, pk):
    saved = get_object_or_404(SavedFilter, user=viewer.user, pk=pk)
    saved.delete()
    messages.success(request, _("Đã xóa bộ lọc “%s”.") % saved)
    return redirect("staff-queue")


@staff_page
@require_POST
def print_list(request, viewer):
    """The cases ticked, or the whole tab as it is filtered, to print and take along; noted on each of them."""
    now, filters = timezone.now(), QueueFilterForm(request.POST, viewer)
    codes = request.POST.getlist("code")[:MOST]
    if codes:
        seen = Case.objects.visible_to(viewer).filter(code__in=codes).exclude(state=State.SEALED)
        cases = list(seen.select_related("agency").order_by("-instant", "next_due_at", "pk"))
    elif filters.stage_chosen:
        cases = cases_on(viewer, filters.stage_chosen, MOST, now, **filters.wanted())
    else:
        return HttpResponseBadRequest()
    rows = printed_list(cases, now, by_place=request.POST.get("order") == "place")
    audit.exported(viewer, cases, _("danh sách in"))
    return staff_render(request, viewer, "printed_list.html", {"rows": rows, "now": now, "most": MOST})
