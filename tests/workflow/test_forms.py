"""Every form of the procedure: its fields, what it demands, and what it hands to the engine."""

import unicodedata
from datetime import date

import pytest

from agencies.models import RuleSet
from submissions.models import Attachment
from tests.cast import at
from tests.workflow.desk import errors_of, form_of
from workflow.forms import FORMS
from workflow.procedure import ROWS


def distributed(way, cast, agency="soxd"):
    way.does(
        "distribute", cast.oanh, "2026-03-02 09:00", field=cast.field(), agency=cast.agency(agency), public_title="",
        public_content="",
    )  # fmt: skip
    return way.fresh()


def processing(way, cast):
    distributed(way, cast)
    way.does("accept", cast.son, "2026-03-02 10:00")
    return way.fresh()


def submitted(way, cast, **result):
    processing(way, cast)
    way.does("submit", cast.son, "2026-03-03 10:00", **{"outcome": "done", "body": "Đã thay bóng đèn."} | result)
    return way.fresh()


def answered(way, cast, **result):
    submitted(way, cast, **result)
    way.does("approve", cast.lan, "2026-03-03 14:00")
    return way.fresh()


def a_file(case, name="anh.jpg", **changes):
    values = {
        "case": case, "name": name, "path": f"00/{name}", "kind": "image", "content_type": "image/jpeg", "size": 3,
        "sha256": "0" * 64, "created_at": at("2026-03-02 08:00"),
    }  # fmt: skip
    return Attachment.objects.create(**values | changes)


def test_the_procedure_names_every_form_and_no_other():
    assert {row.form for row in ROWS} == set(FORMS)


@pytest.mark.parametrize(
    ("key", "owed"),
    [
        ("receive", False),
        ("recall", True),
        ("send_back", True),
        ("reinstate", True),
        ("withdraw", False),
        ("contain", False),
        ("decline", True),
        ("progress", True),
        ("revoke", True),
        ("reopen", True),
        ("report_up", True),
        ("remind", True),
        ("unseal", True),
        ("refuse", True),
        ("return", True),
        ("extend", True),
        ("conclude", True),
        ("seal", True),
        ("accept", False),
        ("approve", False),
        ("reject", False),
        ("distribute", False),
        ("consult", False),
        ("rate", False),
        ("set_secrecy", False),
    ],
)
def test_a_note_is_demanded_where_a_reason_is_owed(cast, key, owed):
    assert form_of(key, cast.files(), cast.oanh).fields["note"].required is owed


def test_a_missing_note_says_what_to_do(cast):
    assert errors_of(form_of("send_back", cast.files(), cast.oanh, note="  ")) == {
        "note": ["Vui lòng hướng dẫn người gửi cần bổ sung những gì."]
    }


def test_text_is_stored_composed_and_without_invisible_controls(cast):
    typed = unicodedata.normalize("NFD", "Thiếu địa chỉ\r\ncụ thể") + "\u202e"
    form = form_of("send_back", cast.files(), cast.oanh, note=typed)
    assert form.is_valid()
    assert form.cleaned_data == {"note": "Thiếu địa chỉ\ncụ thể"}


def test_a_plain_action_asks_nothing(cast):
    form = form_of("retract", cast.files(), cast.son, version="0")
    assert (form.is_valid(), form.cleaned_data) == (True, {})


def test_only_exclusive_actions_carry_the_version(cast):
    case = cast.files()
    assert form_of("receive", case, cast.oanh).version == 0
    assert form_of("progress", case, cast.oanh).version is None


def test_forms_say_who_will_read_what_is_written(cast):
    case = cast.files()
    assert form_of("progress", case, cast.oanh).audience == "Người gửi đọc được nội dung này"
    assert form_of("recall", case, cast.oanh).audience == "Chỉ lưu hành nội bộ, người gửi không đọc được"
    assert "khi công khai thì mọi người đọc được" in form_of("distribute", case, cast.oanh).audience
    assert form_of("submit", case, cast.son).audience == ("Người gửi đọc được nội dung này sau khi lãnh đạo phê duyệt")


def test_distribute_hands_over_field_agency_released_files_and_masked_text(cast):
    case = cast.files()
    shown, kept = a_file(case, "mot.jpg"), a_file(case, "hai.jpg")
    form = form_of(
        "distribute", case, cast.oanh, field="ha-tang-do-thi", agency="soxd", rule_set="", release=[str(shown.pk)],
        public_title="Đèn đường hỏng", public_content="Đèn đường trước nhà tôi không sáng.", note="Chuyển Sở.",
    )  # fmt: skip
    assert form.is_valid(), form.errors
    data = form.cleaned_data
    assert (data["field"], data["agency"], data["rule_set"]) == (cast.field(), cast.agency("soxd"), None)
    assert list(data["release"]) == [shown]
    assert (data["public_title"], data["public_content"]) == ("", "Đèn đường trước nhà tôi không sáng.")
    assert data["note"] == "Chuyển Sở."
    assert str(kept.pk) in str(form["release"])


def test_distribute_without_the_masking_fields_keeps_what_was_masked(journey, cast):
    case = cast.files()
    case.public_title, case.public_content = "Đèn hỏng", "Đèn không sáng."
    form = form_of("distribute", case, cast.oanh, field="y-te", agency="soyt")
    assert form.is_valid()
    assert (form.cleaned_data["public_title"], form.cleaned_data["public_content"]) == ("Đèn hỏng", "Đèn không sáng.")


def test_distribute_puts_agencies_of_field_and_place_first(cast):
    cast.agency("soyt").fields.add(cast.field("y-te"))
    form = form_of("distribute", cast.files(field=cast.field("y-te")), cast.oanh)
    _blank, suggested, others = form.fields["agency"].choices
    assert suggested == ("Gợi ý theo lĩnh vực và địa bàn", [("soyt", "Sở Y tế")])
    assert ("soyt", "Sở Y tế") not in others[1]


def test_the_rule_set_may_be_named_at_the_first_distribution_only(journey, cast):
    way = journey()
    form = form_of("distribute", way.case, cast.oanh, field="y-te", agency="soyt", rule_set="national-portal-2021")
    assert form.is_valid(), form.errors
    assert form.cleaned_data["rule_set"] == RuleSet.objects.get(code="national-portal-2021")
    distributed(way, cast)
    assert "rule_set" not in form_of("distribute", way.case, cast.oanh).fields


def test_distribute_demands_field_and_agency(cast):
    assert errors_of(form_of("distribute", cast.files(), cast.oanh, note="x")) == {
        "field": ["Vui lòng chọn lĩnh vực của phản ánh."],
        "agency": ["Vui lòng chọn cơ quan xử lý."],
    }


def test_the_centre_itself_is_no_handling_agency(cast):
    form = form_of("distribute", cast.files(), cast.oanh, field="y-te", agency="trungtam")
    assert list(errors_of(form)) == ["agency"]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Vui lòng nhập mã hồ sơ đã tiếp nhận mà phản ánh này trùng."),
        ("đèn đường", "Mã hồ sơ không đúng. Vui lòng kiểm tra từng ký tự rồi nhập lại."),
        ("PAKN-2603-0000-00001", "Mã hồ sơ không đúng. Vui lòng kiểm tra từng ký tự rồi nhập lại."),
    ],
)
def test_a_duplicate_needs_the_code_of_another_case(cast, typed, sentence):
    form = form_of("refuse", cast.files(), cast.oanh, ground="duplicate", duplicate_of=typed, note="Trùng.")
    assert errors_of(form) == {"duplicate_of": [sentence]}


def test_a_case_is_no_duplicate_of_itself(cast):
    case = cast.files()
    form = form_of("refuse", case, cast.oanh, ground="duplicate", duplicate_of=case.code, note="Trùng.")
    assert errors_of(form) == {
        "duplicate_of": ["Đây là mã của chính hồ sơ này. Vui lòng nhập mã của hồ sơ đã tiếp nhận trước."]
    }


def test_a_duplicate_is_found_by_its_code_as_people_type_it(cast):
    first, second = cast.files(), cast.files()
    typed = first.code.lower().replace("-", " ")
    form = form_of("refuse", second, cast.oanh, ground="duplicate", duplicate_of=typed, note="Trùng.")
    assert form.is_valid(), form.errors
    assert form.cleaned_data == {"ground": "duplicate", "duplicate_of": first, "note": "Trùng."}


def test_other_grounds_need_no_code(cast):
    form = form_of("refuse", cast.files(), cast.oanh, ground="spam", duplicate_of="", note="Quảng cáo.")
    assert form.is_valid()
    assert form.cleaned_data == {"ground": "spam", "duplicate_of": None, "note": "Quảng cáo."}


def test_accept_offers_every_handling_agency_but_the_lead(journey, cast):
    case = distributed(journey(), cast)
    form = form_of("accept", case, cast.son, coordinating=["soyt", "nhatrang"], note="")
    assert form.is_valid(), form.errors
    assert form.cleaned_data["coordinating"] == [cast.agency("soyt"), cast.agency("nhatrang")]
    offered = {code for code, _name in form.fields["coordinating"].choices}
    assert offered == {"soyt", "moitruong", "dienluc", "nhatrang"}


@pytest.mark.parametrize("code", ["trungtam", "soxd", "khong-co", "\0"])
def test_nobody_else_can_be_made_to_coordinate(journey, cast, code):
    case = distributed(journey(), cast)
    assert errors_of(form_of("accept", case, cast.son, coordinating=[code])) == {
        "coordinating": ["Mục đã chọn không có trong danh sách. Vui lòng chọn lại."]
    }


def test_return_names_ground_and_perhaps_another_agency(journey, cast):
    case = distributed(journey(), cast)
    form = form_of("return", case, cast.son, ground="not_competent", suggested_agency="dienluc", note="Của Điện lực.")
    assert form.is_valid(), form.errors
    assert form.cleaned_data == {
        "ground": "not_competent", "suggested_agency": cast.agency("dienluc"), "note": "Của Điện lực.",
    }  # fmt: skip


def test_consult_does_not_offer_whom_it_is_waiting_for(journey, cast):
    way = journey()
    processing(way, cast)
    way.does("consult", cast.son, "2026-03-02 11:00", agency=cast.agency("soyt"), due=None)
    form = form_of("consult", way.fresh(), cast.son, agency="dienluc", due="2026-03-04", note="")
    assert form.is_valid(), form.errors
    assert form.cleaned_data == {"agency": cast.agency("dienluc"), "due": date(2026, 3, 4), "note": ""}
    assert errors_of(form_of("consult", way.case, cast.son, agency="soyt", note="")) == {
        "agency": ["Mục đã chọn không có trong danh sách. Vui lòng chọn lại."]
    }


def test_extend_demands_a_later_date_the_tick_and_a_reason(journey, cast):
    case = processing(journey(), cast)
    form = form_of("extend", case, cast.lan, due="2026-03-02")
    assert errors_of(form) == {
        "due": ["Ngày gia hạn phải sau hôm nay. Vui lòng chọn ngày khác."],
        "on_site": ["Vui lòng xác nhận: chỉ được gia hạn khi cần kiểm tra thực tế."],
        "note": ["Vui lòng nêu lý do gia hạn."],
    }
    form = form_of("extend", case, cast.lan, due="2026-03-12", on_site="on", note="Nhiều lĩnh vực.")
    assert form.is_valid()
    assert form.cleaned_data == {"due": date(2026, 3, 12), "on_site": True, "note": "Nhiều lĩnh vực."}


def test_a_done_result_has_no_date(journey, cast):
    case = processing(journey(), cast)
    form = form_of("submit", case, cast.son, outcome="done", commitment_date="2026-03-20", body="Đã thay bóng đèn.")
    assert form.is_valid(), form.errors
    assert form.cleaned_data == {
        "outcome": "done", "commitment_date": None, "body": "Đã thay bóng đèn.", "attachments": [], "contained": False,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Vui lòng nhập ngày cam kết hoàn thành."),
        ("2026-03-02", "Ngày cam kết phải sau hôm nay. Vui lòng chọn ngày khác."),
        ("31/2", "Vui lòng nhập ngày theo dạng ngày/tháng/năm."),
    ],
)
def test_a_commitment_needs_a_date_in_the_future(journey, cast, typed, sentence):
    case = processing(journey(), cast)
    form = form_of("submit", case, cast.son, outcome="commitment", commitment_date=typed, body="Sẽ thay bóng đèn.")
    assert errors_of(form) == {"commitment_date": [sentence]}


def test_an_instant_case_is_submitted_only_once_contained(journey, cast):
    way = journey(incident="lighting", occurred_at=at("2026-03-02 07:30"))
    case = processing(way, cast)
    form = form_of("submit", case, cast.son, outcome="done", body="Đã thay bóng đèn.")
    assert errors_of(form) == {"contained": ["Vui lòng xác nhận nguy hiểm đã được khắc phục trước khi trình kết quả."]}
    way.does("contain", cast.son, "2026-03-02 11:00")
    assert "contained" not in form_of("submit", way.fresh(), cast.son).fields


def test_a_result_sent_back_is_taken_up_again(journey, cast):
    way = journey()
    submitted(way, cast)
    way.does("reject", cast.lan, "2026-03-03 14:00", reason="unclear", note="Chưa rõ.")
    form = form_of("submit", way.fresh(), cast.son)
    assert (form["outcome"].value(), form["body"].value()) == ("done", "Đã thay bóng đèn.")


def test_reject_for_another_reason_says_which(journey, cast):
    case = submitted(journey(), cast)
    assert errors_of(form_of("reject", case, cast.lan, reason="other")) == {
        "note": ["Vui lòng nêu rõ yêu cầu chỉnh sửa khi chọn lý do khác."]
    }
    assert form_of("reject", case, cast.lan, reason="unclear").is_valid()


def test_approve_carries_the_hash_of_the_text_that_was_read(journey, cast):
    case = submitted(journey(), cast)
    assert form_of("approve", case, cast.lan)["sha256"].value() == case.results.get().sha256


def test_reply_offers_the_open_questions_and_takes_the_oldest(journey, cast):
    way = journey()
    processing(way, cast)
    for minute, body in enumerate(["Bao giờ xong?", "Ai phụ trách?"]):
        way.does("ask", cast.sender_of(way.case), f"2026-03-02 11:0{minute}", body=body, attachments=[])
    first, second = way.case.questions.order_by("pk")
    form = form_of("reply", way.fresh(), cast.son)
    assert form["question"].value() == first.pk
    form = form_of("reply", way.case, cast.son, question=str(second.pk), body="Anh Sơn.")
    assert form.is_valid(), form.errors
    assert form.cleaned_data == {"question": second.pk, "body": "Anh Sơn.", "attachments": []}


def test_an_operator_says_by_which_channel_the_sender_asked(cast):
    case = cast.files()
    form = form_of("ask", case, cast.oanh, body="Bao giờ xong?")
    assert errors_of(form) == {"channel": ["Vui lòng chọn kênh mà người gửi đã liên hệ."]}
    form = form_of("ask", case, cast.oanh, body="Bao giờ xong?", channel="hotline", note="Gọi lúc 9 giờ.")
    assert form.is_valid()
    assert form.cleaned_data == {
        "body": "Bao giờ xong?", "attachments": [], "channel": "hotline", "note": "Gọi lúc 9 giờ.",
    }  # fmt: skip


def test_the_sender_is_not_asked_for_a_channel(cast):
    case = cast.files()
    assert list(form_of("ask", case, cast.sender_of(case)).fields) == ["body", "attachments"]


def test_the_sender_may_ask_for_secrecy_only(cast):
    case = cast.files()
    form = form_of("set_secrecy", case, cast.sender_of(case), level="withheld")
    assert list(errors_of(form)) == ["level"]
    assert form_of("set_secrecy", case, cast.sender_of(case), level="confidential").is_valid()
    assert form_of("set_secrecy", case, cast.oanh, level="withheld").is_valid()


def test_fulfil_asks_the_specialist_for_proof_and_the_leader_for_a_decision(journey, cast):
    way = journey()
    case = answered(way, cast, outcome="commitment", commitment_date=date(2026, 3, 20))
    assert list(form_of("fulfil", case, cast.son, now="2026-03-04 09:00").fields) == ["note", "attachments"]
    way.does("fulfil", cast.son, "2026-03-05 09:00", note="Đã thay.", attachments=[])
    form = form_of("fulfil", way.fresh(), cast.lan, now="2026-03-05 10:00")
    assert list(form.fields) == ["decision", "note"]
    form = form_of("fulfil", way.case, cast.lan, now="2026-03-05 10:00", decision="reject", note="")
    assert errors_of(form) == {"note": ["Vui lòng nêu những gì còn phải thực hiện."]}


def test_explain_offers_the_late_clocks_of_ones_own_agency(journey, cast):
    way = journey()
    case = processing(way, cast)
    form = form_of("explain", case, cast.son, now="2026-03-10 09:00")
    process = case.clocks.get(key="process")
    assert form.fields["clock"].choices == [(process.pk, f"{process.label} – hạn 17:00 09/03/2026")]
    form = form_of("explain", case, cast.son, now="2026-03-10 09:00", clock=str(process.pk), note="Thiếu vật tư.")
    assert form.is_valid(), form.errors
    assert form.cleaned_data == {"clock": process.pk, "note": "Thiếu vật tư."}


def test_contact_starts_from_what_is_known_and_reads_phones_as_typed(cast):
    case = cast.files()
    form = form_of("contact", case, cast.sender_of(case))
    assert {name: form[name].value() for name in form.fields} == {
        "phone": "0912 345 678", "email": "cuc@example.vn", "address": "12 Trần Phú",
    }  # fmt: skip
    form = form_of("contact", case, cast.sender_of(case), phone="0987.654.321", email="", address="14 Trần Phú")
    assert form.is_valid(), form.errors
    assert form.cleaned_data == {"phone": "+84987654321", "email": "", "address": "14 Trần Phú"}


def test_uploads_of_another_session_are_ignored(journey, cast):
    case = processing(journey(), cast)
    mine = a_file(None, "cua-toi.jpg", draft_key="a session of the test")
    foreign = a_file(None, "cua-ai.jpg", draft_key="another session")
    form = form_of("submit", case, cast.son, outcome="done", body="Xong.", kept=[str(mine.pk), str(foreign.pk)])
    assert form.is_valid(), form.errors
    assert form.cleaned_data["attachments"] == [mine]
