"""What Mozilla's HTTP Observatory asks, one by one, of every kind of answer as it leaves nginx (R47, R49)."""

import re

import pytest

from .people import Distant

KINDS = {
    "page": "/",
    "form": "/gui-phan-anh/",
    "register": "/phan-anh/",
    "login": "/tai-khoan/dang-nhap/",
    "not found": "/khong-co/",
    "redirect": "/can-bo/",
    "feed": "/phan-anh/rss/",
    "robots": "/robots.txt",
    "script": "/phan-mem.js",
    "manifest": "/pakn.webmanifest",
}
HALF_A_YEAR = 15_768_000


@pytest.fixture(scope="module", params=KINDS.values(), ids=KINDS)
def answer(request, whole):
    return whole.ask("GET", request.param)


def policy(answer):
    parts = (part.split() for part in answer.headers["Content-Security-Policy"].split(";") if part.strip())
    return {name: set(sources) for name, *sources in parts}


def test_content_security_policy(answer):
    rules = policy(answer)
    assert rules["default-src"] == rules["base-uri"] == rules["frame-ancestors"] == {"'none'"}
    assert rules["script-src"] == rules["style-src"] == rules["form-action"] == {"'self'"}
    text = answer.headers["Content-Security-Policy"]
    assert all(word not in text for word in ("unsafe", "http:", "https:", "*"))
    assert [name for name, sources in rules.items() if "data:" in sources] == ["img-src"]


def test_strict_transport_security(answer):
    seconds = int(re.match(r"max-age=(\d+)", answer.headers["Strict-Transport-Security"])[1])
    assert seconds >= HALF_A_YEAR


def test_the_rest_of_the_list(answer):
    headers = answer.headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "Access-Control-Allow-Origin" not in headers
    assert "X-Powered-By" not in headers and headers.get("Server") == "nginx"


def test_cookies(whole):
    visitor = Distant(whole)
    response = whole.ask("GET", "/gui-phan-anh/", visitor.session)
    cookies = response.raw.headers.getlist("Set-Cookie")
    assert len(cookies) == 2
    for cookie in cookies:
        assert cookie.startswith("__Host-")
        assert {"Secure", "HttpOnly"} <= {part.strip() for part in cookie.split(";")}
        assert "SameSite=Lax" in cookie


def test_plain_http_leads_to_the_same_host_over_tls(whole):
    response = whole.ask_plainly("/gui-phan-anh/?a=1")
    assert (response.status_code, response.headers["Location"]) == (301, "https://pakn.test/gui-phan-anh/?a=1")


def test_every_script_and_stylesheet_comes_from_here(whole):
    """So none needs an integrity of its own."""
    for address in ("/", "/gui-phan-anh/", "/tai-khoan/dang-nhap/", "/thong-ke/"):
        html = whole.ask("GET", address).text
        sources = re.findall(r"<(?:script|link)[^>]+(?:src|href)=\"([^\"]+)\"", html)
        assert sources
        assert [source for source in sources if re.match(r"(?:https?:)?//", source)
                and not source.startswith("https://pakn.test/")] == []  # fmt: skip
        assert re.findall(r"<script(?![^>]*\bsrc=)[^>]*>|\son\w+=\"|\sstyle=\"", html) == []


def test_what_nobody_outside_may_have(whole):
    for address in ("/.git/config", "/static/../pakn/settings.py", "/static/%2e%2e/manage.py", "/media/", "/admin/"):
        assert whole.ask("GET", address).status_code in (400, 404), address
    assert whole.ask("TRACE", "/").status_code in (405, 501)
    assert whole.ask("GET", "/healthz/ready").status_code == 404
    assert [answer.status_code for answer in whole.readiness()] == [200, 200]


def test_another_host_is_nobody_here(whole):
    assert whole.ask("GET", "/", headers={"Host": "evil.example"}).status_code == 400
