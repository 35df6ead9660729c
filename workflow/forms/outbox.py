"""The one question before a call or a letter counts as done."""

from django import forms
from django.utils.translation import gettext_lazy as _


class PassedOnForm(forms.Form):
    passed_on = forms.BooleanField(
        label=_("Tôi đã gọi điện hoặc gửi thư; người nhận đã được báo nội dung trên."),
        error_messages={"required": _("Vui lòng đánh dấu xác nhận sau khi đã gọi điện hoặc gửi thư.")},
    )

    use_required_attribute = False
