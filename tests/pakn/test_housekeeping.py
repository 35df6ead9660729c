"""The nightly work, part by part; a part that fails leaves the others be."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from captcha.models import CaptchaStore
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command

from agencies.models import CalendarSpan
from pakn.housekeeping import FAILED, housekeeping
from submissions.drafts import keep_uploads
from submissions.files import private_storage
from submissions.models import Attachment
from tests.cast import at
from tests.submissions.pages import picture
from workflow.models import Clock, Heartbeat

NIGHT = "2026-03-02 02:30"
PARTS = (
    "captchas", "sessions", "drafts", "half_written", "unproved_accounts", "unconfirmed_followers", "reminders",
    "due_times",
    "audit",
    "leavers",
    "report_drafts",
    "senders",
)  # fmt: skip
NOTHING = dict.fromkeys(PARTS, 0) | {"reference_data": 1}

pytestmark = pytest.mark.usefixtures("cast")


def captcha(expires):
    store = CaptchaStore.objects.create(challenge=expires, response=expires)
    CaptchaStore.objects.filter(pk=store.pk).update(expiration=at(expires))


def draft_of(when):
    (draft,), _ = keep_uploads([picture()], "key", [])
    Attachment.objects.filter(pk=draft.pk).update(created_at=at(when))
    return draft


def partial_of(name, when):
    partial = Path(private_storage().path(name))
    partial.parent.mkdir(parents=True, exist_ok=True)
    partial.write_bytes(b"half")
    os.utime(partial, (at(when).timestamp(),) * 2)
    return partial


def test_a_quiet_night_does_nothing_and_leaves_its_heartbeat():
    assert housekeeping(at(NIGHT)) == NOTHING
    assert Heartbeat.objects.get(job="housekeep").at == at(NIGHT)


def test_expired_captchas_and_sessions_go_and_the_others_stay():
    captcha("2026-03-02 02:30")
    captcha("2026-03-02 02:31")
    for key, expires in {"old": "2026-03-02 02:30", "new": "2026-03-02 02:31"}.items():
        Session.objects.create(session_key=key, session_data="", expire_date=at(expires))
    assert housekeeping(at(NIGHT)) == NOTHING | {"captchas": 1, "sessions": 1}
    assert [store.response for store in CaptchaStore.objects.all()] == ["2026-03-02 02:31"]
    assert [session.pk for session in Session.objects.all()] == ["new"]


def test_drafts_older_than_a_day_go_with_their_files_but_no_attachment_of_a_case(cast):
    old, young = draft_of("2026-03-01 02:29"), draft_of("2026-03-01 02:30")
    used = draft_of("2026-02-01 08:00")
    Attachment.objects.filter(pk=used.pk).update(case=cast.files(), draft_key="")
    assert housekeeping(at(NIGHT))["drafts"] == 1
    assert {row.pk for row in Attachment.objects.all()} == {young.pk, used.pk}
    assert [private_storage().exists(file.path) for file in (old, young, used)] == [False, True, True]


def test_a_draft_whose_file_went_before_a_crash_goes_the_next_night():
    draft = draft_of("2026-03-01 02:00")
    private_storage().delete(draft.path)
    assert housekeeping(at(NIGHT))["drafts"] == 1
    assert Attachment.objects.count() == 0


def test_half_written_files_go_after_a_day():
    whole = draft_of("2026-03-02 02:00")
    old, young = partial_of("ab/cd/1.part", "2026-03-01 02:29"), partial_of("ab/cd/2.part", "2026-03-01 02:31")
    assert housekeeping(at(NIGHT)) == NOTHING | {"half_written": 1}
    assert (old.exists(), young.exists(), private_storage().exists(whole.path)) == (False, True, True)


def test_a_clock_from_before_there_were_reminders_gets_its_next_one(cast):
    """Filed Monday 08:00, due after 4 working hours at 14:00; a quarter of them is left at 11:00."""
    case = cast.files("2026-03-02 08:00")
    planned = [(clock.key, clock.reminder, clock.remind_at) for clock in case.clocks.order_by("pk")]
    assert ("intake", "due_soon", at("2026-03-02 11:00")) in planned
    case.clocks.update(reminder="", remind_at=None)
    assert housekeeping(at("2026-03-02 09:00")) == NOTHING | {"reminders": len(planned)}
    assert [(clock.key, clock.reminder, clock.remind_at) for clock in case.clocks.order_by("pk")] == planned
    assert housekeeping(at("2026-03-02 09:00")) == NOTHING


def test_a_clock_that_has_ended_is_not_planned(cast):
    case = cast.files("2026-03-02 08:00")
    case.clocks.update(ending="void", ended_at=at("2026-03-02 08:30"), reminder="", remind_at=None)
    assert housekeeping(at("2026-03-02 09:00")) == NOTHING


def test_a_due_time_that_is_not_the_calendar_s_is_set_right(cast):
    case = cast.files("2026-03-02 08:00")
    case.clocks.filter(key="intake").update(due_at=at("2026-03-02 15:00"))
    assert housekeeping(at("2026-03-02 09:00")) == NOTHING | {"due_times": 1}
    assert Clock.objects.get(case=case, key="intake").due_at == at("2026-03-02 14:00")


@pytest.fixture
def broken(cast):
    """One draft that cannot be deleted, beside a captcha and a half-written file that can."""
    draft = draft_of("2026-02-01 08:00")
    Attachment.objects.filter(pk=draft.pk).update(path="../outside")
    captcha("2026-03-01 08:00")
    partial_of("ab/cd/1.part", "2026-02-01 08:00")


@pytest.mark.usefixtures("broken")
def test_a_part_that_fails_is_logged_and_the_others_are_done(caplog):
    done = housekeeping(at(NIGHT))
    assert done == NOTHING | {"captchas": 1, "drafts": FAILED, "half_written": 1}
    assert [record.getMessage() for record in caplog.records] == ["Housekeeping: drafts failed"]
    assert Heartbeat.objects.get(job="housekeep").at == at(NIGHT)


def test_without_a_calendar_the_rest_is_done(caplog):
    CalendarSpan.objects.all().delete()
    captcha("2026-03-01 08:00")
    assert housekeeping(at(NIGHT))["captchas"] == 1


def test_the_command_says_in_one_line_what_was_done(capsys):
    captcha("2026-03-01 08:00")
    call_command("housekeeping", now="2026-03-02T02:30")
    assert capsys.readouterr().out == (
        "Dọn dẹp: 1 mã bảo mật hết hạn, 0 phiên hết hạn, 0 tệp nháp, 0 tệp ghi dở, 0 tài khoản chưa xác nhận, "
        "0 địa chỉ nhận tin chưa xác nhận, 0 đồng hồ được lập lịch nhắc, 0 hạn tính lại theo lịch, "
        "0 dòng nhật ký được chốt, 0 tài khoản hết phân công, 0 thư về báo cáo, "
        "0 hồ sơ hết hạn lưu dữ liệu người gửi, 1 lần đọc lại danh mục.\n"
    )


@pytest.mark.usefixtures("broken")
def test_the_command_fails_where_a_part_did():
    with pytest.raises(CommandError) as raised:
        call_command("housekeeping", now="2026-03-02T02:30")
    assert str(raised.value) == (
        "Dọn dẹp: 1 mã bảo mật hết hạn, 0 phiên hết hạn, 1 tệp ghi dở, 0 tài khoản chưa xác nhận, "
        "0 địa chỉ nhận tin chưa xác nhận, 0 đồng hồ được lập lịch nhắc, 0 hạn tính lại theo lịch, "
        "0 dòng nhật ký được chốt, 0 tài khoản hết phân công, 0 thư về báo cáo, "
        "0 hồ sơ hết hạn lưu dữ liệu người gửi, 1 lần đọc lại danh mục. Hỏng, xem nhật ký: drafts."
    )


def test_a_session_outlives_no_draft(settings):
    assert timedelta(seconds=settings.SESSION_COOKIE_AGE) < timedelta(days=1)
