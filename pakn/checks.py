"""`manage.py check --deploy --database default`: what may never face the Internet is refused, with a hint."""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.checks import Error, Tags, Warning, register
from django.db import DatabaseError

SHORTEST_KEY = 50
EXAMPLES = ("change", "example", "secret", "only-for", "only-to", "django-insecure", "thay-", "bi-mat")
"""Words in keys that somebody copied from a text."""


@register(Tags.security, deploy=True)
def not_for_trying(app_configs, **kwargs):
    """Switches that are there for the demo, for tests and for development."""
    return [Error(sentence, hint=hint, id=f"pakn.E{number:03}") for number, sentence, hint in _switches() if sentence]


def _switches():
    yield 1, settings.DEMO and "DEMO is on: accounts with a known password", "Start without DEMO, on a new database."
    yield 2, settings.DEBUG and "DEBUG is on: error pages show settings and data", "Start without DEBUG."
    yield 3, settings.CAPTCHA_TAKES_PASSED and "CAPTCHA_TEST_MODE is on", "Start without CAPTCHA_TEST_MODE."
    yield 4, settings.STAFF_MFA != "required" and "staff need no second factor", "Start with STAFF_MFA=required."
    yield 5, _is_a_bad_key(settings.SECRET_KEY) and "SECRET_KEY is short or copied from an example", KEY_HINT
    yield 6, not settings.HTTPS and "SITE_URL is not https", "Set SITE_URL=https://… as people type it."


KEY_HINT = "python3 -c 'import secrets; print(secrets.token_urlsafe(50))'"


def _is_a_bad_key(key):
    return len(key) < SHORTEST_KEY or len(set(key)) < 10 or any(word in key.lower() for word in EXAMPLES)


@register(Tags.security, deploy=True)
def for_many(app_configs, **kwargs):
    """The embedded parts, which are for one process, and what only a look at the machine can settle."""
    return [Warning(sentence, hint=hint, id=f"pakn.W{number:03}") for number, sentence, hint in _embedded() if sentence]


def _embedded():
    yield (
        1,
        "sqlite" in settings.DATABASE_ENGINE and "the database is SQLite, for trying",
        "Set DATABASE_URL=postgres://…",
    )
    yield 2, not settings.REDIS_URL and "no Redis: limits and queue are one machine's own", "Set REDIS_URL=redis://…"
    yield 3, not settings.TRUSTED_PROXY_COUNT and "no proxy is trusted", "Behind nginx set TRUSTED_PROXY_COUNT=1."
    yield 4, "filebased" in settings.EMAIL_BACKEND and "letters go into files", "Set EMAIL_URL=smtp+tls://…"
    yield 7, settings.SMS_BACKEND in ("file", "console") and "SMS go nowhere", "Set SMS_BACKEND to a gateway's address."
    yield 6, not settings.CAPTCHA_FLITE_PATH and "the captcha cannot be heard", "Install espeak-ng."
    yield 5, not _static_files_are_collected() and "static files are not collected", "Run manage.py collectstatic."


def _static_files_are_collected():
    return not hasattr(staticfiles_storage, "hashed_files") or bool(staticfiles_storage.hashed_files)


@register(Tags.database)
def no_demo_accounts(app_configs, databases=None, **kwargs):
    """Accounts whose password stands in the README must not be able to log in anywhere but in the demo."""
    if not databases or settings.DEMO or settings.TESTING:
        return []
    try:
        known = [user.username for user in get_user_model().objects.filter(is_active=True)
                 .distinct().order_by("pk")[:MOST] if user.check_password(settings.DEMO_PASSWORD)]  # fmt: skip
    except DatabaseError:
        return []
    if not known:
        return []
    hint = "This database was filled by the demo: make a new one, or give these people other passwords."
    return [Error(f"accounts with the demo's password: {', '.join(known)}", hint=hint, id="pakn.E007")]


MOST = 20
"""Accounts that are looked at: hashing a password takes a fifth of a second, and the demo's come first."""
