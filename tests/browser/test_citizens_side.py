"""What the citizen's side adds to filing: files that go up ahead, look-alikes, an account, a phone without network."""

import os
import re

import pytest
from django.contrib.auth import authenticate
from django.utils import timezone
from playwright.sync_api import expect

from agencies.models import User
from submissions.models import Attachment, Case, Citizen, Follower, PublicText
from tests.journeys.portal import paper
from workflow.models import Message

from .letters import LETTER, ago, photo
from .test_every_page import flaws
from .ways import Ways
from .windows import DESK, HEIGHT, PHONE

SECRET = "con-ga-gay-sang-som"
SLOW = {"offline": False, "latency": 150, "downloadThroughput": 1_600_000 // 8, "uploadThroughput": 750_000 // 8}
"""Fast 3G as browsers' own tools define it, in bytes a second."""
AT_400_PERCENT = 320
"""What a screen of 1280 px is wide at four times the size (WCAG 1.4.10)."""


@pytest.fixture
def ways(journey, cast):
    return Ways(journey, cast)


def web_page():
    return {"name": "trang.html", "mimeType": "text/html", "buffer": b"<html></html>"}


def a_paper(name="van-ban.pdf"):
    return {"name": name, "mimeType": "application/pdf", "buffer": paper(name).read()}


def test_files_go_up_as_they_are_chosen_and_bad_ones_are_told_at_once(portal):
    window = portal.window(PHONE)
    window.opens("/gui-phan-anh/")
    form, page = window.form("gui-phan-anh"), window.page
    window.fills(form, attachments=[photo("den-tat")])
    expect(page.locator(".kept-file")).to_have_count(1)
    expect(page.locator(".kept-file img")).to_be_visible()
    window.fills(form, attachments=[a_paper(), web_page()])
    expect(page.locator(".kept-file")).to_have_count(2)
    expect(page.locator("[data-kept] .field-error")).to_contain_text("là trang web nên không được nhận")
    window.fills(form, attachments=[{"name": "to.pdf", "mimeType": "application/pdf", "buffer": bytes(11 * 1024**2)}])
    expect(page.locator("[data-kept] .field-error")).to_contain_text("“to.pdf” lớn hơn 10 MB")
    assert flaws(window) == []
    page.get_by_label("Bỏ tệp “van-ban.pdf” khi gửi").check()
    window.fills(form, **LETTER)
    window.presses("GỬI PHẢN ÁNH", form)
    assert [file.name for file in Case.objects.get(code=window.code).attachments.all()] == ["den-tat.jpg"]


def test_of_several_files_chosen_at_once_a_bad_one_is_told_and_stays_told(portal):
    window = portal.window(PHONE)
    window.opens("/gui-phan-anh/")
    form, page = window.form("gui-phan-anh"), window.page
    window.fills(form, attachments=[web_page(), photo("den-tat"), a_paper()])
    expect(page.locator(".kept-file")).to_have_count(2)
    expect(page.locator("[data-kept] .field-error")).to_contain_text("là trang web nên không được nhận")


def test_a_file_ticked_to_go_makes_room_for_another(portal):
    window = portal.window(PHONE)
    window.opens("/gui-phan-anh/")
    form, page = window.form("gui-phan-anh"), window.page
    window.fills(form, attachments=[a_paper(f"{number}.pdf") for number in range(6)])
    expect(page.locator(".kept-file")).to_have_count(5)
    expect(page.locator("[data-kept] .field-error")).to_contain_text("tối đa 5 tệp")
    page.get_by_label("Bỏ tệp “0.pdf” khi gửi").check()
    window.fills(form, attachments=[a_paper("5.pdf")])
    expect(page.locator(".kept-file").filter(has_text="5.pdf")).to_have_count(1)
    expect(page.locator(".kept-file").filter(has_text="0.pdf")).to_have_count(0)
    expect(page.locator("[data-kept] .field-error")).to_have_count(0)


def test_what_the_line_dropped_stays_chosen_and_comes_along_with_the_form(portal):
    window = portal.window(PHONE)
    window.opens("/gui-phan-anh/")
    form, page = window.form("gui-phan-anh"), window.page
    page.route("**/tep/nhap/", lambda route: route.abort())
    window.fills(form, attachments=[photo("den-tat")])
    expect(page.locator(".upload-said")).to_contain_text("Chưa tải lên được")
    window.fills(form, attachments=[a_paper()])
    expect(page.locator(".upload-said")).to_contain_text("van-ban.pdf")
    window.fills(form, **LETTER)
    window.presses("GỬI PHẢN ÁNH", form)
    names = {file.name for file in Case.objects.get(code=window.code).attachments.all()}
    assert names == {"den-tat.jpg", "van-ban.pdf"}


def test_sending_waits_for_a_file_that_is_still_going_up(portal):
    window = portal.window(PHONE)
    window.opens("/gui-phan-anh/")
    form = window.form("gui-phan-anh")
    window.fills(form, **LETTER)
    window.fills(form, attachments=[photo("den-tat")])
    window.presses("GỬI PHẢN ÁNH", form)
    assert Case.objects.get(code=window.code).attachments.count() == 1


@pytest.mark.proof
def test_a_photo_of_8_megabytes_goes_up_on_a_slow_line(portal, tmp_path):
    window = portal.window(PHONE)
    window.page.set_default_timeout(240_000)
    session = window.page.context.new_cdp_session(window.page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", SLOW)
    window.opens("/gui-phan-anh/")
    form = window.form("gui-phan-anh")
    picture = photo("den-tat")
    picture["buffer"] += os.urandom(8 * 1024**2 - len(picture["buffer"]))
    window.fills(form, **LETTER)
    window.fills(form, attachments=[picture])
    bar = window.page.locator("progress")
    expect(bar).to_be_visible()
    while bar.evaluate("one => one.value") < 10:
        window.page.wait_for_timeout(500)
    window.presses("GỬI PHẢN ÁNH", form)
    assert (window.status, window.state) == (200, "LODGED")
    assert Attachment.objects.get().case.code == window.code


def test_what_is_alike_is_shown_while_writing_and_joined_in_place_of_filing(portal, journey, cast, ways):
    way = journey(ago(days=9), title="Đèn đường Hùng Vương tắt mấy hôm nay", place="Gần số 50 đường Hùng Vương")
    for key, viewer, data in [
        ("distribute", cast.oanh, {"field": cast.field(), "agency": cast.agency("soxd")}),
        ("accept", cast.son, {}),
        ("submit", cast.son, {"outcome": "done", "body": "Đã thay bóng."}),
        ("approve", cast.lan, {}),
    ]:
        way.does(key, viewer, ago(days=8), **data)
    window = portal.window(PHONE)
    window.opens("/gui-phan-anh/")
    form = window.form("gui-phan-anh")
    window.fills(form, title="Đèn đường không sáng", place="Trước số 12 Hùng Vương")
    window.page.keyboard.press("Tab")
    panel = window.page.locator("#look-alikes section")
    expect(panel).to_contain_text("Đã có 1 phản ánh tương tự")
    assert flaws(window) == []
    with window.page.context.expect_page() as opened:
        panel.get_by_role("link", name="Tôi cũng gặp").click()
    joining = opened.value
    joining.get_by_role("button", name="Tôi cũng gặp").click()
    expect(joining.locator("main")).to_contain_text("1 người khác cũng gặp.")
    assert Follower.objects.count() == 1
    assert window.page.locator('[name="title"]').input_value() == "Đèn đường không sáng"

    plain = portal.window(PHONE, javascript=False)
    plain.opens("/gui-phan-anh/")
    form = plain.form("gui-phan-anh")
    plain.fills(form, title="Đèn đường không sáng", place="Hùng Vương")
    plain.presses("Xem phản ánh tương tự đã có", form)
    assert "Đã có 1 phản ánh tương tự" in plain.text


def test_an_account_without_javascript_from_signing_up_to_the_own_list(portal, cast):
    window = portal.window(PHONE, javascript=False)
    window.opens("/tai-khoan/dang-nhap/")
    window.follows("Tạo tài khoản")
    form = window.form("dang-ky")
    window.presses("Tạo tài khoản", form)
    assert window.status == 422
    found = flaws_without_script(portal, window)
    form = window.form("dang-ky")
    window.fills(form, full_name="Lê Thị Mơ", phone="0988 111 222", password1=SECRET, consent=True, captcha_1="PASSED")
    window.presses("Tạo tài khoản", form)
    assert window.path == "/tai-khoan/xac-nhan-so/"
    code = re.search(r": ([A-Z0-9-]{6,})", Message.objects.get().body)[1]
    window.fills(window.page.locator("main form").first, code=code)
    window.presses("Xác nhận")
    assert window.path == "/tai-khoan/"
    window.follows("Gửi phản ánh, kiến nghị")
    form = window.form("gui-phan-anh")
    assert form.locator('[name="phone"]').input_value() == "0988 111 222"
    window.fills(form, commune="22366", title=LETTER["title"], content="Tối quá.", consent=True, captcha_1="PASSED")
    window.presses("GỬI PHẢN ÁNH", form)
    code = window.code
    window.opens("/tai-khoan/")
    assert code in window.text and LETTER["title"] in window.text
    assert found == []


def flaws_without_script(portal, window):
    """Axe is a script itself: it looks at the same page in a window that runs some."""
    other = portal.window(PHONE)
    other.opens(window.path)
    return flaws(other)


def test_a_lost_password_is_replaced_without_javascript(portal, cast):
    user = User.objects.create_user("mo", password="mat-khau-da-quen-mat", full_name="Lê Thị Mơ")
    Citizen.objects.create(account=user, phone="+84988111222", phone_verified_at=timezone.now())
    window = portal.window(PHONE, javascript=False)
    window.opens("/tai-khoan/dang-nhap/")
    window.follows("Quên mật khẩu? (tài khoản của người dân)")
    window.fills(window.page.locator("main form").first, login="0988111222", captcha_1="PASSED")
    found = flaws_without_script(portal, window)
    window.presses("Gửi mã")
    code = re.search(r": ([A-Z0-9-]{6,})", Message.objects.get(notice="account_code").body)[1]
    window.fills(window.page.locator("main form").first, code=code)
    window.presses("Xác nhận")
    assert window.path == "/tai-khoan/mat-khau/"
    window.fills(window.page.locator("main form").first, password1=SECRET)
    window.page.locator("main form button[type=submit]").first.click()
    assert window.path == "/tai-khoan/"
    assert authenticate(username="mo", password=SECRET) == user
    assert found == []


@pytest.mark.proof
def test_pages_of_an_account(portal, cast):
    window = portal.window()
    window.opens("/tai-khoan/dang-ky/")
    form = window.form("dang-ky")
    found = flaws(window)
    window.fills(form, full_name="Lê Thị Mơ", phone="0988 111 222", password1=SECRET, consent=True, captcha_1="PASSED")
    window.presses("Tạo tài khoản", form)
    found += flaws(window)
    code = re.search(r": ([A-Z0-9-]{6,})", Message.objects.get().body)[1]
    window.fills(window.page.locator("main form").first, code="SAI-MA")
    window.presses("Xác nhận")
    assert window.status == 422
    found += flaws(window)
    window.fills(window.page.locator("main form").first, code=code)
    window.presses("Xác nhận")
    cast.files(phone="+84988111222")
    for path in ("", "thong-tin/", "doi-so/", "email/", "mat-khau/"):
        window.opens(f"/tai-khoan/{path}")
        assert window.status == 200
        found += flaws(window)
    window.opens("/tai-khoan/thong-tin/")
    window.does("thong-tin", full_name="", notify_by="email")
    assert window.status == 422
    found += flaws(window)
    stranger = portal.window()
    for path in ("/tai-khoan/quen-mat-khau/", "/tai-khoan/email/khong-co/"):
        stranger.opens(path)
        found += flaws(stranger)
    assert found == []


def test_texts_figures_and_banner_at_both_widths(portal, ways):
    answered = ways.answered()
    for kind in ("home", "guide", "question", "news"):
        PublicText.objects.create(
            kind=kind, slug=f"mot-{kind}", title=f"Tiêu đề {kind}", body="Một đoạn.\n\nHai: https://example.vn",
            shown_from="2026-01-01T00:00Z",
        )  # fmt: skip
    window = portal.window()
    found = []
    for path in (
        "/", "/huong-dan/", "/hoi-dap/", "/tin-tuc/", "/tin-tuc/mot-news/", "/gan-lien-ket/", "/thong-ke/",
        "/thong-ke/?ky=truoc", "/cam-ket/", "/cam-ket/?muc=broken",
        "/khong-co-mang/", f"/phan-anh/{answered}/cung-gap/",
    ):  # fmt: skip
        window.opens(path)
        assert (path, window.status) == (path, 200)
        found += flaws(window)
    assert found == []


def test_at_four_times_the_size_nothing_is_cut_off(portal, ways):
    answered, lodged = ways.answered(), ways.lodged()
    window = portal.window(AT_400_PERCENT)
    for path in (
        "/", "/gui-phan-anh/", "/tra-cuu/", f"/tra-cuu/?q={lodged}", "/phan-anh/", f"/phan-anh/{answered}/",
        "/quy-trinh/", "/thong-ke/", "/huong-dan/", "/xac-nhan/", "/tai-khoan/dang-nhap/", "/tai-khoan/dang-ky/",
    ):  # fmt: skip
        window.opens(path)
        window.unfold()
        assert (path, window.too_wide()) == (path, [])
    window.opens("/gui-phan-anh/")
    window.presses("GỬI PHẢN ÁNH")
    assert (window.status, window.too_wide()) == (422, [])


def test_without_network_the_phone_shows_a_page_of_its_own(portal, cast):
    window = portal.window(PHONE)
    page = window.page
    window.opens("/")
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    while not page.evaluate("navigator.serviceWorker.controller !== null"):
        page.wait_for_timeout(100)
    page.context.set_offline(True)
    page.goto("/tra-cuu/")
    expect(page.locator("h1")).to_have_text("Không có kết nối mạng")
    page.context.set_offline(False)
    page.get_by_role("link", name="Thử lại").click()
    expect(page.locator("header")).to_be_visible()


def test_a_stranger_at_a_desk_reads_the_register_by_keyboard_alone(portal, ways):
    code = ways.answered()
    window = portal.window(DESK)
    window.page.set_viewport_size({"width": DESK, "height": HEIGHT})
    window.opens("/phan-anh/")
    for _ in range(60):
        window.page.keyboard.press("Tab")
        if window.page.evaluate("document.activeElement.getAttribute('href')") == f"/phan-anh/{code}/":
            break
    with window.page.expect_navigation():
        window.page.keyboard.press("Enter")
    assert window.path == f"/phan-anh/{code}/"
