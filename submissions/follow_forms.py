"""The form of whoever met the same."""

from django import forms
from django.utils.translation import gettext_lazy as _


class FollowForm(forms.Form):
    email = forms.EmailField(
        label=_("Email để nhận tin của hồ sơ này"),
        required=False,
        help_text=_("Chỉ dùng để báo tin của hồ sơ này; bỏ được bất cứ lúc nào. Để trống nếu chỉ muốn được tính."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"invalid": _("Địa chỉ email không đúng. Ví dụ đúng: ten@example.vn")},
    )

    def clean_email(self):
        return self.cleaned_data["email"].lower()
