"""`manage.py load_demo`: sample cases, told through the engine; many more are copies of them.

By default as many as the circular of 16/3/2023 (S4) counts, over a span as long, and with its figures.
"""

from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.calendar import BeyondCalendar
from agencies.models import Agency, User
from reports.figures import accounts, totals
from reports.periods import Period
from reports.scope import scope_of
from submissions.models import Case
from workflow.demo.accounts import add_accounts
from workflow.demo.cloning import clone
from workflow.demo.season import Numbers, season
from workflow.demo.stories import filed_at, read_stories
from workflow.demo.telling import Teller, season_key, submission_key

DEFAULT_SEED = 56
S4 = Numbers(received=360, answered=201, answered_late=50, unanswered_late=24, questions=92, ratings=84, unsatisfied=56)
"""Of 74 late ones S4 does not say how many were answered."""
S4_ACCOUNTS = 2928
S4_DAYS = (date(2023, 3, 15) - date(2022, 10, 5)).days


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
        stories, until = read_stories(), until or timezone.localdate()
        wanted = S4.received if cases is None else cases
        self._check(wanted, until)
        with transaction.atomic():
            models = self._models(stories[:wanted], until, seed)
            if wanted >= S4.received:
                models += self._season(until, seed)
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
        """The hand-written cases, told now unless they are there, oldest first."""
        present = set(_cases_of(stories).values_list("submission_key", flat=True))
        missing = [story for story in stories if submission_key(story) not in present]
        if missing:
            self._check_beginning(missing[0], _teller(until, seed))
            self._tell(missing, until, seed)
        self.told = len(missing)
        return list(_cases_of(stories).order_by("pk"))

    def _season(self, until, seed):
        """Made-up cases for what is left of S4's figures, and accounts; neither where they are there."""
        made_up = Case.objects.filter(submission_key__in=[season_key(number) for number in range(S4.received)])
        if not made_up.exists():
            period = Period(until - timedelta(days=S4_DAYS), until)
            scope = scope_of(period, timezone.now())
            left = S4.without(_counted(scope))
            teller = _teller(until, seed)
            self._tell(season(left, period.first, teller.end, teller.calendar, seed), until, seed)
            if _counted(scope) != S4:
                raise CommandError(f"the sample counts {_counted(scope)}, not {S4}")
            add_accounts(S4_ACCOUNTS - accounts(scope)[0], period.begins, teller.end, seed)
            self.told += left.received
        return list(made_up.order_by("pk"))

    def _tell(self, stories, until, seed):
        teller = _teller(until, seed)
        try:
            for number, story in enumerate(stories, start=1):
                teller.tell(story)
                if number % 20 == 0:
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


def _teller(until, seed):
    return Teller(datetime.combine(until, time(), timezone.get_default_timezone()), seed)


def _cases_of(stories):
    return Case.objects.filter(submission_key__in=[submission_key(story) for story in stories])


def _counted(scope) -> Numbers:
    return Numbers(**totals(scope, *vars(S4)))
