"""Whatever is typed: never a crash, never markup that comes alive, and nothing of it is lost."""

from html.parser import HTMLParser
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http.multipartparser import MultiPartParser
from django.test import Client
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from submissions.captcha import RELOAD_BUTTON
from submissions.files import display_name
from submissions.models import Case
from submissions.text import nfc, one_line
from tests.submissions.pages import LODGE, answers, code_of, picture

PAYLOADS = [
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "'-alert(1)-'", "{{ 7*7 }}{% debug %}", "%s%n",
    "</textarea><b id=alive>", "javascript:alert(1)", "&lt;b&gt;", "\u202etxt.exe", "a\x00b", "' OR 1=1 --",
    "=HYPERLINK(1)", "Đặng Thị Ngọc Ánh 😀", "e\u0301\u0323", "\ud55c\uae00",
]  # fmt: skip
TYPED = st.one_of(st.sampled_from(PAYLOADS), st.text(max_size=120), st.text(max_size=40).map(lambda text: f"<b>{text}"))
NUMBERS = st.one_of(st.from_regex(r"\A[+0-9 ().-]{0,20}\Z"), st.just("0912 345 678"), TYPED)
FIELDS = {
    "full_name": TYPED, "address": TYPED, "title": TYPED, "content": TYPED, "place": TYPED, "phone": NUMBERS,
    "email": TYPED, "province": TYPED | st.just("56"), "commune": TYPED | st.just("22366"), "commune_search": TYPED,
    "field": TYPED, "incident": TYPED | st.just("lighting"), "agency": TYPED, "occurred_at": TYPED,
    "sender_type": TYPED | st.just("citizen"), "submission_key": TYPED, "kept": TYPED,
}  # fmt: skip
TEXTS = ("full_name", "address", "title", "content", "place", "phone", "email")
MANY = settings(
    max_examples=60, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
BUTTONS = ["review", "search", "refresh", "alike", "convert", "edit", RELOAD_BUTTON]


class Page(HTMLParser):
    """What a browser would see: the elements, and what stands in boxes."""

    def __init__(self, response):
        super().__init__(convert_charrefs=True)
        self.elements, self.values, self._area = [], {}, None
        self.feed(response.content.decode())

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.elements.append((tag, attributes))
        if tag == "input":
            self.values.setdefault(attributes.get("name"), attributes.get("value"))
        if tag == "textarea":
            self._area = attributes.get("name")
            self.values[self._area] = ""

    def handle_data(self, data):
        if self._area:
            self.values[self._area] += data

    def handle_endtag(self, tag):
        if tag == "textarea":
            self._area = None

    @property
    def alive(self):
        """What no page of ours has."""
        return [
            (tag, attributes)
            for tag, attributes in self.elements
            if any(name.startswith("on") for name in attributes)
            or attributes.get("id") == "alive"
            or tag == "script"
            and not str(attributes.get("src", "")).startswith("/static/")
            or str(attributes.get("href", "")).lower().startswith("javascript:")
        ]


def typed_again(value):
    """A text area drops its first line break, and browsers send and show any break as one kind."""
    return value.replace("\r\n", "\n").replace("\r", "\n").strip()


@pytest.fixture
def form(cast, passing_captcha):
    """A browser that has the form open: posts what it is given, captcha solved."""
    client = Client()
    page = client.get(LODGE)

    def post(**changes):
        return client, client.post(LODGE, answers(page) | {"captcha_1": "PASSED"} | changes)

    return post


@MANY
@given(changes=st.fixed_dictionaries({}, optional=FIELDS))
def test_any_answers_are_filed_whole_or_come_back_whole(form, changes):
    before = Case.objects.count()
    client, response = form(**{"submission_key": ""} | changes)
    assert response.status_code in (302, 422)
    if response.status_code == 422:
        page = Page(response)
        assert page.alive == []
        for name in TEXTS:
            if name in changes and "\x00" not in changes[name]:
                assert typed_again(page.values[name] or "") == typed_again(changes[name]), name
        assert Case.objects.count() == before
        return
    case = Case.objects.select_related("sender").get(code=code_of(response))
    kept = {"title": case.title, "place": case.place, "full_name": case.sender.full_name}
    for name, value in kept.items():
        if name in changes:
            assert value == one_line(changes[name])
    if "content" in changes:
        assert case.content == nfc(changes["content"])
    assert Page(client.get(response["Location"])).alive == []
    assert Page(client.get(f"/phan-anh/{case.code}/")).alive == []


@MANY
@given(changes=st.fixed_dictionaries({}, optional=FIELDS), button=st.sampled_from(BUTTONS))
def test_no_button_loses_or_files_anything(form, changes, button):
    before = Case.objects.count()
    _client, response = form(**changes, **{button: "1"})
    assert response.status_code in (200, 422)
    assert Page(response).alive == []
    assert Case.objects.count() == before


@MANY
@given(name=st.one_of(st.text(min_size=1, max_size=200), st.sampled_from(PAYLOADS), TYPED.map(lambda t: f"{t}.png")))
def test_any_name_of_a_file(form, name):
    """But for names with nothing to print in them, which no browser sends and Django takes for no file at all."""
    assume(MultiPartParser.sanitize_file_name(None, name))
    upload = picture()
    upload = SimpleUploadedFile("x", upload.read(), "image/png")
    upload._name = name
    client, response = form(submission_key="", attachments=[upload])
    assert response.status_code in (302, 422)
    assert Page(response).alive == [] if response.status_code == 422 else True
    if response.status_code == 302:
        file = Case.objects.get(code=code_of(response)).attachments.get()
        assert file.name == display_name(file.name)
        served = client.get(f"/tep/{file.pk}/")
        assert "\n" not in served["Content-Disposition"] and served["Content-Type"] == "image/png"
        served.getvalue()


@MANY
@given(typed=TYPED, phone=NUMBERS, page=TYPED)
def test_any_code_any_phone_any_page(client, cast, typed, phone, page):
    assert client.get("/tra-cuu/", {"q": typed, "page": page}).status_code == 200
    assert client.post("/tra-cuu/", {"q": typed, "phone": phone}).status_code == 422
    assert client.get("/phan-anh/", {"q": typed, "page": page, "from": page}).status_code == 200
    assert client.get("/xac-nhan/", {"code": typed, "fingerprint": page}).status_code in (200, 422)
    assert client.get(f"/phan-anh/{quote(typed, safe='')}/").status_code in (301, 404)
    assert client.get("/gui-phan-anh/tuong-tu/", {"title": typed, "place": page}).status_code == 200
    assert client.get("/xa-phuong/", {"q": typed}).status_code == 200
    assert Page(client.get("/tra-cuu/", {"q": typed})).alive == []
