"""SMS behind one small door, `send`: into a file, onto the console, or to an HTTP gateway (`SMS_BACKEND`)."""

import json
import os
import sys
import unicodedata
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
)

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext as _

TIMEOUT = 10
NOT_THE_RECIPIENTS_FAULT = frozenset({401, 402, 403, 404, 405, 407, 408, 425, 429})
"""Refusals of 4xx that are about us, our account or the address of the gateway: every other SMS would meet them too."""

GSM_7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_7_ESCAPED = frozenset("\f^{}\\[~]|€")
"""Of the extension table: they take two places."""
PLAIN = str.maketrans({"đ": "d", "Đ": "D", "–": "-", "—": "-", "‘": "'", "’": "'", "“": '"', "”": '"'})


class NotSent(Exception):
    """Its text says why, without personal data. `permanent`: this recipient is refused for good; `everybody`: nothing
    gets through now, to whomever it goes."""

    def __init__(self, why, *, permanent=False, everybody=False):
        super().__init__(why)
        self.permanent = permanent
        self.everybody = everybody


def send(phone, text, key):
    """Hand one SMS over or raise NotSent; by `key` a gateway knows again what it has already taken."""
    sms = {"to": phone, "text": text, "key": key}
    way = settings.SMS_BACKEND
    if way == "file":
        _append(sms)
    elif way == "console":
        sys.stdout.write(_line(sms))
    elif way.startswith(("http://", "https://")):
        _post(way, sms)
    else:
        raise ImproperlyConfigured("SMS_BACKEND is neither file nor console nor the address of a gateway")


def plain(text):
    """The text as it goes out: where SMS_UNACCENTED is on without diacritics, in letters that every telephone has."""
    if not settings.SMS_UNACCENTED:
        return text
    letters = unicodedata.normalize("NFKD", text.translate(PLAIN))
    return unicodedata.normalize("NFC", "".join(letter for letter in letters if not unicodedata.combining(letter)))


def segments(text):
    """How many SMS the text takes: one of 160 letters of GSM-7 or 70 of UCS-2, several of 153 or 67 each."""
    if all(letter in GSM_7 or letter in GSM_7_ESCAPED for letter in text):
        places, single, part = [2 if letter in GSM_7_ESCAPED else 1 for letter in text], 160, 153
    else:
        places, single, part = [2 if ord(letter) > 0xFFFF else 1 for letter in text], 70, 67
    if sum(places) <= single:
        return 1
    count, room = 1, part
    for taken in places:
        if taken > room:
            count, room = count + 1, part
        room -= taken
    return count


def _line(sms):
    return json.dumps(sms, ensure_ascii=False) + "\n"


def _append(sms):
    """One write at the end of the file, so that lines of several processes never mix."""
    line = _line(sms).encode()
    path = Path(settings.SMS_FILE)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            whole = os.write(file, line) == len(line)
        finally:
            os.close(file)
    except OSError as error:
        raise NotSent(_("không ghi được tệp tin nhắn"), everybody=True) from error
    if not whole:
        raise NotSent(_("không ghi được tệp tin nhắn"), everybody=True)


def _post(address, sms):
    headers = {"Content-Type": "application/json"}
    if settings.SMS_TOKEN:
        headers["Authorization"] = f"Bearer {settings.SMS_TOKEN}"
    request = Request(address, json.dumps(sms).encode(), headers, method="POST")  # noqa: S310  http and https alone
    try:
        with _opener().open(request, timeout=TIMEOUT):
            pass
    except HTTPError as error:
        error.close()
        raise _refusal(error.code) from error
    except (OSError, HTTPException) as error:
        why = getattr(error, "reason", error)
        raise NotSent(_("không kết nối được cổng tin nhắn (%s)") % type(why).__name__, everybody=True) from error


def _opener():
    """HTTP and HTTPS alone, and no redirect is followed: the token and the text go nowhere else."""
    opener = OpenerDirector()
    for handler in (ProxyHandler, HTTPHandler, HTTPSHandler, HTTPErrorProcessor, HTTPDefaultErrorHandler):
        opener.add_handler(handler())
    return opener


def _refusal(status):
    if 400 <= status < 500 and status not in NOT_THE_RECIPIENTS_FAULT:
        return NotSent(_("cổng tin nhắn không nhận số này (%s)") % status, permanent=True)
    return NotSent(_("cổng tin nhắn không nhận (%s)") % status, everybody=status < 500 or status == 503)
