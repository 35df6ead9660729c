"""What the sweep raises and when: every moment is worked out by hand on the confirmed calendar of March 2026."""

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from tests.cast import LOCAL, at
from tests.workflow.ways import accepted, distribute, submit
from workflow.models import Clock, Heartbeat, Reminder
from workflow.sweep import sweep

NATIONAL = {"channel": "national_portal", "national_code": "QG.1"}


def raised(way=None):
    """[(limit, kind, agency, role)] in the order in which they were raised."""
    found = Reminder.objects.select_related("clock", "agency")
    if way is not None:
        found = found.filter(clock__case=way.case)
    return [(each.clock.key, each.kind, each.agency and each.agency.code, each.role) for each in found]


def next_reminder(way, key):
    clock = way.case.clocks.filter(key=key).latest("pk")
    return clock.reminder, clock.remind_at and clock.remind_at.astimezone(LOCAL).strftime("%Y-%m-%d %H:%M:%S")


# When


def test_a_limit_of_hours_is_due_soon_when_a_quarter_of_its_office_hours_is_left(journey):
    way = journey("2026-03-02 08:00")
    assert next_reminder(way, "intake") == ("due_soon", "2026-03-02 11:00:00")
    sweep(at("2026-03-02 10:59"))
    assert raised() == []
    sweep(at("2026-03-02 11:00"))
    assert raised() == [("intake", "due_soon", "trungtam", "operator")]


def test_a_limit_of_days_counts_the_quarter_in_office_hours_too(journey, cast):
    """From Monday 15:00 to the close of the next Monday are 42 hours of work; 10½ before the end is Friday 14:30."""
    way = journey("2026-03-02 08:00")
    accepted(way)
    assert way.due("process") == "2026-03-09 17:00"
    assert next_reminder(way, "process") == ("due_soon", "2026-03-06 14:30:00")


def test_limits_that_run_day_and_night_count_the_quarter_in_real_time(journey):
    way = journey("2026-03-07 22:00", incident="lighting")
    assert next_reminder(way, "receive") == ("due_soon", "2026-03-07 22:45:00")


def test_late_is_raised_the_second_after_the_due_time_and_escalated_one_working_day_later(journey):
    way = journey("2026-03-02 08:00")
    distribute(way, "2026-03-02 09:00", agency="moitruong")
    assert way.due("verify") == "2026-03-02 15:00"
    sweep(at("2026-03-02 15:00"))
    assert [kind for _key, kind, *_desk in raised()] == ["due_soon"]
    sweep(at("2026-03-02 15:00:01"))
    assert raised()[1:] == [
        ("verify", "late", "moitruong", "specialist"),
        ("verify", "late", "moitruong", "leader"),
    ]
    assert next_reminder(way, "verify") == ("escalated", "2026-03-03 17:00:01")
    sweep(at("2026-03-03 17:00:01"))
    assert raised()[3:] == [
        ("verify", "escalated", "moitruong", "leader"),
        ("verify", "escalated", "soxd", "leader"),
        ("verify", "escalated", "sokhcn", "supervisor"),
    ]
    assert next_reminder(way, "verify") == ("nothing", None)


def test_what_the_centre_lets_pass_goes_to_the_supervisor(journey):
    journey("2026-03-02 08:00")
    sweep(at("2026-03-04 08:00"))
    assert raised() == [
        ("intake", "due_soon", "trungtam", "operator"),
        ("intake", "late", "trungtam", "operator"),
        ("intake", "escalated", "sokhcn", "supervisor"),
    ]


def test_a_leaders_limit_warns_the_leader_once(journey, cast):
    way = journey("2026-03-02 08:00")
    accepted(way)
    submit(way, "2026-03-03 08:00")
    sweep(at("2026-03-03 14:00:01"))
    assert raised() == [("approve", "due_soon", "soxd", "leader"), ("approve", "late", "soxd", "leader")]


def test_an_opinion_is_due_from_the_agency_that_was_asked(journey, cast):
    way = journey("2026-03-02 08:00")
    accepted(way, coordinating=[cast.agency("soyt")])
    sweep(at("2026-03-06 17:00:01"))
    assert ("consult", "late", "soyt", "specialist") in raised()
    assert not [each for each in raised() if each[0] == "consult" and each[2] == "soxd"]


def test_the_sender_is_reminded_before_the_wait_ends_and_the_operator_when_it_has(journey, cast):
    """From 2 March 09:00 to the end of 1 April are 735 hours; 183¾ before that is 25 March 08:15."""
    way = journey("2026-03-02 08:00")
    way.does("send_back", cast.oanh, "2026-03-02 09:00", note="Cho biết số nhà")
    assert next_reminder(way, "silence") == ("silent", "2026-03-25 08:15:00")
    sweep(at("2026-03-25 08:15"))
    assert raised() == [("silence", "silent", None, "sender")]
    sweep(at("2026-04-02 08:00"))
    assert raised()[1:] == [("silence", "unanswered", "trungtam", "operator")]
    assert next_reminder(way, "silence") == ("nothing", None)


def test_last_days_for_a_branch_warn_nobody(journey):
    way = journey("2026-03-02 08:00", **NATIONAL)
    sweep(at("2026-03-31 08:00"))
    assert {key for key, *_rest in raised(way)} == {"distribute", "answer", "update"}


# Recurring duties (A12)


def test_duties_begin_without_anybody_touching_the_case(journey):
    """Received on 2 March: 15 working days end on 23 March; duties run to 30 March and to 6 April."""
    way = journey("2026-03-02 08:00", **NATIONAL)
    sweep(at("2026-03-23 17:00"))
    assert not way.case.clocks.filter(key="update").exists()
    sweep(at("2026-03-23 17:00:01"))
    assert [way.due("update")] == ["2026-03-30 17:00"]
    assert ("update", "duty", "trungtam", "operator") in raised()
    sweep(at("2026-03-24 17:00:01"))
    assert next_reminder(way, "answer") == ("next_duty", "2026-03-30 17:00:01")
    sweep(at("2026-03-30 17:00"))
    assert way.due("update") == "2026-03-30 17:00"
    sweep(at("2026-03-30 17:00:01"))
    assert way.due("update") == "2026-04-06 17:00"
    assert next_reminder(way, "answer") == ("next_duty", "2026-04-06 17:00:01")


def test_a_duty_that_was_met_early_does_not_keep_the_next_from_beginning(journey, cast):
    way = journey("2026-03-02 08:00", **NATIONAL)
    sweep(at("2026-03-23 17:01"))
    way.does("progress", cast.oanh, "2026-03-24 09:00", note="Đang xác minh")
    sweep(at("2026-03-31 08:00"))
    duties = way.case.clocks.filter(key="update").order_by("sequence")
    assert [(duty.sequence, duty.ending) for duty in duties] == [(1, "met"), (2, "running")]


def test_an_outage_of_three_weeks_makes_every_duty_with_its_true_due_time(journey):
    way = journey("2026-03-02 08:00", **NATIONAL)
    sweep(at("2026-04-14 09:00"))
    duties = way.case.clocks.filter(key="update").order_by("sequence")
    assert [duty.due_at.astimezone(LOCAL).strftime("%d/%m %H:%M") for duty in duties] == [
        "30/03 17:00", "06/04 17:00", "13/04 17:00", "20/04 17:00",
    ]  # fmt: skip
    case = way.fresh()
    assert case.next_due_at == way.case.clocks.get(key="distribute").due_at


# Once


def test_sweeping_again_raises_nothing_again(journey):
    journey("2026-03-02 08:00")
    assert sweep(at("2026-03-02 11:00")).raised == 1
    assert sweep(at("2026-03-02 11:00")).raised == 0
    assert sweep(at("2026-03-02 10:00")).raised == 0


def test_the_database_refuses_a_second_reminder_of_the_same_clock_kind_desk_and_due_time(journey):
    journey("2026-03-02 08:00")
    sweep(at("2026-03-02 11:00"))
    again = Reminder.objects.get()
    again.pk = None
    with pytest.raises(IntegrityError):
        again.save(force_insert=True)


def test_a_clock_that_ended_is_not_raised(journey):
    way = journey("2026-03-02 08:00")
    distribute(way, "2026-03-02 10:30")
    sweep(at("2026-03-02 11:30"))
    assert [key for key, *_rest in raised()] == []


def test_a_limit_that_runs_again_goes_on_with_its_reminders(journey, cast):
    way = journey("2026-03-02 08:00")
    accepted(way)
    sweep(at("2026-03-06 14:30"))
    submit(way, "2026-03-09 15:00")
    sweep(at("2026-03-10 08:00"))
    way.does("reject", cast.lan, "2026-03-10 08:10", reason="unclear", note="Nêu rõ")
    sweep(at("2026-03-10 08:15"))
    assert [(kind, role) for key, kind, _agency, role in raised() if key == "process"] == [
        ("due_soon", "specialist"), ("late", "specialist"), ("late", "leader"),
    ]  # fmt: skip


def test_the_heartbeat_says_when_the_last_sweep_came_to_its_end(journey):
    sweep(at("2026-03-02 08:00"))
    sweep(at("2026-03-02 08:01"))
    assert Heartbeat.objects.get(job="sweep").at == at("2026-03-02 08:01")


def test_what_lies_beyond_the_calendar_is_tried_again_the_next_day(journey, cast, caplog):
    way = journey("2026-03-02 08:00")
    end = at("2027-12-31 16:00")
    Clock.objects.filter(case=way.case).update(due_at=end, reminder="late", remind_at=end)
    sweep(at("2027-12-31 16:30"))
    assert [kind for _key, kind, *_rest in raised()] == ["late"]
    assert next_reminder(way, "intake") == ("late", "2028-01-01 16:30:00")
    assert "The calendar ends before the next reminder" in caplog.text


def test_a_duty_beyond_the_calendar_stops_no_other_reminder(journey, cast, caplog):
    way = journey("2026-03-02 08:00", **NATIONAL)
    end = at("2027-12-30 17:00")
    Clock.objects.filter(case=way.case, key="answer").update(due_at=end, reminder="late", remind_at=end)
    other = journey("2026-03-02 08:00")
    Clock.objects.filter(case=other.case).update(due_at=end, reminder="late", remind_at=end)
    sweep(at("2027-12-31 08:00"))
    assert ("intake", "late", "trungtam", "operator") in raised(other)
    assert ("answer", "late", "trungtam", "operator") in raised(way)
    assert next_reminder(way, "answer") == ("escalated", "2027-12-31 17:00:01")
    sweep(at("2027-12-31 17:01"))
    assert ("answer", "escalated", "sokhcn", "supervisor") in raised(way)
    assert next_reminder(way, "answer") == ("escalated", "2028-01-01 17:01:00")
    assert "The calendar ends before the next duty" in caplog.text


def test_a_duty_beyond_the_calendar_keeps_nobody_from_working_on_the_case(journey, cast):
    way = journey("2026-03-02 08:00", **NATIONAL)
    accepted(way, "2026-03-02 09:00", "2026-03-02 10:00")
    Clock.objects.filter(case=way.case, key="answer").update(due_at=at("2027-12-30 17:00"))
    way.does("progress", cast.son, "2027-12-31 08:00", note="Đang khảo sát")
    assert way.case.events.last().action == "progress"


@pytest.mark.parametrize("cases", [1, 12])
def test_a_sweep_that_finds_nothing_asks_little_however_many_cases_are_open(cast, cases, django_assert_max_num_queries):
    for number in range(cases):
        cast.files("2026-03-02 08:00", title=f"Việc {number}")
    sweep(at("2026-03-02 08:05"))
    with django_assert_max_num_queries(14):
        sweep(at("2026-03-02 08:06"))


@pytest.mark.parametrize("cases", [1, 12])
def test_the_queries_of_a_pass_do_not_grow_with_the_clocks_that_are_due(cast, cases):
    sweep(at("2026-03-02 08:00"))
    for number in range(cases):
        cast.files("2026-03-02 08:00", title=f"Việc {number}")
    with CaptureQueriesContext(connection) as captured:
        assert sweep(at("2026-03-02 11:00")).raised == cases
    assert len(captured) <= 37, len(captured)
