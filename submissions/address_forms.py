"""Province and commune of a form: chosen in two lists, or found by typing a name of today or of before 1/7/2025.

Scripts post the codes `province` and `commune`, and those count. Where no commune is chosen, a text that names exactly
one is taken for it; one that names several comes back with these as the choices of `commune`.
"""

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.models import AdministrativeUnit

from .addresses import LONGEST, search
from .text import one_line

SEARCH, LISTS = "search", "refresh"
"""Buttons: look for the commune typed; show the lists instead of what was found."""
NOT_LISTED = _("Mục đã chọn không có trong danh sách. Vui lòng chọn lại.")


class CommuneSearch(forms.TextInput):
    """The box with its button, and below it what the text typed led to; the form sets `found`."""

    template_name = "submissions/_commune_search.html"
    found = None

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        return context | {"found": self.found, "SEARCH": SEARCH, "LISTS": LISTS}


class AddressForm(forms.Form):
    commune_search = forms.CharField(
        label=_("Địa chỉ: tìm xã, phường theo tên"),
        required=False,
        help_text=_("Tên hiện nay hoặc tên trước 1/7/2025, có dấu hay không dấu. Ví dụ: Vạn Thạnh, Nha Trang"),
        widget=CommuneSearch(attrs={"autocomplete": "off", "maxlength": LONGEST}),
    )
    province = forms.ModelChoiceField(
        AdministrativeUnit.objects.filter(level=AdministrativeUnit.Level.PROVINCE).order_by("name"),
        label=_("Địa chỉ: tỉnh, thành phố"),
        error_messages={"required": _("Vui lòng chọn tỉnh, thành phố."), "invalid_choice": NOT_LISTED},
    )
    commune = forms.ModelChoiceField(
        AdministrativeUnit.objects.filter(level=AdministrativeUnit.Level.COMMUNE),
        label=_("Địa chỉ: xã, phường, đặc khu"),
        error_messages={"required": _("Vui lòng chọn xã, phường, đặc khu."), "invalid_choice": NOT_LISTED},
    )
    found = None

    def __init__(self, data=None, files=None, **kwargs):
        super().__init__(data, files, **kwargs)
        if data is not None:
            self.data = data.copy()
            self._settle(self.data)

    @classmethod
    def unvalidated(cls, data, files, **kwargs):
        """As it came, with the address looked for where the button asks for it or no list was on the page."""
        form = super().unvalidated(data, files, **kwargs)
        form.settle_unvalidated(data)
        return form

    def settle_unvalidated(self, data):
        if SEARCH in data:
            self.initial["commune"] = None
        if LISTS not in data:
            self._settle(self.initial)

    @property
    def recognised(self):
        """The commune that was taken because the text typed names no other."""
        return self.found.only if self.found else None

    def _settle(self, values):
        """Complete what was posted: the province of a commune found by its name, the commune of a name typed."""
        commune, typed = (one_line(str(values.get(name) or "")) for name in ("commune", "commune_search"))
        if commune:
            if not values.get("province"):
                values["province"] = _province_of(commune)
        elif typed:
            self._look_up(typed, values)

    def _look_up(self, typed, values):
        self.found = self.fields["commune_search"].widget.found = search(typed)
        if self.recognised:
            values["province"], values["commune"] = self.recognised.province, self.recognised.code
            return
        self.fields["commune"].error_messages["required"] = _what_to_do(self.found)
        self.fields["province"].required = not self.found.candidates

    def arrange_address(self):
        """Offer what was found in place of the lists, else the communes of the province chosen."""
        commune = self.fields["commune"]
        if self.found and not self.recognised and self.found.candidates:
            del self.fields["province"]
            commune.widget = forms.RadioSelect(choices=[(one.code, one.label) for one in self.found.candidates])
            return
        if not self.is_bound and not self.initial.get("province"):
            self.initial["province"] = settings.OFFICE_PROVINCE
        communes = communes_of(one_line(str(self["province"].value() or "")))
        commune.widget.choices = [("", _("Chọn xã, phường, đặc khu")), *communes]


def communes_of(province):
    """(code, name) of the communes of a province."""
    return AdministrativeUnit.objects.filter(parent_id=province).order_by("name").values_list("code", "name")


def _province_of(commune):
    return AdministrativeUnit.objects.filter(pk=commune).values_list("parent_id", flat=True).first()


def _what_to_do(found):
    if found.candidates:
        words = gettext("Nhiều xã, phường ứng với “%(typed)s”. Vui lòng chọn một trong các kết quả.")
    else:
        words = gettext("Không tìm thấy xã, phường “%(typed)s”. Vui lòng gõ tên khác hoặc chọn trong danh sách.")
    return words % {"typed": found.typed}
