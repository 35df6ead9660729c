"""The first journey as it is made: on a phone, without JavaScript."""

from io import BytesIO

from PIL import Image

from .letters import ANSWER, LETTER, SECRETS, photo, typed_moment
from .windows import PHONE


def test_a_street_light_goes_from_the_form_to_the_register_and_is_rated(portal):
    cuc = portal.window(PHONE, javascript=False)
    cuc.opens("/")
    cuc.follows("Gửi phản ánh, kiến nghị")
    form = cuc.form("gui-phan-anh")
    cuc.fills(
        form, **LETTER, incident="lighting", occurred_at=typed_moment(hours=1), place="Trước số 12 Trần Phú",
        attachments=[photo("den-tat")],
    )  # fmt: skip
    cuc.presses("GỬI PHẢN ÁNH", form)
    code = cuc.code
    assert cuc.path == f"/bien-nhan/{code}/"
    assert (cuc.page.locator(".receipt-code").inner_text(), cuc.state) == (code, "LODGED")
    assert cuc.clocks == {"receive": "running"}

    sender = portal.sender(code, width=PHONE, javascript=False)
    assert (sender.path, sender.state) == (f"/phan-anh/{code}/", "LODGED")
    assert LETTER["content"] in sender.text

    oanh = _at_the_case(portal, "oanh")
    oanh.does(
        "distribute", field="ha-tang-do-thi", agency="soxd", release=True,
        public_content="Đèn đường trước số 12 Trần Phú không sáng.",
    )  # fmt: skip
    assert (oanh.path, oanh.state) == (f"/can-bo/ho-so/{code}/", "DISTRIBUTED")

    son = _at_the_case(portal, "son")
    assert son.clocks == {"receive": "met", "verify": "running", "temporary_fix": "running"}
    son.does("accept")
    son.does("contain", note="Đã đặt đèn tạm và biển cảnh báo.")
    assert (son.state, son.clocks["temporary_fix"], "contain" in son.offers) == ("PROCESSING", "met", False)
    son.does("submit", outcome="done", body=ANSWER, attachments=[photo("den-da-sang")])
    assert (son.state, "approve" in son.offers) == ("SUBMITTED", False)

    lan = _at_the_case(portal, "lan")
    assert ANSWER in lan.text
    lan.does("approve")
    assert (lan.state, set(lan.clocks.values())) == ("ANSWERED", {"met"})

    anybody = portal.window(PHONE, javascript=False)
    anybody.opens("/phan-anh/")
    anybody.follows(LETTER["title"])
    assert (anybody.path, anybody.state, anybody.offers) == (f"/phan-anh/{code}/", "ANSWERED", [])
    assert ANSWER in anybody.text
    assert "Đèn đường trước số 12 Trần Phú không sáng." in anybody.text
    assert [secret for secret in SECRETS if secret in anybody.page.content()] == []
    assert (_widths_of_pictures(anybody), _widths_of_files(anybody)) == ([400, 400], [960, 960])

    sender.opens(sender.path)
    sender.does("rate", score="very_satisfied", note="Cảm ơn, đèn đã sáng.")
    assert (sender.status, "rate" in sender.offers) == (200, False)
    anybody.opens(anybody.path)
    assert "Rất hài lòng" in anybody.text
    assert "Cảm ơn, đèn đã sáng." not in anybody.text


def _at_the_case(portal, username):
    """Signed in, and from the queue to its only case."""
    window = portal.staff(username, PHONE, javascript=False)
    assert window.path == "/can-bo/"
    window.follows(LETTER["title"])
    return window


def _widths_of_pictures(window):
    pictures = window.page.locator("img.file-thumbnail").all()
    for one in pictures:
        one.scroll_into_view_if_needed()
    window.page.wait_for_load_state("networkidle")
    return [one.evaluate("image => image.naturalWidth") for one in pictures]


def _widths_of_files(window):
    """Of the whole pictures, which the names beside the small ones lead to."""
    links = [one.get_attribute("href") for one in window.page.locator('main a[href^="/tep/"]').all()]
    answers = [window.page.request.get(window.page.url.partition("/phan-anh/")[0] + link) for link in links]
    return [Image.open(BytesIO(answer.body())).width for answer in answers]
