"""The link in a letter to the sender: whose it is, how long it is good, and that reading it does nothing."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from agencies.limits import parse_rate
from submissions.links import LIFETIME, case_by_token, link_to, token_of, without_tokens
from submissions.models import Sender
from tests.cast import PASSWORD, at
from tests.submissions.pages import errors, text_of
from workflow.models import CaseEvent, Message, Rating

UNKNOWN = "PAKN-2603-0000-00005"
MADE = at("2026-03-02 08:00")
RECORDED = "Đã ghi nhận đánh giá. Chân thành cảm ơn Ông/Bà."


def address(case, made=None):
    return f"/phan-anh/{case.code}/mo/{token_of(case, made or timezone.now())}/"


def gone(client, path):
    """Whether the page is the one for every link that opens nothing, for reading and for pressing its button alike."""
    pages = [client.get(path), client.post(path), client.post(path, {"score": "satisfied"})]
    assert "opened" not in client.session
    return [(page.status_code, "Liên kết không dùng được" in text_of(page)) for page in pages] == [(404, True)] * 3


def test_a_token_opens_its_case_for_ninety_days(journey):
    case = journey().case
    token = token_of(case, MADE)
    assert case_by_token(case.code, token, MADE + LIFETIME) == case
    assert case_by_token(case.code, token, MADE + LIFETIME + timedelta(seconds=1)) is None


def test_a_token_of_another_case_of_the_same_person_opens_nothing(journey):
    mine, other = journey().case, journey().case
    assert case_by_token(other.code, token_of(mine, MADE), MADE) is None


@pytest.mark.parametrize("change", [{"phone": "+84987654321"}, {"email": "khac@example.vn"}, {"email": ""}])
def test_a_token_ends_with_the_first_change_of_contact(journey, change):
    case = journey().case
    token = token_of(case, MADE)
    Sender.objects.update(**change)
    assert case_by_token(case.code, token, MADE) is None


def test_a_change_of_contact_by_the_sender_ends_the_link_and_the_next_letter_brings_a_new_one(client, journey, cast):
    way = journey()
    old = address(way.case)
    sender = cast.sender_of(way.case)
    way.does("contact", sender, "2026-03-02 09:00", phone="+84987654321", email="moi@example.vn", address="")
    way.does("send_back", cast.oanh, "2026-03-02 10:00", note="Ở đâu?")
    letter = Message.objects.get(notice="sender_sent_back")
    assert letter.recipient == "moi@example.vn"
    token = re.search(r"/mo/([^/]+)/", letter.body)[1]
    assert case_by_token(way.case.code, token, at("2026-03-02 10:00")) == way.case
    assert gone(client, old)


@pytest.mark.parametrize(
    "token", ["", "x", "0.", ".", "zzzzzzzz." + "A" * 43, "0." + "A" * 43, "9" * 5000 + ".A", "é.ê"]
)
def test_no_token_at_all_opens_nothing(journey, token):
    assert case_by_token(journey().case.code, token, MADE) is None


def test_a_token_with_another_time_or_a_changed_signature_opens_nothing(journey):
    case = journey().case
    made, signature = token_of(case, MADE).split(".")
    later = token_of(case, MADE + timedelta(days=30)).split(".")[0]
    other = ("A" if signature[0] != "A" else "B") + signature[1:]
    assert case_by_token(case.code, f"{later}.{signature}", MADE) is None
    assert case_by_token(case.code, f"{made}.{other}", MADE) is None


def test_a_token_signed_with_the_key_before_last_is_good_while_that_key_is_kept(journey, settings):
    case = journey().case
    token = token_of(case, MADE)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a new key", [settings.SECRET_KEY]
    assert case_by_token(case.code, token, MADE) == case
    settings.SECRET_KEY_FALLBACKS = []
    assert case_by_token(case.code, token, MADE) is None


def test_a_token_names_nobody(journey, settings):
    settings.SITE_URL = "https://pakn.example.vn"
    case = journey().case
    link = link_to(case, MADE)
    assert re.fullmatch(rf"https://pakn\.example\.vn/phan-anh/{case.code}/mo/\w{{6}}\.[\w-]{{43}}/", link)
    assert len(link) > 100
    assert without_tokens(f"Mở: {link}\nHết.") == f"Mở: https://pakn.example.vn/phan-anh/{case.code}/mo/…/\nHết."


def test_reading_the_page_opens_nothing_and_its_button_opens_the_case_in_this_session_only(client, journey):
    case = journey(confidential=True).case
    path = address(case)
    for _ in range(3):
        page = client.get(path)
        assert (page.status_code, client.head(path).status_code) == (200, 200)
        assert "Mở hồ sơ của tôi" in text_of(page)
        assert "no-store" in page.headers["Cache-Control"]
        assert page.headers["Referrer-Policy"] == "same-origin"
    for secret in ("Cúc", "Đèn đường", "Trần Phú", "0912", "cuc@"):
        assert secret not in text_of(page)
    assert client.get(f"/phan-anh/{case.code}/").status_code == 404
    opened = client.post(path)
    assert (opened.status_code, opened.headers["Location"]) == (302, f"/phan-anh/{case.code}/")
    assert "Nguyễn Thị Cúc" in text_of(client.get(f"/phan-anh/{case.code}/"))
    assert Client().get(f"/phan-anh/{case.code}/").status_code == 404


def above_the_footer(response):
    return text_of(response).partition("<footer")[0]


def test_links_that_open_nothing_all_lead_to_one_and_the_same_page(client, journey, cast):
    case, other, moved, sealed = journey().case, journey().case, journey().case, journey()
    of_moved, of_sealed = address(moved), address(sealed.case)
    Sender.objects.filter(pk=moved.sender_id).update(phone="+84987654321")
    sealed.does("seal", cast.oanh, "2026-03-02 09:00")
    token = token_of(case, timezone.now())
    paths = [
        f"/phan-anh/{UNKNOWN}/mo/{token}/",
        f"/phan-anh/khong-co/mo/{token}/",
        f"/phan-anh/{other.code}/mo/{token}/",
        f"/phan-anh/{case.code}/mo/x/",
        address(case, timezone.now() - LIFETIME - timedelta(minutes=1)),
        of_moved,
        of_sealed,
    ]
    assert [gone(client, path) for path in paths] == [True] * 7
    shown = {re.sub(r'value="[^"]*"', "", above_the_footer(client.get(path)).replace(path, "PATH")) for path in paths}
    assert len(shown) == 1
    assert 'href="/tra-cuu/"' in shown.pop()


def test_trying_links_is_limited_like_looking_up_and_a_good_link_stays_good(client, journey, settings):
    settings.LIMIT_LOOKUP = parse_rate("2/d")
    case = journey().case
    bad = f"/phan-anh/{case.code}/mo/x/"
    assert [client.get(bad).status_code for _ in range(3)] == [404, 404, 429]
    assert client.post(bad, headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 429
    assert client.get(address(case)).status_code == 200


def test_of_staff_who_follow_a_link_nothing_changes_at_their_desk(client, journey):
    case = journey().case
    client.login(username="yen", password=PASSWORD)
    assert client.post(address(case)).status_code == 302
    assert client.get(f"/can-bo/ho-so/{case.code}/").status_code == 404


def test_a_post_from_another_site_opens_nothing(journey):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(address(journey().case)).status_code == 403
    assert "opened" not in strict.session


# Rating


def test_the_page_offers_to_rate_only_where_there_is_an_answer_to_rate(client, journey, published):
    waiting, answered = journey().case, published().case
    assert [text_of(client.get(address(case))).count('name="score"') for case in (waiting, answered)] == [0, 4]


def test_one_press_rates_without_opening_the_case(client, published):
    case = published().case
    path = address(case)
    page = text_of(client.get(path))
    assert "Kết quả của Sở Xây dựng, phê duyệt ngày 06/03/2026." in page
    rated = client.post(path, {"score": "very_satisfied"}, follow=True)
    assert (rated.redirect_chain, rated.status_code) == ([(path, 302)], 200)
    assert RECORDED in text_of(rated)
    assert 'name="score"' not in text_of(rated)
    assert list(Rating.objects.values_list("approval__case", "score", "note", "fixed")) == [
        (case.pk, "very_satisfied", "", None)
    ]
    assert "opened" not in client.session
    assert CaseEvent.objects.get(action="rate").actor is None


def test_a_reason_and_whether_it_is_fixed_go_with_the_rating_to_the_desk(client, published):
    case = published().case
    client.post(address(case), {"score": "unsatisfied", "note": "Vẫn <tối>.", "fixed": "no"})
    assert list(Rating.objects.values_list("score", "note", "fixed")) == [("unsatisfied", "Vẫn <tối>.", False)]
    client.login(username="lan", password=PASSWORD)
    page = client.get(f"/can-bo/ho-so/{case.code}/").content.decode()
    assert "Người gửi cho biết: sự việc chưa được khắc phục." in page
    assert "Vẫn &lt;tối&gt;." in page
    assert "khắc phục" not in text_of(Client().get(f"/phan-anh/{case.code}/"))


def test_a_second_press_is_told_that_it_is_rated_already(client, published):
    path = address(published().case)
    assert client.post(path, {"score": "satisfied"}).status_code == 302
    again = client.post(path, {"score": "unsatisfied"})
    assert again.status_code == 409
    assert 'role="status"' in text_of(again)
    assert list(Rating.objects.values_list("score", flat=True)) == ["satisfied"]


def test_a_rating_for_what_is_not_answered_is_refused(client, journey):
    path = address(journey().case)
    assert client.post(path, {"score": "satisfied"}).status_code == 409
    assert Rating.objects.count() == 0


@pytest.mark.parametrize(
    ("posted", "field"),
    [
        ({"score": "five"}, "id_rate_score"),
        ({"score": ""}, "id_rate_score"),
        ({"score": "satisfied", "fixed": "?"}, "id_rate_fixed"),
        ({"score": "satisfied", "note": "x" * 4001}, "id_rate_note"),
    ],
)
def test_a_rating_that_cannot_be_read_is_explained_and_nothing_typed_is_lost(client, published, posted, field):
    page = client.post(address(published().case), posted)
    assert page.status_code == 422
    assert [where for where, _what in errors(page)] == [field]
    assert f'id="{field}' in text_of(page)
    assert posted.get("note", "") in text_of(page)
    assert Rating.objects.count() == 0


def test_the_ordinary_form_asks_whether_it_is_fixed_too(client, published):
    case = published().case
    client.post(address(case))
    assert text_of(client.get(f"/phan-anh/{case.code}/rate/")).count('name="fixed"') == 2
    assert client.post(f"/phan-anh/{case.code}/rate/", {"score": "satisfied", "fixed": "yes"}).status_code == 302
    assert Rating.objects.get().fixed is True
    own = " ".join(text_of(client.get(f"/phan-anh/{case.code}/")).split())
    assert "Hài lòng – đã khắc phục" in own


# Where the link stands


def test_only_letters_to_the_sender_carry_the_link(journey, published):
    published()
    journey(channel="hotline")
    journey(channel="sms")
    carrying = Message.objects.filter(body__contains="/mo/")
    letters = Message.objects.filter(notice__startswith="sender_", medium="email")
    assert list(carrying) == list(letters) != []
    assert {letter.recipient for letter in carrying} == {"cuc@example.vn"}


def test_an_operator_who_reads_out_a_letter_does_not_read_the_link(client, journey):
    case = journey().case
    letter = Message.objects.get(case=case, notice="sender_lodged")
    Message.objects.filter(pk=letter.pk).update(given_up_at=letter.queued_at, problem="550")
    client.login(username="oanh", password=PASSWORD)
    page = text_of(client.get(f"/can-bo/thong-bao/{letter.pk}/"))
    token = re.search(r"/mo/([^/]+)/", letter.body)[1]
    assert (token in page, "/mo/…/" in page) == (False, True)
