"""`/quan-tri/`: reference data and staff accounts. No content of any case is ever shown here (R04a).

Whom it lets in is `is_staff`; what a person finds and may do follows from the memberships in force that day. Nothing
that others refer to is deleted: agencies and memberships end by their dates, accounts are switched off.
"""

import json

from allauth.mfa import admin as mfa_admin
from allauth.mfa.models import Authenticator
from allauth.usersessions import admin as sessions_admin
from allauth.usersessions.models import UserSession
from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.db import transaction
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from workflow import audit, calendar_changes

from .calendar import BeyondCalendar
from .forms import (
    AgencyForm,
    CalendarDayForm,
    CalendarSpanForm,
    MembershipForm,
    OfficeHoursForm,
    ReasonForm,
    StaffCreationForm,
    covered_without,
)
from .memberships import accounts_appointed_by, appointed_by, let_into_admin, roles_of
from .models import (
    AdministrativeUnit,
    Agency,
    CalendarDay,
    CalendarSpan,
    Field,
    FormerCommune,
    Limit,
    Membership,
    OfficeHours,
    RuleSet,
    User,
)
from .register import memberships_of
from .roles import Role

SHOWN = 200
NOBODY = frozenset()
OPERATOR = frozenset({Role.OPERATOR})
BOTH = frozenset({Role.OPERATOR, Role.ADMINISTRATOR})

for others in (Group, mfa_admin.Authenticator, sessions_admin.UserSession):
    admin.site.unregister(others)


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


@admin.register(AdministrativeUnit)
class AdministrativeUnitAdmin(ByRole, admin.ModelAdmin):
    list_display = ["code", "name", "level", "parent"]
    list_filter = ["level"]
    list_select_related = ["parent"]
    search_fields = ["code", "name"]


@admin.register(FormerCommune)
class FormerCommuneAdmin(ByRole, admin.ModelAdmin):
    list_display = ["code", "name", "district", "province"]
    search_fields = ["code", "name", "district"]


@admin.register(Field)
class FieldAdmin(SettledOnceMade, admin.ModelAdmin):
    added_by = changed_by = OPERATOR
    settled = ["code"]
    list_display = ["name", "code", "position"]


@admin.register(Agency)
class AgencyAdmin(SettledOnceMade, admin.ModelAdmin):
    added_by = changed_by = OPERATOR
    settled = ["code", "kind"]
    form = AgencyForm
    fields = AgencyForm.Meta.fields
    list_display = ["name", "code", "kind", "parent", "valid_from", "valid_to"]
    list_filter = ["kind"]
    list_select_related = ["parent"]
    search_fields = ["code", "name"]
    filter_horizontal = ["fields", "places"]

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        if db_field.name == "places":
            kwargs["queryset"] = AdministrativeUnit.objects.filter(parent=settings.OFFICE_PROVINCE)
        return super().formfield_for_manytomany(db_field, request, **kwargs)


class Appointing(ByRole):
    """The operator appoints specialists and leaders, the administrator the rest; nobody both (R01, R04a)."""

    form = MembershipForm
    added_by = changed_by = BOTH

    def formfield_for_choice_field(self, db_field, request, **kwargs):
        if db_field.name == "role":
            appointed = appointed_by(roles_today(request))
            kwargs["choices"] = [("", "---------"), *(choice for choice in db_field.choices if choice[0] in appointed)]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        roles = roles_today(request)
        if db_field.name == "user":
            kwargs["queryset"] = accounts_appointed_by(roles)
        if db_field.name == "agency":
            kinds = [kind for kind in Agency.Kind if roles_of(kind) & appointed_by(roles)]
            kwargs["queryset"] = Agency.objects.on(timezone.localdate()).filter(kind__in=kinds)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(Membership)
class MembershipAdmin(Appointing, SettledOnceMade, admin.ModelAdmin):
    settled = ["user", "agency", "role", "valid_from"]
    fields = MembershipForm.Meta.fields
    list_display = ["user", "role", "agency", "on_behalf", "valid_from", "valid_to"]
    list_filter = ["role"]
    list_select_related = ["user", "agency"]
    search_fields = ["user__username", "user__full_name", "agency__name", "agency__code"]

    def has_change_permission(self, request, obj=None):
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or obj.role in appointed_by(roles_today(request)))

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        let_into_admin(obj)


class FirstMembershipRequired(forms.BaseInlineFormSet):
    """A new account has a role from the first moment: without one nobody would look after it."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.validate_min = True


class MembershipInline(Appointing, admin.TabularInline):
    model = Membership
    formset = FirstMembershipRequired
    fields = ["agency", "role", "on_behalf", "valid_from", "valid_to"]
    changed_by = NOBODY

    def get_min_num(self, request, obj=None, **kwargs):
        return 1

    def get_extra(self, request, obj=None, **kwargs):
        return 1 if obj else 0

    def get_max_num(self, request, obj=None, **kwargs):
        return None if obj else 1


@admin.register(User)
class StaffAdmin(ByRole, UserAdmin):
    added_by = changed_by = BOTH
    add_form = StaffCreationForm
    add_form_template = None
    inlines = [MembershipInline]
    fieldsets = [(None, {"fields": ["username", "password", "full_name", "email", "is_active"]})]
    add_fieldsets = [
        (None, {"classes": ["wide"], "fields": ["username", "full_name", "email", "password1", "password2"]})
    ]
    list_display = ["username", "full_name", "email", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["username", "full_name", "email"]
    filter_horizontal = []
    actions = ["reset_second_factor"]

    def get_actions(self, request):
        return {name: action for name, action in super().get_actions(request).items() if name in self.actions}

    @admin.action(description=_("Bỏ xác thực hai bước và kết thúc mọi phiên (mất điện thoại)"), permissions=["change"])
    def reset_second_factor(self, request, queryset):
        """Who lost the phone sets it up anew at the next login."""
        for user in queryset:
            Authenticator.objects.filter(user=user).delete()
            for session in UserSession.objects.filter(user=user):
                session.end()
            self.log_change(request, user, [{"changed": {"fields": ["second factor"]}}])
        self.message_user(request, _("Đã bỏ xác thực hai bước của %d tài khoản.") % queryset.count())

    def get_queryset(self, request):
        return super().get_queryset(request).filter(pk__in=accounts_appointed_by(roles_today(request)).values("pk"))

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        for membership in form.instance.memberships.all():
            let_into_admin(membership)


class NotAgreed(Exception):
    """Nothing is saved yet: running limits would move, and nobody has agreed to that."""

    def __init__(self, found, form):
        super().__init__()
        self.found, self.form = found, form


class MovingLimits(ByRole):
    """What working time is reckoned from: which running limits a change moves is shown before, and done with it (A7).

    The preview is the change itself, rolled back.
    """

    changed_by = BOTH

    def changeform_view(self, request, *args, **kwargs):
        return self._previewed(request, super().changeform_view, *args, **kwargs)

    def delete_view(self, request, *args, **kwargs):
        return self._previewed(request, super().delete_view, *args, **kwargs)

    def changelist_view(self, request, *args, **kwargs):
        return self._previewed(request, super().changelist_view, *args, **kwargs)

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        self.move_limits(request, getattr(obj, "legal_reference", ""))

    def delete_model(self, request, obj):
        super().delete_model(request, obj)
        self.move_limits(request)

    def move_limits(self, request, reason=""):
        """Move what the change moves, if who made it has agreed to that; `reason` is proposed. Raises NotAgreed."""
        now, found = timezone.now(), calendar_changes.pending(timezone.now())
        form = ReasonForm(request.POST if "_apply" in request.POST else None, initial={"move_reason": reason})
        if found.beyond or found.moves and not form.is_valid():
            raise NotAgreed(found, form)
        reason = form.cleaned_data["move_reason"] if found.moves else ""
        try:
            moved, cases = calendar_changes.apply(found, request.user, reason, now)
        except BeyondCalendar as error:
            raise NotAgreed(calendar_changes.Pending(beyond={0: str(error)}), form) from error
        if moved:
            words = {"moved": moved, "cases": cases}
            message = _("Đã tính lại %(moved)d thời hạn của %(cases)d hồ sơ và thông báo cho những người liên quan.")
            self.message_user(request, message % words)

    def _previewed(self, request, view, *args, **kwargs):
        if request.method != "POST":
            return view(request, *args, **kwargs)
        try:
            with transaction.atomic():
                return view(request, *args, **kwargs)
        except NotAgreed as stopped:
            return self._preview(request, stopped.found, stopped.form)

    def _preview(self, request, found, form):
        typed = [
            (name, value)
            for name, values in request.POST.lists()
            for value in values
            if name not in {"csrfmiddlewaretoken", "_apply", *form.fields}
        ]
        context = self.admin_site.each_context(request) | {
            "title": _("Thời hạn đang chạy sẽ thay đổi"),
            "opts": self.opts,
            "found": found,
            "moves": found.moves[:SHOWN],
            "beyond": sorted(set(found.beyond.values())),
            "form": form,
            "typed": typed,
            "is_form": request.resolver_match.url_name.endswith(("_add", "_change")),
        }
        request.current_app = self.admin_site.name
        status = 422 if form.errors else 200
        return TemplateResponse(request, "agencies/calendar_preview.html", context, status=status)


@admin.register(CalendarDay)
class CalendarDayAdmin(MovingLimits, admin.ModelAdmin):
    added_by = deleted_by = BOTH
    actions = ["confirm_days"]
    form = CalendarDayForm
    list_display = ["date", "kind", "name", "legal_reference", "confirmed"]
    list_filter = ["confirmed", "kind"]
    date_hierarchy = "date"
    ordering = ["-date"]
    change_list_template = "agencies/calendar_days.html"

    def get_actions(self, request):
        return {name: action for name, action in super().get_actions(request).items() if name in self.actions}

    def changelist_view(self, request, extra_context=None):
        warned = {"unconfirmed": calendar_changes.warnings(timezone.now())}
        return super().changelist_view(request, extra_context=warned | (extra_context or {}))

    @admin.action(description=_("Xác nhận các ngày đã chọn"), permissions=["change"])
    def confirm_days(self, request, queryset):
        """A day off and its make-up day are confirmed together: what lies behind both does not move."""
        days = list(queryset.filter(confirmed=False))
        for day in days:
            day.confirmed = True
            day.save()
            self.log_change(request, day, [{"changed": {"fields": ["confirmed"]}}])
        self.move_limits(request)


@admin.register(CalendarSpan)
class CalendarSpanAdmin(MovingLimits, admin.ModelAdmin):
    form = CalendarSpanForm
    list_display = ["__str__", "announced_until"]


@admin.register(OfficeHours)
class OfficeHoursAdmin(MovingLimits, admin.ModelAdmin):
    added_by = deleted_by = BOTH
    form = OfficeHoursForm
    list_display = ["valid_from", "sessions"]

    def has_delete_permission(self, request, obj=None):
        span = CalendarSpan.objects.first()
        return super().has_delete_permission(request, obj) and (
            obj is None or span is None or covered_without(obj, span)
        )


class LimitInline(ByRole, admin.TabularInline):
    model = Limit
    fields = ["position", "label", "amount", "unit", "article", "holder", "conditional"]
    ordering = ["position"]


@admin.register(RuleSet)
class RuleSetAdmin(ByRole, admin.ModelAdmin):
    """Rule sets come from files, which are checked (`load_rules`); here is only the switch of R10."""

    changed_by = BOTH
    inlines = [LimitInline]
    list_display = ["name", "code", "valid_from", "valid_to", "source"]
    fields = [
        "code",
        "name",
        "source",
        "valid_from",
        "valid_to",
        "publishes_with_approval",
        "instant",
        "for_channel",
        "accepted_subjects",
        "historic_subjects",
        "show_historic_subjects",
        "refused_subjects",
    ]
    readonly_fields = [name for name in fields if name != "show_historic_subjects"]
