"""The environment is read strictly: each test starts `manage.py` of a copy of the tree, in a path with a space."""

import os
import shutil
import subprocess
import sys

import pytest
from django.conf import settings

KEY = {"SECRET_KEY": "k" * 50}
OURS = {"PYTEST_VERSION", "SECRET_KEY", "DEMO", "DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "VAR_DIR"}
SHOW = "from django.conf import settings as s; print({expression})"


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    copy = tmp_path_factory.mktemp("a tree") / "with a space"
    copy.mkdir()
    for name in ["agencies", "submissions", "workflow", "reports", "pakn", "templates", "static", "manage.py"]:
        source = settings.BASE_DIR / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, copy / name)
    return copy


def run(tree, variables, *arguments):
    """(exit code, standard output, standard error) of manage.py with these variables and none of the test's own."""
    environment = {name: value for name, value in os.environ.items() if name not in OURS} | variables
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


def show(tree, variables, expression):
    code, out, err = run(tree, variables, "shell", "--verbosity", "0", "--command", SHOW.format(expression=expression))
    assert (code, err) == (0, "")
    return out.strip()


@pytest.mark.parametrize(
    ("variables", "line"),
    [
        ({}, "SECRET_KEY: not set. Run `make demo` to try the portal, or set SECRET_KEY to a long random text."),
        (KEY | {"DEBUG": "maybe"}, "DEBUG: 'maybe' is neither on nor off"),
        (KEY | {"CAPTCHA_TEST_MODE": "on"}, "CAPTCHA_TEST_MODE: on is allowed in the demo only (DEMO=on)"),
        (KEY | {"STAFF_MFA": "optional"}, "STAFF_MFA: optional is allowed in the demo only (DEMO=on)"),
        (KEY | {"STAFF_MFA": "never"}, "STAFF_MFA: 'never' is none of required, optional"),
        (KEY | {"LIMIT_SUBMIT": "ten"}, "LIMIT_SUBMIT: 'ten' is not a rate such as 10/h, 30/m, 5/s or 100/d"),
        (KEY | {"OFFICE_PROVINCE": "5"}, "OFFICE_PROVINCE: '5' is not a province's code of two digits"),
        (
            KEY | {"DEFAULT_RULE_SET": "house"},
            "DEFAULT_RULE_SET: 'house' is none of home-affairs-2018, khanh-hoa-2022, khanh-hoa-2022-instant,"
            " national-portal-2021",
        ),
        (
            KEY | {"CLAMD": "127.0.0.1:3310"},
            "CLAMD: '127.0.0.1:3310' is not an address such as tcp://127.0.0.1:3310 or unix:///run/clamav/clamd.ctl",
        ),
        (KEY | {"HOTLINE": "gọi tôi"}, "HOTLINE: 'gọi tôi' is not a telephone number"),
        (KEY | {"SHORT_NUMBER": "80"}, "SHORT_NUMBER: '80' is not a number of 3 to 6 digits for text messages"),
        (KEY | {"CONTACT_EMAIL": "pakn"}, "CONTACT_EMAIL: 'pakn' is not a mail address"),
        (KEY | {"SITE_URL": "pakn.vn"}, "SITE_URL: not an address that begins with http:// or https://"),
        (
            KEY | {"DATABASE_URL": "mysql://u:secret@host/pakn"},
            "DATABASE_URL: not an address that begins with sqlite:// or postgres:// or postgresql://",
        ),
        (
            KEY | {"REDIS_URL": "localhost:6379"},
            "REDIS_URL: not an address that begins with redis:// or rediss://",
        ),
        (
            KEY | {"EMAIL_URL": "carrier-pigeon://coop"},
            "EMAIL_URL: not a mail address such as smtp+tls://user:password@host:587",
        ),
        (KEY | {"MAIL_FROM": "pakn"}, "MAIL_FROM: 'pakn' is not a mail address"),
        (
            KEY | {"MAIL_FROM": "a@b.vn\nBcc: x@y.vn"},
            "MAIL_FROM: 'a@b.vn\\nBcc: x@y.vn' is not a mail address",
        ),
        (
            KEY | {"SMS_BACKEND": "ftp://user:canary@gateway"},
            "SMS_BACKEND: neither file nor console nor an address that begins with http:// or https://",
        ),
        (
            KEY | {"SMS_BACKEND": "https://user:canary@/send"},
            "SMS_BACKEND: neither file nor console nor an address that begins with http:// or https://",
        ),
        (KEY | {"SMS_TOKEN": "two words"}, "SMS_TOKEN: holds blanks or letters that a header cannot carry"),
        (KEY | {"SMS_UNACCENTED": "maybe"}, "SMS_UNACCENTED: 'maybe' is neither on nor off"),
        (
            KEY | {"VAR_DIR": "/dev/null/var"},
            "VAR_DIR: '/dev/null/var' cannot be made a folder: Not a directory",
        ),
        (KEY | {"TRUSTED_PROXY_COUNT": "-1"}, "TRUSTED_PROXY_COUNT: '-1' is not a whole number from 0 to 999"),
        (
            KEY | {"DEMO": "on", "ALLOWED_HOSTS": "127.0.0.1,pakn.khanhhoa.gov.vn"},
            "ALLOWED_HOSTS: the demo has known passwords, so it serves 127.0.0.1, localhost and [::1] only",
        ),
    ],
)
def test_a_bad_value_ends_the_start_with_one_line_that_names_it(tree, variables, line):
    assert run(tree, variables, "check") == (1, "", f"error: {line}\n")


def test_the_web_server_too_says_it_in_one_line_without_a_traceback(tree):
    environment = {name: value for name, value in os.environ.items() if name not in OURS} | KEY | {"DEBUG": "maybe"}
    command = [sys.executable, "-m", "gunicorn", "--bind", "127.0.0.1:0", "--log-level", "critical", "pakn.wsgi"]
    done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 3
    assert done.stderr == "error: DEBUG: 'maybe' is neither on nor off\n"


def test_a_secret_alone_starts_production(tree):
    expression = "s.DEMO, s.DEBUG, s.STAFF_MFA, s.CAPTCHA_TAKES_PASSED, s.DEFAULT_RULE_SET, s.OFFICE_PROVINCE"
    assert show(tree, KEY, expression) == "False False required False khanh-hoa-2022 56"


def test_https_makes_cookies_secure_and_asks_browsers_to_stay(tree):
    variables = KEY | {"SITE_URL": "https://pakn.example.vn/"}
    expression = (
        "s.SITE_URL, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SESSION_COOKIE_NAME, s.SECURE_HSTS_SECONDS"
    )
    assert show(tree, variables, expression) == "https://pakn.example.vn True True __Host-sessionid 31536000"


@pytest.mark.parametrize(
    ("variables", "sender"),
    [
        ({}, "pakn@localhost"),
        ({"SITE_URL": "https://pakn.example.vn"}, "pakn@pakn.example.vn"),
        ({"SITE_URL": "http://10.1.2.3:8000"}, "pakn@localhost"),
        ({"MAIL_FROM": "Cổng PAKN <pakn@example.vn>"}, "Cổng PAKN <pakn@example.vn>"),
    ],
)
def test_mail_comes_from_the_site_unless_an_address_is_given(tree, variables, sender):
    assert show(tree, KEY | variables, "s.DEFAULT_FROM_EMAIL, s.EMAIL_TIMEOUT") == f"{sender} 10"


def test_messages_go_into_files_unless_a_gateway_is_given_as_it_stands(tree):
    expression = "s.SMS_BACKEND, s.SMS_FILE.relative_to(s.BASE_DIR), [s.SMS_TOKEN], s.SMS_UNACCENTED"
    assert show(tree, KEY, expression) == "file var/sms.jsonl [''] False"
    given = {"SMS_BACKEND": "https://gateway.example.vn/send/?to=", "SMS_TOKEN": "abc.DEF-1", "SMS_UNACCENTED": "on"}
    assert show(tree, KEY | given, "s.SMS_BACKEND, s.SMS_TOKEN, s.SMS_UNACCENTED") == (
        "https://gateway.example.vn/send/?to= abc.DEF-1 True"
    )


def test_all_state_is_in_the_folder_that_is_given_and_it_is_the_owner_s_alone(tree, tmp_path):
    var = tmp_path / "new" / "folder"
    expression = "s.VAR_DIR, s.QUEUE_DIR, s.MEDIA_ROOT, s.SMS_FILE, s.EMAIL_FILE_PATH, s.DATABASES['default']['NAME']"
    names = ["", "/queue", "/media", "/sms.jsonl", "/mail", "/pakn.sqlite3"]
    assert show(tree, KEY | {"VAR_DIR": str(var)}, expression) == " ".join(f"{var}{name}" for name in names)
    assert var.stat().st_mode & 0o777 == 0o700


def test_celery_goes_through_redis_where_it_is_given_checking_its_certificate(tree):
    expression = "s.CELERY_BROKER_URL, getattr(s, 'CELERY_BROKER_USE_SSL', None)"
    assert show(tree, KEY, expression) == "fsatomic://localhost None"
    assert show(tree, KEY | {"REDIS_URL": "redis://redis/1"}, expression) == "redis://redis/1 None"
    assert show(tree, KEY | {"REDIS_URL": "rediss://redis/1"}, expression) == (
        "rediss://redis/1 {'ssl_cert_reqs': <VerifyMode.CERT_REQUIRED: 2>}"
    )


def test_the_demo_makes_its_own_secret_once(tree):
    first = show(tree, {"DEMO": "on"}, "s.SECRET_KEY")
    assert len(first) == 67
    assert show(tree, {"DEMO": "on"}, "s.SECRET_KEY") == first
    assert (tree / "var" / "secret_key").stat().st_mode & 0o777 == 0o600


def test_what_the_demo_was_started_with_holds_without_any_variable_but_a_given_one_wins(tree):
    kept = tree / "var" / "demo.json"
    kept.write_text('{"DEMO": "on", "DEMO_PASSWORD": "$a \'b\\" c", "OFFICE_PROVINCE": "79"}')
    try:
        expression = "s.DEMO, s.DEMO_PASSWORD, s.OFFICE_PROVINCE"
        assert show(tree, {"OFFICE_PROVINCE": "01"}, expression) == "True $a 'b\" c 01"
    finally:
        kept.unlink()


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is needed, as in production")
def test_the_deployment_check_finds_nothing_in_settings_as_production_has_them(tree):
    variables = {
        "SITE_URL": "https://pakn.example.vn",
        "ALLOWED_HOSTS": "pakn.example.vn",
        "SECRET_KEY": "tK3vPq9xWb7LmZr2YcNf8sHd5gJe1uAo4iTyRwQz6XnV0CkMxx",
        "DATABASE_URL": "postgres://pakn@db/pakn",
        "REDIS_URL": "redis://redis",
        "EMAIL_URL": "smtp://mail",
        "SMS_BACKEND": "https://sms.example.vn",
        "TRUSTED_PROXY_COUNT": "1",
    }
    run(tree, variables, "collectstatic", "--noinput")
    code, _, err = run(tree, variables, "check", "--deploy", "--fail-level", "WARNING")
    assert (code, err) == (0, "")
