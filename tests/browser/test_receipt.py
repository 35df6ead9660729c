"""The receipt as it is kept: copied, printed, verified later by somebody else. And the captcha for those who listen."""

import re
import shutil

import pytest
from playwright.sync_api import expect

from submissions.models import Case
from submissions.receipts import fingerprint

from .letters import LETTER
from .windows import PHONE

A4 = "594.95996 841.91998"
LONG = "Đề nghị sửa đường, cống và đèn ở ngã tư Trần Phú. " * 4


def files(portal, javascript, **changes):
    window = portal.window(PHONE, javascript)
    window.opens("/gui-phan-anh/")
    form = window.form("gui-phan-anh")
    window.fills(form, **LETTER | changes)
    window.presses("GỬI PHẢN ÁNH", form)
    assert window.path == f"/bien-nhan/{window.code}/"
    return window


def printed(window):
    """The fingerprint as it stands on the receipt."""
    return window.page.locator("[data-fingerprint]").inner_text()


def test_without_javascript_the_receipt_shows_code_and_qr_code_and_offers_no_dead_button(portal):
    cuc = files(portal, javascript=False)
    assert printed(cuc) == fingerprint(Case.objects.get())
    assert [button.is_visible() for button in cuc.page.locator("main button").all()] == [False, False]
    drawn = cuc.page.locator("main img")
    assert drawn.evaluate("one => one.complete && one.naturalWidth > 0")
    cuc.page.locator("[data-case-code]").click()
    assert cuc.page.evaluate("getSelection().toString()") == cuc.code


def test_somebody_else_verifies_the_receipt_by_its_qr_code_and_by_typing(portal):
    cuc = files(portal, javascript=False, confidential=True)
    code, typed = cuc.code, printed(cuc).lower()
    clerk = portal.window(PHONE, javascript=False)
    clerk.opens(f"/xac-nhan/?code={code}&fingerprint={typed}")
    sentence = clerk.page.locator('[data-receipt="valid"]').inner_text()
    assert re.fullmatch(rf"Biên nhận hợp lệ: hồ sơ {code} được gửi lúc .*, nội dung chưa bị thay đổi\.", sentence)
    clerk.opens("/")
    clerk.follows("Kiểm tra biên nhận")
    form = clerk.page.locator('main form[action="/xac-nhan/"]')
    clerk.fills(form, code=code, fingerprint="2222-2222-2222-2222")
    clerk.presses("Kiểm tra", form)
    assert clerk.page.locator('[data-receipt="invalid"]').count() == 1
    form = clerk.page.locator('main form[action="/xac-nhan/"]')
    clerk.fills(form, fingerprint=typed.replace("-", " "))
    clerk.presses("Kiểm tra", form)
    assert clerk.page.locator('[data-receipt="valid"]').count() == 1


@pytest.mark.parametrize("allowed", [True, False], ids=["with the clipboard", "without leave to use it"])
def test_with_javascript_the_code_is_copied_by_a_button_that_says_so(portal, allowed):
    cuc = files(portal, javascript=True)
    if allowed:
        cuc.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    else:
        cuc.page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    cuc.page.get_by_role("button", name="Sao chép mã").click()
    cuc.page.get_by_role("status").get_by_text("Đã sao chép mã hồ sơ.").wait_for()
    assert cuc.page.get_by_role("button", name="In biên nhận").is_visible()
    pasted = cuc.page.evaluate("getSelection().toString()")
    if allowed:
        pasted = cuc.page.evaluate("navigator.clipboard.readText()")
    assert pasted == cuc.code


@pytest.mark.parametrize("changes", [{}, {"title": LONG[:200], "incident": "lighting", "place": "Ngã tư Trần Phú"}])
def test_the_receipt_is_printed_on_one_sheet_of_a4(portal, changes):
    if "incident" in changes:
        changes |= {"occurred_at": "2026-03-02T08:00"}
    cuc = files(portal, javascript=True, **changes)
    sheet = cuc.page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", sheet)) == 1
    assert re.findall(rb"/MediaBox\s*\[0 0 ([\d. ]+)\]", sheet) == [A4.encode()]
    cuc.page.emulate_media(media="print")
    shown = cuc.page.locator("body").inner_text()
    assert (cuc.code in shown, printed(cuc) in shown, "Cổng phản ánh, kiến nghị ·" in shown) == (True, True, True)
    assert [word for word in ("Sao chép mã", "Về trang chủ", "Gửi phản ánh", "Đăng nhập") if word in shown] == []


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is needed (Debian: apt install espeak-ng)")
def test_the_captcha_is_read_aloud_in_a_tab_of_its_own_while_the_form_stays(portal):
    window = portal.window(PHONE)
    window.opens("/gui-phan-anh/")
    form = window.form("gui-phan-anh")
    window.fills(form, title=LETTER["title"])
    with window.page.expect_popup() as opened:
        window.page.get_by_role("link", name="Nghe mã bảo mật").click()
    sound = opened.value.locator("video")
    expect(sound).to_have_js_property("error", None)
    expect(sound).to_have_js_property("readyState", 4)
    assert sound.evaluate("one => one.duration") > 8
    assert form.locator('[name="title"]').input_value() == LETTER["title"]
