"""What django-allauth asks of this portal: whose number is whose, what goes out by the outbox, where a login leads.

Codes and letters are queued like every other message. Who works for an agency has neither number nor code here: staff
come in by name and password alone.
"""

import secrets
import time
from base64 import urlsafe_b64encode
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.stages import PhoneVerificationStage
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from agencies import second_factor
from agencies.limits import Rate, address_of, retry_after
from agencies.models import User
from agencies.register import memberships_of
from submissions.models import Citizen
from submissions.phone_fields import PhoneField
from submissions.phones import BadPhone, read_phone

from . import audit
from .messages import rendered
from .models import Message

Medium = Message.Medium
WRONG_LOGIN = _("Tên đăng nhập hoặc mật khẩu không đúng. Vui lòng kiểm tra và nhập lại.")
LETTERS = {
    "account/email/email_confirmation": "account_address",
    "account/email/email_confirmation_signup": "account_address",
    "account/email/login_code": "account_code",
    "account/email/account_already_exists": "account_exists",
}
"""By allauth's name for a letter our own."""
LINKS = ("activate_url", "password_reset_url")
BEGAN, SEEN = "desk_began", "desk_seen"
"""When a session of staff began and when it last asked for a page, in seconds."""
METHODS = "account_authentication_methods"
"""Where django-allauth notes in the session how its owner came in."""
JUST_NOW = 5 * 60
ONE_RECIPIENT = Rate(5, 86400)
"""Codes and letters that strangers can have sent to one number or address, and in how many seconds."""
TOO_OFTEN = _("Ông/Bà đã thử quá nhiều lần. Vui lòng chờ ít phút rồi thử lại.")


class PhoneStage(PhoneVerificationStage):
    """A number is verified before the first login with it; accounts of staff have none."""

    def handle(self):
        user = self.login.user
        if user and Adapter().get_phone(user) is None:
            return None, True
        return super().handle()


class SecondFactorAdapter(DefaultMFAAdapter):
    """The secret of a second factor lies in the database only as this portal's key locks it."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("Mã không đúng. Vui lòng nhập mã đang hiện trong ứng dụng."),
        "cannot_delete_authenticator": _("Tài khoản cán bộ phải có xác thực hai bước, không tắt được."),
        "cannot_generate_recovery_codes": _("Hãy bật xác thực hai bước trước."),
        "rate_limited": TOO_OFTEN,
    }

    def get_totp_label(self, user):
        return user.username

    def encrypt(self, text):
        return _locks().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text):
        return _locks().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator):
        return not (second_factor.is_demanded() and authenticator.user.sits_at_a_desk)


def _locks():
    """The present key first; those before it still open what they locked."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    hashes = (salted_hmac("workflow.accounts", "second factor", key, algorithm="sha256").digest() for key in keys)
    return MultiFernet([Fernet(urlsafe_b64encode(digest)) for digest in hashes])


class Adapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": WRONG_LOGIN,
        "username_password_mismatch": WRONG_LOGIN,
        "email_password_mismatch": WRONG_LOGIN,
        "phone_password_mismatch": WRONG_LOGIN,
        "invalid_login": WRONG_LOGIN,
        "too_many_login_attempts": TOO_OFTEN,
        "rate_limited": TOO_OFTEN,
        "incorrect_code": _("Mã không đúng. Vui lòng nhập lại mã vừa nhận."),
        "incorrect_password": _("Mật khẩu không đúng."),
        "enter_current_password": _("Mật khẩu hiện tại không đúng."),
        "invalid_or_expired_key": _("Liên kết không đúng hoặc đã hết hạn."),
        "phone_taken": _("Số điện thoại này đã có tài khoản."),
        "email_taken": _("Email này đã có tài khoản."),
        "duplicate_email": _("Tài khoản đã có email này."),
        "same_as_current": _("Đây là giá trị đang dùng. Vui lòng nhập giá trị khác."),
        "max_email_addresses": _("Mỗi tài khoản chỉ có một email và một email đang chờ xác nhận."),
        "unverified_primary_email": _("Email chính phải được xác nhận."),
    }

    def authenticate(self, request, **credentials):
        """A closed account is no account: it gets the same words."""
        user = super().authenticate(request, **credentials)
        return user if user and user.is_active else None

    def login(self, request, user):
        """Staff: the session's time begins to count, and whether a second factor was given is noted in it."""
        super().login(request, user)
        if user.sits_at_a_desk:
            request.session[BEGAN] = request.session[SEEN] = time.time()
            audit.signed_in(user, _("đã vào"))
        if any(record.get("method") == "mfa" for record in request.session.get(METHODS, [])):
            second_factor.note_passed(request)

    def authentication_failed(self, request, **credentials):
        """Of accounts of staff it is noted; for names that nobody has, and for citizens, limits are enough."""
        super().authentication_failed(request, **credentials)
        account = User.objects.filter(username=credentials.get("username") or "").first()
        if account is not None and account.sits_at_a_desk:
            audit.signed_in(account, _("sai mật khẩu"))

    def get_login_stages(self):
        phone = f"{PhoneVerificationStage.__module__}.{PhoneVerificationStage.__name__}"
        own = f"{PhoneStage.__module__}.{PhoneStage.__name__}"
        return [own if stage == phone else stage for stage in super().get_login_stages()]

    def get_login_redirect_url(self, request):
        works = memberships_of(request.user, timezone.localdate())
        return settings.LOGIN_REDIRECT_URL if works else reverse("my-cases")

    def get_client_ip(self, request):
        return address_of(request)

    def get_password_change_redirect_url(self, request):
        return self.get_login_redirect_url(request)

    def is_safe_url(self, url):
        """Within this site only, whatever ALLOWED_HOSTS says."""
        return bool(url) and url.startswith("/") and super().is_safe_url(url)

    def is_reauthentication_required(self, *, app, **kwargs):
        """Not of who has just given the password at the login."""
        last = max((record["at"] for record in context.request.session.get(METHODS, [])), default=0)
        return time.time() - last > JUST_NOW and super().is_reauthentication_required(app=app, **kwargs)

    def populate_username(self, request, user):
        """Nobody picks a name: one that looks like an agency's account would deceive."""
        user.username = f"nguoidan-{secrets.token_hex(6)}"

    def save_user(self, request, user, form, commit=True):
        user.full_name = form.cleaned_data["full_name"]
        return super().save_user(request, user, form, commit)

    def phone_form_field(self, **kwargs):
        words = {"label": _("Số điện thoại"), "max_length": 40}
        missing = {"required": _("Vui lòng nhập số điện thoại.")}
        return PhoneField(error_messages=missing, **words | {"required": kwargs.get("required", True)})

    def get_phone(self, user):
        citizen = Citizen.objects.filter(account=user).first()
        return (citizen.phone, citizen.phone_verified_at is not None) if citizen else None

    def set_phone(self, user, phone, verified):
        verified_at = timezone.now() if verified else None
        Citizen.objects.update_or_create(account=user, defaults={"phone": phone, "phone_verified_at": verified_at})

    def set_phone_verified(self, user, phone):
        self.set_phone(user, phone, verified=True)

    def get_user_by_phone(self, phone):
        """Whose verified number it is, typed in any way."""
        try:
            number = read_phone(phone)
        except BadPhone:
            return None
        verified = Citizen.objects.filter(phone=number, phone_verified_at__isnull=False)
        return User.objects.filter(citizen__in=verified, is_active=True).first()

    def send_verification_code_sms(self, user, phone, code, **kwargs):
        _queue("account_code", Medium.SMS, phone, {"code": code})

    def send_account_already_exists_sms(self, phone):
        _queue("account_exists", Medium.SMS, phone, {})

    def send_mail(self, template_prefix, email, context):
        links = {name: _of_this_site(context[name]) for name in LINKS if name in context}
        _queue(LETTERS[template_prefix], Medium.EMAIL, email, context | links)


def _of_this_site(url):
    """Under the address that this site is known by, whatever name the request came by (R32)."""
    return settings.SITE_URL + urlsplit(url).path


def _queue(notice, medium, recipient, context):
    now = timezone.now()
    if retry_after("account-message", recipient, ONE_RECIPIENT, now):
        return
    subject, body = rendered(notice, medium, context)
    Message.objects.create(
        notice=notice, medium=medium, recipient=recipient, subject=subject, body=body, queued_at=now,
        next_try_at=now,
    )  # fmt: skip
