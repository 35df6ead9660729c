"""A sender's own data: shown, taken along, asked about within two working days, and gone after years."""

import json
from datetime import date, datetime, timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from time_machine import travel

from agencies.models import CalendarDay
from agencies.register import current_calendar
from agencies.roles import Role
from submissions.followers import follow
from submissions.models import Case, Sender
from tests.cast import at
from tests.submissions.pages import text_of
from tests.workflow.desk import case_address, desk_of
from workflow import audit, privacy
from workflow.calendar_changes import realign
from workflow.digests import digest
from workflow.messages import queue
from workflow.models import DataRequest, Message
from workflow.reminders import Desk
from workflow.sweep import sweep
from workflow.telling import DATA_LATE

PAGE, FILE, LIST = "/du-lieu-cua-toi/", "/du-lieu-cua-toi/tai-ve/", "/can-bo/du-lieu-ca-nhan/"
INNER = "Kho hết bóng, đến tháng sau mới nhập."
NAME, PHONE = "Nguyễn Thị Cúc", "+84912345678"


def opened(case, phone="0912 345 678"):
    """The sender's browser, with the case opened by code and phone."""
    browser = Client()
    assert browser.post("/tra-cuu/", {"q": case.code, "phone": phone}).status_code == 302
    return browser


def asks(browser, case, kind="copy", body="Cho tôi bản sao."):
    return browser.post(PAGE, {"case": case.code, "kind": kind, "body": body})


@pytest.fixture
def answered(journey, cast):
    way = journey()
    way.does("distribute", cast.oanh, "2026-03-02 09:00", field=cast.field(), agency=cast.agency("soxd"))
    way.does("accept", cast.son, "2026-03-02 09:10", note=INNER)
    way.does("submit", cast.son, "2026-03-02 10:00", outcome="done", body="Đã thay bóng.")
    way.does("approve", cast.lan, "2026-03-02 10:30")
    return way.fresh()


def test_a_stranger_reads_what_is_kept_and_takes_nothing(client, cast):
    text = text_of(client.get(PAGE))
    assert "sau 5 năm" in text and "Tải dữ liệu của tôi" not in text
    assert client.get(FILE).status_code == 404
    assert client.post(PAGE, {"case": "x", "kind": "copy", "body": "x"}).status_code == 422


def test_the_file_holds_what_the_sender_may_read_and_nothing_internal(answered, cast):
    case = answered
    response = opened(case).get(FILE)
    assert response["Content-Disposition"].startswith("attachment")
    assert "no-store" in response["Cache-Control"]
    told = json.loads(response.content)
    (mine,) = told["cases"]
    assert mine["code"] == case.code and mine["answer"]["body"] == "Đã thay bóng."
    assert NAME in response.content.decode()
    assert told["account"] is None
    assert INNER not in response.content.decode()


def test_the_file_holds_no_address_of_those_whom_the_case_concerns_too(answered):
    follow(answered, "a browser", timezone.now(), email="lan.can@example.vn", is_verified=True)
    queue(answered.events.get(action="approve"), ["follower_news"])
    assert answered.messages.filter(recipient="lan.can@example.vn").exists()
    response = opened(answered).get(FILE)
    assert "lan.can@example.vn" not in response.content.decode()
    assert json.loads(response.content)["cases"][0]["messages"]


def test_the_file_of_an_account_holds_its_cases_and_no_one_elses(client, cast):
    other = cast.files(phone="+84987654321", full_name="Trần Văn Khác")
    client.login(username="binh", password="mat-khau-cho-kiem-thu")
    told = json.loads(client.get(FILE).content)
    assert told["account"]["name"]
    assert other.code not in json.dumps(told)


def test_a_request_is_due_in_two_working_days_and_late_after_that(cast):
    case = cast.files("2026-03-05 09:00")
    with travel(at("2026-03-06 16:00")):
        assert asks(opened(case), case).status_code == 302
    asked = DataRequest.objects.get()
    assert asked.due_at == at("2026-03-10 17:00")
    with travel(at("2026-03-10 16:59")):
        assert not asked.is_late
    with travel(at("2026-03-10 17:01")):
        assert asked.is_late
        assert "quá hạn" in text_of(desk_of("oanh").get(LIST))


def test_the_centre_reads_each_morning_how_many_wait_and_how_many_are_late(cast):
    oldest, latest = cast.files("2026-03-05 08:00"), cast.files("2026-03-05 09:00")
    centre = Desk(cast.agency("trungtam").pk, Role.OPERATOR)
    with travel(at("2026-03-05 10:00")):
        asks(opened(oldest), oldest)
    assert digest(centre, at("2026-03-06 07:00"), current_calendar())["data_requests"] == "1"
    with travel(at("2026-03-09 18:00")):
        asks(opened(latest), latest)
    assert digest(centre, at("2026-03-10 07:00"), current_calendar())["data_requests"] == "2, 1 quá hạn"
    handling = Desk(cast.agency("soxd").pk, Role.SPECIALIST)
    assert "data_requests" not in (digest(handling, at("2026-03-10 07:00"), current_calendar()) or {})


def told_late():
    return list(Message.objects.filter(notice=DATA_LATE).order_by("pk"))


def test_the_centre_is_told_once_when_a_request_is_late_and_not_at_night(cast):
    case = cast.files("2026-03-05 08:00")
    with travel(at("2026-03-05 10:00")):
        asks(opened(case), case)
    for when in ("2026-03-09 09:59", "2026-03-09 22:00"):
        sweep(at(when))
    assert told_late() == []
    for when in ("2026-03-10 08:00", "2026-03-10 08:01", "2026-03-11 08:00"):
        sweep(at(when))
    (message,) = told_late()
    assert (message.agency.code, message.role, message.queued_at) == ("trungtam", "operator", at("2026-03-10 08:00"))
    assert f"- {case.code}: Xem, nhận bản sao dữ liệu của tôi, hạn 17:00 09/03/2026" in message.body
    assert message.subject == "Một yêu cầu về dữ liệu cá nhân đã quá hạn"


def test_of_several_late_requests_one_message_tells_and_one_that_is_answered_is_not_in_it(cast):
    cases = [cast.files("2026-03-05 08:00") for _one in range(3)]
    with travel(at("2026-03-05 10:00")):
        for case in cases:
            asks(opened(case), case)
    privacy.answer(cast.oanh, cases[0].data_requests.get(), "Đã gửi.", at("2026-03-06 09:00"))
    sweep(at("2026-03-10 08:00"))
    (message,) = told_late()
    assert message.subject == "2 yêu cầu về dữ liệu cá nhân đã quá hạn"
    assert cases[0].code not in message.body


def test_a_change_of_the_calendar_moves_what_waits_and_nothing_that_was_answered(cast):
    waits, done = cast.files("2026-03-05 08:00"), cast.files("2026-03-05 08:00")
    with travel(at("2026-03-05 10:00")):
        asks(opened(waits), waits)
        asks(opened(done), done)
    privacy.answer(cast.oanh, done.data_requests.get(), "Đã gửi.", at("2026-03-06 09:00"))
    CalendarDay.objects.create(date=date(2026, 3, 9), kind="substitute", name="Nghỉ bù", confirmed=True)
    realign(at("2026-03-06 20:00"))
    assert waits.data_requests.get().due_at == at("2026-03-10 17:00")
    noted = waits.audit.get(subject="hạn trả lời yêu cầu về dữ liệu")
    assert datetime.fromisoformat(noted.facts["to"]) == at("2026-03-10 17:00")
    assert done.data_requests.get().due_at == at("2026-03-09 17:00")


@pytest.mark.parametrize("missing", ["kind", "body", "case"])
def test_what_is_missing_is_said_beside_its_field_and_the_rest_is_kept(cast, missing):
    case = cast.files()
    response = opened(case).post(PAGE, {"case": case.code, "kind": "copy", "body": "Chữ đã gõ"} | {missing: ""})
    assert response.status_code == 422
    assert missing == "body" or "Chữ đã gõ" in text_of(response)


def test_one_case_has_a_handful_of_requests_waiting_at_most(cast):
    case = cast.files()
    browser = opened(case)
    codes = [asks(browser, case).status_code for _ in range(privacy.MOST_WAITING + 1)]
    assert codes == [302] * privacy.MOST_WAITING + [422]


def test_the_centre_alone_answers_and_the_sender_is_told_and_reads_it(cast):
    case = cast.files()
    browser = opened(case)
    asks(browser, case, body="Tôi muốn sửa địa chỉ.")
    asked = DataRequest.objects.get()
    for stranger in ("son", "lan", "tam"):
        assert desk_of(stranger).get(LIST).status_code == 404
        assert desk_of(stranger).get(f"{LIST}{asked.pk}/").status_code == 404
    desk = desk_of("oanh")
    assert 'Yêu cầu về dữ liệu: <span class="count">1</span>' in text_of(desk.get("/can-bo/"))
    assert desk.post(f"{LIST}{asked.pk}/", {"answer": ""}).status_code == 422
    assert desk.post(f"{LIST}{asked.pk}/", {"answer": "Đã sửa."}).status_code == 302
    assert "Đã sửa." in text_of(browser.get(PAGE))
    assert Message.objects.filter(notice=privacy.NOTICE, case=case).count() == 1
    assert desk.post(f"{LIST}{asked.pk}/", {"answer": "Lần hai."}).status_code == 409
    assert "dữ liệu cá nhân" in case.audit.order_by("-number").first().subject


def test_only_of_a_closed_case_the_sender_can_be_erased(answered, cast):
    still_open = cast.files()
    asks(opened(still_open), still_open, "erase")
    page = text_of(desk_of("oanh").get(f"{LIST}{DataRequest.objects.get().pk}/"))
    assert "không khôi phục được" not in page


def gone(case):
    """Nothing of the sender is left with the case, and the case is left."""
    assert not case.messages.filter(agency=None).exclude(body=privacy.ERASED).exists()
    sender = Sender.objects.get(pk=case.sender_id)
    assert (sender.full_name, sender.phone, sender.email, sender.address, sender.search_name) == (
        privacy.ERASED, "", "", "", "",
    )  # fmt: skip
    assert sender.commune_id
    assert not case.messages.filter(agency=None, recipient__contains=PHONE[3:]).exists()
    assert Case.objects.get(pk=case.pk).title == case.title
    assert list(audit.verify()) == []


def test_at_the_senders_request_the_data_of_a_closed_case_go_once_the_answer_could_be_read(answered, cast):
    case = answered
    Message.objects.filter(case=case).update(sent_at=timezone.now())
    browser = opened(case)
    asks(browser, case, "erase")
    asked = DataRequest.objects.get()
    assert desk_of("oanh").post(f"{LIST}{asked.pk}/", {"answer": "Đã xóa.", "erase": "on"}).status_code == 302
    assert "Đã xóa." in text_of(opened(case).get(PAGE))
    now = timezone.now()
    assert privacy.anonymise(now + timedelta(days=8)) == 0, "the answer has not been sent yet"
    Message.objects.filter(case=case).update(sent_at=now)
    assert privacy.anonymise(now + timedelta(days=6)) == 0
    assert privacy.anonymise(now + timedelta(days=8)) == 1
    gone(case)
    assert browser.get(f"/phan-anh/{case.code}/").status_code == 200
    for name in ("oanh", "son"):
        desk = desk_of(name)
        desk.post(f"{case_address(case)}nguoi-gui/", {"reason": "call"})
        assert desk.get(case_address(case)).status_code == 200
    assert Client().post("/tra-cuu/", {"q": case.code, "phone": "0912 345 678"}).status_code == 422
    assert Client().post("/tra-cuu/", {"q": case.code, "phone": ""}).status_code == 422
    for name in ("oanh", "son", "lan", "tam"):
        assert desk_of(name).get(case_address(case)).status_code == 200
    public = Client().get(f"/phan-anh/{case.code}/")
    assert public.status_code == 200 and NAME not in text_of(public)
    assert Client().get("/tra-cuu/", {"q": NAME}).status_code == 200


def test_after_years_of_quiet_the_senders_of_closed_cases_go_at_night(answered, cast, settings):
    case = answered
    still_open = cast.files()
    Message.objects.filter(case=case).update(sent_at=timezone.now())
    late = case.last_event_at + timedelta(days=round(5 * 365.25))
    assert privacy.anonymise(late - timedelta(days=1)) == 0
    assert privacy.anonymise(late + timedelta(days=1)) == 1
    gone(case)
    assert Sender.objects.get(pk=still_open.sender_id).full_name == NAME
    assert privacy.anonymise(late + timedelta(days=2)) == 0
    settings.KEEP_SENDERS_YEARS = 1
    assert privacy.anonymise(late + timedelta(days=2)) == 0


def test_a_message_without_a_case_keeps_no_address_for_long(cast):
    now = timezone.now()
    old = {"notice": "sender_codes", "medium": "sms", "recipient": PHONE, "body": "Mã", "next_try_at": now}
    for ago, sent in ((31, True), (31, False), (29, True)):
        at_ = now - timedelta(days=ago)
        Message.objects.create(queued_at=at_, sent_at=at_ if sent else None, **old)
    privacy.anonymise(now)
    assert [message.recipient for message in Message.objects.order_by("pk")] == [privacy.ERASED, PHONE, PHONE]


def test_where_the_calendar_ends_the_request_is_put_off_with_its_text(cast):
    case = cast.files()
    browser = opened(case)
    with travel(at("2031-03-06 16:00")):
        browser = opened(case)
        response = asks(browser, case, body="Chữ đã gõ")
    assert response.status_code == 422 and "Chữ đã gõ" in text_of(response)


def test_what_waits_for_an_answer_or_runs_keeps_its_sender(answered, cast):
    case = answered
    asks(opened(case), case, "copy")
    assert privacy.anonymise(case.last_event_at + timedelta(days=9999)) == 0


def test_the_nights_work_does_it(answered, capsys):
    call_command("housekeeping")
    assert "0 hồ sơ hết hạn lưu dữ liệu người gửi" in capsys.readouterr().out


def test_the_pages_have_their_names():
    assert (reverse("own-data"), reverse("own-data-file"), reverse("staff-data-requests")) == (PAGE, FILE, LIST)
