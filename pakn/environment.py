"""Strict readers of environment variables: a bad value is ImproperlyConfigured in one line naming the variable."""

import json
import os
import re
import secrets
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email

from agencies.limits import parse_rate

FLAGS = {"1": True, "on": True, "true": True, "yes": True, "0": False, "off": False, "false": False, "no": False}


def refuse(name, why):
    raise ImproperlyConfigured(f"{name}: {why}")


def text(name, default=""):
    """An empty variable counts as one that is not set."""
    return os.environ.get(name, "").strip() or default


def flag(name, default=False):
    value = text(name)
    if value and value.lower() not in FLAGS:
        refuse(name, f"{value!r} is neither on nor off")
    return FLAGS[value.lower()] if value else default


def choice(name, allowed, default):
    value = text(name, default)
    if value not in allowed:
        refuse(name, f"{value!r} is none of {', '.join(allowed)}")
    return value


def shaped(name, pattern, meaning, default):
    value = text(name, default)
    if not re.fullmatch(pattern, value):
        refuse(name, f"{value!r} is not {meaning}")
    return value


def number(name, default):
    return int(shaped(name, r"[0-9]{1,3}", "a whole number from 0 to 999", str(default)))


def rate(name, default):
    try:
        return parse_rate(text(name, default))
    except ValueError as error:
        refuse(name, str(error))


def names(name, default):
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def address(name, schemes, default):
    """A URL such as https://host; without the slash at its end."""
    value = text(name, default)
    if not value:
        return ""
    try:
        parts = _split(value)
        known = parts.scheme in schemes and bool(parts.netloc or parts.path)
    except ValueError:
        known = False
    if not known:
        refuse(name, f"not an address that begins with {' or '.join(scheme + '://' for scheme in schemes)}")
    return value.rstrip("/")


def _split(value):
    """Raises ValueError where the port is none, too."""
    parts = urlsplit(value)
    _port = parts.port
    return parts


def database(name, default):
    """Django's database settings of SQLite or PostgreSQL; never repeats the URL, which holds a password."""
    url = address(name, ("sqlite", "postgres", "postgresql"), "")
    if not url:
        return default
    try:
        return environ.Env.db_url_config(url)
    except ValueError:
        refuse(name, "not a database address such as postgres://user:password@host:5432/pakn")


def mail(name, default):
    """Django's EMAIL_ settings; never repeats the URL, which holds a password."""
    url = text(name)
    if not url:
        return default
    try:
        return environ.Env.email_url_config(url)
    except (ValueError, KeyError, ImproperlyConfigured):
        refuse(name, "not a mail address such as smtp+tls://user:password@host:587")


def sender(name, site):
    """A mail address to write from, alone or with a name before it: `Cổng PAKN <pakn@example.vn>`; else of the site."""
    own = f"pakn@{urlsplit(site).hostname}"
    value = text(name, own if _is_mail_address(own) else "pakn@localhost")
    if not (value.isprintable() and _is_mail_address(parseaddr(value)[1])):
        refuse(name, f"{value!r} is not a mail address")
    return value


def contact(name, default):
    """A mail address alone."""
    value = text(name, default)
    if not _is_mail_address(value):
        refuse(name, f"{value!r} is not a mail address")
    return value


def _is_mail_address(value):
    try:
        validate_email(value)
    except ValidationError:
        return False
    return True


def gateway(name, instead):
    """The address of a gateway, as it stands, or one of the words `instead`, the first by default.

    Never repeats the address, which may hold a password.
    """
    value = text(name, instead[0])
    if value not in instead and not (value.isascii() and _is_web_address(value)):
        refuse(name, f"neither {' nor '.join(instead)} nor an address that begins with http:// or https://")
    return value


def _is_web_address(value):
    try:
        parts = _split(value)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"\s", value)
    except ValueError:
        return False


def scanner(name):
    """Where a virus scanner listens: tcp://host:port or unix:///path; empty: none."""
    value = text(name)
    try:
        place = _split(value)
        known = bool(place.hostname and place.port) if place.scheme == "tcp" else place.scheme == "unix" and place.path
    except ValueError:
        known = False
    if value and not known:
        refuse(name, f"{value!r} is not an address such as tcp://127.0.0.1:3310 or unix:///run/clamav/clamd.ctl")
    return value


def token(name):
    """A secret for a header; never repeated."""
    value = text(name)
    if not re.fullmatch(r"[!-~]*", value):
        refuse(name, "holds blanks or letters that a header cannot carry")
    return value


def folder(name, default):
    """A folder of our own, made where it is not there yet."""
    path = Path(text(name, str(default))).absolute()
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        refuse(name, f"{str(path)!r} cannot be made a folder: {error.strerror}")
    return path


def remember(path, variables):
    """Keep variables for `recall`; they may hold passwords, so the file is the owner's alone."""
    path.write_text(json.dumps(variables, indent=1))
    path.chmod(0o600)


def recall(path):
    """Set what `remember` kept, but for the variables that are set already."""
    for name, value in json.loads(path.read_text()).items():
        os.environ.setdefault(name, value)


def secret_kept_in(path):
    """The random key in the file at `path`, made at the first call."""
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
    except FileExistsError:
        pass
    return path.read_text()
