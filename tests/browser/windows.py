"""Windows on the portal, each with its own session: opening pages, filling in forms, reading the case on show."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page

from tests.cast import PASSWORD

PHONE, DESK = 390, 1280
HEIGHT = 844
TOO_WIDE = """() => [...document.querySelectorAll("body *")]
    .filter(one => one.getBoundingClientRect().right > innerWidth && !one.closest(".table-responsive"))
    .map(one => one.outerHTML.slice(0, 120))"""


class Portal:
    """The server under test; `complaints` collects what no page may do."""

    def __init__(self, new_context):
        self._new_context = new_context
        self.complaints = []

    def window(self, width=DESK, javascript=True):
        """A visitor without a session."""
        size = {"width": width, "height": HEIGHT}
        page = self._new_context(viewport=size, java_script_enabled=javascript).new_page()
        page.on("response", self._hear_response)
        page.on("console", self._hear_console)
        page.set_default_timeout(15_000)
        return Window(page)

    def staff(self, username, width=DESK, javascript=True):
        """Somebody who came in through the login page and has the queue in front."""
        window = self.window(width, javascript)
        window.opens("/tai-khoan/dang-nhap/")
        form = window.page.locator("main form")
        window.fills(form, username=username, password=PASSWORD)
        window.presses("Đăng nhập", form)
        return window

    def sender(self, code, phone="0912 345 678", width=DESK, javascript=True):
        """The sender, with code and phone, on the page of the case."""
        window = self.window(width, javascript)
        window.opens("/tra-cuu/")
        form = window.form("tra-cuu")
        window.fills(form, q=code, phone=phone)
        window.presses("Mở hồ sơ", form)
        return window

    def _hear_response(self, response):
        if response.status >= 500:
            self.complaints.append(f"{response.status} {response.url}")

    def _hear_console(self, message):
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)


@dataclass
class Window:
    page: Page
    status: int = 0

    def opens(self, path):
        self._arrives(self.page.goto(path))

    def follows(self, link):
        with self.page.expect_navigation() as arrival:
            self.page.get_by_role("link", name=link).first.click()
        self._arrives(arrival.value)

    def presses(self, button, form=None):
        with self.page.expect_navigation() as arrival:
            (form or self.page.locator("main")).get_by_role("button", name=button, exact=True).click()
        self._arrives(arrival.value)

    def form(self, action):
        """The form that posts to the address ending so, unfolded where the page keeps it folded."""
        form = self.page.locator(f'main form[method="post"][action$="/{action}/"]')
        fold = form.locator("xpath=ancestor::details")
        if fold.count() and fold.get_attribute("open") is None:
            fold.locator("summary").first.click()
        return form

    def fills(self, form: Locator, **answers):
        """By name: text, True for a tick, the value of a choice, a list of files."""
        for name, value in answers.items():
            _answer(form.locator(f'[name="{name}"]'), value)

    def does(self, action, **answers):
        """Fill in and send the form of an action that this page offers."""
        form = self.form(action)
        self.fills(form, **answers)
        with self.page.expect_navigation() as arrival:
            form.locator('button[type="submit"]:not([name])').last.click()
        self._arrives(arrival.value)

    @property
    def path(self):
        return urlsplit(self.page.url).path

    @property
    def text(self):
        return self.page.locator("main").inner_text()

    @property
    def code(self):
        return self._marked("data-case-code")

    @property
    def state(self):
        return self._marked("data-state")

    @property
    def clocks(self):
        """`{name of the limit: outcome}`; of repeated limits the latest."""
        shown = self.page.locator("[data-clock]").all()
        return {one.get_attribute("data-clock"): one.get_attribute("data-outcome") for one in shown}

    @property
    def offers(self):
        """Keys of the actions whose forms this page holds."""
        forms = self.page.locator('main form[method="post"]').all()
        return [form.get_attribute("action").rstrip("/").rpartition("/")[2] for form in forms]

    def unfold(self):
        self.page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")

    def too_wide(self):
        """What makes the page scroll sideways."""
        width = self.page.viewport_size["width"]
        needed = self.page.evaluate("document.scrollingElement.scrollWidth")
        return [f"{needed}px", *self.page.evaluate(TOO_WIDE)] if needed > width else []

    def _marked(self, name):
        return self.page.locator(f"[{name}]").first.get_attribute(name)

    def _arrives(self, response):
        self.status = response.status
        assert self.too_wide() == []


def _answer(control, value):
    kind = control.first.get_attribute("type")
    if kind == "file":
        control.set_input_files(value)
    elif kind == "radio":
        control.and_(control.page.locator(f'[value="{value}"]')).check()
    elif value is True:
        control.check()
    elif control.first.evaluate("one => one.tagName") == "SELECT":
        control.select_option(value)
    else:
        control.fill(value)
