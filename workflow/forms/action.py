"""What every form of an action has in common: who acts on which case, clean text, who reads it."""

from dataclasses import dataclass

from django import forms
from django.forms.utils import ErrorDict
from django.utils.translation import gettext_lazy as _

from submissions.forms import NOT_LISTED, TOO_LONG, CleanTextField
from submissions.models import Channel
from submissions.text import nfc
from submissions.upload_forms import UploadsForm
from workflow import leaks
from workflow.offered import Offered
from workflow.procedure import ACTIONS, ON_BEHALF, PUBLIC_TEXTS

NOTE_LENGTH = 4000
BODY_LENGTH = 20000

READ_BY_SENDER = _("Người gửi đọc được nội dung này")
READ_BY_STAFF = _("Chỉ lưu hành nội bộ, người gửi không đọc được")
READ_AFTER_APPROVAL = _("Người gửi đọc được nội dung này sau khi lãnh đạo phê duyệt")

CONSEQUENCES = {
    "recall": _("Cơ quan đang giữ hồ sơ sẽ không còn xem được hồ sơ này."),
    "refuse": _(
        "Hồ sơ sẽ đóng lại và mọi thời hạn dừng. Người gửi được báo lý do. Hồ sơ có thể được khôi phục sau này."
    ),
    "withdraw": _("Hồ sơ sẽ đóng lại và không được xử lý tiếp. Việc rút không thể hoàn tác."),
    "return": _("Hồ sơ trở về Trung tâm để phân phối lại; cơ quan của Ông/Bà sẽ không còn xem được hồ sơ này."),
    "revoke": _("Kết quả đã phê duyệt bị hủy, hồ sơ trở về bước xử lý. Người gửi chưa nhận được kết quả này."),
    "conclude": _(
        "“Sẽ xử lý lại” mới chỉ là lời báo cho người gửi: bước tiếp theo là “Mở lại hồ sơ”, thời hạn chạy lại từ đó."
    ),
    "reopen": _("Thời hạn xử lý được tính lại. Câu trả lời trước vẫn hiển thị, kèm ghi chú đang được xem xét lại."),
    "approve": _("Sau khi phê duyệt, kết quả được gửi đến người gửi và công khai theo quy định áp dụng cho hồ sơ."),
    "publish": _("Kết quả được gửi đến người gửi; hồ sơ ở mức công khai sẽ hiển thị cho mọi người."),
    "set_secrecy": _("Hồ sơ không ở mức công khai sẽ bị gỡ ngay khỏi mọi trang công khai."),
    "seal": _(
        "Chỉ niêm phong hồ sơ có dấu hiệu bí mật nhà nước. Hồ sơ rời khỏi mọi trang công khai ngay lập tức, "
        "mọi thời hạn dừng lại, nội dung và tệp đính kèm đóng với tất cả mọi người, kể cả người niêm phong. "
        "Chỉ quản trị kỹ thuật mở lại được."
    ),
    "unseal": _(
        "Hồ sơ trở lại bước tiếp nhận, mọi thời hạn tính lại từ đầu. Chưa có gì được công khai cho đến lần sau."
    ),
}
"""What a person should know before doing it."""
GRAVE = frozenset(CONSEQUENCES) - {"approve", "publish", "conclude"}
"""Hard to undo, or taking something away from somebody: set apart from the ordinary next step."""


def long_text(label, *, missing="", help_text="", rows=4, max_length=NOTE_LENGTH):
    """A text area; required where `missing` says what to do when it is left empty."""
    return CleanTextField(
        label=label,
        help_text=help_text,
        required=bool(missing),
        max_length=max_length,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": missing, "max_length": TOO_LONG},
    )


def day(label, *, missing="", help_text=""):
    """A date, in the format that browsers send."""
    return forms.DateField(
        label=label,
        help_text=help_text,
        required=bool(missing),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": missing, "invalid": _("Vui lòng nhập ngày theo dạng ngày/tháng/năm.")},
    )


def choice(label, choices, *, missing="", help_text="", widget=forms.RadioSelect):
    """One of a closed list; required where `missing` says what to do when nothing is chosen."""
    return forms.ChoiceField(
        label=label,
        choices=choices,
        help_text=help_text,
        required=bool(missing),
        widget=widget,
        error_messages={"required": missing, "invalid_choice": NOT_LISTED},
    )


def listed(missing=""):
    """The sentences of a choice among rows of the database."""
    return {
        "required": missing,
        "invalid_choice": NOT_LISTED,
        "invalid_pk_value": NOT_LISTED,
    }


def version_in(posted, otherwise):
    """The version of a case that a page was made for, as it was posted."""
    is_number = posted.isascii() and posted.isdigit() and len(posted) < 10
    return int(posted) if is_number else otherwise


def with_phrase(data, name, phrases):
    """What was typed, with the chosen phrase below it."""
    chosen = next((phrase.body for phrase in phrases if str(phrase.pk) == data.get("phrase")), "")
    changed = data.copy()
    changed[name] = "\n\n".join(filter(None, [data.get(name, "").rstrip(), chosen]))
    return changed


class ActionForm(forms.Form):
    """The form of one action on one case; `cleaned_data` is what `workflow.engine.perform` takes."""

    prefilled = ()
    """Fields that a link to the form may fill in beforehand."""

    def __init__(self, data=None, files=None, *, case, viewer, key, draft_key, now, offered=None):
        """`offered` is what a page of several forms has read for all of them.

        One of its phrases may be put into the text that goes out; posted with `insert`, one has been.
        """
        self.offered = offered or Offered(viewer, now)
        self.phrases = self.offered.phrases if ACTIONS[key].goes_out else ()
        if data is not None and "insert" in data and self.phrases:
            data = with_phrase(data, ACTIONS[key].goes_out, self.phrases)
        super().__init__(data, files, auto_id=f"id_{key}_%s", label_suffix="")
        self.case, self.viewer, self.key, self.draft_key, self.now = case, viewer, key, draft_key, now
        self.arrange()
        if self.is_on_behalf:
            self._ask_who_wrote()
        if self.goes_out:
            self.fields[self.row.goes_out].widget.attrs["data-goes-out"] = True
        self.leaks = self.find_leaks()
        self.hits_digest = leaks.digest(self.leaks)
        if self.leaks:
            self.fields["justified"] = self.justification()

    def arrange(self):
        """Fill in choices and starting values that depend on the case."""

    def offer(self, name, rows, key="code", label=str):
        """Let the field choose among these rows, below its empty choice if any; `key` is what the browser sends."""
        field = self.fields[name]
        field.queryset = field.queryset.model.objects.filter(pk__in=[row.pk for row in rows])
        empty = [("", field.empty_label)] if field.empty_label else []
        field.choices = [*empty, *((getattr(row, key), label(row)) for row in rows)]

    def find_leaks(self):
        """What stands in the text that goes out and should not, unless somebody says why (`workflow.leaks`)."""
        if not (self.is_bound and self.goes_out):
            return []
        return leaks.found(self.case, self.text_to_go_out, public=self.key in PUBLIC_TEXTS)

    def clean(self):
        """A justification counts for the hits that were on the page, and for no others."""
        cleaned = super().clean()
        if not self.leaks:
            return cleaned
        seen = self.data.get("hits_seen", "")
        if "justified" not in self.errors and seen != self.hits_digest:
            self.add_error("justified", _("Những chỗ được đánh dấu vừa thay đổi. Hãy xem lại danh sách rồi xác nhận."))
        self.cleaned_data["hits_seen"] = seen
        return cleaned

    def justification(self):
        return CleanTextField(
            label=_("Vì sao được phép nêu ra"),
            help_text=_("Sửa nội dung, hoặc nêu lý do giữ lại; lý do được lưu trong nhật ký của hồ sơ."),
            max_length=300,
            error_messages={"required": _("Hãy sửa những chỗ được đánh dấu, hoặc nêu vì sao được phép nêu ra.")},
        )

    @property
    def goes_out(self):
        """Whether staff write a text here that leaves the house."""
        return bool(self.row.goes_out and self.viewer.memberships)

    @property
    def text_to_go_out(self):
        return nfc(self.data.get(self.row.goes_out, "")) if self.is_bound and self.goes_out else ""

    @property
    def preview(self):
        """What would be read: the text, and for a result its date too, as `_result_frame.html` takes it."""
        return {
            "body": self.text_to_go_out,
            "commitment_date": getattr(self, "cleaned_data", {}).get("commitment_date"),
        }

    @property
    def row(self):
        return ACTIONS[self.key]

    @property
    def version(self):
        """The state of the case that this form was made for; None where others may act in between."""
        return None if self.row.additive else self.case.version

    @property
    def posted_version(self):
        """The version that the posted page was made for; None where it was not said or does not matter."""
        return None if self.row.additive else version_in(self.data.get("version", ""), None)

    def add_refusal(self, error):
        """Put what the domain refused (a ValidationError) beside the field that it speaks of."""
        by_field = error.message_dict if hasattr(error, "error_dict") else {None: error.messages}
        for name, sentences in by_field.items():
            self.add_error(name if name in self.fields else None, sentences)

    def silence(self):
        """Shown again before anything was sent: nothing is wrong yet."""
        self._errors = ErrorDict()

    def typed_texts(self):
        """(label, text) of what was written, for copying after a 409."""
        texts = (forms.Textarea, forms.TextInput)
        fields = [field for field in self if isinstance(field.field.widget, texts)]
        return [(field.label, field.value()) for field in fields if field.value()]

    @property
    def is_on_behalf(self):
        """An operator does what the sender asked for by phone, by letter or in person."""
        return self.key in ON_BEHALF and bool(self.viewer.memberships)

    @property
    def audience(self):
        return READ_BY_SENDER if self.row.readers == "sender" else READ_BY_STAFF

    @property
    def is_internal(self):
        return self.audience is READ_BY_STAFF

    @property
    def audience_key(self):
        """For the page's script: whose form this is."""
        return {READ_BY_STAFF: "internal"}.get(self.audience, "sender") if self.audience else ""

    @property
    def is_grave(self):
        return self.key in GRAVE

    @property
    def consequence(self):
        return CONSEQUENCES.get(self.key, "")

    def _ask_who_wrote(self):
        self.fields["channel"] = choice(
            _("Người gửi liên hệ qua"),
            [("", _("– Chọn kênh –")), *Channel.choices],
            missing=_("Vui lòng chọn kênh mà người gửi đã liên hệ."),
            widget=forms.Select,
        )
        if "note" not in self.fields:
            self.fields["note"] = long_text(
                _("Ghi chú"), help_text=_("Ví dụ: ai gọi, lúc mấy giờ, số văn bản đến."), rows=2
            )


class UploadingForm(ActionForm, UploadsForm):
    """An action with `attachments`, given as drafts of this session."""

    def silence(self):
        super().silence()
        self.keep(self.data, self.files)


class PlainForm(ActionForm):
    """Nothing to fill in: the button is the decision."""

    @property
    def audience(self):
        return ""


@dataclass(frozen=True)
class NoteWording:
    """`missing` is the sentence for a note that is owed and was left empty; without it the note is optional."""

    label: str
    missing: str = ""
    help_text: str = ""


NOTES = {
    "receive": NoteWording(_("Ghi chú")),
    "recall": NoteWording(_("Lý do thu hồi"), _("Vui lòng nêu lý do thu hồi hồ sơ.")),
    "send_back": NoteWording(
        _("Nội dung cần bổ sung"),
        _("Vui lòng hướng dẫn người gửi cần bổ sung những gì."),
        _("Nêu cụ thể thông tin còn thiếu: sự việc, thời gian, địa điểm, hình ảnh …"),
    ),
    "reinstate": NoteWording(_("Lý do khôi phục"), _("Vui lòng nêu lý do khôi phục hồ sơ.")),
    "withdraw": NoteWording(_("Lý do rút")),
    "contain": NoteWording(
        _("Biện pháp đã làm"), help_text=_("Ví dụ: đã rào chắn, cắt điện đoạn bị sự cố, đặt biển cảnh báo.")
    ),
    "decline": NoteWording(_("Lý do từ chối phối hợp"), _("Vui lòng nêu lý do từ chối phối hợp.")),
    "note": NoteWording(
        _("Ghi chú nội bộ"),
        _("Vui lòng nhập ghi chú."),
        _("Cho cán bộ cùng xử lý hồ sơ này; người gửi và công chúng không bao giờ đọc được."),
    ),
    "progress": NoteWording(_("Tình hình xử lý"), _("Vui lòng cho người gửi biết hồ sơ đang được xử lý đến đâu.")),
    "revoke": NoteWording(_("Lý do hủy phê duyệt"), _("Vui lòng nêu lý do hủy phê duyệt.")),
    "reopen": NoteWording(_("Lý do mở lại"), _("Vui lòng nêu lý do mở lại hồ sơ.")),
    "report_up": NoteWording(
        _("Lý do chưa có kết quả"),
        _("Vui lòng nêu lý do chưa có kết quả."),
        _("Văn bản báo cáo UBND tỉnh gửi riêng; lý do ở đây được đăng để người gửi biết (Điều 3 khoản 5)."),
    ),
    "remind": NoteWording(_("Nội dung đôn đốc"), _("Vui lòng nêu nội dung đôn đốc.")),
    "unseal": NoteWording(_("Lý do mở niêm phong"), _("Vui lòng nêu căn cứ, lý do mở niêm phong.")),
}


class NoteForm(ActionForm):
    """One text, worded by the action."""

    def arrange(self):
        wording = NOTES[self.key]
        self.fields["note"] = long_text(wording.label, missing=wording.missing, help_text=wording.help_text)
