import re
import threading

import pytest
from captcha.models import CaptchaStore
from django.db import connections
from django.test import Client
from django.utils.formats import date_format

from agencies.limits import parse_rate
from agencies.models import AdministrativeUnit
from submissions.models import Attachment, Case, Sender
from tests.submissions.pages import LODGE, answers, code_of, errors, hidden, picture, text_of, web_page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cast", "passing_captcha")]


def test_a_filled_in_form_files_the_case_and_leads_to_its_receipt(client):
    sent = client.post(LODGE, answers(client.get(LODGE)))
    assert sent.status_code == 302
    case = Case.objects.get()
    assert code_of(sent) == case.code
    assert (case.state, case.title, case.content, case.channel, case.level) == (
        "LODGED", "Đèn đường hỏng", "Tối quá, không thấy đường.", "web", "normal",
    )  # fmt: skip
    sender = Sender.objects.get()
    assert (sender.full_name, sender.phone, sender.commune_id, sender.account) == (
        "Nguyễn Văn An", "+84912345678", "22366", None,
    )  # fmt: skip


def test_the_receipt_shows_the_code_in_one_element_and_what_runs_now(client):
    receipt = client.get(client.post(LODGE, answers(client.get(LODGE))).headers["Location"])
    case = Case.objects.get()
    assert receipt.status_code == 200
    assert text_of(receipt).count(f'data-case-code="{case.code}"') == 1
    assert text_of(receipt).count("data-case-code") == 1
    clock = case.clocks.get()
    assert f'data-clock="intake" data-id="{clock.pk}"' in " ".join(text_of(receipt).split())
    assert date_format(clock.due_at.astimezone(), "H:i d/m/Y")[-10:] in text_of(receipt)
    assert "no-store" in receipt.headers["Cache-Control"]


def test_a_receipt_opens_only_in_the_session_that_filed_or_opened_the_case(client):
    receipt = client.post(LODGE, answers(client.get(LODGE))).headers["Location"]
    for address in (receipt, "/bien-nhan/PAKN-2603-0000-00000/"):
        elsewhere = Client().get(address)
        assert (elsewhere.status_code, elsewhere.headers["Location"]) == (302, "/tra-cuu/")


def test_someone_signed_in_files_under_the_account(client, cast):
    client.force_login(cast.binh.user)
    client.post(LODGE, answers(client.get(LODGE)))
    assert Sender.objects.get().account == cast.binh.user


def test_staff_signed_in_files_as_anybody(client, cast):
    client.force_login(cast.son.user)
    client.post(LODGE, answers(client.get(LODGE)))
    assert Sender.objects.get().account is None


def test_the_page_says_what_is_accepted_and_where_the_rest_goes(client):
    page = text_of(client.get(LODGE))
    before_the_first_field = page[: page.index('name="sender_type"')]
    for words in (
        "Hạ tầng đô thị (cấp thoát nước",
        "Khiếu nại, tố cáo",
        "Luật Khiếu nại",
        "Luật Tố cáo",
        "Ban Tiếp công dân",
        "Sở Tư pháp",
        "Cổng Pháp luật quốc gia",
    ):
        assert words in before_the_first_field


def test_the_hotline_stands_before_the_incident_and_the_version_of_the_notice_before_the_consent(client):
    page = text_of(client.get(LODGE))
    assert '<a href="tel:19001023">1900 1023</a>, không chờ điền xong.' in page[: page.index('name="incident"')]
    assert "Phiên bản thông báo: 2026-11." in page[: page.index('name="consent"')]


@pytest.mark.parametrize(
    ("sender_type", "label"),
    [
        ("citizen", "Họ và tên người dân"),
        ("business", "Tên doanh nghiệp"),
        ("organisation", "Tên tổ chức"),
        ("state_body", "Tên cơ quan nhà nước"),
    ],
)
def test_the_label_of_the_name_is_that_of_the_sender_type_after_a_refresh_and_after_an_error(
    client, sender_type, label
):
    chosen = {"sender_type": sender_type}
    refreshed = client.post(LODGE, answers(client.get(LODGE), **chosen, refresh="1"))
    wrong = client.post(LODGE, answers(client.get(LODGE), **chosen, phone=""))
    for page in (refreshed, wrong):
        assert re.findall(r'<span data-for="\w+" class="">([^<]+)</span>', text_of(page)) == [label]
    review = client.post(LODGE, answers(client.get(LODGE), **chosen, review="1"))
    assert f"<dt>{label}</dt>" in text_of(review)


def test_an_error_is_told_above_and_beside_the_field_with_status_422_and_everything_typed_stays(client):
    sent = client.post(LODGE, answers(client.get(LODGE), phone="12", email="an@example.vn", agency="soxd"))
    sentence = "Số điện thoại không đúng. Vui lòng nhập số điện thoại Việt Nam, ví dụ 0912 345 678."
    assert sent.status_code == 422
    assert errors(sent) == [("id_phone", sentence)]
    page = text_of(sent)
    assert 'aria-describedby="id_phone_helptext id_phone_error"' in page
    assert page.count(sentence) == 2
    for typed in ('value="Nguyễn Văn An"', 'value="12"', 'value="an@example.vn"', "Tối quá, không thấy đường."):
        assert typed in page
    for chosen in (
        'value="22366" selected',
        'value="soxd" selected',
        'value="citizen" required id="id_sender_type_0" checked',
    ):
        assert chosen in page
    assert Case.objects.count() == 0


def test_after_an_error_uploads_and_the_solved_captcha_count_without_being_sent_again(client):
    first = client.post(LODGE, answers(client.get(LODGE), consent=None, attachments=[picture("a.png"), web_page()]))
    assert errors(first) == [
        (
            "id_attachments",
            "Tệp “trang.html” là trang web nên không được nhận. Vui lòng chụp màn hình hoặc lưu thành PDF rồi gửi.",
        ),
        ("id_consent", "Vui lòng đánh dấu đồng ý xử lý dữ liệu cá nhân để gửi phản ánh."),
    ]
    (draft,) = Attachment.objects.all()
    assert hidden(first)["kept"] == [str(draft.pk)]
    again = answers(first, attachments=[picture("b.png")])
    assert again["captcha_1"] != "PASSED"
    sent = client.post(LODGE, again)
    assert sent.status_code == 302
    case = Case.objects.get()
    assert [(file.name, file.role) for file in case.attachments.all()] == [("a.png", "matter"), ("b.png", "matter")]


def test_a_kept_file_can_be_dropped(client):
    first = client.post(LODGE, answers(client.get(LODGE), consent=None, attachments=[picture()]))
    client.post(LODGE, answers(first, drop=hidden(first)["kept"]))
    assert Case.objects.get().attachments.count() == 0


def test_somebody_elses_draft_is_not_taken(client):
    first = client.post(LODGE, answers(client.get(LODGE), consent=None, attachments=[picture()]))
    other = Client()
    other.post(LODGE, answers(other.get(LODGE), kept=hidden(first)["kept"]))
    assert Case.objects.get().attachments.count() == 0


def test_a_solved_captcha_is_good_for_one_submission(client, settings):
    settings.CAPTCHA_TAKES_PASSED = False
    page = client.get(LODGE)
    key = hidden(page)["captcha_0"]
    solved = client.post(LODGE, answers(page, captcha_1=CaptchaStore.objects.get(hashkey=key).response, consent=None))
    first = answers(solved)
    assert client.post(LODGE, first).status_code == 302
    second = client.post(LODGE, first | {"submission_key": "6f0f6a0e-3f0c-4b3e-9d7c-0d3f5b8c1a11"})
    assert second.status_code == 422
    assert errors(second) == [
        ("id_captcha_1", "Mã bảo mật không đúng hoặc đã hết hạn. Vui lòng nhập mã mới trong hình.")
    ]
    assert Case.objects.count() == 1


def test_another_province_is_shown_without_judging_and_without_losing_anything(client):
    capital = AdministrativeUnit.objects.create(code="01", level="province", kind="thành phố", name="Thành phố Hà Nội")
    AdministrativeUnit.objects.create(
        code="00004", level="commune", kind="phường", name="Phường Ba Đình", parent=capital
    )
    page = client.get(LODGE)
    shown = client.post(
        LODGE, answers(page, province="01", commune="", refresh="1", attachments=[picture()], confidential="on")
    )
    assert shown.status_code == 200
    assert errors(shown) == []
    text = text_of(shown)
    for kept in ("Phường Ba Đình", 'value="Nguyễn Văn An"', "anh.png", "Ông/Bà đã nhập đúng mã bảo mật"):
        assert kept in text
    assert "Phường Nha Trang" not in text
    sent = client.post(LODGE, answers(shown, province="01", commune="00004"))
    assert sent.status_code == 302
    assert Sender.objects.get().commune_id == "00004"
    assert Case.objects.get().attachments.count() == 1


def test_a_new_captcha_is_drawn_without_judging(client):
    page = client.get(LODGE)
    drawn = client.post(LODGE, answers(page, captcha_1="", phone="", reload_captcha="1"))
    assert (drawn.status_code, errors(drawn)) == (200, [])
    assert hidden(drawn)["captcha_0"] != hidden(page)["captcha_0"]


def test_the_review_shows_the_answers_and_files_nothing_then_sends_or_goes_back(client):
    review = client.post(
        LODGE, answers(client.get(LODGE), review="1", attachments=[picture("a.png")], confidential="on")
    )
    assert review.status_code == 200
    for shown in (
        "Phản ánh chưa được gửi",
        "Nguyễn Văn An",
        "0912 345 678",
        "Phường Nha Trang, Tỉnh Khánh Hòa",
        "a.png",
    ):
        assert shown in text_of(review)
    assert Case.objects.count() == 0
    back = client.post(LODGE, hidden(review) | {"edit": "1"})
    assert (back.status_code, errors(back)) == (200, [])
    assert 'value="Nguyễn Văn An"' in text_of(back)
    again = client.post(LODGE, answers(back, review="1", confidential="on"))
    sent = client.post(LODGE, hidden(again))
    assert sent.status_code == 302
    case = Case.objects.get()
    assert (case.level, case.attachments.get().name) == ("confidential", "a.png")


def test_a_review_of_a_wrong_form_is_the_form_with_its_errors(client):
    review = client.post(LODGE, answers(client.get(LODGE), review="1", title=""))
    assert review.status_code == 422
    assert errors(review) == [("id_title", "Vui lòng nhập PAKN về việc gì.")]


def test_a_second_click_gives_the_same_receipt(client):
    form = answers(client.get(LODGE))
    assert code_of(client.post(LODGE, form)) == code_of(client.post(LODGE, form))
    assert Case.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_ten_clicks_at_once_give_the_same_receipt(client):
    page = client.get(LODGE)
    form = answers(client.post(LODGE, answers(page, consent=None)))
    cookie = client.cookies["sessionid"].value
    locations = []

    def click():
        browser = Client()
        browser.cookies["sessionid"] = cookie
        locations.append(browser.post(LODGE, form).headers.get("Location"))
        connections.close_all()

    clicks = [threading.Thread(target=click) for _ in range(10)]
    for thread in clicks:
        thread.start()
    for thread in clicks:
        thread.join()
    assert locations == [f"/bien-nhan/{Case.objects.get().code}/"] * 10


def test_too_many_submissions_from_one_address_are_put_off_with_the_text_kept(client, settings):
    settings.LIMIT_SUBMIT = parse_rate("1/d")
    assert client.post(LODGE, answers(client.get(LODGE))).status_code == 302
    second = client.post(LODGE, answers(client.get(LODGE), title="Cây đổ"))
    assert second.status_code == 429
    assert 0 < int(second.headers["Retry-After"]) <= 86400
    assert 'value="Cây đổ"' in text_of(second)
    assert "Ông/Bà đã nhập đúng mã bảo mật" in text_of(second)
    assert Case.objects.count() == 1


def test_the_form_takes_the_token_against_forged_posts():
    assert Client(enforce_csrf_checks=True).post(LODGE, {}).status_code == 403


VNI = {"title": "Ñeøn ñöôøng hoûng", "content": "Toái quaù, khoâng thaáy ñöôøng."}
ABC = {"title": "§Ìn ®­êng háng", "content": "Tèi qu¸, kh«ng thÊy ®­êng."}
IN_UNICODE = {"title": "Đèn đường hỏng", "content": "Tối quá, không thấy đường."}
UNACCENTED = {"title": "Den duong hong", "content": "Toi qua, khong thay duong di ve nha."}


@pytest.mark.parametrize(
    ("typed", "remarks", "said"),
    [
        (VNI, {"written": "vni"} | IN_UNICODE, "Lưu ý: phản ánh được viết bằng phông chữ cũ VNI."),
        (ABC, {"written": "tcvn3"} | IN_UNICODE, "Lưu ý: phản ánh được viết bằng phông chữ cũ TCVN3 (ABC)."),
        (UNACCENTED, {"written": "unaccented"}, "Lưu ý: phản ánh được viết không dấu."),
        (IN_UNICODE, {}, None),
    ],
)
def test_text_in_an_old_font_or_unaccented_is_filed_at_once_and_the_remark_goes_with_it(
    client, cast, typed, remarks, said
):
    sent = client.post(LODGE, answers(client.get(LODGE), **typed))
    assert sent.status_code == 302
    case = Case.objects.get()
    assert case.remarks == remarks
    desk = Client()
    desk.force_login(cast.oanh.user)
    for page in (client.get(sent.headers["Location"]), desk.get(f"/can-bo/ho-so/{case.code}/")):
        assert re.findall(r"Lưu ý: phản ánh được viết [^.<]+\.", text_of(page)) == ([said] if said else [])
    assert "Lưu ý: phản ánh" not in text_of(Client().get(f"/phan-anh/{case.code}/"))


@pytest.mark.parametrize("typed", [VNI, ABC])
def test_text_in_an_old_font_is_shown_in_unicode_and_taken_over_with_one_button(client, typed):
    review = client.post(LODGE, answers(client.get(LODGE), **typed, review="1", attachments=[picture()]))
    wrong = client.post(LODGE, answers(client.get(LODGE), **typed, phone=""))
    for page in (review, wrong):
        assert "<p>Đèn đường hỏng</p>" in text_of(page)
        assert '<p class="text-as-typed">Tối quá, không thấy đường.</p>' in text_of(page)
    taken = client.post(LODGE, hidden(review) | {"convert": "1"})
    assert (taken.status_code, errors(taken), Case.objects.count()) == (200, [], 0)
    page = text_of(taken)
    assert 'value="Đèn đường hỏng"' in page
    assert "Tối quá, không thấy đường.</textarea>" in page
    assert "phông chữ cũ" not in page
    sent = client.post(LODGE, answers(taken, **IN_UNICODE))
    assert sent.status_code == 302
    case = Case.objects.get()
    assert (case.title, case.content, case.remarks, case.attachments.count()) == (*IN_UNICODE.values(), {}, 1)


def test_unaccented_text_is_kindly_pointed_out_before_it_is_sent_and_may_stay_so(client):
    review = client.post(LODGE, answers(client.get(LODGE), **UNACCENTED, review="1"))
    assert "Phản ánh có vẻ được viết không dấu." in text_of(review)
    assert 'name="convert"' not in text_of(review)
    assert client.post(LODGE, hidden(review)).status_code == 302


def test_nothing_is_said_about_well_written_text(client):
    review = client.post(LODGE, answers(client.get(LODGE), review="1"))
    wrong = client.post(LODGE, answers(client.get(LODGE), phone=""))
    assert ['id="remark"' in text_of(page) for page in (client.get(LODGE), review, wrong)] == [False, False, False]
