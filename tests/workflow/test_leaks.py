"""What must not go out unnoticed: what is found, and that nothing goes out before it is cleared or justified."""

import re
import time

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from tests.workflow.desk import act_address, case_address, desk_of
from workflow import leaks
from workflow.leaks import Kind
from workflow.models import CaseEvent
from workflow.versions import difference

INNER = "Anh Tư bên đội điện báo kho hết bóng loại này đến cuối tháng mới nhập về"


@pytest.fixture
def processing(journey, cast):
    way = journey()
    way.does("distribute", cast.oanh, "2026-03-02 09:00", field=cast.field(), agency=cast.agency("soxd"), note="Gấp.")
    way.does("accept", cast.son, "2026-03-02 10:00", coordinating=[cast.agency("soyt")], note=INNER)
    way.fresh()
    return way


def kinds(case, text, public=True):
    return [(str(hit.kind), hit.text) for hit in leaks.found(case, text, public=public)]


@pytest.mark.parametrize(
    ("text", "hits"),
    [
        ("Liên hệ 0905 123 456 hoặc +84 258 3822 222.", [("phone", "0905 123 456"), ("phone", "+84 258 3822 222")]),
        ("Chủ xe 79A-123.45, 79-B1 234.56", [("plate", "79A-123.45"), ("plate", "79-B1 234.56")]),
        ("Xe 51F1234, 79a-123.45", [("plate", "51F1234"), ("plate", "79a-123.45")]),
        ("Xe 79A.123.45", [("plate", "79A.123.45")]),
        ("(0258) 3822 222, 0912–345–678, 0912/345/678, 0912\u00a0345\u00a0678", [
            ("phone", "(0258) 3822 222"), ("phone", "0912–345–678"), ("phone", "0912/345/678"),
            ("phone", "0912\u00a0345\u00a0678"),
        ]),
        ("CCCD 056-095-001-234", [("identity", "056-095-001-234")]),
        ("Ngày 02/03/2026 08:30, 01.03.2026 12 Trần Phú, 20kg 1000 đồng", []),
        ("CCCD 056 095 001 234 và 056095001234", [("identity", "056 095 001 234"), ("identity", "056095001234")]),
        ("Gửi về an.nguyen@khanhhoa.gov.vn.", [("email", "an.nguyen@khanhhoa.gov.vn")]),
        ("Văn bản MẬT số 12, lưu hành nội bộ", [("mark", "MẬT"), ("mark", "lưu hành nội bộ")]),
        ("Văn bản Tối mật", [("mark", "Tối mật")]),
        ("Bà nguyễn thị cúc đã nhận", [("name", "nguyễn thị cúc")]),
        ("Quyết định 18/2022/QĐ-UBND ngày 01/03/2026, 12 Trần Phú, tổng 1.234.567.890 đồng", []),
        ("Gọi tổng đài 1900 1023 hoặc pakn@khanhhoa.gov.vn", []),
        ("Bảo mật thông tin; giữ bí mật; mật độ cao", []),
    ],
)  # fmt: skip
def test_what_is_found(cast, text, hits):
    assert kinds(cast.files(), text) == hits


def test_a_text_made_to_be_slow_is_read_fast():
    started = time.perf_counter()
    assert not leaks.personal("a" * 200_000 + " " + "a.b-" * 50_000)
    assert time.perf_counter() - started < 3


def test_the_senders_own_data_may_stand_in_what_the_sender_alone_reads(cast):
    case = cast.files()
    text = "Chào bà Nguyễn Thị Cúc, chúng tôi gọi số 0912 345 678, thư cuc@example.vn."
    assert [kind for kind, _text in kinds(case, text)] == ["name", "phone", "email"]
    assert kinds(case, text, public=False) == []
    assert kinds(case, "số 0912 345 679", public=False) == [("phone", "0912 345 679")]


def test_a_passage_of_an_internal_note_is_found_however_it_is_cased_or_spaced(processing):
    text = f"Trả lời: {INNER.upper().replace(' ', '  ')}. Xin cảm ơn."
    assert [kind for kind, _text in kinds(processing.case, text)] == ["inner"]
    assert kinds(processing.case, "kho hết bóng loại này đến cuối tháng") == [
        ("inner", "kho hết bóng loại này đến cuối tháng")
    ]
    assert kinds(processing.case, "kho hết bóng loại này đến cuối") == []


def test_what_the_sender_wrote_is_no_internal_passage_though_a_note_repeats_it(processing, cast):
    matter = "Đèn đường trước số 12 Trần Phú không sáng ba hôm nay"
    processing.does("note", cast.son, "2026-03-02 11:00", note=matter)
    assert kinds(processing.case, matter) == []


def test_an_opinion_counts_as_internal(processing, cast):
    opinion = "Sở Y tế cho rằng việc này không thuộc phạm vi quản lý của ngành"
    processing.does("opinion", cast.yen, "2026-03-02 11:00", body=opinion)
    assert kinds(processing.case, opinion) == [("inner", opinion)]


@given(st.text(alphabet="0123456789 .-+@abcMẬTỐI\n", max_size=80))
def test_pieces_are_the_text(text):
    hits = [*leaks._matches(text, Kind.PHONE, leaks.PHONE), *leaks._matches(text, Kind.IDENTITY, leaks.IDENTITY_NUMBER)]
    hits.sort(key=lambda hit: (hit.start, -hit.end))
    assert "".join(piece for piece, _hit in leaks.pieces(text, hits)) == text
    assert all(text[hit.start : hit.end] == hit.text for hit in hits)


def test_hits_that_overlap_are_all_told(journey, cast):
    way = journey()
    way.does("note", cast.oanh, "2026-03-02 08:30", note="Cúc hay gọi điện làm phiền tổng đài nhiều lần")
    text = "Bà Nguyễn Thị Cúc hay gọi điện làm phiền tổng đài nhiều lần."
    assert [kind for kind, _text in kinds(way.case, text)] == ["name", "inner"]
    assert "".join(piece for piece, _hit in leaks.pieces(text, leaks.found(way.case, text, public=True))) == text


def seen_in(case, text):
    return leaks.digest(leaks.found(case, text, public=True))


TEXTS = {
    "submit": {"outcome": "done", "body": "Gọi 0905 123 456."},
    "inquire": {"body": "Gọi 0905 123 456."},
    "progress": {"note": "Gọi 0905 123 456."},
}


@pytest.mark.parametrize("key", TEXTS)
def test_the_domain_lets_no_text_out_before_a_hit_is_justified(processing, cast, key):
    with pytest.raises(ValidationError) as refused:
        processing.does(key, cast.son, "2026-03-02 11:00", **TEXTS[key])
    assert "0905 123 456" in str(refused.value)
    justified = {"justified": "Số của tổ trực, đã công bố"}
    with pytest.raises(ValidationError):
        processing.does(key, cast.son, "2026-03-02 11:00", **TEXTS[key], **justified, hits_seen="of another text")
    seen = seen_in(processing.case, "Gọi 0905 123 456.")
    processing.does(key, cast.son, "2026-03-02 11:00", **TEXTS[key], **justified, hits_seen=seen)
    event = CaseEvent.objects.filter(action=key).get()
    assert event.facts["leaks"] == ["phone"]
    assert event.facts["justified"] == "Số của tổ trực, đã công bố"


def test_the_form_keeps_the_text_marks_the_hits_and_asks_why(processing):
    desk, case = desk_of("son"), processing.case
    sent = {"outcome": "done", "body": "Gọi 0905 123 456.", "version": case.version}
    response = desk.post(act_address(case, "submit"), sent)
    text = response.content.decode()
    assert response.status_code == 422
    assert "<mark>0905 123 456</mark> – số điện thoại" in text
    assert 'name="justified"' in text
    assert "Gọi 0905 123 456.</textarea>" in text
    sent |= {"justified": "Số của tổ trực", "hits_seen": re.search(r'name="hits_seen" value="(\w+)"', text)[1]}
    more = sent | {"body": f"Gọi 0905 123 456. {INNER}"}
    changed = desk.post(act_address(case, "submit"), more)
    assert changed.status_code == 422
    assert "Những chỗ được đánh dấu vừa thay đổi." in changed.content.decode()
    assert "trùng với trao đổi nội bộ" in changed.content.decode()
    assert desk.post(act_address(case, "submit"), sent).status_code == 302


def test_what_goes_out_is_shown_first_as_the_sender_will_read_it_and_nothing_is_done(processing):
    desk, case = desk_of("son"), processing.case
    sent = {"outcome": "done", "body": "Đã thay bóng.", "version": case.version, "preview": "1"}
    response = desk.post(act_address(case, "submit"), sent)
    text = response.content.decode()
    assert response.status_code == 200
    assert "Kính chào Ông/Bà!" in text
    assert "Đã thay bóng.</div>" in text
    assert processing.fresh().state == "PROCESSING"
    reply = desk.post(act_address(case, "inquire"), {"body": "Cột số mấy?", "preview": "1"}).content.decode()
    assert '<p class="text-as-typed" data-preview-body>Cột số mấy?</p>' in " ".join(reply.split())
    assert not processing.case.questions.exists()


@pytest.fixture
def submitted(processing, cast):
    processing.does("submit", cast.son, "2026-03-03 10:00", outcome="done", body="Đã thay bóng ở cột số 7.")
    processing.does("reject", cast.lan, "2026-03-03 11:00", reason="unclear", note="Ghi rõ ngày.")
    processing.does(
        "submit", cast.son, "2026-03-03 14:00", outcome="done", body="Đã thay bóng ở cột số 9, gọi 0905 123 456.",
        justified="Số của tổ trực", hits_seen=seen_in(processing.case, "gọi 0905 123 456"),
    )  # fmt: skip
    return processing.fresh()


def test_the_leader_sees_hits_why_they_stand_and_what_is_new(submitted):
    text = " ".join(desk_of("lan").get(case_address(submitted)).content.decode().split())
    assert '<mark title="số điện thoại">0905 123 456</mark>' in text
    assert "Số của tổ trực" in text
    assert "Khác với bản trình số 1" in text
    assert "Đã thay bóng ở cột số <del>7.</del><ins>9, gọi 0905 123 456.</ins>" in text


def test_the_leader_clears_each_hit_before_it_goes_out(submitted):
    desk = desk_of("lan")
    sent = {"version": submitted.version, "sha256": submitted.results.last().sha256}
    refused = desk.post(act_address(submitted, "approve"), sent)
    assert refused.status_code == 422
    assert "Hãy xem từng chỗ được đánh dấu" in refused.content.decode()
    sent |= {"hits_seen": seen_in(submitted, "0905 123 456")}
    assert desk.post(act_address(submitted, "approve"), sent | {"justified": []}).status_code == 422
    assert desk.post(act_address(submitted, "approve"), sent | {"justified": ["0"]}).status_code == 302
    event = CaseEvent.objects.get(action="approve")
    assert event.facts["cleared"] == ["“0905 123 456”: số điện thoại."]


def test_what_has_become_internal_since_the_leader_looked_is_looked_at_anew(submitted, processing, cast):
    desk = desk_of("lan")
    sent = {"version": submitted.version, "hits_seen": seen_in(submitted, "0905 123 456"), "justified": ["0"]}
    inner = "Đã thay bóng ở cột số 9, gọi 0905 123 456"
    processing.does("note", cast.son, "2026-03-03 15:00", note=inner)
    refused = desk.post(act_address(submitted, "approve"), sent)
    assert refused.status_code == 422
    assert "trùng với trao đổi nội bộ" in refused.content.decode()


def test_approving_leads_to_the_next_result_that_waits(submitted, journey, cast):
    way = journey("2026-03-02 08:30")
    way.does("distribute", cast.oanh, "2026-03-02 09:00", field=cast.field(), agency=cast.agency("soxd"))
    way.does("accept", cast.son, "2026-03-02 10:00")
    way.does("submit", cast.son, "2026-03-02 11:00", outcome="done", body="Đã xong.")
    desk = desk_of("lan")
    sent = {"version": way.fresh().version, "next": "1"}
    assert desk.post(act_address(way.case, "approve"), sent)["Location"] == case_address(submitted)
    seen = seen_in(submitted, "0905 123 456")
    sent = {"version": submitted.version, "justified": ["0"], "hits_seen": seen, "next": "1"}
    assert desk.post(act_address(submitted, "approve"), sent)["Location"] == "/can-bo/"


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_difference_holds_both_versions(old, new):
    parts = difference(old, new)
    assert "".join(text for kind, text in parts if kind != "new") == old
    assert "".join(text for kind, text in parts if kind != "gone") == new


def test_an_internal_note_is_read_inside_alone(processing, cast):
    processing.does("note", cast.son, "2026-03-02 11:00", note="Chờ vật tư.")
    assert "Chờ vật tư." in desk_of("oanh").get(case_address(processing.case)).content.decode()
    assert "Chờ vật tư." in desk_of("yen").get(case_address(processing.case)).content.decode()
    client = desk_of("binh")
    session = client.session
    session["opened"] = [processing.case.pk]
    session.save()
    page = client.get(f"/phan-anh/{processing.case.code}/").content.decode()
    assert processing.case.title in page
    assert "Chờ vật tư." not in page
    assert "Ghi chú nội bộ" not in page


def test_personal_data_in_what_the_sender_wrote_is_shown_to_staff_while_it_can_be_masked(journey, cast):
    way = journey(content="Gọi tôi 0987 654 321, xe 79A-123.45.")
    text = desk_of("oanh").get(case_address(way.case)).content.decode()
    assert "Sẽ công khai cùng câu trả lời, mà còn thông tin cá nhân:" in text
    assert "“0987 654 321”: số điện thoại." in text
    masked = {"public_title": way.case.title, "public_content": "Gọi tôi (đã che)."}
    way.does(
        "distribute", cast.oanh, "2026-03-02 09:00", field=cast.field(), agency=cast.agency("soxd"), **masked
    )  # fmt: skip
    assert "mà còn thông tin cá nhân" not in desk_of("lan").get(case_address(way.case)).content.decode()


NUMBER_INSIDE = "Gọi tôi 0987 654 321, đèn hỏng."


def test_a_number_in_what_would_be_public_stops_distribution_until_it_is_masked_or_justified(journey, cast):
    way = journey(content=NUMBER_INSIDE)
    desk, address = desk_of("oanh"), act_address(way.case, "distribute")
    asked = {"field": "ha-tang-do-thi", "agency": "soxd", "public_title": way.case.title}
    page = desk.post(address, asked | {"public_content": NUMBER_INSIDE, "version": way.case.version})
    text = page.content.decode()
    assert page.status_code == 422
    assert "<mark>0987 654 321</mark>" in text
    digest = re.search(r'name="hits_seen" value="(\w+)"', text)[1]
    masked = desk.post(address, asked | {"public_content": "Đèn hỏng.", "version": way.case.version})
    assert (masked.status_code, way.fresh().public_content) == (302, "Đèn hỏng.")
    other = journey(content=NUMBER_INSIDE)
    said = {"justified": "Số của tổ dân phố, đã đồng ý.", "hits_seen": digest, "version": other.case.version}
    kept = desk.post(act_address(other.case, "distribute"), asked | {"public_content": NUMBER_INSIDE} | said)
    assert (kept.status_code, other.fresh().state) == (302, "DISTRIBUTED")
    assert other.case.events.last().facts["justified"] == "Số của tổ dân phố, đã đồng ý."


def test_several_at_once_leave_out_what_has_to_be_masked(journey, cast):
    plain, with_number = journey(), journey(content=NUMBER_INSIDE)
    asked = {"code": [plain.case.code, with_number.case.code], "field": "ha-tang-do-thi", "agency": "soxd", "note": ""}
    page = desk_of("oanh").post("/can-bo/phan-phoi/", asked | {"confirm": "1"})
    assert "0987 654 321" in page.content.decode()
    assert (plain.fresh().state, with_number.fresh().state) == ("DISTRIBUTED", "LODGED")


def test_our_own_number_in_a_complaint_stops_nothing(journey, cast):
    way = journey(content="Tôi đã gọi 1900 1023 hai lần.")
    way.does("distribute", cast.oanh, "2026-03-02 09:00", field=cast.field(), agency=cast.agency("soxd"))
    assert way.fresh().state == "DISTRIBUTED"


def test_the_reason_why_a_draft_came_back_stands_on_top(processing, cast):
    processing.does("submit", cast.son, "2026-03-03 10:00", outcome="done", body="Đã thay.")
    processing.does("reject", cast.lan, "2026-03-03 11:00", reason="unclear", note="Ghi rõ ngày thay.")
    text = " ".join(desk_of("son").get(case_address(processing.case)).content.decode().split())
    head = text[: text.index('id="actions"')]
    assert "Lãnh đạo yêu cầu chỉnh sửa bản trình:" in head
    assert head.index("Ghi rõ ngày thay.") < head.index("Nội dung phản ánh")
    processing.does("submit", cast.son, "2026-03-03 14:00", outcome="done", body="Đã thay ngày 3/3.")
    assert "yêu cầu chỉnh sửa bản trình:" not in desk_of("lan").get(case_address(processing.case)).content.decode()
