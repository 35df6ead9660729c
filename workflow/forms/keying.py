"""Keying in what came by phone, by letter or through the national portal (R05, R06, A23)."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from submissions.forms import MOMENT_FORMATS, CleanTextField, LodgementForm
from submissions.models import Channel

from .action import choice


class KeyingForm(LodgementForm):
    """The fields of the public form, and where the dossier came from and when."""

    channel = choice(
        _("Kênh tiếp nhận"),
        [("", _("– Chọn kênh –")), *Channel.choices],
        missing=_("Vui lòng chọn kênh tiếp nhận."),
        widget=forms.Select,
    )
    national_code = CleanTextField(
        label=_("Mã trên Cổng Dịch vụ công quốc gia"),
        required=False,
        max_length=40,
        help_text=_("Bắt buộc với hồ sơ từ Cổng Dịch vụ công quốc gia."),
    )
    received_at = forms.DateTimeField(
        label=_("Tiếp nhận lúc"),
        required=False,
        input_formats=MOMENT_FORMATS,
        help_text=_("Thời hạn tính từ lúc này; để trống nếu vừa tiếp nhận."),
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
        error_messages={"invalid": _("Vui lòng nhập thời gian theo dạng ngày/tháng/năm giờ:phút.")},
    )

    field_order = ["channel", "national_code", "received_at", *LodgementForm.field_order]

    def __init__(self, data=None, files=None, **kwargs):
        super().__init__(data, files, **kwargs)
        self.fields["attachments"].label = _("Bản chụp, bản quét thư và tệp kèm theo")
        self.fields["consent"].label = _("Người gửi đã được thông báo về việc xử lý dữ liệu cá nhân")
        self.fields["consent"].error_messages["required"] = _(
            "Vui lòng xác nhận đã thông báo cho người gửi về việc xử lý dữ liệu cá nhân."
        )

    def clean(self):
        data = super().clean()
        if data.get("channel") == Channel.NATIONAL_PORTAL and not data.get("national_code"):
            self.add_error("national_code", _("Vui lòng nhập mã hồ sơ trên Cổng Dịch vụ công quốc gia."))
        received, occurred = data.get("received_at"), data.get("occurred_at")
        if received and received > timezone.now():
            self.add_error("received_at", _("Thời điểm tiếp nhận không thể ở tương lai. Vui lòng kiểm tra lại."))
        elif received and occurred and occurred > received:
            self.add_error("occurred_at", _("Sự việc không thể xảy ra sau lúc tiếp nhận. Vui lòng kiểm tra lại."))
        return data

    def lodgement(self):
        """What `workflow.engine.open_case` takes."""
        data = self.cleaned_data
        return super().lodgement(
            channel=data["channel"], national_code=data["national_code"], received_at=data["received_at"]
        )
