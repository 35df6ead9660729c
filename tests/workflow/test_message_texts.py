"""What notices say: every text is sent for real, along a case that meets every notice, by mail, SMS and as a task."""

import copy
import re
from pathlib import Path

import pytest
from django.conf import settings as project

from agencies.models import Agency, CalendarSpan
from tests.cast import at
from tests.guards import UndefinedVariable
from workflow.messages import all_notices
from workflow.models import Message

TEXTS = Path(project.BASE_DIR) / "templates" / "messages"
TWO_SMS = 134
ONE_SUBJECT = 120
INTERNAL = "Chỉ lưu hành nội bộ"
FOR_SENDER = "Gửi riêng bà Cúc đọc & biết"
TITLE = "Cột đèn <đổ> & chập điện"
PERSONAL = ("Cúc", "0912345678", "+84912345678", "12 Trần Phú", "cuc@example.vn")
TO_THE_CENTRE_ALONE = ("centre_lodged", "centre_returned")
CHANNELS = {"web": "email", "sms": "sms", "hotline": "task"}


@pytest.fixture(autouse=True)
def no_undefined_variable_in_a_text(settings, guards):
    templates = copy.deepcopy(settings.TEMPLATES)
    texts = next(engine for engine in templates if engine.get("NAME") == "text")
    texts["OPTIONS"]["string_if_invalid"] = UndefinedVariable("%s")
    settings.TEMPLATES = templates


def through_intake_and_back(way, cast):
    """A case that is sent back, refused, reinstated, recalled, returned and at last withdrawn."""
    sender, to_power = cast.sender_of(way.case), {"field": cast.field(), "agency": cast.agency("dienluc")}
    way.does("send_back", cast.oanh, "2026-03-02 08:10", note=FOR_SENDER)
    way.does("complete", sender, "2026-03-02 08:20", content="Cột đèn số 7.")
    way.does("progress", cast.oanh, "2026-03-02 08:25", note=FOR_SENDER)
    way.does("refuse", cast.oanh, "2026-03-02 08:30", ground="out_of_scope", note=FOR_SENDER)
    way.does("ask", sender, "2026-03-02 08:35", body=FOR_SENDER)
    way.does("reply", cast.oanh, "2026-03-02 08:40", body=FOR_SENDER)
    way.does("reinstate", cast.oanh, "2026-03-02 08:45", note=FOR_SENDER)
    way.does("distribute", cast.oanh, "2026-03-02 08:50", note=INTERNAL, **to_power)
    way.does("recall", cast.oanh, "2026-03-02 08:55", note=INTERNAL)
    way.does("distribute", cast.oanh, "2026-03-02 09:00", note=INTERNAL, **to_power)
    way.does("return", cast.diep, "2026-03-02 09:10", ground="not_competent", note=INTERNAL)
    way.does("distribute", cast.oanh, "2026-03-02 09:20", note=INTERNAL, **to_power)
    way.does("remind", cast.tam, "2026-03-02 09:30", note=INTERNAL)
    way.does("withdraw", sender, "2026-03-02 09:40", note=FOR_SENDER)


def to_the_kept_promise(way, cast):
    """A case that is consulted on, extended, late, answered, rated, reopened and answered with a promise."""
    sender, soyt = cast.sender_of(way.case), cast.agency("soyt")
    power = {"field": cast.field(), "agency": cast.agency("dienluc")}
    way.does("distribute", cast.oanh, "2026-03-02 08:30", note=INTERNAL, **power)
    way.does("accept", cast.diep, "2026-03-02 09:00", coordinating=[soyt], note=INTERNAL)
    if way.case.rule_set.instant:
        way.does("contain", cast.diep, "2026-03-02 09:30", note=FOR_SENDER)
    way.does("opinion", cast.yen, "2026-03-02 10:00", body=INTERNAL)
    way.does("consult", cast.diep, "2026-03-02 10:30", agency=cast.agency("soxd"), note=INTERNAL)
    way.does("decline", cast.son, "2026-03-02 11:00", note=INTERNAL)
    way.does("inquire", cast.diep, "2026-03-03 08:00", body=FOR_SENDER)
    way.does("answer", sender, "2026-03-03 09:00", body=FOR_SENDER)
    way.does("ask", sender, "2026-03-03 09:30", body=FOR_SENDER)
    way.does("reply", cast.diep, "2026-03-03 10:00", body=FOR_SENDER)
    way.does("extend", cast.dung, "2026-03-04 08:00", due=at("2026-03-13 00:00").date(), on_site=True, note=FOR_SENDER)
    way.does("report_up", cast.dung, "2026-03-16 08:00", note=FOR_SENDER)
    way.does("submit", cast.diep, "2026-03-16 09:00", outcome="done", body=INTERNAL, contained=True)
    way.does("reject", cast.dung, "2026-03-16 09:30", reason="unclear", note=INTERNAL)
    way.does("submit", cast.diep, "2026-03-16 10:00", outcome="done", body=INTERNAL, contained=True)
    way.does("approve", cast.dung, "2026-03-16 10:30", note=INTERNAL)
    way.does("rate", sender, "2026-03-17 08:00", score="unsatisfied", note=FOR_SENDER)
    way.does("conclude", cast.dung, "2026-03-17 09:00", decision="correct", note=FOR_SENDER)
    way.does("reopen", cast.dung, "2026-03-17 10:00", note=FOR_SENDER)
    promised = {"outcome": "commitment", "commitment_date": at("2026-03-31 00:00").date(), "contained": True}
    way.does("submit", cast.diep, "2026-03-18 09:00", body=INTERNAL, **promised)
    way.does("approve", cast.dung, "2026-03-18 10:00", note=INTERNAL)
    way.does("fulfil", cast.diep, "2026-03-30 09:00", note=FOR_SENDER)
    way.does("fulfil", cast.dung, "2026-03-30 10:00", decision="confirm", note=FOR_SENDER)


def all_messages(journey, cast, channel, **changes):
    for story in (through_intake_and_back, to_the_kept_promise):
        story(journey("2026-03-02 08:00", title=TITLE, channel=channel, **changes), cast)
    return list(Message.objects.select_related("case", "event", "agency"))


def longest_names():
    Agency.objects.update(name="Ủy ban nhân dân " * 12 + "tỉnh Ab")
    CalendarSpan.objects.update(announced_until="2026-03-01")
    CalendarSpan.touch()


def is_short_enough(text):
    return len(text.encode("utf-16-be")) // 2 <= TWO_SMS


def test_every_notice_has_its_texts_and_every_text_its_notice():
    mails = {f"{notice}.txt" for notice in all_notices()}
    texts = {f"{notice}.sms.txt" for notice in all_notices() if notice not in TO_THE_CENTRE_ALONE}
    assert {path.name for path in TEXTS.iterdir() if path.is_file()} == mails | texts


def test_every_part_is_used():
    written = "".join(path.read_text() for path in TEXTS.glob("*.txt"))
    used = set(re.findall(r'{% include "messages/parts/([a-z_]+\.txt)" %}', written))
    assert {path.name for path in (TEXTS / "parts").iterdir()} == used


@pytest.mark.parametrize("channel", CHANNELS)
def test_an_instant_case_meets_every_notice_by_every_medium(journey, cast, channel):
    sent = {(m.notice, m.medium) for m in all_messages(journey, cast, channel, incident="lighting")}
    to_senders = {(notice, CHANNELS[channel]) for notice in all_notices() if notice.startswith("sender_")}
    staff = [notice for notice in all_notices() if not notice.startswith("sender_")]
    by_mail = {(notice, "email") for notice in staff}
    by_sms = {(notice, "sms") for notice in staff if notice not in TO_THE_CENTRE_ALONE}
    assert sent == to_senders | by_mail | by_sms


@pytest.mark.parametrize(
    ("channel", "incident", "confidential"),
    [("web", "lighting", False), ("web", "", True), ("sms", "lighting", False), ("hotline", "", False)],
)
def test_every_text_is_whole_clean_and_of_the_right_length(journey, cast, channel, incident, confidential):
    longest_names()
    messages = all_messages(journey, cast, channel, incident=incident, confidential=confidential)
    for message in messages:
        said = f"{message.notice} {message.medium}: {message.subject}\n{message.body}"
        assert message.case.code in message.body, said
        assert not re.search(r"{[{%#]|[}%#]}|&amp;|&lt;|None", message.subject + message.body), said
        assert not re.search(r"\n\n\n|[ \t]\n|  |\.\.|^\n| [.,;]", message.body), said
        if message.medium == "sms":
            assert (message.subject, "\n" in message.body) == ("", False), said
            assert is_short_enough(message.body), said
        else:
            assert 0 < len(message.subject) <= ONE_SUBJECT, said
            assert "\n" not in message.subject, said
            assert message.body.startswith("Kính gửi "), said
            assert message.body.endswith("Trân trọng,\nCổng phản ánh, kiến nghị"), said


@pytest.mark.parametrize("channel", ["web", "sms"])
def test_an_sms_and_a_subject_say_codes_and_nothing_of_what_was_written(journey, cast, channel):
    for message in all_messages(journey, cast, channel, incident="lighting"):
        said = message.body if message.medium == "sms" else message.subject
        told = [text for text in (TITLE, INTERNAL, FOR_SENDER, *PERSONAL) if text in said]
        assert (message.notice, told) == (message.notice, [])


def test_what_is_for_the_sender_reaches_the_sender_and_internal_notes_never_do(journey, cast):
    sent = all_messages(journey, cast, "web", incident="lighting")
    to_sender = [m for m in sent if m.notice.startswith("sender_")]
    assert [m.notice for m in to_sender if INTERNAL in m.body or TITLE in m.body] == []
    silent = {m.notice for m in to_sender if FOR_SENDER not in m.body}
    assert silent == {"sender_lodged", "sender_accepted", "sender_answered"}


def test_agencies_are_told_the_title_but_neither_who_sent_it_nor_what_was_noted(journey, cast):
    mails = [m for m in all_messages(journey, cast, "web", incident="lighting") if m.agency and m.medium == "email"]
    assert [m.notice for m in mails if any(text in m.body for text in (FOR_SENDER, *PERSONAL))] == []
    assert {m.notice for m in mails if INTERNAL in m.body} == {"holder_reminded"}
    assert {m.notice for m in mails if TITLE not in m.body} == {"agency_recalled"}


def test_the_title_of_a_confidential_case_stays_on_the_portal(journey, cast):
    sent = all_messages(journey, cast, "web", incident="lighting", confidential=True)
    assert [m.notice for m in sent if TITLE in m.body] == []
    assert [m.notice for m in sent if m.notice.startswith("sender_") and "/phan-anh/" in m.body] == []


def test_the_sender_reads_who_accepted_and_until_when(journey, cast, settings):
    settings.SITE_URL = "https://pakn.example.vn"
    way = journey("2026-03-02 08:00")
    way.does("distribute", cast.oanh, "2026-03-02 10:00", field=cast.field(), agency=cast.agency("soxd"))
    way.does("accept", cast.son, "2026-03-02 15:00")
    message = Message.objects.get(notice="sender_accepted")
    code = way.case.code
    assert message.subject == f"Cơ quan xử lý đã tiếp nhận – hồ sơ {code}"
    assert message.body == (
        "Kính gửi Ông/Bà,\n\n"
        f"Sở Xây dựng đã tiếp nhận xử lý phản ánh, kiến nghị mã {code} của Ông/Bà lúc 15:00 02/03/2026."
        " Hạn xử lý: 17:00 09/03/2026.\n\n"
        "Bước tiếp theo: cơ quan xác minh, xử lý, trình lãnh đạo phê duyệt rồi trả lời Ông/Bà."
        " Trong thời gian này, Ông/Bà có thể đặt câu hỏi cho cơ quan xử lý ngay trong hồ sơ.\n\n"
        f"Theo dõi hồ sơ: https://pakn.example.vn/phan-anh/{code}/\n"
        "Xem đầy đủ và trao đổi với cơ quan xử lý: https://pakn.example.vn/tra-cuu/"
        f" (nhập mã {code} và số điện thoại đã đăng ký).\n"
        "Tổng đài hỗ trợ: 1900 1023.\n\n"
        "Trân trọng,\nCổng phản ánh, kiến nghị"
    )


def test_an_sms_tells_who_accepted_and_until_when(journey, cast):
    way = journey("2026-03-02 08:00", channel="sms")
    way.does("distribute", cast.oanh, "2026-03-02 10:00", field=cast.field(), agency=cast.agency("soxd"))
    way.does("accept", cast.son, "2026-03-02 15:00")
    message = Message.objects.get(notice="sender_accepted")
    assert message.body == f"{way.case.code}: Sở Xây dựng đã tiếp nhận xử lý. Hạn xử lý: 17:00 09/03/2026."


def test_an_agency_reads_its_own_limits_only(journey, cast, settings):
    settings.SITE_URL = "https://pakn.example.vn"
    way = journey("2026-03-02 08:00", title=TITLE)
    way.does("distribute", cast.oanh, "2026-03-02 10:00", field=cast.field(), agency=cast.agency("soxd"))
    message = Message.objects.get(notice="agency_distributed")
    code = way.case.code
    assert message.body == (
        "Kính gửi Sở Xây dựng,\n\n"
        "Trung tâm CNTT tỉnh Khánh Hòa đã chuyển một phản ánh, kiến nghị đến Quý cơ quan lúc 10:00 02/03/2026.\n\n"
        f"Mã hồ sơ: {code}\nVề việc: {TITLE}\n"
        "Thời hạn (Xác minh, tiếp nhận hoặc chuyển trả): 16:00 02/03/2026\n\n"
        "Việc cần làm: xác minh; nếu đúng thẩm quyền thì tiếp nhận xử lý, nếu không thì chuyển trả kèm lý do"
        " trong thời hạn trên.\n\n"
        f"Mở hồ sơ: https://pakn.example.vn/can-bo/ho-so/{code}/\n\n"
        "Trân trọng,\nCổng phản ánh, kiến nghị"
    )


@pytest.mark.parametrize(
    ("ground", "said"),
    [
        ("duplicate", "vì trùng với phản ánh, kiến nghị đã được tiếp nhận trước đó."),
        ("incomplete", "vì không đủ thông tin theo yêu cầu."),
        ("out_of_scope", "vì không thuộc phạm vi tiếp nhận của Cổng."),
        ("spam", "vì không có nội dung phản ánh, kiến nghị."),
    ],
)
def test_a_refusal_names_its_ground_but_no_other_case(journey, cast, ground, said):
    other, way = cast.files(confidential=True), journey("2026-03-02 08:00")
    way.does("refuse", cast.oanh, "2026-03-02 09:00", ground=ground, duplicate_of=other, note=FOR_SENDER)
    body = Message.objects.get(notice="sender_refused").body
    told = "Trung tâm CNTT tỉnh Khánh Hòa rất tiếc phải thông báo: phản ánh, kiến nghị mã"
    assert body.split("\n\n")[1] == f"{told} {way.case.code} của Ông/Bà không được tiếp nhận {said}"
    assert other.code not in body


@pytest.mark.parametrize(
    ("decision", "said"),
    [("keep", "giữ nguyên kết quả đã trả lời."), ("correct", "vụ việc sẽ được xử lý lại.")],
)
def test_a_conclusion_says_whether_the_matter_is_handled_again(journey, cast, decision, said):
    way = journey("2026-03-02 08:00")
    way.does("distribute", cast.oanh, "2026-03-02 09:00", field=cast.field(), agency=cast.agency("soxd"))
    way.does("accept", cast.son, "2026-03-02 10:00")
    way.does("submit", cast.son, "2026-03-03 09:00", outcome="done", body="Đã thay bóng đèn.")
    way.does("approve", cast.lan, "2026-03-03 10:00")
    way.does("rate", cast.sender_of(way.case), "2026-03-04 09:00", score="unsatisfied")
    way.does("conclude", cast.lan, "2026-03-04 10:00", decision=decision, note=FOR_SENDER)
    first = Message.objects.get(notice="sender_concluded").body.split("\n\n")[1]
    assert first.endswith(f"Lãnh đạo Sở Xây dựng đã xem xét và kết luận: {said}")
