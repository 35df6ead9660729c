"""The box for a telephone number."""

from django import forms
from django.core.exceptions import ValidationError

from .phones import BadPhone, read_phone


class PhoneField(forms.CharField):
    """A Vietnamese phone number as people type it; cleaned to E.164."""

    widget = forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"})

    def clean(self, value):
        typed = super().clean(value)
        try:
            return read_phone(typed) if typed else ""
        except BadPhone as error:
            raise ValidationError(str(error), code="invalid") from error
