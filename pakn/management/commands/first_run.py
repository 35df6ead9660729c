from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import BaseCommand, CommandError, call_command
from django.db import transaction
from django.utils.translation import gettext as _

from pakn.reference_data import load_reference_data


class Command(BaseCommand):
    help = (
        "Lần đầu cài đặt: tạo bảng, nạp dữ liệu dùng chung, tạo tài khoản quản trị đầu tiên. Hỏi tên và mật khẩu; "
        "với --noinput lấy từ DJANGO_SUPERUSER_USERNAME và DJANGO_SUPERUSER_PASSWORD. Chạy lại thì chỉ cập nhật bảng."
    )
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--noinput", action="store_false", dest="interactive", help=_("không hỏi gì"))

    def handle(self, *, interactive, verbosity, **options):
        if settings.DEMO:
            raise CommandError(_("DEMO đang bật: bản dùng thử tự chuẩn bị dữ liệu của nó (make demo)."))
        call_command("migrate", interactive=False, verbosity=0)
        if get_user_model().objects.exists():
            self.stdout.write(_("Cổng đã có tài khoản: chỉ cập nhật bảng, không nạp hay tạo gì thêm."))
            return
        with transaction.atomic():
            load_reference_data(verbosity)
        call_command("createsuperuser", interactive=interactive, email="", verbosity=0)
        if not get_user_model().objects.filter(is_superuser=True).exists():
            raise CommandError(
                _("Chưa tạo được tài khoản quản trị: hãy chạy lại trong cửa sổ lệnh hoặc với --noinput.")
            )
        self.stdout.write(_("Xong. Đăng nhập tại %s/quan-tri/ và thiết lập xác thực hai bước.") % settings.SITE_URL)
