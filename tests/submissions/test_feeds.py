"""Feed, sitemap and robots.txt: published cases only, and of them nothing that is not public."""

import xml.etree.ElementTree as ET

import pytest
from django.contrib.sitemaps import views

from submissions.models import Case
from submissions.sitemaps import CasesSitemap

FEED = "/phan-anh/rss/"
SITE = "https://pakn.example.vn"
MAPS = ("/sitemap.xml", "/sitemap-pages.xml", "/sitemap-cases.xml")
SPACE = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


@pytest.fixture(autouse=True)
def site(settings):
    settings.SITE_URL = SITE


def tree(response):
    return ET.fromstring(response.content)  # noqa: S314  the portal's own


def items(response):
    return [(item.findtext("title"), item.findtext("link")) for item in tree(response).iter("item")]


def locations(response):
    return [place.text for place in tree(response).findall(".//s:loc", SPACE)]


def test_the_feed_holds_title_absolute_address_and_moment_and_no_sender(client, published):
    case = published().case
    response = client.get(FEED)
    assert response.headers["Content-Type"] == "application/rss+xml; charset=utf-8"
    assert items(response) == [("Đèn đường hỏng", f"{SITE}/phan-anh/{case.code}/")]
    (item,) = tree(response).iter("item")
    assert item.findtext("description") == "Sở Xây dựng · Hạ tầng đô thị · 12 Trần Phú"
    assert item.findtext("pubDate") == "Fri, 06 Mar 2026 02:01:00 +0000"
    assert "Cúc" not in response.content.decode()


def test_the_feed_follows_field_and_agency(client, published):
    title = published().case.title
    for asked, found in [
        ({"field": "ha-tang-do-thi"}, [title]),
        ({"field": "y-te"}, []),
        ({"agency": "soxd", "field": "ha-tang-do-thi"}, [title]),
        ({"agency": "soyt"}, []),
        ({"agency": "' OR 1=1", "field": "x\x00y"}, []),
    ]:
        assert [one for one, _link in items(client.get(FEED, asked))] == found
    root = tree(client.get(FEED, {"agency": "soxd"}))
    assert root.findtext("channel/link") == f"{SITE}/phan-anh/?agency=soxd"


def test_the_feed_ends_with_the_thirtieth(client, published, django_assert_num_queries):
    for number in range(31):
        published(title=f"Việc {number}")
    with django_assert_num_queries(1):
        found = items(client.get(FEED))
    assert [title for title, _link in found] == [f"Việc {number}" for number in range(30, 0, -1)]


def test_the_register_leads_to_the_feed_of_what_it_shows(client, cast):
    page = client.get("/phan-anh/", {"agency": "soxd", "q": "den"}).content.decode()
    assert page.count('href="/phan-anh/rss/?agency=soxd"') == 2
    assert 'rel="alternate"' in page


class TwoAPart(CasesSitemap):
    limit = 2


def part(rf, page):
    answer = views.sitemap(rf.get("/sitemap-cases.xml", {"p": page}), {"cases": TwoAPart}, "cases")
    return [url["location"] for url in answer.context_data["urlset"]]


def test_the_sitemap_lists_pages_for_everybody_and_published_cases(client, published):
    code = published().case.code
    parts = [place.split("/", 3)[3] for place in locations(client.get("/sitemap.xml"))]
    assert parts == ["sitemap-pages.xml", "sitemap-news.xml", "sitemap-cases.xml"]
    assert locations(client.get("/sitemap-cases.xml")) == [f"{SITE}/phan-anh/{code}/"]
    assert client.get("/sitemap-cases.xml?p=2").status_code == 404
    assert client.get("/sitemap-khac.xml").status_code == 404
    paths = [
        "/", "/gui-phan-anh/", "/tra-cuu/", "/phan-anh/", "/huong-dan/", "/hoi-dap/", "/tin-tuc/", "/thong-ke/",
        "/cam-ket/",
        "/quy-trinh/", "/xac-nhan/", "/gan-lien-ket/",
    ]  # fmt: skip
    assert locations(client.get("/sitemap-pages.xml")) == [SITE + path for path in paths]
    assert [client.get(path).status_code for path in paths] == [200] * 12


def test_the_sitemap_of_cases_comes_in_parts_oldest_first(rf, published):
    assert CasesSitemap.limit == 5000
    cases = [f"{SITE}/phan-anh/{published().case.code}/" for _ in range(3)]
    assert [part(rf, 1), part(rf, 2)] == [cases[:2], cases[2:]]
    index = views.index(rf.get("/sitemap.xml"), {"cases": TwoAPart}, sitemap_url_name="sitemap")
    parts = [part.location.split("/", 3)[3] for part in index.context_data["sitemaps"]]
    assert parts == ["sitemap-cases.xml", "sitemap-cases.xml?p=2"]


@pytest.mark.parametrize("number", [1, 3])
def test_the_sitemap_costs_the_same_for_one_and_for_many(client, published, number, django_assert_num_queries):
    for _ in range(number):
        published()
    for address, queries in [("/sitemap.xml", 4), ("/sitemap-cases.xml", 2)]:
        with django_assert_num_queries(queries):
            client.get(address)


def test_an_empty_portal_has_a_sitemap_and_a_feed(client, cast):
    assert locations(client.get("/sitemap-cases.xml")) == []
    assert items(client.get(FEED)) == []


def test_what_is_not_public_stands_in_none_of_them(client, published, journey, cast):
    """One word is planted in each hidden case; of the hidden cases neither word nor code may be found."""
    hidden = [
        published(title="Kim tước kín", confidential=True),
        published(title="Kim tước gỡ"),
        published(title="Kim tước niêm"),
        published(title="Kim tước bị che"),
        journey(title="Kim tước mới"),
    ]
    assert client.get(FEED).content.decode().count("Kim tước") == 3
    hidden[1].does("set_secrecy", cast.oanh, "2026-03-09 09:00", level="withheld")
    hidden[2].does("seal", cast.oanh, "2026-03-09 09:00", note="Có nội dung mật")
    Case.objects.filter(pk=hidden[3].case.pk).update(public_title="Đã che")
    shown = published(title="Đèn tắt", full_name="Kim Tước Thị Hoàng").case.code
    pages = [client.get(address).content.decode() for address in (FEED, *MAPS, "/phan-anh/", "/robots.txt")]
    codes = {way.case.code for way in hidden} - {hidden[3].case.code}
    assert [page for page in pages if "kim tước" in page.casefold() or any(code in page for code in codes)] == []
    assert [shown in page for page in pages] == [True, False, False, True, True, False]


def test_robots_keep_out_of_desks_receipts_and_files(client, db):
    response = client.get("/robots.txt")
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert response.content.decode().split("\n") == [
        "User-agent: *", "Disallow: /can-bo/", "Disallow: /quan-tri/", "Disallow: /tai-khoan/",
        "Disallow: /bien-nhan/", "Disallow: /tep/", "Disallow: /phan-anh/*/cung-gap/", "",
        f"Sitemap: {SITE}/sitemap.xml", "",
    ]  # fmt: skip
