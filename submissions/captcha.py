"""The captcha of the public forms: django-simple-captcha with its three holes closed.

Challenges come from `secrets` (the image view of the package seeds and resets the global generator); an answer is
consumed by one DELETE, so of any number of simultaneous posts exactly one wins; the answer box is a labelled field.
A right answer on a form with an error elsewhere isn't asked for again: the form comes back with a hidden voucher in its
place, a store row like any other, good for one more post.
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
from django.utils.translation import gettext_lazy as _

# No vowel and no D, W: a Vietnamese keyboard (Telex) turns AS, DD or W into Á, Đ, Ư. None that look alike under noise.
LETTERS = "BCGHKMNPRSTVXZ"
RELOAD_BUTTON = "reload_captcha"
TEST_ANSWER = "passed"


def secure_challenge() -> tuple[str, str]:
    """What the image shows and the answer it takes, for CAPTCHA_CHALLENGE_FUNCT."""
    shown = "".join(secrets.choice(LETTERS) for _ in range(captcha_settings.CAPTCHA_LENGTH))
    return shown, shown.lower()


def wants_new_captcha(data) -> bool:
    """Whether the button "Đổi mã khác" was pressed: show the form again with everything kept, validate nothing."""
    return RELOAD_BUTTON in data


class CaptchaInput(CaptchaTextInput):
    """`<name>_0` (hidden key) and `<name>_1` (answer); each rendering draws a challenge or, once solved, a voucher."""

    template_name = "submissions/_captcha.html"
    use_fieldset = False
    solved = False

    def fetch_captcha_store(self, name, value, attrs=None, generator=None):
        if not self.solved:
            return super().fetch_captcha_store(name, value, attrs, generator)
        voucher = secrets.token_hex(16)
        self._key = CaptchaStore.objects.create(challenge=voucher, response=voucher).hashkey
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
            widget=kwargs.pop("widget", CaptchaInput),
            error_messages=messages | kwargs.pop("error_messages", {}),
            **kwargs,
        )

    def clean(self, value):
        MultiValueField.clean(self, value)
        key, answer = value[0], "".join(value[1].split()).lower()
        if not _consume(key, answer):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        self.widget.solved = True
        return key


def _consume(key: str, answer: str) -> bool:
    challenge = CaptchaStore.objects.filter(hashkey=key)
    right = challenge.filter(response=answer, expiration__gt=timezone.now())
    deleted, _rows = right.delete()
    if deleted:
        return True
    challenge.delete()
    return settings.CAPTCHA_TAKES_PASSED and answer == TEST_ANSWER
