"""Picture and sound of a challenge as django-simple-captcha makes them, kept by no cache."""

from captcha.views import captcha_audio, captcha_image
from django.http import HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@never_cache
@require_safe
def picture(request, key, scale):
    return captcha_image(request, key, scale)


@never_cache
@require_safe
def sound(request, key):
    """Played by the browser in a tab of its own, so that the form stays as it is; players may ask for parts of it."""
    response = captcha_audio(request, key)
    if not response.streaming:
        return response
    with response.ranged_file.f:
        spoken = HttpResponse(b"".join(response), status=response.status_code, headers=response.headers)
    spoken.headers["Content-Disposition"] = "inline"
    return spoken
