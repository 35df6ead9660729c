"""Logs that may be read by whoever runs the machine: no case code, no sender's link, nothing typed (R17, R48).

What an error says may quote a row of the database, so of most errors only their kind and the place stand in the log.
"""

import hashlib
import logging
import re
import ssl
import traceback
from smtplib import SMTPException
from urllib.error import HTTPError

from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError
from django.template import TemplateDoesNotExist
from kombu.exceptions import OperationalError as BrokerError
from pythonjsonlogger.json import JsonFormatter
from redis.exceptions import RedisError

from . import request_ids

CODE = re.compile(r"PAKN[0-9A-Za-z%-]{6,}", re.IGNORECASE)
TOKEN = re.compile(r"(/(?:mo|cung-gap|kich-hoat|email)/)[^\s\"'?]+")
SAY_NOTHING_OF_PEOPLE = (
    ArithmeticError, AttributeError, BrokerError, ImportError, ImproperlyConfigured, NameError, OSError,
    OperationalError, RedisError, TemplateDoesNotExist, ssl.SSLError,
)  # fmt: skip
"""Kinds of errors whose words are the program's own and help whoever runs it."""


class HideCodes(logging.Filter):
    """Puts a short hash in place of every case code, so that lines about one case still belong together."""

    def filter(self, record):
        record.msg = CODE.sub(_hashed, TOKEN.sub(r"\1…", record.getMessage()))
        record.args = None
        record.request_id = request_ids.current.get()
        return True


def _hashed(match):
    return "case-" + hashlib.sha256(match[0].upper().encode()).hexdigest()[:8]


def words_of(error):
    """What may be written down of an error: its words where they cannot be somebody's, else nothing."""
    return str(error) if speaks_for_itself(error) else ""


def speaks_for_itself(error) -> bool:
    """Not what a mail server or a gateway answered: it names the recipient."""
    return isinstance(error, SAY_NOTHING_OF_PEOPLE) and not isinstance(error, (SMTPException, HTTPError))


class WithoutWords:
    """A formatter that writes of an error its kind and where it happened, of those it came from too."""

    def formatException(self, exc_info):
        lines, error = [], exc_info[1]
        while error is not None:
            frames = "".join(traceback.format_tb(error.__traceback__))
            lines.append(f"{frames}{type(error).__module__}.{type(error).__qualname__}: {words_of(error)}")
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\n".join(reversed(lines))


class Plain(WithoutWords, logging.Formatter):
    """For a terminal."""


class Json(WithoutWords, JsonFormatter):
    """One JSON object a line, for whatever collects them."""


JSON = {
    "()": "pakn.logs.Json",
    "format": "%(levelname)s %(name)s %(message)s",
    "timestamp": "time",
    "rename_fields": {"levelname": "level", "name": "logger"},
    "json_ensure_ascii": False,
}
"""As `logging.config` takes it, for every process of the portal."""
