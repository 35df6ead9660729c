"""What a report is asked about, and what people write into it."""

from datetime import timedelta
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import AdministrativeUnit, Agency, Field, RuleSet
from agencies.register import current_calendar
from submissions.forms import NOT_LISTED
from submissions.models import Case, Channel
from workflow.forms.action import choice, day, long_text

from .kinds import agencies_for, kinds_for
from .models import Kind, Narrative
from .periods import Period, presets
from .scope import scope_of

LONGEST = timedelta(days=5 * 366)
SPAN = timedelta(days=183)
"""What is shown first: the last half year, or since the portal is in use."""


def first_shown(today) -> Period:
    began = Case.objects.order_by("received_at").values_list("received_at", flat=True).first()
    since = today - SPAN + timedelta(days=1)
    return Period(max(since, timezone.localdate(began)) if began else since, today)


class ReportForm(forms.Form):
    """Which report, of which period, narrowed to what; read from an address, where anything may stand."""

    kind = choice(_("Báo cáo"), (), widget=forms.Select)
    first = day(_("Từ ngày"), missing=_("Vui lòng nhập ngày đầu kỳ."))
    last = day(_("Đến hết ngày"), missing=_("Vui lòng nhập ngày cuối kỳ."))
    agency = forms.ModelChoiceField(
        Agency.objects.none(), label=_("Cơ quan"), required=False, to_field_name="code", empty_label=_("Mọi cơ quan"),
        error_messages={"invalid_choice": NOT_LISTED},
    )  # fmt: skip
    field = forms.ModelChoiceField(
        Field.objects.all(), label=_("Lĩnh vực"), required=False, empty_label=_("Mọi lĩnh vực"),
        error_messages={"invalid_choice": NOT_LISTED},
    )  # fmt: skip
    place = forms.ModelChoiceField(
        AdministrativeUnit.objects.none(), label=_("Địa bàn của người gửi"), required=False, empty_label=_("Mọi nơi"),
        error_messages={"invalid_choice": NOT_LISTED},
    )  # fmt: skip
    channel = choice(_("Kênh"), [("", _("Mọi kênh")), *Channel.choices], widget=forms.Select)
    rules = choice(_("Bộ thời hạn"), (), widget=forms.Select)

    def __init__(self, data, viewer, now):
        today = timezone.localdate(now)
        self.viewer, self.now, self.presets = viewer, now, presets(today)
        self.kinds, agencies = kinds_for(viewer), list(agencies_for(viewer))
        shown = first_shown(today)
        own = next((agency.code for agency in agencies if agency.pk in viewer.agency_ids), "")
        start = {"kind": self.kinds[0], "first": shown.first.isoformat(), "last": shown.last.isoformat()}
        if start["kind"] == Kind.AGENCY:
            start["agency"] = own or agencies[0].code
        super().__init__(start | {key: data[key] for key in self.base_fields if data.get(key)}, label_suffix="")
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in self.kinds]
        whole = len(self.kinds) > 1 or self.kinds[0] != Kind.AGENCY
        offered = Agency.objects.order_by("name") if whole else agencies_for(viewer)
        self.fields["agency"].queryset = offered
        if not whole:
            self.fields["agency"].empty_label = None
        here = AdministrativeUnit.objects.filter(level="commune", parent=settings.OFFICE_PROVINCE)
        self.fields["place"].queryset = here.order_by("name")
        codes = RuleSet.objects.values_list("code", "name").order_by("code", "-valid_from")
        self.fields["rules"].choices = [("", _("Mọi bộ thời hạn")), *dict(reversed(codes)).items()]

    def clean(self):
        cleaned = super().clean()
        first, last, kind, agency = (cleaned.get(name) for name in ("first", "last", "kind", "agency"))
        if first and last:
            self._check_period(first, last)
        if kind == Kind.AGENCY and not self.errors:
            if agency is None:
                self.add_error("agency", _("Vui lòng chọn cơ quan của báo cáo."))
            elif not agencies_for(self.viewer).filter(pk=agency.pk).exists():
                self.add_error("agency", NOT_LISTED)
        return cleaned

    def _check_period(self, first, last):
        if last < first:
            self.add_error("last", _("Ngày cuối kỳ phải từ ngày đầu kỳ trở đi."))
        elif last - first > LONGEST:
            self.add_error("last", _("Kỳ báo cáo dài nhất là năm năm."))
        elif first.year < current_calendar().first_year or last.year > current_calendar().last_year:
            self.add_error("first", _("Kỳ báo cáo nằm ngoài các năm của lịch làm việc."))

    @property
    def scope(self):
        chosen = self.cleaned_data
        return scope_of(
            Period(chosen["first"], chosen["last"]), self.now, agency=chosen["agency"] and chosen["agency"].pk,
            field=chosen["field"] and chosen["field"].pk or "", place=chosen["place"] and chosen["place"].pk or "",
            channel=chosen["channel"], rules=chosen["rules"],
        )  # fmt: skip

    def as_query(self) -> str:
        """The address part that asks for the same again."""
        return urlencode({name: value for name, value in self.data.items() if value})


class NarrativeForm(forms.ModelForm):
    class Meta:
        model = Narrative
        fields = ("number", "results", "guided", "installed", "difficulties", "causes", "proposals")
        labels = {
            "number": _("Số, ký hiệu văn bản"), "guided": _("Lượt người dân, doanh nghiệp được hướng dẫn"),
            "installed": _("Lượt cài đặt, đăng ký sử dụng"),
        }  # fmt: skip
        help_texts = {
            "number": _("Ví dụ: Số: 45/BC-SKHCN"), "guided": _("Công văn 16/3/2023, mục 5"),
            "installed": _("Công văn 16/3/2023, mục 5"),
        }  # fmt: skip

    results = long_text(_("Kết quả thực hiện, giải pháp đã làm"))
    difficulties = long_text(_("Tồn tại, khó khăn"))
    causes = long_text(_("Nguyên nhân"))
    proposals = long_text(_("Kiến nghị, đề xuất"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)

    @property
    def version(self):
        """When what stands here was written; posted back, so that nobody writes over somebody else unawares."""
        at = self.instance.pk and self.instance.written_at
        return at.isoformat() if at else ""
