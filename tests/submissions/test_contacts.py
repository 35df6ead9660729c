"""The hotline, the short number and the address that pages and messages name: as set up until others are entered."""

import pytest
from django.db import DatabaseError, connection
from django.test import Client

from agencies.models import User
from submissions.contacts import contacts, forget
from submissions.models import Contact
from tests.workflow.desk import desk_of
from workflow.leaks import found
from workflow.messages import rendered

ADDRESS = "/quan-tri/submissions/contact/1/change/"


def administration_of(username):
    User.objects.filter(username=username).update(is_staff=True)
    return desk_of(username)


@pytest.fixture
def entered(cast):
    typed = {"hotline": "1900 8888", "short_number": "8188", "email": "tiepnhan@example.vn"}
    assert administration_of("oanh").post(ADDRESS, typed).status_code == 302


def test_as_set_up_where_nobody_entered_anything(cast, settings):
    assert contacts().hotline == settings.HOTLINE
    assert settings.HOTLINE in Client().get("/").content.decode()


def test_what_the_operator_entered_stands_on_pages_and_in_messages_at_once(entered):
    text = Client().get("/").content.decode()
    assert '<a href="tel:19008888">1900 8888</a>' in text
    assert "1900 1023" not in text
    _subject, body = rendered("sender_data_answered", "email", {"code": "", "answer": ""})
    assert "1900 8888" in body


def test_a_page_asks_for_them_once_a_minute_at_most_and_no_cache_for_them(entered, django_assert_num_queries):
    contacts()
    with django_assert_num_queries(0):
        assert contacts().hotline == "1900 8888"


def test_our_own_numbers_are_no_leak(entered, cast):
    assert found(cast.files(), "Xin gọi 1900 8888 hoặc viết cho tiepnhan@example.vn.", public=True) == []


def test_an_empty_field_leaves_what_was_set_up(cast, settings):
    administration_of("oanh").post(ADDRESS, {"hotline": "", "short_number": "8188", "email": ""})
    assert (contacts().hotline, contacts().short_number) == (settings.HOTLINE, "8188")


@pytest.mark.parametrize("typed", ["gọi chúng tôi", "1900-8888", "1"])
def test_what_is_no_number_is_told_beside_the_field(cast, typed):
    response = administration_of("oanh").post(ADDRESS, {"hotline": typed, "short_number": "", "email": ""})
    assert "Nhập số điện thoại, ví dụ 1900 1023." in response.content.decode()
    assert Contact.objects.get().hotline == ""


@pytest.mark.parametrize("username", ["quang", "son"])
def test_nobody_else_enters_them(cast, username):
    assert administration_of(username).post(ADDRESS, {"hotline": "1900 8888"}).status_code == 403


def test_without_a_database_they_are_those_that_were_set_up(db, settings, caplog):
    def away(*_args):
        raise DatabaseError

    forget()
    with connection.execute_wrapper(away):
        assert contacts().hotline == settings.HOTLINE
    assert "the contacts are those that were set up" in caplog.text.lower()
