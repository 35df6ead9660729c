"""The captcha of the public forms: django-simple-captcha with its holes closed (R44).

Challenges come from `secrets` (the image view of the package seeds and resets the global generator); an answer is
consumed by one DELETE, so of any number of simultaneous posts exactly one wins; the answer box is a labelled field.
A right answer on a form with an error elsewhere isn't asked for again: the form comes back with a hidden voucher in its
place, a store row like any other, good for one more post.

A challenge belongs to one kind of form in one browser session: the second half of its key seals the first half for
that owner, so an answer found elsewhere opens nothing here. The form names the owner by `SafeCaptchaField.bind`.
"""

import secrets

from captcha.conf import settings as captcha_settings
from captcha.fields import CaptchaField, CaptchaTextInput
from captcha.models import CaptchaStore
from django.conf import settings
from django.core.exceptions import ValidationError
from django.forms import MultiValueField
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

# No vowel and no D, W: a Vietnamese keyboard (Telex) turns AS, DD or W into Á, Đ, Ư. None that look alike under noise.
LETTERS = "BCGHKMNPRSTVXZ"
RELOAD_BUTTON = "reload_captcha"
TEST_ANSWER = "passed"
KEY_HALF = 20


def secure_challenge() -> tuple[str, str]:
    """What the image shows and the answer it takes, for CAPTCHA_CHALLENGE_FUNCT."""
    shown = "".join(secrets.choice(LETTERS) for _ in range(captcha_settings.CAPTCHA_LENGTH))
    return shown, shown.lower()


def draw(owner: str, challenge: str, answer: str) -> CaptchaStore:
    """A challenge that only forms of this owner can answer."""
    drawn = secrets.token_hex(KEY_HALF // 2)
    return CaptchaStore.objects.create(hashkey=drawn + _seal(drawn, owner), challenge=challenge, response=answer)


def _seal(drawn, owner):
    return salted_hmac("submissions.captcha", f"{drawn}:{owner}", algorithm="sha256").hexdigest()[:KEY_HALF]


def _is_of(key, owner):
    return constant_time_compare(key[KEY_HALF:], _seal(key[:KEY_HALF], owner))


def wants_new_captcha(data) -> bool:
    """Whether the button "Đổi mã khác" was pressed: show the form again with everything kept, validate nothing."""
    return RELOAD_BUTTON in data


class CaptchaInput(CaptchaTextInput):
    """`<name>_0` (hidden key) and `<name>_1` (answer); each rendering draws a challenge or, once solved, a voucher."""

    template_name = "submissions/_captcha.html"
    use_fieldset = False
    solved = False
    owner = ""

    def fetch_captcha_store(self, name, value, attrs=None, generator=None):
        voucher = secrets.token_hex(16) if self.solved else ""
        shown, answer = (voucher, voucher) if voucher else captcha_settings.get_challenge(generator)()
        self._key = draw(self.owner, shown, answer).hashkey
        self._value = [self._key, voucher]

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        key, answer = context["widget"]["subwidgets"]
        key["attrs"] = {"id": key["attrs"].get("id"), "autocomplete": "off"}
        if self.solved:
            answer["attrs"] = {"id": answer["attrs"].get("id"), "autocomplete": "off"}
        else:
            answer["attrs"]["class"] = "form-control"
        return context | {
            "key": key,
            "answer": answer,
            "solved": self.solved,
            "image_2x": reverse("captcha-image-2x", kwargs={"key": self._key}),
            "reload_button": RELOAD_BUTTON,
        }


class SafeCaptchaField(CaptchaField):
    """Validating consumes the challenge, right or wrong; in CAPTCHA_TEST_MODE the answer PASSED is right too."""

    def __init__(self, **kwargs):
        messages = {
            "required": _("Vui lòng nhập mã bảo mật trong hình."),
            "invalid": _("Mã bảo mật không đúng hoặc đã hết hạn. Vui lòng nhập mã mới trong hình."),
        }
        super().__init__(
            label=kwargs.pop("label", _("Mã bảo mật")),
            help_text=kwargs.pop("help_text", _("Nhập các chữ trong hình; chữ hoa, chữ thường như nhau.")),
            widget=kwargs.pop("widget", CaptchaInput),
            error_messages=messages | kwargs.pop("error_messages", {}),
            **kwargs,
        )

    def bind(self, form: str, session_key: str) -> None:
        self.widget.owner = f"{form}:{session_key}"

    def clean(self, value):
        MultiValueField.clean(self, value)
        key, answer = value[0], "".join(value[1].split()).lower()
        if not _consume(key, answer, self.widget.owner):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        self.widget.solved = True
        return key


def _consume(key, answer, owner):
    if _is_of(key, owner) and _take(key, answer):
        return True
    return settings.CAPTCHA_TAKES_PASSED and answer == TEST_ANSWER


def _take(key, answer):
    challenge = CaptchaStore.objects.filter(hashkey=key)
    right = challenge.filter(response=answer, expiration__gt=timezone.now())
    deleted, _rows = right.delete()
    if not deleted:
        challenge.delete()
    return bool(deleted)
