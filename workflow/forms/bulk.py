"""Several cases of the intake to one agency at once."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

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

    def __init__(self, data=None):
        super().__init__(data, label_suffix="")
        self.fields["agency"].queryset = handling_agencies(timezone.localdate())
