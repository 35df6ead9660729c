"""Which parts of a picture are covered, as rectangles in percent: drawn with the mouse, or typed."""

from django import forms
from django.utils.translation import gettext_lazy as _

from submissions.masking import MOST_BOXES, Box

PARTS = {
    "left": _("Cách trái (%)"),
    "top": _("Cách trên (%)"),
    "width": _("Rộng (%)"),
    "height": _("Cao (%)"),
}


class MaskForm(forms.Form):
    """Up to MOST_BOXES rectangles; one is given whole or not at all."""

    def __init__(self, data=None):
        super().__init__(data, label_suffix="")
        for number in range(1, MOST_BOXES + 1):
            for part, label in PARTS.items():
                self.fields[f"{part}_{number}"] = forms.FloatField(
                    label=label, required=False, min_value=0, max_value=100,
                    error_messages={"invalid": _("Nhập số từ 0 đến 100.")},
                )  # fmt: skip

    def rows(self):
        """The fields, rectangle by rectangle."""
        return [[self[f"{part}_{number}"] for part in PARTS] for number in range(1, MOST_BOXES + 1)]

    def clean(self):
        data, self.boxes = super().clean(), []
        for number in range(1, MOST_BOXES + 1):
            values = [data.get(f"{part}_{number}") for part in PARTS]
            if all(value is None for value in values):
                continue
            if None in values or not values[2] or not values[3]:
                self.add_error(f"left_{number}", _("Hãy nhập đủ bốn số của vùng này, rộng và cao lớn hơn 0."))
                continue
            self.boxes.append(Box(*values))
        if not self.boxes and not self.errors:
            raise forms.ValidationError(_("Hãy đánh dấu ít nhất một vùng cần che."))
        return data
