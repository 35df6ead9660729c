"""Every address of staff and of the administration, walked by who has no business there: 302 to the login, or 404."""

import uuid

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver

from submissions.drafts import keep_uploads
from tests.submissions.pages import picture
from tests.workflow.desk import desk_of

SHUT = {404, 405}
"""405: an address that takes posts alone, or none, whatever case it names."""
METHODS = ("get", "post", "put", "delete")


OF_STAFF = ("can-bo/", "bao-cao/", "quan-tri/")
OF_EVERYBODY = {
    "", "gui-phan-anh/", "gui-phan-anh/tuong-tu/", "xa-phuong/", "bien-nhan/<str:code>/",
    "bien-nhan/<str:code>/qr.svg", "xac-nhan/", "tra-cuu/", "tra-cuu/quen-ma/", "phan-anh/", "phan-anh/rss/",
    "phan-anh/<str:code>/", "phan-anh/<str:code>/thoi-han/<int:clock>/", "phan-anh/<str:code>/mo/<str:token>/",
    "phan-anh/<str:code>/cung-gap/", "phan-anh/<str:code>/cung-gap/<str:token>/", "phan-anh/<str:code>/<slug:action>/",
    "du-lieu-cua-toi/", "du-lieu-cua-toi/tai-ve/", "cam-ket/", "tep/nhap/", "tep/<uuid:pk>/", "tep/<uuid:pk>/nho/",
    "robots.txt", "sitemap.xml", "sitemap-<str:section>.xml", "huong-dan/", "hoi-dap/", "tin-tuc/",
    "tin-tuc/<slug:slug>/", "gan-lien-ket/", "gan-lien-ket/bieu-ngu.svg", "pakn.webmanifest", "phan-mem.js",
    "khong-co-mang/", "quy-trinh/", "captcha/image/<slug:key>/", "captcha/image/<slug:key>@2/",
    "captcha/audio/<slug:key>.wav", "thong-ke/", "ngon-ngu/", "healthz", "healthz/ready",
    "tai-khoan/dang-nhap/", "tai-khoan/dang-xuat/", "tai-khoan/kich-hoat/<uidb64>/<token>/", "tai-khoan/dang-ky/",
    "tai-khoan/xac-nhan-so/", "tai-khoan/email/<str:key>/", "tai-khoan/quen-mat-khau/", "tai-khoan/ma/",
    "tai-khoan/ma/nhap/", "tai-khoan/da-khoa/", "tai-khoan/hai-buoc/nhap/",
}  # fmt: skip
"""What strangers may ask for, on purpose: whoever adds an address decides here (R02)."""
OF_WHO_IS_SIGNED_IN = {
    "tai-khoan/", "tai-khoan/ho-so-cu/", "tai-khoan/thong-tin/", "tai-khoan/doi-so/", "tai-khoan/email/",
    "tai-khoan/mat-khau/", "tai-khoan/phien/", "tai-khoan/hai-buoc/", "tai-khoan/hai-buoc/bat/",
    "tai-khoan/hai-buoc/tat/", "tai-khoan/hai-buoc/nhap-lai/", "tai-khoan/hai-buoc/ma-du-phong/",
    "tai-khoan/hai-buoc/ma-du-phong/moi/", "tai-khoan/hai-buoc/ma-du-phong/tai/", "tai-khoan/xac-nhan-mat-khau/",
}  # fmt: skip


def all_patterns(patterns, prefix=""):
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield route
        else:
            yield from all_patterns(pattern.url_patterns, route)


def staff_patterns():
    return [route for route in all_patterns(get_resolver().url_patterns) if route.startswith(OF_STAFF)]


def test_every_address_is_staffs_or_on_a_list_of_what_is_open():
    others = {route for route in all_patterns(get_resolver().url_patterns) if not route.startswith(OF_STAFF)}
    assert others == OF_EVERYBODY | OF_WHO_IS_SIGNED_IN


@pytest.mark.parametrize("route", sorted(OF_WHO_IS_SIGNED_IN))
def test_pages_of_an_account_send_strangers_to_the_login(db, route):
    response = Client().get(f"/{route}")
    if response.status_code == 405:
        response = Client().post(f"/{route}")
    assert (response.status_code, leads_to_login(response["Location"])) == (302, True)


@pytest.fixture
def addresses(journey, cast):
    """Each address with a real case, file, message … in it."""
    drafts, _refused = keep_uploads([picture()], "a session of the test", [])
    way = journey(drafts=drafts)
    way.does("distribute", cast.oanh, "2026-03-02 09:00", field=cast.field(), agency=cast.agency("soxd"))
    case = way.case
    known = {
        "<str:code>": case.code, "<int:clock>": str(case.clocks.first().pk), "<slug:action>": "accept",
        "<uuid:pk>": str(case.attachments.get().pk), "<int:pk>": str(case.messages.first().pk),
        "<uuid:key>": str(uuid.uuid4()),
        "<path:pk>": "1", "<path:object_id>": "1", "<id>": "1", "<int:content_type_id>": "1",
    }  # fmt: skip
    found = []
    for route in staff_patterns():
        for name, value in known.items():
            route = route.replace(name, value)
        found.append("/" + route)
    return found


def leads_to_login(location):
    return location.startswith(("/tai-khoan/dang-nhap/", "/quan-tri/login/"))


def test_the_walk_reaches_the_pages_there_are(addresses):
    assert len([address for address in addresses if address.startswith("/can-bo/")]) >= 19
    assert len([address for address in addresses if address.startswith("/quan-tri/")]) >= 50
    plain = [address for address in addresses if "<" in address or "(?P" in address or "^" in address]
    assert [address for address in plain if not address.startswith("/quan-tri/")] == []


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("who", ["anonymous", "citizen"])
def test_nobody_without_a_desk_gets_in(addresses, who, method):
    client = Client() if who == "anonymous" else desk_of("binh")
    open_doors = {}
    for address in addresses:
        if address.startswith(("/quan-tri/login", "/quan-tri/logout", "/quan-tri/jsi18n")) or "(?P" in address:
            continue
        response = getattr(client, method)(address)
        to_the_login = response.status_code == 302 and leads_to_login(response["Location"])
        if not to_the_login and response.status_code != 404:
            open_doors[address] = response.status_code
    assert open_doors == {}


def test_the_administrator_finds_no_page_of_a_case(addresses):
    desk = desk_of("quang")
    of_cases = [address for address in addresses if address.startswith("/can-bo/ho-so/")]
    assert {desk.get(address).status_code for address in of_cases} <= SHUT


def test_an_agency_finds_no_page_of_another_agencys_case(addresses):
    desk = desk_of("yen")
    of_cases = [address for address in addresses if address.startswith("/can-bo/ho-so/")]
    assert {desk.get(address).status_code for address in of_cases} <= SHUT
    assert {desk.post(address).status_code for address in of_cases} <= SHUT


def test_a_file_that_is_not_there_and_one_of_another_agency_answer_alike(addresses, cast):
    desk = desk_of("yen")
    file = next(address for address in addresses if "che-anh" in address).rstrip("/").rpartition("/")[2]
    assert [desk.get(f"/tep/{pk}/").status_code for pk in (file, uuid.uuid4())] == [404, 404]
