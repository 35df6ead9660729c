"""Guards and isolation of every test; people and cases are in cast.py and factories.py."""

import copy
import uuid

import pytest
from django.conf import settings
from django.db import connection

from submissions import contacts
from tests.guards import UndefinedVariable


def pytest_collection_modifyitems(items):
    if connection.vendor == "postgresql":
        return
    for item in items:
        if item.get_closest_marker("postgres_only"):
            item.add_marker(pytest.mark.skip(reason="proves what only PostgreSQL can show; give DATABASE_URL"))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Between transactional tests every table is emptied, which the audit's own trigger refuses."""
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute("ALTER TABLE workflow_auditentry DISABLE TRIGGER audit_table_stays")


def pytest_configure():
    """An undefined template variable and a write during a GET fail a test; set once, so that templates stay parsed."""
    settings.MIDDLEWARE = ["tests.guards.no_write_while_reading", *settings.MIDDLEWARE]
    settings.TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = UndefinedVariable("%s")


@pytest.fixture(autouse=True)
def isolation(settings, tmp_path):
    """Files and counters of one test reach no other, nor the tree; mail stays in `django.core.mail.outbox`."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.QUEUE_DIR = tmp_path / "queue"
    settings.SMS_FILE = tmp_path / "sms.jsonl"
    caches = copy.deepcopy(settings.CACHES)
    caches["default"]["KEY_PREFIX"] = uuid.uuid4().hex
    settings.CACHES = caches
    contacts.forget()
