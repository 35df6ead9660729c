"""The lead's report to the provincial People's Committee as a document to print (R14, Đ3.5)."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agencies.models import Agency, Membership
from submissions.models import Case
from tests.cast import LOCAL, at
from tests.workflow.desk import case_address, desk_of
from tests.workflow.ways import accepted, distribute, give_back
from workflow.dossier import dossier, report_up

REASON = "Phải chờ kết quả kiểm định độc lập."


def reported(way, when="2026-03-10 08:30"):
    """Late since 09/03 17:00, with Sở Y tế consulted, reported by Lan."""
    accepted(way, coordinating=[way.cast.agency("soyt")], note="Nội bộ: xin ý kiến")
    way.does("progress", way.cast.son, "2026-03-04 09:00", note="Đã khảo sát hiện trường.")
    way.does("opinion", way.cast.yen, "2026-03-05 10:00", body="Ý kiến nội bộ của Sở Y tế")
    return way.does("report_up", way.cast.lan, when, note=REASON)


def address(way):
    return reverse("staff-report-up", args=[way.case.code])


def the_report(way, viewer):
    return report_up(viewer, Case.objects.get(pk=way.case.pk))


def local(moment):
    return moment and moment.astimezone(LOCAL).strftime("%d/%m %H:%M")


def test_the_report_tells_the_case_as_it_stood(journey, cast):
    way = journey()
    reported(way)
    told = the_report(way, cast.lan)
    assert (told.code, told.title, told.level_label, told.reason) == (way.case.code, "Đèn đường hỏng", "", REASON)
    assert (told.agency, told.superior, told.recipient) == (
        "Sở Xây dựng", "UBND tỉnh Khánh Hòa", "UBND tỉnh Khánh Hòa",
    )  # fmt: skip
    assert (told.place, told.dated) == ("Khánh Hòa", "ngày 10 tháng 3 năm 2026")
    assert local(told.received_at) == "02/03 08:00"
    assert [(limit.label, limit.article, local(limit.due_at), limit.margin) for limit in told.limits] == [
        ("Xử lý", "khoản 3 Điều 7", "09/03 17:00", "quá hạn 1 giờ làm việc")
    ]
    assert [(a.name, local(a.asked_at), a.outcome_label, local(a.answered_at)) for a in told.coordinating] == [
        ("Sở Y tế", "02/03 15:00", "đã có ý kiến", "05/03 10:00")
    ]
    assert [(local(step.at), step.text, step.note) for step in told.steps] == [
        ("02/03 08:00", "Đã gửi phản ánh, kiến nghị", ""),
        ("02/03 10:00", "Đã chuyển đến cơ quan xử lý: Sở Xây dựng", ""),
        ("02/03 15:00", "Cơ quan xử lý đã tiếp nhận", ""),
        ("04/03 09:00", "Cập nhật tình hình xử lý", "Đã khảo sát hiện trường."),
        ("05/03 10:00", "Cơ quan phối hợp đã có ý kiến", ""),
    ]
    assert (told.signer, told.on_behalf) == ("Phạm Thị Lan", False)
    assert told.copies == [
        "Như trên", "Sở Khoa học và Công nghệ", "Trung tâm CNTT tỉnh Khánh Hòa", "Sở Y tế", "Lưu: VT",
    ]  # fmt: skip


def test_what_happens_later_changes_nothing_in_it(journey, cast):
    way = journey()
    reported(way)
    before = the_report(way, cast.lan)
    way.does("submit", cast.son, "2026-03-12 09:00", outcome="done", body="Đã thay bóng đèn.")
    way.does("approve", cast.lan, "2026-03-12 10:00")
    assert the_report(way, cast.lan) == before


def test_a_second_report_takes_the_place_of_the_first(journey, cast):
    way = journey()
    reported(way)
    way.does("report_up", cast.lan, "2026-04-02 09:00", note="Vẫn chờ kiểm định.")
    told = the_report(way, cast.lan)
    assert (told.reason, told.dated) == ("Vẫn chờ kiểm định.", "ngày 02 tháng 4 năm 2026")


def test_the_first_two_months_are_written_with_a_zero(journey, cast):
    way = journey("2026-01-20 08:00")
    accepted(way, "2026-01-20 10:00", "2026-01-20 15:00", coordinating=[cast.agency("soyt")])
    way.does("report_up", cast.lan, "2026-02-03 09:00", note=REASON)
    assert the_report(way, cast.lan).dated == "ngày 03 tháng 02 năm 2026"


def test_who_stands_in_for_the_leader_signs_on_behalf(journey, cast):
    way = journey()
    Membership.objects.filter(user=cast.lan.user).update(on_behalf=True)
    reported(way)
    assert the_report(way, cast.lan).on_behalf is True
    assert "<p>THAY MẶT</p>" in desk_of("lan").get(address(way)).content.decode()


def test_without_a_peoples_committee_on_record_it_is_addressed_by_its_title(journey, cast):
    way = journey()
    reported(way)
    Agency.objects.filter(kind="province").update(kind="central")
    assert the_report(way, cast.lan).recipient == "Ủy ban nhân dân tỉnh"


def test_the_page_is_laid_out_as_an_official_document(journey, cast):
    way = journey()
    reported(way)
    text = " ".join(desk_of("tam").get(address(way)).content.decode().split())
    parts = [
        "UBND TỈNH KHÁNH HÒA", "SỞ XÂY DỰNG", "Số: ……/BC-……", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc", "Khánh Hòa, ngày 10 tháng 3 năm 2026", "BÁO CÁO",
        "Kính gửi: UBND tỉnh Khánh Hòa", way.case.code, "Đèn đường hỏng", "08:00 02/03/2026",
        "Xử lý (khoản 3 Điều 7): hạn 17:00 09/03/2026; đến lúc báo cáo: quá hạn 1 giờ làm việc.",
        "Sở Xây dựng: chủ trì", "Sở Y tế: phối hợp", "Đã khảo sát hiện trường.", REASON,
        "Nơi nhận:", "- Lưu: VT.", "LÃNH ĐẠO CƠ QUAN", "Phạm Thị Lan",
    ]  # fmt: skip
    document = text[text.index(">", text.index("data-report-up")) :]
    places = [document.index(words) for words in parts]
    assert places == sorted(places)
    for words in ("Cúc", "912 345 678", "12 Trần Phú", "Ý kiến nội bộ", "xin ý kiến</", "Nguyễn Văn Sơn"):
        assert words not in document
    assert "THAY MẶT" not in document


@pytest.mark.parametrize(
    ("username", "status"),
    [
        ("lan", 200), ("son", 200), ("oanh", 200), ("tam", 200),
        ("yen", 404), ("hai", 404), ("mai", 404), ("nga", 404), ("quang", 404), ("binh", 404),
    ],
)  # fmt: skip
def test_who_opens_the_report(journey, cast, username, status):
    way = journey()
    reported(way)
    assert desk_of(username).get(address(way)).status_code == status


def test_the_parents_leader_does_not_open_it(journey, cast):
    way = journey()
    distribute(way, "2026-03-02 10:00", "moitruong")
    way.does("accept", cast.mai, "2026-03-02 15:00", coordinating=[cast.agency("soyt")])
    way.does("report_up", cast.minh, "2026-03-10 08:30", note=REASON)
    assert [desk_of(name).get(address(way)).status_code for name in ("minh", "lan")] == [200, 404]


def test_without_a_login_it_sends_to_the_login_and_without_a_report_there_is_none(journey, cast):
    way = journey()
    accepted(way, coordinating=[cast.agency("soyt")])
    assert Client().get(address(way)).status_code == 302
    assert desk_of("lan").get(address(way)).status_code == 404
    assert desk_of("lan").get("/can-bo/ho-so/khong-co/bao-cao-ubnd/").status_code == 404


def test_an_agency_that_gave_the_case_back_opens_it_no_more(journey, cast):
    way = journey()
    reported(way)
    give_back(way, cast.son, "2026-03-10 09:00")
    assert [desk_of(name).get(address(way)).status_code for name in ("lan", "oanh", "tam")] == [404, 200, 200]


def test_of_a_sealed_case_nothing_is_left_of_it(journey, cast):
    way = journey()
    reported(way)
    way.does("seal", cast.oanh, "2026-03-10 09:00", note="Mật")
    names = ("lan", "son", "oanh", "tam", "quang")
    assert [desk_of(name).get(address(way)).status_code for name in names] == [404] * 5
    assert the_report(way, cast.oanh) is None


def test_a_case_that_is_not_published_says_so_on_paper(journey, cast):
    way = journey()
    way.does("set_secrecy", cast.oanh, "2026-03-02 09:00", level="withheld", note="")
    reported(way)
    assert the_report(way, cast.lan).level_label == "Không công khai theo quy định"
    assert Client().get(f"/phan-anh/{way.case.code}/").status_code == 404


def test_the_title_that_the_centre_masked_stands_in_it(journey, cast):
    way = journey(title="Đèn trước nhà bà Cúc hỏng")
    distribute(way, "2026-03-02 10:00", public_title="Đèn đường hỏng")
    way.does("accept", cast.son, "2026-03-02 15:00", coordinating=[cast.agency("soyt")])
    way.does("report_up", cast.lan, "2026-03-10 08:30", note=REASON)
    assert the_report(way, cast.lan).title == "Đèn đường hỏng"


def test_the_case_page_leads_to_it_where_it_may_be_opened(journey, cast):
    way = journey()
    accepted(way, coordinating=[cast.agency("soyt")])
    link = f'href="{address(way)}"'
    assert link not in desk_of("lan").get(case_address(way.case)).content.decode()
    way.does("report_up", cast.lan, "2026-03-10 08:30", note=REASON)
    shown = {name: link in desk_of(name).get(case_address(way.case)).content.decode()
             for name in ("lan", "son", "oanh", "tam", "yen")}  # fmt: skip
    assert shown == {"lan": True, "son": True, "oanh": True, "tam": True, "yen": False}


def test_the_sender_reads_the_reason_on_the_portal(journey, cast):
    way = journey()
    reported(way)
    own = dossier(cast.sender_of(way.case), way.fresh(), at("2026-03-10 09:00"))
    assert [(step.text, step.note) for step in own.timeline if step.action == "report_up"] == [
        ("Đã báo cáo UBND tỉnh vì chưa có kết quả", REASON)
    ]
    public = Client().get(f"/phan-anh/{way.case.code}/").content.decode()
    assert REASON not in public


def cost(way):
    desk = desk_of("lan")
    desk.get(address(way))
    with CaptureQueriesContext(connection) as queries:
        assert desk.get(address(way)).status_code == 200
    return len(queries)


def test_the_document_costs_the_same_for_few_steps_and_for_many(journey, cast):
    few, many = journey(), journey()
    for way, notes in ((few, 0), (many, 10)):
        others = (
            [cast.agency("soyt")] if way is few else [cast.agency(code) for code in ("soyt", "nhatrang", "dienluc")]
        )
        accepted(way, coordinating=others)
        for minute in range(notes):
            way.does("progress", cast.son, f"2026-03-05 09:{minute:02}", note="Đang làm")
        way.does("report_up", cast.lan, "2026-03-10 08:30", note=REASON)
    assert cost(few) == cost(many) <= 17


def test_the_document_is_not_taken_for_an_action(journey, cast):
    way = journey()
    reported(way)
    assert desk_of("lan").post(address(way)).status_code == 405
    assert re.search(r"<h1>\s*BÁO CÁO\s*<span>", desk_of("lan").get(address(way)).content.decode())
