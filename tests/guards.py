"""Guards that fail any test, with the reason, when a page breaks a rule of the house."""

import re
import sys
from pathlib import Path

import django
import pytest
from django.db import connections

THIRD_PARTY = Path(django.__file__).resolve().parent.parent
WRITE = re.compile(r'\s*(INSERT INTO|UPDATE|DELETE FROM)\s+"?(?P<table>\w+)', re.IGNORECASE)
WRITTEN_WHILE_READING = frozenset(
    {"captcha_captchastore", "django_session", "workflow_auditentry", "mfa_authenticator"}
)
"""What a GET may write: the captcha it shows, the session, who looked at what, recovery codes made at sight."""


class UndefinedVariable(str):
    """Takes the place of `string_if_invalid`: fails the test, except in templates that others wrote."""

    def __mod__(self, variable):
        template = sys._getframe(1).f_locals["context"].render_context.template
        if THIRD_PARTY not in Path(template.origin.name).parents:
            pytest.fail(f"{template.origin.name}: undefined variable {variable}")
        return ""


def no_write_while_reading(get_response):
    """Middleware: a GET or HEAD that writes to any other table fails."""

    def refuse(execute, sql, params, many, context):
        written = WRITE.match(sql)
        if written and written["table"] not in WRITTEN_WHILE_READING:
            raise AssertionError(f"a GET wrote to {written['table']}: {sql}")
        return execute(sql, params, many, context)

    def middleware(request):
        if request.method not in {"GET", "HEAD"}:
            return get_response(request)
        with connections["default"].execute_wrapper(refuse):
            return get_response(request)

    return middleware
