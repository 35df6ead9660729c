"""Forms of citizens' accounts: signing up, codes, the password, and what an account remembers for its owner."""

from allauth.account.adapter import get_adapter
from allauth.account.forms import (
    AddEmailForm,
    ChangePasswordForm,
    ConfirmLoginCodeForm,
    RequestLoginCodeForm,
    SetPasswordForm,
    SignupForm,
    VerifyPhoneForm,
)
from allauth.account.forms import ReauthenticateForm as PasswordReauthenticateForm
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.limits import Rate, is_spent, retry_after
from agencies.models import User

from .address_forms import LISTS, SEARCH, AddressForm
from .captcha import SafeCaptchaField
from .forms import CleanTextField
from .intake import CONSENT_VERSION
from .models import Citizen, SenderType
from .phones import BadPhone, read_phone
from .text import one_line

LONGEST_NAME = 150
WRONG_CODES, CODE_FAILURES = "wrong-second-factor", Rate(10, 15 * 60)
CAME_BY_CODE = 15 * 60
"""Seconds after a login by code in which a new password needs no old one: that is what the code was for."""
PASSWORD_HINT = _("Ít nhất 12 ký tự. Một câu ngắn dễ nhớ là tốt; đừng dùng tên hay số điện thoại.")
WRONG_EMAIL = _("Địa chỉ email không đúng. Ví dụ đúng: ten@example.vn")


def password(label, missing, autocomplete, help_text=""):
    return forms.CharField(
        label=label,
        strip=False,
        help_text=help_text,
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
        error_messages={"required": missing},
    )


def new_password(label):
    return password(label, _("Vui lòng nhập mật khẩu mới."), "new-password", PASSWORD_HINT)


def email(required):
    return forms.EmailField(
        label=_("Email"),
        required=required,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": _("Vui lòng nhập email."), "invalid": WRONG_EMAIL},
    )


def full_name():
    return CleanTextField(
        label=_("Họ và tên, hoặc tên tổ chức"),
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Vui lòng nhập tên.")},
    )


class SignUpForm(SignupForm):
    """An account of one's own: the number is verified by a code, so that earlier cases can be found by it."""

    field_order = ["full_name", "phone", "email", "password1", "consent", "captcha"]
    consent_version = CONSENT_VERSION

    def __init__(self, *args, draft_key, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["full_name"] = full_name()
        self.fields["phone"].help_text = _("Một mã xác nhận được gửi đến số này. Ví dụ: 0912 345 678")
        self.fields["email"] = email(required=False)
        self.fields["password1"] = new_password(_("Mật khẩu"))
        self.fields["consent"] = forms.BooleanField(
            label=_("Tôi đã đọc thông báo và đồng ý để dữ liệu cá nhân của tôi được dùng cho tài khoản này"),
            error_messages={"required": _("Vui lòng đánh dấu đồng ý để tạo tài khoản.")},
        )
        self.fields["captcha"] = SafeCaptchaField()
        self.fields["captcha"].bind("sign-up", draft_key)
        self.order_fields(self.field_order)

    def clean_email(self):
        """An address that belongs to an account already is left out, in silence here; its owner is written to."""
        address = self.cleaned_data["email"].lower()
        confirmed = EmailAddress.objects.filter(email=address, verified=True)
        is_taken = bool(address) and (confirmed.exists() or User.objects.filter(email=address).exists())
        self.written_to = address if is_taken else ""
        return "" if is_taken else address

    def save(self, request):
        user = super().save(request)
        Citizen.objects.filter(account=user).update(consent_at=timezone.now(), consent_version=CONSENT_VERSION)
        if self.written_to:
            get_adapter().send_account_already_exists_mail(self.written_to)
        return user


class LostPasswordForm(RequestLoginCodeForm):
    """The number or the address to which a code goes. Who works for an agency gets none: the operator sees to them."""

    def __init__(self, *args, draft_key, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields = {
            "login": forms.CharField(
                label=_("Số điện thoại hoặc email của tài khoản"),
                max_length=254,
                widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
                error_messages={"required": _("Vui lòng nhập số điện thoại hoặc email.")},
            ),
            "captcha": SafeCaptchaField(),
        }
        self.fields["captcha"].bind("lost-password", draft_key)

    def clean_login(self):
        """Leaves `phone` or `email` in `cleaned_data`, as the code is asked for by it."""
        typed = one_line(self.cleaned_data["login"])
        try:
            self.cleaned_data["phone"] = read_phone(typed)
        except BadPhone:
            self.cleaned_data["email"] = self._address(typed)
        self._user = None
        return typed

    def clean(self):
        values = super().clean()
        if self.errors:
            return values
        found = self._by_number(values["phone"]) if values.get("phone") else self._by_address(values["email"])
        self._user = found.exclude(memberships__isnull=False).filter(is_staff=False, is_superuser=False).first()
        return values

    @staticmethod
    def _by_number(phone):
        return User.objects.filter(is_active=True, citizen__phone=phone, citizen__phone_verified_at__isnull=False)

    @staticmethod
    def _by_address(address):
        """An address that nobody has confirmed may be another's by mistake: no code goes to it."""
        confirmed = EmailAddress.objects.filter(email=address, verified=True).values("user")
        return User.objects.filter(is_active=True, citizen__isnull=False, pk__in=confirmed)

    @staticmethod
    def _address(typed):
        try:
            validate_email(typed)
        except ValidationError as error:
            raise ValidationError(_("Vui lòng nhập số điện thoại, ví dụ 0912 345 678, hoặc một email.")) from error
        return typed.lower()


class CodeBox:
    """The code from a message, in the box that phones fill in by themselves."""

    code_label, code_keys = _("Mã vừa nhận"), {"autocapitalize": "characters"}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"] = forms.CharField(
            label=self.code_label,
            max_length=20,
            widget=forms.TextInput(attrs={"autocomplete": "one-time-code"} | self.code_keys),
            error_messages={"required": _("Vui lòng nhập mã.")},
        )


class PhoneCodeForm(CodeBox, VerifyPhoneForm):
    pass


class LoginCodeForm(CodeBox, ConfirmLoginCodeForm):
    pass


class AppCodeBox(CodeBox):
    """The six figures that an app on the phone shows, or one of the recovery codes."""

    code_label, code_keys = _("Mã trong ứng dụng xác thực"), {"inputmode": "numeric"}


class ActivateForm(AppCodeBox, ActivateTOTPForm):
    pass


class CountedCode:
    """Wrong codes of one account are counted, from wherever they come: whoever gives one knows the password (R40)."""

    def clean_code(self):
        account, now = str(self.user.pk), timezone.now()
        if is_spent(WRONG_CODES, account, CODE_FAILURES, now):
            raise get_mfa_adapter().validation_error("rate_limited")
        try:
            return super().clean_code()
        except forms.ValidationError:
            retry_after(WRONG_CODES, account, CODE_FAILURES, now)
            raise


class SecondFactorForm(AppCodeBox, CountedCode, AuthenticateForm):
    pass


class SecondFactorAgainForm(AppCodeBox, CountedCode, ReauthenticateForm):
    pass


class PasswordAgainForm(PasswordReauthenticateForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["password"] = password(_("Mật khẩu"), _("Vui lòng nhập mật khẩu."), "current-password")


class EmailForm(AddEmailForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"] = email(required=True)


class ChangedPasswordForm(ChangePasswordForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"] = password(
            _("Mật khẩu hiện tại"), _("Vui lòng nhập mật khẩu hiện tại."), "current-password"
        )
        _ask_once(self)


class PasswordAfterCodeForm(SetPasswordForm):
    """For whoever has just come in by a code."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _ask_once(self)


def _ask_once(form):
    """One box in place of two; its validators are allauth's."""
    del form.fields["password2"]
    box = form.fields["password1"]
    box.label, box.help_text = _("Mật khẩu mới"), PASSWORD_HINT
    box.widget.attrs = {"autocomplete": "new-password"}
    box.error_messages["required"] = _("Vui lòng nhập mật khẩu mới.")


class ProfileForm(AddressForm):
    """What the form for a new case starts with, and how the account is told of its cases."""

    full_name = full_name()
    sender_type = forms.ChoiceField(label=_("Đối tượng PAKN"), choices=SenderType, widget=forms.RadioSelect)
    address = forms.CharField(
        label=_("Địa chỉ: số nhà, đường, thôn hoặc tổ dân phố"),
        required=False,
        max_length=250,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )
    notify_by = forms.ChoiceField(label=_("Nhận thông báo qua"), choices=Citizen.NotifyBy, widget=forms.RadioSelect)
    essential_only = forms.BooleanField(
        label=_("Chỉ báo khi cần tôi làm gì hoặc khi có kết quả"),
        required=False,
        help_text=_("Không đánh dấu: báo cả khi cơ quan nhận xử lý, cập nhật tiến độ, gia hạn."),
    )
    field_order = [
        "sender_type", "full_name", "commune_search", "province", "commune", "address", "notify_by", "essential_only",
    ]  # fmt: skip

    def __init__(self, data=None, *, citizen, has_email, **kwargs):
        self.citizen, self.has_email = citizen, has_email
        kwargs.setdefault("initial", self.kept(citizen))
        super().__init__(data, **kwargs)
        is_asked_for = any((data or {}).get(name) for name in ("commune_search", "province", "commune"))
        self.fields["province"].required = self.fields["commune"].required = is_asked_for

    @staticmethod
    def is_unjudged(data):
        return any(button in data for button in (SEARCH, LISTS))

    @staticmethod
    def kept(citizen):
        return {
            "full_name": citizen.account.full_name,
            "sender_type": citizen.sender_type,
            "province": citizen.commune and citizen.commune.parent_id,
            "commune": citizen.commune_id,
            "address": citizen.address,
            "notify_by": citizen.notify_by,
            "essential_only": citizen.essential_only,
        }

    @classmethod
    def unvalidated(cls, data, files, **kwargs):
        form = cls(**kwargs)
        form.initial |= {
            name: field.widget.value_from_datadict(data, files, name) for name, field in form.fields.items()
        }
        form.settle_unvalidated(data)
        return form

    def clean_address(self):
        return one_line(self.cleaned_data["address"])

    def clean_notify_by(self):
        chosen = self.cleaned_data["notify_by"]
        if chosen == Citizen.NotifyBy.EMAIL and not self.has_email:
            raise ValidationError(_("Tài khoản chưa có email đã xác nhận. Vui lòng thêm email trước."))
        return chosen

    def save(self):
        data = self.cleaned_data
        names = ("sender_type", "commune", "address", "notify_by", "essential_only")
        Citizen.objects.filter(pk=self.citizen.pk).update(**{name: data[name] for name in names})
        User.objects.filter(pk=self.citizen.account_id).update(full_name=data["full_name"])
