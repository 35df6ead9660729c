"""What comes out of the printer: A4, and the document alone."""

import re

import pytest

from .test_every_page import desk, statement
from .ways import Ways

A4 = {(595, 842)}
"""In points."""


def sheets(window):
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", window.page.pdf(prefer_css_page_size=True))
    return {(round(float(wide)), round(float(high))) for wide, high in boxes}


def printed(window):
    """The words that reach the paper."""
    window.page.emulate_media(media="print")
    return window.page.locator("body").inner_text()


@pytest.fixture
def reported(journey, cast):
    return Ways(journey, cast).reported_up()


def test_the_report_to_the_peoples_committee_is_printed_alone_on_a4(portal, reported):
    window = portal.staff("lan")
    window.opens(desk(reported, "bao-cao-ubnd"))
    assert sheets(window) == A4
    words = printed(window)
    assert words.split("\n")[0] == "UBND TỈNH KHÁNH HÒA"
    assert "Ctrl + P" not in words and "Đăng xuất" not in words


@pytest.mark.parametrize("place", ["/can-bo/ho-so", "/phan-anh"])
def test_a_statement_is_printed_alone_on_a4(portal, reported, place):
    window = portal.staff("lan") if place == "/can-bo/ho-so" else portal.window()
    window.opens(statement(place, reported, "process"))
    assert sheets(window) == A4
    words = printed(window)
    assert words.split("\n")[0] == "Cách tính thời hạn: Xử lý"
    assert "Ctrl + P" not in words and "Tổng đài hỗ trợ" not in words


def test_a_published_case_is_printed_without_anything_to_press(portal, journey, cast):
    code = Ways(journey, cast).answered()
    window = portal.window()
    window.opens(f"/phan-anh/{code}/")
    words = printed(window)
    assert words.split("\n")[0] == code
    for pressed in ("Tra cứu", "English", "Đăng nhập", "Nhập số điện thoại", "Cách tính"):
        assert pressed not in words
    assert window.page.locator("button:visible, input:visible, .btn:visible, summary:visible").count() == 0


def test_the_senders_own_page_is_printed_without_its_forms(portal, journey, cast):
    code = Ways(journey, cast).answered()
    window = portal.sender(code)
    words = printed(window)
    assert words.split("\n")[0] == code
    assert "Ông/Bà có thể làm gì" not in words
    assert window.page.locator("button:visible, input:visible, textarea:visible").count() == 0
