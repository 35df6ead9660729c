"""Phone numbers: read as people type them, stored as E.164, shown as people say them."""

import re
import unicodedata

import phonenumbers
from django.utils.translation import gettext_lazy as _

REGION = "VN"
HOTLINE = r"\+?[0-9](?: ?[0-9]){2,14}"
SHORT_NUMBER = r"[0-9]{3,6}"
"""Patterns of what people call and write text messages to; these are no numbers of a person."""
_TYPED = re.compile(r"[+(\d][\d\s()./\u2010-\u2015\u2212-]*")


class BadPhone(ValueError):
    """Not a Vietnamese phone number; its text is the sentence for the person who typed it."""

    message = _("Số điện thoại không đúng. Vui lòng nhập số điện thoại Việt Nam, ví dụ 0912 345 678.")

    def __str__(self) -> str:
        return str(self.message)


def read_phone(typed: str) -> str:
    """The number as E.164 ("+84912345678"); raises BadPhone for anything but a number in use in Vietnam."""
    text = unicodedata.normalize("NFKC", typed).strip()
    if not _TYPED.fullmatch(text):
        raise BadPhone
    try:
        number = phonenumbers.parse(text, REGION)
    except phonenumbers.NumberParseException as error:
        raise BadPhone from error
    if not phonenumbers.is_valid_number_for_region(number, REGION):
        raise BadPhone
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def show_phone(e164: str) -> str:
    """ "+84912345678" → "0912 345 678"; nothing stays nothing: a sender's number may have been erased."""
    if not e164:
        return ""
    number = phonenumbers.parse(e164, REGION)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
