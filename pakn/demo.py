"""`python -m pakn.demo`, what `make demo` runs: data once, then web server, worker and beat in the foreground."""

import os
import sys

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command

from pakn import environment, processes

REMEMBERED = (
    "ALLOWED_HOSTS",
    "CAPTCHA_TEST_MODE",
    "CLAMD",
    "CONTACT_EMAIL",
    "DATABASE_URL",
    "DEBUG",
    "DEFAULT_RULE_SET",
    "DEMO",
    "DEMO_PASSWORD",
    "EMAIL_URL",
    "HOTLINE",
    "KEEP_SENDERS_YEARS",
    "LIMIT_LOGIN",
    "LIMIT_LOOKUP",
    "LIMIT_SUBMIT",
    "LIMIT_SUBMIT_PHONE",
    "MAIL_FROM",
    "MEDIA_ROOT",
    "OFFICE_PROVINCE",
    "REDIS_URL",
    "SECRET_KEY",
    "SECRET_KEY_FALLBACKS",
    "SHORT_NUMBER",
    "SITE_URL",
    "SMS_BACKEND",
    "SMS_TOKEN",
    "SMS_UNACCENTED",
    "STAFF_MFA",
)
ACCOUNTS = """
  Cổng phản ánh, kiến nghị (bản dùng thử): {address}

  Mật khẩu chung của các tài khoản: {password}
    vanhanh, vanhanh2         đơn vị vận hành (Trung tâm)
    sotonghop                 theo dõi, tổng hợp (sở)
    quantri                   quản trị kỹ thuật
    <mã>.cm, <mã>.ld          cán bộ chuyên môn, cán bộ lãnh đạo của cơ quan; mã: soxd, sonnmt, soyt,
                              capnuoc, dienluc, vienthong, nhatrang, camranh …
    congdan                   người dân có tài khoản
  Dừng: Ctrl+C. Làm lại từ đầu: make clean-demo
"""


def prepare(port):
    """Load the settings of the demo, remember them for `manage.py`, and make what it needs under var/."""
    os.environ.update(DJANGO_SETTINGS_MODULE="pakn.settings", DEMO="on")
    os.environ.setdefault("SITE_URL", f"http://127.0.0.1:{port}")
    django.setup()
    kept = {name: os.environ[name] for name in REMEMBERED if os.environ.get(name)}
    environment.remember(settings.DEMO_ENVIRONMENT, kept)
    call_command("prepare_demo")
    call_command("collectstatic", interactive=False, verbosity=0)


def commands(port):
    """One web process: LocMem's counters and SQLite like it best. Each stops within the grace of `processes`."""
    gunicorn = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--log-level", "warning"]
    celery = ["-m", "celery", "--quiet", "--app", "pakn"]
    as_root = [sys.executable, "-W", "ignore:You're running the worker with superuser privileges"]
    alone = ["--concurrency", "1", "--without-gossip", "--without-mingle", "--without-heartbeat"]
    return {
        "web": [*gunicorn, "--worker-class", "gthread", "--threads", "8", "--graceful-timeout", "10", "pakn.wsgi"],
        "worker": [*as_root, *celery, "worker", *alone, "--loglevel", "WARNING"],
        "beat": [sys.executable, *celery, "beat", "--loglevel", "WARNING"],
    }


def main(port):
    parent = processes.Parent()
    try:
        prepare(port)
    except (ImproperlyConfigured, CommandError) as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
    sys.stdout.write(ACCOUNTS.format(address=settings.SITE_URL, password=settings.DEMO_PASSWORD) + "\n")
    sys.stdout.flush()
    sys.exit(processes.run(commands(port), parent))


if __name__ == "__main__":
    main(sys.argv[1])
