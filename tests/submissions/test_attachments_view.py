import pytest
from django.test import Client

from submissions.drafts import keep_uploads
from submissions.files import private_storage
from submissions.models import Attachment
from tests.submissions import pages
from tests.submissions.pages import LODGE, answers, picture


def draft(name="anh.png", key="key"):
    (kept,), _ = keep_uploads([picture(name)], key, [])
    return kept


def status(client, file):
    return pages.status(client, f"/tep/{file.pk}/")


def opened(case, phone="0912345678"):
    client = Client()
    client.post("/tra-cuu/", {"q": case.code, "phone": phone})
    return client


def signed_in(viewer):
    client = Client()
    client.force_login(viewer.user)
    return client


def test_what_a_file_is_served_as(journey):
    file = draft("ảnh đèn.png")
    case = journey(drafts=[file]).case
    served = opened(case).get(f"/tep/{file.pk}/")
    assert served.status_code == 200
    with private_storage().open(file.path) as stored:
        assert served.getvalue() == stored.read()
    assert {name: served.headers[name] for name in (
        "Content-Type", "Content-Disposition", "X-Content-Type-Options", "Content-Security-Policy", "Cache-Control",
    )} == {
        "Content-Type": "image/png",
        "Content-Disposition": "inline; filename*=UTF-8''%E1%BA%A3nh%20%C4%91%C3%A8n.png",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "private, no-store",
    }  # fmt: skip


def test_a_file_of_an_open_case_is_for_its_sender_and_for_those_who_handle_it(journey, cast):
    file = draft()
    way = journey(drafts=[file])
    way.does("distribute", cast.oanh, "2026-03-02 10:00", field=cast.field(), agency=cast.agency("soxd"))
    assert status(opened(way.case), file) == 200
    assert status(signed_in(cast.oanh), file) == 200
    assert status(signed_in(cast.son), file) == 200
    for stranger in (Client(), signed_in(cast.yen), signed_in(cast.quang), signed_in(cast.binh)):
        assert status(stranger, file) == 404


def test_of_a_published_case_the_released_files_alone_are_public(published):
    shown, kept = draft("a.png"), draft("b.png")
    published(drafts=[shown, kept], release=[shown])
    assert (status(Client(), shown), status(Client(), kept)) == (200, 404)


def test_a_result_file_is_public_once_the_answer_is(published, cast):
    file = draft()
    way = published(attachments=[file])
    assert status(Client(), file) == 200
    way.does("set_secrecy", cast.oanh, "2026-03-09 09:00", level="confidential")
    assert status(Client(), file) == 404
    assert status(opened(way.case), file) == 200


def test_a_result_file_is_nobodys_but_the_lead_agencys_before_approval(journey, cast):
    file = draft()
    way = journey()
    way.does("distribute", cast.oanh, "2026-03-02 10:00", field=cast.field(), agency=cast.agency("soxd"))
    way.does("accept", cast.son, "2026-03-02 15:00")
    way.does("submit", cast.son, "2026-03-05 15:00", outcome="done", body="Xong.", attachments=[file])
    assert status(signed_in(cast.lan), file) == 200
    for other in (Client(), opened(way.case), signed_in(cast.oanh), signed_in(cast.tam), signed_in(cast.yen)):
        assert status(other, file) == 404


def test_nobody_gets_a_file_of_a_sealed_case(published, cast):
    file = draft()
    way = published(drafts=[file], release=[file])
    way.does("seal", cast.oanh, "2026-03-09 09:00")
    for viewer in (Client(), opened(way.case), signed_in(cast.oanh), signed_in(cast.son), signed_in(cast.quang)):
        assert status(viewer, file) == 404


@pytest.mark.usefixtures("cast", "passing_captcha")
def test_a_draft_is_for_the_session_that_uploaded_it(client):
    client.post(LODGE, answers(client.get(LODGE), consent=None, attachments=[picture()]))
    file = Attachment.objects.get()
    assert status(client, file) == 200
    assert status(Client(), file) == 404


def test_an_unknown_file_is_not_found(client, db):
    assert client.get("/tep/6f0f6a0e-3f0c-4b3e-9d7c-0d3f5b8c1a11/").status_code == 404
