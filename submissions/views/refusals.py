"""What public pages say when somebody tries too often."""

from django.conf import settings
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from agencies.limits import Rate, client_address, retry_after
from submissions.files import MEBIBYTE

POSTS_A_SUBMISSION, POSTS_OF_ONE, UPLOADS_A_SUBMISSION = 5, 20, 10
MEGABYTES_A_DAY = Rate(10_000, 86400)
"""What one address may upload: a hundred cases as large as a case may be."""


def posts_allowed():
    """How often forms may be posted: LIMIT_SUBMIT counts what was filed, errors and steps on the way come to more.

    One person may need POSTS_OF_ONE; many behind one address need POSTS_A_SUBMISSION each on average.
    """
    limit = settings.LIMIT_SUBMIT
    return Rate(limit.count * POSTS_A_SUBMISSION + POSTS_OF_ONE, limit.seconds)


def seconds_to_upload(request):
    """Count one upload of this visitor's address and its megabytes; 0, or how long to wait."""
    limit = settings.LIMIT_SUBMIT
    rate = Rate(limit.count * UPLOADS_A_SUBMISSION + POSTS_OF_ONE, limit.seconds)
    return seconds_to_wait(request, "uploads", rate) or seconds_to_carry(request)


def seconds_to_carry(request):
    """Count the megabytes that a post brings along."""
    megabytes = sum(file.size for files in request.FILES.lists() for file in files[1]) // MEBIBYTE
    if not megabytes:
        return 0
    return retry_after("megabytes", client_address(request), MEGABYTES_A_DAY, timezone.now(), megabytes)


def seconds_to_file(request, phone):
    """Count one case about to be filed; 0, or how long to wait.

    The phone (E.164) comes first: what it is refused doesn't use up the limit of an address that a whole office shares.
    """
    if seconds := retry_after("submit-phone", phone, settings.LIMIT_SUBMIT_PHONE, timezone.now()):
        return seconds
    return seconds_to_wait(request, "submit", settings.LIMIT_SUBMIT)


def seconds_to_wait(request, scope, rate):
    """Count one try of this visitor's address; 0, or how long to wait."""
    return retry_after(scope, client_address(request), rate, timezone.now())


def too_many(request, seconds):
    response = render(request, "429.html", status=429)
    response.headers["Retry-After"] = str(seconds)
    add_never_cache_headers(response)
    return response
