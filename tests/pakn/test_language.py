"""Vietnamese unless English was chosen; what is sent and stored is Vietnamese always."""

import re
from datetime import date

import pytest
from django.db import transaction
from django.test import Client
from django.utils import formats, translation

from tests.cast import PASSWORD, at
from tests.submissions.pages import LODGE, answers, code_of, text_of
from workflow.models import CaseEvent, Clock, Message
from workflow.telling import DIGEST, tell

SWITCH, COOKIE = "/ngon-ngu/", "django_language"


@pytest.fixture
def english(client):
    """A visitor who has chosen English."""
    client.post(SWITCH, {"language": "en"})
    return client


def language_of(response):
    return re.search(r'<html lang="([^"]*)"', text_of(response))[1], response.headers["Content-Language"]


def test_a_browsers_own_language_changes_nothing(client, cast):
    response = client.get("/tra-cuu/", headers={"accept-language": "en-GB,en;q=0.9"})
    assert language_of(response) == ("vi", "vi")
    assert "Gửi phản ánh" in text_of(response)


def test_the_switch_stays_on_the_page_and_counts_for_the_pages_after(client, cast):
    button = re.search(
        r'action="(/ngon-ngu/[^"]*)".*?value="(\w+)"\s+lang="(\w+)"',
        text_of(client.get("/phan-anh/?q=a%26b&field=y-te")),
        re.DOTALL,
    )
    action, language, words_in = button.groups()
    assert (language, words_in) == ("en", "en")
    response = client.post(action, {"language": language})
    assert (response.status_code, response.headers["Location"]) == (302, "/phan-anh/?q=a%26b&field=y-te")
    cookie = response.cookies[COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 31_536_000)
    page = client.get("/tra-cuu/")
    assert language_of(page) == ("en", "en")
    assert "Gửi phản ánh" not in text_of(page)
    client.post(f"{SWITCH}?next=/", {"language": "vi"})
    assert language_of(client.get("/")) == ("vi", "vi")


def test_the_switch_leads_to_no_other_site_and_knows_no_other_language(client, cast):
    assert client.post(f"{SWITCH}?next=https://example.com/", {"language": "en"}).headers["Location"] == "/"
    client.cookies[COOKIE] = "fr"
    assert language_of(client.get("/")) == ("vi", "vi")


def test_the_switch_asks_for_the_token_of_its_page(cast):
    visitor = Client(enforce_csrf_checks=True)
    assert visitor.post(SWITCH, {"language": "en"}).status_code == 403
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]*)"', text_of(visitor.get("/")))[1]
    assert visitor.post(SWITCH, {"language": "en", "csrfmiddlewaretoken": token}).status_code == 302


def test_the_form_of_the_switch_adds_no_hidden_answer_to_a_page(client, cast):
    """Clients send back what hidden inputs they find on a page."""
    form = re.search(r'<form[^>]*action="/ngon-ngu/.*?</form>', text_of(client.get("/")), re.DOTALL)[0]
    assert re.findall(r'type="hidden" name="([^"]*)"', form) == ["csrfmiddlewaretoken"]


def test_desks_work_in_vietnamese(english, cast):
    english.login(username="oanh", password=PASSWORD)
    assert language_of(english.get("/can-bo/")) == ("vi", "vi")
    assert "Hàng đợi" in text_of(english.get("/can-bo/"))
    english.login(username="quang", password=PASSWORD)
    assert english.get("/quan-tri/").headers["Content-Language"] == "vi"
    assert language_of(english.get("/")) == ("en", "en")


@pytest.mark.parametrize(
    "path", ["/", "/gui-phan-anh/", "/tra-cuu/", "/phan-anh/", "/quy-trinh/", "/xac-nhan/", "/khong-co/"]
)
def test_public_pages_are_read_in_english(english, cast, path):
    assert language_of(english.get(path)) == ("en", "en")


def test_the_language_of_one_request_does_not_outlive_it(english, cast):
    english.get("/")
    assert translation.get_language() == "vi"


def stored(code):
    """What a filing leaves behind, without what differs from case to case."""
    messages = Message.objects.filter(case__code=code).order_by("pk")
    return (
        [(one.notice, one.medium, one.problem, plain(one.subject, code), plain(one.body, code)) for one in messages],
        list(CaseEvent.objects.filter(case__code=code).values_list("action", "note")),
        list(Clock.objects.filter(case__code=code).values_list("key", "label", "article")),
    )


def plain(text, code):
    """Without the code, and without tokens of links and moments."""
    return re.sub(r"\d\d:\d\d \d\d/\d\d/\d{4}|/mo/[^/\s]+/?", "…", text.replace(code, "…"))


def test_who_files_in_english_leaves_the_same_messages_and_events_as_in_vietnamese(client, cast, settings):
    settings.CAPTCHA_TAKES_PASSED = True
    codes = []
    for language in ("vi", "en"):
        client.post(SWITCH, {"language": language})
        page = client.get(LODGE)
        assert language_of(page) == (language, language)
        codes.append(code_of(client.post(LODGE, answers(page, email="an@example.vn"))))
    vietnamese, english = map(stored, codes)
    assert english == vietnamese
    notices = [notice for notice, *_rest in english[0]]
    assert notices == ["sender_lodged", "centre_lodged"]


def test_who_asks_in_english_is_written_about_in_vietnamese(journey, cast):
    cases = []
    for language in ("vi", "en"):
        way = journey()
        with translation.override(language):
            way.does("distribute", cast.oanh, "2026-03-02 10:00", field=cast.field(), agency=cast.agency("soxd"))
            way.does("accept", cast.son, "2026-03-02 15:00")
            way.does("ask", cast.sender_of(way.case), "2026-03-03 09:00", body="Bao giờ xong?")
            way.does("contact", cast.sender_of(way.case), "2026-03-03 09:10", phone="+84912345678", email="")
        cases.append(stored(way.case.code))
    assert cases[0] == cases[1]
    assert len(cases[0][0]) > 3


def digests_told(language):
    """The letters of one morning, as they are told where this language is on."""
    with transaction.atomic(), translation.override(language):
        tell(at("2026-03-03 08:00"))
        told = list(Message.objects.filter(notice=DIGEST).order_by("agency", "role").values_list("subject", "body"))
        transaction.set_rollback(True)
    return told


def test_reminders_are_told_in_vietnamese_whatever_is_on(journey, cast):
    journey()
    vietnamese = digests_told("vi")
    assert "quá hạn" in "".join(body for _subject, body in vietnamese)
    assert digests_told("en") == vietnamese


def test_dates_in_english_put_the_day_first_as_typed_ones_are_read():
    with translation.override("en"):
        assert formats.date_format(date(2026, 3, 2)) == "2 March 2026"
        assert formats.date_format(at("2026-03-02 14:05"), "DATETIME_FORMAT") == "14:05, 2 March 2026"
        assert formats.get_format("DATE_INPUT_FORMATS") == ["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y"]
        assert formats.number_format(1234.5, use_l10n=True, force_grouping=True) == "1,234.5"
