"""Strict readers of environment variables: a bad value is ImproperlyConfigured in one line naming the variable."""

import json
import os
import re
import secrets
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

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
        parts = urlsplit(value)
        known = parts.scheme in schemes and bool(parts.netloc or parts.path)
        parts.port  # noqa: B018  raises on a port that is none
    except ValueError:
        known = False
    if not known:
        refuse(name, f"not an address that begins with {' or '.join(scheme + '://' for scheme in schemes)}")
    return value.rstrip("/")


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
