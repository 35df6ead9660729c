"""Every page for every role, at both widths: no violation of WCAG 2.2 A and AA that axe finds, nothing too wide.

Folded parts are looked at unfolded, so every form of every state is. Marked `proof`: every state for every role.
"""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.utils import timezone

from agencies.limits import Rate
from submissions.codes import new_code
from submissions.links import link_to
from submissions.models import Case
from submissions.receipts import fingerprint
from workflow.models import DataRequest, Message, Rating

from .letters import LETTER, photo
from .ways import Ways
from .windows import DESK, HEIGHT, PHONE

AXE = Axe()
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
OPTIONS = {"runOnly": {"type": "tag", "values": LEVELS}, "resultTypes": ["violations"]}
NAME = "Nguyễn Thị Cúc"


@pytest.fixture
def ways(journey, cast):
    return Ways(journey, cast)


def flaws(window):
    """What axe and the ruler find on the page as it stands, on a phone and at a desk."""
    window.unfold()
    found = []
    for width in (PHONE, DESK):
        window.page.set_viewport_size({"width": width, "height": HEIGHT})
        if too_wide := window.too_wide():
            found.append((window.path, width, too_wide))
        results = AXE.run(window.page, options=OPTIONS)
        for rule in results.response["violations"]:
            found.append((window.path, width, rule["id"], [node["html"] for node in rule["nodes"]]))
    return found


def test_the_ruler_and_axe_see_what_is_wrong(portal):
    window = portal.window()
    window.opens("/tai-khoan/dang-nhap/")
    window.page.evaluate("""() => {
        const box = document.createElement("input")
        box.style.width = "50rem"
        document.querySelector("main").append(box)
    }""")
    phone_ruler, phone_axe, desk_axe = flaws(window)
    assert phone_ruler[1] == PHONE and phone_ruler[2][-1] == '<input style="width: 50rem;">'
    assert [(one[1], one[2]) for one in (phone_axe, desk_axe)] == [(PHONE, "label"), (DESK, "label")]


def flaws_of(window, pages):
    """`pages`: address and the status it answers with."""
    found = []
    for address, status in pages:
        window.opens(address)
        assert (address, window.status) == (address, status)
        found += flaws(window)
    return found


def pages(status, *addresses):
    return [(address, status) for address in addresses]


def test_public_pages(portal, ways):
    lodged, answered, reopened, promised = (
        ways.lodged(), ways.answered(), ways.reopened(), ways.promised_and_rated(),
    )  # fmt: skip
    unknown = new_code(Case.objects.get(code=lodged).received_at)
    right = fingerprint(Case.objects.get(code=lodged))
    found = flaws_of(
        portal.window(),
        [
            *pages(200, link(lodged), link(answered), "/tra-cuu/quen-ma/"),
            *pages(404, f"/phan-anh/{lodged}/mo/x/"),
            *pages(200, "/", "/gui-phan-anh/", "/tra-cuu/", "/phan-anh/", "/phan-anh/?q=zzz", "/quy-trinh/"),
            *pages(
                200, *(f"/tra-cuu/?q={typed}" for typed in (lodged, answered, unknown, lodged[:-1], "Nguyễn Thị Cúc"))
            ),
            *pages(200, *(f"/phan-anh/{code}/" for code in (lodged, answered, reopened, promised))),
            *pages(200, statement("/phan-anh", lodged, "intake"), statement("/phan-anh", promised, "promise")),
            *pages(200, "/xac-nhan/"),
            *pages(200, *(f"/xac-nhan/?code={lodged}&fingerprint={typed}" for typed in ("", "sai", right))),
            *pages(200, "/tai-khoan/dang-nhap/"),
            *pages(404, "/khong-co/", f"/phan-anh/{unknown}/"),
            *pages(403, f"/phan-anh/{lodged}/withdraw/"),
        ],
    )
    assert found == []


def test_filing_from_the_empty_form_to_the_receipt(portal):
    window = portal.window()
    window.opens("/gui-phan-anh/")
    window.presses("GỬI PHẢN ÁNH")
    assert window.status == 422
    found = flaws(window)
    form = window.form("gui-phan-anh")
    window.fills(form, **LETTER | {"phone": "1"}, incident="lighting", attachments=[photo("den-tat")])
    window.presses("GỬI PHẢN ÁNH", form)
    found += flaws(window)
    form = window.form("gui-phan-anh")
    window.fills(form, phone=LETTER["phone"], incident="")
    window.presses("Xem lại trước khi gửi", form)
    found += flaws(window)
    window.presses("GỬI PHẢN ÁNH")
    assert window.state == "LODGED"
    assert found + flaws(window) == []


def test_refusals_of_public_pages(portal, ways, settings):
    lodged = ways.lodged()
    window = portal.window()
    window.opens("/tai-khoan/dang-nhap/")
    form = window.page.locator("main form")
    window.fills(form, username="oanh", password="sai")
    window.presses("Đăng nhập", form)
    found = flaws(window)
    window.opens("/tra-cuu/")
    window.does("tra-cuu", q=lodged, phone="0900000000")
    assert window.status == 422
    found += flaws(window)
    window.page.context.clear_cookies()
    window.does("tra-cuu", q=lodged, phone="0900000000")
    assert window.status == 403
    found += flaws(window)
    settings.LIMIT_LOOKUP = Rate(0, 3600)
    window.opens(f"/tra-cuu/?q={lodged}")
    assert window.status == 429
    assert found + flaws(window) == []


def test_what_a_link_and_a_phone_without_a_code_lead_to(portal, ways):
    """At 390 px and without a script: rate from the letter, press twice, open the case; ask for lost codes."""
    answered = ways.answered()
    phone = portal.window(PHONE, javascript=False)
    phone.opens(link(answered))
    phone.page.get_by_role("radio", name="Chưa khắc phục").check()
    phone.presses("Không hài lòng")
    assert "Đã ghi nhận đánh giá." in phone.page.locator("body").inner_text()
    phone.presses("Mở hồ sơ của tôi")
    assert (phone.path, phone.status) == (f"/phan-anh/{answered}/", 200)
    assert "chưa khắc phục" in phone.text
    window = portal.window()
    window.opens(link(ways.answered()))
    window.page.locator('[name="note"]').evaluate("one => { one.maxLength = 9000; one.value = 'x'.repeat(4001) }")
    window.presses("Hài lòng")
    assert window.status == 422
    found = flaws(window)
    window.opens(link(answered))
    found += flaws(window)
    window.opens("/tra-cuu/")
    window.follows("Quên mã hồ sơ?")
    window.fills(window.form("quen-ma"), phone="12")
    window.presses("Gửi mã cho tôi")
    assert window.status == 422
    found += flaws(window)
    window.fills(window.form("quen-ma"), phone=LETTER["phone"], captcha_1="PASSED")
    window.presses("Gửi mã cho tôi")
    assert (window.path, window.status) == ("/tra-cuu/", 200)
    assert found + flaws(window) == []


def test_the_enter_key_beside_a_reason_does_not_rate(portal, ways):
    window = portal.window(PHONE)
    window.opens(link(ways.answered()))
    window.page.get_by_role("radio", name="Đã khắc phục").check()
    with window.page.expect_navigation():
        window.page.keyboard.press("Enter")
    assert "Vui lòng chọn mức độ hài lòng." in window.text
    assert window.page.get_by_role("radio", name="Đã khắc phục").is_checked()
    assert not Rating.objects.exists()


def test_queue_and_case_where_work_waits(portal, ways):
    lodged, processing, submitted = ways.lodged(), ways.processing(), ways.submitted()
    reported = ways.reported_up()
    found = flaws_of(portal.staff("oanh"), pages(200, "/can-bo/", "/can-bo/tiep-nhan-moi/", desk(lodged)))
    found += flaws_of(
        portal.staff("son"), pages(200, desk(processing), statement("/can-bo/ho-so", processing, "consult"))
    )
    found += flaws_of(portal.staff("lan"), pages(200, desk(submitted), desk(reported), desk(reported, "bao-cao-ubnd")))
    found += flaws(portal.sender(processing))
    assert found == []


def test_the_rest_of_the_back_office(portal, ways, cast):
    """Look-alikes, previews and hits, phrases, filters, lists to print, several at once, covered pictures."""
    alike, lodged, submitted = ways.processing(), ways.pictured(), ways.submitted_twice_with_hits()
    assert alike
    oanh = portal.staff("oanh")
    found = flaws_of(oanh, pages(200, desk(lodged), "/can-bo/?stage=open&q=zzz&late=on", "/can-bo/mau-cau/"))
    oanh.opens("/can-bo/mau-cau/")
    oanh.presses("Lưu")
    found += flaws(oanh)
    form = oanh.page.locator("main form").last
    oanh.fills(form, title="Hẹn", body="Chúng tôi sẽ đến xem.")
    oanh.presses("Lưu")
    found += flaws(oanh)
    oanh.opens("/can-bo/?stage=open&channel=web")
    oanh.page.locator(".filters > summary").click() if not oanh.page.locator(".filters[open]").count() else None
    oanh.fills(oanh.page.locator(".save-filter"), name="Từ trang web")
    oanh.presses("Lưu")
    found += flaws(oanh)
    oanh.opens("/can-bo/?stage=intake")
    oanh.page.locator('[name="code"]').first.check()
    oanh.presses("Phân phối các hồ sơ đã chọn")
    found += flaws(oanh)
    oanh.presses("Phân phối")
    found += flaws(oanh)
    oanh.fills(oanh.page.locator("main form"), agency="soxd", field="ha-tang-do-thi")
    oanh.presses("Phân phối")
    found += flaws(oanh)
    oanh.opens("/can-bo/?stage=open")
    oanh.presses("In theo nơi xảy ra")
    found += flaws(oanh)
    file = Case.objects.get(code=lodged).attachments.get()
    oanh.opens(desk(lodged, f"che-anh/{file.pk}"))
    oanh.presses("Tạo bản che")
    found += flaws(oanh)
    lan = portal.staff("lan")
    found += flaws_of(lan, pages(200, desk(submitted)))
    lan.opens(desk(submitted))
    lan.does("approve")
    assert lan.status == 422
    found += flaws(lan)
    son = portal.staff("son")
    son.opens(desk(ways.processing()))
    form = son.form("submit")
    son.fills(form, outcome="done", body="Gọi 0905 123 456.")
    son.presses("Xem trước", form)
    assert son.status == 422
    found += flaws(son)
    assert found == []


def test_calls_letters_and_what_could_not_be_sent(portal, ways):
    called, mailed = ways.lodged(channel="hotline"), ways.lodged()
    task = Message.objects.get(case__code=called, medium="task")
    unsent = Message.objects.get(case__code=mailed, notice="sender_lodged")
    Message.objects.filter(pk=unsent.pk).update(given_up_at=unsent.queued_at, problem="máy chủ thư không nhận (550)")
    window = portal.staff("oanh")
    lists = pages(200, "/can-bo/thong-bao/", "/can-bo/thong-bao/chua-gui-duoc/")
    found = flaws_of(window, [*lists, *pages(200, *(f"/can-bo/thong-bao/{one.pk}/" for one in (unsent, task)))])
    window.presses("Đã gọi / đã gửi")
    assert window.status == 422
    found += flaws(window)
    window.page.get_by_label("Tôi đã gọi điện hoặc gửi thư").check()
    window.presses("Đã gọi / đã gửi")
    found += flaws_of(window, pages(200, "/can-bo/thong-bao/", f"/can-bo/thong-bao/{task.pk}/"))
    assert found == []


def test_ones_own_data_and_what_is_asked_about_them(portal, ways):
    found = flaws_of(portal.window(), pages(200, "/du-lieu-cua-toi/"))
    sender = portal.sender(ways.refused())
    sender.opens("/du-lieu-cua-toi/")
    found += flaws(sender)
    sender.page.get_by_label("Xóa dữ liệu của tôi").check()
    sender.presses("Gửi yêu cầu")
    assert sender.status == 422
    found += flaws(sender)
    sender.page.get_by_label("Nội dung yêu cầu").fill("Xin xóa số điện thoại của tôi.")
    sender.presses("Gửi yêu cầu")
    assert "hạn trả lời" in sender.text
    found += flaws(sender)
    asked = DataRequest.objects.get()
    centre = portal.staff("oanh")
    found += flaws_of(centre, pages(200, "/can-bo/du-lieu-ca-nhan/", f"/can-bo/du-lieu-ca-nhan/{asked.pk}/"))
    centre.presses("Trả lời")
    assert centre.status == 422
    found += flaws(centre)
    centre.page.get_by_label("Trả lời người gửi").fill("Đã ghi nhận.")
    centre.page.get_by_label("Sau 7 ngày").check()
    centre.presses("Trả lời")
    found += flaws(centre)
    found += flaws_of(centre, pages(200, f"/can-bo/du-lieu-ca-nhan/{asked.pk}/"))
    assert found == []


@pytest.mark.proof
def test_pages_of_the_sender(portal, ways):
    codes = (
        ways.lodged(), ways.sent_back_and_asked(), ways.refused(), ways.processing(), ways.submitted(),
        ways.promised_and_rated(), ways.answered(), ways.sealed(),
    )  # fmt: skip
    found = []
    for code in codes:
        window = portal.sender(code)
        assert window.path == f"/phan-anh/{code}/"
        found += flaws(window)
    sender = portal.sender(codes[3])
    found += flaws_of(
        sender, [*pages(200, f"/phan-anh/{codes[3]}/ask/"), *pages(409, f"/phan-anh/{codes[3]}/withdraw/")]
    )
    sender.opens(f"/phan-anh/{codes[3]}/ask/")
    sender.does("ask")
    assert sender.status == 422
    assert found + flaws(sender) == []


@pytest.mark.proof
def test_pages_of_operator_supervisor_and_administrator(portal, ways):
    lodged, answered, sealed = ways.lodged(), ways.answered(), ways.sealed()
    others = (
        ways.sent_back_and_asked(), ways.refused(), ways.returned(), ways.processing(), ways.late(),
        ways.promised_and_rated(), ways.approved_only(),
    )  # fmt: skip
    oanh = portal.staff("oanh")
    found = flaws_of(
        oanh,
        [
            *pages(200, "/can-bo/", "/can-bo/?stage=open", "/can-bo/?q=zzz", "/can-bo/?stage=open&late=on"),
            *pages(200, "/can-bo/tiep-nhan-moi/"),
            *pages(200, *(desk(code) for code in (lodged, answered, sealed, *others))),
            *pages(200, desk(lodged, "distribute"), desk(lodged, "refuse"), desk(lodged, "seal")),
            *pages(404, desk(new_code(Case.objects.get(code=lodged).received_at))),
            *pages(403, desk(lodged, "approve")),
            *pages(409, desk(lodged, "recall")),
        ],
    )
    oanh.opens("/can-bo/tiep-nhan-moi/")
    oanh.does("tiep-nhan-moi")
    assert oanh.status == 422
    found += flaws(oanh)
    oanh.opens(desk(lodged, "distribute"))
    oanh.does("distribute", note="Đề nghị kiểm tra.")
    assert oanh.status == 422
    found += flaws(oanh)
    found += flaws_of(portal.staff("tam"), pages(200, "/can-bo/", "/can-bo/?stage=open", desk(others[4])))
    found += flaws_of(portal.staff("quang"), pages(200, desk(sealed), desk(sealed, "unseal")))
    assert found == []


@pytest.mark.proof
def test_pages_of_specialists(portal, ways):
    instant, processing, submitted = ways.distributed(incident="lighting"), ways.processing(), ways.submitted()
    others = (ways.late(), ways.promised_and_rated(), ways.approved_only(), ways.answered(), ways.sealed())
    son = portal.staff("son")
    found = flaws_of(
        son,
        [
            *pages(200, "/can-bo/", "/can-bo/?stage=process", "/can-bo/?stage=agency"),
            *pages(200, *(desk(code) for code in (instant, processing, submitted, *others))),
            *pages(200, desk(processing, "submit"), desk(others[0], "explain")),
            *pages(403, desk(submitted, "approve"), "/can-bo/tiep-nhan-moi/"),
        ],
    )
    son.opens(desk(processing, "submit"))
    son.does("submit", outcome="commitment", body="Sẽ thay cả tuyến.")
    assert son.status == 422
    found += flaws(son)
    son.opens(desk(instant, "return"))
    ways.accepts(instant)
    son.does("return", ground="unclear", note="Chưa rõ địa điểm.")
    assert son.status == 409
    found += flaws(son)
    found += flaws_of(portal.staff("diep"), pages(200, "/can-bo/", "/can-bo/?stage=consult", desk(processing)))
    assert found == []


@pytest.mark.proof
def test_pages_of_leaders(portal, ways):
    codes = (
        ways.distributed(), ways.processing(), ways.submitted(), ways.late(), ways.promised_and_rated(),
        ways.approved_only(), ways.answered(), ways.sealed(), ways.distributed(agency="moitruong"),
    )  # fmt: skip
    found = flaws_of(portal.staff("lan"), pages(200, "/can-bo/", "/can-bo/?stage=agency", *map(desk, codes)))
    found += flaws_of(portal.staff("hai"), pages(200, "/can-bo/"))
    assert found == []


def statement(place, code, key):
    """How a clock of the case was reckoned."""
    return f"{place}/{code}/thoi-han/{Case.objects.get(code=code).clocks.get(key=key).pk}/"


def link(code):
    """Where the letter to the sender leads."""
    return link_to(Case.objects.get(code=code), timezone.now()).removeprefix(settings.SITE_URL)


def desk(code, action=""):
    """Where staff find a case, or one action on it."""
    return f"/can-bo/ho-so/{code}/{action}/" if action else f"/can-bo/ho-so/{code}/"
