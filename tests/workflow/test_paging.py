"""Tokens come from the address bar: whatever is not ours is ignored."""

import base64
import json

import pytest

from submissions.models import Case
from workflow.paging import after_key


def packed(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "token",
    [
        "", "x", "§§§", "A" * 5000, packed([]), packed({"a": 1}), packed(["2026-03-02", 1]), packed(["không", 1]),
        packed(["0001-01-01T00:00:00+14:00", 1]), packed(["2026-03-02T08:00:00+07:00", 2**70]),
        packed(["2026-03-02T08:00:00+07:00", "1"]), base64.urlsafe_b64encode(b"[" * 80).decode(),
    ],
)  # fmt: skip
def test_a_token_that_is_not_ours_is_ignored(cast, token):
    cast.files()
    rows = Case.objects.order_by("received_at", "pk")
    assert list(after_key(rows, token, "received_at")) == list(rows)
