from django.utils.translation import gettext as _

from workflow.delivery import deliver
from workflow.management.passes import Pass


class Command(Pass):
    help = "Một lượt gửi thông báo, như mỗi phút một lần."

    def work(self, now):
        done = deliver(now)
        return _("Gửi thông báo: %(sent)d đã gửi, %(put_back)d sẽ gửi lại, %(given_up)d thôi không gửi.") % vars(done)
