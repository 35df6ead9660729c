"""The audit: what is written, that it cannot be changed unnoticed, and who reads it."""

import re
from datetime import timedelta
from io import StringIO
from threading import Barrier, Thread

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.utils import timezone

from agencies.models import User
from submissions.drafts import keep_uploads
from tests.cast import PASSWORD
from tests.submissions.pages import picture
from tests.workflow.desk import case_address, desk_of
from workflow import audit
from workflow.models import AuditEntry, CaseEvent

Kind = AuditEntry.Kind


def kinds(case):
    return list(case.audit.order_by("number").values_list("kind", "subject"))


def test_every_event_of_a_case_is_an_entry_of_its_chain(journey, cast):
    way = journey()
    way.does("distribute", cast.oanh, "2026-03-02 09:00", field=cast.field(), agency=cast.agency("soxd"))
    way.does("accept", cast.son, "2026-03-02 10:00")
    assert kinds(way.case) == [(Kind.DID, "lodge"), (Kind.DID, "distribute"), (Kind.DID, "accept")]
    accepted = way.case.audit.get(number=3)
    assert (accepted.actor, accepted.agency.code, accepted.role) == (cast.son.user, "soxd", "specialist")
    assert accepted.previous == way.case.audit.get(number=2).sha256
    assert list(audit.verify()) == []


def test_who_opens_a_case_is_noted_once_and_the_next_one_is_told(journey, cast):
    way = journey()
    for _again in range(2):
        text = desk_of("oanh").get(case_address(way.case)).content.decode()
    assert "cũng đang mở hồ sơ này" not in text
    text = " ".join(desk_of("phuc").get(case_address(way.case)).content.decode().split())
    assert "Trần Thị Oanh (Trung tâm CNTT tỉnh Khánh Hòa) cũng đang mở hồ sơ này" in text
    seen = way.case.audit.filter(kind=Kind.SAW).values_list("actor__username", flat=True)
    assert sorted(seen) == ["oanh", "phuc"]


def test_after_a_while_nobody_is_told_any_longer_and_it_is_noted_anew(cast):
    case = cast.files()
    now = timezone.now()
    assert audit.look(cast.oanh, case, now) == []
    assert [entry.actor.username for entry in audit.look(cast.phuc, case, now)] == ["oanh"]
    later = now + audit.LOOKING + timedelta(minutes=1)
    assert audit.look(cast.oanh, case, later) == []
    assert case.audit.filter(kind=Kind.SAW, actor=cast.oanh.user).count() == 2


def test_files_that_staff_open_are_noted_and_told_to_the_sender(journey, cast):
    drafts, _refused = keep_uploads([picture()], "a session of the test", [])
    way = journey(drafts=drafts)
    file = way.case.attachments.get()
    for _piece in range(2):
        assert desk_of("oanh").get(f"/tep/{file.pk}/").getvalue()
    entry = way.case.audit.get(kind=Kind.DOWNLOADED)
    assert entry.subject == f"image {file.pk}"
    assert audit.told_to_the_sender(way.case) == [entry]


def test_a_changed_entry_a_changed_event_and_a_missing_entry_are_found(journey, cast):
    way = journey()
    way.does("distribute", cast.oanh, "2026-03-02 09:00", field=cast.field(), agency=cast.agency("soxd"), note="Gấp.")
    way.does("accept", cast.son, "2026-03-02 10:00")
    chain = way.case.pk
    faults = {}
    for name, tamper in {
        "entry": lambda: AuditEntry.objects.filter(chain=chain, number=2).update(reason="khác"),
        "event": lambda: CaseEvent.objects.filter(case=way.case, action="distribute").update(note="Không gấp."),
        "missing": lambda: AuditEntry.objects.filter(chain=chain, number=2).delete(),
    }.items():
        with untouchable_rows_touched(), transaction.atomic():
            point = transaction.savepoint()
            tamper()
            faults[name] = [(fault.where, fault.what) for fault in audit.verify()]
            transaction.savepoint_rollback(point)
    distributed = CaseEvent.objects.get(case=way.case, action="distribute")
    assert faults == {
        "entry": [(f"{chain}/2", "was changed, or its event was")],
        "event": [(f"{chain}/2", "was changed, or its event was")],
        "missing": [(f"{chain}/3", "missing before it"), (f"event {distributed.pk} of case {chain}", "has no entry")],
    }


class untouchable_rows_touched:
    """As somebody with the keys to the database would: the triggers are off for once."""

    def __enter__(self):
        self._say("replica")

    def __exit__(self, *error):
        self._say("origin")

    def _say(self, what):
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f"SET session_replication_role = {what}")


@pytest.mark.postgres_only
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE workflow_auditentry SET reason = 'khác'",
        "DELETE FROM workflow_auditentry",
        "TRUNCATE workflow_auditentry",
    ],
)
def test_the_database_refuses_to_change_the_audit(cast, sql):
    cast.files()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE workflow_auditentry ENABLE TRIGGER audit_table_stays")
        with pytest.raises(IntegrityError, match="audit_is_only_added_to"), transaction.atomic():
            cursor.execute(sql)


@pytest.mark.postgres_only
@pytest.mark.django_db(transaction=True)
def test_two_who_write_to_one_chain_at_once_both_get_their_place(cast):
    case = cast.files()
    both = Barrier(2)

    def look(viewer):
        both.wait()
        for _time in range(10):
            audit.record(Kind.SAW, case=case, actor=viewer.user)
        connection.close()

    threads = [Thread(target=look, args=[viewer]) for viewer in (cast.oanh, cast.phuc)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(case.audit.order_by("number").values_list("number", flat=True)) == list(range(1, 22))
    assert list(audit.verify()) == []


def test_an_end_that_was_taken_away_is_found_from_the_next_checkpoint_on(cast):
    case = cast.files()
    assert audit.checkpoint(timezone.now()) == 0
    assert audit.checkpoint(timezone.now() + timedelta(hours=2)) == 1
    assert list(audit.verify()) == []
    with untouchable_rows_touched():
        AuditEntry.objects.filter(chain=case.pk).delete()
        assert "does not cover what it covered" in {fault.what for fault in audit.verify()}


def test_two_checkpoints_at_once_do_not_contradict_each_other(cast):
    cast.files()
    later = timezone.now() + timedelta(hours=2)
    assert [audit.checkpoint(later), audit.checkpoint(later)] == [1, 1]
    assert list(audit.verify()) == []


def test_an_event_around_the_engine_is_found(cast):
    case = cast.files()
    event = case.events.get()
    event.pk, event.action = None, "receive"
    event.save()
    assert [fault.where for fault in audit.verify()] == [f"event {event.pk} of case {case.pk}"]


def test_the_command_says_so_and_fails(cast):
    case, out = cast.files(), StringIO()
    call_command("verify_audit", stdout=out)
    assert "Nhật ký nguyên vẹn: 1 dòng." in out.getvalue()
    CaseEvent.objects.filter(case=case).update(note="khác")
    with pytest.raises(CommandError, match="1 chỗ không khớp"):
        call_command("verify_audit", stderr=StringIO())


AUDIT = "/quan-tri/workflow/auditentry/"


def test_the_administrator_reads_filters_and_takes_it_out_which_is_noted(journey, cast):
    way = journey()
    way.does("distribute", cast.oanh, "2026-03-02 09:00", field=cast.field(), agency=cast.agency("soxd"), note="Mật.")
    desk = desk_of("quang")
    text = desk.get(AUDIT, {"q": way.case.code, "kind": "did"}).content.decode()
    assert "Đã chuyển đến cơ quan xử lý" in text
    assert way.case.title not in text
    chosen = [str(pk) for pk in way.case.audit.values_list("pk", flat=True)]
    taken = desk.post(AUDIT, {"action": "take_out", "_selected_action": chosen})
    lines = b"".join(taken.streaming_content).decode().splitlines()
    assert lines[0].startswith("\ufeffat,kind,case,actor")
    assert len(lines) == 3
    entry = AuditEntry.objects.get(kind=Kind.EXPORTED)
    assert (entry.actor, entry.facts["rows"]) == (cast.quang.user, 2)
    assert desk.post(f"{AUDIT}{chosen[0]}/change/", {"reason": "khác"}).status_code == 403
    assert desk.get(f"{AUDIT}add/").status_code == 403
    assert desk.post(f"{AUDIT}{chosen[0]}/delete/", {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("username", ["oanh", "tam", "son", "lan", "binh"])
def test_nobody_else_reads_it(cast, username):
    assert desk_of(username).get(AUDIT).status_code in (302, 403, 404)


def test_a_change_of_reference_data_is_noted(cast):
    desk = desk_of("oanh")
    User.objects.filter(username="oanh").update(is_staff=True)
    response = desk.post("/quan-tri/agencies/field/y-te/change/", {"name": "Y tế, dân số", "position": "3"})
    assert response.status_code == 302
    entry = AuditEntry.objects.get(kind=Kind.CHANGED)
    assert (entry.subject, entry.actor, entry.agency.code) == ("lĩnh vực: Y tế, dân số", cast.oanh.user, "trungtam")
    assert re.search("Tên|tên|name", entry.reason)


def test_who_of_staff_came_in_or_failed_to_is_noted_and_no_citizen(client, cast):
    """Names that nobody has leave nothing: a stranger must not fill the audit."""
    for name, password in (
        ("son", "wrong"),
        ("son", PASSWORD),
        ("nobody", "wrong"),
        ("binh", "wrong"),
        ("binh", PASSWORD),
    ):
        client.post("/tai-khoan/dang-nhap/", {"username": name, "password": password})
    entries = AuditEntry.objects.filter(kind=AuditEntry.Kind.LOGIN).order_by("id")
    assert [(entry.actor.username, entry.subject) for entry in entries] == [("son", "sai mật khẩu"), ("son", "đã vào")]
    assert entries[0].agency.code == "soxd"
    assert list(audit.verify()) == []
