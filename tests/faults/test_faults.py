"""Kill -9 of anything, the broker flushed and gone, the mail server refusing: nothing is lost, nothing goes out twice.

Real workers and beats on a real broker and database, letters to a real mail server: for each broker one story of some
minutes, and a table of it. A process that dies between sending and stamping may send that one letter again, with the
same Message-ID, once its lease of two minutes has ended.
"""

import sys
import time
from collections import Counter

import pytest
from django.utils import timezone

from tests.cast import LOCAL
from tests.faults.stack import stack, wait_until
from tests.smtp_sink import smtp_sink
from workflow.models import Heartbeat, Message, Reminder

pytestmark = [pytest.mark.proof, pytest.mark.django_db(transaction=True)]

LETTERS = 80
SLOW = 0.05
LEASE_AND_TICK = 240
CASE = """
from django.db import transaction
from django.utils import timezone
from agencies.models import AdministrativeUnit
from submissions.intake import Lodgement
from workflow.engine import open_case
lodgement = Lodgement(
    full_name="Nguyễn Thị Cúc", commune=AdministrativeUnit.objects.get(code="22366"), address="12 Trần Phú",
    phone="+84912345678", email="{address}", title="Đèn hỏng", content="Đèn đường không sáng.",
    consent_at=timezone.now(), place="12 Trần Phú",
)
with transaction.atomic():
    open_case(lodgement)
    {before_commit}
os._exit(1)
"""


def lodge(cast, number, **changes):
    moment = timezone.localtime(timezone.now(), LOCAL).strftime("%Y-%m-%d %H:%M:%S")
    return cast.files(moment, email=f"nguoi{number}@example.vn", title=f"Việc {number}", **changes)


def unsent():
    return Message.objects.filter(notice="sender_lodged", sent_at__isnull=True).count()


def letters_by_id(sink):
    return Counter(mail["Message-ID"] for mail in sink.mails if mail["Subject"].strip().startswith("Đã nhận"))


def beats(job):
    found = Heartbeat.objects.filter(job=job).first()
    return found and found.at


def all_sent(sink, expected, duplicates):
    """Each letter once, and at most so many of them twice."""
    found = letters_by_id(sink)
    assert len(found) == expected
    assert sum(count - 1 for count in found.values()) <= duplicates
    return sum(count - 1 for count in found.values())


@pytest.mark.parametrize("kind", ["redis", "files"])
def test_nothing_is_lost_and_nothing_goes_out_twice_whatever_dies(cast, tmp_path, kind, capsys):
    report = []
    with smtp_sink() as sink, stack(tmp_path, sink.port, kind) as processes:
        sink.stops = lambda: time.sleep(SLOW)

        worker, beat = processes.start("worker"), processes.start("beat")
        for number in range(LETTERS):
            lodge(cast, number)
        wait_until(lambda: len(letters_by_id(sink)) >= LETTERS // 4, 100, "sending has begun")
        processes.kill(worker)
        at_death = len(letters_by_id(sink))
        assert at_death < LETTERS
        worker = processes.start("worker")
        took = wait_until(lambda: unsent() == 0, LEASE_AND_TICK, "all sent after the worker's death")
        report.append(("kill -9 of the worker while sending", LETTERS, all_sent(sink, LETTERS, 1), took))

        processes.kill(beat)
        processes.kill(worker)
        for number in range(LETTERS, LETTERS + 10):
            lodge(cast, number)
        seen = beats("sweep")
        time.sleep(5)
        assert beats("sweep") == seen
        worker, beat = processes.start("worker"), processes.start("beat")
        took = wait_until(lambda: unsent() == 0 and beats("sweep") != seen, 120, "worker and beat are back")
        report.append(("kill -9 of beat and worker together", 10, all_sent(sink, LETTERS + 10, 1), took))

        if processes.broker:
            processes.broker.client.flushall()
            processes.broker.stop()
            for number in range(LETTERS + 10, LETTERS + 20):
                lodge(cast, number)
            time.sleep(20)
            processes.broker.start()
            took = wait_until(lambda: unsent() == 0, LEASE_AND_TICK, "Redis is back")
            report.append(("Redis flushed, then gone for 20 s", 10, all_sent(sink, LETTERS + 20, 1), took))
        sent = len(letters_by_id(sink))

        sink.answers["connect"] = "421 not now"
        for number in range(sent, sent + 10):
            lodge(cast, number)
        wait_until(lambda: Message.objects.exclude(problem="").exists(), 90, "the refusal is noticed")
        sink.answers.clear()
        took = wait_until(lambda: unsent() == 0, 300, "the mail server is back")
        report.append(("mail server refusing", 10, all_sent(sink, sent + 10, 1), took))
        sent += 10

        processes.run(CASE.format(address="truoc@example.vn", before_commit="os._exit(1)"))
        assert Message.objects.filter(recipient="truoc@example.vn").count() == 0
        processes.run(CASE.format(address="sau@example.vn", before_commit="pass"))
        took = wait_until(lambda: unsent() == 0, 120, "what was committed goes out")
        report.append(("crash before and after the commit", 1, all_sent(sink, sent + 1, 1), took))
        sent += 1

        others = [processes.start("worker"), processes.start("beat")]
        for number in range(sent, sent + LETTERS):
            lodge(cast, number, incident="lighting")
        took = wait_until(lambda: unsent() == 0, LEASE_AND_TICK, "two workers and two beats")
        wait_until(lambda: beats("sweep") > timezone.now() - timezone.timedelta(seconds=50), 120, "a later sweep")
        report.append(("two workers and two beats", LETTERS, all_sent(sink, sent + LETTERS, 1), took))
        for process in (worker, beat, *others):
            processes.kill(process)

    told = Message.objects.filter(notice__startswith="desk_").values_list("notice", "medium", "recipient", "queued_at")
    assert len(told) == len(set(told))
    raised = Reminder.objects.values_list("clock", "kind", "agency", "role", "due_at")
    assert len(raised) == len(set(raised))
    with capsys.disabled():
        sys.stdout.write(f"\n| {kind}: what was done | letters | sent twice so far | until all were sent |\n")
        sys.stdout.write("|---|---|---|---|\n")
        for what, letters, twice, seconds in report:
            sys.stdout.write(f"| {what} | {letters} | {twice} | {seconds:.0f} s |\n")
