"""Forms of the sender, filled in by the sender or by an operator on behalf, and of the talk between the two sides."""

from django import forms
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from submissions.forms import CleanTextField
from submissions.phone_fields import PhoneField
from submissions.phones import show_phone
from workflow.models import Question, Rating

from .action import BODY_LENGTH, ActionForm, UploadingForm, choice, listed, long_text

BODIES = {
    "ask": (_("Câu hỏi"), _("Vui lòng nhập câu hỏi.")),
    "reply": (_("Nội dung trả lời"), _("Vui lòng nhập nội dung trả lời.")),
    "inquire": (_("Nội dung cần người gửi làm rõ"), _("Vui lòng nhập nội dung cần hỏi.")),
    "answer": (_("Nội dung trả lời"), _("Vui lòng nhập nội dung trả lời.")),
}
ANSWERS_TO = {"reply": Question.By.SENDER, "answer": Question.By.STAFF}


class CompleteForm(UploadingForm):
    content = long_text(
        _("Nội dung bổ sung"),
        missing=_("Vui lòng nhập nội dung bổ sung."),
        help_text=_("Nội dung này được thêm vào sau nội dung đã gửi, không thay thế."),
        rows=6,
        max_length=BODY_LENGTH,
    )

    field_order = ["content", "attachments"]


class BodyFilesForm(UploadingForm):
    """A question or an answer; an answer may name its question, else it is for the oldest open one."""

    field_order = ["question", "body", "attachments"]

    def arrange(self):
        label, missing = BODIES[self.key]
        self.fields["body"] = long_text(label, missing=missing, rows=5, max_length=BODY_LENGTH)
        if self.key in ANSWERS_TO:
            self._offer_questions()
        self.order_fields(self.field_order)

    def _offer_questions(self):
        asked_by = ANSWERS_TO[self.key]
        open_ones = [q for q in self.case.questions.all() if q.by == asked_by and q.replied_at is None]
        self.fields["question"] = forms.ModelChoiceField(
            Question.objects.all(),
            required=False,
            empty_label=None,
            label=_("Trả lời cho câu hỏi"),
            widget=forms.RadioSelect,
            error_messages=listed(),
        )
        self.offer("question", open_ones, key="pk", label=lambda question: Truncator(question.body).chars(140))
        self.initial["question"] = open_ones[0].pk if open_ones else None

    def clean_question(self):
        question = self.cleaned_data["question"]
        return question and question.pk


class RateForm(ActionForm):
    score = choice(_("Mức độ hài lòng"), Rating.Score.choices, missing=_("Vui lòng chọn mức độ hài lòng."))
    fixed = choice(
        _("Sự việc đã được khắc phục chưa?"),
        [("yes", _("Đã khắc phục")), ("no", _("Chưa khắc phục"))],
    )
    note = long_text(_("Ý kiến thêm"), rows=3)


class ContactForm(ActionForm):
    """Where the sender can be reached (Đ5.3)."""

    phone = PhoneField(label=_("Số điện thoại"), error_messages={"required": _("Vui lòng nhập số điện thoại.")})
    email = forms.EmailField(
        label=_("Thư điện tử"),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"invalid": _("Địa chỉ thư điện tử không đúng. Ví dụ: ten@example.vn")},
    )
    address = CleanTextField(
        label=_("Địa chỉ (số nhà, đường, thôn, tổ dân phố)"),
        required=False,
        max_length=250,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )

    def arrange(self):
        sender = self.case.sender
        self.initial |= {"phone": show_phone(sender.phone), "email": sender.email, "address": sender.address}
