"""The gate of every page of reports: login, then a role that reads one, then which report and which period."""

from functools import wraps

from django.http import Http404
from django.utils import timezone

from reports.forms import ReportForm
from reports.kinds import kinds_for
from reports.report import Report
from workflow.views.access import staff_page


def reader_page(view):
    """302 without a login, 404 for who reads no report; the view gets viewer and form, which may have errors."""

    @staff_page
    @wraps(view)
    def page(request, viewer, *args, **kwargs):
        if not kinds_for(viewer):
            raise Http404
        form = ReportForm(request.GET if request.method in ("GET", "HEAD") else request.POST, viewer, timezone.now())
        return view(request, viewer, form, *args, **kwargs)

    return page


def asked_for(form) -> Report:
    """The report that a valid form asks for; Http404 where it asks for none."""
    if not form.is_valid():
        raise Http404
    return Report(form.cleaned_data["kind"], form.scope, form.now)
