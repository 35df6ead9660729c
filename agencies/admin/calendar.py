"""The calendar, its span and the office hours: what running limits are reckoned from."""

from django.contrib import admin
from django.db import transaction
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.calendar import BeyondCalendar
from agencies.forms import CalendarDayForm, CalendarSpanForm, OfficeHoursForm, ReasonForm, covered_without
from agencies.models import CalendarDay, CalendarSpan, OfficeHours
from workflow import calendar_changes

from .by_role import BOTH, ByRole

SHOWN = 200


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
