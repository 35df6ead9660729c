"""Agencies: set up with their people, closed or merged with their cases handed over."""

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.utils import quote
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.forms import AgencyForm
from agencies.memberships import HANDLING_KINDS
from agencies.models import AdministrativeUnit, Agency
from agencies.organisation_forms import PEOPLE, CloseForm, NewAgencyForm
from submissions.models import STATE_LABELS
from workflow import handover
from workflow.invitations import invite

from .by_role import OPERATOR, SettledOnceMade

LISTED = 200


@admin.register(Agency)
class AgencyAdmin(SettledOnceMade, admin.ModelAdmin):
    """`valid_to` and the successor are set on a page of their own, which shows the open cases first."""

    added_by = changed_by = OPERATOR
    settled = ["code", "kind"]
    form = AgencyForm
    fields = AgencyForm.Meta.fields
    list_display = ["name", "code", "kind", "parent", "valid_from", "valid_to"]
    list_filter = ["kind"]
    list_select_related = ["parent"]
    search_fields = ["code", "name"]
    filter_horizontal = ["fields", "places"]
    change_form_template = "agencies/agency_change.html"

    def get_form(self, request, obj=None, change=False, **kwargs):
        return super().get_form(request, obj, change, **({"form": NewAgencyForm} if obj is None else {}) | kwargs)

    def get_fieldsets(self, request, obj=None):
        sets = [(None, {"fields": self.fields})]
        if obj is None:
            people = [f"{role}_{part}" for role in PEOPLE for part in ("name", "username", "email")]
            about = _(
                "Để trống tên đăng nhập thì dùng mã cơ quan kèm .cm và .ld. Mỗi người nhận thư để tự đặt mật khẩu."
            )
            sets.append((_("Cán bộ chuyên môn và lãnh đạo"), {"fields": people, "description": about}))
        return sets

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        if not change:
            for membership in form.people():
                invite(membership.user, timezone.now())
                self._audit(request, membership, _("thêm"))
                words = {"name": membership.user.username, "role": membership.get_role_display()}
                self.message_user(request, _("Đã lập tài khoản %(name)s (%(role)s), thư đặt mật khẩu đã gửi.") % words)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        if db_field.name == "places":
            kwargs["queryset"] = AdministrativeUnit.objects.filter(parent=settings.OFFICE_PROVINCE)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_urls(self):
        close = path("<int:pk>/close/", self.admin_site.admin_view(self.close_view), name="agencies_agency_close")
        return [close, *super().get_urls()]

    def close_view(self, request, pk):
        """The open cases, then the last day and who takes them; done, they go over within minutes of the next day."""
        agency = get_object_or_404(Agency, pk=pk, kind__in=HANDLING_KINDS)
        if not self.has_change_permission(request, agency):
            return redirect("admin:index")
        held = (handover.held_by(agency) | handover.asked_of(agency)).order_by("-instant", "next_due_at", "pk")
        count = held.count()
        form = CloseForm(request.POST if request.method == "POST" else None, agency=agency, holds_cases=bool(count))
        if request.method == "POST" and form.is_valid():
            agency.valid_to, agency.successor = form.cleaned_data["last_day"], form.cleaned_data["successor"]
            agency.save(update_fields=["valid_to", "successor"])
            self.log_change(request, agency, [{"changed": {"fields": ["valid_to", "successor"]}}])
            went = handover.pass_on(timezone.now())
            self.message_user(request, self._said(agency, count, went))
            return redirect(reverse("admin:agencies_agency_change", args=[quote(agency.pk)]))
        context = self.admin_site.each_context(request) | {
            "title": _("Kết thúc hoạt động, sáp nhập"),
            "opts": self.opts,
            "agency": agency,
            "form": form,
            "count": count,
            "cases": [(case.code, STATE_LABELS[case.state], case.next_due_at) for case in held[:LISTED]],
            "listed": LISTED,
        }
        return TemplateResponse(request, "agencies/agency_close.html", context, status=422 if form.errors else 200)

    @staticmethod
    def _said(agency, count, went):
        day = f"{agency.valid_to:%d/%m/%Y}"
        if went:
            return _("Đã chuyển %(went)d hồ sơ đến %(to)s; phần còn lại (nếu có) được chuyển trong ít phút.") % {
                "went": went, "to": agency.successor,
            }  # fmt: skip
        return _("%(agency)s hoạt động đến hết ngày %(day)s; %(count)d hồ sơ sẽ được chuyển ngay sau đó.") % {
            "agency": agency, "day": day, "count": count,
        }  # fmt: skip
