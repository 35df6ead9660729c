"""What notices say: every text is sent for real, by mail, SMS and as a task.

Those of events along a case that meets every notice; those of the sweep for one limit and for many.
"""

import copy
import re
from pathlib import Path

import pytest
from django.conf import settings as project

from agencies.models import Agency, CalendarDay, CalendarSpan, RuleSet, User
from submissions.links import token_of
from tests.cast import Journey, at
from tests.guards import UndefinedVariable
from tests.workflow.ways import distribute
from workflow.accounts import LETTERS
from workflow.engine import hand_over, recount
from workflow.following import CONFIRM
from workflow.invitations import NOTICE as INVITATION
from workflow.leaks import Hit, Kind, digest
from workflow.lost_codes import NOTICE as LOST_CODES
from workflow.messages import NEWS, all_notices
from workflow.models import Clock, Message, Reminder
from workflow.privacy import NOTICE as DATA_ANSWERED
from workflow.sweep import sweep
from workflow.telling import DATA_LATE, DIGEST, NOTICES, SENDER_SILENT

TEXTS = Path(project.BASE_DIR) / "templates" / "messages"
TWO_SMS = 134
ONE_SUBJECT = 120
INTERNAL = "Chỉ lưu hành nội bộ"
SEEN = digest([Hit(Kind.MARK, 4, 19, "lưu hành nội bộ")])
ANSWER = "Đã dựng lại cột đèn."
FOR_SENDER = "Gửi riêng bà Cúc đọc & biết"
TITLE = "Cột đèn <đổ> & chập điện"
PERSONAL = ("Cúc", "0912345678", "+84912345678", "12 Trần Phú", "cuc@example.vn")
OF_THE_SWEEP = (*NOTICES.values(), DIGEST, SENDER_SILENT)
OF_ACCOUNTS = sorted({*LETTERS.values(), INVITATION})
OF_REPORTS = ("report_chase", "report_draft")
BY_MAIL_ALONE = (
    *OF_REPORTS,
    DIGEST,
    DATA_LATE,
    NOTICES[Reminder.Kind.UNANSWERED],
    LETTERS["account/email/email_confirmation"],
    CONFIRM,
    NEWS,
    INVITATION,
)
DAY_OFF = "Nghỉ bù theo Công văn số 12"
CODE = re.compile(r"PAKN-\d{4}-[0-9A-Z]{4}-[0-9A-Z]{5}")
CHANNELS = {"web": "email", "sms": "sms", "hotline": "task"}


@pytest.fixture(autouse=True)
def no_undefined_variable_in_a_text(settings):
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
    hand_over_to_health(way, cast)
    way.does("withdraw", sender, "2026-03-02 09:40", note=FOR_SENDER)


def hand_over_to_health(way, cast):
    """As if the power company had ended the day before; afterwards it has not."""
    Agency.objects.filter(code="dienluc").update(valid_to="2026-03-01")
    hand_over(way.case.pk, cast.agency("dienluc"), cast.agency("soyt"), at("2026-03-02 09:35"))
    Agency.objects.filter(code="dienluc").update(valid_to=None)


def to_the_kept_promise(way, cast):
    """A case that is consulted on, extended, late, answered, rated, reopened and answered with a promise."""
    sender, soyt = cast.sender_of(way.case), cast.agency("soyt")
    power = {"field": cast.field(), "agency": cast.agency("dienluc")}
    way.does("distribute", cast.oanh, "2026-03-02 08:30", note=INTERNAL, **power)
    way.does("accept", cast.diep, "2026-03-02 09:00", coordinating=[soyt], note=INTERNAL)
    if way.case.rule_set.instant:
        way.does("contain", cast.diep, "2026-03-02 09:30", note=FOR_SENDER)
    CalendarDay.objects.create(date="2026-03-05", kind="substitute", name=DAY_OFF, confirmed=True)
    assert recount(way.case.pk, cast.quang.user, DAY_OFF, at("2026-03-02 09:45"))
    way.does("opinion", cast.yen, "2026-03-02 10:00", body=INTERNAL)
    way.does("consult", cast.diep, "2026-03-02 10:30", agency=cast.agency("soxd"), note=INTERNAL)
    way.does("decline", cast.son, "2026-03-02 11:00", note=INTERNAL)
    way.does("inquire", cast.diep, "2026-03-03 08:00", body=FOR_SENDER)
    way.does("answer", sender, "2026-03-03 09:00", body=FOR_SENDER)
    way.does("ask", sender, "2026-03-03 09:30", body=FOR_SENDER)
    way.does("reply", cast.diep, "2026-03-03 10:00", body=FOR_SENDER)
    way.does("extend", cast.dung, "2026-03-04 08:00", due=at("2026-03-13 00:00").date(), on_site=True, note=FOR_SENDER)
    way.does("report_up", cast.dung, "2026-03-16 08:00", note=FOR_SENDER)
    way.does(
        "submit",
        cast.diep,
        "2026-03-16 09:00",
        outcome="done",
        body=INTERNAL,
        contained=True,
        justified="Bản nháp",
        hits_seen=SEEN,
    )
    way.does("reject", cast.dung, "2026-03-16 09:30", reason="unclear", note=INTERNAL)
    way.does("submit", cast.diep, "2026-03-16 10:00", outcome="done", body=ANSWER, contained=True)
    way.does("approve", cast.dung, "2026-03-16 10:30", note=INTERNAL)
    way.does("rate", sender, "2026-03-17 08:00", score="unsatisfied", note=FOR_SENDER)
    way.does("conclude", cast.dung, "2026-03-17 09:00", decision="correct", note=FOR_SENDER)
    way.does("reopen", cast.dung, "2026-03-17 10:00", note=FOR_SENDER)
    promised = {"outcome": "commitment", "commitment_date": at("2026-03-31 00:00").date(), "contained": True}
    way.does("submit", cast.diep, "2026-03-18 09:00", body=ANSWER, **promised)
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


def assert_well_written(message):
    said = f"{message.notice} {message.medium}: {message.subject}\n{message.body}"
    assert not re.search(r"{[{%#]|[}%#]}|&amp;|&lt;|None", message.subject + message.body), said
    assert not re.search(r"\n\n\n|[ \t]\n|  |\.\.|^\n| [.,;]", message.body), said
    if message.medium == "sms":
        assert (message.subject, "\n" in message.body) == ("", False), said
        assert is_short_enough(message.body), said
        assert len(CODE.findall(message.body)) == 1, said
    else:
        assert 0 < len(message.subject) <= ONE_SUBJECT, said
        assert "\n" not in message.subject, said
        assert message.body.startswith("Kính gửi "), said
        assert message.body.endswith("Trân trọng,\nCổng phản ánh, kiến nghị"), said


def test_every_notice_has_its_texts_and_every_text_its_notice():
    notices = [*all_notices(), *OF_THE_SWEEP, LOST_CODES, DATA_ANSWERED, DATA_LATE, *OF_ACCOUNTS, CONFIRM, *OF_REPORTS]
    mails = {f"{notice}.txt" for notice in notices}
    texts = {f"{notice}.sms.txt" for notice in notices if notice not in BY_MAIL_ALONE}
    assert {path.name for path in TEXTS.iterdir() if path.is_file()} == mails | texts


def test_every_part_is_used():
    written = "".join(path.read_text() for path in TEXTS.glob("*.txt"))
    used = set(re.findall(r'{% include "messages/parts/([a-z_]+\.txt)"', written))
    assert {path.name for path in (TEXTS / "parts").iterdir()} == used


@pytest.mark.parametrize("channel", CHANNELS)
def test_an_instant_case_meets_every_notice_by_every_medium(journey, cast, channel):
    sent = {(m.notice, m.medium) for m in all_messages(journey, cast, channel, incident="lighting")}
    to_senders = {(notice, CHANNELS[channel]) for notice in all_notices() if notice.startswith("sender_")}
    staff = [notice for notice in all_notices() if not notice.startswith(("sender_", "follower_"))]
    by_mail = {(notice, "email") for notice in staff}
    by_sms = {(notice, "sms") for notice in staff}
    assert sent == to_senders | by_mail | by_sms


@pytest.mark.parametrize(
    ("channel", "incident", "confidential"),
    [("web", "lighting", False), ("web", "", True), ("sms", "lighting", False), ("hotline", "", False)],
)
def test_every_text_is_whole_clean_and_of_the_right_length(journey, cast, channel, incident, confidential):
    longest_names()
    messages = all_messages(journey, cast, channel, incident=incident, confidential=confidential)
    for message in messages:
        assert_well_written(message)
        assert message.case.code in message.body, message.body


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
    assert silent == {"sender_lodged", "sender_accepted", "sender_answered", "sender_due_moved"}


def test_agencies_are_told_the_title_but_neither_who_sent_it_nor_what_was_noted(journey, cast):
    mails = [m for m in all_messages(journey, cast, "web", incident="lighting") if m.agency and m.medium == "email"]
    assert [m.notice for m in mails if any(text in m.body for text in (FOR_SENDER, *PERSONAL))] == []
    assert {m.notice for m in mails if INTERNAL in m.body} == {"holder_reminded"}
    assert {m.notice for m in mails if TITLE not in m.body} == {"agency_recalled"}


def test_the_title_of_a_confidential_case_stays_on_the_portal(journey, cast):
    sent = all_messages(journey, cast, "web", incident="lighting", confidential=True)
    assert [m.notice for m in sent if TITLE in m.body] == []
    assert [m.notice for m in sent if m.notice.startswith("sender_") and f"/phan-anh/{m.case.code}/\n" in m.body] == []


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
        "Mở hồ sơ của Ông/Bà, không cần nhập số điện thoại (dùng được 90 ngày, xin không chuyển cho người khác):"
        f" https://pakn.example.vn/phan-anh/{code}/mo/{token_of(way.case, message.queued_at)}/\n"
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


def test_an_agency_reads_which_of_its_limits_moved_from_when_to_when(journey, cast):
    """Thursday the 5th is off: five working days from Monday end on Tuesday, the opinion keeps its Friday."""
    way = journey("2026-03-02 08:00")
    distribute(way, "2026-03-02 10:00")
    way.does("accept", cast.son, "2026-03-02 15:00", coordinating=[cast.agency("soyt")])
    CalendarDay.objects.create(date="2026-03-05", kind="substitute", name=DAY_OFF, confirmed=True)
    assert recount(way.case.pk, cast.quang.user, DAY_OFF, at("2026-03-03 08:00"))
    moved = Message.objects.get(notice="holders_due_moved")
    assert moved.recipient == "soxd@example.vn"
    assert moved.body.split("\n\n")[1:3] == [
        f"Lịch làm việc đã thay đổi ({DAY_OFF}), nên thời hạn của Quý cơ quan trong hồ sơ dưới đây được tính lại:",
        "- Xử lý: từ 17:00 09/03/2026 chuyển thành 17:00 10/03/2026",
    ]
    to_sender = Message.objects.get(notice="sender_due_moved")
    assert to_sender.body.split("\n\n")[2] == "- Xử lý: từ 17:00 09/03/2026 chuyển thành 17:00 10/03/2026"


def test_a_sender_is_not_told_of_inner_limits_that_moved(journey, cast):
    """Named for Thursday, which is off now: the opinion is due on Friday; the answer keeps its own due time."""
    way = journey("2026-03-02 08:00")
    distribute(way, "2026-03-02 10:00")
    way.does("accept", cast.son, "2026-03-02 15:00")
    due = at("2026-03-05 17:00").date()
    way.does("consult", cast.son, "2026-03-02 15:10", agency=cast.agency("soyt"), due=due, note=INTERNAL)
    way.case.clocks.filter(key="process").update(due_at=at("2026-03-10 17:00"))
    CalendarDay.objects.create(date="2026-03-05", kind="substitute", name=DAY_OFF, confirmed=True)
    assert recount(way.case.pk, cast.quang.user, "", at("2026-03-03 08:00"))
    assert [m.notice for m in Message.objects.filter(event__action="recount")] == ["holders_due_moved"]
    body = Message.objects.get(notice="holders_due_moved").body
    assert body.split("\n\n")[1:3] == [
        "Lịch làm việc đã thay đổi, nên thời hạn của Quý cơ quan trong hồ sơ dưới đây được tính lại:",
        "- Cho ý kiến phối hợp: từ 17:00 05/03/2026 chuyển thành 17:00 06/03/2026",
    ]


@pytest.mark.parametrize(("channel", "said"), [("web", "email"), ("sms", "sms"), ("hotline", "task")])
def test_a_promise_in_an_answer_is_told_with_its_date(journey, cast, channel, said):
    way = journey("2026-03-02 08:00", channel=channel)
    distribute(way, "2026-03-02 09:00")
    way.does("accept", cast.son, "2026-03-02 10:00")
    promised = {"outcome": "commitment", "commitment_date": at("2026-03-31 00:00").date()}
    way.does("submit", cast.son, "2026-03-03 09:00", body="Sẽ thay trụ đèn.", **promised)
    way.does("approve", cast.lan, "2026-03-03 10:00")
    message = Message.objects.get(notice="sender_answered")
    told = "Cơ quan cam kết hoàn thành chậm nhất ngày 31/03/2026" in message.body
    assert (message.medium, told) == (said, channel != "sms")


# What the sweep tells


def swept(cast, number, channel="web"):
    """So many cases of each kind are left alone for a month: every reminder is raised and told to every desk.

    In the end nobody is at the centre's desk any more, so that its mailbox gets what else stood in a digest.
    """
    for position in range(number):
        cast.files("2026-03-02 07:30", title=TITLE, channel="national_portal", national_code=f"QG.{position}")
        with_agency = Journey(cast.files("2026-03-02 07:30", title=TITLE), cast)
        distribute(with_agency, "2026-03-02 09:00", agency="moitruong")
        sent_back = Journey(cast.files("2026-03-02 07:30", title=TITLE, channel=channel), cast)
        sent_back.does("send_back", cast.oanh, "2026-03-02 07:40", note=FOR_SENDER)
    for moment in SWEPT_AT:
        sweep(at(moment))
    User.objects.filter(username__in=["oanh", "phuc"]).update(is_active=False)
    sweep(at("2026-04-02 07:01"))
    return list(Message.objects.filter(notice__in=OF_THE_SWEEP).select_related("agency"))


SWEPT_AT = (
    "2026-03-02 09:10", "2026-03-02 14:00", "2026-03-02 15:01", "2026-03-03 07:01", "2026-03-03 17:01",
    "2026-03-04 07:01", "2026-03-06 14:00", "2026-03-09 17:01", "2026-03-10 17:01", "2026-03-23 17:01",
    "2026-03-24 07:01", "2026-03-25 08:16", "2026-04-02 00:01",
)  # fmt: skip
MANY = 21


@pytest.mark.parametrize("channel", CHANNELS)
def test_urgent_reminders_go_out_by_mail_and_sms_and_the_digest_by_mail(cast, channel):
    RuleSet.objects.update(instant=True)
    sent = {(message.notice, message.medium) for message in swept(cast, 1, channel)}
    by_mail = {(notice, "email") for notice in (*NOTICES.values(), DIGEST)}
    by_sms = {(notice, "sms") for notice in NOTICES.values() if notice not in BY_MAIL_ALONE}
    assert sent == by_mail | by_sms | {(SENDER_SILENT, CHANNELS[channel])}


@pytest.mark.parametrize(
    ("number", "channel", "urgent"),
    [(1, "web", False), (1, "sms", True), (MANY, "hotline", False), (MANY, "sms", True)],
)
def test_every_text_of_the_sweep_is_whole_clean_and_of_the_right_length(cast, number, channel, urgent):
    longest_names()
    RuleSet.objects.update(instant=urgent)
    messages = swept(cast, number, channel)
    for message in messages:
        assert_well_written(message)
    assert {m.notice for m in messages if "(tạm tính)" in m.body} >= {"desk_due_soon", "desk_late", SENDER_SILENT}


def told_of(message):
    return message.reminders.values("clock").distinct().count()


@pytest.mark.parametrize("number", [1, MANY])
def test_a_subject_names_the_case_where_there_is_one_and_the_number_where_there_are_many(cast, number):
    RuleSet.objects.update(instant=True)
    for message in swept(cast, number):
        if message.medium != "email" or message.notice in (DIGEST, SENDER_SILENT):
            continue
        count, said = told_of(message), f"{message.subject}\n{message.body}"
        listed = re.findall(r"^- PAKN.*$", message.body, re.MULTILINE)
        assert len(CODE.findall(message.subject)) == (count == 1), said
        assert message.subject.startswith(f"{count} ") == (count > 1), said
        assert len(listed) == min(count, 20), said
        assert (f"… và {count - 20} " in message.body) == (count > 20), said


@pytest.mark.parametrize(("number", "urgent"), [(1, True), (MANY, False)])
def test_the_sweep_tells_staff_codes_and_limits_and_nothing_of_what_was_written(cast, number, urgent):
    RuleSet.objects.update(instant=urgent)
    for message in swept(cast, number):
        written = [text for text in (TITLE, INTERNAL, FOR_SENDER, *PERSONAL) if text in message.subject + message.body]
        if message.notice == SENDER_SILENT:
            assert (message.recipient, written) == ("cuc@example.vn", [FOR_SENDER, "Cúc"])
        else:
            assert (message.notice, written) == (message.notice, [])


def first_of(notice, agency, role):
    """Subject, body and the code of a desk's first mail of a kind."""
    message = Message.objects.filter(notice=notice, agency__code=agency, role=role, medium="email").first()
    return message.subject, message.body.split("\n\n"), CODE.search(message.body)[0]


def test_the_desk_that_is_late_reads_what_to_do_and_who_is_told_next(cast, settings):
    settings.SITE_URL = "https://pakn.example.vn"
    swept(cast, 1)
    subject, said, code = first_of("desk_late", "moitruong", "specialist")
    assert subject == f"Đã quá hạn – hồ sơ {code}"
    assert said == [
        "Kính gửi cán bộ chuyên môn Công ty Môi trường đô thị,",
        "Một việc của Quý cơ quan đã quá hạn mà chưa xong:",
        f"- {code}: Xác minh, tiếp nhận hoặc chuyển trả, hạn 15:00 02/03/2026, quá hạn 1 phút làm việc",
        "Việc cần làm:\n- hoàn thành bước đang chờ ngay trong hôm nay;\n"
        '- ghi lý do ở mục "Giải trình trễ hạn" của hồ sơ; lý do này được đưa vào báo cáo (khoản 4 Điều 16).',
        "Nếu đến hết ngày làm việc tiếp theo vẫn chưa xong, việc trễ hạn được báo lên lãnh đạo cơ quan,"
        " cơ quan cấp trên (nếu có) và cơ quan tổng hợp của tỉnh.",
        f"Giải trình: https://pakn.example.vn/can-bo/ho-so/{code}/explain/\n"
        f"Mở hồ sơ: https://pakn.example.vn/can-bo/ho-so/{code}/",
        "Trân trọng,\nCổng phản ánh, kiến nghị",
    ]


def test_an_escalation_asks_the_leader_the_parent_and_the_supervisor_each_for_their_own(cast):
    RuleSet.objects.update(instant=True)
    way = Journey(cast.files("2026-03-02 08:00"), cast)
    distribute(way, "2026-03-02 09:00", agency="moitruong")
    sweep(at("2026-03-03 17:01"))
    code = way.case.code
    late = "Xác minh, tiếp nhận hoặc chuyển trả, hạn 15:00 02/03/2026, quá hạn 1 ngày 2 giờ làm việc"
    subject, leader, _code = first_of("desk_escalated", "moitruong", "leader")
    assert subject == f"Quá hạn hơn một ngày làm việc – hồ sơ {code}"
    assert leader[:4] == [
        "Kính gửi lãnh đạo Công ty Môi trường đô thị,",
        "Một việc của Quý cơ quan đã quá hạn hơn một ngày làm việc mà chưa xong:",
        f"- {code}: {late}",
        "Việc cần làm:\n- hồ sơ của Quý cơ quan: kính đề nghị lãnh đạo chỉ đạo hoàn thành ngay trong hôm nay và"
        " giải trình lý do trễ hạn (khoản 4 Điều 16); nếu vụ việc liên quan nhiều cơ quan, báo cáo Ủy ban nhân dân"
        " tỉnh kèm lý do để người gửi biết (khoản 5 Điều 3). Cơ quan cấp trên (nếu có) và cơ quan tổng hợp của tỉnh"
        " cũng được báo.",
    ]
    _subject, parent, _code = first_of("desk_escalated", "soxd", "leader")
    assert parent[:4] == [
        "Kính gửi lãnh đạo Sở Xây dựng,",
        "Một việc của đơn vị trực thuộc đã quá hạn hơn một ngày làm việc mà chưa xong:",
        f"- {code} – Công ty Môi trường đô thị: {late}",
        "Việc cần làm:\n- hồ sơ của đơn vị trực thuộc: kính đề nghị lãnh đạo đôn đốc đơn vị đó hoàn thành và"
        ' giải trình (khoản 3 Điều 16), bằng nút "Đôn đốc" trong hồ sơ.',
    ]
    _subject, supervisor, _code = first_of("desk_escalated", "sokhcn", "supervisor")
    assert supervisor[:4] == [
        "Kính gửi bộ phận tổng hợp Sở Khoa học và Công nghệ,",
        "Một việc trong tỉnh đã quá hạn hơn một ngày làm việc mà chưa xong:",
        f"- {code} – Công ty Môi trường đô thị: {late}",
        'Việc cần làm: đôn đốc cơ quan đang giữ hồ sơ ngay trong hôm nay (nút "Đôn đốc" trong hồ sơ).'
        " Lý do trễ hạn do cơ quan đó giải trình và được đưa vào báo cáo.",
    ]


def test_a_leader_with_late_cases_here_and_below_reads_what_to_do_about_each(cast):
    RuleSet.objects.update(instant=True)
    for agency in ("soxd", "moitruong"):
        distribute(Journey(cast.files("2026-03-02 08:00"), cast), "2026-03-02 09:00", agency=agency)
    sweep(at("2026-03-03 17:01"))
    subject, said, _code = first_of("desk_escalated", "soxd", "leader")
    assert subject == "2 việc quá hạn hơn một ngày làm việc"
    assert said[1] == "2 việc đã quá hạn hơn một ngày làm việc mà chưa xong:"
    assert [line[:24] for line in said[3].split("\n")] == [
        "Việc cần làm:", "- hồ sơ của Quý cơ quan:", "- hồ sơ của đơn vị trực ",
    ]  # fmt: skip


def test_the_sender_reads_what_is_missing_and_until_when(journey, cast, settings):
    """From 2 March 30 days end on 1 April, at the last second."""
    settings.SITE_URL = "https://pakn.example.vn"
    way = journey("2026-03-02 08:00")
    way.does("send_back", cast.oanh, "2026-03-02 09:00", note="Cho biết số nhà.")
    sweep(at("2026-03-25 08:15"))
    message = Message.objects.get(notice=SENDER_SILENT)
    code = way.case.code
    assert (message.medium, message.recipient, message.case) == ("email", "cuc@example.vn", way.case)
    assert message.subject == f"Xin Ông/Bà bổ sung thông tin – hồ sơ {code}"
    assert message.body.split("\n\n")[2:4] == [
        "Nội dung cần bổ sung:\nCho biết số nhà.",
        'Xin Ông/Bà mở hồ sơ, chọn "Bổ sung nội dung" để viết thêm hoặc gửi kèm hình ảnh, tài liệu, chậm nhất'
        " 23:59 01/04/2026. Sau thời điểm này, hồ sơ có thể bị từ chối vì không đủ thông tin; khi đó Ông/Bà vẫn có"
        " thể gửi một phản ánh, kiến nghị mới. Nếu gặp khó khăn khi bổ sung, xin Ông/Bà gọi tổng đài.",
    ]


@pytest.mark.parametrize(
    ("channel", "said"),
    [
        ("web", "càng sớm càng tốt. Thời gian chờ đã hết lúc 23:59 01/04/2026, nên hồ sơ có thể bị từ chối"),
        ("sms", "Xin Ông/Bà bổ sung trên Cổng ngay, thời gian chờ đã hết."),
    ],
)
def test_after_an_outage_a_sender_is_not_asked_for_something_by_a_time_that_is_past(journey, cast, channel, said):
    way = journey("2026-03-02 08:00", channel=channel)
    way.does("send_back", cast.oanh, "2026-03-02 09:00", note="Cho biết số nhà.")
    sweep(at("2026-04-03 08:00"))
    message = Message.objects.get(notice=SENDER_SILENT)
    assert (said in message.body, "chậm nhất" in message.body) == (True, False)
    assert_well_written(message)


def test_an_sms_of_many_names_one_code_and_the_number_of_the_others(cast):
    RuleSet.objects.update(instant=True)
    for _number in range(3):
        cast.files("2026-03-02 08:00")
    sweep(at("2026-03-02 11:00"))
    code = Clock.objects.order_by("due_at", "pk").first().case.code
    assert Message.objects.get(notice="desk_due_soon", medium="sms").body == (
        f"KHẨN: hồ sơ {code} và 2 việc khác sắp hết hạn. Đề nghị xử lý ngay trên Cổng."
    )
