"""Three more ways of a case, at a desk: normal; sent back and completed; confidential. And a form put right."""

from .letters import ANSWER, LETTER, SECRETS, photo
from .windows import PHONE


def test_a_normal_case_is_reviewed_filed_answered_and_published(portal):
    cuc = portal.window()
    cuc.opens("/gui-phan-anh/")
    form = cuc.form("gui-phan-anh")
    cuc.fills(form, **LETTER, attachments=[photo("den-tat")])
    cuc.presses("Xem lại trước khi gửi", form)
    assert (cuc.path, cuc.page.locator("[data-case-code]").count()) == ("/gui-phan-anh/", 0)
    assert "den-tat.jpg" in cuc.text
    cuc.presses("GỬI PHẢN ÁNH")
    code = cuc.code
    assert (cuc.path, cuc.clocks) == (f"/bien-nhan/{code}/", {"intake": "running"})

    oanh = at_the_case(portal, "oanh", code)
    oanh.does("receive")
    oanh.does("distribute", field="ha-tang-do-thi", agency="soxd")
    son = at_the_case(portal, "son", code)
    son.does("accept")
    son.does("submit", outcome="done", body=ANSWER)
    lan = at_the_case(portal, "lan", code)
    lan.does("approve")
    assert (lan.state, lan.clocks) == (
        "ANSWERED", {"intake": "met", "verify": "met", "process": "met", "approve": "met"},
    )  # fmt: skip

    anybody = portal.window()
    anybody.opens(f"/phan-anh/?q={code}")
    anybody.follows(LETTER["title"])
    assert anybody.state == "ANSWERED"
    assert ANSWER in anybody.text
    assert [secret for secret in SECRETS if secret in anybody.page.content()] == []
    assert anybody.page.locator("img.file-thumbnail").count() == 0


def test_an_error_keeps_what_was_typed_and_attached_and_asks_for_the_captcha_once(portal):
    cuc = portal.window(PHONE, javascript=False)
    cuc.opens("/gui-phan-anh/")
    form = cuc.form("gui-phan-anh")
    cuc.fills(form, **LETTER | {"phone": "12"}, attachments=[photo("den-tat")])
    cuc.presses("GỬI PHẢN ÁNH", form)
    assert cuc.status == 422
    assert cuc.page.locator("#error-summary a").get_attribute("href") == "#id_phone"
    assert cuc.page.locator('[name="content"]').input_value() == LETTER["content"]
    assert "den-tat.jpg" in cuc.text
    form = cuc.form("gui-phan-anh")
    cuc.fills(form, phone=LETTER["phone"])
    cuc.presses("GỬI PHẢN ÁNH", form)
    assert (cuc.status, cuc.state) == (200, "LODGED")
    cuc.follows("Xem hồ sơ của tôi")
    assert cuc.page.get_by_role("link", name="den-tat.jpg").count() == 1


def test_sent_back_completed_by_the_sender_and_distributed(portal, journey):
    code = journey(title=LETTER["title"]).case.code
    oanh = at_the_case(portal, "oanh", code)
    oanh.does("send_back", note="Xin cho biết đèn ở đoạn nào.")
    assert oanh.state == "SENT_BACK"
    cuc = portal.sender(code)
    assert "Xin cho biết đèn ở đoạn nào." in cuc.text
    cuc.does("complete", content="Đoạn từ số 10 đến số 20.", attachments=[photo("den-tat")])
    assert (cuc.path, cuc.state) == (f"/phan-anh/{code}/", "LODGED")
    assert "Đoạn từ số 10 đến số 20." in cuc.text
    oanh.opens(oanh.path)
    oanh.does("distribute", field="ha-tang-do-thi", agency="soxd")
    assert oanh.state == "DISTRIBUTED"
    son = at_the_case(portal, "son", code)
    assert "Đoạn từ số 10 đến số 20." in son.text
    assert son.page.get_by_role("link", name="den-tat.jpg").count() == 1


def test_a_confidential_case_is_answered_to_its_sender_alone(portal):
    cuc = portal.window()
    cuc.opens("/gui-phan-anh/")
    form = cuc.form("gui-phan-anh")
    cuc.fills(form, **LETTER, confidential=True)
    cuc.presses("GỬI PHẢN ÁNH", form)
    code = cuc.code
    at_the_case(portal, "oanh", code).does("distribute", field="ha-tang-do-thi", agency="soxd")
    son = at_the_case(portal, "son", code)
    son.does("accept")
    son.does("submit", outcome="done", body=ANSWER)
    at_the_case(portal, "lan", code).does("approve")

    anybody = portal.window()
    anybody.opens("/phan-anh/")
    assert LETTER["title"] not in anybody.text
    anybody.opens(f"/phan-anh/{code}/")
    assert anybody.status == 404
    anybody.opens(f"/tra-cuu/?q={code}")
    assert (anybody.status, anybody.page.locator("[data-case-code]").count()) == (200, 0)
    own = portal.sender(code)
    assert own.state == "ANSWERED"
    assert ANSWER in own.text


def at_the_case(portal, username, code):
    window = portal.staff(username)
    window.opens(f"/can-bo/ho-so/{code}/")
    assert (window.status, window.code) == (200, code)
    return window
