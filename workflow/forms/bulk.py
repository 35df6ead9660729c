"""Several cases of the intake to one agency at once."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from agencies.models import Agency, Field
from agencies.register import handling_agencies

from .action import listed, long_text


class DistributeManyForm(forms.Form):
    """Field and agency for all of them; each case keeps its own wording and released files."""

    field = forms.ModelChoiceField(
        Field.objects.all(),
        required=False,
        label=_("Lĩnh vực"),
        empty_label=_("– Giữ lĩnh vực của từng hồ sơ –"),
        error_messages=listed(),
    )
    agency = forms.ModelChoiceField(
        Agency.objects.none(),
        to_field_name="code",
        label=_("Cơ quan xử lý"),
        empty_label=_("– Chọn cơ quan –"),
        error_messages=listed(_("Vui lòng chọn cơ quan xử lý.")),
    )
    note = long_text(_("Ý kiến chuyển cơ quan xử lý"), rows=2)

    def __init__(self, data=None, *, cases=()):
        super().__init__(data, label_suffix="")
        self.bare = sum(case.field_id is None for case in cases)
        if self.bare:
            self.fields["field"].help_text = ngettext(
                "%d hồ sơ chưa có lĩnh vực: hãy chọn, hoặc bỏ hồ sơ đó ra.",
                "%d hồ sơ chưa có lĩnh vực: hãy chọn, hoặc bỏ các hồ sơ đó ra.",
                self.bare,
            ) % self.bare  # fmt: skip
        self.fields["agency"].queryset = handling_agencies(timezone.localdate())

    def clean_field(self):
        field = self.cleaned_data["field"]
        if self.bare and field is None:
            raise ValidationError(_("Có hồ sơ chưa phân loại: hãy chọn lĩnh vực, hoặc bỏ hồ sơ đó ra."))
        return field
