"""The login form, and the forms of the administration that check more than one field."""

from datetime import date

from allauth.account.forms import LoginForm as SignInForm
from django import forms
from django.utils.translation import gettext_lazy as _

from .memberships import problem_with
from .models import Agency, CalendarDay, CalendarSpan, Membership, OfficeHours, User

LOADABLE_YEARS = range(2000, 2101)


class LoginForm(SignInForm):
    """The name of an account, its e-mail address or its number; in the page the box is called `username`."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["login"] = forms.CharField(
            label=_("Tên đăng nhập"),
            max_length=254,
            help_text=_("Người dân: số điện thoại hoặc email của tài khoản."),
            widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
            error_messages={"required": _("Vui lòng nhập tên đăng nhập.")},
        )
        self.fields["password"] = forms.CharField(
            label=_("Mật khẩu"),
            strip=False,
            widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
            error_messages={"required": _("Vui lòng nhập mật khẩu.")},
        )
        self.order_fields(["login", "password"])

    def add_prefix(self, field_name):
        return super().add_prefix("username" if field_name == "login" else field_name)


class StaffCreationForm(forms.ModelForm):
    """An account whose owner sets the password by a letter."""

    class Meta:
        model = User
        fields = ["username", "full_name", "email"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"].required = True

    def save(self, commit=True):
        self.instance.set_unusable_password()
        return super().save(commit)


class MembershipForm(forms.ModelForm):
    class Meta:
        model = Membership
        fields = ["user", "agency", "role", "on_behalf", "may_export", "valid_from", "valid_to"]

    def clean(self):
        values = super().clean()
        if self.errors:
            return values
        names = ("agency", "role", "on_behalf", "valid_from", "valid_to")
        known = {name: values.get(name, getattr(self.instance, name, None)) for name in names}
        user = values.get("user")
        if problem := problem_with(
            Membership(pk=self.instance.pk, user_id=user.pk if user else self.instance.user_id, **known)
        ):
            raise forms.ValidationError(problem)
        return values


class AgencyForm(forms.ModelForm):
    class Meta:
        model = Agency
        fields = [
            "code", "name", "kind", "parent", "fields", "places", "phone", "email", "several_people", "valid_from",
        ]  # fmt: skip

    def clean_kind(self):
        kind = self.cleaned_data["kind"]
        if kind == Agency.Kind.CENTRE and Agency.objects.filter(kind=kind).exists():
            raise forms.ValidationError(_("Chỉ có một đơn vị vận hành."))
        return kind

    def clean_parent(self):
        parent = above = self.cleaned_data["parent"]
        while above is not None:
            if above.pk == self.instance.pk:
                raise forms.ValidationError(_("Cơ quan không thể là cấp trên của chính mình."))
            above = above.parent
        return parent


class ReasonForm(forms.Form):
    """Why running limits move: stands on each case and in the notice to those concerned."""

    move_reason = forms.CharField(
        label=_("Lý do, căn cứ"),
        max_length=300,
        help_text=_("Ghi trên từng hồ sơ và trong thông báo, ví dụ số văn bản công bố lịch nghỉ."),
        error_messages={"required": _("Hãy ghi lý do hoặc văn bản căn cứ.")},
        widget=forms.TextInput(attrs={"size": 60}),
    )


class LeftForPreview:
    """A form that its author comes back to from the preview: shown as it was filled in, and not saved."""

    def is_valid(self):
        return super().is_valid() and "_back" not in self.data


class CalendarDayForm(LeftForPreview, forms.ModelForm):
    class Meta:
        model = CalendarDay
        fields = ["date", "kind", "name", "legal_reference", "confirmed"]

    def clean_date(self):
        day, span = self.cleaned_data["date"], CalendarSpan.objects.first()
        if span and not span.first_year <= day.year <= span.last_year:
            words = {"first": span.first_year, "last": span.last_year}
            raise forms.ValidationError(_("Lịch chỉ có các năm %(first)d–%(last)d."), params=words)
        return day


class OfficeHoursForm(LeftForPreview, forms.ModelForm):
    class Meta:
        model = OfficeHours
        fields = ["valid_from", "sessions"]

    def clean_valid_from(self):
        valid_from, span = self.cleaned_data["valid_from"], CalendarSpan.objects.first()
        if span and valid_from > date(span.first_year, 1, 1) and not covered_without(self.instance, span):
            raise forms.ValidationError(
                _("Phải có giờ làm việc từ đầu năm %(year)d."), params={"year": span.first_year}
            )
        return valid_from


class CalendarSpanForm(LeftForPreview, forms.ModelForm):
    class Meta:
        model = CalendarSpan
        fields = ["first_year", "last_year", "announced_until"]

    def clean(self):
        values = super().clean()
        for name in ("first_year", "last_year"):
            if name in values and values[name] not in LOADABLE_YEARS:
                self.add_error(name, _("Năm phải từ 2000 đến 2100."))
        if self.errors:
            return values
        first = date(values["first_year"], 1, 1)
        if not OfficeHours.objects.filter(valid_from__lte=first).exists():
            self.add_error("first_year", _("Chưa có giờ làm việc từ đầu năm này."))
        return values


def covered_without(hours, span):
    """Whether the calendar's first day has office hours even without these."""
    others = OfficeHours.objects.exclude(pk=hours.pk)
    return others.filter(valid_from__lte=date(span.first_year, 1, 1)).exists()
