"""Who uses the portal through nginx: browsers on real sockets, staff with a second factor."""

import re
import time

import requests
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from tests.journeys.client import Page, Visitor

from .machine import PASSWORD

DESK = "/can-bo/"
PERIOD = 30
STAFF = (("oanh", "trungtam", "operator"), ("son", "soxd", "specialist"), ("lan", "soxd", "leader"))
APPOINTED = """
from django.utils import timezone
from agencies.models import Agency, Membership, User
for name, agency, role in {staff}:
    user = User.objects.create_user(name, password={password!r}, full_name=name)
    Membership.objects.create(
        user=user, agency=Agency.objects.get(code=agency), role=role, valid_from=timezone.localdate()
    )
"""


def appoint(machine):
    machine.manage("shell", "-v0", "-c", APPOINTED.format(staff=STAFF, password=PASSWORD))


class Distant(Visitor):
    """A browser elsewhere; keeps its cookies, follows nothing."""

    def __init__(self, machine):
        self.machine, self.session = machine, requests.Session()

    def get(self, address):
        return self._page("GET", address)

    def post(self, address, data, files=None):
        return self._page("POST", address, data=data, files=files)

    def _page(self, method, address, **sent):
        response = self.machine.ask(method, address, self.session, **sent)
        response.streaming = False
        return Page(response, address)

    def solves_the_captcha(self, page):
        """What a person would read off the picture, looked up where the portal keeps it."""
        form = next(form for form in page.forms if "captcha_0" in form.names)
        (key,) = form.kept["captcha_0"]
        ((answer,),) = self.machine.postgres.ask("SELECT response FROM captcha_captchastore WHERE hashkey = %s", key)
        return form, answer

    def signs_in(self, name):
        """With name and password, then setting up the second factor, as at everybody's first login."""
        page = self.get("/tai-khoan/dang-nhap/")
        form = next(form for form in page.forms if "password" in form.names)
        self.send(page, form, username=name, password=PASSWORD)
        page = self.get("/tai-khoan/hai-buoc/bat/")
        secret = re.search(r'class="totp-secret">([A-Z2-7]+)<', page.html)[1]
        form = next(form for form in page.forms if "code" in form.names)
        code = format_hotp_value(hotp_value(secret, int(time.time()) // PERIOD))
        assert self.send(page, form, code=code).status == 302
        assert self.get(DESK).status == 200
        return self

    def does(self, code, action, **answers):
        """What the case page offers; the page after, or the queue."""
        page = self.get(f"/can-bo/ho-so/{code}/")
        assert action in page.offers, f"not offered {action} in {page.state}, only {page.offers}"
        done = self.send(page, page.form(action), **answers)
        assert done.status == 302, done.text
        return done
