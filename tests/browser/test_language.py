"""The switch to English and back, on a phone, without JavaScript."""

import pytest

from .test_every_page import flaws
from .windows import PHONE

PAGES = ("/", "/gui-phan-anh/", "/tra-cuu/", "/phan-anh/?q=zzz&from=x", "/quy-trinh/", "/xac-nhan/")


def switches(window, to):
    window.presses(to, window.page.locator("footer"))
    return window.page.url.partition("/phan-anh/")[2], window.page.locator("html").get_attribute("lang")


def test_a_visitor_reads_on_in_english_and_comes_back(portal, cast):
    window = portal.window(width=PHONE, javascript=False)
    window.opens("/phan-anh/?q=den&field=y-te")
    assert switches(window, "English") == ("?q=den&field=y-te", "en")
    assert window.page.locator('main [name="q"]').input_value() == "den"
    window.opens("/tra-cuu/")
    assert window.page.locator("html").get_attribute("lang") == "en"
    window.opens("/phan-anh/")
    assert switches(window, "Tiếng Việt") == ("", "vi")


@pytest.mark.parametrize("path", PAGES)
def test_public_pages_in_english_have_no_flaw(portal, cast, path):
    window = portal.window()
    window.opens("/")
    window.presses("English", window.page.locator("footer"))
    window.opens(path)
    assert (window.page.locator("html").get_attribute("lang"), flaws(window)) == ("en", [])
