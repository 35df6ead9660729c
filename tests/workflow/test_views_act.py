"""An action over HTTP: 302, 404, 403, 409, 422 in this order, and nothing typed is lost."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from submissions.models import Attachment
from tests.workflow.desk import act_address, case_address, desk_of
from workflow.models import CaseEvent, Consultation, Explanation

NOWHERE = "PAKN-2603-0000-00000"


def distributed(way, cast, agency="soxd"):
    way.does("distribute", cast.oanh, "2026-03-02 09:00", field=cast.field(), agency=cast.agency(agency))
    return way.fresh()


def processing(way, cast):
    distributed(way, cast)
    way.does("accept", cast.son, "2026-03-02 10:00")
    return way.fresh()


def state_of(case):
    case.refresh_from_db()
    return case.state


def test_without_a_login_an_action_sends_to_the_login(cast):
    case = cast.files()
    response = Client().post(act_address(case, "receive"))
    assert response.status_code == 302
    assert response["Location"].startswith("/tai-khoan/dang-nhap/")
    assert state_of(case) == "LODGED"


def test_not_seen_is_not_found_whatever_else_is_wrong(journey, cast):
    case = distributed(journey(), cast)
    assert desk_of("yen").post(act_address(case, "receive")).status_code == 404
    assert desk_of("oanh").post(f"/can-bo/ho-so/{NOWHERE}/receive/").status_code == 404


def test_an_unknown_action_is_not_found(cast):
    assert desk_of("oanh").post(act_address(cast.files(), "delete")).status_code == 404


def test_a_role_that_never_does_this_is_forbidden_even_in_the_wrong_state(journey, cast):
    case = distributed(journey(), cast)
    response = desk_of("son").post(act_address(case, "receive"))
    assert response.status_code == 403
    assert "Vai trò hoặc cơ quan của Ông/Bà không thực hiện việc này" in response.content.decode()


def test_the_wrong_state_is_a_conflict_before_bad_input_is(journey, cast):
    case = distributed(journey(), cast)
    response = desk_of("oanh").post(act_address(case, "send_back"), {"note": ""})
    assert response.status_code == 409
    assert "Đã chuyển cơ quan xử lý" in response.content.decode()


def test_bad_input_gives_the_form_again(cast):
    case = cast.files()
    response = desk_of("oanh").post(act_address(case, "refuse"), {"ground": "spam", "note": "", "version": "0"})
    assert response.status_code == 422
    text = response.content.decode()
    assert "Vui lòng nêu lý do từ chối" in text
    assert state_of(case) == "LODGED"


def test_get_shows_the_form_alone(cast):
    response = desk_of("oanh").get(act_address(cast.files(), "refuse"))
    assert response.status_code == 200
    assert re.findall(r'action="/can-bo/ho-so/[^/"]+/([a-z_]+)/"', response.content.decode()) == ["refuse"]


def test_get_of_what_may_not_be_done_answers_like_the_post(journey, cast):
    case = distributed(journey(), cast)
    assert desk_of("son").get(act_address(case, "receive")).status_code == 403
    assert desk_of("oanh").get(act_address(case, "send_back")).status_code == 409


def test_done_leads_back_to_the_case(cast):
    case = cast.files()
    response = desk_of("oanh").post(act_address(case, "receive"), {"version": "0", "note": ""})
    assert (response.status_code, response["Location"]) == (302, case_address(case))
    assert state_of(case) == "CHECKED"


def test_who_no_longer_sees_the_case_is_led_to_the_queue(journey, cast):
    case = distributed(journey(), cast)
    form = {"ground": "not_competent", "note": "Của Điện lực.", "version": case.version}
    response = desk_of("son").post(act_address(case, "return"), form)
    assert (response.status_code, response["Location"]) == (302, "/can-bo/")
    assert state_of(case) == "RETURNED"


def test_a_stale_form_is_told_who_was_faster_and_keeps_the_text(journey, cast):
    way = journey()
    way.does("receive", cast.phuc, "2026-03-02 08:30")
    response = desk_of("oanh").post(
        act_address(way.case, "send_back"), {"version": "0", "note": "Xin cho biết địa chỉ cụ thể."}
    )
    text = response.content.decode()
    assert response.status_code == 409
    assert "Trung tâm đã tiếp nhận" in text
    assert "Lê Hồng Phúc" in text
    assert "Xin cho biết địa chỉ cụ thể.</textarea>" in text
    assert "readonly" in text
    assert state_of(way.case) == "CHECKED"


def test_a_stale_form_in_the_wrong_state_tells_it_too(journey, cast):
    way = journey()
    distributed(way, cast)
    response = desk_of("phuc").post(
        act_address(way.case, "send_back"), {"version": "0", "note": "Xin cho biết địa chỉ."}
    )
    text = response.content.decode()
    assert response.status_code == 409
    assert "Trần Thị Oanh" in text
    assert "Xin cho biết địa chỉ.</textarea>" in text


def test_a_note_in_between_does_not_make_a_form_stale(journey, cast):
    way = journey()
    way.does("progress", cast.phuc, "2026-03-02 08:30", note="Đang xem.")
    assert desk_of("oanh").post(act_address(way.case, "receive"), {"version": "0"}).status_code == 302


def test_the_form_on_the_case_page_can_be_posted_back_as_it_is(cast):
    case = cast.files()
    page = desk_of("oanh").get(case_address(case)).content.decode()
    assert '<input type="hidden" name="version" value="0">' in page


def test_what_the_domain_refuses_stands_beside_its_field(journey, cast):
    case = processing(journey(), cast)
    form = {"agency": "soyt", "due": "2027-01-02", "note": "Xin ý kiến."}
    response = desk_of("son").post(act_address(case, "consult"), form)
    text = response.content.decode()
    assert response.status_code == 422
    assert "Ngày 02/01/2027 là ngày nghỉ." in text
    assert "Xin ý kiến.</textarea>" in text
    assert Consultation.objects.count() == 0


def test_a_date_beyond_the_calendar_is_a_sentence(journey, cast):
    case = processing(journey(), cast)
    form = {"agency": "soyt", "due": "2031-01-02", "note": ""}
    assert desk_of("son").post(act_address(case, "consult"), form).status_code == 422


def test_nobody_approves_what_they_drafted(journey, cast):
    way = journey()
    processing(way, cast)
    way.does("submit", cast.son, "2026-03-03 10:00", outcome="done", body="Đã thay bóng đèn.")
    assert desk_of("son").post(act_address(way.case, "approve"), {}).status_code == 403
    response = desk_of("lan").post(act_address(way.case, "approve"), {"version": way.case.version})
    assert response.status_code == 302
    assert state_of(way.case) == "ANSWERED"


def test_a_text_other_than_the_one_that_was_read_is_not_approved(journey, cast):
    way = journey()
    processing(way, cast)
    way.does("submit", cast.son, "2026-03-03 10:00", outcome="done", body="Đã thay bóng đèn.")
    response = desk_of("lan").post(act_address(way.case, "approve"), {"sha256": "0" * 64, "note": "Tốt."})
    assert response.status_code == 409
    assert "Tốt.</textarea>" in response.content.decode()


def test_an_upload_survives_a_mistake_elsewhere_in_the_form(journey, cast):
    case = processing(journey(), cast)
    desk = desk_of("son")
    image = SimpleUploadedFile("bien-ban.pdf", b"%PDF-1.4\n%%EOF\n", content_type="application/pdf")
    form = {"outcome": "done", "body": "", "attachments": [image], "version": case.version}
    response = desk.post(act_address(case, "submit"), form)
    assert response.status_code == 422
    kept = Attachment.objects.filter(case=None)
    for draft in kept:
        assert str(draft.pk) in response.content.decode()
    form = {"outcome": "done", "body": "Xong.", "kept": [draft.pk for draft in kept], "version": case.version}
    assert desk.post(act_address(case, "submit"), form).status_code == 302
    assert list(case.results.get().attachments.all()) == list(Attachment.objects.filter(case=case))


def test_an_operator_asks_for_the_sender_and_the_channel_is_kept(journey, cast):
    case = distributed(journey(), cast)
    form = {"body": "Bao giờ xong?", "channel": "hotline", "note": "Bà Cúc gọi."}
    assert desk_of("oanh").post(act_address(case, "ask"), form).status_code == 302
    event = CaseEvent.objects.get(case=case, action="ask")
    assert (event.channel, event.role) == ("hotline", "operator")


def test_who_lost_the_case_may_still_explain_and_sees_nothing_else(journey, cast):
    way = journey()
    distributed(way, cast)
    way.does("return", cast.son, "2026-03-03 16:00", ground="not_competent", note="Của Điện lực.")
    late = way.case.clocks.get(key="verify")
    desk = desk_of("son")
    assert desk.get(case_address(way.case)).status_code == 404
    assert desk.get(act_address(way.case, "progress")).status_code == 404
    text = desk.get(act_address(way.case, "explain")).content.decode()
    assert way.case.code in text
    assert "15:00 02/03/2026" in text
    assert "Đèn đường" not in text
    assert case_address(way.case) + '"' not in text
    response = desk.post(act_address(way.case, "explain"), {"clock": late.pk, "note": "Cán bộ nghỉ ốm."})
    assert (response.status_code, response["Location"]) == (302, "/can-bo/")
    assert Explanation.objects.get().clock == late
    assert desk.get(act_address(way.case, "explain")).status_code == 404


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_only_get_and_post_are_served(cast, method):
    assert getattr(desk_of("oanh"), method)(act_address(cast.files(), "receive")).status_code == 405


def test_fields_that_the_form_does_not_have_change_nothing(cast):
    case = cast.files()
    desk_of("oanh").post(act_address(case, "receive"), {"state": "ANSWERED", "agency": "soxd", "level": "withheld"})
    case.refresh_from_db()
    assert (case.state, case.agency, case.level) == ("CHECKED", None, "normal")
