"""Headers that every answer carries, and logs without case codes."""

import logging

from pakn.logs import HideCodes


def test_an_answer_forbids_what_no_page_needs_and_is_not_kept_for_who_is_known(client, cast):
    anonymous = client.get("/")
    assert "geolocation=()" in anonymous.headers["Permissions-Policy"]
    assert anonymous.headers["Cache-Control"] == "no-cache"
    client.login(username="binh", password="mat-khau-cho-kiem-thu")
    assert client.get("/").headers["Cache-Control"] == "private, no-store"


def test_a_foreign_host_gets_a_page_that_says_so(client, db, settings):
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    response = client.get("/", headers={"host": "evil.example"})
    assert response.status_code == 400
    assert "Yêu cầu không đúng" in response.content.decode()


def test_a_log_line_holds_a_hash_in_place_of_a_case_code():
    record = logging.LogRecord(
        "django", logging.WARNING, "", 0, "Not Found: %s", ("/phan-anh/PAKN-2603-ABCD-EFGHJ/",), None
    )
    HideCodes().filter(record)
    assert "ABCD" not in record.getMessage()
    assert record.getMessage().startswith("Not Found: /phan-anh/case-")


def test_a_log_line_holds_no_token_of_a_link():
    for path in (
        "/phan-anh/PAKN-2603-ABCD-EFGHJ/mo/1tXy2Z.aB-c_d/",
        "/phan-anh/x/mo/1tXy2Z.aB-c_d?a=1",
        "/cung-gap/1tXy2Z.aB-c_d/",
        "/tai-khoan/kich-hoat/MQ/1tXy2Z-aB-c_d/",
        "/tai-khoan/email/1tXy2Z:aB-c_d/",
    ):
        record = logging.LogRecord("django", logging.WARNING, "", 0, "Not Found: %s", (path,), None)
        HideCodes().filter(record)
        assert "1tXy2Z" not in record.getMessage() and "aB-c_d" not in record.getMessage()
