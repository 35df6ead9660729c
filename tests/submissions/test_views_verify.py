import re

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format

from agencies.limits import parse_rate
from submissions.receipts import fingerprint, qr_code
from tests.submissions.pages import errors, text_of
from workflow.engine import open_case

pytestmark = pytest.mark.django_db

VERIFY = "/xac-nhan/"
UNKNOWN = "PAKN-2603-0000-00005"
NOT_CONFIRMED = (
    "Không xác nhận được biên nhận này. Vui lòng so lại mã hồ sơ và dấu xác thực với bản in; "
    'nếu vẫn không được, xin gọi tổng đài <a href="tel:19001023">1900 1023</a>.'
)


def open_in(client, code):
    """The sender gives code and phone."""
    assert client.post("/tra-cuu/", {"q": code, "phone": "0912 345 678"}).status_code == 302


def ask(client, code, typed):
    return client.get(VERIFY, {"code": code, "fingerprint": typed})


def panel(response):
    """(kind, sentence) of the answer, or None."""
    found = re.search(r'data-receipt="(\w+)">(.*?)</p>', text_of(response), re.DOTALL)
    return (found[1], " ".join(found[2].split())) if found else None


def without_answers(response, *typed):
    text = text_of(response).partition("<footer")[0]
    for answer in typed:
        text = text.replace(answer, "")
    return text


def test_the_page_asks_for_code_and_fingerprint(client):
    page = client.get(VERIFY)
    assert (page.status_code, panel(page), errors(page)) == (200, None, [])
    assert re.findall(r'<input[^>]*name="(\w+)"', text_of(page).partition("<footer")[0]) == ["code", "fingerprint"]
    assert "no-store" in page.headers["Cache-Control"]


def test_a_right_fingerprint_confirms_and_shows_neither_content_nor_sender_nor_state(client, journey, cast):
    way = journey("2026-03-02 08:00")
    way.does("distribute", cast.oanh, "2026-03-02 10:00", field=cast.field(), agency=cast.agency("soxd"), note="nội bộ")
    code = way.case.code
    page = ask(client, code.lower(), fingerprint(way.case).lower())
    assert page.status_code == 200
    assert panel(page) == (
        "valid", f"Biên nhận hợp lệ: hồ sơ {code} được gửi lúc 08:00 02/03/2026, nội dung chưa bị thay đổi.",
    )  # fmt: skip
    hidden_from_all = ("Đèn đường", "Trần Phú", "Cúc", "912", "example", "nội bộ", "Sở Xây dựng", "DISTRIBUTED")
    assert [word for word in hidden_from_all if word in text_of(page)] == []


def test_whatever_is_wrong_gets_one_and_the_same_page(client, journey, cast):
    normal, confidential, sealed = journey(), journey(confidential=True), journey()
    printed = fingerprint(sealed.case)
    sealed.does("seal", cast.oanh, "2026-03-02 09:00")
    asked = [
        (UNKNOWN, fingerprint(normal.case)),
        (normal.case.code, fingerprint(confidential.case)),
        (confidential.case.code, "2222-2222-2222-2222"),
        (sealed.case.code, printed),
    ]
    pages = [ask(client, *typed) for typed in asked]
    assert [(page.status_code, panel(page)) for page in pages] == [(200, ("invalid", NOT_CONFIRMED))] * 4
    assert len({without_answers(page, *typed) for page, typed in zip(pages, asked, strict=True)}) == 1


def test_a_confidential_receipt_is_confirmed_to_whoever_holds_it(client, journey):
    case = journey(confidential=True).case
    assert panel(ask(client, case.code, fingerprint(case)))[0] == "valid"


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"code": UNKNOWN}, [("id_fingerprint", "Vui lòng nhập dấu xác thực.")]),
        ({"fingerprint": "7K3M"}, [("id_code", "Vui lòng nhập mã hồ sơ.")]),
        (
            {"code": "PAKN-2603-0000-00006", "fingerprint": "7K3M"},
            [("id_code", "Mã hồ sơ bị gõ sai hoặc thiếu ký tự. Vui lòng so lại với biên nhận.")],
        ),
        (
            {"code": "Nguyễn Thị Cúc", "fingerprint": "7K3M"},
            [("id_code", "Đây không phải là mã hồ sơ. Mã có dạng PAKN-2603-ABCD-EFGHJ.")],
        ),
    ],
)
def test_what_is_missing_or_mistyped_is_told_beside_its_box(client, typed, told):
    page = client.get(VERIFY, typed)
    assert (page.status_code, errors(page), panel(page)) == (200, told, None)


def test_guessing_is_put_off_together_with_looking_up(client, journey, settings):
    settings.LIMIT_LOOKUP = parse_rate("2/d")
    case = journey().case
    assert ask(client, case.code, "sai").status_code == 200
    assert client.get("/tra-cuu/", {"q": case.code}).status_code == 200
    late = ask(client, case.code, fingerprint(case))
    assert late.status_code == 429
    assert 0 < int(late.headers["Retry-After"]) <= 86400
    assert client.get(VERIFY).status_code == 200


def test_the_page_takes_no_posts(client):
    assert client.post(VERIFY, {"code": UNKNOWN, "fingerprint": "7K3M"}).status_code == 405


def test_every_page_leads_to_the_verification(client):
    assert '<a href="/xac-nhan/">Kiểm tra biên nhận</a>' in text_of(client.get("/tra-cuu/"))


def words_of(client, code):
    """The receipt as it reads, once its case is opened here."""
    open_in(client, code)
    return " ".join(re.sub(r"<[^>]*>", " ", text_of(client.get(f"/bien-nhan/{code}/"))).split())


def test_the_receipt_says_what_comes_next_until_when_and_where_to_call(client, cast):
    """4 working hours after a Monday's opening; the case is opened on a day that is long past."""
    case = cast.files("2026-03-02 07:00")
    words = words_of(client, case.code)
    next_step = "Đã quá hạn từ 11:00 Thứ 2, 02/03/2026 : Tiếp nhận, phân phối (Trung tâm CNTT tỉnh Khánh Hòa)."
    assert next_step in words
    assert "Về việc: Đèn đường hỏng" in words
    assert "Cần hỏi thêm, xin gọi tổng đài và đọc mã hồ sơ: 1900 1023 ." in words
    assert f"Dấu xác thực: {fingerprint(case)} " in words


def test_the_receipt_of_what_was_just_filed_names_the_first_due_time_of_those_that_run(client, cast):
    """National: the answer in 15 working days; before that it is handed on, in 5."""
    lodgement = cast.lodgement(channel="national_portal", national_code="DVC-1")
    case = open_case(lodgement)
    first = case.clocks.get(key="distribute")
    assert first.due_at < case.clocks.get(key="answer").due_at
    due = date_format(timezone.localtime(first.due_at), "H:i l, d/m/Y")
    assert f"Chậm nhất {due} : Chuyển người trực tiếp xử lý (Trung tâm" in words_of(client, case.code)


def test_the_receipt_of_a_case_that_waits_for_its_sender_says_until_when(client, journey, cast):
    way = journey()
    way.does("send_back", cast.oanh, "2026-03-02 09:00", note="Đoạn nào?")
    assert "23:59 Thứ 4, 01/04/2026" in words_of(client, way.case.code)


def test_the_receipt_of_a_closed_case_names_no_due_time(client, journey, cast):
    way = journey()
    way.does("withdraw", cast.sender_of(way.case), "2026-03-02 09:00")
    words = words_of(client, way.case.code)
    assert ("Chậm nhất" in words, "quá hạn" in words, fingerprint(way.case) in words) == (False, False, True)


def test_the_receipt_carries_the_qr_code_which_only_its_sender_gets(client, journey):
    case = journey().case
    open_in(client, case.code)
    address = f"/bien-nhan/{case.code}/qr.svg"
    receipt = text_of(client.get(f"/bien-nhan/{case.code}/"))
    assert re.findall(r'<img src="([^"]*qr[^"]*)"\s+alt="([^"]*)"', receipt) == [
        (address, "Mã QR dẫn đến trang kiểm tra biên nhận này")
    ]
    picture = client.get(address)
    assert (picture.status_code, picture["Content-Type"], picture.content) == (200, "image/svg+xml", qr_code(case))
    assert "no-store" in picture["Cache-Control"]
    assert [Client().get(f"/bien-nhan/{code}/qr.svg").status_code for code in (case.code, UNKNOWN, "abc")] == [404] * 3


def test_the_receipt_of_a_sealed_case_has_neither_fingerprint_nor_qr_code(client, journey, cast):
    way = journey()
    printed = fingerprint(way.case)
    way.does("seal", cast.oanh, "2026-03-02 09:00")
    open_in(client, way.case.code)
    receipt = client.get(f"/bien-nhan/{way.case.code}/")
    assert receipt.status_code == 200
    assert [word for word in (printed, "qr.svg", "Đèn đường") if word in text_of(receipt)] == []
    assert client.get(f"/bien-nhan/{way.case.code}/qr.svg").status_code == 404


def test_receipt_picture_and_verification_need_few_queries(client, journey, django_assert_max_num_queries):
    case = journey().case
    open_in(client, case.code)
    with django_assert_max_num_queries(9):
        client.get(f"/bien-nhan/{case.code}/")
    with django_assert_max_num_queries(2):
        client.get(f"/bien-nhan/{case.code}/qr.svg")
    with django_assert_max_num_queries(2):
        ask(client, case.code, fingerprint(case))
