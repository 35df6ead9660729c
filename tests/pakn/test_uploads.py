"""A request that brings too much is ended while it arrives."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from pakn import uploads


@pytest.mark.parametrize("announced", [True, False])
def test_more_than_a_case_may_hold_is_refused_whether_it_was_announced_or_not(client, cast, monkeypatch, announced):
    monkeypatch.setattr(uploads, "MOST", 100_000)
    if not announced:
        monkeypatch.setattr(uploads.Quota, "handle_raw_input", lambda *args, **kwargs: None)
    files = [SimpleUploadedFile(f"{n}.bin", bytes(40_000)) for n in range(3)]
    response = client.post("/gui-phan-anh/", {"attachments": files})
    assert response.status_code == 400
    assert "Yêu cầu không đúng" in response.content.decode()
    assert client.post("/gui-phan-anh/", {"attachments": files[:1]}).status_code == 422
