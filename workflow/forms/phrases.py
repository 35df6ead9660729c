"""Reusable phrases of an agency."""

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.models import Phrase
from submissions.forms import TOO_LONG, CleanTextField

from .action import NOTE_LENGTH, long_text


class PhraseForm(forms.ModelForm):
    """`agency` is set by the view: nobody writes for another."""

    title = CleanTextField(
        label=_("Tên gọi"),
        help_text=_("Để chọn nhanh, ví dụ “Hẹn khảo sát”."),
        max_length=80,
        error_messages={"required": _("Vui lòng đặt tên cho mẫu câu."), "max_length": TOO_LONG},
    )
    body = long_text(
        _("Nội dung"), missing=_("Vui lòng nhập nội dung mẫu câu."), rows=6, max_length=NOTE_LENGTH
    )  # fmt: skip

    class Meta:
        model = Phrase
        fields = ["title", "body"]

    def clean_title(self):
        title = self.cleaned_data["title"]
        others = Phrase.objects.filter(agency=self.instance.agency_id, title=title).exclude(pk=self.instance.pk)
        if others.exists():
            raise forms.ValidationError(_("Cơ quan đã có mẫu câu tên này. Hãy đặt tên khác."))
        return title
