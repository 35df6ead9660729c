"""What public pages say when somebody tries too often."""

from django.conf import settings
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from agencies.limits import Rate, client_address, retry_after

POSTS_A_SUBMISSION = 20


def posts_allowed():
    """How often forms may be posted: LIMIT_SUBMIT counts what was filed, errors and steps on the way come to more."""
    return Rate(settings.LIMIT_SUBMIT.count * POSTS_A_SUBMISSION, settings.LIMIT_SUBMIT.seconds)


def seconds_to_wait(request, scope, rate):
    """Count one try of this visitor's address; 0, or how long to wait."""
    return retry_after(scope, client_address(request), rate, timezone.now())


def too_many(request, seconds):
    response = render(request, "429.html", status=429)
    response.headers["Retry-After"] = str(seconds)
    add_never_cache_headers(response)
    return response
