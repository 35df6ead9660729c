"""What people fill in and attach."""

from datetime import timedelta

from django.utils import timezone

from tests.cast import LOCAL
from workflow.demo.pictures import picture

LETTER = {
    "full_name": "Nguyễn Thị Cúc", "commune": "22366", "address": "12 Trần Phú", "phone": "0912 345 678",
    "title": "Đèn đường trước số 12 Trần Phú không sáng",
    "content": "Ba tối nay đèn đường trước số 12 Trần Phú không sáng.\nNgười đi bộ qua đường rất nguy hiểm.",
    "consent": True, "captcha_1": "PASSED",
}  # fmt: skip
SECRETS = ("Nguyễn Thị Cúc", "0912 345 678", "+84912345678")
ANSWER = "Đã thay bóng đèn và kiểm tra cả tuyến Trần Phú. Đèn sáng lại từ 19 giờ cùng ngày."


def ago(**span):
    """So long before now, local, as `tests.cast.at` reads it."""
    return (timezone.now() - timedelta(**span)).astimezone(LOCAL).strftime("%Y-%m-%d %H:%M")


def typed_moment(**span):
    """So long before now, as a browser's box for date and time takes it."""
    return ago(**span).replace(" ", "T")


def photo(drawing):
    """A photograph to choose in a file box."""
    drawn = picture(drawing)
    return {"name": drawn.name, "mimeType": drawn.content_type, "buffer": drawn.read()}
