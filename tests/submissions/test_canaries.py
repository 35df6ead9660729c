"""Words planted where the public may not look, and a crawl to depth 4 of everything the public can reach (R04).

Each hidden case and each kind of private text has a word of its own; one published case has a word that must be found,
so that the crawl is known to look.
"""

import re
from html import unescape
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client

from submissions.drafts import keep_uploads
from submissions.models import Case, PublicText
from submissions.text import fold
from tests.submissions.pages import picture

DEPTH = 4
SHOWN = "kimtuoc"
SENDER = {
    "full_name": "Vàng Anhcanary Thị", "phone": "+84912000111", "email": "hoangoanh@example.vn",
    "address": "Hẻm Sơnca 99",
}  # fmt: skip
OF_THE_SENDER = ("anhcanary", "912000111", "912 000 111", "hoangoanh", "hem sonca")
LINK = re.compile(r'(?:href|src|action)="([^"]*)"|<(?:loc|link|guid)[^>]*>([^<]+)<')


class Crawl:
    """Every page, file, feed and map that a stranger reaches from some addresses, each opened once."""

    def __init__(self, language, *begin):
        self.client, self.texts = Client(), {}
        self.client.cookies["django_language"] = language
        level = list(begin)
        for _depth in range(DEPTH + 1):
            level = [link for address in level for link in self._opened(address)]

    def _opened(self, address):
        if address in self.texts or address.startswith("/static/"):
            return []
        response = self.client.get(address)
        body = b"".join(response.streaming_content) if response.streaming else response.content
        headers = "\n".join(f"{name}: {value}" for name, value in response.headers.items())
        self.texts[address] = unescape(body.decode(errors="replace")) + headers
        return self._links(address, self.texts[address])

    @staticmethod
    def _links(address, text):
        for link in re.findall(LINK, text):
            parts = urlsplit(urljoin(f"http://127.0.0.1:8000{address}", unescape(link[0] or link[1])))
            if parts.scheme == "http" and parts.netloc in ("127.0.0.1:8000", "testserver"):
                yield parts.path + (f"?{parts.query}" if parts.query else "")


@pytest.fixture
def hidden_words(published, journey, cast):
    """Plants them; gives {word: where it was planted}."""
    planted = {}

    def word(name, where):
        planted[name] = where
        return f"Chuyện {name} khó nói"

    def private_files(name):
        return keep_uploads([picture(f"{word(name, 'the name of a file that was not released')}.png")], name, [])[0]

    published(title=f"Việc {SHOWN}", drafts=private_files("chimkhuyen"), **SENDER)
    published(title=word("chimsau", "a confidential case"), confidential=True, **SENDER)
    withheld = published(title=word("chimcat", "a withheld case"), **SENDER)
    withheld.does("set_secrecy", cast.oanh, "2026-03-09 09:00", level="withheld")
    sealed = published(title=word("daibang", "a sealed case"), **SENDER)
    sealed.does("seal", cast.oanh, "2026-03-09 09:00", note=word("chimung", "the reason of a sealing"))
    refused = journey(title=word("bocau", "a refused case"), **SENDER)
    refused.does("refuse", cast.oanh, "2026-03-02 09:00", ground="spam", note=word("chimri", "why a case was refused"))
    journey(title=word("chimgay", "a case just filed"), content=word("chimsao", "its content"), **SENDER)
    handled = journey(title=word("chimcong", "a case in hand"), **SENDER)
    handled.does(
        "distribute", cast.oanh, "2026-03-02 10:00", field=cast.field(), agency=cast.agency("soxd"),
        note=word("chimtri", "a note of the centre"),
    )  # fmt: skip
    handled.does("accept", cast.son, "2026-03-02 15:00", coordinating=[cast.agency("dienluc")])
    handled.does("progress", cast.son, "2026-03-03 09:00", note=word("chimnhan", "a progress note"))
    handled.does("opinion", cast.diep, "2026-03-03 10:00", body=word("chimen", "an opinion"))
    handled.does("ask", cast.sender_of(handled.case), "2026-03-03 11:00", body=word("chimvet", "a question"))
    handled.does("submit", cast.son, "2026-03-05 15:00", outcome="done", body=word("vactrang", "an unapproved result"))
    masked = published(title=word("hoami", "a title that was masked"), **SENDER)
    Case.objects.filter(pk=masked.case.pk).update(public_title="Đã che")
    masked.does("rate", cast.sender_of(masked.case), "2026-03-07 10:00", score="unsatisfied", note=word("gaoga", "why"))
    PublicText.objects.create(kind="news", slug="chua-hien", title=word("sitdau", "news not shown yet"), body="…")
    return planted


@pytest.mark.parametrize("language", ["vi", "en"])
def test_nothing_hidden_is_found_from_anywhere(hidden_words, language):
    words = {**hidden_words, **dict.fromkeys(OF_THE_SENDER, "the sender's data")}
    codes = [case.code for case in Case.objects.exclude(published_at__isnull=False)]
    asked = [f"/phan-anh/?q={word}" for word in [SHOWN, *hidden_words]]
    asked += [f"/gui-phan-anh/tuong-tu/?title=Chuyện {word} khó nói&place=12 Trần Phú" for word in hidden_words]
    asked += [f"/tra-cuu/?q={typed}" for typed in [SENDER["full_name"], *codes]]
    asked += [f"/phan-anh/{code}/" for code in codes] + [f"/bien-nhan/{code}/" for code in codes]
    asked += [f"/phan-anh/{code}/cung-gap/" for code in codes]
    begin = ["/", "/robots.txt", "/sitemap.xml", "/phan-anh/rss/", "/pakn.webmanifest", "/phan-mem.js", *asked]
    crawl = Crawl(language, *begin)
    assert len(crawl.texts) > 80
    folded = {address: fold(text) for address, text in crawl.texts.items()}
    echoed = {address: fold(address) for address in folded}
    found = [
        (where, address)
        for address, text in folded.items()
        for word, where in words.items()
        if text.count(word) > (_times_echoed(text, word) if word in echoed[address] else 0)
    ]
    assert found == []
    assert [address for address, text in folded.items() if SHOWN in text and "q=" not in address] != []


def _times_echoed(text, word):
    """A page may repeat what its visitor asked for: in the box, in links to itself, in nothing else."""
    asked = re.findall(rf'(?:value|href|action)="[^"]*{word}[^"]*"|/[^"\s]*{word}', text)
    return len(asked)


def test_a_hidden_case_answers_as_one_that_never_was(hidden_words, client):
    sealed, confidential = Case.objects.get(state="SEALED"), Case.objects.get(level="confidential")
    for address in ("/phan-anh/{}/", "/phan-anh/{}/cung-gap/"):
        pages = [client.get(address.format(case.code)) for case in (sealed, confidential)]
        assert [page.status_code for page in pages] == [404, 404]
