"""The statement of a clock: every figure worked out by hand on the confirmed calendar.

March 2026 has no day off but weekends; office hours are 07:00–11:30 and 13:30–17:00.
"""

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agencies.models import CalendarDay, CalendarSpan, RuleSet
from submissions.models import Case
from submissions.viewers import ANONYMOUS
from tests.cast import LOCAL, at
from tests.workflow.desk import case_address, desk_of
from tests.workflow.ways import accepted, ask, distribute, give_back, submit
from workflow.dossier import dossier
from workflow.engine import recount
from workflow.models import Clock
from workflow.statements import statement


def stated(way, key, viewer, when, nth=0):
    """The statement of the n-th clock of this limit, as `viewer` gets it."""
    clock = way.case.clocks.filter(key=key).order_by("pk")[nth]
    return statement(viewer, Case.objects.get(pk=way.case.pk), clock.pk, at(when))


def days_of(told):
    return [(f"{day.date:%d/%m}", day.counted, day.reason) for day in told.days]


def segments_of(told):
    return [(part.holder, local(part.begins), local(part.ends), part.held) for part in told.segments]


def local(moment):
    return moment.astimezone(LOCAL).strftime("%d/%m %H:%M")


def extended(way, day=date(2026, 3, 12)):
    accepted(way)
    return way.does("extend", way.cast.lan, "2026-03-04 09:00", due=day, on_site=True, note="Cần đi thực địa.")


# What it tells


def test_working_hours_are_told_hour_by_hour_with_who_had_the_case(journey, cast):
    way = journey("2026-03-06 16:50")
    distribute(way, "2026-03-09 10:00")
    told = stated(way, "intake", cast.oanh, "2026-03-10 08:00")
    assert (told.code, told.clock.label, told.clock.amount_text) == (
        way.case.code, "Tiếp nhận, phân phối", "4 giờ làm việc",
    )  # fmt: skip
    assert (told.clock.article, told.rule_set) == ("khoản 3 Điều 6", "Quy chế tỉnh Khánh Hòa 2022")
    assert told.source == "Quyết định 18/2022/QĐ-UBND ngày 21/9/2022 của UBND tỉnh Khánh Hòa"
    assert (told.clock.holder, told.role) == ("Trung tâm CNTT tỉnh Khánh Hòa", "Cán bộ tiếp nhận (Trung tâm)")
    assert (told.started.action, told.started.who) == ("lodge", "Người gửi")
    assert days_of(told) == [
        ("06/03", True, "10 phút (16:50–17:00)"),
        ("07/03", False, "nghỉ hằng tuần"),
        ("08/03", False, "nghỉ hằng tuần"),
        ("09/03", True, "3 giờ 50 phút (07:00–10:50)"),
    ]
    assert (told.clock.due_local, told.reckoned_at, told.beyond) == ("2026-03-09T10:50", None, "")
    assert (told.ended.action, local(told.ended.at), told.replaced) == ("distribute", "09/03 10:00", False)
    assert (told.clock.outcome, told.margin) == ("met", "kết thúc khi còn 50 phút làm việc")
    assert segments_of(told) == [
        ("Trung tâm CNTT tỉnh Khánh Hòa", "06/03 16:50", "09/03 10:00", "3 giờ 10 phút làm việc")
    ]
    assert (told.why, told.provisional_after, told.unconfirmed, told.shifts) == ([], "", [], [])


def test_a_running_clock_is_told_up_to_now(journey, cast):
    way = journey()
    accepted(way)
    told = stated(way, "process", cast.son, "2026-03-10 07:30")
    assert told.ended is None
    assert (told.clock.outcome, told.margin) == ("late", "quá hạn 30 phút làm việc")
    assert segments_of(told) == [("Sở Xây dựng", "02/03 15:00", "10/03 07:30", "5 ngày 2 giờ 30 phút làm việc")]


def test_hands_that_the_case_went_through_are_told_with_the_working_time_of_each(journey, cast):
    way = journey(channel="national_portal", national_code="DVC-1")
    distribute(way, "2026-03-02 10:00")
    give_back(way, cast.son, "2026-03-02 14:00")
    distribute(way, "2026-03-02 15:00", "soyt")
    told = stated(way, "answer", ANONYMOUS, "2026-03-03 09:00")
    assert segments_of(told) == [
        ("Trung tâm CNTT tỉnh Khánh Hòa", "02/03 08:00", "02/03 10:00", "2 giờ làm việc"),
        ("Sở Xây dựng", "02/03 10:00", "02/03 14:00", "2 giờ làm việc"),
        ("Trung tâm CNTT tỉnh Khánh Hòa", "02/03 14:00", "02/03 15:00", "1 giờ làm việc"),
    ]
    assert (told.replaced, told.clock.outcome, told.ended.action) == (True, "void", "distribute")
    anew = stated(way, "answer", ANONYMOUS, "2026-03-03 09:00", nth=1)
    assert segments_of(anew) == [("Sở Y tế", "02/03 15:00", "03/03 09:00", "4 giờ làm việc")]


def test_the_sender_has_the_case_while_it_is_to_be_completed(journey, cast):
    way = journey()
    way.does("send_back", cast.oanh, "2026-03-02 09:00", note="Cho biết số nhà")
    way.does("complete", cast.sender_of(way.case), "2026-03-04 10:30", content="Số 12")
    told = stated(way, "silence", cast.oanh, "2026-03-05 09:00")
    assert segments_of(told) == [("Người gửi", "02/03 09:00", "04/03 10:30", "2 ngày")]
    assert told.days[-1].reason == "ngày thứ 30; hết hạn lúc 23:59:59"
    assert (told.clock.outcome, told.margin) == ("met", "kết thúc khi còn 28 ngày")


def test_silence_that_was_broken_too_late_is_not_told_as_overdue(journey, cast):
    way = journey()
    way.does("send_back", cast.oanh, "2026-03-02 09:00", note="Cho biết số nhà")
    assert stated(way, "silence", cast.oanh, "2026-06-01 09:00").margin == "đã hết"
    way.does("complete", cast.sender_of(way.case), "2026-06-01 10:00", content="Số 12")
    assert stated(way, "silence", cast.oanh, "2026-06-02 09:00").margin == ""


def test_real_hours_are_told_in_real_time(journey, cast):
    way = journey("2026-03-07 22:00", incident="lighting")
    way.does("receive", cast.oanh, "2026-03-07 22:40")
    told = stated(way, "receive", ANONYMOUS, "2026-03-08 09:00")
    assert days_of(told) == [("07/03", True, "1 giờ, kể cả ngoài giờ làm việc")]
    assert told.margin == "kết thúc khi còn 20 phút"
    assert [part.held for part in told.segments] == ["40 phút"]


def test_a_step_outside_office_hours_is_told_so(journey, cast):
    way = journey("2026-03-07 09:00")
    distribute(way, "2026-03-07 10:00")
    assert [part.held for part in stated(way, "intake", cast.oanh, "2026-03-09 09:00").segments] == [
        "ngoài giờ làm việc"
    ]


def test_a_result_sent_back_to_be_mended_leaves_the_limit_as_it_was(journey, cast):
    way = journey()
    accepted(way)
    before = days_of(stated(way, "process", cast.lan, "2026-03-03 09:00"))
    submit(way, "2026-03-05 15:00")
    way.does("reject", cast.lan, "2026-03-05 16:00", reason="unclear", note="Nêu rõ hơn")
    told = stated(way, "process", cast.lan, "2026-03-06 09:00")
    assert days_of(told) == before
    assert (told.clock.due_local, told.ended, told.started.action) == ("2026-03-09T17:00", None, "accept")


def test_a_limit_counted_from_receipt_says_so_where_its_rules_were_chosen_later(journey, cast):
    way = journey()
    national = RuleSet.objects.get(code="national-portal-2021")
    distribute(way, "2026-03-02 10:00", rule_set=national)
    told = stated(way, "answer", cast.oanh, "2026-03-02 11:00")
    assert (told.started.action, local(told.started.at), local(told.clock.started_at)) == (
        "distribute", "02/03 10:00", "02/03 08:00",
    )  # fmt: skip
    assert told.why == ["Quy định này được chọn khi phân phối lần đầu; thời hạn vẫn tính từ lúc nhận đủ hồ sơ."]
    assert told.rule_set == "Cổng Dịch vụ công quốc gia 2021"


def test_a_recurring_duty_runs_from_the_due_time_before_it(journey, cast):
    way = journey(channel="national_portal", national_code="DVC-1")
    distribute(way, "2026-03-02 10:00")
    way.does("progress", cast.son, "2026-03-25 09:00", note="Đang khảo sát")
    told = stated(way, "update", ANONYMOUS, "2026-03-26 09:00")
    assert (told.started, local(told.clock.started_at), told.clock.due_local) == (
        None, "23/03 17:00", "2026-03-30T17:00",
    )  # fmt: skip
    assert told.why == [
        "Nghĩa vụ lặp lại, kỳ thứ 1: tính từ hạn liền trước, không chờ ai thực hiện hay nhắc."
    ]  # fmt: skip
    assert days_of(told) == [
        ("23/03", False, "ngày bắt đầu, không tính"),
        ("24/03", True, "ngày làm việc thứ 1"),
        ("25/03", True, "ngày làm việc thứ 2"),
        ("26/03", True, "ngày làm việc thứ 3"),
        ("27/03", True, "ngày làm việc thứ 4"),
        ("28/03", False, "nghỉ hằng tuần"),
        ("29/03", False, "nghỉ hằng tuần"),
        ("30/03", True, "ngày làm việc thứ 5; hết hạn lúc 17:00"),
    ]
    assert told.ended.action == "progress"


# Days that somebody named


def test_an_extension_tells_who_chose_the_day_the_reason_and_the_ceiling(journey, cast):
    way = journey()
    extended(way)
    told = stated(way, "process_extended", cast.oanh, "2026-03-05 09:00")
    assert told.why == [
        "Phạm Thị Lan, Cán bộ lãnh đạo, Sở Xây dựng gia hạn lúc 09:00 04/03/2026, chọn ngày 12/03/2026.",
        "Lý do: Cần đi thực địa.",
        "Gia hạn tính từ cùng lúc tiếp nhận, không cộng thêm: tối đa 10 ngày làm việc, tức đến 17:00 16/03/2026.",
        "Hạn ghi theo ngày là lúc hết giờ làm việc của ngày đó.",
    ]
    assert local(told.clock.started_at) == "02/03 15:00"
    assert [day for day in days_of(told) if day[1]] == [
        ("03/03", True, "ngày làm việc thứ 1"),
        ("04/03", True, "ngày làm việc thứ 2"),
        ("05/03", True, "ngày làm việc thứ 3"),
        ("06/03", True, "ngày làm việc thứ 4"),
        ("09/03", True, "ngày làm việc thứ 5"),
        ("10/03", True, "ngày làm việc thứ 6"),
        ("11/03", True, "ngày làm việc thứ 7"),
        ("12/03", True, "ngày làm việc thứ 8; hết hạn lúc 17:00"),
    ]


def test_who_knows_the_code_alone_reads_neither_name_nor_reason_of_an_extension(journey, cast):
    way = journey()
    extended(way)
    told = stated(way, "process_extended", ANONYMOUS, "2026-03-05 09:00")
    assert told.why[0] == "Cán bộ lãnh đạo, Sở Xây dựng gia hạn lúc 09:00 04/03/2026, chọn ngày 12/03/2026."
    assert "Cần đi thực địa." not in repr(told)
    assert "Phạm Thị Lan" not in repr(told)
    own = stated(way, "process_extended", cast.sender_of(way.case), "2026-03-05 09:00")
    assert own.why[1] == "Lý do: Cần đi thực địa."
    assert "Phạm Thị Lan" not in repr(own)


def test_an_opinion_tells_how_its_day_was_found(journey, cast):
    way = journey()
    accepted(way, coordinating=[cast.agency("soyt")])
    told = stated(way, "consult", cast.yen, "2026-03-03 09:00")
    assert (told.clock.due_local, told.clock.holder) == ("2026-03-06T17:00", "Sở Y tế")
    assert told.why == [
        "Nguyễn Văn Sơn, Cán bộ chuyên môn, Sở Xây dựng xin ý kiến khi tiếp nhận lúc 15:00 02/03/2026 mà không định "
        "ngày: hạn là ngày làm việc cuối cùng trước ngày đến hạn của cơ quan chủ trì, nhưng không sớm hơn ngày làm "
        "việc kế tiếp.",
        "Hạn ghi theo ngày là lúc hết giờ làm việc của ngày đó.",
    ]
    way.does("consult", cast.son, "2026-03-03 09:00", agency=cast.agency("nhatrang"), due=date(2026, 3, 3), note="")
    named = stated(way, "consult", cast.nga, "2026-03-03 10:00", nth=1)
    assert named.why[0] == (
        "Nguyễn Văn Sơn, Cán bộ chuyên môn, Sở Xây dựng xin ý kiến lúc 09:00 03/03/2026, hạn trả lời là ngày "
        "03/03/2026."
    )
    assert days_of(named) == [("03/03", True, "ngày bắt đầu, cũng là ngày đến hạn; hết hạn lúc 17:00")]


def test_a_promise_tells_who_made_it_and_every_day_until_it_is_due(journey, cast):
    way = journey()
    accepted(way)
    submit(way, "2026-03-04 09:00", outcome="commitment", commitment_date=date(2026, 3, 9))
    way.does("approve", cast.lan, "2026-03-05 09:00")
    told = stated(way, "promise", ANONYMOUS, "2026-03-06 09:00")
    assert told.why == [
        "Sở Xây dựng cam kết hoàn thành trong ngày 09/03/2026.",
        "Hạn ghi theo ngày là lúc hết giờ làm việc của ngày đó.",
    ]
    assert days_of(told) == [
        ("05/03", False, "ngày bắt đầu, không tính"),
        ("06/03", True, "ngày làm việc thứ 1"),
        ("07/03", False, "nghỉ hằng tuần"),
        ("08/03", False, "nghỉ hằng tuần"),
        ("09/03", True, "ngày làm việc thứ 2; hết hạn lúc 17:00"),
    ]


def test_a_promise_published_after_its_day_is_told_as_past_from_the_start(journey, cast):
    way = journey(channel="national_portal", national_code="DVC-1")
    accepted(way)
    submit(way, "2026-03-04 09:00", outcome="commitment", commitment_date=date(2026, 3, 5))
    way.does("approve", cast.lan, "2026-03-05 09:00")
    way.does("publish", cast.lan, "2026-03-09 09:00")
    told = stated(way, "promise", cast.lan, "2026-03-09 10:00")
    assert (told.days, told.clock.outcome) == ([], "late")
    assert told.why[1] == "Khi thời hạn này bắt đầu thì ngày đó đã qua."


# The calendar that is not settled, or has changed


def test_a_due_time_beyond_the_announced_calendar_is_told_as_provisional(journey, cast):
    told = stated(journey("2026-12-31 16:00"), "intake", cast.oanh, "2026-12-31 16:10")
    assert (told.clock.due_local, told.clock.provisional, told.provisional_after) == (
        "2027-01-04T10:00", True, "31/12/2026",
    )  # fmt: skip


def test_days_not_confirmed_that_could_move_a_running_clock_are_named(journey, cast):
    way = journey("2026-11-19 08:00")
    accepted(way, "2026-11-19 09:00", "2026-11-19 10:00")
    told = stated(way, "process", cast.son, "2026-11-19 11:00")
    assert told.clock.due_local == "2026-11-27T17:00"
    assert [row.date for row in told.unconfirmed] == [date(2026, 11, 23)]
    submit(way, "2026-11-20 09:00")
    assert stated(way, "process", cast.son, "2026-11-20 10:00").unconfirmed == []


def test_only_days_that_decide_the_due_time_are_named(journey, cast):
    way = journey("2026-11-23 08:00", incident="lighting")
    assert stated(way, "receive", cast.oanh, "2026-11-23 08:10").unconfirmed == []
    waiting = journey("2026-11-20 08:00")
    waiting.does("send_back", cast.oanh, "2026-11-20 09:00", note="Số nhà?")
    assert stated(waiting, "silence", cast.oanh, "2026-11-20 10:00").unconfirmed == []


def holiday(day, name="Ngày nghỉ mới"):
    CalendarDay.objects.create(date=day, kind="holiday", name=name, legal_reference="1/QĐ", confirmed=True)


def test_a_finished_clock_keeps_its_due_time_and_says_what_the_calendar_gives_now(journey, cast):
    way = journey()
    accepted(way)
    submit(way, "2026-03-06 09:00")
    holiday(date(2026, 3, 4))
    told = stated(way, "process", cast.son, "2026-03-12 09:00")
    assert (told.clock.due_local, told.clock.outcome) == ("2026-03-09T17:00", "met")
    assert local(told.reckoned_at) == "10/03 17:00"
    assert ("04/03", False, "Ngày nghỉ mới (1/QĐ)") in days_of(told)
    page = desk_of("son").get(staff_address(way, "process")).content.decode()
    assert "Thời hạn đã kết thúc không bao giờ tính lại: hạn vẫn là 17:00 09/03/2026." in " ".join(page.split())


def test_a_running_clock_that_was_moved_tells_from_when_to_when_and_why(journey, cast):
    way = journey()
    accepted(way)
    holiday(date(2026, 3, 4))
    assert local(stated(way, "process", cast.son, "2026-03-03 09:00").reckoned_at) == "10/03 17:00"
    recount(way.case.pk, cast.quang.user, "Nghị quyết mới", at("2026-03-03 10:00"))
    for viewer, reason in [(cast.son, "Nghị quyết mới"), (cast.sender_of(way.case), "Nghị quyết mới"), (ANONYMOUS, "")]:
        told = stated(way, "process", viewer, "2026-03-03 11:00")
        assert [(local(s.at), s.reason, local(s.due_at), local(s.to)) for s in told.shifts] == [
            ("03/03 10:00", reason, "09/03 17:00", "10/03 17:00")
        ]
        assert (told.reckoned_at, told.clock.due_local) == (None, "2026-03-10T17:00")
    assert stated(way, "verify", cast.son, "2026-03-03 11:00").shifts == []
    page = " ".join(desk_of("son").get(staff_address(way, "process")).content.decode().split())
    assert "10:00 03/03/2026: từ 17:00 09/03/2026 thành 17:00 10/03/2026, vì lịch làm việc thay đổi." in page


def test_an_extension_moved_by_the_calendar_still_tells_the_day_that_was_chosen(journey, cast):
    way = journey()
    extended(way)
    holiday(date(2026, 3, 12))
    recount(way.case.pk, cast.quang.user, "Nghị quyết mới", at("2026-03-05 10:00"))
    told = stated(way, "process_extended", cast.son, "2026-03-05 11:00")
    assert told.why[0].endswith("chọn ngày 12/03/2026.")
    assert (told.clock.due_local, told.days[-1].date) == ("2026-03-13T17:00", date(2026, 3, 13))


def test_an_opinion_that_was_moved_and_given_is_told_although_its_day_is_off_now(journey, cast):
    way = journey()
    accepted(way, coordinating=[cast.agency("soyt")])
    holiday(date(2026, 3, 6))
    recount(way.case.pk, cast.quang.user, "Nghị quyết mới", at("2026-03-03 10:00"))
    way.does("opinion", cast.yen, "2026-03-04 09:00", body="Đồng ý")
    told = stated(way, "consult", cast.yen, "2026-03-05 09:00")
    assert (told.clock.due_local, told.reckoned_at) == ("2026-03-09T17:00", None)
    holiday(date(2026, 3, 9))
    told = stated(way, "consult", cast.yen, "2026-03-05 09:00")
    assert (told.clock.due_local, local(told.reckoned_at)) == ("2026-03-09T17:00", "10/03 17:00")


def test_years_that_are_not_loaded_are_told_and_break_no_page(journey, cast):
    way = journey()
    accepted(way)
    CalendarSpan.objects.update(first_year=2024, last_year=2025, announced_until=date(2025, 12, 31))
    CalendarSpan.touch()
    told = stated(way, "process", cast.son, "2026-03-03 15:00")
    assert (told.days, told.reckoned_at) == ([], None)
    assert told.beyond == "Lịch làm việc chỉ có từ năm 2024 đến hết năm 2025, chưa có ngày 02/03/2026."
    assert told.margin == "còn 6 ngày"
    assert [part.held for part in told.segments] == ["1 ngày"]
    assert desk_of("son").get(staff_address(way, "process")).status_code == 200
    assert desk_of("son").get(case_address(way.case)).status_code == 200


# Who sees it


def staff_address(way, key, nth=0):
    clock = way.case.clocks.filter(key=key).order_by("pk")[nth]
    return reverse("staff-clock-statement", args=[way.case.code, clock.pk])


def talked_about(journey, cast):
    """A case with every kind of clock that some may not see."""
    way = journey()
    accepted(way, coordinating=[cast.agency("soyt")])
    ask(way, "2026-03-03 09:00")
    way.does("extend", cast.lan, "2026-03-04 09:00", due=date(2026, 3, 12), on_site=True, note="Đi thực địa.")
    return way


def clocks_stated(viewer, way):
    case = Case.objects.get(pk=way.case.pk)
    now = at("2026-03-05 09:00")
    return [pk for pk in Clock.objects.order_by("started_at", "pk").values_list("pk", flat=True)
            if statement(viewer, case, pk, now) is not None]  # fmt: skip


def test_exactly_the_clocks_of_the_dossier_have_a_statement(journey, cast):
    way, other = talked_about(journey, cast), journey()
    keys = dict(way.case.clocks.values_list("pk", "key"))
    inner = ["intake", "verify", "process_extended", "consult", "question"]
    for viewer, shown in [
        (ANONYMOUS, ["intake", "verify", "process_extended"]),
        (cast.binh, ["intake", "verify", "process_extended"]),
        (cast.sender_of(way.case), ["intake", "verify", "process_extended", "question"]),
        *((viewer, inner) for viewer in (cast.oanh, cast.tam, cast.son, cast.lan, cast.yen)),
    ]:
        stated_now = clocks_stated(viewer, way)
        seen = dossier(viewer, Case.objects.get(pk=way.case.pk), at("2026-03-05 09:00"))
        assert stated_now == [clock.id for clock in seen.clocks]
        assert sorted(keys[pk] for pk in stated_now) == sorted(shown)
    for viewer in (cast.mai, cast.nga, cast.quang):
        assert clocks_stated(viewer, way) == []
    assert other.case.clocks.get().pk not in clocks_stated(cast.oanh, way)


def test_of_a_sealed_case_no_clock_has_a_statement(journey, cast):
    way = talked_about(journey, cast)
    way.does("seal", cast.oanh, "2026-03-05 08:00", note="Mật")
    viewers = (ANONYMOUS, cast.sender_of(way.case), cast.oanh, cast.tam, cast.quang, cast.son, cast.lan)
    assert [clocks_stated(viewer, way) for viewer in viewers] == [[]] * 7


# The page of staff


@pytest.mark.parametrize(
    ("username", "status"),
    [
        ("oanh", 200),
        ("tam", 200),
        ("son", 200),
        ("lan", 200),
        ("yen", 404),
        ("mai", 404),
        ("quang", 404),
        ("binh", 404),
    ],
)
def test_who_opens_the_statement_of_a_distributed_case(journey, cast, username, status):
    way = journey()
    distribute(way, "2026-03-02 09:00")
    assert desk_of(username).get(staff_address(way, "verify")).status_code == status


def test_the_page_carries_limit_due_time_and_outcome_and_nothing_of_the_case(journey, cast):
    way = journey()
    distribute(way, "2026-03-02 09:00", note="Ghi chú nội bộ")
    pk = way.case.clocks.get(key="intake").pk
    text = desk_of("oanh").get(staff_address(way, "intake")).content.decode()
    assert re.findall(r'data-statement\s+data-case="([^"]+)"\s+data-id="(\d+)"\s+data-clock="(\w+)"\s+'
                      r'data-due="([^"]+)"\s+data-outcome="(\w+)"', text) == [
        (way.case.code, str(pk), "intake", "2026-03-02T14:00", "met")
    ]  # fmt: skip
    for words in ("Đèn đường hỏng", "không sáng", "Trần Phú", "Cúc", "Ghi chú nội bộ"):
        assert words not in text


def test_an_unknown_clock_and_one_of_another_case_are_not_found(journey, cast):
    way, other = journey(), journey()
    for pk in (other.case.clocks.get().pk, 0, 10**30):
        assert desk_of("oanh").get(reverse("staff-clock-statement", args=[way.case.code, pk])).status_code == 404
    assert desk_of("oanh").get("/can-bo/ho-so/khong-co/thoi-han/1/").status_code == 404


def test_the_statement_is_read_only_and_never_kept_by_a_cache(journey, cast):
    address = staff_address(journey(), "intake")
    assert desk_of("oanh").post(address).status_code == 405
    assert "no-store" in desk_of("oanh").get(address)["Cache-Control"]


def test_each_clock_of_the_case_page_leads_to_its_statement(journey, cast):
    way = talked_about(journey, cast)
    text = desk_of("oanh").get(case_address(way.case)).content.decode()
    linked = re.findall(r'href="(/can-bo/ho-so/[^/]+/thoi-han/\d+/)"', text)
    shown = re.findall(r'data-id="(\d+)"', text)
    assert linked == [reverse("staff-clock-statement", args=[way.case.code, pk]) for pk in shown]
    assert len(linked) == 5


def cost(desk, address):
    desk.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert desk.get(address).status_code == 200
    return len(queries)


def test_the_page_costs_the_same_for_one_event_and_for_many(journey, cast):
    short, long = journey(), talked_about(journey, cast)
    for minute in range(10):
        long.does("progress", cast.son, f"2026-03-05 09:{minute:02}", note="Đang làm")
    assert cost(desk_of("oanh"), staff_address(short, "intake")) == 10
    assert cost(desk_of("oanh"), staff_address(long, "intake")) == 10


# Bounces


def bounced(way, cast):
    distribute(way, "2026-03-02 09:00")
    give_back(way, cast.son, "2026-03-02 10:00")
    distribute(way, "2026-03-02 11:00", "soyt")
    give_back(way, cast.yen, "2026-03-02 14:00")
    return way


def test_returns_are_counted_by_agency_for_staff_alone(journey, cast):
    way = bounced(journey(), cast)
    distribute(way, "2026-03-02 15:00")
    give_back(way, cast.son, "2026-03-02 16:00")
    inside = dossier(cast.tam, way.fresh(), at("2026-03-02 16:30"))
    assert (inside.returns, inside.returned_by) == (3, [("Sở Xây dựng", 2), ("Sở Y tế", 1)])
    own = dossier(cast.sender_of(way.case), way.fresh(), at("2026-03-02 16:30"))
    assert (own.returns, own.returned_by) == (0, [])
    page = " ".join(desk_of("oanh").get(case_address(way.case)).content.decode().split())
    assert "<dt>Chuyển trả</dt> <dd> 3 lần: Sở Xây dựng 2, Sở Y tế 1 </dd>" in page


def codes_in(username, stage):
    return [row.code for row in desk_of(username).get(f"/can-bo/?stage={stage}").context["page"].rows]


def test_from_the_second_return_on_the_supervisor_finds_the_case_and_may_distribute_it(journey, cast):
    once, twice = journey(), bounced(journey(), cast)
    distribute(once, "2026-03-02 09:00")
    give_back(once, cast.son, "2026-03-02 10:00")
    assert codes_in("tam", "returned_twice") == [twice.case.code]
    text = desk_of("tam").get(case_address(twice.case)).content.decode()
    assert f'action="/can-bo/ho-so/{twice.case.code}/distribute/"' in text
    twice.does("distribute", cast.tam, "2026-03-02 15:00", agency=cast.agency("dienluc"), field=cast.field())
    assert codes_in("tam", "returned_twice") == []
    twice.does("recall", cast.oanh, "2026-03-02 15:30", note="Nhầm")
    assert (twice.case.state, codes_in("tam", "returned_twice")) == ("CHECKED", [twice.case.code])
