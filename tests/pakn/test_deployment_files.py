"""What `deploy/` says agrees with itself, with the settings and with what the machine would accept."""

import re
import shutil
import subprocess

import pytest
from django.conf import settings

DEPLOY = settings.BASE_DIR / "deploy"
UNITS = sorted((DEPLOY / "debian").glob("*.service"))
OF_THE_SYSTEM = {"PATH", "HOME", "LANG"}


def example():
    lines = (DEPLOY / "pakn.env.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if not line.startswith("#"))


def test_every_setting_of_the_example_is_one_that_the_portal_reads_and_the_readme_explains():
    sources = (settings.BASE_DIR / "pakn" / "settings.py").read_text()
    readme = (settings.BASE_DIR / "README.md").read_text()
    assert [name for name in example() if f'"{name}"' not in sources] == []
    assert [name for name in example() if f"`{name}`" not in readme] == []


def test_the_example_holds_no_secret():
    assert [example()[name] for name in ("SECRET_KEY", "BACKUP_KEY", "SMS_TOKEN", "SENTRY_DSN")] == [""] * 4
    assert "PASSWORD" in example()["DATABASE_URL"]


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_units_start_programs_that_the_lock_installs_and_shut_the_rest_of_the_machine_out(unit):
    text = unit.read_text()
    program = re.search(r"^ExecStart=/opt/pakn/\.venv/bin/(\w+) ", text, re.MULTILINE)[1]
    assert program in {"gunicorn", "celery", "python"}
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is needed (Debian: apt install systemd)")
    command = ["systemd-analyze", "security", "--offline=true", "--threshold=25", "--no-pager", unit]
    judged = subprocess.run(command, capture_output=True, text=True)
    assert judged.returncode == 0, judged.stdout[-300:]


def test_processes_wait_as_long_as_they_may_take_to_stop():
    """gunicorn's own grace is 10 s, a worker's pass may take longer and goes on after its restart."""
    for unit, seconds in (("pakn-web", 20), ("pakn-worker@", 30), ("pakn-beat", 15)):
        assert f"TimeoutStopSec={seconds}\n" in (DEPLOY / "debian" / f"{unit}.service").read_text()


def test_no_container_runs_as_root_or_may_write_its_own_system():
    """The database alone keeps what it needs to take over its folder."""
    text = (DEPLOY / "compose" / "compose.yaml").read_text()
    services = re.split(
        r"^  (?=\w+:$)", text.partition("\nservices:\n")[2].partition("\nnetworks:\n")[0], flags=re.MULTILINE
    )
    for service in filter(str.strip, services):
        name = service.split(":")[0]
        ours = "<<: *portal" in service
        assert ours or "cap_drop: [ALL]" in service, name
        assert ours or "no-new-privileges:true" in service, name
        assert ours or name == "database" or "read_only: true" in service, name
        assert ours or "restart: unless-stopped" in service, name
    portal = text.partition("x-portal:")[2].partition("\nservices:")[0]
    assert 'user: "10001:10001"' in portal and "read_only: true" in portal and "cap_drop: [ALL]" in portal


def test_the_image_installs_from_the_hashed_lock_and_leaves_root():
    text = (DEPLOY / "compose" / "Dockerfile").read_text()
    assert "--require-hashes --requirement /tmp/requirements.lock" in text
    assert text.index("\nUSER pakn") < text.index("\nCMD")


def test_nginx_says_itself_where_a_request_came_from_and_keeps_no_addresses():
    text = (DEPLOY / "nginx" / "pakn.conf.template").read_text()
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in text
    assert "$proxy_add_x_forwarded_for" not in text
    assert text.count("access_log off;") == text.count("server_name ${PAKN_HOST};") == 2
    assert "client_max_body_size 105m;" in text
