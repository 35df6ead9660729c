"""What pages cost: queries of every public page, and the bytes of the first view of a case on a phone."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.submissions.pages import text_of

MOST_BYTES, MOST_QUERIES = 60 * 1024, 12


def bytes_of(response):
    """The page as it is, and what it names compressed as the server keeps it."""
    names = set(re.findall(r'(?:href|src)="/static/([^"]+\.(?:css|js|svg))"', text_of(response)))
    assert len(names) > 3
    parts = [gzip.compress(Path(finders.find(name)).read_bytes()) for name in names]
    return len(response.content) + sum(map(len, parts))


@pytest.mark.parametrize("place", ["/phan-anh/{}/", "/tra-cuu/?q={}"])
def test_the_page_that_follows_a_case_weighs_little(client, published, place):
    response = client.get(place.format(published().case.code))
    assert response.status_code == 200
    assert bytes_of(response) <= MOST_BYTES


def test_every_public_page_takes_few_queries(published, journey):
    code, open_code = published().case.code, journey().case.code
    clock = published().case.clocks.first().pk
    too_many = {}
    for address in (
        "/", "/gui-phan-anh/", "/tra-cuu/", f"/tra-cuu/?q={code}", f"/tra-cuu/?q={open_code}",
        "/tra-cuu/?q=Nguyễn Thị Cúc", "/tra-cuu/quen-ma/", "/phan-anh/", "/phan-anh/?q=den duong&field=ha-tang-do-thi",
        "/phan-anh/rss/", f"/phan-anh/{code}/", f"/phan-anh/{open_code}/", f"/phan-anh/{code}/cung-gap/",
        f"/phan-anh/{code}/thoi-han/{clock}/", "/gui-phan-anh/tuong-tu/?title=Đèn đường hỏng&place=Trần Phú",
        "/huong-dan/", "/hoi-dap/", "/tin-tuc/", "/gan-lien-ket/", "/khong-co-mang/", "/pakn.webmanifest",
        "/phan-mem.js", "/quy-trinh/", "/thong-ke/", "/thong-ke/?ky=truoc", "/cam-ket/",
        "/cam-ket/?muc=kept", "/xac-nhan/", "/sitemap.xml",
        "/tai-khoan/dang-nhap/", "/tai-khoan/dang-ky/", "/tai-khoan/quen-mat-khau/", "/robots.txt", "/xa-phuong/?q=nha",
    ):  # fmt: skip
        cache.clear()
        with CaptureQueriesContext(connection) as asked:
            Client().get(address)
        if len(asked) > MOST_QUERIES:
            too_many[address] = len(asked)
    assert too_many == {}


@pytest.mark.parametrize("name", ["binh", "son"])
def test_who_is_signed_in_costs_hardly_more_on_public_pages(client, published, cast, name):
    code = published().case.code
    client.force_login(getattr(cast, name).user)
    too_many = {}
    for address in ("/", "/gui-phan-anh/", f"/tra-cuu/?q={code}", "/phan-anh/", f"/phan-anh/{code}/", "/cam-ket/"):
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        reads = [one for one in asked if "SAVEPOINT" not in one["sql"]]
        if len(reads) > MOST_QUERIES:
            too_many[address] = len(reads)
    assert too_many == {}


@pytest.mark.parametrize("number", [1, 3])
def test_the_senders_own_page_takes_the_same_for_much_and_for_little(client, published, cast, number):
    way = published()
    client.post("/tra-cuu/", {"q": way.case.code, "phone": "0912345678"})
    for hour in range(number):
        way.does("ask", cast.sender_of(way.case), f"2026-03-06 1{hour}:00", body="Bao giờ xong?")
    with CaptureQueriesContext(connection) as asked:
        client.get(f"/phan-anh/{way.case.code}/")
    assert len(asked) <= 25
