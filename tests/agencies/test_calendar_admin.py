"""Editing calendar and office hours where limits run: shown first, saved and applied together, nothing typed lost.

In November 2026 the 23rd is a Monday; a case accepted on the 18th is due on the 26th, with the 23rd off on the 27th.
"""

import re
from datetime import date
from html import unescape

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from agencies.memberships import let_into_admin
from agencies.models import CalendarDay, CalendarSpan, Membership, OfficeHours, User
from agencies.register import current_calendar
from tests.cast import cast, journey
from tests.workflow.ways import accepted
from workflow.models import CaseEvent, Clock, Message

__all__ = ["cast", "journey"]

MONDAY, SATURDAY = date(2026, 11, 23), date(2026, 11, 28)
LIST = "/quan-tri/agencies/calendarday/"
HOURS = "/quan-tri/agencies/officehours/"
SPAN = "/quan-tri/agencies/calendarspan/1/change/"
REFERENCE = "Thông báo 12345/TB-BNV"
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


@pytest.fixture
def way(journey):
    way = journey("2026-11-18 08:00")
    accepted(way, "2026-11-18 09:00", "2026-11-18 10:00")
    return way


def desk_of(username):
    for membership in Membership.objects.filter(user__username=username):
        let_into_admin(membership)
    client = Client()
    client.force_login(User.objects.get(username=username))
    return client


def monday_off(**more):
    return {
        "date": "23/11/2026", "kind": "swapped_off", "name": "Hoán đổi", "legal_reference": REFERENCE,
        "confirmed": "on", "_save": "Lưu",
    } | more  # fmt: skip


def change(day):
    return f"{LIST}{CalendarDay.objects.get(date=day).pk}/change/"


def agreed(response, **more):
    """What the button "Áp dụng và thông báo" of the preview posts."""
    hidden = {name: unescape(value) for name, value in HIDDEN.findall(response.content.decode())}
    hidden.pop("csrfmiddlewaretoken", None)
    return hidden | {"_apply": "Áp dụng", "move_reason": REFERENCE} | more


def moved(way):
    return CaseEvent.objects.filter(case=way.case, action="recount").count()


def text_of(response):
    return unescape(response.content.decode())


def test_a_day_that_moves_limits_is_shown_first_and_nothing_is_saved(way):
    revision = CalendarSpan.objects.get().revision
    response = desk_of("oanh").post(change(MONDAY), monday_off())
    assert response.status_code == 200
    text = text_of(response)
    row = [way.case.code, "Xử lý", "Sở Xây dựng", "17:00 26/11/2026", "17:00 27/11/2026"]
    assert [words in text for words in row] == [True] * 5
    assert f'name="move_reason" value="{REFERENCE}"' in text
    assert not CalendarDay.objects.get(date=MONDAY).confirmed
    assert CalendarSpan.objects.get().revision == revision
    assert current_calendar().is_working_day(MONDAY)
    assert (way.due("process"), moved(way), LogEntry.objects.count()) == ("2026-11-26 17:00", 0, 0)


def test_agreeing_saves_the_day_and_moves_the_limits_together(way):
    desk = desk_of("oanh")
    preview = desk.post(change(MONDAY), monday_off())
    response = desk.post(change(MONDAY), agreed(preview), follow=True)
    assert "Đã tính lại 1 thời hạn của 1 hồ sơ" in text_of(response)
    day = CalendarDay.objects.get(date=MONDAY)
    assert (day.name, day.legal_reference, day.confirmed) == ("Hoán đổi", REFERENCE, True)
    assert way.due("process") == "2026-11-27 17:00"
    event = CaseEvent.objects.get(action="recount")
    assert (event.actor.username, event.note) == ("oanh", REFERENCE)
    assert Message.objects.filter(event=event).count() == 2
    assert LogEntry.objects.get().user.username == "oanh"


def test_agreeing_twice_moves_once(way):
    desk = desk_of("oanh")
    form = agreed(desk.post(change(MONDAY), monday_off()))
    assert [desk.post(change(MONDAY), form).status_code for _time in range(2)] == [302, 302]
    assert moved(way) == 1


def test_adding_a_day_twice_moves_once_and_then_says_that_it_is_there(way):
    desk = desk_of("oanh")
    form = agreed(desk.post(f"{LIST}add/", monday_off(date="25/11/2026")))
    assert desk.post(f"{LIST}add/", form).status_code == 302
    again = desk.post(f"{LIST}add/", form)
    assert (again.status_code, bool(again.context["errors"])) == (200, True)
    assert (moved(way), way.due("process")) == (1, "2026-11-27 17:00")


def test_without_a_reason_nothing_is_saved(way):
    desk = desk_of("oanh")
    preview = desk.post(change(MONDAY), monday_off())
    response = desk.post(change(MONDAY), agreed(preview, move_reason="  "))
    assert response.status_code == 422
    assert "Hãy ghi lý do hoặc văn bản căn cứ." in text_of(response)
    assert agreed(response)["name"] == "Hoán đổi"
    assert not CalendarDay.objects.get(date=MONDAY).confirmed


def test_going_back_shows_the_form_as_it_was_filled_in(way):
    desk = desk_of("oanh")
    form = agreed(desk.post(change(MONDAY), monday_off(name="Nghỉ bão <số 9>")))
    del form["_apply"]
    response = desk.post(change(MONDAY), form | {"_back": "Quay lại"})
    assert response.status_code == 200
    assert response.context["adminform"].form["name"].value() == "Nghỉ bão <số 9>"
    assert response.context["errors"] == []
    assert not CalendarDay.objects.get(date=MONDAY).confirmed


def test_a_day_that_moves_nothing_is_saved_at_once(way):
    response = desk_of("oanh").post(f"{LIST}add/", monday_off(date="15/12/2026"))
    assert response.status_code == 302
    assert CalendarDay.objects.filter(date=date(2026, 12, 15)).exists()


def test_deleting_a_day_is_shown_first_too(way):
    desk = desk_of("oanh")
    holiday = CalendarDay.objects.get(date=date(2026, 11, 24))
    address = f"{LIST}{holiday.pk}/delete/"
    preview = desk.post(address, {"post": "yes"})
    assert "17:00 25/11/2026" in text_of(preview)
    assert "Áp dụng và thông báo" in text_of(preview)
    assert 'name="_back"' not in text_of(preview)
    assert CalendarDay.objects.filter(pk=holiday.pk).exists()
    assert desk.post(address, agreed(preview)).status_code == 302
    assert not CalendarDay.objects.filter(pk=holiday.pk).exists()
    assert way.due("process") == "2026-11-25 17:00"


def test_office_hours_are_shown_first_too(way):
    desk = desk_of("oanh")
    form = {"valid_from": "25/11/2026", "sessions": "07:00-11:30,13:00-16:30"}
    preview = desk.post(f"{HOURS}add/", form)
    assert "16:30 26/11/2026" in text_of(preview)
    assert OfficeHours.objects.count() == 1
    assert desk.post(f"{HOURS}add/", agreed(preview)).status_code == 302
    assert way.due("process") == "2026-11-26 16:30"


def test_a_swap_is_confirmed_in_one_go(journey):
    """Accepted on the 19th: due on Friday the 27th; with the 23rd off and the 28th worked, on that Saturday."""
    way = journey("2026-11-19 08:00")
    accepted(way, "2026-11-19 09:00", "2026-11-19 10:00")
    desk = desk_of("oanh")
    chosen = [CalendarDay.objects.get(date=day).pk for day in (MONDAY, SATURDAY)]
    form = {"action": "confirm_days", "_selected_action": chosen, "index": "0"}
    preview = desk.post(LIST, form)
    assert "17:00 28/11/2026" in text_of(preview)
    assert "đề xuất, chưa thấy phê duyệt" not in text_of(preview).partition("move_reason")[2]
    assert CalendarDay.objects.filter(confirmed=False, pk__in=chosen).count() == 2
    form = agreed(preview) | {"_selected_action": chosen}
    assert desk.post(LIST, form).status_code == 302
    assert (way.due("process"), moved(way)) == ("2026-11-28 17:00", 1)
    assert LogEntry.objects.count() == 2


def test_days_are_never_deleted_by_the_dozen(way):
    page = desk_of("oanh").get(LIST)
    assert [name for name, _label in page.context["action_form"].fields["action"].choices] == ["", "confirm_days"]


def test_a_year_is_announced_without_asking_where_no_due_time_moves(journey):
    way = journey("2027-01-11 08:00")
    accepted(way, "2027-01-11 09:00", "2027-01-11 10:00")
    assert way.case.clocks.get(key="process").provisional
    form = {"first_year": "2022", "last_year": "2027", "announced_until": "31/12/2027"}
    assert desk_of("oanh").post(SPAN, form).status_code == 302
    assert not way.case.clocks.get(key="process").provisional
    assert moved(way) == 0


def test_a_year_in_which_limits_run_cannot_be_taken_out(journey):
    way = journey("2026-12-28 08:00")
    accepted(way, "2026-12-28 09:00", "2026-12-28 10:00")
    desk = desk_of("oanh")
    form = {"first_year": "2022", "last_year": "2026", "announced_until": "31/12/2026"}
    response = desk.post(SPAN, form)
    assert "Lịch làm việc chỉ có từ năm 2022 đến hết năm 2026" in text_of(response)
    assert "Áp dụng và thông báo" not in text_of(response)
    assert desk.post(SPAN, agreed(response)).status_code == 200
    assert CalendarSpan.objects.get().last_year == 2027


def test_only_the_first_two_hundred_are_shown_with_the_total(way):
    clock = way.case.clocks.get(key="process")
    values = {field.attname: getattr(clock, field.attname) for field in Clock._meta.concrete_fields}
    copies = [Clock(**values | {"id": None, "key": f"process-{number}"}) for number in range(200)]
    Clock.objects.bulk_create(copies)
    text = text_of(desk_of("oanh").post(change(MONDAY), monday_off()))
    assert text.count("17:00 27/11/2026") == 200
    assert "Bảng chỉ ghi 200 trong tổng số 201 thời hạn." in text


@pytest.mark.parametrize("username", ["son", "tam"])
def test_others_change_no_calendar(way, username):
    User.objects.filter(username=username).update(is_staff=True)
    assert desk_of(username).post(change(MONDAY), monday_off(_apply="x", move_reason="x")).status_code == 403
    assert not CalendarDay.objects.get(date=MONDAY).confirmed


def test_the_administrator_edits_the_calendar_in_the_same_way(way):
    desk = desk_of("quang")
    preview = desk.post(change(MONDAY), monday_off())
    assert "Áp dụng và thông báo" in text_of(preview)
    assert desk.post(change(MONDAY), agreed(preview)).status_code == 302
    assert moved(way) == 1


def test_nothing_of_a_case_but_its_code_is_shown(way):
    text = text_of(desk_of("oanh").post(change(MONDAY), monday_off()))
    assert [word in text for word in ("Đèn đường", "Trần Phú", "Nguyễn Thị Cúc", "912345678")] == [False] * 4


def test_the_list_of_days_and_the_queue_warn_of_what_is_not_confirmed(way):
    words = "23/11/2026, nghỉ hoán đổi: Đề xuất hoán đổi sang thứ Bảy 28/11 – 1 thời hạn đang chạy qua ngày này"
    desk = desk_of("oanh")
    assert [words in text_of(desk.get(address)) for address in (LIST, "/can-bo/")] == [True, True]
    assert words not in text_of(desk_of("son").get("/can-bo/"))
