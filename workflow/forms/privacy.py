"""What a sender asks about their own data, and what the centre answers."""

from django import forms
from django.utils.translation import gettext_lazy as _

from submissions.forms import CleanTextField
from workflow.models import DataRequest
from workflow.privacy import may_erase

from .action import choice, long_text


class DataRequestForm(forms.Form):
    case = choice(_("Hồ sơ"), [], missing=_("Vui lòng chọn hồ sơ."), widget=forms.Select)
    kind = choice(_("Ông/Bà muốn"), DataRequest.Kind.choices, missing=_("Vui lòng chọn một yêu cầu."))
    body = long_text(_("Nội dung yêu cầu"), missing=_("Vui lòng nói rõ yêu cầu."), rows=4)

    use_required_attribute = False

    def __init__(self, data=None, *, cases):
        super().__init__(data, label_suffix="")
        self.fields["case"].choices = [(case.code, f"{case.code} – {case.title}") for case in cases]


class DataAnswerForm(forms.Form):
    answer = CleanTextField(
        label=_("Trả lời người gửi"),
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=4000,
        error_messages={"required": _("Vui lòng nhập nội dung trả lời.")},
    )
    erase = forms.BooleanField(
        label=_(
            "Sau 7 ngày, xóa họ tên, số điện thoại, địa chỉ, email của người gửi khỏi hồ sơ này; không khôi phục được"
        ),
        required=False,
    )

    use_required_attribute = False

    def __init__(self, data=None, *, case):
        super().__init__(data, label_suffix="")
        if not may_erase(case):
            del self.fields["erase"]
