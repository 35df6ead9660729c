"""What waits for me, soonest due first."""

from django.views.decorators.http import require_safe

from workflow.forms.filters import QueueFilterForm
from workflow.queues import queue

from .access import staff_page, staff_render


@staff_page
@require_safe
def queue_page(request, viewer):
    filters = QueueFilterForm(request.GET, viewer)
    page = queue(viewer, **filters.chosen(), after=request.GET.get("page", ""))
    return staff_render(
        request, viewer, "queue.html", {"page": page, "filters": filters, "is_filtered": filters.is_set()}
    )
