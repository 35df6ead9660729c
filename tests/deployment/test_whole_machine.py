"""One journey through nginx over everything that runs in production; then a backup, and what the log says of it all."""

import json
import re

from tests.faults.stack import wait_until
from tests.journeys.portal import LETTER, PHONE_SHOWN, TITLE

from .people import Distant, appoint

ANSWER = "Đã thay bóng đèn và kiểm tra cả tuyến."


def test_what_is_set_up_so_passes_the_check_before_deployment(whole):
    whole.manage("check", "--deploy", "--database", "default", "--fail-level", "WARNING")


def test_plain_http_leads_to_https_and_headers_come_through(whole):
    page = whole.ask("GET", "/")
    assert page.status_code == 200
    for name in ("Strict-Transport-Security", "Content-Security-Policy", "X-Content-Type-Options", "X-Request-ID"):
        assert name in page.headers, name
    assert "nginx/" not in page.headers.get("Server", "")


def test_a_case_is_filed_carried_and_answered_and_every_process_had_a_part(whole, sink):
    appoint(whole)
    citizen = Distant(whole)
    page = citizen.get("/gui-phan-anh/")
    form, answer = citizen.solves_the_captcha(page)
    receipt = citizen.follow(citizen.send(page, form, **LETTER | {"captcha_1": answer}))
    code = receipt.marker[0]
    oanh, son, lan = (Distant(whole).signs_in(name) for name in ("oanh", "son", "lan"))
    oanh.does(code, "distribute", field="ha-tang-do-thi", agency="soxd")
    son.does(code, "accept")
    son.does(code, "submit", outcome="done", body=ANSWER)
    lan.does(code, "approve")
    page = Distant(whole).get(f"/phan-anh/{code}/")
    assert (page.status, page.state) == (200, "ANSWERED")
    assert ANSWER in page.text and PHONE_SHOWN not in page.text
    wait_until(lambda: len(letters_about(sink, code)) >= 2, 150, "the letters of receipt and answer arrived")
    assert whole.is_ready()


def letters_about(sink, code):
    return [mail for mail in sink.mails if code in mail.get_content()]


def test_a_web_process_that_dies_is_not_noticed(whole):
    whole.processes["web1"].kill()
    assert [whole.ask("GET", "/").status_code for _ in range(6)] == [200] * 6
    whole.processes["web1"].start()


def test_a_backup_is_taken_and_verified(whole):
    key = whole.folder / "key"
    public = whole.manage("new_backup_key", key).strip().removeprefix("BACKUP_KEY=")
    whole.manage("backup", BACKUP_KEY=public)
    assert "nguyên vẹn" in whole.manage("verify_backup", "--identity", key)


def test_the_log_is_json_with_ids_and_nobody_in_it(whole):
    lines = [line for line in whole.log.read_text().splitlines() if line.strip()]
    told = [json.loads(line) for line in lines if line.startswith("{")]
    others = [line for line in lines if not line.startswith("{")]
    routes = {entry["route"] for entry in told if entry["logger"] == "pakn.requests"}
    assert {"phan-anh/<str:code>/", "can-bo/"} <= routes
    assert all(
        re.fullmatch(r"[0-9a-f]{32}", entry["request_id"]) for entry in told if entry["logger"] == "pakn.requests"
    )
    text = "\n".join(lines)
    for secret in ("Nguyễn Thị Cúc", "912345678", "912 345 678", TITLE, "cuc@example.vn", "PAKN-2"):
        assert secret not in text, secret
    assert others == []
