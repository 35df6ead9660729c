"""Why a file is refused: one sentence each for the sender, who learns what to do instead."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

ADVICE = {
    "heic": _("Tệp “%(name)s” là ảnh HEIC, chưa xem được trên mọi máy. Vui lòng lưu hoặc chụp lại ở dạng JPG rồi gửi."),
    "svg": _("Tệp “%(name)s” là ảnh SVG, có thể chứa mã chạy được nên không được nhận. Vui lòng gửi ảnh JPG hoặc PNG."),
    "html": _("Tệp “%(name)s” là trang web nên không được nhận. Vui lòng chụp màn hình hoặc lưu thành PDF rồi gửi."),
    "macro": _("Tệp “%(name)s” chứa macro nên không được nhận. Vui lòng lưu lại ở dạng DOCX hoặc XLSX không có macro."),
    "old_office": _(
        "Tệp “%(name)s” thuộc định dạng Office cũ hoặc được đặt mật khẩu. "
        "Vui lòng bỏ mật khẩu và lưu lại ở dạng DOCX, XLSX hoặc PDF."
    ),
    "archive": _("Tệp “%(name)s” là tệp nén nên không được nhận. Vui lòng giải nén và gửi từng tệp bên trong."),
}
ADVICE_BY_EXTENSION = {
    **dict.fromkeys(["heic", "heif", "hif"], "heic"),
    **dict.fromkeys(["svg", "svgz"], "svg"),
    **dict.fromkeys(["html", "htm", "xhtml", "xht", "mht", "mhtml"], "html"),
    **dict.fromkeys(["docm", "xlsm", "dotm", "xltm", "xlsb"], "macro"),
    **dict.fromkeys(["doc", "xls"], "old_office"),
    **dict.fromkeys(["zip", "rar", "7z", "gz", "tar"], "archive"),
}
MESSAGES = {
    **ADVICE,
    "extension": _(
        "Tệp “%(name)s” không thuộc loại được nhận. Vui lòng gửi ảnh (JPG, PNG, WEBP), tài liệu (PDF, DOCX, XLSX) "
        "hoặc video (MP4, MOV)."
    ),
    "double_extension": _("Tên tệp “%(name)s” có hai phần đuôi dễ gây nhầm lẫn. Vui lòng đổi tên tệp rồi gửi lại."),
    "mismatch": _(
        "Nội dung của tệp “%(name)s” không đúng với đuôi .%(extension)s. "
        "Vui lòng mở tệp, lưu lại đúng định dạng rồi gửi."
    ),
    "empty": _("Tệp “%(name)s” rỗng. Vui lòng kiểm tra và chọn lại tệp."),
    "too_large": _("Tệp “%(name)s” lớn hơn %(limit)d MB. Vui lòng giảm dung lượng hoặc chọn tệp khác."),
    "virus": _("Tệp “%(name)s” bị nhận diện là có mã độc nên không được nhận. Vui lòng quét vi-rút và chọn tệp khác."),
    "markup": _("Tệp “%(name)s” có chứa mã trang web nên không được nhận. Vui lòng chọn tệp khác."),
    "broken": _("Không đọc được tệp “%(name)s”, có thể tệp bị hỏng. Vui lòng mở thử, lưu lại rồi gửi tệp mới."),
    "pixels": _(
        "Ảnh “%(name)s” có kích thước quá lớn (hơn %(limit)d triệu điểm ảnh). Vui lòng thu nhỏ ảnh rồi gửi lại."
    ),
    "unpacks_too_large": _(
        "Tệp “%(name)s” khi mở ra lớn bất thường nên không được nhận. Vui lòng xuất sang PDF rồi gửi lại."
    ),
    "active_office": _(
        "Tệp “%(name)s” có đối tượng nhúng hoặc liên kết ngoài nên không được nhận. Vui lòng xuất sang PDF rồi gửi lại."
    ),
    "active_pdf": _(
        "Tệp PDF “%(name)s” có mã chạy được hoặc tệp nhúng nên không được nhận. Vui lòng in lại thành PDF rồi gửi."
    ),
    "encrypted": _("Tệp “%(name)s” được đặt mật khẩu. Vui lòng bỏ mật khẩu rồi gửi lại."),
    "busy": _("Máy chủ đang xử lý nhiều ảnh nên chưa nhận được tệp “%(name)s”. Vui lòng thử lại sau ít phút."),
    "no_room": _("Máy chủ tạm hết chỗ nên chưa nhận được tệp “%(name)s”. Vui lòng gửi không kèm tệp hoặc thử lại sau."),
    "too_many": _("Mỗi hồ sơ chỉ nhận tối đa %(limit)d tệp. Vui lòng bớt tệp rồi gửi lại."),
    "total": _("Tổng dung lượng các tệp lớn hơn %(limit)d MB. Vui lòng bớt tệp hoặc giảm dung lượng rồi gửi lại."),
}


class Refused(Exception):
    """Found by a check, which does not know the file's name."""

    def __init__(self, code: str, **params):
        self.code, self.params = code, params

    def of(self, name) -> ValidationError:
        """The sentence about the file of this name."""
        return ValidationError(MESSAGES[self.code], self.code, {"name": name, **self.params})
