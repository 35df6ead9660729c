"""Distributing several cases at once: each by the engine, on its own; one that cannot is named, the others go."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from agencies.calendar import BeyondCalendar
from agencies.roles import Role
from submissions.models import Case
from submissions.states import AT_INTAKE
from workflow.engine import perform
from workflow.forms.action import version_in
from workflow.forms.bulk import DistributeManyForm
from workflow.permissions import Refused

from .access import staff_page, staff_render

MOST = 50


@dataclass(frozen=True)
class Done:
    """`problem` is empty where it went."""

    case: Case
    problem: str


@staff_page
@require_POST
def distribute_many(request, viewer):
    """First the chosen cases with the form, then, confirmed, what became of each."""
    if not viewer.has(Role.OPERATOR):
        raise Http404
    chosen = _chosen(request, viewer)
    confirmed = "confirm" in request.POST
    form = DistributeManyForm(request.POST if confirmed else None, cases=chosen)
    if confirmed and chosen and form.is_valid():
        versions = {case.pk: request.POST.get(f"version-{case.pk}", "") for case in chosen}
        done = [_distribute(viewer, case, form.cleaned_data, versions[case.pk]) for case in chosen]
        return staff_render(
            request, viewer, "distributed_many.html", {"done": done, "agency": form.cleaned_data["agency"]}
        )
    context = {"cases": chosen, "form": form}
    return staff_render(request, viewer, "distribute_many.html", context, 422 if form.errors else 200)


def _chosen(request, viewer):
    codes = request.POST.getlist("code")[:MOST]
    cases = Case.objects.visible_to(viewer).filter(code__in=codes, state__in=sorted(AT_INTAKE))
    return list(cases.select_related("field").order_by("-instant", "next_due_at", "pk"))


def _distribute(viewer, case, data, version):
    released = list(case.attachments.filter(released=True))
    wanted = {"field": data["field"] or case.field, "agency": data["agency"], "note": data["note"], "release": released}
    try:
        perform(case.pk, "distribute", viewer, wanted, version=version_in(version, case.version))
    except Refused as refusal:
        return Done(case, refusal.reason)
    except ValidationError as error:
        return Done(case, " ".join(error.messages))
    except BeyondCalendar:
        return Done(case, _("thời hạn vượt quá năm cuối của lịch làm việc"))
    return Done(case, "")
