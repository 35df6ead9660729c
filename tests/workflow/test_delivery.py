"""Delivery: what goes out and when, what comes back, what is given up; through a real mail server and a real file.

Monday 2 March 2026; office hours are 07:00-11:30 and 13:30-17:00.
"""

import json
import logging
import os
import re
import signal
import subprocess
import sys
from datetime import timedelta
from time import sleep

import pytest
from django.core import mail
from django.db import connection
from django.db.models import F

from agencies.models import CalendarSpan
from tests.cast import LOCAL, at
from tests.smtp_sink import smtp_sink
from tests.workflow.test_concurrency import at_once
from workflow.delivery import deliver
from workflow.models import Heartbeat, Message

NINE = at("2026-03-02 09:00")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def server(settings):
    with smtp_sink() as sink:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
        settings.SITE_URL, settings.DEFAULT_FROM_EMAIL = "https://pakn.example.vn", "pakn@example.vn"
        yield sink


@pytest.fixture
def sms_file(settings, tmp_path):
    settings.SMS_BACKEND, settings.SMS_FILE = "file", tmp_path / "sms.jsonl"
    return settings.SMS_FILE


def queued(when=NINE, *, medium="email", recipient="soxd@example.vn", **changes):
    values = {
        "notice": "desk_late", "medium": medium, "recipient": recipient, "subject": "Quá hạn: 1 hồ sơ",
        "body": "Kính gửi Sở Xây dựng,", "queued_at": when, "next_try_at": when,
    }  # fmt: skip
    return Message.objects.create(**values | changes)


def many(count, when=NINE, **changes):
    return [queued(when, recipient=f"hop-thu-{number}@example.vn", **changes) for number in range(count)]


def done(now, **options):
    run = deliver(now, **options)
    return run.sent, run.put_back, run.given_up


def fresh(message):
    return Message.objects.get(pk=message.pk)


def next_half_hour(now):
    return now + timedelta(minutes=30 - now.minute % 30)


def tries(message, until):
    """Runs at each next try, while the offices are closed each half hour; the local times of the attempts."""
    now, times = message.next_try_at, []
    while now <= until:
        deliver(now)
        attempts, message = message.attempts, fresh(message)
        if message.attempts > attempts:
            times.append(now.astimezone(LOCAL).strftime("%d %H:%M"))
        if message.given_up_at:
            break
        now = message.next_try_at if message.attempts > attempts else next_half_hour(now)
    return times


# What goes out


def test_a_mail_goes_out_as_it_was_queued_and_is_stamped(cast, server):
    message = queued()
    assert done(NINE) == (1, 0, 0)
    letter = server.mails[0]
    assert (letter["To"], letter["From"], letter["Subject"]) == (
        "soxd@example.vn", "pakn@example.vn", "Quá hạn: 1 hồ sơ",
    )  # fmt: skip
    assert letter.get_content().strip() == "Kính gửi Sở Xây dựng,"
    assert letter["Message-ID"] == f"<pakn-{message.pk}@pakn.example.vn>"
    assert (letter["Auto-Submitted"], letter["Date"] is not None) == ("auto-generated", True)
    message = fresh(message)
    assert (message.sent_at, message.attempts, message.problem, message.given_up_at) == (NINE, 1, "", None)


def test_a_code_is_not_kept_once_it_was_sent(cast, sms_file):
    code = queued(medium="sms", recipient="+84912345678", notice="account_code", subject="", body="Mã: 123456")
    other = queued(medium="sms", recipient="+84912345678", body="Hồ sơ đã được tiếp nhận.")
    deliver(NINE)
    assert "123456" in sms_file.read_text()
    assert fresh(code).body == "(đã gửi; mã và đường dẫn dùng một lần không được giữ lại)"
    assert fresh(other).body == "Hồ sơ đã được tiếp nhận."


def test_an_sms_goes_out_with_its_key(cast, sms_file):
    message = queued(medium="sms", recipient="+84912345678", subject="", body="PA1: đã tiếp nhận.")
    assert done(NINE) == (1, 0, 0)
    assert json.loads(sms_file.read_text()) == {
        "to": "+84912345678", "text": "PA1: đã tiếp nhận.", "key": f"pakn-{message.pk}",
    }  # fmt: skip
    assert fresh(message).sent_at == NINE


def test_what_was_sent_given_up_is_not_due_or_is_for_a_person_to_do_stays(cast):
    queued(sent_at=NINE - MINUTE)
    queued(given_up_at=NINE - MINUTE)
    queued(next_try_at=NINE + MINUTE)
    queued(medium="task", recipient="+84912345678")
    assert done(NINE) == (0, 0, 0)
    assert mail.outbox == []


def test_a_second_run_sends_nothing_again(cast, server):
    many(3)
    assert [done(NINE), done(NINE), done(NINE + MINUTE)] == [(3, 0, 0), (0, 0, 0), (0, 0, 0)]
    assert len(server.letters) == 3


def test_batch_after_batch_goes_over_one_connection_each(cast, server):
    many(120)
    assert done(NINE) == (120, 0, 0)
    assert (len(server.letters), server.sessions) == (120, 3)


def test_every_run_ends_with_a_heartbeat(cast):
    deliver(NINE)
    deliver(NINE + MINUTE)
    assert list(Heartbeat.objects.values_list("job", "at")) == [("deliver", NINE + MINUTE)]


def test_what_the_time_does_not_suffice_for_waits_untried(cast, server):
    many(2)
    assert done(NINE, budget_seconds=0) == (0, 0, 0)
    assert list(Message.objects.values_list("attempts", "next_try_at")) == [(0, NINE)] * 2


def test_a_batch_that_the_time_cuts_short_is_handed_back_at_once(cast, server):
    messages = many(3)
    server.stops = lambda: sleep(0.3)
    assert done(NINE, budget_seconds=0.2) == (1, 0, 0)
    assert [(fresh(m).attempts, fresh(m).next_try_at) for m in messages[1:]] == [(0, NINE)] * 2
    assert done(NINE) == (2, 0, 0)


# Office hours


def test_staff_get_mail_in_office_hours_only(cast, server):
    message = queued(at("2026-02-27 18:00"), in_office_hours=True)
    for closed in ("2026-02-27 18:00", "2026-02-28 09:00", "2026-03-02 06:59", "2026-03-02 12:00"):
        assert done(at(closed)) == (0, 0, 0)
    assert fresh(message).attempts == 0
    assert done(at("2026-03-02 13:30")) == (1, 0, 0)


def test_senders_and_the_instant_lane_are_told_at_night(cast, server, sms_file):
    night = at("2026-03-02 23:10")
    queued(night)
    queued(night, medium="sms", recipient="+84901234567")
    assert done(night) == (2, 0, 0)


def test_beyond_the_calendar_what_is_for_office_hours_waits_and_the_rest_goes(cast, server, caplog):
    CalendarSpan.objects.update(last_year=2025)
    CalendarSpan.touch()
    waiting, urgent = queued(in_office_hours=True), queued()
    assert done(NINE) == (1, 0, 0)
    assert (fresh(waiting).sent_at, fresh(urgent).sent_at) == (None, NINE)
    assert "Nobody knows whether the offices are open" in caplog.text


# What fails


def test_pauses_grow_and_after_a_day_a_message_is_given_up(cast, server):
    server.answers["MAIL"] = "451 later"
    message = queued(NINE)
    times = tries(message, NINE + timedelta(days=3))
    assert times[:9] == [
        "02 09:00", "02 09:01", "02 09:03", "02 09:08", "02 09:23", "02 09:53", "02 10:53", "02 11:53", "02 12:53",
    ]  # fmt: skip
    assert (len(times), times[-2:]) == (30, ["03 08:53", "03 09:53"])
    message = fresh(message)
    assert (message.given_up_at, message.sent_at) == (at("2026-03-03 09:53"), None)
    assert message.problem == "không gửi được thư (SMTPSenderRefused 451)"


def test_mail_for_office_hours_has_a_working_day_of_tries_and_no_weekend_counts(cast, server):
    """Queued on Friday at 16:50, eight hours of work are over on Monday at 16:50."""
    server.answers["MAIL"] = "451 later"
    message = queued(at("2026-02-27 16:50"), in_office_hours=True)
    assert tries(message, at("2026-03-06 17:00")) == [
        "27 16:50", "27 16:51", "27 16:53", "27 16:58",
        "02 07:00", "02 07:30", "02 08:30", "02 09:30", "02 10:30", "02 13:30", "02 14:30", "02 15:30", "02 16:30",
        "03 07:00",
    ]  # fmt: skip
    assert fresh(message).given_up_at == at("2026-03-03 07:00")


def test_after_an_outage_of_the_sender_nothing_is_given_up_at_the_first_try(cast, server):
    server.answers["MAIL"] = "451 later"
    message = queued(NINE)
    assert done(at("2026-03-05 09:00")) == (0, 1, 0)
    server.answers.clear()
    assert done(at("2026-03-05 09:01")) == (1, 0, 0)
    message = fresh(message)
    assert (message.attempts, message.problem, message.sent_at) == (2, "", at("2026-03-05 09:01"))


def test_an_address_refused_for_good_is_given_up_at_once_and_one_refused_for_now_is_not(cast, server):
    gone, full, well = (queued(recipient=f"{name}@example.vn") for name in ("gone", "full", "well"))
    server.refuses = {"gone@example.vn": "550 no such gone@example.vn", "full@example.vn": "452 full"}
    assert done(NINE) == (1, 1, 1)
    assert (fresh(gone).given_up_at, fresh(gone).problem) == (NINE, "máy chủ thư không nhận địa chỉ này (550)")
    assert (fresh(full).next_try_at, fresh(full).problem) == (
        NINE + MINUTE, "máy chủ thư không nhận địa chỉ này (452)",
    )  # fmt: skip
    assert fresh(well).sent_at == NINE


def test_a_message_that_no_mail_can_be_made_of_keeps_no_other_back(cast, server):
    broken, well = queued(subject="Hai\ndòng"), queued()
    assert done(NINE) == (1, 1, 0)
    assert (fresh(broken).problem, fresh(well).sent_at) == ("không gửi được thư (BadHeaderError)", NINE)


def test_an_sms_that_cannot_even_be_asked_for_keeps_no_mail_back(cast, server, settings):
    """The address of the gateway is not one that HTTP can carry."""
    settings.SMS_BACKEND = "http://127.0.0.1:9/đường"
    sms, letter = queued(medium="sms", recipient="+84912345678"), queued()
    deliver(NINE)
    sms.refresh_from_db()
    letter.refresh_from_db()
    assert (sms.sent_at, letter.sent_at) == (None, NINE)
    assert sms.problem.startswith("không gửi được tin nhắn")


def test_a_message_without_an_address_is_given_up_at_once(cast, server):
    unreachable = queued(recipient="")
    deliver(NINE)
    unreachable.refresh_from_db()
    assert (unreachable.given_up_at, unreachable.problem) == (NINE, "chưa có địa chỉ nhận")


def test_a_server_that_is_away_costs_one_attempt_to_connect_and_the_batch_waits(cast, settings, sms_file):
    with smtp_sink() as sink:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
    many(60)
    queued(medium="sms", recipient="+84901234567")
    assert done(NINE) == (1, 50, 0)
    assert set(Message.objects.filter(attempts=1, medium="email").values_list("problem", "next_try_at")) == {
        ("không kết nối được máy chủ thư (ConnectionRefusedError)", NINE + MINUTE)
    }
    assert Message.objects.filter(attempts=0).count() == 10


def test_a_server_that_greets_with_a_refusal_is_asked_once(cast, server):
    server.answers["connect"] = "421 too busy"
    many(60)
    assert done(NINE) == (0, 50, 0)
    assert server.sessions == 1
    server.answers.clear()
    assert done(NINE + MINUTE) == (60, 0, 0)


def test_a_connection_that_breaks_is_opened_anew_for_the_next(cast, server):
    messages = many(3)
    server.refuses = {"hop-thu-1@example.vn": "421 closing"}
    assert done(NINE) == (2, 1, 0)
    assert [fresh(message).sent_at for message in messages] == [NINE, None, NINE]
    assert server.sessions == 2


def test_the_log_names_no_recipient(cast, server, caplog):
    caplog.set_level(logging.DEBUG)
    server.refuses = {"gone@example.vn": "550 no such gone@example.vn"}
    queued(recipient="gone@example.vn")
    deliver(NINE)
    assert "given up" in caplog.text
    assert not re.search(r"gone@|Kính gửi|Quá hạn", caplog.text)


# What is sealed


def test_what_is_sealed_does_not_go_out_any_more(journey, cast, server):
    way = journey("2026-03-02 08:00")
    way.does("seal", cast.oanh, "2026-03-02 08:01", note="Nghi bí mật nhà nước")
    unsent = Message.objects.filter(case=way.case)
    assert [message.notice for message in unsent] == ["sender_lodged", "centre_lodged"]
    assert done(NINE) == (0, 0, 0)
    assert (server.letters, list(unsent.values_list("attempts", flat=True))) == ([], [0, 0])


# Crashes, and two at once


def test_a_lease_ends_after_two_minutes(cast, server):
    message = queued(attempts=1, next_try_at=NINE + 2 * MINUTE)
    assert [done(NINE + MINUTE), done(NINE + 2 * MINUTE)] == [(0, 0, 0), (1, 0, 0)]
    assert fresh(message).attempts == 2


@pytest.mark.django_db(transaction=True)
def test_killed_between_sending_and_stamping_one_message_goes_again_with_the_same_name(cast, server, settings):
    messages = many(3)
    program = "import django; django.setup(); from workflow.delivery import deliver; deliver()"
    process = None

    def kill():
        if len(server.letters) == 2:
            process.send_signal(signal.SIGKILL)
            process.wait(timeout=30)

    server.stops = kill
    environment = os.environ | database() | post(server)
    process = subprocess.Popen([sys.executable, "-c", program], env=environment, cwd=settings.BASE_DIR)
    assert process.wait(timeout=60) == -signal.SIGKILL
    assert [fresh(message).sent_at is not None for message in messages] == [True, False, False]
    leased_until = fresh(messages[1]).next_try_at
    assert done(leased_until - timedelta(seconds=1)) == (0, 0, 0)
    assert done(leased_until) == (2, 0, 0)
    sent = [letter["Message-ID"] for letter in server.mails]
    names = [f"<pakn-{message.pk}@pakn.example.vn>" for message in messages]
    assert sent == [names[0], names[1], names[1], names[2]]


def database():
    """The database of this test, for a process of its own."""
    given = connection.settings_dict
    if connection.vendor == "sqlite":
        return {"DATABASE_URL": f"sqlite:///{given['NAME']}"}
    port = given["PORT"] or 5432
    return {"DATABASE_URL": f"postgres://{given['USER']}:{given['PASSWORD']}@{given['HOST']}:{port}/{given['NAME']}"}


def post(server):
    return {"EMAIL_URL": f"smtp://127.0.0.1:{server.port}", "SITE_URL": "https://pakn.example.vn"}


@pytest.mark.postgres_only
@pytest.mark.django_db(transaction=True)
def test_two_at_once_send_two_hundred_once_each(cast, server, sms_file):
    mails = many(200)
    texts = [queued(medium="sms", recipient=f"+8490123{number:04}") for number in range(50)]
    runs = at_once([lambda: deliver(NINE), lambda: deliver(NINE)])
    assert [sum(run.sent for run in runs), sum(run.put_back + run.given_up for run in runs)] == [250, 0]
    assert sorted(letter["Message-ID"] for letter in server.mails) == sorted(
        f"<pakn-{message.pk}@pakn.example.vn>" for message in mails
    )
    assert sorted(json.loads(line)["key"] for line in sms_file.read_text().splitlines()) == sorted(
        f"pakn-{message.pk}" for message in texts
    )
    assert not Message.objects.exclude(attempts=1, sent_at=F("queued_at")).exists()
