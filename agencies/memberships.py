"""Who may hold which role where, and who appoints whom (R01, R02, R04a)."""

from django.db.models import Q
from django.utils.translation import gettext as _

from .models import Agency, Membership, User
from .roles import Role

HANDLING_ROLES = frozenset({Role.SPECIALIST, Role.LEADER})
CENTRAL_ROLES = frozenset({Role.OPERATOR, Role.SUPERVISOR, Role.ADMINISTRATOR})
ROLES_OF_KIND = {
    Agency.Kind.CENTRE: frozenset({Role.OPERATOR, Role.ADMINISTRATOR}),
    Agency.Kind.REPORTING: frozenset({Role.SUPERVISOR}),
}
"""Every other kind of agency has a specialist and a leader."""
HANDLING_KINDS = tuple(kind for kind in Agency.Kind if kind not in (*ROLES_OF_KIND, Agency.Kind.PROVINCE))
"""Agencies that cases go to (Đ2.3)."""
APPOINTED_BY = {Role.OPERATOR: HANDLING_ROLES, Role.ADMINISTRATOR: CENTRAL_ROLES}


def roles_of(kind):
    """The roles that people hold in an agency of this kind."""
    return ROLES_OF_KIND.get(kind, HANDLING_ROLES)


def appointed_by(roles):
    """The roles that somebody with `roles` gives to others."""
    return frozenset().union(*(APPOINTED_BY.get(role, frozenset()) for role in roles))


def accounts_appointed_by(roles):
    """Staff accounts that somebody with `roles` looks after: no citizen's, and none that has any other role too."""
    appointed = appointed_by(roles)
    others = Membership.objects.exclude(role__in=appointed).values("user")
    return User.objects.filter(memberships__role__in=appointed).exclude(pk__in=others).distinct()


def problem_with(membership):
    """Why this membership can't be, in a sentence; "" if it can. Needs agency, role and valid_from."""
    if membership.role not in roles_of(membership.agency.kind):
        return _("Vai trò này không có ở loại cơ quan này.")
    if membership.valid_to and membership.valid_to < membership.valid_from:
        return _("Ngày kết thúc phải từ ngày bắt đầu trở đi.")
    if _has_other_kind_of_role(membership):
        return _("Tài khoản này đã có vai trò thuộc nhóm khác; hãy dùng một tài khoản riêng.")
    alone = membership.role in HANDLING_ROLES and not membership.on_behalf and not membership.agency.several_people
    if alone and _overlapping(membership).exists():
        return _(
            "Cơ quan đã có người giữ vai trò này trong thời gian đó; hãy kết thúc phân công cũ, hoặc chọn “thay mặt”."
        )
    return ""


def _has_other_kind_of_role(membership):
    group = HANDLING_ROLES if membership.role in HANDLING_ROLES else CENTRAL_ROLES
    return membership.user_id and Membership.objects.filter(user=membership.user_id).exclude(role__in=group).exists()


def _overlapping(membership):
    """Those who hold the same role in the same agency, not on behalf, at some day of this membership (R02)."""
    rows = Membership.objects.filter(agency=membership.agency, role=membership.role, on_behalf=False)
    rows = rows.exclude(pk=membership.pk).filter(Q(valid_to=None) | Q(valid_to__gte=membership.valid_from))
    return rows.filter(valid_from__lte=membership.valid_to) if membership.valid_to else rows


def let_into_admin(membership):
    """Open `/quan-tri/` to who appoints others; what they find there follows from their memberships of the day."""
    if membership.role in APPOINTED_BY:
        User.objects.filter(pk=membership.user_id, is_staff=False).update(is_staff=True)
