"""Who sent a case: read on demand, with a reason that the sender reads."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.workflow.desk import case_address, desk_of
from workflow import audit, identity
from workflow.models import AuditEntry

NAME = "Nguyễn Thị Cúc"


@pytest.fixture
def held(journey, cast):
    way = journey()
    way.does("distribute", cast.oanh, "2026-03-02 09:00", field=cast.field(), agency=cast.agency("soxd"))
    return way.fresh()


def page(desk, case):
    return desk.get(case_address(case)).content.decode()


def test_the_centre_reads_it_while_it_takes_the_case_in(cast):
    text = page(desk_of("oanh"), cast.files())
    assert NAME in text
    assert 'name="reason" value="call"' not in text


@pytest.mark.parametrize("username", ["son", "lan", "oanh"])
def test_afterwards_everybody_opens_it_first_with_a_reason(held, username):
    desk = desk_of(username)
    assert NAME not in page(desk, held)
    response = desk.post(f"{case_address(held)}nguoi-gui/", {"reason": "call"})
    assert response["Location"] == f"{case_address(held)}#sender-title"
    assert NAME in page(desk, held)
    entry = held.audit.get(kind=AuditEntry.Kind.OPENED)
    assert (entry.actor.username, entry.reason) == (username, str(identity.Reason.CALL.label))


def test_one_persons_opening_opens_it_to_nobody_else(held):
    desk_of("son").post(f"{case_address(held)}nguoi-gui/", {"reason": "visit"})
    assert NAME not in page(desk_of("lan"), held)


def test_it_closes_again_after_a_while(held, cast):
    identity.open_for(cast.son, held, "Gọi điện")
    now = timezone.now()
    assert identity.is_open(cast.son, held, now)
    assert not identity.is_open(cast.son, held, now + audit.OPENED_FOR + timedelta(minutes=1))


def test_who_may_not_read_it_cannot_open_it(journey, cast):
    way = journey()
    way.does("distribute", cast.oanh, "2026-03-02 09:00", field=cast.field(), agency=cast.agency("moitruong"))
    address = f"{case_address(way.case)}nguoi-gui/"
    assert desk_of("tam").post(address, {"reason": "call"}).status_code == 403
    assert desk_of("lan").post(address, {"reason": "call"}).status_code == 403
    assert desk_of("yen").post(address, {"reason": "call"}).status_code == 404
    assert not way.case.audit.filter(kind=AuditEntry.Kind.OPENED).exists()


def test_only_the_reasons_offered_count(held):
    assert desk_of("son").post(f"{case_address(held)}nguoi-gui/", {"reason": "vì tò mò"}).status_code == 404


def test_the_sender_reads_which_agency_opened_it_when_and_why(held, cast):
    identity.open_for(cast.son, held, identity.Reason.CALL.label)
    client = desk_of("binh")
    session = client.session
    session["opened"] = [held.pk]
    session.save()
    text = client.get(f"/phan-anh/{held.code}/").content.decode()
    at = timezone.localtime(held.audit.get(kind=AuditEntry.Kind.OPENED).at)
    assert f"{at:%H:%M %d/%m/%Y} – Sở Xây dựng: mở thông tin người gửi ({identity.Reason.CALL.label})" in text
    assert "Nguyễn Văn Sơn" not in text
