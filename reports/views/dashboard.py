"""`/bao-cao/hien-trang/`: today's state, for who leads and for the department."""

from django.http import Http404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from reports.charts import bars
from reports.dashboard import FEWEST, dashboard
from reports.kinds import agencies_for, kinds_for
from reports.models import Kind
from workflow.views.access import staff_render

from .gate import reader_page


@reader_page
@require_safe
def dashboard_page(request, viewer, form):
    agencies = list(agencies_for(viewer))
    sees_all = kinds_for(viewer)[0] != Kind.AGENCY
    chosen = _chosen(request.GET.get("agency", ""), agencies, sees_all, viewer)
    shown = dashboard(form.now, chosen and chosen.pk)
    context = {
        "shown": shown,
        "chosen": chosen,
        "agencies": agencies,
        "sees_all": sees_all,
        "fewest": FEWEST,
        "now": form.now,
        "weeks": bars([(f"{day:%d/%m}", came, str(came)) for day, came, _done in shown.weeks]),
        "weeks_label": _("Biểu đồ: số tiếp nhận từng tuần, tính từ thứ hai"),
    }
    return staff_render(request, viewer, "reports/dashboard.html", context)


def _chosen(code, agencies, sees_all, viewer):
    if not code:
        own = next((agency for agency in agencies if agency.pk in viewer.agency_ids), None)
        return None if sees_all else own or agencies[0]
    found = next((agency for agency in agencies if agency.code == code), None)
    if found is None:
        raise Http404
    return found
