"""The filters above the queue."""

from dataclasses import asdict

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from agencies.models import AdministrativeUnit, Agency, Field, RuleSet
from agencies.roles import Role
from submissions.models import Channel
from submissions.text import nfc
from workflow.queues import Filter

from .action import day


class QueueFilterForm(forms.Form):
    """Read from the address; a filter that makes no sense counts as not set.

    Agencies and the senders' places are for who sees the whole province: to an agency a place would tell where a
    sender lives.
    """

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
    place = forms.ModelChoiceField(
        AdministrativeUnit.objects.none(),
        required=False,
        label=_("Địa bàn (xã, phường của người gửi)"),
        empty_label=_("Mọi địa bàn"),
    )
    channel = forms.ChoiceField(
        choices=[("", _("Mọi kênh")), *Channel.choices], required=False, label=_("Kênh tiếp nhận")
    )
    rules = forms.ChoiceField(required=False, label=_("Quy định áp dụng"))
    since = day(_("Nhận từ ngày"))
    until = day(_("đến hết ngày"))
    files = forms.BooleanField(label=_("Có tệp đính kèm"), required=False)
    late = forms.BooleanField(label=_("Chỉ hồ sơ quá hạn"), required=False)
    stage = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)

    use_required_attribute = False

    def __init__(self, data, viewer):
        super().__init__(data, auto_id="filter_%s", label_suffix="")
        if not (viewer.has(Role.OPERATOR) or viewer.has(Role.SUPERVISOR)):
            del self.fields["agency"], self.fields["place"]
        else:
            self.fields["place"].queryset = AdministrativeUnit.objects.filter(parent=settings.OFFICE_PROVINCE)
        if viewer.has(Role.OPERATOR):
            self.fields["q"].label = _("Tìm theo mã, nội dung, tên hoặc số điện thoại người gửi")
        names = dict(RuleSet.objects.order_by("valid_from").values_list("code", "name"))
        self.fields["rules"].choices = [("", _("Mọi quy định")), *names.items()]
        self.full_clean()

    @property
    def stage_chosen(self):
        return self.cleaned_data.get("stage", "")

    def wanted(self):
        """Arguments of `workflow.queues.Filter`."""
        found = {name: value for name, value in self.cleaned_data.items() if name != "stage" and value}
        for name, key in {"field": "pk", "agency": "code", "place": "pk"}.items():
            if name in found:
                found[name] = getattr(found[name], key)
        if "q" in found:
            found["q"] = nfc(found["q"])
        return found

    def as_query(self):
        """What is set, as it stands in an address."""
        found = asdict(Filter(**self.wanted())) | {"stage": self.stage_chosen}
        return {name: "on" if value is True else str(value) for name, value in found.items() if value}

    @property
    def set_names(self):
        return sorted(self.wanted())
