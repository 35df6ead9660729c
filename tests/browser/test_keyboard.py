"""Filing with the keyboard alone."""

from .letters import LETTER

LONGEST_WAY = 60
FOCUS = """() => {
    const one = document.activeElement, box = one.getBoundingClientRect()
    const outlined = getComputedStyle(one).outlineStyle !== "none" || one.type === "datetime-local"
    return {
        name: one.name || "", text: one.innerText || "", value: one.value || "", checked: one.checked || false,
        href: one.getAttribute("href") || "",
        seen: outlined && box.width > 0 && box.top < innerHeight && box.bottom > 0,
    }
}"""
"""What has the focus. Of a box for date and time the browser itself marks the part (day, month …)."""


def test_the_form_is_filled_in_put_right_and_sent_without_a_mouse(portal):
    cuc = portal.window()
    cuc.opens("/gui-phan-anh/")
    keyboard = Keyboard(cuc.page)
    assert keyboard.tab()["href"] == "#main"
    keyboard.press("Enter")

    assert keyboard.to(name="sender_type")["value"] == "citizen"
    keyboard.press("ArrowDown")
    assert (keyboard.focus()["value"], keyboard.focus()["checked"]) == ("business", True)
    keyboard.press("ArrowUp")
    keyboard.types("full_name", LETTER["full_name"])
    keyboard.to(name="commune")
    keyboard.press("End")
    assert keyboard.focus()["value"] == "22366"
    keyboard.types("title", LETTER["title"])
    keyboard.types("content", LETTER["content"])
    keyboard.to(name="consent")
    keyboard.press("Space")
    assert keyboard.focus()["checked"]
    keyboard.types("captcha_1", "passed")
    keyboard.to(text="GỬI PHẢN ÁNH")
    keyboard.enters()
    assert cuc.page.locator("#error-summary li").all_inner_texts() == ["Vui lòng nhập số điện thoại."]

    keyboard.to(href="#id_phone")
    keyboard.press("Enter")
    assert keyboard.focus()["name"] == "phone"
    keyboard.page.keyboard.insert_text(LETTER["phone"])
    keyboard.to(text="GỬI PHẢN ÁNH")
    keyboard.enters()
    assert (cuc.path, cuc.state) == (f"/bien-nhan/{cuc.code}/", "LODGED")


def test_enter_in_a_box_sends_the_form(portal):
    cuc = portal.window()
    cuc.opens("/gui-phan-anh/")
    cuc.fills(cuc.form("gui-phan-anh"), **LETTER)
    cuc.page.locator('[name="captcha_1"]').focus()
    Keyboard(cuc.page).enters()
    assert cuc.path.startswith("/bien-nhan/")


class Keyboard:
    """Goes where Tab goes; whatever is reached has to be in sight with its focus drawn."""

    def __init__(self, page):
        self.page = page

    def press(self, key):
        self.page.keyboard.press(key)

    def enters(self):
        with self.page.expect_navigation():
            self.press("Enter")

    def focus(self):
        return self.page.evaluate(FOCUS)

    def tab(self):
        self.press("Tab")
        reached = self.focus()
        assert reached["seen"], f"focus is out of sight on {reached}"
        return reached

    def to(self, **wanted):
        passed = []
        while len(passed) < LONGEST_WAY:
            reached = self.tab()
            if all(reached[key] == value for key, value in wanted.items()):
                return reached
            passed.append(reached)
        raise AssertionError(f"Tab never reached {wanted}, only {passed}")

    def types(self, name, text):
        self.to(name=name)
        self.page.keyboard.insert_text(text)
