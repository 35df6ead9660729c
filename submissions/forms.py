"""The form of R09 with Khánh Hòa's additions, and the boxes of the look-up pages."""

import hashlib
import json
import uuid
from datetime import timedelta

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Field
from agencies.register import handling_agencies

from .address_forms import LISTS, NOT_LISTED, SEARCH, AddressForm
from .captcha import SafeCaptchaField
from .codes import MistypedCode, NotACode, read_code
from .encodings import Written, remark
from .intake import CONSENT_VERSION, Lodgement
from .lookalikes import published_like
from .models import Incident, SenderType
from .phone_fields import PhoneField
from .phones import show_phone
from .text import nfc, one_line
from .upload_forms import UploadsForm

NAME_LABELS = {
    SenderType.CITIZEN: _("Họ và tên người dân"),
    SenderType.BUSINESS: _("Tên doanh nghiệp"),
    SenderType.ORGANISATION: _("Tên tổ chức"),
    SenderType.STATE_BODY: _("Tên cơ quan nhà nước"),
}
MAX_CONTENT = 20_000
EARLIEST_YEAR = 1990
CLOCK_SKEW = timedelta(minutes=10)
MOMENT_FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d", "%d/%m/%Y %H:%M", "%d/%m/%Y"]
TOO_LONG = _("Nội dung dài quá %(limit_value)d ký tự (đang có %(show_value)d). Vui lòng rút gọn.")
CONVERT, EDIT, ALIKE = "convert", "edit", "alike"
"""Buttons: put the reading in Unicode in place of what was typed; back from the review; show what is like it."""


class CleanTextField(forms.CharField):
    """Text as it is stored: composed, without invisible controls; on one line unless its box is a text area."""

    def to_python(self, value):
        text = super().to_python(value)
        return nfc(text) if isinstance(self.widget, forms.Textarea) else one_line(text)


def text(label, missing="", *, max_length, widget=None, help_text=""):
    """A text, required where `missing` says what to do."""
    return CleanTextField(
        label=label,
        required=bool(missing),
        max_length=max_length,
        widget=widget,
        help_text=help_text,
        error_messages={"required": missing, "max_length": TOO_LONG},
    )


PLACE_HINT = _("Tên đường, thôn, xã hoặc mốc dễ tìm; bắt buộc khi báo sự cố. Nơi xảy ra được công khai cùng nội dung.")


class LodgementForm(AddressForm, UploadsForm):
    """Everything a dossier must hold (R08, R09, Đ5, Đ9.2, Đ10), without what is asked of the public only."""

    submission_key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    sender_type = forms.ChoiceField(
        label=_("Đối tượng PAKN"),
        choices=SenderType,
        initial=SenderType.CITIZEN,
        widget=forms.RadioSelect,
        error_messages={"required": _("Vui lòng chọn đối tượng PAKN."), "invalid_choice": NOT_LISTED},
    )
    full_name = text(
        NAME_LABELS[SenderType.CITIZEN],
        _("Vui lòng nhập tên người gửi."),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    address = text(
        _("Địa chỉ: số nhà, đường, thôn hoặc tổ dân phố"),
        max_length=250,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )
    phone = PhoneField(
        label=_("Số điện thoại"),
        max_length=40,
        help_text=_("Dùng để tra cứu hồ sơ và để cơ quan liên hệ. Ví dụ: 0912 345 678"),
        error_messages={"required": _("Vui lòng nhập số điện thoại."), "max_length": TOO_LONG},
    )
    email = forms.EmailField(
        label=_("Email"),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"invalid": _("Địa chỉ email không đúng. Ví dụ đúng: ten@example.vn")},
    )
    title = text(
        _("PAKN về việc"),
        _("Vui lòng nhập PAKN về việc gì."),
        max_length=200,
        help_text=_("Một câu ngắn, ví dụ: Đèn đường hỏng trước số 12 đường Lê Lợi"),
    )
    content = text(
        _("Nội dung"),
        _("Vui lòng nhập nội dung phản ánh, kiến nghị."),
        max_length=MAX_CONTENT,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("Nội dung này sẽ được công khai. Vui lòng không ghi chi tiết thông tin cá nhân!"),
    )
    agency = forms.ModelChoiceField(
        Agency.objects.none(),
        label=_("Chọn đơn vị tiếp nhận"),
        required=False,
        to_field_name="code",
        empty_label=_("Để Trung tâm chọn giúp"),
        error_messages={"invalid_choice": NOT_LISTED},
    )
    occurred_at = forms.DateTimeField(
        label=_("Xảy ra lúc nào"),
        required=False,
        help_text=_("Bắt buộc khi báo sự cố."),
        input_formats=MOMENT_FORMATS,
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
        error_messages={"invalid": _("Vui lòng nhập thời gian theo dạng ngày/tháng/năm giờ:phút.")},
    )
    place = text(_("Xảy ra ở đâu"), max_length=250, help_text=PLACE_HINT)
    field = forms.ModelChoiceField(
        Field.objects.all(),
        label=_("Lĩnh vực"),
        required=False,
        empty_label=_("Không rõ"),
        error_messages={"invalid_choice": NOT_LISTED},
    )
    incident = forms.ChoiceField(
        label=_("Sự cố hạ tầng đô thị cần xử lý ngay"),
        choices=[("", _("Không phải sự cố")), *Incident.choices],
        required=False,
        help_text=_(
            "Xin chọn nếu đúng là sự cố như vậy: sự cố được xử lý theo quy trình tức thời, tính bằng giờ. "
            "Khi đó phải cho biết xảy ra lúc nào và ở đâu."
        ),
        error_messages={"invalid_choice": NOT_LISTED},
    )
    confidential = forms.BooleanField(
        label=_("Đề nghị giữ bí mật"),
        required=False,
        help_text=_(
            "Hồ sơ không được công khai; muốn xem phải có cả mã hồ sơ và số điện thoại. Kết quả chỉ gửi cho người gửi. "
            "Trung tâm tiếp nhận và cơ quan xử lý vẫn biết người gửi là ai. Sau khi gửi vẫn đề nghị được."
        ),
    )
    consent = forms.BooleanField(
        label=_("Tôi đã đọc thông báo và đồng ý để dữ liệu cá nhân của tôi được xử lý cho phản ánh, kiến nghị này"),
        error_messages={"required": _("Vui lòng đánh dấu đồng ý xử lý dữ liệu cá nhân để gửi phản ánh.")},
    )
    field_order = [
        "submission_key", "sender_type", "full_name", "commune_search", "province", "commune", "address", "phone",
        "email", "title", "content", "agency", "attachments", "incident", "occurred_at", "place", "field",
        "confidential", "consent",
    ]  # fmt: skip
    consent_version = CONSENT_VERSION

    def __init__(self, data=None, files=None, **kwargs):
        super().__init__(data, files, **kwargs)
        self.fields["agency"].queryset = handling_agencies(timezone.localdate()).order_by("name")

    @classmethod
    def unvalidated(cls, data, files, **kwargs):
        form = super().unvalidated(data, files, **kwargs)
        found = remark(data.get("title", ""), data.get("content", "")) if CONVERT in data else None
        if found and found.written != Written.UNACCENTED:
            form.initial |= {"title": found.title, "content": found.content}
        return form

    @staticmethod
    def is_unjudged(data):
        """Whether a button was pressed that sends nothing yet: show the form again with everything kept."""
        return any(button in data for button in (SEARCH, LISTS, CONVERT, EDIT, ALIKE))

    @staticmethod
    def blank_values():
        """What an untouched form shows."""
        return {"submission_key": uuid.uuid4(), "province": settings.OFFICE_PROVINCE}

    def shown(self, name):
        """The value the page shows for a field: posted, or initial."""
        return self[name].value()

    def remark(self):
        """How title and content are written, if anything is to be said about it; never a reason to refuse them."""
        return remark(*(str(self.shown(name) or "") for name in ("title", "content")))

    def alike(self):
        """Published cases like the one being written."""
        return published_like(*(one_line(str(self.shown(name) or "")) for name in ("title", "place")))

    def arrange(self):
        """Fit labels and choices to what is chosen so far; called once, before the form is drawn."""
        chosen = self.shown("sender_type")
        self.fields["full_name"].label = self["full_name"].label = format_html_join(
            "", '<span data-for="{}" class="{}">{}</span>',
            ((key, "" if key == chosen else "of-another-type", label) for key, label in NAME_LABELS.items()),
        )  # fmt: skip
        self.arrange_address()
        return self

    def clean_occurred_at(self):
        moment = self.cleaned_data["occurred_at"]
        if moment and moment > timezone.now() + CLOCK_SKEW:
            raise ValidationError(_("Thời gian xảy ra không thể ở tương lai. Vui lòng kiểm tra lại."))
        if moment and moment.year < EARLIEST_YEAR:
            raise ValidationError(_("Thời gian xảy ra quá xa. Vui lòng kiểm tra lại năm."))
        return moment

    def clean_submission_key(self):
        return self.cleaned_data["submission_key"] or uuid.uuid4()

    def clean(self):
        data = super().clean()
        province, commune = data.get("province"), data.get("commune")
        if province and commune and commune.parent_id != province.pk:
            self.add_error("commune", _("Xã, phường đã chọn không thuộc tỉnh, thành phố này. Vui lòng chọn lại."))
        if data.get("incident"):
            if not data.get("occurred_at") and "occurred_at" not in self.errors:
                self.add_error("occurred_at", _("Vui lòng cho biết sự cố xảy ra lúc nào."))
            if not data.get("place") and "place" not in self.errors:
                self.add_error("place", _("Vui lòng cho biết sự cố xảy ra ở đâu."))
        return data

    def lodgement(self, **more):
        """What `workflow.engine.open_case` takes; `more` adds or replaces (channel, account …)."""
        data = self.cleaned_data
        values = {
            name: data[name]
            for name in (
                "sender_type", "full_name", "commune", "address", "phone", "email", "title", "content", "place",
                "occurred_at", "incident", "field", "confidential", "submission_key",
            )
        }  # fmt: skip
        return Lodgement(
            **values
            | {
                "wished_agency": data["agency"],
                "drafts": data["attachments"],
                "consent_at": timezone.now(),
                "consent_version": self.consent_version,
                "remarks": found.stored() if (found := self.remark()) else {},
            }
            | more
        )


class PublicLodgementForm(LodgementForm):
    captcha = SafeCaptchaField()

    field_order = [*LodgementForm.field_order, "captcha"]

    def __init__(self, data=None, files=None, **kwargs):
        super().__init__(data, files, **kwargs)
        self.fields["captcha"].bind("lodge", self.draft_key)

    @classmethod
    def unvalidated(cls, data, files, **kwargs):
        """A captcha already solved stays so."""
        form = super().unvalidated(data, files, **kwargs)
        form.initial.pop("captcha")
        answer = form.fields["captcha"].widget.value_from_datadict(data, files, "captcha")
        if all(answer):
            try:
                form.fields["captcha"].clean(answer)
            except ValidationError:
                return form
        return form

    def answers(self):
        """(label, what was answered) for the page that shows the answers first."""
        data = self.cleaned_data
        shown = {
            "sender_type": SenderType(data["sender_type"]).label,
            "full_name": data["full_name"],
            "commune": f"{data['commune']}, {data['province']}",
            "commune_search": self.recognised and self.found.typed,
            "address": data["address"],
            "phone": show_phone(data["phone"]),
            "email": data["email"],
            "title": data["title"],
            "content": data["content"],
            "agency": data["agency"],
            "occurred_at": data["occurred_at"],
            "place": data["place"],
            "field": data["field"],
            "incident": Incident(data["incident"]).label if data["incident"] else "",
            "confidential": _("Có") if data["confidential"] else "",
        }
        labels = {
            "full_name": NAME_LABELS[data["sender_type"]],
            "commune": _("Địa chỉ: xã, phường; tỉnh, thành phố"),
            "commune_search": _("Xã, phường được nhận ra từ"),
        }
        return [(name, labels.get(name) or self.fields[name].label, value) for name, value in shown.items() if value]

    def digest(self):
        """Tells the same answers, given twice, from others; whatever files come with them."""
        typed = [row for row in self.posted() if row[0] != "submission_key"]
        return hashlib.sha256(json.dumps(typed, default=str).encode()).hexdigest()

    def posted(self):
        """(name, value) of everything typed, for hidden inputs; the captcha and the files draw themselves."""
        return [
            (name, value)
            for name, field in self.fields.items()
            if name not in ("attachments", "captcha")
            if (value := field.widget.value_from_datadict(self.data, self.files, name)) not in (None, "", False)
        ]


class PhoneForm(forms.Form):
    """Code and phone: what opens one's own case."""

    q = forms.CharField(
        label=_("Mã hồ sơ"),
        max_length=60,
        error_messages={"required": _("Vui lòng nhập mã hồ sơ."), "max_length": TOO_LONG},
    )
    phone = PhoneField(
        label=_("Số điện thoại đã dùng khi gửi"),
        max_length=40,
        error_messages={"required": _("Vui lòng nhập số điện thoại."), "max_length": TOO_LONG},
    )


class ReceiptForm(forms.Form):
    """What a receipt is verified by."""

    code = forms.CharField(
        label=_("Mã hồ sơ"),
        max_length=60,
        help_text=_("Ví dụ: PAKN-2603-ABCD-EFGHJ"),
        error_messages={"required": _("Vui lòng nhập mã hồ sơ."), "max_length": TOO_LONG},
    )
    fingerprint = forms.CharField(
        label=_("Dấu xác thực"),
        max_length=60,
        help_text=_("In cạnh mã QR, ví dụ: 7K3M-9QXD-2PTB-HC5N. Chữ thường, không gạch ngang cũng được."),
        error_messages={"required": _("Vui lòng nhập dấu xác thực."), "max_length": TOO_LONG},
    )

    def clean_code(self):
        try:
            return read_code(self.cleaned_data["code"])
        except MistypedCode as error:
            raise ValidationError(_("Mã hồ sơ bị gõ sai hoặc thiếu ký tự. Vui lòng so lại với biên nhận.")) from error
        except NotACode as error:
            raise ValidationError(_("Đây không phải là mã hồ sơ. Mã có dạng PAKN-2603-ABCD-EFGHJ.")) from error


class LostCodesForm(forms.Form):
    """The phone whose cases somebody has lost the codes of."""

    phone = PhoneField(
        label=_("Số điện thoại đã dùng khi gửi"),
        max_length=40,
        error_messages={"required": _("Vui lòng nhập số điện thoại."), "max_length": TOO_LONG},
    )
    captcha = SafeCaptchaField()

    def __init__(self, data=None, *, draft_key, **kwargs):
        super().__init__(data, **kwargs)
        self.fields["captcha"].bind("lost-codes", draft_key)
