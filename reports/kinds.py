"""The three reports of every half year: who makes them for whom (Đ15.3, Đ16.4, Đ17.4), and who may read them."""

from django.utils.translation import gettext_lazy as _

from agencies.models import Agency
from agencies.roles import Role

from .models import Kind

ARTICLES = {
    Kind.AGENCY: _("khoản 4 Điều 16 Quyết định 18/2022/QĐ-UBND"),
    Kind.OPERATOR: _("khoản 3 Điều 15 Quyết định 18/2022/QĐ-UBND"),
    Kind.DEPARTMENT: _("khoản 4 Điều 17 Quyết định 18/2022/QĐ-UBND"),
}
READERS = {Kind.OPERATOR: (Role.OPERATOR, Role.SUPERVISOR), Kind.DEPARTMENT: (Role.SUPERVISOR,)}
"""Who reads a report of the whole province; an agency's is for its own people, and for the supervisor."""


def kinds_for(viewer) -> list[Kind]:
    """What this viewer may open, their own first; empty for who reads no report."""
    found = [kind for kind in (Kind.DEPARTMENT, Kind.OPERATOR) if any(viewer.has(role) for role in READERS[kind])]
    return [*found, Kind.AGENCY] if agencies_for(viewer).exists() else found


def agencies_for(viewer):
    """The agencies whose own report this viewer may open, by name."""
    handling = Agency.objects.exclude(kind__in=(Agency.Kind.CENTRE, Agency.Kind.REPORTING, Agency.Kind.PROVINCE))
    if viewer.has(Role.SUPERVISOR):
        return handling.order_by("name")
    led = viewer.agency_ids_as(Role.LEADER)
    return (handling.filter(pk__in=viewer.agency_ids) | handling.filter(parent__in=led)).order_by("name")


def may_write(viewer, report) -> bool:
    """Whether this viewer writes the texts of this report, and closes it: who issues it, never somebody above."""
    if report.kind == Kind.AGENCY:
        return report.scope.agency in viewer.agency_ids
    role = Role.OPERATOR if report.kind == Kind.OPERATOR else Role.SUPERVISOR
    return viewer.has(role)


def may_close(viewer, report) -> bool:
    """Of an agency its leader alone."""
    if report.kind == Kind.AGENCY:
        return report.scope.agency in viewer.agency_ids_as(Role.LEADER)
    return may_write(viewer, report)


def may_open(viewer, kind, agency_id) -> bool:
    """Whether this viewer reads this report."""
    if kind != Kind.AGENCY:
        return kind in kinds_for(viewer)
    return agencies_for(viewer).filter(pk=agency_id).exists()
