"""Whom a journey meets: people at their desks, the sender in a fresh session, and anybody passing by."""

from functools import cached_property

from django.core.files.uploadedfile import SimpleUploadedFile

from submissions.codes import new_code
from submissions.models import Case
from tests.cast import PASSWORD
from workflow.models import Clock

from .client import Visitor

NAME, PHONE, PHONE_SHOWN, EMAIL = "Nguyễn Thị Cúc", "0912345678", "0912 345 678", "cuc@example.vn"
TITLE, CONTENT = "Đèn đường hỏng", "Đèn đường trước số 12 Trần Phú không sáng ba hôm nay."
ANSWER = "Đã thay bóng đèn và kiểm tra cả tuyến."
LETTER = {
    "sender_type": "citizen", "full_name": NAME, "province": "56", "commune": "22366", "address": "12 Trần Phú",
    "phone": PHONE_SHOWN, "email": EMAIL, "title": TITLE, "content": CONTENT, "consent": True,
}  # fmt: skip
MAY_RUN_WHEN_CLOSED = {"question", "promise"}


def paper(name="van-ban.pdf", mark="1"):
    """A small PDF; `mark` tells two of them apart."""
    body = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    ending = b"trailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n"
    return SimpleUploadedFile(name, body + b"% " + mark.encode() + b"\n" + ending, "application/pdf")


class Portal:
    """Everybody who uses the portal in one journey."""

    def __init__(self):
        self._desks = {}

    @cached_property
    def citizen(self):
        """The browser in which the sender files; others that the sender uses open the case by code and phone."""
        return Visitor()

    def staff(self, username):
        """This person's browser, signed in on the login page."""
        if username not in self._desks:
            visitor = Visitor()
            page = visitor.get("/tai-khoan/dang-nhap/")
            form = next(form for form in page.forms if "password" in form.names)
            signed_in = visitor.send(page, form, username=username, password=PASSWORD)
            assert (signed_in.status, signed_in.location) == (302, "/can-bo/")
            self._desks[username] = visitor
        return self._desks[username]

    def files(self, **changes):
        """File a case on the public form; its code, read off the receipt."""
        page = self.citizen.get("/gui-phan-anh/")
        form = next(form for form in page.forms if "content" in form.names)
        sent = self.citizen.send(page, form, **LETTER | {"captcha_1": "PASSED"} | changes)
        return self.citizen.follow(sent).marker[0]

    def keys_in(self, username="oanh", **changes):
        """An operator keys in what came off-line; the code of the case."""
        desk = self.staff(username)
        page = desk.get("/can-bo/tiep-nhan-moi/")
        form = next(form for form in page.forms if "received_at" in form.names)
        sent = desk.send(page, form, **LETTER | {"channel": "hotline"} | changes)
        code = desk.follow(sent).marker[0]
        assert sent.location == f"/can-bo/ho-so/{code}/"
        return code

    def sender(self, code, phone=PHONE):
        """A fresh session of the sender, opened by code and phone."""
        visitor = Visitor()
        page = visitor.get("/tra-cuu/")
        form = next(form for form in page.forms if "phone" in form.names)
        opened = visitor.send(page, form, q=code, phone=phone)
        assert (opened.status, opened.location) == (302, f"/phan-anh/{code}/")
        return visitor

    def by_staff(self, username, code, action, **answers):
        """Someone at a desk does what the case page offers; the page after."""
        desk = self.staff(username)
        page = desk.get(f"/can-bo/ho-so/{code}/")
        assert action in page.offers, f"{username} is not offered {action} in {page.state}, only {page.offers}"
        return desk.follow(desk.send(page, page.form(action), **answers))

    def by_staff_leaving(self, username, code, action, **answers):
        """What takes the case away from whoever does it: the queue comes next."""
        desk = self.staff(username)
        page = desk.get(f"/can-bo/ho-so/{code}/")
        left = desk.send(page, page.form(action), **answers)
        assert (left.status, left.location) == (302, "/can-bo/"), left.text
        assert desk.get(f"/can-bo/ho-so/{code}/").status == 404

    def by_sender(self, code, action, **answers):
        """The sender does what the page of the case offers, in a fresh session; the page after."""
        visitor = self.sender(code)
        page = visitor.get(f"/phan-anh/{code}/")
        assert action in page.offers, f"the sender is not offered {action} in {page.state}, only {page.offers}"
        return visitor.follow(visitor.send(page, page.form(action), **answers))

    def desk_page(self, username, code):
        return self.staff(username).get(f"/can-bo/ho-so/{code}/")

    def sender_page(self, code):
        return self.sender(code).get(f"/phan-anh/{code}/")

    def public_page(self, code):
        return Visitor().get(f"/phan-anh/{code}/")

    def distributed(self, code, agency="soxd", **answers):
        return self.by_staff("oanh", code, "distribute", field="ha-tang-do-thi", agency=agency, **answers)

    def processing(self, code, **answers):
        """On to Sơn of soxd, who has accepted."""
        self.distributed(code, **answers)
        return self.by_staff("son", code, "accept")

    def submitted(self, code, **answers):
        self.processing(code)
        return self.by_staff("son", code, "submit", **{"outcome": "done", "body": ANSWER} | answers)

    def answered(self, code, **answers):
        """Answered by soxd; Lan approved."""
        self.submitted(code, **answers)
        return self.by_staff("lan", code, "approve")


def assert_no_clock_left(portal, code):
    """On a closed case no clock runs but question and promise, in the data and on the operator's page."""
    case = Case.objects.get(code=code)
    assert not case.is_open
    running = case.clocks.filter(ending=Clock.Ending.RUNNING).values_list("key", flat=True)
    assert set(running) <= MAY_RUN_WHEN_CLOSED
    shown = portal.desk_page("oanh", code).clocks
    assert {clock.key for clock in shown if clock.outcome == "running"} <= MAY_RUN_WHEN_CLOSED


def assert_unseen_by(portal, code, *usernames, files=()):
    """Nobody of these learns that the case exists: 404 on every address, as for a code that was never given out."""
    unknown = new_code(Case.objects.get(code=code).received_at)
    for username in usernames:
        desk = portal.staff(username)
        page, nowhere = desk.get(f"/can-bo/ho-so/{code}/"), desk.get(f"/can-bo/ho-so/{unknown}/")
        assert (username, page.status, page.text) == (username, 404, nowhere.text)
        assert (username, desk.get(f"/can-bo/ho-so/{code}/explain/").status) == (username, 404)
        assert [desk.get(file).status for file in files] == [404] * len(files)
        assert code not in desk.get(f"/can-bo/?q={code}").text


def assert_public_sees_nothing(portal, code, files=()):
    """The code gives the very pages that an unknown code gives."""
    unknown = new_code(Case.objects.get(code=code).received_at)
    visitor = Visitor()
    page, nowhere = visitor.get(f"/phan-anh/{code}/"), visitor.get(f"/phan-anh/{unknown}/")
    assert (page.status, page.text) == (404, nowhere.text)
    found, lost = visitor.get(f"/tra-cuu/?q={code}"), visitor.get(f"/tra-cuu/?q={unknown}")
    assert (found.status, found.text) == (200, lost.text)
    assert found.cases == []
    assert_not_in_the_register(visitor, code)
    assert [visitor.get(file).status for file in files] == [404] * len(files)


def assert_public_sees_stages(portal, code, state, *, holder="", hidden=(), files=()):
    """The code alone shows stages, agency and due times, and no word of what was written."""
    visitor = Visitor()
    for address in (f"/phan-anh/{code}/", f"/tra-cuu/?q={code}"):
        page = visitor.get(address)
        assert (page.status, page.marker) == (200, (code, state))
        assert holder in page.text
        for words in (TITLE, CONTENT, NAME, PHONE, PHONE_SHOWN, EMAIL, *hidden):
            assert words not in page.text, (address, words)
        assert page.offers == []
    assert_not_in_the_register(visitor, code)
    assert [visitor.get(file).status for file in files] == [404] * len(files)


def assert_public_reads(portal, code, *words, state="ANSWERED", hidden=(), files=(), closed_files=()):
    """Published: in the register, with these words and files and none of the sender's data."""
    visitor = Visitor()
    page = visitor.get(f"/phan-anh/{code}/")
    assert (page.status, page.marker) == (200, (code, state))
    for wanted in words:
        assert wanted in page.text
    for secret in (NAME, PHONE, PHONE_SHOWN, EMAIL, *hidden):
        assert secret not in page.text, secret
    assert page.offers == []
    assert page.files == list(files)
    assert [visitor.get(file).status for file in files] == [200] * len(files)
    assert [visitor.get(file).status for file in closed_files] == [404] * len(closed_files)
    assert f"/phan-anh/{code}/" in visitor.get("/phan-anh/").links
    assert f"/phan-anh/{code}/" in visitor.get(f"/phan-anh/?q={code}").links


def assert_not_in_the_register(visitor, code):
    for address in ("/", "/phan-anh/", f"/phan-anh/?q={code}", f"/tra-cuu/?q={NAME}"):
        assert f"/phan-anh/{code}/" not in visitor.get(address).links, address
