"""`manage.py load_demo`: sample cases, told through the engine; many more are copies of them."""

from datetime import date, datetime, time

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.calendar import BeyondCalendar
from agencies.models import Agency, User
from submissions.models import Case
from workflow.demo.cloning import clone
from workflow.demo.stories import filed_at, read_stories
from workflow.demo.telling import Teller, submission_key

DEFAULT_SEED = 56


class Command(BaseCommand):
    help = "Nạp hồ sơ mẫu, chỉ khi DEMO bật; chạy lại không thêm gì. Việc cuối cùng xảy ra trước ngày kết thúc."

    def add_arguments(self, parser):
        parser.add_argument("--cases", type=int, metavar="N", help="số hồ sơ mẫu; nhiều hơn số hồ sơ gốc thì nhân bản")
        parser.add_argument("--until", type=date.fromisoformat, metavar="DATE", help="ngày kết thúc; mặc định hôm nay")
        parser.add_argument(
            "--seed", type=int, default=DEFAULT_SEED, metavar="N", help="số gieo: cùng số, cùng dữ liệu"
        )

    def handle(self, *args, cases, until, seed, verbosity, **options):
        self.verbosity = verbosity
        stories = read_stories()
        wanted = len(stories) if cases is None else cases
        self._check(wanted, until or timezone.localdate())
        models = self._models(stories[:wanted], until or timezone.localdate(), seed)
        cloned = clone(models, wanted - Case.objects.count(), seed, self._progress)
        if verbosity:
            self.stdout.write(self._said(self.told, cloned))

    def _check(self, wanted, until):
        if not settings.DEMO:
            raise CommandError(_("Hồ sơ mẫu chỉ nạp được khi DEMO bật (DEMO=on)."))
        if wanted < 1:
            raise CommandError(_("--cases phải từ 1 trở lên."))
        if until > timezone.localdate():
            raise CommandError(_("--until không được sau hôm nay."))
        if not User.objects.filter(username="vanhanh").exists():
            raise CommandError(_("Chưa có cơ quan và tài khoản dùng thử: hãy chạy load_agencies, load_accounts trước."))

    def _models(self, stories, until, seed):
        """The model cases, told now unless they are there, oldest first."""
        keys = [submission_key(story) for story in stories]
        cases = Case.objects.filter(submission_key__in=keys)
        present = set(cases.values_list("submission_key", flat=True))
        missing = [story for story, key in zip(stories, keys, strict=True) if key not in present]
        if missing:
            self._tell(missing, until, seed)
        self.told = len(missing)
        return list(cases.order_by("pk"))

    def _tell(self, stories, until, seed):
        teller = Teller(datetime.combine(until, time(), timezone.get_default_timezone()), seed)
        try:
            self._check_beginning(stories[0], teller)
            with transaction.atomic():
                for number, story in enumerate(stories, start=1):
                    teller.tell(story)
                    if number % 10 == 0:
                        self._progress(number, len(stories))
        except BeyondCalendar as error:
            raise CommandError(_("--until nằm ngoài các năm của lịch làm việc: %s") % error) from error

    def _check_beginning(self, oldest, teller):
        begins = timezone.localdate(filed_at(oldest, teller.calendar, teller.end))
        opened = max(Agency.objects.values_list("valid_from", flat=True))
        if begins < opened:
            raise CommandError(
                _("--until quá sớm: hồ sơ đầu tiên sẽ gửi ngày %(begins)s, cơ quan hoạt động từ %(opened)s.")
                % {"begins": f"{begins:%d/%m/%Y}", "opened": f"{opened:%d/%m/%Y}"}
            )

    def _progress(self, done, total):
        if self.verbosity:
            self.stderr.write(f"{done}/{total}")

    def _said(self, told, cloned):
        if not told and not cloned:
            return _("Hồ sơ mẫu đã có sẵn: không thêm gì.")
        return _("Hồ sơ mẫu: %(told)d hồ sơ gốc, %(cloned)d bản sao.") % {"told": told, "cloned": cloned}
