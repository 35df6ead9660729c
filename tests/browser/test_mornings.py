"""A morning at each desk: what waits is found and done in few clicks, at a desk and on a phone without a script."""

from submissions.models import Case
from workflow.models import AuditEntry

from .ways import Ways
from .windows import PHONE


def test_the_centres_morning(portal, journey, cast):
    """Two alike come in: the second is told to be the first one's; two others go out at once; a list is printed."""
    ways = Ways(journey, cast)
    ways.processing()
    first, second = ways.lodged(title="Cống tắc ở hẻm 8"), ways.lodged(title="Cây ngã trước trường")
    repeated = ways.lodged()
    oanh = portal.staff("oanh")
    oanh.page.locator(".queue-title").first.focus()
    oanh.page.keyboard.press("ArrowDown")
    assert oanh.page.evaluate("document.activeElement.className") == "queue-title"
    oanh.opens(f"/can-bo/ho-so/{repeated}/")
    oanh.follows("Từ chối vì trùng với hồ sơ này")
    oanh.fills(oanh.form("refuse"), note="Đã có người báo, xin theo dõi hồ sơ ấy.")
    oanh.presses("Từ chối", oanh.form("refuse"))
    assert oanh.state == "REFUSED"
    oanh.opens("/can-bo/?stage=intake")
    for code in (first, second):
        oanh.page.locator(f'[name="code"][value="{code}"]').check()
    oanh.presses("Phân phối các hồ sơ đã chọn")
    oanh.fills(oanh.page.locator("main form"), field="ha-tang-do-thi", agency="soxd")
    oanh.presses("Phân phối")
    assert oanh.text.count("Đã chuyển đến Sở Xây dựng.") == 2
    oanh.opens("/can-bo/?stage=open")
    oanh.presses("In theo nơi xảy ra")
    assert first in oanh.text


def test_the_specialists_morning(portal, journey, cast):
    """Read who sent it, with a reason; note something inside; see the answer as it will be; be stopped by a number."""
    code = Ways(journey, cast).processing()
    son = portal.staff("son")
    son.opens(f"/can-bo/ho-so/{code}/")
    assert "Nguyễn Thị Cúc" not in son.text
    son.presses("Gọi điện hoặc hẹn gặp người gửi")
    assert "Nguyễn Thị Cúc" in son.text
    son.does("note", note="Chờ vật tư.")
    form = son.form("submit")
    son.fills(form, outcome="done", body="Đã thay bóng. Gọi 0905 123 456 nếu còn hỏng.")
    assert "Gọi 0905 123 456" in form.locator("[data-preview]").inner_text()
    son.presses("Trình phê duyệt", form)
    assert son.status == 422
    son.fills(son.form("submit"), body="Đã thay bóng.")
    son.presses("Trình phê duyệt", son.form("submit"))
    assert son.state == "SUBMITTED"
    assert AuditEntry.objects.filter(kind="opened", case__code=code).count() == 1


def test_the_leaders_five_minutes_on_a_phone_without_a_script(portal, journey, cast):
    """Two results wait: the first is approved and leads to the second, which goes back with a reason."""
    ways = Ways(journey, cast)
    codes = {ways.submitted(), ways.submitted()}
    lan = portal.staff("lan", PHONE, javascript=False)
    lan.opens("/can-bo/?stage=approve")
    lan.page.locator(".queue-title").first.click()
    first = lan.page.locator("[data-case-code]").get_attribute("data-case-code")
    lan.presses("Phê duyệt, sang hồ sơ tiếp theo")
    (second,) = codes - {first}
    assert lan.code == second
    form = lan.form("reject")
    lan.fills(form, reason="unclear", note="Ghi rõ ngày thay.")
    lan.presses("Chuyển trả chỉnh sửa", form)
    assert lan.state == "PROCESSING"
    assert Case.objects.get(code=first).state == "ANSWERED"


def test_the_supervisor_urges_and_the_sender_reads_who_looked(portal, journey, cast):
    code = Ways(journey, cast).late()
    tam = portal.staff("tam")
    tam.opens("/can-bo/?stage=open&late=on")
    tam.follows("Đèn")
    tam.does("remind", note="Đề nghị xử lý ngay.")
    assert tam.status == 200
    son = portal.staff("son")
    son.opens(f"/can-bo/ho-so/{code}/")
    assert "Đề nghị xử lý ngay." in son.text
    son.presses("Gửi văn bản trả lời qua bưu điện")
    cuc = portal.sender(code)
    assert "Sở Xây dựng: mở thông tin người gửi (Gửi văn bản trả lời qua bưu điện)" in cuc.text
    assert "Đề nghị xử lý ngay." not in cuc.text
