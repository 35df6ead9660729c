import re

import pytest
from django.template.loader import get_template
from django.test import Client

from submissions.models import Case
from tests.submissions.pages import errors, hidden, picture, text_of
from workflow.models import CaseEvent, Question, Rating

QUESTION = {"body": "Bao giờ sửa xong?"}


@pytest.fixture
def own(client):
    """Opens a case in this browser and gives its address."""

    def open_it(way):
        client.post("/tra-cuu/", {"q": way.case.code, "phone": "0912345678"})
        return f"/phan-anh/{way.case.code}/"

    return open_it


def offered(response):
    return re.findall(r'action="/phan-anh/[^/]+/(\w+)/"', text_of(response))


def test_the_public_page_of_an_answered_case_shows_matter_and_answer_in_the_frame_of_phu_luc_i(published):
    case = published().case
    page = Client().get(f"/phan-anh/{case.code}/")
    text = " ".join(text_of(page).split())
    assert f'data-case-code="{case.code}" data-state="ANSWERED"' in text
    frame = [
        "Kính chào Ông/Bà!",
        "Phản ánh, kiến nghị của Ông/Bà được cơ quan chức năng trả lời như sau:",
        "Đã thay bóng đèn.",
        "Chân thành cảm ơn phản ánh, kiến nghị của Ông/Bà "
        "và mong tiếp tục nhận được phản ánh, kiến nghị trong thời gian tới.",
        "Trân trọng./.",
    ]
    places = [text.index(words) for words in frame]
    assert places == sorted(places)
    assert "Đèn đường trước số 12 Trần Phú không sáng ba hôm nay." in text
    for secret in ("Cúc", "912 345 678", "912345678", "cuc@example.vn", "Nguyễn Văn Sơn", "Phạm Thị Lan"):
        assert secret not in text


def test_talk_ratings_note_and_refusals_are_the_senders_alone(published, cast, own, client):
    way = published()
    sender = cast.sender_of(way.case)
    way.does("ask", sender, "2026-03-09 09:00", body="Câu hỏi riêng", attachments=[])
    way.does("rate", sender, "2026-03-09 10:00", score="satisfied", note="Lời riêng")
    public = text_of(Client().get(f"/phan-anh/{way.case.code}/"))
    assert "Hài lòng" in public
    for secret in ("Câu hỏi riêng", "Lời riêng"):
        assert secret not in public
        assert secret in text_of(client.get(own(way)))


def test_a_draft_result_is_shown_to_nobody_outside(journey, cast, own, client):
    way = journey()
    way.does("distribute", cast.oanh, "2026-03-02 10:00", field=cast.field(), agency=cast.agency("soxd"))
    way.does("accept", cast.son, "2026-03-02 15:00")
    way.does("submit", cast.son, "2026-03-05 15:00", outcome="done", body="BẢN NHÁP", attachments=[])
    assert "BẢN NHÁP" not in text_of(client.get(own(way)))
    assert "BẢN NHÁP" not in text_of(Client().get(f"/phan-anh/{way.case.code}/"))


def test_the_sender_is_offered_what_may_be_done_now_and_the_public_nothing(journey, published, cast, own, client):
    way = journey()
    assert offered(client.get(own(way))) == ["withdraw", "ask", "set_secrecy", "contact"]
    assert offered(Client().get(f"/phan-anh/{way.case.code}/")) == []
    way.does("send_back", cast.oanh, "2026-03-02 09:00", note="Xin ghi rõ số nhà.")
    page = client.get(own(way))
    assert offered(page) == ["complete", "withdraw", "ask", "set_secrecy", "contact"]
    assert offered(client.get(own(published()))) == ["ask", "rate", "set_secrecy", "contact"]


def test_what_the_centre_asked_for_stands_above_the_form_that_completes_it(journey, cast, own, client):
    way = journey()
    address = own(way)
    way.does("send_back", cast.oanh, "2026-03-02 09:00", note="Xin ghi rõ số nhà.")
    note, form = "Xin ghi rõ số nhà.", f'action="{address}complete/"'
    page = text_of(client.get(address))
    assert page.count(note) == 3
    assert page.index(note) < page.index('id="matter"')
    assert page.index(form) < page.index(note, page.index(form)) < page.index('id="id_complete_content"')
    assert text_of(client.get(f"{address}complete/")).count(note) == 1
    assert text_of(client.get(f"{address}withdraw/")).count(note) == 0
    assert text_of(client.post(f"{address}complete/", {"content": ""})).count(note) == 1
    assert text_of(Client().get(address)).count(note) == 0
    way.does("complete", cast.sender_of(way.case), "2026-03-02 10:00", content="Số 12.", attachments=[])
    assert "Trung tâm đề nghị Ông/Bà bổ sung:" not in text_of(client.get(address))


def test_a_question_of_the_agency_asks_for_an_answer_until_the_result_is_there(journey, cast, own, client):
    way = journey()
    address = own(way)
    way.does("distribute", cast.oanh, "2026-03-02 09:00", field=cast.field(), agency=cast.agency("soxd"))
    way.does("accept", cast.son, "2026-03-02 09:10")
    way.does("inquire", cast.son, "2026-03-02 09:20", body="Cột số mấy?")
    assert "đang hỏi Ông/Bà" in text_of(client.get(address))
    way.does("submit", cast.son, "2026-03-02 10:00", outcome="done", body="Đã thay bóng.")
    way.does("approve", cast.lan, "2026-03-02 10:30")
    page = text_of(client.get(address))
    assert "Cột số mấy?" in page and "đang hỏi Ông/Bà" not in page


def test_an_action_is_done_told_and_leads_back(journey, own, client):
    way = journey()
    address = own(way)
    done = client.post(f"{address}ask/", QUESTION | {"attachments": [picture("a.png")]})
    assert (done.status_code, done.headers["Location"]) == (302, address)
    question = Question.objects.get()
    assert (question.body, question.attachments.get().name) == ("Bao giờ sửa xong?", "a.png")
    page = text_of(client.get(address))
    assert "Đã gửi câu hỏi. Câu trả lời hiện ở trang này; hạn trả lời ở mục thời hạn." in page
    assert "Bao giờ sửa xong?" in page


def test_get_on_an_action_shows_its_form_alone(journey, own, client):
    page = client.get(f"{own(journey())}withdraw/")
    assert page.status_code == 200
    assert offered(page) == ["withdraw"]


def test_bad_input_gives_the_form_again_with_nothing_lost(journey, own, client):
    address = own(journey())
    wrong = client.post(f"{address}ask/", {"body": " ", "attachments": [picture("a.png")]})
    assert wrong.status_code == 422
    assert errors(wrong) == [("id_ask_body", "Vui lòng nhập câu hỏi.")]
    client.post(f"{address}ask/", hidden(wrong) | QUESTION)
    assert Question.objects.get().attachments.get().name == "a.png"


def test_what_the_state_does_not_allow_is_a_conflict_that_keeps_the_text(journey, own, client):
    refused = client.post(f"{own(journey())}rate/", {"score": "satisfied", "note": "Rất nhanh"})
    assert refused.status_code == 409
    assert "Hồ sơ đang ở bước “Mới gửi” nên chưa thực hiện được việc này." in text_of(refused)
    assert "Rất nhanh" in text_of(refused)
    assert Rating.objects.count() == 0


def test_a_form_older_than_the_case_is_a_conflict_that_says_what_happened(journey, cast, own, client):
    way = journey()
    address = own(way)
    form = hidden(client.get(f"{address}withdraw/"))
    way.does("receive", cast.oanh, "2026-03-02 09:00")
    late = client.post(f"{address}withdraw/", form | {"note": "Đã tự sửa"})
    assert late.status_code == 409
    for words in ("Hồ sơ đã thay đổi sau khi Ông/Bà mở trang này.", "Trung tâm đã tiếp nhận", "Đã tự sửa"):
        assert words in text_of(late)
    assert Case.objects.get().state == "CHECKED"


def test_a_form_older_than_the_case_says_what_happened_in_the_wrong_state_too(journey, cast, own, client):
    way = journey()
    address = own(way)
    way.does("send_back", cast.oanh, "2026-03-02 09:00", note="Xin ghi rõ số nhà.")
    form = hidden(client.get(f"{address}complete/"))
    way.does("complete", cast.oanh, "2026-03-02 10:00", content="Bà Cúc gọi đến.", attachments=[])
    late = client.post(f"{address}complete/", form | {"content": "Số 12."})
    assert late.status_code == 409
    for words in ("Hồ sơ đang ở bước “Mới gửi”", "Người gửi đã bổ sung", "Số 12."):
        assert words in text_of(late)


def test_nobody_but_the_sender_acts_and_staffs_actions_are_nobodys_here(journey, cast, own, client):
    way = journey()
    address = own(way)
    events = CaseEvent.objects.count()
    assert Client().post(f"{address}ask/", QUESTION).status_code == 403
    assert Client().get(f"{address}ask/").status_code == 403
    assert client.post(f"{address}receive/").status_code == 403
    assert client.post(f"{address}no-such/").status_code == 404
    staff = Client()
    staff.force_login(cast.oanh.user)
    assert staff.post(f"{address}receive/").status_code == 403
    assert CaseEvent.objects.count() == events


def test_the_account_that_filed_a_case_sees_it_without_phone(journey, cast, client):
    way = journey(account=cast.binh.user, confidential=True)
    client.force_login(cast.binh.user)
    assert "Nguyễn Thị Cúc" in text_of(client.get(f"/phan-anh/{way.case.code}/"))
    client.force_login(cast.oanh.user)
    assert client.get(f"/phan-anh/{way.case.code}/").status_code == 404


def test_a_sealed_case_is_a_stub_for_its_sender(journey, cast, own, client):
    way = journey()
    way.does("seal", cast.oanh, "2026-03-02 09:00")
    page = client.get(own(way))
    assert page.status_code == 200
    assert f'data-case-code="{way.case.code}" data-state="SEALED"' in text_of(page)
    for secret in ("Đèn đường", "Trần Phú", "Cúc"):
        assert secret not in text_of(page)
    assert offered(page) == []


def test_a_duplicate_names_the_earlier_case_unless_that_one_is_hidden(journey, cast, own, client):
    earlier, later = journey(), journey()
    later.does("refuse", cast.oanh, "2026-03-02 09:00", ground="duplicate", duplicate_of=earlier.case, note="Trùng.")
    assert earlier.case.code in text_of(client.get(own(later)))
    earlier.does("set_secrecy", cast.oanh, "2026-03-02 10:00", level="withheld")
    assert earlier.case.code not in text_of(client.get(own(later)))


def test_what_people_typed_is_never_markup(journey, own, client):
    page = client.get(own(journey(title="<script>alert(1)</script>", content="<b>đậm</b>"))).content.decode()
    assert "<script>" not in page
    assert "<b>" not in page


def test_a_case_is_never_cached(journey, client):
    assert "no-store" in client.get(f"/phan-anh/{journey().case.code}/").headers["Cache-Control"]


@pytest.mark.parametrize("template", ["400.html", "403.html", "403_csrf.html", "404.html", "429.html", "500.html"])
def test_error_pages_need_no_context(template):
    page = get_template(template).render()
    assert '<html lang="vi">' in page
    assert page.count("<h1>") == 1
