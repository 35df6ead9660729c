"""A citizen with an account finds the own cases in any browser without giving the phone again."""

from agencies.models import User
from tests.cast import PASSWORD

from .client import Visitor
from .portal import CONTENT, LETTER, assert_no_clock_left, assert_public_sees_nothing


def signed_in(username):
    visitor = Visitor()
    page = visitor.get("/tai-khoan/dang-nhap/")
    form = next(form for form in page.forms if "password" in form.names)
    assert visitor.send(page, form, username=username, password=PASSWORD).location == "/tai-khoan/"
    return visitor


def test_a_case_filed_with_an_account_is_the_accounts(portal):
    filing = signed_in("binh")
    page = filing.get("/gui-phan-anh/")
    form = next(form for form in page.forms if "content" in form.names)
    sent = filing.send(page, form, **LETTER | {"confidential": True, "captcha_1": "PASSED"})
    code = filing.follow(sent).marker[0]
    elsewhere = signed_in("binh")
    page = elsewhere.get(f"/phan-anh/{code}/")
    assert (page.marker, CONTENT in page.text) == ((code, "LODGED"), True)
    User.objects.create_user("dao", password=PASSWORD, full_name="Lê Thị Đào")
    assert signed_in("dao").get(f"/phan-anh/{code}/").status == 404
    assert_public_sees_nothing(portal, code)
    page = elsewhere.follow(elsewhere.send(page, page.form("withdraw"), note="Tự sửa được rồi."))
    assert page.state == "WITHDRAWN"
    assert_no_clock_left(portal, code)
