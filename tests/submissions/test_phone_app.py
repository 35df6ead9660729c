"""Manifest, service worker and the page for when there is no network."""

import json
import re

from django.contrib.staticfiles import finders

from submissions.contacts import contacts
from tests.cast import PASSWORD


def test_the_manifest_names_icons_that_exist(client, cast):
    response = client.get("/pakn.webmanifest")
    assert response["Content-Type"] == "application/manifest+json"
    content = json.loads(response.content)
    assert (content["start_url"], content["display"], content["lang"]) == ("/", "standalone", "vi")
    icons = [(icon["src"], icon["sizes"], icon["purpose"]) for icon in content["icons"]]
    assert [(sizes, purpose) for _src, sizes, purpose in icons] == [
        ("192x192", "any"), ("512x512", "any"), ("512x512", "maskable"),
    ]  # fmt: skip
    assert all(finders.find(src.removeprefix("/static/")) for src, _sizes, _purpose in icons)
    assert [client.get(shortcut["url"]).status_code for shortcut in content["shortcuts"]] == [200, 200]


def test_the_worker_keeps_the_offline_page_and_its_style_and_nothing_of_a_case(client, cast):
    response = client.get("/phan-mem.js")
    script = response.content.decode()
    assert (response["Content-Type"], response["Cache-Control"]) == ("text/javascript", "no-cache")
    kept = json.loads(re.search(r"const KEPT = (\[.*\]);", script)[1].replace("\\u002D", "-"))
    assert kept == [
        "/khong-co-mang/", "/static/bootstrap/css/bootstrap.min.css", "/static/pakn.css", "/static/logo.svg",
    ]  # fmt: skip
    assert "cache.put" not in script


def test_the_offline_page_asks_no_database_and_knows_nobody(client, cast, django_assert_num_queries):
    contacts()
    with django_assert_num_queries(0):
        unknown = client.get("/khong-co-mang/").content
    client.login(username="binh", password=PASSWORD)
    assert client.get("/khong-co-mang/").content == unknown
    assert "Không có kết nối mạng" in unknown.decode()
