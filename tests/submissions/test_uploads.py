"""A file that goes up ahead of its form, its small picture, and what is said of the place it was taken at."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from submissions.files import private_storage, thumbnail_of
from submissions.models import Attachment, Case
from tests.submissions.pages import LODGE, answers, code_of, hidden, picture, status, text_of, web_page

UPLOAD = "/tep/nhap/"
REMOVED = "Vị trí chụp ghi trong ảnh đã được bỏ đi."


def photo_with_place():
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (12.0, 14.0, 20.0), 3: "E", 4: (109.0, 11.0, 48.0)})
    drawn = io.BytesIO()
    Image.new("RGB", (1200, 800), "navy").save(drawn, "JPEG", exif=exif)
    return SimpleUploadedFile("hien-truong.jpg", drawn.getvalue(), "image/jpeg")


def test_a_file_sent_ahead_is_kept_and_goes_with_the_form(client, cast, passing_captcha):
    page = client.get(LODGE)
    first = client.post(UPLOAD, {"attachments": picture("a.png")})
    assert first.status_code == 200
    second = client.post(UPLOAD, {"attachments": picture("b.png"), "kept": hidden(first)["kept"]})
    kept = hidden(second)["kept"]
    assert len(kept) == 2
    sent = client.post(LODGE, answers(page, kept=kept))
    case = Case.objects.get(code=code_of(sent))
    assert [file.name for file in case.attachments.all()] == ["a.png", "b.png"]


def test_a_refused_file_says_why_and_costs_no_other(client, cast):
    first = client.post(UPLOAD, {"attachments": picture("a.png")})
    response = client.post(UPLOAD, {"attachments": web_page(), "kept": hidden(first)["kept"]})
    assert response.status_code == 422
    assert "là trang web nên không được nhận" in text_of(response)
    assert hidden(response)["kept"] == hidden(first)["kept"]


def test_the_sixth_file_is_refused(client, cast):
    kept = []
    for number in range(5):
        kept = hidden(client.post(UPLOAD, {"attachments": picture(f"{number}.png"), "kept": kept}))["kept"]
    response = client.post(UPLOAD, {"attachments": picture("6.png"), "kept": kept})
    assert (response.status_code, hidden(response)["kept"]) == (422, kept)
    assert "tối đa 5 tệp" in text_of(response)


def test_a_draft_is_its_own_sessions_alone(client, cast):
    client.post(UPLOAD, {"attachments": picture()})
    file = Attachment.objects.get()
    assert status(client, f"/tep/{file.pk}/nho/") == 200
    stranger = Client()
    assert status(stranger, f"/tep/{file.pk}/nho/") == 404
    assert hidden(stranger.post(UPLOAD, {"kept": [str(file.pk)]})) == {}


def test_uploads_ask_for_the_token_of_a_page_and_are_counted(settings, cast):
    assert Client(enforce_csrf_checks=True).post(UPLOAD, {"attachments": picture()}).status_code == 403
    settings.LIMIT_SUBMIT = settings.LIMIT_SUBMIT._replace(count=1)
    visitor = Client()
    statuses = [visitor.post(UPLOAD, {}).status_code for _ in range(31)]
    assert statuses == [200] * 30 + [429]


def test_a_picture_has_a_small_one_for_the_same_people(client, published):
    draft = hidden(client.post(UPLOAD, {"attachments": photo_with_place()}))["kept"]
    file = Attachment.objects.get(pk=draft[0])
    with Image.open(private_storage().path(thumbnail_of(file.path))) as small:
        assert (small.format, small.size) == ("WEBP", (400, 267))
        assert dict(small.getexif()) == {}
    published(drafts=[file])
    assert Client().get(f"/tep/{file.pk}/nho/").status_code == 404
    file.refresh_from_db()
    Attachment.objects.update(released=True)
    served = Client().get(f"/tep/{file.pk}/nho/")
    assert (served.status_code, served["Content-Type"]) == (200, "image/webp")
    assert served["Content-Security-Policy"] == "sandbox; default-src 'none'"
    served.getvalue()


def test_where_no_small_picture_was_made_the_whole_one_serves(client, cast):
    client.post(UPLOAD, {"attachments": picture()})
    file = Attachment.objects.get()
    private_storage().delete(thumbnail_of(file.path))
    response = client.get(f"/tep/{file.pk}/nho/")
    assert (response.status_code, response["Location"]) == (302, f"/tep/{file.pk}/")


def test_only_pictures_have_one(client, cast):
    draft = Attachment.objects.create(
        draft_key="x", name="a.pdf", path="a", kind="document", content_type="application/pdf", size=1, sha256="x",
        created_at="2026-03-02T00:00Z",
    )  # fmt: skip
    assert status(client, f"/tep/{draft.pk}/nho/") == 404


@pytest.mark.parametrize(("photo", "removed"), [(photo_with_place, True), (picture, False)])
def test_a_place_that_was_removed_is_said_to_the_sender_alone(client, cast, passing_captcha, photo, removed):
    page = client.get(LODGE)
    response = client.post(UPLOAD, {"attachments": photo()})
    assert (REMOVED in text_of(response)) is removed
    sent = client.post(LODGE, answers(page, kept=hidden(response)["kept"]))
    code = code_of(sent)
    assert (REMOVED in text_of(client.get(f"/phan-anh/{code}/"))) is removed
    Attachment.objects.update(released=True)
    assert REMOVED not in text_of(Client().get(f"/phan-anh/{code}/"))
