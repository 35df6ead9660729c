"""Each request has an id: in its log lines, on the error page that somebody reads out on the phone, in the answer.

The proxy's `X-Request-ID` is taken over where proxies are trusted, so that its log and ours speak of the same request.
"""

import logging
import re
import time
import uuid
from contextvars import ContextVar

from django.conf import settings

HEADER = "X-Request-ID"
SHAPE = re.compile(r"[0-9a-zA-Z-]{8,64}")
QUIET = {"healthz", "healthz_ready"}

current = ContextVar("request_id", default="")
logger = logging.getLogger("pakn.requests")


def numbered(get_response):
    """The outermost middleware: gives the id, and writes one line for each request but those of watchers.

    The line names the route, never the path: that may hold a code or a link.
    """

    def answer(request):
        request_id = _given(request) or uuid.uuid4().hex
        token, begun = current.set(request_id), time.perf_counter()
        try:
            response = get_response(request)
            _log(request, response, begun)
        finally:
            current.reset(token)
        response.headers[HEADER] = request_id
        return response

    return answer


def _given(request):
    if not settings.TRUSTED_PROXY_COUNT:
        return ""
    given = request.headers.get(HEADER, "")
    return given if SHAPE.fullmatch(given) else ""


def _log(request, response, begun):
    match = request.resolver_match
    if match is not None and match.view_name in QUIET:
        return
    facts = {
        "method": request.method, "route": match.route if match else "", "status": response.status_code,
        "milliseconds": round((time.perf_counter() - begun) * 1000),
    }  # fmt: skip
    logger.info("%(method)s %(route)s %(status)s %(milliseconds)s ms", facts, extra=facts)
