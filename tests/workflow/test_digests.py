"""The morning's digest: who is told what, worked out by hand on the confirmed calendar of 2026."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agencies.models import Agency, Membership, User
from agencies.register import current_calendar
from agencies.roles import Role
from tests.cast import SINCE, Journey, at
from tests.workflow.ways import accepted, answered, distribute, submit
from workflow.digests import digest
from workflow.models import Clock, Message, Reminder
from workflow.paging import COUNT_CAP
from workflow.reminders import Desk
from workflow.sweep import sweep
from workflow.telling import DIGEST

MONDAY = "2026-03-09"


def desk(agency, role):
    return Desk(Agency.objects.get(code=agency).pk, role)


def digest_of(agency, role, when):
    return digest(desk(agency, role), at(when), current_calendar())


def digests_sent(day=None):
    """{(agency, role): mail} of the digests, those of a local date only where one is given."""
    sent = Message.objects.filter(notice=DIGEST).select_related("agency")
    if day is not None:
        sent = sent.filter(day=day)
    return {(message.agency.code, message.role): message for message in sent}


def said(message, **letters):
    """What a digest lists, the cases by their letters."""
    body = message.body
    for letter, way in letters.items():
        body = body.replace(way.case.code, letter)
    return [line for line in body.split("\n") if re.search(r":$|^- ", line)]


# A morning


@pytest.fixture
def weekend(journey, cast):
    """Five cases before the weekend of 7 and 8 March, and the ticks until Monday 06:59.

    A was filed on Friday 15:00: due Monday 09:00. B on Thursday 08:00: late since Thursday 14:00, escalated on Friday
    17:00:01. C is with the enterprise since Friday 09:00: late since 15:00, told then. D is processed until Monday
    17:00. E waited for its sender until the end of Friday.
    """
    ways = {
        "E": journey("2026-02-04 08:00", title="E"),
        "D": journey("2026-03-02 08:00", title="D"),
        "B": journey("2026-03-05 08:00", title="B"),
        "C": journey("2026-03-06 08:30", title="C"),
    }
    ways["E"].does("send_back", cast.oanh, "2026-02-04 09:00", note="Cho biết số nhà")
    accepted(ways["D"])
    sweep(at("2026-03-06 07:00"))
    distribute(ways["C"], "2026-03-06 09:00", agency="moitruong")
    ways["A"] = journey("2026-03-06 15:00", title="A")
    for tick in ("06 15:00", "06 15:01", "06 16:59", "06 17:01", "07 00:01", "07 08:00", "08 10:00", "09 06:59"):
        sweep(at(f"2026-03-{tick}"))
    return ways


def test_monday_tells_every_desk_what_is_late_due_and_waiting_and_what_came_up_since_friday(weekend, settings):
    settings.SITE_URL = "https://p"
    before = Message.objects.count()
    sweep(at(f"{MONDAY} 07:00"))
    sent = digests_sent(MONDAY)
    assert {key: message.subject for key, message in sent.items()} == {
        ("trungtam", "operator"): "Công việc ngày 09/03/2026: 1 quá hạn, 1 đến hạn hôm nay",
        ("moitruong", "specialist"): "Công việc ngày 09/03/2026: 1 quá hạn",
        ("moitruong", "leader"): "Công việc ngày 09/03/2026: 1 quá hạn",
        ("soxd", "specialist"): "Công việc ngày 09/03/2026: 1 đến hạn hôm nay",
        ("soxd", "leader"): "Công việc ngày 09/03/2026: 1 đến hạn hôm nay",
        ("sokhcn", "supervisor"): "Công việc ngày 09/03/2026: 2 việc quá hạn trong tỉnh",
    }
    assert Message.objects.count() - before == 6
    late_c = "Xác minh, tiếp nhận hoặc chuyển trả, hạn 15:00 06/03/2026, quá hạn 2 giờ làm việc"
    late_b = "Tiếp nhận, phân phối, hạn 14:00 05/03/2026, quá hạn 1 ngày 3 giờ làm việc"
    late = 'Đã quá hạn (1) – xin hoàn thành ngay và ghi lý do ở mục "Giải trình trễ hạn" của hồ sơ:'
    today = "Đến hạn hôm nay (1) – xin hoàn thành trước giờ ghi dưới đây:"
    to_explain = "- Trễ hạn chưa giải trình: 1 – https://p/can-bo/?stage=explain"
    lists = {key: said(message, **weekend) for key, message in sent.items()}
    assert lists[("trungtam", "operator")] == [
        late,
        f"- B: {late_b}",
        today,
        "- A: Tiếp nhận, phân phối, hạn 09:00 09/03/2026, còn 2 giờ làm việc",
        "Người gửi không bổ sung, đã hết thời gian chờ (1) – xin từ chối vì không đủ thông tin hoặc tiếp tục chờ:",
        "- E: chờ đến 23:59 06/03/2026",
        "Đang chờ xử lý:",
        "- Mới gửi, chờ phân phối: 2 – https://p/can-bo/?stage=intake",
        to_explain,
    ]
    assert lists[("moitruong", "specialist")] == [
        late,
        f"- C: {late_c}",
        "Đang chờ xử lý:",
        "- Chờ xác minh, tiếp nhận: 1 – https://p/can-bo/?stage=verify",
        to_explain,
    ]
    assert lists[("moitruong", "leader")] == [late, f"- C: {late_c}", "Đang chờ xử lý:", to_explain]
    due_d = "- D: Xử lý, hạn 17:00 09/03/2026, còn 1 ngày làm việc"
    assert lists[("soxd", "specialist")] == [
        today,
        due_d,
        "Đang chờ xử lý:",
        "- Đang xử lý: 1 – https://p/can-bo/?stage=process",
    ]
    assert lists[("soxd", "leader")] == [today, due_d]
    assert lists[("sokhcn", "supervisor")] == [
        "Mới quá hạn hơn một ngày làm việc (1) – xin theo dõi, đôn đốc:",
        f"- B – Trung tâm CNTT tỉnh Khánh Hòa: {late_b}",
        "Đang quá hạn trong toàn tỉnh (2), lâu nhất trước:",
        f"- B – Trung tâm CNTT tỉnh Khánh Hòa: {late_b}",
        f"- C – Công ty Môi trường đô thị: {late_c}",
    ]


def test_what_the_digest_told_of_is_told(weekend):
    untold = Reminder.objects.filter(told_at__isnull=True)
    assert {(each.kind, each.agency.code, each.role) for each in untold} == {
        ("escalated", "sokhcn", "supervisor"),
        ("unanswered", "trungtam", "operator"),
    }
    of_monday = [each.pk for each in untold]
    sweep(at(f"{MONDAY} 07:00"))
    told = Reminder.objects.filter(pk__in=of_monday).select_related("message")
    assert {(each.told_at, each.message.notice, each.message.role == each.role) for each in told} == {
        (at(f"{MONDAY} 07:00"), DIGEST, True)
    }


def test_the_parent_reads_on_the_next_morning_what_its_unit_let_pass(weekend):
    for tick in ("09 07:00", "09 17:01", "10 07:00"):
        sweep(at(f"2026-03-{tick}"))
    lines = said(digests_sent("2026-03-10")[("soxd", "leader")], **weekend)
    assert [line for line in lines if "trực thuộc" in line or line.startswith("- C")] == [
        "Đơn vị trực thuộc mới quá hạn hơn một ngày làm việc (1) – kính đề nghị đôn đốc (khoản 3 Điều 16):",
        "- C – Công ty Môi trường đô thị: Xác minh, tiếp nhận hoặc chuyển trả, hạn 15:00 06/03/2026,"
        " quá hạn 1 ngày 2 giờ làm việc",
    ]


def test_it_is_kept_for_office_hours_and_goes_to_the_agencys_mailbox(weekend):
    sweep(at(f"{MONDAY} 07:00"))
    message = digests_sent(MONDAY)[("soxd", "leader")]
    assert (message.medium, message.recipient, message.in_office_hours) == ("email", "soxd@example.vn", True)
    assert (message.case, message.event, str(message.day)) == (None, None, MONDAY)


def test_it_goes_to_the_people_of_the_desk_who_have_an_address_of_their_own(weekend):
    deputy = User.objects.create_user("huy", password="x", email="huy@example.vn")
    for user, role in ((deputy, Role.SPECIALIST), (User.objects.get(username="lan"), Role.OPERATOR)):
        Membership.objects.create(user=user, agency=Agency.objects.get(code="soxd"), role=role, valid_from=SINCE)
    User.objects.filter(username="son").update(email="son@example.vn")
    User.objects.create_user("cu", password="x", email="cu@example.vn")
    sweep(at(f"{MONDAY} 07:00"))
    sent = Message.objects.filter(notice=DIGEST, day=MONDAY, agency__code="soxd", role="specialist")
    assert sorted(sent.values_list("recipient", flat=True)) == ["huy@example.vn", "son@example.vn"]


# Once a working day


def test_a_second_tick_has_no_second_digest(weekend):
    for time in ("07:00", "07:00", "07:01", "13:30", "16:59"):
        sweep(at(f"{MONDAY} {time}"))
    assert Message.objects.filter(notice=DIGEST, day=MONDAY).count() == 6


@pytest.mark.parametrize(
    ("day", "number"),
    [
        ("2026-03-07", 0),
        ("2026-03-08", 0),
        ("2026-02-17", 0),
        ("2026-01-02", 0),
        ("2026-01-10", 1),
        ("2026-03-06", 1),
    ],
)
def test_days_off_have_none_and_a_make_up_saturday_has_one(journey, day, number):
    journey("2025-12-31 08:00")
    for time in ("06:59", "07:00", "11:29", "14:00", "23:00"):
        sweep(at(f"{day} {time}"))
    assert Message.objects.filter(notice=DIGEST, role="operator").count() == number


def test_after_an_outage_of_the_morning_it_comes_with_the_first_tick_of_office_hours(journey):
    journey("2026-03-05 08:00")
    sweep(at("2026-03-06 12:00"))
    assert digests_sent() == {}
    sweep(at("2026-03-06 13:30"))
    assert set(digests_sent("2026-03-06")) == {("trungtam", "operator"), ("sokhcn", "supervisor")}


def test_three_days_of_outage_give_each_desk_one_digest_and_nothing_more(cast):
    """From Friday to Monday noon nothing ran: ten cases at the centre, ten at an enterprise, all late and escalated."""
    sweep(at("2026-03-05 16:00"))
    for number in range(10):
        cast.files("2026-03-05 16:10", title=f"Việc {number}")
        with_agency = Journey(cast.files("2026-03-05 16:10", title=f"Việc khác {number}"), cast)
        distribute(with_agency, "2026-03-05 16:30", agency="moitruong")
    before = set(Message.objects.values_list("pk", flat=True))
    assert sweep(at("2026-03-10 07:30")).raised == 10 * 3 + 10 * 6
    sent = Message.objects.exclude(pk__in=before).select_related("agency")
    assert sorted((message.notice, message.agency.code, message.role) for message in sent) == [
        (DIGEST, "moitruong", "leader"),
        (DIGEST, "moitruong", "specialist"),
        (DIGEST, "sokhcn", "supervisor"),
        (DIGEST, "soxd", "leader"),
        (DIGEST, "trungtam", "operator"),
    ]
    assert not Reminder.objects.filter(told_at__isnull=True).exists()


# Who and what


def test_a_desk_without_people_has_no_digest_and_its_agency_is_told_all_the_same_once(journey, cast):
    way = journey("2026-03-05 15:00")
    distribute(way, "2026-03-05 16:00", agency="moitruong")
    User.objects.filter(username="mai").update(is_active=False)
    Membership.objects.filter(user__username="minh").update(valid_to="2026-03-05")
    sweep(at("2026-03-06 14:00"))
    assert set(digests_sent()) == {("sokhcn", "supervisor")}
    told = Message.objects.filter(agency__code="moitruong", event=None)
    assert sorted(told.values_list("notice", "role", "recipient")) == [
        ("desk_late", "specialist", "moitruong@example.vn"),
    ]


def test_a_desk_that_only_oversees_open_cases_is_left_in_peace(journey):
    way = journey("2026-03-02 08:00")
    accepted(way)
    assert digest_of("soxd", Role.SPECIALIST, "2026-03-03 07:00") == {
        "today": at("2026-03-03 07:00").date(),
        "waiting": [{"key": "process", "label": "Đang xử lý", "count": "1"}],
    }
    assert digest_of("soxd", Role.LEADER, "2026-03-03 07:00") is None
    assert digest_of("trungtam", Role.OPERATOR, "2026-03-03 07:00") is None
    assert digest_of("sokhcn", Role.SUPERVISOR, "2026-03-03 07:00") is None


def test_a_leader_reads_what_waits_for_approval(journey):
    way = journey("2026-03-02 08:00")
    accepted(way)
    submit(way, "2026-03-03 16:00")
    found = digest_of("soxd", Role.LEADER, "2026-03-04 07:00")
    assert [(row["code"], row["label"]) for row in found["due_today"]["clocks"]] == [(way.case.code, "Phê duyệt")]
    assert found["waiting"] == [{"key": "approve", "label": "Chờ phê duyệt", "count": "1"}]
    assert digest_of("soxd", Role.SPECIALIST, "2026-03-04 07:00") is None


def test_a_duty_that_began_overnight_stands_there_although_it_is_not_due_today(journey):
    """Received on 2 March: 15 working days end on 23 March at 17:00, the first duty runs to 30 March."""
    way = journey("2026-03-02 08:00", channel="national_portal", national_code="QG.1")
    sweep(at("2026-03-23 17:01"))
    found = digest_of("trungtam", Role.OPERATOR, "2026-03-24 07:00")
    assert [(row["code"], row["label"], row["remaining"]) for row in found["soon"]["clocks"]] == [
        (way.case.code, "Cập nhật tình hình khi đã quá hạn", "còn 5 ngày làm việc")
    ]
    sweep(at("2026-03-24 07:00"))
    assert "soon" not in digest_of("trungtam", Role.OPERATOR, "2026-03-25 07:00")


def test_operators_read_of_calls_to_make_and_of_messages_that_could_not_be_sent(journey):
    way = journey("2026-03-02 08:00", channel="hotline")
    answered(way)
    Message.objects.filter(medium="task").update(sent_at=None)
    assert digest_of("trungtam", Role.OPERATOR, "2026-03-06 07:00") == {
        "today": at("2026-03-06 07:00").date(),
        "tasks": "3",
    }
    Message.objects.filter(medium="task").update(sent_at=at("2026-03-05 17:00"))
    Message.objects.filter(notice="agency_distributed").update(given_up_at=at("2026-03-05 17:00"))
    assert digest_of("trungtam", Role.OPERATOR, "2026-03-06 07:00")["unsent"] == "1"
    assert digest_of("soyt", Role.LEADER, "2026-03-06 07:00") is None


def test_incidents_are_told_at_once_and_the_digest_does_not_swallow_them(journey):
    journey("2026-03-06 06:10", incident="lighting")
    sweep(at("2026-03-06 07:15"))
    kinds = Reminder.objects.filter(agency__code="trungtam").values_list("kind", "message__notice")
    assert sorted(kinds) == [("due_soon", "desk_late"), ("late", "desk_late")]


def test_a_late_opinion_is_listed_at_the_agency_that_was_asked_alone(journey, cast):
    way = journey("2026-03-02 08:00")
    accepted(way, coordinating=[cast.agency("soyt")])
    found = digest_of("soyt", Role.SPECIALIST, "2026-03-09 07:00")
    assert [row["label"] for row in found["late"]["clocks"]] == ["Cho ý kiến phối hợp"]
    assert "late" not in digest_of("soxd", Role.SPECIALIST, "2026-03-09 07:00")


def test_operators_read_which_unconfirmed_days_could_move_a_running_limit(journey, cast, settings):
    """Accepted on 18 November 2026: five working days run over the 23rd, whose swap was only proposed."""
    way = journey("2026-11-18 08:00")
    accepted(way, "2026-11-18 09:00", "2026-11-18 10:00")
    sweep(at("2026-11-19 07:00"))
    sent = digests_sent()
    assert set(sent) == {("trungtam", "operator"), ("soxd", "specialist")}
    assert said(sent[("trungtam", "operator")]) == [
        "Ngày chưa xác nhận trong lịch làm việc; nếu được xác nhận, thời hạn đang chạy qua ngày đó có thể thay đổi:",
        "- 23/11/2026, nghỉ hoán đổi: Đề xuất hoán đổi sang thứ Bảy 28/11 – 1 thời hạn",
    ]


@pytest.mark.parametrize(
    ("due", "name"),
    [
        ("2026-03-06 06:59:59", "late"),
        ("2026-03-06 07:00:00", "due_today"),
        ("2026-03-06 23:59:59", "due_today"),
        ("2026-03-07 00:00:00", None),
    ],
)
def test_today_is_from_now_to_local_midnight(journey, due, name):
    way = journey("2026-03-05 16:00")
    way.case.clocks.update(due_at=at(due))
    found = digest_of("trungtam", Role.OPERATOR, "2026-03-06 07:00")
    assert [key for key in found if key not in ("today", "waiting")] == ([name] if name else [])


def test_last_days_for_a_branch_are_neither_due_nor_late(journey):
    """National: refusing and sending back have their last days on 4 and 9 March, as distributing has on the 9th."""
    journey("2026-03-02 08:00", channel="national_portal", national_code="QG.1")
    for day in ("04", "05"):
        assert set(digest_of("trungtam", Role.OPERATOR, f"2026-03-{day} 07:00")) == {"today", "waiting"}
    late = digest_of("trungtam", Role.OPERATOR, "2026-03-10 07:00")["late"]["clocks"]
    assert [row["label"] for row in late] == ["Chuyển người trực tiếp xử lý"]


# Size


@pytest.mark.parametrize(("number", "listed", "more"), [(1, 1, ""), (20, 20, ""), (23, 20, "3")])
def test_twenty_are_listed_and_the_others_counted(cast, number, listed, more):
    for position in range(number):
        cast.files(f"2026-03-05 08:{position:02}", title=f"Việc {position}")
    late = digest_of("trungtam", Role.OPERATOR, "2026-03-06 07:00")["late"]
    assert (len(late["clocks"]), late["count"], late["more"]) == (listed, str(number), more)
    province = digest_of("sokhcn", Role.SUPERVISOR, "2026-03-06 07:00")["province"]
    assert [row["code"] for row in province["clocks"]] == [row["code"] for row in late["clocks"]]
    due = [row["due_at"] for row in late["clocks"]]
    assert due == sorted(due)


def test_beyond_a_thousand_nobody_counts(cast):
    case = cast.files("2026-03-05 08:00")
    clock = case.clocks.get()
    copies = [{"sequence": number, "pk": None} for number in range(1, COUNT_CAP + 1)]
    Clock.objects.bulk_create(Clock(**{**_columns(clock), **copy}) for copy in copies)
    late = digest_of("trungtam", Role.OPERATOR, "2026-03-06 07:00")["late"]
    assert (len(late["clocks"]), late["count"], late["more"]) == (20, "1.000+", "hơn 980")


def _columns(clock):
    return {
        field.attname: getattr(clock, field.attname) for field in clock._meta.concrete_fields if field.attname != "id"
    }


@pytest.mark.parametrize(
    ("agency", "role", "queries"),
    [
        ("trungtam", Role.OPERATOR, 11),
        ("moitruong", Role.SPECIALIST, 6),
        ("moitruong", Role.LEADER, 6),
        ("sokhcn", Role.SUPERVISOR, 7),
    ],
)
@pytest.mark.parametrize("number", [1, 9])
def test_the_queries_do_not_grow_with_the_limits(cast, agency, role, queries, number):
    for position in range(number):
        cast.files("2026-03-05 08:00", title=f"Việc {position}")
        distribute(Journey(cast.files("2026-03-05 08:00"), cast), "2026-03-05 09:00", agency="moitruong")
    sweep(at("2026-03-06 18:00"))
    calendar, asked = current_calendar(), desk(agency, role)
    with CaptureQueriesContext(connection) as captured:
        assert digest(asked, at("2026-03-09 07:00"), calendar)
    assert len(captured) == queries, [query["sql"] for query in captured]
