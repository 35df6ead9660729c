"""Tell the stories: every model case enters by `open_case` and moves by `perform`, at the times of its story."""

import random
import uuid
from dataclasses import replace
from datetime import timedelta

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Replace
from django.utils import timezone

from agencies.models import AdministrativeUnit, Agency, Field, User
from agencies.register import current_calendar, memberships_of, rule_sets_on
from submissions import drafts, intake
from submissions.codes import new_code
from submissions.models import Attachment, Case, Citizen, SenderType
from submissions.text import fold
from submissions.viewers import ANONYMOUS, Viewer
from workflow.engine import open_case, perform
from workflow.models import Clock, Message

from .pictures import picture
from .stories import filed_at, later, working_date

EARLIER = 5
"""Working days by which a story may begin earlier than it says."""
KEYS = uuid.UUID("5c1f3c7e-9d5b-5a53-8d1e-2f6c5a0b7e56")
FAMILY_NAMES = "Nguyễn Trần Lê Phạm Huỳnh Phan Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đàng Cao".split()
GIVEN_NAMES = (
    "Thị Lan Anh,Văn Hùng,Thị Mỹ Hạnh,Quốc Toàn,Thị Kim Chi,Đình Phúc,Thị Thu Thảo,Minh Nhật,Thị Bích Ngọc,Thanh Bình,"
    "Thị Hồng Gấm,Hữu Nghĩa,Thị Tường Vy,Công Thành,Thị Xuân Mai,Anh Khoa,Ngọc Trâm,Bảo Quốc,Thị Như Ý,Tấn Phát"
).split(",")
STREETS = (
    "Trần Phú,Lê Hồng Phong,Nguyễn Thị Minh Khai,Thống Nhất,2 Tháng 4,Phạm Văn Đồng,Hùng Vương,Nguyễn Trãi,"
    "Ngô Gia Tự,Quang Trung,Yersin,Lê Thánh Tôn"
).split(",")


class DueThatDay(Exception):
    """A limit of a story would run out in the course of the day of the end."""


class BeyondEnd(Exception):
    """Something in a story would happen after the sample ends: its `age` is too small for its steps."""


def submission_key(story):
    return uuid.uuid5(KEYS, story.key)


def season_key(number):
    """Of the made-up story of that number."""
    return uuid.uuid5(KEYS, f"season-{number}")


class Teller:
    """Tells stories that end before the aware moment `end`; the same `seed` gives the same people, times and codes."""

    def __init__(self, end, seed):
        self.end = end
        self.seed = seed
        self.calendar = current_calendar()

    def tell(self, story) -> Case:
        """Raises BeyondEnd, or whatever the engine refuses.

        A story of which a limit would run out during the day of the end begins earlier, so that it has run out before:
        what the sample counts is the same the whole day.
        """
        for earlier in range(EARLIER):
            try:
                with transaction.atomic():
                    return self._tell_settled(_begun_earlier(story, earlier))
            except DueThatDay:
                continue
        raise DueThatDay(story.key)

    def _tell_settled(self, story):
        case = self._tell(story)
        today = {"due_at__gte": self.end, "due_at__lt": self.end + timedelta(days=1)}
        if case.clocks.filter(ending=Clock.Ending.RUNNING, conditional=False, **today).exists():
            raise DueThatDay(story.key)
        return case

    def _tell(self, story):
        chance = random.Random(f"{self.seed}/{story.key}")  # noqa: S311 sample data, the same each time
        at = filed_at(story, self.calendar, self.end)
        case = self._file(story, chance, at)
        for step in story.steps:
            at = later(at, step.after, self.calendar) + timedelta(seconds=chance.randrange(300))
            self._check(story, at)
            case = self._do(step, case, at)
        _mark_sent(case)
        return case

    def _check(self, story, at):
        if at >= self.end:
            raise BeyondEnd(f"{story.key}: {timezone.localtime(at):%Y-%m-%d %H:%M}")

    def _file(self, story, chance, at):
        self._check(story, at)
        keyed_in_by = _viewer(story.keyed_in_by, at) if story.keyed_in_by else ANONYMOUS
        case = open_case(self._lodgement(story, chance, at), keyed_in_by, now=at)
        _recode(case, new_code(at, chance.choice))
        return case

    def _lodgement(self, story, chance, at):
        name = story.full_name or f"{chance.choice(FAMILY_NAMES)} {chance.choice(GIVEN_NAMES)}"
        mail = f"{fold(name).replace(' ', '.')}@example.com" if chance.random() < 0.6 else ""
        account = User.objects.get(username=story.account) if story.account else None
        return intake.Lodgement(
            full_name=account.full_name if account else name, sender_type=SenderType(story.sender_type),
            commune=AdministrativeUnit.objects.get(code=story.commune),
            address=f"{chance.randrange(2, 250)} {chance.choice(STREETS)}",
            phone=_number_of(account, at) if account else f"+84995{chance.randrange(1, 10**6):06}",
            email=mail if story.sender_type == SenderType.CITIZEN else "", account=account, consent_at=at,
            title=story.title, content=story.content, place=story.place, incident=story.incident,
            occurred_at=at - timedelta(minutes=chance.randrange(20, 90)) if story.incident else None,
            field=Field.objects.get(code=story.field) if story.field else None,
            wished_agency=Agency.objects.get(code=story.wished_agency) if story.wished_agency else None,
            confidential=story.confidential, channel=story.channel,
            national_code=story.national_code and f"PAKN.{at:%Y%m%d}.{story.national_code}",
            submission_key=submission_key(story), drafts=_drawn(story.pictures, at),
        )  # fmt: skip

    def _do(self, step, case, at):
        viewer = _sender(case) if step.who == "sender" else _viewer(step.who, at)
        data = {name: self._resolved(name, value, case, at) for name, value in step.data.items()}
        return perform(case.pk, step.action, viewer, data, now=at, on_behalf_channel=data.get("channel", ""))

    def _resolved(self, name, value, case, at):
        if name in ("due", "commitment_date"):
            return working_date(at, value, self.calendar)
        return RESOLVERS[name](value, case, at) if name in RESOLVERS else value


def _begun_earlier(story, days):
    filed = story.filed and story.filed - timedelta(days=days)
    return replace(story, age=story.age + days, filed=filed)


def _number_of(account, at):
    """The number that this account has verified."""
    values = {"phone": f"+84995{account.pk:06}", "phone_verified_at": at}
    return Citizen.objects.get_or_create(account=account, defaults=values)[0].phone


def _agency(code, case, at):
    return Agency.objects.get(code=code)


RESOLVERS = {
    "agency": _agency,
    "suggested_agency": _agency,
    "coordinating": lambda codes, case, at: [_agency(code, case, at) for code in codes],
    "field": lambda code, case, at: Field.objects.get(code=code),
    "rule_set": lambda code, case, at: rule_sets_on(timezone.localdate(at)).get(code=code),
    "duplicate_of": lambda key, case, at: Case.objects.get(submission_key=uuid.uuid5(KEYS, key)),
    "attachments": lambda names, case, at: _drawn(names, at),
    "release": lambda names, case, at: list(case.attachments.filter(name__in=[f"{name}.jpg" for name in names])),
    "clock": lambda key, case, at: case.clocks.filter(key=key).latest("pk").pk,
}


def _viewer(username, at):
    user = User.objects.get(username=username)
    return Viewer(user, memberships_of(user, timezone.localdate(at)))


def _sender(case):
    account = case.sender.account
    return Viewer(account) if account else Viewer(opened=frozenset({case.pk}))


def _drawn(names, at):
    files, refused = drafts.keep_uploads([picture(name) for name in names], uuid.uuid4().hex, [])
    if refused:
        raise ValueError(refused)
    Attachment.objects.filter(pk__in=[file.pk for file in files]).update(created_at=at)
    return files


def _recode(case, code):
    """The engine draws codes at random; the sample has the same ones each time."""
    drawn, case.code = case.code, code
    intake.index(case)
    case.save(update_fields=["code", "search_text"])
    replaced = {name: Replace(name, Value(drawn), Value(code)) for name in ("subject", "body")}
    Message.objects.filter(case=case).update(**replaced)


def _mark_sent(case):
    """What the sample's past queued went out then: nothing is mailed to invented people now. Of those who called or
    wrote about an open case, the last news is still to be told."""
    done = Message.objects.filter(case=case)
    if case.is_open:
        last = done.filter(medium=Message.Medium.TASK).order_by("queued_at", "pk").last()
        done = done.exclude(pk=last and last.pk)
    done.update(sent_at=F("queued_at"), given_up_at=None, problem="")
