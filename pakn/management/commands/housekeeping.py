from django.core.management.base import CommandError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pakn.housekeeping import FAILED, housekeeping
from workflow.management.passes import Pass

WORDS = {
    "captchas": gettext_lazy("%d mã bảo mật hết hạn"),
    "sessions": gettext_lazy("%d phiên hết hạn"),
    "drafts": gettext_lazy("%d tệp nháp"),
    "half_written": gettext_lazy("%d tệp ghi dở"),
    "unproved_accounts": gettext_lazy("%d tài khoản chưa xác nhận"),
    "unconfirmed_followers": gettext_lazy("%d địa chỉ nhận tin chưa xác nhận"),
    "reminders": gettext_lazy("%d đồng hồ được lập lịch nhắc"),
    "due_times": gettext_lazy("%d hạn tính lại theo lịch"),
    "audit": gettext_lazy("%d dòng nhật ký được chốt"),
    "leavers": gettext_lazy("%d tài khoản hết phân công"),
    "report_drafts": gettext_lazy("%d thư về báo cáo"),
    "senders": gettext_lazy("%d hồ sơ hết hạn lưu dữ liệu người gửi"),
    "reference_data": gettext_lazy("%d lần đọc lại danh mục"),
}


class Command(Pass):
    help = "Việc dọn dẹp hằng đêm. Phần nào hỏng thì các phần khác vẫn làm, mã kết thúc khi đó là 1."

    def work(self, now):
        done = housekeeping(now)
        line = _("Dọn dẹp: %s.") % ", ".join(WORDS[part] % count for part, count in done.items() if count is not FAILED)
        failed = [part for part, count in done.items() if count is FAILED]
        if failed:
            raise CommandError(_("%(line)s Hỏng, xem nhật ký: %(parts)s.") % {"line": line, "parts": ", ".join(failed)})
        return line
