"""What `check --deploy` refuses, and that it finds nothing against a portal set up as the handbook says."""

import pytest
from django.core.checks import run_checks

from pakn import checks

GOOD = {
    "DEMO": False,
    "DEBUG": False,
    "CAPTCHA_TAKES_PASSED": False,
    "STAFF_MFA": "required",
    "SECRET_KEY": "tK3vPq9xWb7LmZr2YcNf8sHd5gJe1uAo4iTyRwQz6XnV0CkMxx",
    "HTTPS": True,
    "REDIS_URL": "redis://redis",
    "TRUSTED_PROXY_COUNT": 1,
    "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
    "CAPTCHA_FLITE_PATH": "/somewhere/captcha-audio.sh",
    "SMS_BACKEND": "https://sms.example.vn/send",
    "DATABASE_ENGINE": "django.db.backends.postgresql",
}


@pytest.fixture
def production(settings):
    for name, value in GOOD.items():
        setattr(settings, name, value)
    return settings


def found():
    return [message.id for message in [*checks.not_for_trying(None), *checks.for_many(None)]]


def test_nothing_is_said_of_a_portal_set_up_as_it_should_be(production):
    assert found() == []


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("DEMO", True, "pakn.E001"),
        ("DEBUG", True, "pakn.E002"),
        ("CAPTCHA_TAKES_PASSED", True, "pakn.E003"),
        ("STAFF_MFA", "optional", "pakn.E004"),
        ("SECRET_KEY", "k" * 60, "pakn.E005"),
        ("SECRET_KEY", "tK3vPq9xWb7LmZr2YcNf8sHd5gJe1u", "pakn.E005"),
        ("SECRET_KEY", "change-me-" + GOOD["SECRET_KEY"], "pakn.E005"),
        ("HTTPS", False, "pakn.E006"),
        ("DATABASE_ENGINE", "django.db.backends.sqlite3", "pakn.W001"),
        ("REDIS_URL", "", "pakn.W002"),
        ("TRUSTED_PROXY_COUNT", 0, "pakn.W003"),
        ("EMAIL_BACKEND", "django.core.mail.backends.filebased.EmailBackend", "pakn.W004"),
        ("CAPTCHA_FLITE_PATH", "", "pakn.W006"),
        ("SMS_BACKEND", "file", "pakn.W007"),
    ],
)
def test_each_thing_that_may_not_face_the_internet_is_named(production, name, value, said):
    setattr(production, name, value)
    assert found() == [said]


def test_they_run_with_deploy_only():
    assert "pakn.E006" not in {message.id for message in run_checks()}
    assert "pakn.E006" in {message.id for message in run_checks(include_deployment_checks=True)}


def test_accounts_with_the_demos_password_are_named_where_the_database_is_looked_at(production, cast):
    production.TESTING = False
    assert checks.no_demo_accounts(None, databases=None) == []
    assert checks.no_demo_accounts(None, databases=["default"]) == []
    son = cast.son.user
    son.set_password(production.DEMO_PASSWORD)
    son.save()
    (error,) = checks.no_demo_accounts(None, databases=["default"])
    assert error.id == "pakn.E007"
    assert son.username in error.msg
    son.is_active = False
    son.save()
    assert checks.no_demo_accounts(None, databases=["default"]) == []
