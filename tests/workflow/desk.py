"""How tests sit down at a desk of staff: signed in, an action posted as a browser would post it."""

import hashlib

from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from agencies.models import User
from submissions.models import Attachment
from tests.cast import at
from workflow.forms import FORMS
from workflow.procedure import ACTIONS


def desk_of(username):
    """A browser in which this person is signed in."""
    client = Client()
    client.force_login(User.objects.get(username=username))
    return client


def case_address(case):
    return reverse("staff-case", args=[case.code])


def act_address(case, key):
    return reverse("staff-act", args=[case.code, key])


def posted(**fields):
    """Form fields as they arrive: a list is a field that was repeated."""
    data = QueryDict(mutable=True)
    for name, value in fields.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return data


def form_of(key, case, viewer, now="2026-03-02 09:00", **fields):
    """The form of an action, filled in; without fields an empty one."""
    data = posted(**fields) if fields else None
    return FORMS[ACTIONS[key].form](
        data, {} if fields else None, case=case, viewer=viewer, key=key, draft_key="a session of the test", now=at(now)
    )  # fmt: skip


def errors_of(form):
    """Field → sentences."""
    return {name: [str(sentence) for sentence in sentences] for name, sentences in form.errors.items()}


def upload(name):
    """A file that went up ahead of its form."""
    return Attachment.objects.create(
        draft_key="phiên", name=name, path=f"zz/{name}", kind="image", content_type="image/jpeg", size=10,
        sha256=hashlib.sha256(name.encode()).hexdigest(), created_at=at("2026-03-02 07:59"),
    )  # fmt: skip
