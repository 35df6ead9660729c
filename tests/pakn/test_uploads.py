"""A request that would bring too much is not read."""

from django.core.files.uploadedfile import SimpleUploadedFile

from pakn.uploads import MOST


def test_what_announces_more_than_a_case_may_hold_is_refused_and_nothing_of_it_kept(client, cast):
    post = {"attachments": SimpleUploadedFile("a.bin", bytes(40_000))}
    response = client.post("/gui-phan-anh/", post, CONTENT_LENGTH=str(MOST + 1))
    assert response.status_code == 400
    assert "Yêu cầu không đúng" in response.content.decode()
    assert client.post("/gui-phan-anh/", post).status_code == 422
