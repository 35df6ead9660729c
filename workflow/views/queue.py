"""What waits for me, soonest due first."""

from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies.roles import Role
from workflow import calendar_changes, outbox
from workflow.forms.filters import QueueFilterForm
from workflow.queues import queue

from .access import staff_page, staff_render


@staff_page
@require_safe
def queue_page(request, viewer):
    filters = QueueFilterForm(request.GET, viewer)
    page = queue(viewer, **filters.chosen(), after=request.GET.get("page", ""))
    context = {"page": page, "filters": filters, "is_filtered": filters.is_set()}
    if viewer.has(Role.OPERATOR):
        context["to_pass_on"], context["given_up"] = outbox.counts(viewer)
        context["unconfirmed"] = calendar_changes.warnings(timezone.now())
    return staff_render(request, viewer, "queue.html", context)
