"""The filters above the queue."""

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Field
from agencies.roles import Role
from submissions.text import nfc


class QueueFilterForm(forms.Form):
    """Read from the address; a filter that makes no sense counts as not set. Agencies are for who sees several."""

    q = forms.CharField(label=_("Tìm theo mã, tiêu đề, nội dung"), required=False, max_length=200)
    field = forms.ModelChoiceField(
        Field.objects.all(), required=False, label=_("Lĩnh vực"), empty_label=_("Mọi lĩnh vực")
    )
    agency = forms.ModelChoiceField(
        Agency.objects.all(),
        to_field_name="code",
        required=False,
        label=_("Cơ quan xử lý"),
        empty_label=_("Mọi cơ quan"),
    )
    late = forms.BooleanField(label=_("Chỉ hồ sơ quá hạn"), required=False)
    stage = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)

    use_required_attribute = False

    def __init__(self, data, viewer):
        super().__init__(data, auto_id="filter_%s", label_suffix="")
        if not (viewer.has(Role.OPERATOR) or viewer.has(Role.SUPERVISOR)):
            del self.fields["agency"]
        self.full_clean()

    def chosen(self):
        """Arguments of `workflow.queues.queue`."""
        field, agency = self.cleaned_data.get("field"), self.cleaned_data.get("agency")
        return {
            "stage": self.cleaned_data.get("stage", ""),
            "q": nfc(self.cleaned_data.get("q", "")),
            "field": field.pk if field else "",
            "agency": agency.code if agency else "",
            "late": self.cleaned_data.get("late", False),
        }

    def is_set(self):
        chosen = self.chosen()
        return any(chosen[name] for name in ("q", "field", "agency", "late"))
