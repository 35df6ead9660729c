"""What a change of the calendar does to running limits. Every due time is worked out by hand.

In November 2026 the 23rd is a Monday (off, where the proposal is confirmed), the 24th a holiday, the 28th a Saturday
(worked, where the proposal is confirmed).
"""

from datetime import date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agencies.models import CalendarDay, CalendarSpan, OfficeHours, User
from agencies.register import current_calendar
from tests.cast import LOCAL, at
from tests.workflow.ways import accepted, ask, clocks_of, distribute, give_back, running, submit
from workflow import calendar_changes, engine
from workflow.models import CaseEvent, Clock, Message, Reminder
from workflow.sweep import sweep

NATIONAL = {"channel": "national_portal", "national_code": "QG.1"}
NOW = "2026-11-20 17:30"
REASON = "Thông báo 12345/TB-BNV"


def confirm(*days):
    for day in days:
        row = CalendarDay.objects.get(date=day)
        row.confirmed = True
        row.save()


def declare(day, kind, **more):
    CalendarDay.objects.create(date=day, kind=kind, name="Nghỉ đột xuất", confirmed=True, **more)


def take_back(day):
    CalendarDay.objects.get(date=day).delete()


MONDAY, SATURDAY = date(2026, 11, 23), date(2026, 11, 28)


def local(moment):
    return moment and moment.astimezone(LOCAL).strftime("%Y-%m-%d %H:%M")


def shown(found):
    """[(limit, from, to)] of what would move."""
    return [(move.label, local(move.due_at), local(move.to)) for move in found.moves]


def apply(when=NOW, user=None):
    return calendar_changes.apply(calendar_changes.pending(at(when)), user, REASON, at(when))


def dues(way):
    found = Clock.objects.filter(case=way.case).order_by("pk")
    return [(clock.key, clock.ending, local(clock.due_at)) for clock in found]


def recounts(way):
    return list(CaseEvent.objects.filter(case=way.case, action="recount"))


@pytest.fixture
def home_affairs(settings):
    settings.DEFAULT_RULE_SET = "home-affairs-2018"


# Every rule set


def test_nothing_is_pending_while_the_calendar_stays_as_it_is(journey):
    accepted(journey("2026-11-18 08:00"), "2026-11-18 09:00", "2026-11-18 10:00")
    found = calendar_changes.pending(at(NOW))
    assert (found.moves, found.confirmed, found.beyond, found.case_ids) == ([], 0, {}, [])


def test_a_day_off_moves_the_five_days_of_khanh_hoa(journey, cast):
    """Accepted on Wednesday the 18th: 19, 20, 23, 25, 26; without the 23rd to the 27th."""
    way = journey("2026-11-18 08:00")
    accepted(way, "2026-11-18 09:00", "2026-11-18 10:00")
    confirm(MONDAY)
    found = calendar_changes.pending(at(NOW))
    assert shown(found) == [("Xử lý", "2026-11-26 17:00", "2026-11-27 17:00")]
    assert (found.moves[0].code, found.moves[0].holder, found.cases) == (way.case.code, "Sở Xây dựng", 1)
    assert apply() == (1, 1)
    assert way.due("process") == "2026-11-27 17:00"
    assert calendar_changes.pending(at(NOW)).case_ids == []


def test_a_make_up_day_counts_as_the_swap_has_it(journey, cast):
    """Accepted on Thursday the 19th: 20, 23, 25, 26, 27; with the swap 20, 25, 26, 27, 28 (a Saturday)."""
    way = journey("2026-11-19 08:00")
    accepted(way, "2026-11-19 09:00", "2026-11-19 10:00")
    assert way.due("process") == "2026-11-27 17:00"
    confirm(MONDAY, SATURDAY)
    assert apply() == (1, 1)
    assert way.due("process") == "2026-11-28 17:00"


def test_working_hours_go_on_behind_the_day_off(journey, cast):
    """Four hours from Friday 16:00 end on Monday at 10:00, or on Wednesday."""
    way = journey("2026-11-20 15:00")
    distribute(way, "2026-11-20 16:00")
    assert way.due("verify") == "2026-11-23 10:00"
    confirm(MONDAY)
    assert apply() == (1, 1)
    assert way.due("verify") == "2026-11-25 10:00"


def test_the_instant_procedure_moves_in_its_office_hours_alone(journey, cast):
    way = journey("2026-11-20 14:30", incident="lighting")
    confirm(MONDAY)
    assert calendar_changes.pending(at("2026-11-20 14:40")).moves == []
    take_back(MONDAY)
    distribute(way, "2026-11-20 15:00")
    assert way.due("temporary_fix") == "2026-11-23 15:00"
    declare(MONDAY, "swapped_off")
    assert shown(calendar_changes.pending(at("2026-11-20 15:10"))) == [
        ("Khắc phục tạm thời", "2026-11-23 15:00", "2026-11-25 15:00")
    ]


def test_the_fifteen_days_of_the_national_portal(journey):
    """From 2 November: 3–6, 9–13, 16–20 are fourteen, the 23rd the fifteenth; without it the 25th."""
    way = journey("2026-11-02 08:00", **NATIONAL)
    assert way.due("answer") == "2026-11-23 17:00"
    confirm(MONDAY)
    assert shown(calendar_changes.pending(at(NOW))) == [("Trả lời người gửi", "2026-11-23 17:00", "2026-11-25 17:00")]
    assert apply() == (1, 1)
    assert way.due("answer") == "2026-11-25 17:00"


def test_the_twenty_days_of_home_affairs_end_on_no_day_off(home_affairs, journey):
    """From 3 November to the 23rd, or, where that is off, to the end of the 25th."""
    way = journey("2026-11-03 08:00")
    assert way.due("answer") == "2026-11-23 23:59"
    confirm(MONDAY)
    assert apply() == (1, 1)
    assert way.due("answer") == "2026-11-25 23:59"


def test_a_case_that_waits_for_its_sender_waits_to_a_working_day(journey, cast):
    """Thirty days from 23 October end on Sunday the 22nd, so on Monday; or on Wednesday."""
    way = journey("2026-10-23 08:00")
    way.does("send_back", cast.oanh, "2026-10-23 09:00", note="Cho biết số nhà")
    assert way.due("silence") == "2026-11-23 23:59"
    confirm(MONDAY)
    assert apply() == (1, 1)
    assert way.due("silence") == "2026-11-25 23:59"
    assert Message.objects.filter(event__action="recount").values_list("notice", "recipient").get() == (
        "sender_due_moved", "cuc@example.vn",
    )  # fmt: skip


def test_a_question_is_owed_by_the_new_calendar(journey, cast):
    way = journey("2026-11-20 08:00")
    ask(way, "2026-11-20 09:00")
    assert way.due("question") == "2026-11-25 17:00"
    confirm(MONDAY)
    apply()
    assert way.due("question") == "2026-11-26 17:00"


def test_new_office_hours_move_what_ends_in_them(journey, cast):
    """From 1 December: 07:30–11:30, 13:00–16:30. Four hours from Monday 16:00 end at 10:00 or 10:30."""
    way, other = journey("2026-11-30 15:00"), journey("2026-11-27 08:00")
    distribute(way, "2026-11-30 16:00")
    accepted(other, "2026-11-27 09:00", "2026-11-27 10:00")
    assert (way.due("verify"), other.due("process")) == ("2026-12-01 10:00", "2026-12-04 17:00")
    OfficeHours.objects.create(valid_from=date(2026, 12, 1), sessions="07:30-11:30,13:00-16:30")
    assert apply("2026-11-30 16:30") == (2, 2)
    assert (way.due("verify"), other.due("process")) == ("2026-12-01 10:30", "2026-12-04 16:30")


# Due times that a person named


def test_an_extension_stays_on_its_day_or_goes_to_the_next_working_day(journey, cast):
    way = journey("2026-11-09 08:00")
    accepted(way, "2026-11-09 09:00", "2026-11-09 10:00")
    way.does("extend", cast.lan, "2026-11-10 08:00", due=MONDAY, on_site=True, note="Đi thực địa")
    assert way.due("process_extended") == "2026-11-23 17:00"
    confirm(MONDAY)
    apply()
    assert way.due("process_extended") == "2026-11-25 17:00"
    take_back(MONDAY)
    apply()
    assert way.due("process_extended") == "2026-11-23 17:00"


def test_an_extension_never_goes_beyond_the_ceiling(journey, cast):
    """Ten days from the 9th end on the 23rd; where Saturday the 14th is worked, on the 20th."""
    way = journey("2026-11-09 08:00")
    accepted(way, "2026-11-09 09:00", "2026-11-09 10:00")
    way.does("extend", cast.lan, "2026-11-10 08:00", due=MONDAY, on_site=True, note="Đi thực địa")
    declare(date(2026, 11, 14), "make_up")
    apply("2026-11-12 08:00")
    assert way.due("process_extended") == "2026-11-20 17:00"
    take_back(date(2026, 11, 14))
    apply("2026-11-12 09:00")
    assert way.due("process_extended") == "2026-11-23 17:00"


def test_an_extension_that_ends_before_the_day_off_stays(journey, cast):
    way = journey("2026-11-09 08:00")
    accepted(way, "2026-11-09 09:00", "2026-11-09 10:00")
    way.does("extend", cast.lan, "2026-11-10 08:00", due=date(2026, 11, 20), on_site=True, note="Đi thực địa")
    confirm(MONDAY)
    assert calendar_changes.pending(at("2026-11-12 08:00")).moves == []


def test_an_opinion_stays_on_its_day_or_goes_to_the_next_working_day(journey, cast):
    """Accepted on the 17th: the lead to the 25th, so the opinion to the 23rd; the 24th is a holiday."""
    way = journey("2026-11-17 08:00")
    accepted(way, "2026-11-17 09:00", "2026-11-17 10:00", coordinating=[cast.agency("soyt")])
    assert (way.due("process"), way.due("consult")) == ("2026-11-25 17:00", "2026-11-23 17:00")
    confirm(MONDAY)
    apply()
    assert (way.due("process"), way.due("consult")) == ("2026-11-26 17:00", "2026-11-25 17:00")
    take_back(MONDAY)
    apply()
    assert (way.due("process"), way.due("consult")) == ("2026-11-25 17:00", "2026-11-23 17:00")


def test_an_opinion_is_never_due_after_the_lead(journey, cast):
    """Both to the 27th; where Saturday the 21st is worked, the lead has until the 26th."""
    way = journey("2026-11-19 08:00")
    accepted(way, "2026-11-19 09:00", "2026-11-19 10:00")
    way.does("consult", cast.son, "2026-11-19 11:00", agency=cast.agency("soyt"), due=date(2026, 11, 27))
    declare(date(2026, 11, 21), "make_up")
    apply()
    assert (way.due("process"), way.due("consult")) == ("2026-11-26 17:00", "2026-11-26 17:00")


def test_a_promise_is_due_on_its_day_or_on_the_next_working_day(journey, cast):
    way = journey("2026-11-09 08:00")
    accepted(way, "2026-11-09 09:00", "2026-11-09 10:00")
    submit(way, "2026-11-10 08:00", outcome="commitment", commitment_date=MONDAY)
    way.does("approve", cast.lan, "2026-11-10 09:00")
    confirm(MONDAY)
    apply()
    assert way.due("promise") == "2026-11-25 17:00"
    take_back(MONDAY)
    apply()
    assert way.due("promise") == "2026-11-23 17:00"


# Recurring duties (A12)


def late_since_monday(journey, when="2026-11-25 08:00"):
    """Answer due on Monday the 23rd at 17:00; the first duty runs from there over 25, 26, 27, 30 to 1 December."""
    way = journey("2026-11-02 08:00", **NATIONAL)
    distribute(way, "2026-11-02 10:00")
    sweep(at(when))
    return way


def duties(way):
    found = Clock.objects.filter(case=way.case, key="update").order_by("pk")
    return [(duty.sequence, duty.ending, local(duty.started_at), local(duty.due_at)) for duty in found]


def test_duties_follow_the_limit_that_moved(journey):
    way = late_since_monday(journey, "2026-12-02 08:00")
    assert duties(way) == [
        (1, "running", "2026-11-23 17:00", "2026-12-01 17:00"),
        (2, "running", "2026-12-01 17:00", "2026-12-08 17:00"),
    ]
    confirm(MONDAY)
    apply("2026-12-02 18:00")
    assert way.due("answer") == "2026-11-25 17:00"
    assert duties(way) == [
        (1, "running", "2026-11-25 17:00", "2026-12-02 17:00"),
        (2, "running", "2026-12-02 17:00", "2026-12-09 17:00"),
    ]


def test_a_duty_that_has_not_begun_any_more_is_void_and_begins_anew_in_its_time(journey):
    way = late_since_monday(journey)
    assert duties(way) == [(1, "running", "2026-11-23 17:00", "2026-12-01 17:00")]
    confirm(MONDAY)
    assert shown(calendar_changes.pending(at("2026-11-25 09:00"))) == [
        ("Trả lời người gửi", "2026-11-23 17:00", "2026-11-25 17:00"),
        ("Cập nhật tình hình khi đã quá hạn", "2026-12-01 17:00", None),
    ]
    assert apply("2026-11-25 09:00") == (2, 1)
    assert clocks_of(way, "2026-11-25 09:00")["answer"] == ["running"]
    assert clocks_of(way, "2027-01-04 09:00")["update"] == ["void"]
    sweep(at("2026-11-25 16:59:59"))
    assert len(duties(way)) == 1
    sweep(at("2026-11-25 17:00:01"))
    assert duties(way)[1:] == [(1, "running", "2026-11-25 17:00", "2026-12-02 17:00")]


def test_a_duty_that_was_met_stays_met_and_the_next_begins_where_the_law_has_it(journey, cast):
    way = late_since_monday(journey)
    way.does("progress", cast.son, "2026-11-25 17:30", note="Đang đo đạc")
    confirm(MONDAY)
    apply("2026-11-26 08:00")
    sweep(at("2026-12-02 17:00:01"))
    assert duties(way) == [
        (1, "met", "2026-11-23 17:00", "2026-12-01 17:00"),
        (2, "running", "2026-12-02 17:00", "2026-12-09 17:00"),
    ]


def test_a_duty_that_begins_earlier_now_is_made_with_the_change(journey):
    """With Saturday the 28th worked the first duty ends on the 30th, and the second begins there, not on 1 December."""
    way = late_since_monday(journey, "2026-11-26 08:00")
    assert Clock.objects.get(case=way.case, key="answer").reminder == "next_duty"
    confirm(SATURDAY)
    apply("2026-11-27 08:00")
    assert duties(way) == [(1, "running", "2026-11-23 17:00", "2026-11-30 17:00")]
    sweep(at("2026-11-30 17:00:01"))
    assert duties(way)[1:] == [(2, "running", "2026-11-30 17:00", "2026-12-07 17:00")]


def test_that_a_duty_has_begun_is_not_told_again(journey):
    way = late_since_monday(journey)
    confirm(SATURDAY)
    apply("2026-11-27 08:00")
    sweep(at("2026-11-27 08:30"))
    told = Reminder.objects.filter(clock__case=way.case, clock__key="update", kind="duty")
    assert [local(reminder.due_at) for reminder in told] == ["2026-12-01 17:00"]


def test_duties_of_an_answer_that_was_reopened_count_from_one_again(journey, cast):
    """Three duties of the first answer are over; the second answer, due on 22 January, has its own."""
    way = late_since_monday(journey, "2026-12-09 08:00")
    way.does("accept", cast.son, "2026-12-09 09:00")
    submit(way, "2026-12-09 10:00")
    way.does("approve", cast.lan, "2026-12-09 11:00")
    way.does("publish", cast.lan, "2026-12-09 12:00")
    way.does("reopen", cast.lan, "2026-12-31 09:00", note="Xem lại")
    sweep(at("2027-01-25 08:00"))
    assert way.due("answer") == "2027-01-22 17:00"
    assert duties(way)[-1] == (1, "running", "2027-01-22 17:00", "2027-01-29 17:00")


# What stays


def test_finished_clocks_never_move(journey, cast):
    way = journey("2026-11-18 08:00")
    accepted(way, "2026-11-18 09:00", "2026-11-18 10:00")
    submit(way, "2026-11-20 08:00")
    before = dues(way)
    confirm(MONDAY)
    assert apply() == (0, 0)
    assert dues(way) == before
    assert recounts(way) == []


def test_a_limit_that_runs_again_has_what_the_calendar_made_of_it_meanwhile(journey, cast):
    way = journey("2026-11-18 08:00")
    accepted(way, "2026-11-18 09:00", "2026-11-18 10:00")
    submit(way, "2026-11-20 08:00")
    confirm(MONDAY)
    apply()
    way.does("reject", cast.lan, "2026-11-20 17:45", reason="unclear", note="Nêu rõ")
    assert way.due("process") == "2026-11-27 17:00"
    assert list(way.case.events.values_list("action", flat=True))[-2:] == ["reject", "recount"]


def test_a_limit_that_runs_again_has_its_old_due_time_where_the_calendar_stayed(journey, cast):
    way = journey("2026-11-18 08:00")
    accepted(way, "2026-11-18 09:00", "2026-11-18 10:00")
    submit(way, "2026-11-20 08:00")
    way.does("reject", cast.lan, "2026-11-20 17:45", reason="unclear", note="Nêu rõ")
    assert way.due("process") == "2026-11-26 17:00"
    assert recounts(way) == []


def test_a_sealed_case_has_nothing_to_move(journey, cast):
    way = journey("2026-11-18 08:00")
    accepted(way, "2026-11-18 09:00", "2026-11-18 10:00")
    way.does("seal", cast.oanh, "2026-11-18 11:00", note="Bí mật nhà nước")
    confirm(MONDAY)
    assert calendar_changes.pending(at(NOW)).case_ids == []


# The event, the notices, the reminders


def test_the_event_says_which_limit_moved_from_when_to_when_by_whom_and_why(journey, cast):
    way = journey("2026-11-18 08:00")
    accepted(way, "2026-11-18 09:00", "2026-11-18 10:00")
    version = way.case.version
    clock = way.case.clocks.get(key="process")
    confirm(MONDAY)
    apply(user=cast.oanh.user)
    event = recounts(way)[0]
    assert (event.actor.username, event.role, event.note, event.readers) == ("oanh", "system", REASON, "sender")
    assert (event.before, event.after, event.at) == ("PROCESSING", "PROCESSING", at(NOW))
    moved = event.facts["moved"]
    assert [(each["clock"], each["key"], each["label"], each["holder"]) for each in moved] == [
        (clock.pk, "process", "Xử lý", cast.agency("soxd").pk)
    ]
    assert [local(datetime.fromisoformat(moved[0][end])) for end in ("from", "to")] == [
        "2026-11-26 17:00", "2026-11-27 17:00",
    ]  # fmt: skip
    case = way.fresh()
    assert (case.version, local(case.next_due_at)) == (version, "2026-11-27 17:00")
    assert local(case.access.get(agency__code="soxd").due_at) == "2026-11-27 17:00"


def test_sender_and_holder_are_told_of_the_new_due_time(journey, cast):
    way = journey("2026-11-18 08:00")
    accepted(way, "2026-11-18 09:00", "2026-11-18 10:00")
    confirm(MONDAY)
    apply()
    told = Message.objects.filter(event=recounts(way)[0]).order_by("notice")
    assert [(message.notice, message.recipient) for message in told] == [
        ("holders_due_moved", "soxd@example.vn"), ("sender_due_moved", "cuc@example.vn"),
    ]  # fmt: skip
    assert ["17:00 27/11/2026" in message.body and REASON in message.body for message in told] == [True, True]


def test_the_sender_is_not_told_of_an_opinion_asked_for_inside(journey, cast):
    """Accepted on the 17th, extended to the 25th: only the opinion, due on the 23rd, moves."""
    way = journey("2026-11-16 08:00")
    accepted(way, "2026-11-16 09:00", "2026-11-16 10:00")
    way.does("extend", cast.lan, "2026-11-16 11:00", due=date(2026, 11, 25), on_site=True, note="Đi thực địa")
    way.does("consult", cast.son, "2026-11-16 14:00", agency=cast.agency("soyt"), due=MONDAY)
    confirm(MONDAY)
    apply()
    assert way.due("consult") == "2026-11-25 17:00"
    assert list(Message.objects.filter(event__action="recount").values_list("recipient", flat=True)) == [
        "soyt@example.vn"
    ]


def test_reminders_are_planned_anew(journey, cast):
    """From the 18th 10:00 to the 27th 17:00 are 45 hours of work; 11¼ before the end is the 26th 13:45."""
    way = journey("2026-11-18 08:00")
    accepted(way, "2026-11-18 09:00", "2026-11-18 10:00")
    confirm(MONDAY)
    apply()
    clock = way.case.clocks.get(key="process")
    assert (clock.reminder, local(clock.remind_at)) == ("due_soon", "2026-11-26 13:45")


def test_who_was_warned_of_the_old_due_time_is_warned_of_the_new_one(journey, cast):
    """Due on Thursday the 26th; that Friday too is declared off comes out when the warning is out."""
    way = journey("2026-11-18 08:00")
    accepted(way, "2026-11-18 09:00", "2026-11-18 10:00")
    sweep(at("2026-11-26 14:00"))
    declare(date(2026, 11, 26), "holiday")
    apply("2026-11-26 14:30")
    sweep(at("2026-11-27 16:00"))
    told = Reminder.objects.filter(clock__case=way.case, clock__key="process", kind="due_soon").order_by("pk")
    assert [local(reminder.due_at) for reminder in told] == ["2026-11-26 17:00", "2026-11-27 17:00"]


def test_a_late_clock_that_moves_is_late_no_longer_and_needs_no_explanation(journey, cast):
    way = journey("2026-11-18 08:00")
    accepted(way, "2026-11-18 09:00", "2026-11-18 10:00")
    confirm(MONDAY)
    found = calendar_changes.pending(at("2026-11-27 08:00"))
    assert [(move.becomes_late, move.no_longer_late) for move in found.moves] == [(False, True)]
    apply("2026-11-27 08:00")
    assert clocks_of(way, "2026-11-27 08:00")["process"] == ["running"]


def test_a_clock_that_becomes_late_at_once_is_shown_so_and_warned_of(journey, cast):
    """With the 23rd off, accepted on the 19th: due on the 30th; that Saturday was worked is confirmed on Sunday."""
    confirm(MONDAY)
    way = journey("2026-11-19 08:00")
    accepted(way, "2026-11-19 09:00", "2026-11-19 10:00")
    assert way.due("process") == "2026-11-30 17:00"
    confirm(SATURDAY)
    found = calendar_changes.pending(at("2026-11-29 09:00"))
    assert shown(found) == [("Xử lý", "2026-11-30 17:00", "2026-11-28 17:00")]
    assert [(move.becomes_late, move.no_longer_late) for move in found.moves] == [(True, False)]
    apply("2026-11-29 09:00")
    sweep(at("2026-11-29 09:01"))
    assert Reminder.objects.filter(clock__case=way.case, kind="late", role="leader").count() == 1


def test_what_is_not_late_any_more_goes_with_the_case(journey, cast):
    """Past its limit at soxd, so soxd's; then the due time moves to the 25th, and the case is with the centre."""
    way = journey("2026-11-02 08:00", **NATIONAL)
    distribute(way, "2026-11-02 10:00")
    give_back(way, cast.son, "2026-11-23 17:30")
    assert way.case.clocks.get(key="answer").holder.code == "soxd"
    confirm(MONDAY)
    apply("2026-11-23 18:00")
    assert way.case.clocks.get(key="answer").holder.code == "trungtam"


# The year that is not announced yet (A7)


def tet_2027():
    """Off from Friday 5 to Wednesday 10 February 2027; the year is announced."""
    CalendarDay.objects.filter(date=date(2027, 2, 8)).delete()
    for day in (5, 8, 9, 10):
        declare(date(2027, 2, day), "holiday")
    CalendarSpan.objects.update(announced_until=date(2027, 12, 31))


def test_provisional_due_times_are_set_right_when_the_year_is_confirmed(journey, cast):
    """Accepted on 29 January: 1, 2, 3, 4 and 5 February; where the 5th to the 10th are off, the 11th."""
    moved, same = journey("2027-01-29 08:00"), journey("2027-01-11 08:00")
    accepted(moved, "2027-01-29 09:00", "2027-01-29 10:00")
    accepted(same, "2027-01-11 09:00", "2027-01-11 10:00")
    processes = Clock.objects.filter(key="process").order_by("pk")
    assert [(local(clock.due_at), clock.provisional) for clock in processes] == [
        ("2027-02-05 17:00", True), ("2027-01-18 17:00", True),
    ]  # fmt: skip
    tet_2027()
    found = calendar_changes.pending(at("2027-01-29 11:00"))
    assert (shown(found), found.confirmed) == ([("Xử lý", "2027-02-05 17:00", "2027-02-11 17:00")], 1)
    assert apply("2027-01-29 11:00") == (1, 1)
    assert [(local(clock.due_at), clock.provisional) for clock in processes.all()] == [
        ("2027-02-11 17:00", False), ("2027-01-18 17:00", False),
    ]  # fmt: skip


def test_a_due_time_that_only_stops_being_provisional_is_told_to_nobody(journey, cast):
    way = journey("2027-01-11 08:00")
    accepted(way, "2027-01-11 09:00", "2027-01-11 10:00")
    before = Clock.objects.get(key="process")
    told = Message.objects.count()
    CalendarSpan.objects.update(announced_until=date(2027, 12, 31))
    assert apply("2027-01-11 11:00") == (0, 0)
    after = Clock.objects.get(key="process")
    assert (after.provisional, after.reminder, after.remind_at) == (False, before.reminder, before.remind_at)
    assert (recounts(way), Message.objects.count()) == ([], told)


def test_a_year_that_is_taken_out_again_is_an_error_not_a_guess(journey, cast):
    way = journey("2026-12-28 08:00")
    accepted(way, "2026-12-28 09:00", "2026-12-28 10:00")
    CalendarSpan.objects.update(last_year=2026)
    found = calendar_changes.pending(at("2026-12-28 11:00"))
    assert found.beyond == {way.case.pk: "Lịch làm việc chỉ có từ năm 2022 đến hết năm 2026, chưa có ngày 01/01/2027."}


# Each night


def test_each_night_what_the_calendar_has_otherwise_moves(journey, cast, caplog):
    way = journey("2026-11-18 08:00")
    accepted(way, "2026-11-18 09:00", "2026-11-18 10:00")
    confirm(MONDAY)
    assert calendar_changes.realign(at("2026-11-21 01:00")) == 1
    assert calendar_changes.realign(at("2026-11-21 01:01")) == 0
    assert way.due("process") == "2026-11-27 17:00"
    assert recounts(way)[0].note == "rà soát hằng đêm theo lịch làm việc"
    assert caplog.messages == ["1 due times were not those of the calendar and have moved"]


def test_one_case_that_cannot_be_reckoned_keeps_no_other_from_moving(journey, cast, caplog):
    way, beyond = journey("2026-11-18 08:00"), journey("2026-12-28 08:00")
    accepted(way, "2026-11-18 09:00", "2026-11-18 10:00")
    accepted(beyond, "2026-12-28 09:00", "2026-12-28 10:00")
    CalendarSpan.objects.update(last_year=2026)
    confirm(MONDAY)
    assert calendar_changes.realign(at("2026-11-21 01:00")) == 1
    assert (way.due("process"), beyond.due("process")) == ("2026-11-27 17:00", "2027-01-05 17:00")
    assert caplog.messages[0].startswith(f"The due times of case {beyond.case.pk} cannot be reckoned")


def test_moving_the_same_case_twice_moves_it_once(journey, cast):
    way = journey("2026-11-18 08:00")
    accepted(way, "2026-11-18 09:00", "2026-11-18 10:00")
    confirm(MONDAY)
    found = calendar_changes.pending(at(NOW))
    assert calendar_changes.apply(found, None, REASON, at(NOW)) == (1, 1)
    assert calendar_changes.apply(found, None, REASON, at(NOW)) == (0, 0)
    assert len(recounts(way)) == 1


def test_a_change_and_its_reverse_leave_every_due_time_as_it_was(journey, cast):
    ways = [journey("2026-11-17 08:00"), journey("2026-11-02 08:00", **NATIONAL), journey("2026-11-18 08:00")]
    accepted(ways[0], "2026-11-17 09:00", "2026-11-17 10:00", coordinating=[cast.agency("soyt")])
    distribute(ways[2], "2026-11-18 10:00")
    before = [dues(way) for way in ways]
    confirm(MONDAY, SATURDAY)
    declare(date(2026, 11, 25), "holiday")
    assert apply()[0] > 0
    CalendarDay.objects.filter(date__in=[MONDAY, SATURDAY]).update(confirmed=False)
    take_back(date(2026, 11, 25))
    apply()
    assert [dues(way) for way in ways] == before


# Warnings


def warned(when=NOW):
    return [(each.day.date, each.clocks) for each in calendar_changes.warnings(at(when))]


def test_unconfirmed_days_warn_as_long_as_a_limit_runs_over_them(journey, cast):
    assert warned() == []
    way = journey("2026-11-18 08:00")
    assert warned() == []
    accepted(way, "2026-11-18 09:00", "2026-11-18 10:00")
    other = journey("2026-11-19 08:00")
    accepted(other, "2026-11-25 09:00", "2026-11-25 10:00")
    assert warned() == [(MONDAY, "1"), (SATURDAY, "1")]
    submit(way, "2026-11-26 10:00")
    assert warned() == [(SATURDAY, "1")]
    confirm(SATURDAY)
    assert warned() == []


def test_limits_that_run_day_and_night_wait_for_no_calendar(journey):
    journey("2026-11-22 23:30", incident="lighting")
    assert warned("2026-11-22 23:40") == []


@pytest.mark.parametrize("cases", [1, 12])
def test_warnings_ask_one_question_and_one_for_each_day_however_many_clocks_run(journey, cast, cases):
    for number in range(cases):
        accepted(journey("2026-11-18 08:00", title=f"Việc {number}"), "2026-11-18 09:00", "2026-11-18 10:00")
    with CaptureQueriesContext(connection) as captured:
        assert warned() == [(MONDAY, str(cases))]
    assert len(captured) == 2


@pytest.mark.parametrize("cases", [1, 12])
def test_a_preview_asks_the_same_however_many_clocks_move(journey, cast, cases):
    for number in range(cases):
        accepted(journey("2026-11-18 08:00", title=f"Việc {number}"), "2026-11-18 09:00", "2026-11-18 10:00")
    confirm(MONDAY)
    current_calendar()
    with CaptureQueriesContext(connection) as captured:
        assert len(calendar_changes.pending(at(NOW)).moves) == cases
    assert len(captured) == 4


def test_every_running_clock_agrees_with_the_calendar_all_the_way(journey, cast):
    """At no step of a long way does a clock have another due time than the calendar gives it."""
    way = journey("2026-11-02 08:00", **NATIONAL)
    steps = [
        lambda: distribute(way, "2026-11-02 10:00"),
        lambda: way.does("accept", cast.son, "2026-11-02 14:00", coordinating=[cast.agency("soyt")]),
        lambda: ask(way, "2026-11-03 09:00"),
        lambda: sweep(at("2026-12-10 08:00")),
        lambda: way.does("progress", cast.son, "2026-12-10 09:00", note="Đang đo đạc"),
        lambda: submit(way, "2026-12-10 10:00"),
        lambda: way.does("reject", cast.lan, "2026-12-10 11:00", reason="unclear", note="Nêu rõ"),
        lambda: submit(way, "2026-12-10 14:00", outcome="commitment", commitment_date=date(2026, 12, 30)),
        lambda: way.does("approve", cast.lan, "2026-12-10 15:00"),
        lambda: way.does("revoke", cast.lan, "2026-12-10 15:30", note="Nhầm"),
        lambda: sweep(at("2026-12-20 08:00")),
    ]
    for step in steps:
        step()
        assert calendar_changes.pending(at("2026-12-20 08:00")).case_ids == [], running(way)


def test_recounting_a_case_that_agrees_writes_nothing(journey, cast):
    way = journey("2026-11-18 08:00")
    before = way.fresh().last_event_at
    assert engine.recount(way.case.pk, User.objects.get(username="oanh"), REASON, at(NOW)) == 0
    assert way.fresh().last_event_at == before


def test_an_agency_that_gave_the_case_back_is_told_of_its_limit_and_nothing_of_the_case(journey, cast):
    """Late on Monday the 23rd and returned on the 25th: the limit stays with soxd, which no longer sees the case."""
    way = late_since_monday(journey)
    way.does("return", cast.son, "2026-11-25 09:00", ground="not_competent", note="Không đúng thẩm quyền")
    Clock.objects.filter(case=way.case, key="answer").update(due_at=at("2026-11-20 17:00"))
    confirm(MONDAY)
    apply("2026-11-25 10:00")
    told = Message.objects.get(notice="holders_due_moved", agency__code="soxd").body
    assert (way.case.code in told, way.case.title in told) == (True, False)
    assert f"/can-bo/ho-so/{way.case.code}/explain/" in told
