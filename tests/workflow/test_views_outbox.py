"""Calls, letters and what could not be sent: who gets in, what stands there, and that doing it counts once."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from agencies.models import User
from submissions.models import Case
from tests.cast import at
from tests.workflow.desk import case_address, desk_of
from tests.workflow.test_concurrency import at_once
from tests.workflow.test_delivery import queued
from tests.workflow.test_views_queue import queries_of, text_of
from workflow.delivery import deliver
from workflow.models import Message

TASKS, GIVEN_UP = "/can-bo/thong-bao/", "/can-bo/thong-bao/chua-gui-duoc/"
NINE = at("2026-03-02 09:00")
DONE = {"passed_on": "on"}


def letter_address(message):
    return f"{TASKS}{message.pk}/"


def again_address(message):
    return f"{TASKS}{message.pk}/gui-lai/"


def task(cast, when="2026-03-02 08:00", **changes):
    """The call that tells who phoned of the code of the case."""
    case = cast.files(when, **{"channel": "hotline"} | changes)
    return case.messages.get(medium="task")


def failed(cast, when="2026-03-02 09:00", **changes):
    """A mail to Bà Cúc that was given up at this moment."""
    message = cast.files().messages.get(notice="sender_lodged")
    values = {"given_up_at": at(when), "problem": "máy chủ thư không nhận địa chỉ này (550)", "attempts": 1}
    Message.objects.filter(pk=message.pk).update(**values | changes)
    return Message.objects.get(pk=message.pk)


def linked(response):
    """The messages that a list links to, in its order."""
    return [int(pk) for pk in re.findall(rf'class="queue-title" href="{TASKS}(\d+)/"', text_of(response))]


def state(message):
    message = Message.objects.select_related("done_by").get(pk=message.pk)
    return message.sent_at is not None, message.done_by and message.done_by.username, message.given_up_at


# Who gets in


def test_every_address_is_for_operators_alone(cast):
    waiting, unsent = task(cast), failed(cast)
    addresses = [TASKS, GIVEN_UP, letter_address(waiting), letter_address(unsent)]
    anonymous = Client()
    assert [anonymous.get(address)["Location"] for address in addresses] == [
        f"/tai-khoan/dang-nhap/?next={address}" for address in addresses
    ]
    people = ("oanh", "son", "lan", "tam", "quang", "binh")
    for address in addresses:
        assert [desk_of(name).get(address).status_code for name in people] == [200, 404, 404, 404, 404, 404]


def test_nobody_else_does_what_operators_do(cast):
    waiting, unsent = task(cast), failed(cast)
    posts = [(letter_address(waiting), DONE), (letter_address(unsent), DONE), (again_address(unsent), {})]
    posts.append((GIVEN_UP, {}))
    assert [Client().post(*each).status_code for each in posts] == [302] * 4
    for name in ("son", "lan", "tam", "quang", "binh"):
        assert [desk_of(name).post(*each).status_code for each in posts] == [404] * 4
    assert [state(waiting), state(unsent)] == [(False, None, None), (False, None, NINE)]


def test_reading_changes_nothing(cast):
    unsent = failed(cast)
    assert desk_of("oanh").get(again_address(unsent)).status_code == 405


@pytest.mark.parametrize("pk", [0, 999_999, 10**30])
def test_what_does_not_exist_is_not_found(cast, pk):
    assert desk_of("oanh").get(f"{TASKS}{pk}/").status_code == 404
    assert desk_of("oanh").post(f"{TASKS}{pk}/", DONE).status_code == 404
    assert desk_of("oanh").post(f"{TASKS}{pk}/gui-lai/").status_code == 302


def test_a_message_on_its_way_has_no_page(cast):
    message = cast.files().messages.get(notice="sender_lodged")
    assert desk_of("oanh").get(letter_address(message)).status_code == 404
    assert desk_of("oanh").post(letter_address(message), DONE).status_code == 404


# Calls and letters


def test_a_task_is_listed_with_its_case_and_how_long_it_waits(cast):
    message = task(cast)
    text = text_of(desk_of("oanh").get(TASKS))
    assert f'href="/can-bo/ho-so/{message.case.code}/"' in text
    assert "0912 345 678" not in text
    assert "người gửi" in text
    assert re.search(r"<strong>\s*chờ\s\d+", text)
    assert "từ</span> 08:00 02/03/2026" in text or "từ 08:00 02/03/2026" in text
    assert message.subject in text


def test_its_page_has_the_text_and_whom_to_call_or_write_to(cast):
    message = task(cast, channel="letter")
    text = text_of(desk_of("oanh").get(letter_address(message)))
    for said in ("Nguyễn Thị Cúc", "0912 345 678", "12 Trần Phú, Phường Nha Trang", message.subject, "Thư, văn bản"):
        assert said in text
    assert f"Mã hồ sơ của Ông/Bà: {message.case.code}" in text


def test_a_number_that_the_sender_changed_is_the_one_to_call(journey, cast):
    way = journey("2026-03-02 08:00", channel="hotline")
    message = way.case.messages.get(medium="task")
    changes = {"phone": "+84987654321", "email": "", "address": "3 Lê Lợi"}
    way.does("contact", cast.sender_of(way.case), "2026-03-02 08:30", **changes)
    text = text_of(desk_of("oanh").get(letter_address(message)))
    assert ("0987 654 321" in text, "0912 345 678" in text, "3 Lê Lợi" in text) == (True, False, True)


def test_doing_it_takes_a_tick_and_then_closes_the_message(cast):
    message, desk = task(cast), desk_of("oanh")
    refused = desk.post(letter_address(message), {})
    assert (refused.status_code, state(message)) == (422, (False, None, None))
    assert "Vui lòng đánh dấu xác nhận" in text_of(refused)
    response = desk.post(letter_address(message), DONE)
    assert (response.status_code, response["Location"]) == (302, TASKS)
    assert state(message) == (True, "oanh", None)
    assert linked(desk.get(TASKS)) == []
    text = text_of(desk.get(letter_address(message)))
    assert ("người thực hiện: Trần Thị Oanh" in text, "Đã gọi / đã gửi" in text) == (True, False)


def test_the_second_who_does_it_changes_nothing(cast):
    message = task(cast)
    desk_of("oanh").post(letter_address(message), DONE)
    sent_at = Message.objects.get(pk=message.pk).sent_at
    response = desk_of("phuc").post(letter_address(message), DONE, follow=True)
    assert "Việc này đã được ghi nhận trước đó." in text_of(response)
    assert state(message) == (True, "oanh", None)
    assert Message.objects.get(pk=message.pk).sent_at == sent_at


@pytest.mark.postgres_only
@pytest.mark.django_db(transaction=True)
def test_clicked_twice_at_once_it_counts_once(cast):
    message = task(cast)
    desks = [desk_of("oanh"), desk_of("phuc")] * 2
    responses = at_once([lambda desk=desk: desk.post(letter_address(message), DONE, follow=True) for desk in desks])
    said = sorted("Đã ghi nhận: người nhận đã được báo." in text_of(response) for response in responses)
    assert said == [False, False, False, True]


def test_the_mail_that_delivers_leaves_tasks_alone(cast):
    message = task(cast)
    deliver(NINE)
    assert state(message) == (False, None, None)


# What could not be sent


def test_what_was_given_up_is_listed_with_the_reason_and_the_attempts(cast):
    message = failed(cast)
    text = text_of(desk_of("oanh").get(GIVEN_UP))
    assert "cuc@example.vn" not in text
    for said in ("người gửi", "máy chủ thư không nhận địa chỉ này (550)", "đã thử 1 lần", message.case.code):
        assert said in text
    assert "09:00 02/03/2026" in text


def test_notices_of_no_case_are_listed_too(cast):
    message = queued(given_up_at=NINE, agency=cast.agency("soxd"), notice="desk_digest", subject="Việc hôm nay")
    desk = desk_of("oanh")
    assert linked(desk.get(GIVEN_UP)) == [message.pk]
    text = text_of(desk.get(letter_address(message)))
    assert ("Sở Xây dựng" in text, "Kính gửi Sở Xây dựng," in text) == (True, True)


def test_sent_again_it_goes_out_with_the_next_run(cast):
    message, desk = failed(cast, attempts=30), desk_of("oanh")
    assert desk.post(again_address(message))["Location"] == GIVEN_UP
    again = Message.objects.get(pk=message.pk)
    assert (again.given_up_at, again.attempts, again.sent_at) == (None, 0, None)
    assert linked(desk.get(GIVEN_UP)) == []
    deliver(again.next_try_at)
    sent = Message.objects.get(pk=message.pk)
    assert (sent.sent_at, sent.problem) == (again.next_try_at, "")
    text = text_of(desk.post(again_address(message), follow=True))
    assert "không còn trong danh sách chưa gửi được" in text
    assert Message.objects.get(pk=message.pk).sent_at == again.next_try_at


def test_after_an_outage_all_of_it_is_sent_again_at_once(cast):
    unsent = [failed(cast) for _ in range(3)]
    text = text_of(desk_of("oanh").post(GIVEN_UP, follow=True))
    assert "Sẽ gửi lại 3 thông báo" in text
    assert [state(message) for message in unsent] == [(False, None, None)] * 3


def test_what_could_not_be_sent_can_be_told_by_telephone(cast):
    message, desk = failed(cast), desk_of("phuc")
    text = text_of(desk.get(letter_address(message)))
    assert ("0912 345 678" in text, "cuc@example.vn" in text) == (True, True)
    assert desk.post(letter_address(message), DONE)["Location"] == GIVEN_UP
    assert state(message) == (True, "phuc", None)


# What is sealed


def test_of_a_sealed_case_nothing_stands_here_nor_can_be_done(journey, cast):
    waiting, unsent = task(cast), failed(cast)
    for message in (waiting, unsent):
        way = type(journey())(Case.objects.get(pk=message.case_id), cast)
        way.does("seal", cast.oanh, "2026-03-02 10:00", note="Nghi bí mật nhà nước")
    desk = desk_of("oanh")
    assert [linked(desk.get(address)) for address in (TASKS, GIVEN_UP)] == [[], []]
    for message in (waiting, unsent):
        assert desk.get(letter_address(message)).status_code == 404
        assert desk.post(letter_address(message), DONE).status_code == 404
        desk.post(again_address(message))
    desk.post(GIVEN_UP)
    assert [state(waiting), state(unsent)] == [(False, None, at("2026-03-02 10:00")), (False, None, NINE)]


# Paging and cost


def test_tasks_come_oldest_first_and_failures_latest_first_25_to_a_page(cast):
    waiting = [task(cast, f"2026-03-02 08:{minute:02}").pk for minute in range(30)]
    unsent = [queued(given_up_at=NINE + timedelta(minutes=minute)).pk for minute in range(30)]
    desk = desk_of("oanh")
    for address, expected in ((TASKS, waiting), (GIVEN_UP, unsent[::-1])):
        first = desk.get(address)
        following = re.search(r'href="(\?page=[^"]+)"', text_of(first)).group(1)
        second = desk.get(address + following)
        assert (linked(first), linked(second)) == (expected[:25], expected[25:])
        assert "Thông báo tiếp theo" not in text_of(second)


def test_a_list_costs_the_same_for_one_and_for_many(cast):
    """Session, account with its memberships, two counts, the rows."""
    desk = desk_of("oanh")
    task(cast)
    failed(cast)
    one = [queries_of(desk, address) for address in (TASKS, GIVEN_UP)]
    for minute in range(1, 25):
        task(cast, f"2026-03-02 08:{minute:02}")
        failed(cast)
    assert [queries_of(desk, address) for address in (TASKS, GIVEN_UP)] == one == [5, 5]


def test_the_page_of_one_costs_what_a_dossier_costs(cast):
    assert queries_of(desk_of("oanh"), letter_address(task(cast))) <= 25


# Where else they show


def test_the_queue_leads_operators_here_with_what_waits(cast):
    task(cast)
    failed(cast)
    failed(cast)
    text = text_of(desk_of("oanh").get("/can-bo/"))
    assert re.search(rf'href="{TASKS}">Gọi điện, gửi thư: <span class="count">1<', text)
    assert re.search(rf'href="{GIVEN_UP}">Chưa gửi được: <span class="count">2<', text)
    assert TASKS not in text_of(desk_of("son").get("/can-bo/"))


def test_the_case_says_of_each_message_what_became_of_it(cast):
    message = task(cast)
    Message.objects.filter(pk=message.pk).update(sent_at=NINE, done_by=User.objects.get(username="oanh"))
    others = {"case": message.case, "queued_at": NINE}
    queued(recipient="a@example.vn", sent_at=NINE, **others)
    queued(recipient="b@example.vn", given_up_at=NINE, problem="máy chủ thư không nhận địa chỉ này (550)", **others)
    queued(recipient="c@example.vn", **others)
    text = " ".join(text_of(desk_of("oanh").get(case_address(message.case))).split())
    assert "Trần Thị Oanh đã gọi hoặc gửi thư lúc 09:00 02/03/2026" in text
    assert "thư điện tử: gửi lúc 09:00 02/03/2026" in text
    assert "<strong>không gửi được</strong> (máy chủ thư không nhận địa chỉ này (550))" in text
    assert "thư điện tử: chờ gửi từ 09:00 02/03/2026" in text
