"""A fixed cast: one province in small, the same people in every test, and time that a test sets itself.

The centre: Oanh and Phúc (operators). The department of science: Tâm (supervisor). The administrator: Quang.
soxd: Sơn drafts, Lan leads; it oversees moitruong (Mai, Minh). soyt: Yến, Hải. dienluc: Điệp, Dũng. nhatrang: Nga, Nam.
The citizen: Bà Cúc, who files without an account; Anh Bình, who has one.
"""

import copy
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command

from agencies.models import (
    AdministrativeUnit,
    Agency,
    CalendarDay,
    CalendarSpan,
    Field,
    Limit,
    Membership,
    OfficeHours,
    Revision,
    RuleSet,
    User,
)
from agencies.register import memberships_of
from agencies.roles import Role
from submissions.intake import Lodgement
from submissions.models import Case
from submissions.viewers import ANONYMOUS, Viewer
from workflow.engine import open_case, perform

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
DATA = Path(__file__).resolve().parent.parent / "agencies" / "data"
SINCE = date(2022, 1, 1)

AGENCIES = {
    "ubndtinh": ("UBND tỉnh Khánh Hòa", "province", None),
    "trungtam": ("Trung tâm CNTT tỉnh Khánh Hòa", "centre", None),
    "sokhcn": ("Sở Khoa học và Công nghệ", "reporting", "ubndtinh"),
    "soxd": ("Sở Xây dựng", "department", "ubndtinh"),
    "soyt": ("Sở Y tế", "department", "ubndtinh"),
    "moitruong": ("Công ty Môi trường đô thị", "enterprise", "soxd"),
    "dienluc": ("Điện lực Khánh Hòa", "enterprise", "ubndtinh"),
    "nhatrang": ("UBND phường Nha Trang", "commune", "ubndtinh"),
}
PEOPLE = {
    "oanh": ("Trần Thị Oanh", "trungtam", Role.OPERATOR),
    "phuc": ("Lê Hồng Phúc", "trungtam", Role.OPERATOR),
    "tam": ("Võ Minh Tâm", "sokhcn", Role.SUPERVISOR),
    "quang": ("Đỗ Quang", "trungtam", Role.ADMINISTRATOR),
    "son": ("Nguyễn Văn Sơn", "soxd", Role.SPECIALIST),
    "lan": ("Phạm Thị Lan", "soxd", Role.LEADER),
    "mai": ("Hồ Thị Mai", "moitruong", Role.SPECIALIST),
    "minh": ("Ngô Minh", "moitruong", Role.LEADER),
    "yen": ("Đặng Thị Yến", "soyt", Role.SPECIALIST),
    "hai": ("Bùi Hải", "soyt", Role.LEADER),
    "diep": ("Lý Thị Điệp", "dienluc", Role.SPECIALIST),
    "dung": ("Trương Dũng", "dienluc", Role.LEADER),
    "nga": ("Phan Thị Nga", "nhatrang", Role.SPECIALIST),
    "nam": ("Mai Văn Nam", "nhatrang", Role.LEADER),
}
PASSWORD = "mat-khau-cho-kiem-thu"


def at(text):
    """A local moment: `at("2026-03-02 09:12")`."""
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL)


REFERENCE = (RuleSet, Limit, CalendarSpan, CalendarDay, OfficeHours)
loaded = {}


def load_reference_data():
    """Rule sets and calendar by the real commands; the rows that they made serve every later test of this process."""
    if REFERENCE[0] not in loaded:
        rules = [path for path in sorted((DATA / "rules").glob("*.toml")) if path.stem != "house"]
        call_command("load_rules", *map(str, rules), verbosity=0)
        call_command("load_calendar", str(DATA / "calendar.csv"), write=True, verbosity=0)
        loaded.update({model: list(model.objects.all()) for model in REFERENCE})
        return
    for model in REFERENCE:
        model.objects.bulk_create(loaded[model])


PROVINCE = (AdministrativeUnit, Field, Agency, User, Membership)


def people_the_province():
    """Made once by a process; later tests get the same rows again, keys and all."""
    if PROVINCE[0] not in loaded:
        _people_the_province()
        loaded.update({model: list(model.objects.order_by("pk")) for model in PROVINCE})
        return
    for model in PROVINCE:
        model.objects.bulk_create(copy.deepcopy(loaded[model]))


def _people_the_province():
    province = AdministrativeUnit.objects.create(code="56", level="province", kind="tỉnh", name="Tỉnh Khánh Hòa")
    AdministrativeUnit.objects.create(
        code="22366", level="commune", kind="phường", name="Phường Nha Trang", parent=province
    )
    AdministrativeUnit.objects.create(
        code="22420", level="commune", kind="phường", name="Phường Cam Ranh", parent=province
    )
    for position, (code, name) in enumerate({"ha-tang-do-thi": "Hạ tầng đô thị", "y-te": "Y tế"}.items()):
        Field.objects.create(code=code, name=name, position=position)
    for code, (name, kind, parent) in AGENCIES.items():
        Agency.objects.create(
            code=code, name=name, kind=kind, valid_from=SINCE, email=f"{code}@example.vn", phone="+84901234567",
            parent=Agency.objects.get(code=parent) if parent else None,
        )  # fmt: skip
    for username, (name, agency, role) in PEOPLE.items():
        user = User.objects.create_user(
            username, password=PASSWORD, full_name=name, is_staff=role == Role.ADMINISTRATOR
        )
        Membership.objects.create(user=user, agency=Agency.objects.get(code=agency), role=role, valid_from=SINCE)
    User.objects.create_user("binh", password=PASSWORD, full_name="Trần Bình")


class Cast:
    """Who is who: `cast.oanh` is Oanh as a viewer, `cast.agency("soxd")` an agency, `cast.files()` a new case."""

    def __getattr__(self, username):
        if username not in PEOPLE and username != "binh":
            raise AttributeError(username)
        user = User.objects.get(username=username)
        return Viewer(user, memberships_of(user, date(2026, 3, 2)))

    @staticmethod
    def agency(code):
        return Agency.objects.get(code=code)

    @staticmethod
    def field(code="ha-tang-do-thi"):
        return Field.objects.get(code=code)

    @staticmethod
    def sender_of(case):
        """Whoever knows the case's code and phone."""
        return Viewer(opened=frozenset({case.pk}))

    @staticmethod
    def lodgement(**changes):
        values = {
            "full_name": "Nguyễn Thị Cúc", "commune": AdministrativeUnit.objects.get(code="22366"),
            "address": "12 Trần Phú", "phone": "+84912345678", "email": "cuc@example.vn",
            "title": "Đèn đường hỏng", "content": "Đèn đường trước số 12 Trần Phú không sáng ba hôm nay.",
            "consent_at": at("2026-03-02 08:00"), "place": "12 Trần Phú",
        }  # fmt: skip
        return Lodgement(**values | changes)

    def files(self, when="2026-03-02 08:00", viewer=ANONYMOUS, **changes):
        return open_case(self.lodgement(**changes), viewer, now=at(when))


@dataclass
class Journey:
    """A case carried from hand to hand: `journey.does("accept", cast.son, "2026-03-02 14:00")`."""

    case: Case
    cast: Cast
    log: list = field(default_factory=list)

    def does(self, key, viewer, when, **data):
        self.case = perform(self.case.pk, key, viewer, data, now=at(when))
        self.log.append((key, self.case.state))
        return self.case

    def fresh(self):
        self.case = Case.objects.select_related("sender", "agency", "rule_set").get(pk=self.case.pk)
        return self.case

    def clocks(self, when):
        """`{(key, sequence or nth): outcome}` of the clocks shown, in order of start."""
        now = at(when)
        return [(clock.key, str(clock.outcome_at(now))) for clock in self.case.clocks.exclude(ending="superseded")]

    def due(self, key):
        """The latest due time of a limit, local, to the minute."""
        clock = self.case.clocks.filter(key=key).latest("pk")
        return clock.due_at.astimezone(LOCAL).strftime("%Y-%m-%d %H:%M")


@pytest.fixture
def cast(db):
    """The province in small. Loads what a flush after a transactional test may have taken."""
    if not CalendarSpan.objects.exists():
        load_reference_data()
    people_the_province()
    Revision.touch()
    return Cast()


@pytest.fixture
def journey(cast):
    """`journey(...)` files a case with changes to Bà Cúc's and hands back its Journey."""

    def start(when="2026-03-02 08:00", **changes):
        return Journey(cast.files(when, **changes), cast)

    return start
