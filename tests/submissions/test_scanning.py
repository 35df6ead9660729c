"""The virus scanner (R26): what it finds stays closed, and its silence opens nothing and stops nobody from filing."""

import logging

import pytest
from django.test import Client

from pakn.health import scanner as scanner_part
from submissions.drafts import drafts_of, keep_uploads
from submissions.files import private_storage
from submissions.models import Attachment, Case
from submissions.scanning import MOST_TRIES, scan_waiting
from tests.journeys.portal import paper
from tests.submissions.pages import LODGE, answers, code_of, errors, picture, status, text_of
from tests.submissions.scanner import HUGE, SICK, running

Scan = Attachment.Scan


@pytest.fixture
def clamd(settings):
    with running() as daemon:
        settings.CLAMD = daemon.address
        yield daemon


def sick_paper():
    return paper("don.pdf", mark=SICK.decode())


def test_without_a_scanner_nobody_is_asked_and_files_are_open(db):
    (kept,), refused = keep_uploads([paper()], "key", [])
    assert (kept.scan, kept.is_readable, refused) == (Scan.NOT_ASKED, True, [])
    assert scan_waiting() == 0


def test_a_clean_file_is_asked_about_as_it_is_stored_and_opens(db, clamd):
    (kept,), refused = keep_uploads(
        [
            paper(),
        ],
        "key",
        [],
    )
    with private_storage().open(kept.path) as stored:
        assert clamd.scanned == [stored.read()]
    assert (kept.scan, refused) == (Scan.CLEAN, [])


def test_what_is_found_at_once_is_refused_with_a_sentence_and_the_other_files_stay(
    client, cast, clamd, passing_captcha
):
    sent = answers(client.get(LODGE)) | {"attachments": [picture(), sick_paper()]}
    response = client.post(LODGE, sent)
    assert response.status_code == 422
    (sentence,) = [text for field, text in errors(response) if field == "id_attachments"]
    assert sentence == (
        "Tệp “don.pdf” bị nhận diện là có mã độc nên không được nhận. Vui lòng quét vi-rút và chọn tệp khác."
    )
    assert "anh.png" in text_of(response)
    assert not Case.objects.exists()
    infected = Attachment.objects.get(name="don.pdf")
    assert status(client, f"/tep/{infected.pk}/") == 404


def test_a_silent_scanner_keeps_the_file_closed_and_takes_the_case_all_the_same(
    client, cast, clamd, passing_captcha, caplog
):
    clamd.silent = True
    response = client.post(LODGE, answers(client.get(LODGE)) | {"attachments": [picture()]})
    case = Case.objects.get(code=code_of(response))
    file = case.attachments.get()
    assert file.scan == Scan.WAITING
    assert "files wait" in caplog.text and caplog.records[-1].levelno == logging.ERROR
    page = text_of(client.get(f"/phan-anh/{case.code}/"))
    assert "đang kiểm tra mã độc" in page and f"/tep/{file.pk}/" not in page
    desk = Client()
    desk.force_login(cast.oanh.user)
    assert "đang kiểm tra mã độc" in text_of(desk.get(f"/can-bo/ho-so/{case.code}/"))
    for visitor in (client, desk):
        assert status(visitor, f"/tep/{file.pk}/") == 404
        assert status(visitor, f"/tep/{file.pk}/nho/") == 404
    assert scan_waiting() == 0
    clamd.silent = False
    assert scan_waiting() == 1
    for visitor in (client, desk):
        assert status(visitor, f"/tep/{file.pk}/") == 200


def test_what_is_found_later_stays_closed_to_everybody_and_says_so(client, cast, clamd, passing_captcha):
    clamd.silent = True
    response = client.post(LODGE, answers(client.get(LODGE)) | {"attachments": [sick_paper()]})
    case = Case.objects.get(code=code_of(response))
    clamd.silent = False
    assert scan_waiting() == 1
    file = case.attachments.get()
    assert file.scan == Scan.INFECTED
    assert "bị nhận diện là có mã độc" in text_of(client.get(f"/phan-anh/{case.code}/"))
    assert status(client, f"/tep/{file.pk}/") == 404


def test_a_draft_found_later_falls_out_of_its_form_with_a_sentence(db, clamd):
    clamd.silent = True
    (kept,), _refused = keep_uploads([sick_paper()], "key", [])
    clamd.silent = False
    scan_waiting()
    again, refused = keep_uploads([], "key", drafts_of("key", [str(kept.pk)]))
    assert again == []
    assert refused[0].startswith("Tệp “don.pdf” bị nhận diện là có mã độc")


def test_a_file_that_cannot_be_judged_stays_closed_holds_up_no_other_and_is_left_alone_in_the_end(db, clamd):
    clamd.silent = True
    (huge, well), _refused = keep_uploads([paper("to.pdf", mark=HUGE.decode()), paper()], "key", [])
    clamd.silent = False
    assert scan_waiting() == 1
    huge.refresh_from_db()
    well.refresh_from_db()
    assert (huge.scan, huge.scan_tries, well.scan) == (Scan.WAITING, 1, Scan.CLEAN)
    Attachment.objects.filter(pk=huge.pk).update(scan_tries=MOST_TRIES)
    clamd.asked = 0
    assert (scan_waiting(), clamd.asked) == (0, 0)


def test_one_pass_asks_until_the_scanner_falls_silent(db, clamd):
    clamd.silent = True
    for number in range(3):
        keep_uploads([paper(mark=str(number))], f"key{number}", [])
    clamd.asked = 0
    assert (scan_waiting(), clamd.asked) == (0, 1)
    clamd.silent = False
    assert scan_waiting() == 3
    assert scan_waiting() == 0


def test_a_form_with_several_files_waits_for_a_silent_scanner_once(db, clamd):
    clamd.silent = True
    kept, refused = keep_uploads([paper(mark=str(number)) for number in range(3)], "key", [])
    assert ([draft.scan for draft in kept], refused, clamd.asked) == ([Scan.WAITING] * 3, [], 1)


def test_readiness_names_a_scanner_that_does_not_answer(settings, clamd):
    assert scanner_part() == "ok"
    clamd.silent = True
    assert scanner_part() == "no answer: uploaded files stay closed"
    settings.CLAMD = "unix:///nowhere/clamd.ctl"
    assert scanner_part() == "no answer: uploaded files stay closed"
    settings.CLAMD = ""
    assert scanner_part() == "ok"
