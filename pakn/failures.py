"""What people see when the portal itself fails, and whom it tells: by setting, a tracker that speaks as Sentry does."""

import logging

import sentry_sdk
from django.conf import settings
from django.http import HttpResponseServerError
from django.template import loader
from sentry_sdk.integrations.celery import CeleryIntegration
from sentry_sdk.integrations.django import DjangoIntegration

from . import request_ids
from .logs import CODE, speaks_for_itself

PLAIN = "<!doctype html><html lang=vi><title>Hệ thống gặp sự cố</title><p>Hệ thống gặp sự cố. Mã sự cố: %s</p></html>"
NEVER_SENT = ("request", "user", "breadcrumbs", "extra", "server_name", "logentry", "modules")

NOTHING_OF_PEOPLE = {
    "user_info": False,
    "cookies": {"mode": "off"},
    "http_headers": {"request": {"mode": "off"}},
    "http_bodies": [],
    "url_query_params": {"mode": "off"},
    "database_query_data": False,
    "queues": False,
    "stack_frame_variables": False,
}
"""Not even gathered; `scrubbed` takes out what comes along all the same."""

logger = logging.getLogger(__name__)


def server_error(request):
    """500 with the id under which the log has it; without the page where even that fails."""
    request_id = request_ids.current.get()
    try:
        page = loader.get_template("500.html").render({"request_id": request_id})
    except Exception:  # whatever broke the page may have broken this one too
        logger.exception("The page of a server error failed")
        page = PLAIN % request_id
    return HttpResponseServerError(page)


def start_reporting():
    """Send errors to SENTRY_DSN: kind, place and request id; never what was typed, who it was, or local variables."""
    if not settings.SENTRY_DSN:
        return
    sentry_sdk.init(
        dsn=settings.SENTRY_DSN,
        integrations=[DjangoIntegration(), CeleryIntegration()],
        data_collection=NOTHING_OF_PEOPLE,
        max_breadcrumbs=0,
        send_client_reports=False,
        before_send=scrubbed,
    )


def scrubbed(event, hint):
    """The event without anything that could be of a person."""
    for name in NEVER_SENT:
        event.pop(name, None)
    error = (hint.get("exc_info") or (None, None, None))[1]
    known = {f"{kind.__module__}.{kind.__qualname__}" for kind in _kinds_of(error)}
    for value in event.get("exception", {}).get("values", []):
        if f"{value.get('module')}.{value.get('type')}" not in known:
            value["value"] = ""
        else:
            value["value"] = CODE.sub("PAKN…", value.get("value") or "")
    event["transaction"] = CODE.sub("PAKN…", event.get("transaction") or "")
    event["tags"] = {"request_id": request_ids.current.get()}
    return event


def _kinds_of(error):
    """The kinds, of the error and of those it came from, whose words may be told."""
    while error is not None:
        if speaks_for_itself(error):
            yield type(error)
        error = error.__cause__ or error.__context__
