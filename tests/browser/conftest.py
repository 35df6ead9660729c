"""Chromium of the system, people with a window each, and the province in small behind a real server."""

import os
import shutil

import pytest

from tests.cast import cast, journey

from .windows import Portal

__all__ = ["cast", "journey"]

# Playwright's synchronous interface keeps an event loop in the thread of the test.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

QUIET = [
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run",
    "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage", "--lang=vi",
]  # fmt: skip


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    chromium = shutil.which(os.environ.get("CHROMIUM", "chromium"))
    if chromium is None:
        pytest.skip("Chromium is needed (Debian: apt install chromium), or CHROMIUM=/path/to/it")
    return {**browser_type_launch_args, "executable_path": chromium, "args": [*QUIET, *sandbox]}


@pytest.fixture(scope="session")
def base_url(live_server):
    return live_server.url


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    place = {"locale": "vi-VN", "timezone_id": "Asia/Ho_Chi_Minh"}
    return {**browser_context_args, **place, "reduced_motion": "reduce"}


@pytest.fixture
def portal(live_server, cast, settings, new_context):
    """Opens windows on the running portal. Fails a test whose pages broke or were stopped by the content policy."""
    settings.CAPTCHA_TAKES_PASSED = True
    portal = Portal(new_context)
    yield portal
    assert portal.complaints == []
