"""Staff accounts and what they do where."""

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.forms import MembershipForm, StaffCreationForm
from agencies.leaving import end_sessions, settle
from agencies.memberships import accounts_appointed_by, appointed_by, let_into_admin, roles_of
from agencies.models import Agency, Membership, User
from agencies.organisation_forms import ReplaceForm
from workflow.invitations import invite

from .by_role import BOTH, NOBODY, ByRole, SettledOnceMade, roles_today


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
    change_form_template = "agencies/membership_change.html"
    list_filter = ["role"]
    list_select_related = ["user", "agency"]
    search_fields = ["user__username", "user__full_name", "agency__name", "agency__code"]

    def has_change_permission(self, request, obj=None):
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or obj.role in appointed_by(roles_today(request)))

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        let_into_admin(obj)
        if change:
            settle(obj.user, timezone.localdate())

    def get_urls(self):
        view = self.admin_site.admin_view(self.replace_view)
        return [path("<int:pk>/replace/", view, name="agencies_membership_replace"), *super().get_urls()]

    def replace_view(self, request, pk):
        """Somebody new takes over: the work goes with the agency, what was done keeps the old name."""
        membership = get_object_or_404(Membership.objects.select_related("user", "agency"), pk=pk)
        if not self.has_change_permission(request, membership):
            return redirect("admin:index")
        form = ReplaceForm(request.POST if request.method == "POST" else None, membership=membership)
        if request.method == "POST" and form.is_valid():
            with transaction.atomic():
                old, new = form.replace()
                let_into_admin(new)
                settle(old.user, timezone.localdate())
                invite(new.user, timezone.now())
                self.log_change(request, old, [{"changed": {"fields": ["valid_to"]}}])
                self.log_addition(request, new, [{"added": {}}])
            words = {"new": new.user, "old": old.user, "since": f"{new.valid_from:%d/%m/%Y}"}
            self.message_user(request, _("%(new)s thay %(old)s từ ngày %(since)s; thư đặt mật khẩu đã gửi.") % words)
            return redirect("admin:agencies_membership_changelist")
        title = _("Thay người")
        context = self.admin_site.each_context(request) | {
            "title": title, "opts": self.opts, "membership": membership, "form": form,
        }  # fmt: skip
        return TemplateResponse(request, "agencies/replace.html", context, status=422 if form.errors else 200)


class FirstMembershipRequired(forms.BaseInlineFormSet):
    """A new account has a role from the first moment: without one nobody would look after it."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.validate_min = True


class MembershipInline(Appointing, admin.TabularInline):
    model = Membership
    formset = FirstMembershipRequired
    fields = ["agency", "role", "on_behalf", "may_export", "valid_from", "valid_to"]
    changed_by = NOBODY

    def get_min_num(self, request, obj=None, **kwargs):
        return 1

    def get_extra(self, request, obj=None, **kwargs):
        return 1 if obj else 0

    def get_max_num(self, request, obj=None, **kwargs):
        return None if obj else 1


@admin.register(User)
class StaffAdmin(ByRole, UserAdmin):
    """Nobody sets another's password here: a letter lets its owner do so (R42)."""

    added_by = changed_by = BOTH
    add_form = StaffCreationForm
    add_form_template = None
    inlines = [MembershipInline]
    fieldsets = [(None, {"fields": ["username", "full_name", "email", "is_active"]})]
    add_fieldsets = [(None, {"classes": ["wide"], "fields": ["username", "full_name", "email"]})]
    list_display = ["username", "full_name", "email", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["username", "full_name", "email"]
    filter_horizontal = []
    actions = ["reset_second_factor", "invite_again"]

    def get_actions(self, request):
        return {name: action for name, action in super().get_actions(request).items() if name in self.actions}

    @admin.action(description=_("Bỏ xác thực hai bước và kết thúc mọi phiên (mất điện thoại)"), permissions=["change"])
    def reset_second_factor(self, request, queryset):
        """Who lost the phone sets it up anew at the next login."""
        for user in queryset:
            Authenticator.objects.filter(user=user).delete()
            end_sessions(user)
            self.log_change(request, user, [{"changed": {"fields": ["second factor"]}}])
        self.message_user(request, _("Đã bỏ xác thực hai bước của %d tài khoản.") % queryset.count())

    @admin.action(description=_("Gửi thư đặt mật khẩu"), permissions=["change"])
    def invite_again(self, request, queryset):
        """For who lost the letter, or the password."""
        able = [user for user in queryset if user.email and user.is_active]
        for user in able:
            invite(user, timezone.now())
            self.log_change(request, user, [{"changed": {"fields": ["invitation"]}}])
        self.message_user(request, _("Đã gửi thư đặt mật khẩu cho %d tài khoản đang dùng có thư điện tử.") % len(able))

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if change and not obj.is_active:
            end_sessions(obj)

    def get_queryset(self, request):
        return super().get_queryset(request).filter(pk__in=accounts_appointed_by(roles_today(request)).values("pk"))

    def get_urls(self):
        return admin.ModelAdmin.get_urls(self)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        for membership in form.instance.memberships.all():
            let_into_admin(membership)
        if not change:
            invite(form.instance, timezone.now())
            self.message_user(request, _("Thư đặt mật khẩu đã gửi đến %s.") % form.instance.email)
