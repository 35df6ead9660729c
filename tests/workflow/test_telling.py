"""Whom the sweep tells, when and how often: one message a desk and kind, in office hours but for incidents."""

import pytest

from agencies.models import Agency, CalendarSpan, Membership, User
from agencies.roles import Role
from tests.cast import SINCE, Journey, at
from tests.workflow.test_concurrency import at_once
from tests.workflow.ways import accepted, distribute, submit
from workflow.models import Clock, Message, Reminder
from workflow.sweep import sweep
from workflow.telling import DIGEST, NOTICES, tell

OF_REMINDERS = [*NOTICES.values(), "sender_silent"]


def told():
    """[(notice, agency, role, medium)] of what the sweep told of single kinds, in order."""
    sent = Message.objects.filter(notice__in=OF_REMINDERS).select_related("agency")
    return [(each.notice, each.agency and each.agency.code, each.role, each.medium) for each in sent]


def without_its_message(**which):
    return list(Reminder.objects.filter(**which).values_list("told_at", "message"))


@pytest.fixture
def after_the_digest(cast):
    """The morning's digests have gone before anything was filed."""
    sweep(at("2026-03-02 07:00"))


# One message


def test_a_desk_has_one_message_for_all_its_clocks_of_a_kind(after_the_digest, cast):
    for number in range(3):
        cast.files("2026-03-02 08:00", title=f"Việc {number}")
    assert sweep(at("2026-03-02 11:00")).raised == 3
    assert told() == [("desk_due_soon", "trungtam", "operator", "email")]
    message = Message.objects.get(notice="desk_due_soon")
    assert message.subject == "3 việc sắp hết hạn"
    assert (message.case, message.event, message.in_office_hours) == (None, None, True)
    assert set(Reminder.objects.values_list("told_at", "message")) == {(at("2026-03-02 11:00"), message.pk)}


def test_each_kind_and_each_desk_has_its_own(cast, journey):
    """At 14:00:01 the centre's first case is late, the second due soon; the enterprise's is due soon at 14:00."""
    journey("2026-03-02 08:00")
    journey("2026-03-02 08:30")
    distribute(journey("2026-03-02 08:45"), "2026-03-02 09:00", agency="moitruong")
    sweep(at("2026-03-02 09:10"))
    sweep(at("2026-03-02 14:00:01"))
    assert told() == [
        ("desk_due_soon", "trungtam", "operator", "email"),
        ("desk_late", "trungtam", "operator", "email"),
        ("desk_due_soon", "moitruong", "specialist", "email"),
    ]


def test_what_is_late_is_not_told_as_due_soon_any_more(journey):
    way = journey("2026-03-02 08:00")
    sweep(at("2026-03-02 09:00"))
    assert sweep(at("2026-03-02 15:00")).raised == 2
    assert told() == [("desk_late", "trungtam", "operator", "email")]
    late = Message.objects.get(notice="desk_late")
    assert late.subject == f"Đã quá hạn – hồ sơ {way.case.code}"
    assert without_its_message(kind="due_soon") == without_its_message(kind="late") == [(late.queued_at, late.pk)]


def test_a_clock_that_ended_before_anybody_could_be_told_is_not_told_of(journey):
    """Due soon at 11:45, when the offices are closed; distributed before they open again."""
    way = journey("2026-03-02 09:00")
    Clock.objects.filter(case=way.case).update(remind_at=at("2026-03-02 11:45"))
    sweep(at("2026-03-02 09:00"))
    assert sweep(at("2026-03-02 11:45")).raised == 1
    assert (told(), without_its_message()) == ([], [(None, None)])
    distribute(way, "2026-03-02 12:00")
    sweep(at("2026-03-02 13:30"))
    assert (told(), without_its_message()) == ([], [(at("2026-03-02 13:30"), None)])


def test_nor_does_the_digest_count_as_telling_of_it(journey, cast):
    """Late on Monday at the close of work, handed in on Monday evening; something else is in Tuesday's digest."""
    way = journey("2026-03-02 08:00")
    accepted(way)
    sweep(at("2026-03-09 16:00"))
    sweep(at("2026-03-09 17:01"))
    submit(way, "2026-03-09 18:00")
    sweep(at("2026-03-10 07:00"))
    late = Reminder.objects.filter(clock__key="process", kind="late")
    assert {(each.role, each.told_at, each.message) for each in late} == {
        ("specialist", at("2026-03-10 07:00"), None),
        ("leader", at("2026-03-10 07:00"), None),
    }
    digest = Message.objects.get(notice=DIGEST, day="2026-03-10", role="leader")
    assert "Phê duyệt" in digest.body


def test_telling_again_tells_nothing_again(journey):
    journey("2026-03-02 08:00")
    sweep(at("2026-03-02 11:00"))
    before = Message.objects.count()
    assert [tell(at(f"2026-03-02 11:{minute:02}")) for minute in (0, 0, 1, 20)] == [0, 0, 0, 0]
    assert Message.objects.count() == before


# When


def test_incidents_are_told_at_once_at_night_by_mail_and_sms(journey):
    """Saturday 22:00: an hour to receive, a quarter of it left at 22:45."""
    way = journey("2026-03-07 22:00", incident="lighting")
    sweep(at("2026-03-07 22:45"))
    assert told() == [
        ("desk_due_soon", "trungtam", "operator", "email"),
        ("desk_due_soon", "trungtam", "operator", "sms"),
    ]
    mail, sms = Message.objects.filter(notice="desk_due_soon")
    assert (mail.recipient, sms.recipient) == ("trungtam@example.vn", "+84901234567")
    assert {(each.in_office_hours, each.queued_at, each.next_try_at) for each in (mail, sms)} == {
        (False, at("2026-03-07 22:45"), at("2026-03-07 22:45"))
    }
    assert sms.body == (f"KHẨN: hồ sơ {way.case.code} sắp hết hạn lúc 23:00 07/03/2026. Đề nghị xử lý ngay trên Cổng.")


def test_the_supervisor_and_the_leaders_hear_of_a_late_incident_at_night_too(journey, cast):
    """Distributed on Friday 16:30: an hour of work ends on Monday 07:30, escalated on Tuesday at 17:00:01."""
    way = journey("2026-03-06 16:00", incident="lighting")
    way.does("distribute", cast.oanh, "2026-03-06 16:30", field=cast.field(), agency=cast.agency("moitruong"))
    Clock.objects.filter(key="temporary_fix").update(remind_at=None)
    sweep(at("2026-03-09 07:31"))
    sweep(at("2026-03-10 17:00:01"))
    escalated = [each for each in told() if each[0] == "desk_escalated"]
    assert escalated == [
        ("desk_escalated", agency, role, medium)
        for agency, role in (("moitruong", "leader"), ("soxd", "leader"), ("sokhcn", "supervisor"))
        for medium in ("email", "sms")
    ]


def test_what_is_not_urgent_waits_for_the_morning(journey):
    """The wait for the sender ends with Friday 6 March; nobody is told of it before Monday 07:00."""
    way = journey("2026-02-04 08:00")
    way.does("send_back", way.cast.oanh, "2026-02-04 09:00", note="Cho biết số nhà")
    sweep(at("2026-03-06 16:00"))
    sweep(at("2026-03-07 00:00"))
    for tick in ("07 00:01", "07 09:00", "08 09:00", "09 06:59"):
        assert (tick, sweep(at(f"2026-03-{tick}")).told) == (tick, 0)
    assert sweep(at("2026-03-09 07:00")).told == 1
    assert Reminder.objects.get(kind="unanswered").message.notice == DIGEST


def test_over_lunch_too(journey):
    journey("2026-03-02 07:30")
    sweep(at("2026-03-02 07:30"))
    Clock.objects.update(remind_at=at("2026-03-02 11:30"))
    assert (sweep(at("2026-03-02 11:30")).told, sweep(at("2026-03-02 13:29")).told) == (0, 0)
    assert sweep(at("2026-03-02 13:30")).told == 1


def test_at_night_an_incident_does_not_take_the_others_along(journey):
    """Both reminders come due on Sunday night; the mail of the night is of the incident alone."""
    quiet = journey("2026-03-06 16:00")
    urgent = journey("2026-03-08 22:00", incident="lighting")
    sweep(at("2026-03-06 16:30"))
    Clock.objects.filter(case=quiet.case).update(remind_at=at("2026-03-08 22:00"))
    sweep(at("2026-03-08 22:45"))
    night = Message.objects.get(notice="desk_due_soon", medium="email")
    assert (urgent.case.code in night.body, quiet.case.code in night.body) == (True, False)
    assert Reminder.objects.get(clock__case=quiet.case).told_at is None


def test_beyond_the_calendar_incidents_are_still_told(journey, caplog):
    way = journey("2026-03-02 08:00", incident="lighting")
    CalendarSpan.objects.update(last_year=2025, announced_until="2025-12-31")
    CalendarSpan.touch()
    caplog.set_level("CRITICAL")
    Reminder.objects.create(
        clock=way.case.clocks.get(key="receive"), kind="due_soon", agency=Agency.objects.get(code="trungtam"),
        role=Role.OPERATOR, due_at=at("2026-03-02 09:00"), urgent=True, raised_at=at("2026-03-02 08:45"),
    )  # fmt: skip
    assert tell(at("2026-03-02 08:46")) == 2
    assert Message.objects.get(notice="desk_due_soon", medium="email").body.split("\n\n")[2] == (
        f"- {way.case.code}: Tiếp nhận, hạn 09:00 02/03/2026, còn 14 phút"
    )


def test_in_office_hours_an_incident_has_a_message_of_its_own_so_that_the_sms_names_it(after_the_digest, journey):
    quiet, urgent = journey("2026-03-02 07:30"), journey("2026-03-02 09:45", incident="lighting")
    sweep(at("2026-03-02 10:30"))
    bodies = {(each.medium, each.in_office_hours): each.body for each in Message.objects.filter(notice="desk_due_soon")}
    codes = {quiet.case.code: "quiet", urgent.case.code: "urgent"}
    named = {key: [name for code, name in codes.items() if code in body] for key, body in bodies.items()}
    assert named == {("email", False): ["urgent"], ("sms", False): ["urgent"], ("email", True): ["quiet"]}


# Whom


def test_the_agencys_mailbox_serves_where_nobody_has_an_address_of_their_own(after_the_digest, journey):
    journey("2026-03-02 08:00")
    sweep(at("2026-03-02 11:00"))
    User.objects.filter(username="oanh").update(email="oanh@example.vn")
    journey("2026-03-02 13:30")
    sweep(at("2026-03-02 16:30"))
    sent = Message.objects.filter(notice="desk_due_soon").values_list("recipient", flat=True)
    assert list(sent) == ["trungtam@example.vn", "oanh@example.vn"]


def test_a_deputy_is_told_while_the_deputation_lasts(after_the_digest, journey):
    deputy = User.objects.create_user("huy", password="x", email="huy@example.vn")
    Membership.objects.create(
        user=deputy, agency=Agency.objects.get(code="trungtam"), role=Role.OPERATOR, valid_from=SINCE,
        valid_to="2026-03-02",
    )  # fmt: skip
    User.objects.filter(username="oanh").update(email="oanh@example.vn")
    journey("2026-03-02 08:00")
    journey("2026-03-03 08:00")
    sweep(at("2026-03-02 11:00"))
    sweep(at("2026-03-03 07:00"))
    sweep(at("2026-03-03 11:00"))
    sent = Message.objects.filter(notice="desk_due_soon").values_list("queued_at", "recipient")
    assert list(sent) == [
        (at("2026-03-02 11:00"), "huy@example.vn"),
        (at("2026-03-02 11:00"), "oanh@example.vn"),
        (at("2026-03-03 11:00"), "oanh@example.vn"),
    ]


def test_what_an_agency_without_an_address_should_hear_stands_among_what_could_not_be_sent(after_the_digest, journey):
    Agency.objects.update(email="", phone="")
    journey("2026-03-02 08:00")
    sweep(at("2026-03-02 11:00"))
    unsent = Message.objects.filter(agency__code="trungtam").values_list("notice", "recipient", "given_up_at")
    assert list(unsent) == [
        ("centre_lodged", "", at("2026-03-02 08:00")),
        ("desk_due_soon", "", at("2026-03-02 11:00")),
    ]
    assert Reminder.objects.get().message.notice == "desk_due_soon"


def test_one_mailbox_for_two_desks_is_told_once(after_the_digest, journey):
    """Specialist and leader of soxd read the same mailbox; a letter each would say the same twice."""
    way = journey("2026-03-02 08:00")
    distribute(way, "2026-03-02 08:00")
    sweep(at("2026-03-02 14:30"))
    assert [(desk, medium) for notice, _agency, desk, medium in told() if notice == "desk_late"] == [
        ("specialist", "email")
    ]
    late = Reminder.objects.filter(kind="late")
    assert [reminder.message_id for reminder in late] == [late[0].message_id] * 2


def test_what_was_raised_for_an_earlier_due_time_is_not_told(after_the_digest, journey):
    way = journey("2026-03-02 08:00")
    sweep(at("2026-03-02 11:45"))
    assert Reminder.objects.get().told_at is None
    Clock.objects.filter(case=way.case).update(due_at=at("2026-03-03 14:00"))
    sweep(at("2026-03-02 13:30"))
    assert told() == []


def test_a_limit_that_runs_again_is_told_of_what_nobody_heard(after_the_digest, journey, cast):
    """Late on Monday at 17:00:01, submitted at 17:30, nobody was told; rejected on Tuesday it is late all the same."""
    way = journey("2026-02-23 08:00")
    accepted(way, "2026-02-23 10:00", "2026-02-23 15:00")
    sweep(at("2026-03-02 17:00:01"))
    submit(way, "2026-03-02 17:30")
    sweep(at("2026-03-03 07:00"))
    assert [notice for notice, *_rest in told() if notice == "desk_late"] == []
    way.does("reject", cast.lan, "2026-03-03 07:30", reason="unclear", note="Nêu rõ")
    sweep(at("2026-03-03 07:31"))
    assert [(desk, medium) for notice, _agency, desk, medium in told() if notice == "desk_late"] == [
        ("specialist", "email")
    ]


def test_a_clock_set_back_a_day_stops_nothing(journey):
    journey("2026-03-02 08:00")
    sweep(at("2026-03-03 09:00"))
    sweep(at("2026-03-04 09:00"))
    digests = Message.objects.filter(notice="desk_digest", day="2026-03-03").count()
    journey("2026-03-03 08:00")
    sweep(at("2026-03-03 11:00"))
    assert Message.objects.filter(notice="desk_digest", day="2026-03-03").count() == digests
    assert Message.objects.filter(notice="desk_due_soon", queued_at=at("2026-03-03 11:00")).count() == 1


def test_the_parent_hears_of_the_cases_that_its_agency_leads_alone(after_the_digest, journey, cast):
    way = journey("2026-02-23 08:00")
    accepted(way, "2026-02-23 10:00", "2026-02-23 15:00", coordinating=[cast.agency("moitruong")])
    sweep(at("2026-03-06 09:00"))
    escalated = Reminder.objects.filter(clock__key="consult", kind="escalated")
    assert sorted(escalated.values_list("agency__code", "role")) == [("moitruong", "leader"), ("sokhcn", "supervisor")]


@pytest.mark.parametrize(
    ("channel", "way"), [("web", "email"), ("sms", "sms"), ("hotline", "task"), ("letter", "task")]
)
def test_a_silent_sender_is_reminded_once_by_the_channel_the_case_came_by(journey, channel, way):
    case = journey("2026-03-02 08:00", channel=channel)
    case.does("send_back", case.cast.oanh, "2026-03-02 09:00", note="Cho biết số nhà")
    for time in ("08:15", "08:16", "14:00"):
        sweep(at(f"2026-03-25 {time}"))
    assert told() == [("sender_silent", None, "", way)]
    assert Message.objects.get(notice="sender_silent").in_office_hours is False


def test_a_sender_who_completed_in_time_is_not_reminded(journey):
    way = journey("2026-03-02 08:00")
    way.does("send_back", way.cast.oanh, "2026-03-02 09:00", note="Cho biết số nhà")
    way.does("complete", way.cast.sender_of(way.case), "2026-03-20 09:00", content="Số 12.")
    distribute(way, "2026-03-20 10:00")
    sweep(at("2026-03-25 08:15"))
    assert not Message.objects.filter(notice="sender_silent").exists()


# At once


@pytest.mark.postgres_only
@pytest.mark.django_db(transaction=True)
def test_eight_tells_at_once_tell_once(cast):
    for number in range(5):
        distribute(Journey(cast.files("2026-03-02 08:00", title=f"Việc {number}"), cast), "2026-03-02 08:30")
    sweep(at("2026-03-02 11:45"))
    before = Message.objects.count()
    outcomes = at_once([lambda: tell(at("2026-03-02 13:30"))] * 8)
    assert sorted(outcomes) == [0] * 7 + [Message.objects.count() - before]
    told_to = Message.objects.filter(notice=DIGEST).values_list("agency__code", "role")
    assert sorted(told_to) == [("soxd", "leader"), ("soxd", "specialist")]


@pytest.mark.postgres_only
@pytest.mark.django_db(transaction=True)
def test_eight_sweeps_at_once_raise_and_tell_once(cast):
    sweep(at("2026-03-02 07:00"))
    for number in range(5):
        cast.files("2026-03-02 08:00", title=f"Việc {number}")
    outcomes = at_once([lambda: sweep(at("2026-03-02 11:00"))] * 8)
    assert sum(done.raised for done in outcomes) == 5
    sweep(at("2026-03-02 11:01"))
    assert told() == [("desk_due_soon", "trungtam", "operator", "email")]
    assert Reminder.objects.filter(told_at__isnull=False).count() == 5
