from django.utils.translation import gettext as _

from workflow.management.passes import Pass
from workflow.sweep import sweep


class Command(Pass):
    help = "Một lượt nhắc hạn, như mỗi phút một lần."

    def work(self, now):
        done = sweep(now)
        return _("Nhắc hạn: %(raised)d lời nhắc mới, %(told)d thông báo chờ gửi.") % vars(done)
