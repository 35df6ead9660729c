"""Tôi cũng gặp: counted once, told by letter after confirming, and out again at any time."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from submissions.followers import forget_unconfirmed
from submissions.models import Follower
from tests.submissions.pages import errors, text_of
from workflow.models import Message

AT = "2026-03-09 09:00"


def page_of(case):
    return f"/phan-anh/{case.code}/cung-gap/"


def link_in(message):
    return re.search(r"http://[^/]+(/phan-anh/\S+/cung-gap/\S+)", message.body)[1]


@pytest.fixture
def way(published):
    return published()


def confirmed(client, way, email="lan@example.vn"):
    client.post(page_of(way.case), {"email": email})
    client.post(link_in(Message.objects.get(notice="follower_confirm", recipient=email)))
    return Follower.objects.get(email=email)


def test_somebody_is_counted_once_a_browser_and_may_leave_again(client, way):
    public = f"/phan-anh/{way.case.code}/"
    assert "người khác cũng gặp." not in text_of(client.get(public))
    for _ in range(2):
        assert client.post(page_of(way.case), {"email": ""})["Location"] == public
    Client().post(page_of(way.case), {"email": ""})
    assert "2 người khác cũng gặp." in text_of(client.get(public))
    assert "đã được tính" in text_of(client.get(page_of(way.case)))
    client.post(page_of(way.case), {"stop": "1"})
    assert Follower.objects.count() == 1


def test_an_account_counts_once_whatever_the_browser(way, cast):
    for _ in range(2):
        visitor = Client()
        visitor.force_login(cast.binh.user)
        visitor.post(page_of(way.case), {"email": ""})
    assert Follower.objects.count() == 1


def test_staff_see_how_many_met_the_same(client, way, cast):
    client.post(page_of(way.case), {"email": ""})
    desk = Client()
    desk.force_login(cast.lan.user)
    assert "1 người cũng gặp" in text_of(desk.get(f"/can-bo/ho-so/{way.case.code}/"))


def test_a_wrong_address_is_refused_with_a_sentence(client, way):
    response = client.post(page_of(way.case), {"email": "lan@"})
    assert response.status_code == 422
    assert errors(response) == [("id_email", "Địa chỉ email không đúng. Ví dụ đúng: ten@example.vn")]
    assert 'value="lan@"' in text_of(response)


def test_an_address_counts_once_its_owner_has_confirmed_it(client, way, cast):
    client.post(page_of(way.case), {"email": "Lan@Example.vn"})
    letter = Message.objects.get(notice="follower_confirm")
    assert letter.recipient == "lan@example.vn"
    way.does("reopen", cast.lan, AT, note="Kiểm tra lại.")
    assert not Message.objects.filter(notice="follower_news").exists()
    stranger = Client()
    assert "Xác nhận" in text_of(stranger.get(link_in(letter)))
    assert Follower.objects.get().confirmed_at is None
    stranger.post(link_in(letter))
    assert Follower.objects.get().confirmed_at is not None


def test_news_go_to_those_who_confirmed_and_say_nothing_that_is_not_public(client, way, cast):
    follower = confirmed(client, way)
    way.does("reopen", cast.lan, AT, note="Lời riêng với người gửi.")
    news = Message.objects.get(notice="follower_news")
    assert (news.recipient, "Lời riêng" in news.body, "Cúc" in news.body) == (follower.email, False, False)
    way.does("submit", cast.son, "2026-03-10 09:00", outcome="done", body="Đã thay cả tuyến.")
    way.does("approve", cast.lan, "2026-03-10 10:00")
    assert Message.objects.filter(notice="follower_news").count() == 2


def test_what_is_approved_but_not_public_yet_is_no_news(client, published, cast):
    way = published(channel="national_portal", national_code="DVC-1")
    way.does("publish", cast.oanh, "2026-03-06 10:00")
    confirmed(client, way)
    way.does("reopen", cast.lan, AT, note="Kiểm tra lại.")
    way.does("submit", cast.son, "2026-03-10 09:00", outcome="done", body="Đã thay cả tuyến.")
    way.does("approve", cast.lan, "2026-03-10 10:00")
    assert Message.objects.filter(notice="follower_news").count() == 1
    way.does("publish", cast.oanh, "2026-03-10 11:00")
    assert Message.objects.filter(notice="follower_news").count() == 2


def test_after_a_case_left_the_register_nobody_is_told_and_nobody_joins(client, way, cast):
    follower = confirmed(client, way)
    link = link_in(Message.objects.get(notice="follower_confirm"))
    way.does("set_secrecy", cast.oanh, AT, level="withheld")
    assert client.get(page_of(way.case)).status_code == 404
    assert client.get(link).status_code == 404
    way.does("reopen", cast.lan, "2026-03-09 10:00", note="Kiểm tra lại.")
    assert not Message.objects.filter(recipient=follower.email, notice="follower_news").exists()


def test_the_link_in_each_letter_ends_the_letters(client, way, cast):
    confirmed(client, way)
    way.does("reopen", cast.lan, AT, note="Kiểm tra lại.")
    link = link_in(Message.objects.get(notice="follower_news"))
    Client().post(link, {"stop": "1"})
    assert Follower.objects.get().email == ""
    assert Client().get(link).status_code == 404


@pytest.mark.parametrize("token", ["1.abc", "x", "1", "99999999999999999999.abc"])
def test_a_link_that_is_not_ours_leads_nowhere(client, way, token):
    client.post(page_of(way.case), {"email": "lan@example.vn"})
    assert client.get(f"{page_of(way.case)}{token}/").status_code == 404


def test_one_address_gets_three_letters_a_day_at_most(way):
    for _ in range(5):
        Client().post(page_of(way.case), {"email": "lan@example.vn"})
    assert Message.objects.filter(notice="follower_confirm").count() == 3


def test_one_address_left_twice_is_told_once(way, cast):
    for visitor in (Client(), Client()):
        visitor.post(page_of(way.case), {"email": "lan@example.vn"})
    for letter in Message.objects.filter(notice="follower_confirm"):
        Client().post(link_in(letter))
    way.does("reopen", cast.lan, AT, note="Kiểm tra lại.")
    assert Message.objects.filter(notice="follower_news").count() == 1


def test_a_step_costs_the_same_for_one_follower_and_for_many(published, cast):
    costs = []
    for number in (1, 20):
        way = published()
        Follower.objects.bulk_create(
            Follower(case=way.case, key=str(n), email=f"a{n}@example.vn", confirmed_at=way.case.received_at,
                     at=way.case.received_at)
            for n in range(number)
        )  # fmt: skip
        with CaptureQueriesContext(connection) as counted:
            way.does("reopen", cast.lan, AT, note="Kiểm tra lại.")
        assert Message.objects.filter(case=way.case, notice="follower_news").count() == number
        costs.append(len(counted))
    assert costs[0] == costs[1]


def test_a_link_is_good_for_the_address_it_was_sent_to(client, way):
    client.post(page_of(way.case), {"email": "lan@example.vn"})
    first = link_in(Message.objects.get(notice="follower_confirm"))
    client.post(page_of(way.case), {"email": "khac@example.vn"})
    assert Client().get(first).status_code == 404
    second = link_in(Message.objects.get(notice="follower_confirm", recipient="khac@example.vn"))
    assert Client().get(second).status_code == 200


def test_one_address_is_counted_ten_times_a_day_at_most(way):
    statuses = [Client().post(page_of(way.case), {"email": ""}).status_code for _ in range(11)]
    assert (statuses, Follower.objects.count()) == ([302] * 10 + [429], 10)


def test_looking_at_the_page_begins_no_session_and_the_code_is_read_as_people_write_it(client, way):
    response = client.get(f"/phan-anh/{way.case.code.lower()}/cung-gap/")
    assert (response.status_code, list(client.session.keys())) == (200, [])
    assert client.get("/phan-anh/PAKN-2603-AAAA-AAAAA/cung-gap/").status_code == 404


def test_an_address_that_got_letters_enough_today_is_told_so(client, way):
    for name in ("a", "b"):
        client.post(page_of(way.case), {"email": f"{name}@example.vn"})
        client.post(page_of(way.case), {"email": "lan@example.vn"})
    client.post(page_of(way.case), {"email": "a@example.vn"})
    client.post(page_of(way.case), {"email": "lan@example.vn"})
    client.post(page_of(way.case), {"email": "b@example.vn"})
    response = client.post(page_of(way.case), {"email": "lan@example.vn"}, follow=True)
    assert "Hôm nay đã gửi nhiều thư xác nhận đến lan@example.vn" in text_of(response)
    assert Message.objects.filter(notice="follower_confirm", recipient="lan@example.vn").count() == 3


def test_an_address_that_nobody_confirmed_goes_after_a_week_the_count_stays(client, way):
    confirmed(client, way)
    Client().post(page_of(way.case), {"email": "khong@example.vn"})
    now = timezone.now()
    assert (forget_unconfirmed(now + timedelta(days=6)), forget_unconfirmed(now + timedelta(days=8))) == (0, 1)
    assert sorted(Follower.objects.values_list("email", flat=True)) == ["", "lan@example.vn"]
