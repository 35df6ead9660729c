"""Who may do what in `/quan-tri/`: it follows from the memberships in force that day. Each change is in the audit."""

import json

from django.contrib.admin.models import LogEntry
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.register import memberships_of
from agencies.roles import Role
from workflow import audit

NOBODY = frozenset()
OPERATOR = frozenset({Role.OPERATOR})
BOTH = frozenset({Role.OPERATOR, Role.ADMINISTRATOR})


def roles_today(request):
    """The roles of who is signed in; a superuser counts as administrator, so that the first one can be appointed."""
    if not hasattr(request, "roles_today"):
        roles = {membership.role for membership in memberships_of(request.user, timezone.localdate())}
        request.roles_today = roles | {Role.ADMINISTRATOR} if request.user.is_superuser else roles
    return request.roles_today


class ByRole:
    """Permissions from roles in place of Django's own table of permissions; dates as Vietnamese write them, or ISO."""

    seen_by = BOTH
    added_by = changed_by = deleted_by = NOBODY
    actions = None

    def has_module_permission(self, request):
        return self.has_view_permission(request)

    def has_view_permission(self, request, obj=None):
        return bool(roles_today(request) & self.seen_by)

    def has_add_permission(self, request, obj=None):
        return bool(roles_today(request) & self.added_by)

    def has_change_permission(self, request, obj=None):
        return bool(roles_today(request) & self.changed_by)

    def has_delete_permission(self, request, obj=None):
        return bool(roles_today(request) & self.deleted_by)

    def log_addition(self, request, obj, message):
        self._audit(request, obj, _("thêm"))
        return super().log_addition(request, obj, message)

    def log_change(self, request, obj, message):
        said = LogEntry(change_message=json.dumps(message)).get_change_message()
        self._audit(request, obj, said)
        return super().log_change(request, obj, message)

    def log_deletions(self, request, queryset):
        for obj in queryset:
            self._audit(request, obj, _("xóa"))
        return super().log_deletions(request, queryset)

    def _audit(self, request, obj, how):
        audit.changed(request.user, f"{obj._meta.verbose_name}: {obj}", how)


class SettledOnceMade(ByRole):
    """Columns that identify a row, or that history rests on, are not changed afterwards."""

    settled = ()

    def get_readonly_fields(self, request, obj=None):
        return self.settled if obj else ()
