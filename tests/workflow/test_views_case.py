"""The case page of staff: who sees how much of it, the markers, and what it costs."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.workflow.desk import case_address, desk_of, upload


def shown_to(username, case):
    response = desk_of(username).get(case_address(case))
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def offers_on(text):
    """The actions offered on a page, by the address their forms post to."""
    return re.findall(r'action="/can-bo/ho-so/[^/"]+/([a-z_]+)/"', text)


def distributed(way, cast):
    way.does("distribute", cast.oanh, "2026-03-02 09:00", field=cast.field(), agency=cast.agency("soxd"), note="Gấp.")
    return way.fresh()


def submitted(way, cast):
    distributed(way, cast)
    way.does("accept", cast.son, "2026-03-02 10:00", coordinating=[cast.agency("soyt")], note="Xin ý kiến.")
    way.does("submit", cast.son, "2026-03-03 10:00", outcome="done", body="Đã thay bóng đèn.")
    return way.fresh()


def test_without_a_login_the_page_sends_to_the_login(cast):
    address = case_address(cast.files())
    response = Client().get(address)
    assert (response.status_code, response["Location"]) == (302, f"/tai-khoan/dang-nhap/?next={address}")


@pytest.mark.parametrize(
    ("username", "status"),
    [
        ("oanh", 200),
        ("tam", 200),
        ("son", 200),
        ("lan", 200),
        ("yen", 404),
        ("mai", 404),
        ("quang", 404),
        ("binh", 404),
    ],
)
def test_who_sees_a_distributed_case(journey, cast, username, status):
    case = distributed(journey(), cast)
    assert desk_of(username).get(case_address(case)).status_code == status


@pytest.mark.parametrize("code", ["PAKN-2603-0000-00000", "khong-co", "%00", "1"])
def test_an_unknown_code_is_not_found(cast, code):
    assert desk_of("oanh").get(f"/can-bo/ho-so/{code}/").status_code == 404
    assert desk_of("oanh").get(f"/can-bo/ho-so/{code}/explain/").status_code == 404


def test_a_code_is_read_as_people_type_it(cast):
    case = cast.files()
    assert case.code in desk_of("oanh").get(f"/can-bo/ho-so/{case.code.lower()}/").content.decode()


def test_the_page_carries_code_state_and_clocks(journey, cast):
    way = journey()
    case = distributed(way, cast)
    text = shown_to("oanh", case)
    assert f'data-case-code="{case.code}" data-state="DISTRIBUTED"' in " ".join(text.split())
    clocks = re.findall(r'<tr data-clock="(\w+)"\s+data-id="(\d+)"\s+data-due="([^"]+)"\s+data-outcome="(\w+)">', text)
    stored = [str(pk) for pk in case.clocks.order_by("started_at", "pk").values_list("pk", flat=True)]
    assert [(key, due, outcome) for key, _pk, due, outcome in clocks] == [
        ("intake", "2026-03-02T14:00", "met"),
        ("verify", "2026-03-02T15:00", "late"),
    ]
    assert [pk for _key, pk, _due, _outcome in clocks] == stored


def test_a_provisional_due_time_says_so(cast):
    case = cast.files("2026-12-31 16:00")
    text = shown_to("oanh", case)
    assert " data-provisional" in text
    assert "tạm tính" in text


def test_the_operator_is_offered_what_the_procedure_allows_grouped(cast):
    assert offers_on(shown_to("oanh", cast.files())) == [
        "receive", "distribute", "explain", "send_back",
        "progress", "inquire", "note",
        "withdraw", "ask",
        "refuse", "set_secrecy", "seal",
    ]  # fmt: skip


def opened_on(text):
    """The actions whose forms stand open."""
    return re.findall(r'<details class="action" open>.*?action="/can-bo/ho-so/[^/"]+/([a-z_]+)/"', text, re.DOTALL)


def test_approving_stands_open_above_rejecting(journey, cast):
    text = shown_to("lan", submitted(journey(), cast))
    assert offers_on(text)[:3] == ["approve", "explain", "reject"]
    assert opened_on(text) == ["approve"]


def test_a_consulted_agencys_opinion_is_its_next_step(journey, cast):
    way = journey()
    distributed(way, cast)
    way.does("accept", cast.son, "2026-03-02 10:00", coordinating=[cast.agency("soyt")], note="Xin ý kiến.")
    text = shown_to("yen", way.case)
    assert offers_on(text)[:2] == ["opinion", "decline"]
    assert opened_on(text) == ["opinion"]


def head_tags(text):
    """The tags beside the code, above the title."""
    head = re.search(r'<p class="case-head">(.*?)</p>', text, re.DOTALL)[1]
    return re.findall(r'<span class="(tag[^"]*)">([^<]*)</span>', head)


def test_the_clock_that_is_due_first_stands_beside_the_code(cast):
    (_state, (look, words)) = head_tags(shown_to("oanh", cast.files()))
    assert look == "tag tag-late"
    assert re.fullmatch(r"[^:]+: quá hạn .+", words)


def test_no_clock_stands_beside_the_code_of_a_closed_case(journey, cast):
    way = journey()
    way.does("refuse", cast.oanh, "2026-03-02 09:00", ground="spam", note="Quảng cáo.")
    assert head_tags(shown_to("oanh", way.case)) == [("tag", "Từ chối tiếp nhận")]


def test_the_parents_leader_reads_and_may_remind_only(journey, cast):
    way = journey()
    way.does("distribute", cast.oanh, "2026-03-02 09:00", field=cast.field(), agency=cast.agency("moitruong"))
    assert offers_on(shown_to("lan", way.case)) == ["remind"]


def test_sender_and_internal_text_are_set_apart(journey, cast):
    case = submitted(journey(), cast)
    text = shown_to("oanh", case)
    assert "Nguyễn Thị Cúc" not in text
    assert "Thông tin người gửi đang đóng." in text
    assert "Nội bộ, người gửi không đọc được" in text
    assert "Đã thay bóng đèn." not in text


def test_a_coordinating_agency_sees_the_matter_but_not_the_sender_nor_the_result(journey, cast):
    case = submitted(journey(), cast)
    text = shown_to("yen", case)
    assert "Đèn đường trước số 12 Trần Phú không sáng ba hôm nay." in text
    assert "Nguyễn Thị Cúc" not in text
    assert "Đã thay bóng đèn." not in text


def test_the_leader_reads_the_pending_result_in_the_frame_of_the_annex_with_its_hash(journey, cast):
    case = submitted(journey(), cast)
    text = shown_to("lan", case)
    for sentence in (
        "Kính chào Ông/Bà!",
        "Phản ánh, kiến nghị của Ông/Bà được cơ quan chức năng trả lời như sau:",
        "Đã thay bóng đèn.",
        "Chân thành cảm ơn phản ánh, kiến nghị của Ông/Bà và mong tiếp tục nhận được phản ánh, kiến nghị trong thời "
        "gian tới.",
        "Trân trọng./.",
    ):
        assert sentence in text
    assert text.count(case.results.get().sha256) == 2
    assert "approve" in offers_on(text)
    assert "approve" not in offers_on(shown_to("son", case))


def test_a_sealed_case_is_a_stub_for_those_who_held_it(journey, cast):
    case = distributed(journey(), cast)
    way = journey()
    distributed(way, cast)
    way.does("seal", cast.son, "2026-03-02 11:00", note="Có nội dung mật.")
    for username in ("oanh", "tam", "quang", "son", "lan"):
        text = shown_to(username, way.case)
        assert 'data-state="SEALED"' in text
        assert "Hồ sơ đã niêm phong" in text
        assert "Đèn đường" not in text
        assert "Nguyễn Thị Cúc" not in text
        assert "data-clock" not in text
    assert offers_on(shown_to("quang", way.case)) == ["unseal"]
    assert desk_of("yen").get(case_address(way.case)).status_code == 404
    assert desk_of("quang").get(case_address(case)).status_code == 404


def test_everything_that_can_happen_to_a_case_is_shown(journey, cast):
    way = journey()
    submitted(way, cast)
    sender = cast.sender_of(way.case)
    way.does("reject", cast.lan, "2026-03-03 13:30", reason="unclear", note="Nêu rõ số bóng đèn.")
    way.does("inquire", cast.son, "2026-03-03 13:40", body="Cột đèn số mấy?", attachments=[])
    way.does("answer", sender, "2026-03-03 13:50", body="Cột số 7.", attachments=[])
    way.does(
        "submit", cast.son, "2026-03-03 14:00", outcome="commitment", commitment_date=date(2026, 3, 20), body="Sẽ thay."
    )
    way.does("approve", cast.lan, "2026-03-03 14:30", note="")
    way.does("ask", sender, "2026-03-03 15:00", body="Có chắc không?", attachments=[])
    way.does("rate", sender, "2026-03-03 15:10", score="unsatisfied", note="Lâu quá.")
    way.does("conclude", cast.lan, "2026-03-03 16:00", decision="keep", note="Đúng hẹn.")
    way.does("fulfil", cast.son, "2026-03-10 09:00", note="Đã thay ngày 9/3.", attachments=[])
    way.does("explain", cast.son, "2026-03-10 10:00", clock=way.case.clocks.get(key="question").pk, note="Nghỉ ốm.")
    text = shown_to("lan", way.case)
    for words in (
        "Cột đèn số mấy?", "Cột số 7.", "Sẽ thay.", "Cam kết hoàn thành xử lý trước hết ngày", "20/03/2026",
        "Có chắc không?", "Không hài lòng", "Lâu quá.", "Giữ nguyên kết quả",
        "Đúng hẹn.", "Đã thay ngày 9/3.", "Nghỉ ốm.", "Xin ý kiến.",
        "Nêu rõ số bóng đèn.", "Các bản trình trước",
    ):  # fmt: skip
        assert words in text, words


def cost_for(username, case):
    desk = desk_of(username)
    desk.get(case_address(case))
    with CaptureQueriesContext(connection) as queries:
        desk.get(case_address(case))
    return len(queries)


def costs_at_every_step(way, cast, steps):
    """{(state, desk): queries} of the page before the first and after each step, of those who see it."""
    costs = {}
    for minute, (key, actor, data) in enumerate(steps):
        costs |= {(way.fresh().state, name): cost_for(name, way.case) for name in desks_that_see(way.case)}
        way.does(key, actor, f"2026-03-02 09:{minute:02}", **data)
    return costs | {(way.fresh().state, name): cost_for(name, way.case) for name in desks_that_see(way.case)}


def desks_that_see(case):
    return [name for name in ("oanh", "son", "lan", "tam") if desk_of(name).get(case_address(case)).status_code == 200]


def test_the_case_page_costs_at_most_15_queries_at_every_step(journey, cast):
    for _alike in range(3):
        journey()
    steps = [
        ("distribute", cast.oanh, {"field": cast.field(), "agency": cast.agency("soxd")}),
        ("accept", cast.son, {"coordinating": [cast.agency("soyt"), cast.agency("nhatrang")]}),
        ("submit", cast.son, {"outcome": "done", "body": "Đã thay bóng đèn."}),
        ("approve", cast.lan, {}),
    ]
    costs = costs_at_every_step(journey(), cast, steps)
    assert max(costs.values()) <= 15, costs


def test_the_case_page_costs_at_most_15_queries_with_talk_files_and_explanations(journey, cast):
    way = journey()
    sender = cast.sender_of(way.case)
    steps = [
        ("inquire", cast.oanh, {"body": "Cột nào?", "attachments": [upload("hoi.jpg")]}),
        ("answer", sender, {"body": "Cột 7.", "attachments": [upload("dap.jpg")]}),
        ("distribute", cast.oanh, {"field": cast.field(), "agency": cast.agency("soxd")}),
        ("accept", cast.son, {"coordinating": [cast.agency("soyt")]}),
        ("inquire", cast.son, {"body": "Cột số mấy?", "attachments": [upload("hoi-2.jpg")]}),
        ("ask", sender, {"body": "Bao giờ xong?", "attachments": []}),
        ("submit", cast.son, {"outcome": "done", "body": "Đã thay.", "attachments": [upload("da-thay.jpg")]}),
        ("reject", cast.lan, {"reason": "unclear", "note": "Nêu rõ."}),
        ("submit", cast.son, {"outcome": "done", "body": "Đã thay ba bóng.", "attachments": [upload("ba-bong.jpg")]}),
        ("approve", cast.lan, {}),
    ]
    costs = costs_at_every_step(way, cast, steps)
    late = way.case.clocks.get(key="question")
    way.does("explain", cast.son, "2026-03-10 10:00", clock=late.pk, note="Nghỉ ốm.")
    costs |= {("explained", name): cost_for(name, way.case) for name in desks_that_see(way.case)}
    assert max(costs.values()) <= 15, costs


def test_the_case_page_costs_the_same_however_much_has_happened(journey, cast):
    way = journey()
    way.does("distribute", cast.oanh, "2026-03-02 09:00", field=cast.field(), agency=cast.agency("soxd"))
    way.does("accept", cast.son, "2026-03-02 09:10", coordinating=[cast.agency("soyt")])
    way.does("inquire", cast.son, "2026-03-02 09:20", body="Cột số mấy?", attachments=[])
    way.does("submit", cast.son, "2026-03-02 09:30", outcome="done", body="Đã thay.")
    way.does("retract", cast.son, "2026-03-02 09:40")
    few = cost_for("son", way.case)
    for minute in range(15):
        way.does("note", cast.son, f"2026-03-02 10:{minute:02}", note=f"Ghi chú {minute}")
        way.does("inquire", cast.son, f"2026-03-02 10:{minute:02}", body=f"Câu hỏi {minute}", attachments=[])
    for minute in range(3):
        way.does("submit", cast.son, f"2026-03-02 14:{minute}0", outcome="done", body=f"Đã thay {minute}.")
        way.does("retract", cast.son, f"2026-03-02 14:{minute}5")
    assert cost_for("son", way.case) == few


def test_the_page_is_never_kept_by_a_cache(cast):
    response = desk_of("oanh").get(case_address(cast.files()))
    assert "no-store" in response["Cache-Control"]
