"""The filters above the register."""

from datetime import date

from django import forms
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import AdministrativeUnit, Agency, Field
from agencies.register import handling_agencies
from workflow.models import Rating

from .text import one_line

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)
SINCE, UNTIL = "from", "to"


def _day(label):
    return forms.DateField(
        label=label,
        required=False,
        validators=[MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )


class RegisterForm(forms.Form):
    """Read from the address; a filter that makes no sense counts as not set, and says so beside its box."""

    q = forms.CharField(
        label=_("Từ khóa hoặc mã hồ sơ"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    field = forms.ModelChoiceField(
        Field.objects.all(), required=False, label=_("Lĩnh vực"), empty_label=_("Tất cả lĩnh vực")
    )
    agency = forms.ModelChoiceField(
        Agency.objects.none(),
        to_field_name="code",
        required=False,
        label=_("Cơ quan trả lời"),
        empty_label=_("Tất cả cơ quan"),
    )
    commune = forms.ModelChoiceField(
        AdministrativeUnit.objects.none(),
        required=False,
        label=_("Địa bàn: xã, phường, đặc khu"),
        empty_label=_("Toàn tỉnh"),
    )
    rating = forms.ChoiceField(
        choices=[("", _("Mọi mức đánh giá")), *Rating.Score.choices], required=False, label=_("Người gửi đánh giá")
    )

    use_required_attribute = False

    def __init__(self, data):
        super().__init__(data, auto_id="register-%s", label_suffix="")
        self.fields[SINCE] = _day(_("Công khai từ ngày"))
        self.fields[UNTIL] = _day(_("Công khai đến ngày"))
        self.fields["agency"].queryset = handling_agencies(timezone.localdate()).order_by("name")
        self.fields["commune"].queryset = AdministrativeUnit.objects.filter(parent=settings.OFFICE_PROVINCE).order_by(
            "name"
        )
        self.full_clean()

    def chosen(self):
        """Arguments of `workflow.publications.register`."""
        field, agency = self.cleaned_data.get("field"), self.cleaned_data.get("agency")
        return {
            "q": one_line(self.cleaned_data.get("q", "")),
            "field": field.pk if field else "",
            "agency": agency.code if agency else "",
            "commune": self.cleaned_data.get("commune"),
            "since": self.cleaned_data.get(SINCE),
            "until": self.cleaned_data.get(UNTIL),
            "rating": self.cleaned_data.get("rating", ""),
        }
