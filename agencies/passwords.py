"""Passwords that anybody here would try first (R37): words for the thing itself, places, offices, and a year."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from submissions.text import fold

GUESSED_FIRST = (
    "matkhau", "password", "passwd", "dangnhap", "taikhoan", "admin", "quantri", "canbo", "lanhdao", "chuyenmon",
    "khanhhoa", "nhatrang", "camranh", "ninhhoa", "phanrang", "ninhthuan", "vietnam", "vietnamese", "hanoi", "saigon",
    "ubnd", "uyban", "nhandan", "phuong", "quan", "huyen", "tinh", "so", "xa", "trungtam", "cntt", "congan", "pakn",
    "phananh", "kiennghi", "dichvucong", "hethong", "yeuem", "emyeu", "anhyeuem", "yeu", "anh", "em", "toi", "cua",
    "qwerty", "qwertyuiop", "asdfgh", "asdfghjkl", "zxcvbn", "abc", "abcd", "abcxyz", "iloveyou", "welcome", "letmein",
)  # fmt: skip
_MADE_OF_THEM = re.compile(rf"(?:{'|'.join(sorted(GUESSED_FIRST, key=len, reverse=True))}|[0-9])*")


class VietnameseWordsValidator:
    """Refuses what is nothing but such words, figures and signs, with or without marks."""

    def validate(self, password, user=None):
        letters = re.sub(r"[^a-z0-9]", "", fold(password))
        if _MADE_OF_THEM.fullmatch(letters):
            raise ValidationError(
                _("Mật khẩu này quá dễ đoán. Hãy ghép vài từ không liên quan đến cơ quan, địa phương hay mật khẩu."),
                code="guessed_first",
            )

    def get_help_text(self):
        return _("Không chỉ gồm tên cơ quan, địa phương, chữ “mật khẩu” và số.")
