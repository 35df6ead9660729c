"""The database itself refuses what must never be, whoever writes it: raw SQL on SQLite and PostgreSQL alike."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from submissions.models import Case
from tests.cast import at
from tests.workflow.ways import accepted, answered, ask, distribute, submit
from workflow.models import Rating

NOW = at("2026-03-06 10:00")


def refused(sql, *values):
    """Whether the database refuses this statement as against a constraint."""
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
        connection.check_constraints()


def changed(row, **values):
    """The constraint that forbids these values in this row, by the message of the database."""
    columns = ", ".join(f"{column} = %s" for column in values)
    refused(f"UPDATE {row._meta.db_table} SET {columns} WHERE id = %s", *values.values(), _key(row))  # noqa: S608


def copied(row, **values):
    """A second row like this one, but for these values."""
    columns = [field.column for field in row._meta.concrete_fields if not field.primary_key]
    sources = ["%s" if column in values else column for column in columns]
    given = [values[column] for column in columns if column in values]
    table = row._meta.db_table
    refused(
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(sources)} FROM {table} WHERE id = %s",  # noqa: S608
        *given,
        _key(row),
    )


def _key(row):
    field = row._meta.pk
    return field.get_db_prep_value(row.pk, connection)


# Cases


def test_a_published_case_has_an_answer(journey):
    changed(journey().case, published_at=NOW)


@pytest.mark.parametrize("level", ["confidential", "withheld"])
def test_a_published_case_is_of_the_normal_level(journey, level):
    changed(answered(journey()), level=level)


@pytest.mark.parametrize("state", ["SEALED", "REFUSED", "WITHDRAWN"])
def test_a_published_case_is_neither_sealed_nor_refused_nor_withdrawn(journey, state):
    changed(answered(journey()), state=state)


def test_an_answered_case_has_an_answer(journey):
    changed(answered(journey(confidential=True)), answer_id=None)


def test_a_confidential_answered_case_is_not_published(journey):
    changed(answered(journey(confidential=True)), published_at=NOW)


@pytest.mark.parametrize("state", ["NEW", "", "lodged"])
def test_the_state_is_a_known_one(journey, state):
    changed(journey().case, state=state)


def test_the_level_is_a_known_one(journey):
    changed(journey().case, level="secret")


@pytest.mark.parametrize("state", ["DISTRIBUTED", "PROCESSING", "SUBMITTED", "APPROVED"])
def test_a_case_with_an_agency_names_it(journey, state):
    changed(journey().case, state=state)


def test_a_case_of_the_national_portal_has_its_code(journey):
    changed(journey(channel="national_portal", national_code="QG-1").case, national_code="")


def test_code_key_and_sender_belong_to_one_case(cast):
    one, other = cast.files(), cast.files()
    changed(other, code=one.code)
    changed(other, submission_key=_value(one, "submission_key"))
    changed(other, sender_id=one.sender_id)


def _value(row, name):
    return row._meta.get_field(name).get_db_prep_value(getattr(row, name), connection)


def test_a_case_with_events_is_not_deleted(journey):
    case = journey().case
    refused("DELETE FROM submissions_case WHERE id = %s", case.pk)


# Agencies' parts


def test_a_case_has_one_lead(journey):
    case = accepted(journey())
    changed(case.access.get(part="centre"), part="lead")


def test_an_agency_has_one_part(journey):
    case = accepted(journey())
    copied(case.access.get(part="centre"))


# Attachments


@pytest.fixture
def attachment(journey):
    return journey().case.attachments.create(
        name="a.jpg", path="aa/a", kind="image", content_type="image/jpeg", size=1, sha256="0" * 64, created_at=NOW
    )


def test_an_attachment_belongs_to_a_case_or_to_a_session(attachment):
    changed(attachment, draft_key="khóa của phiên")
    changed(attachment, case_id=None)


# Clocks


def test_a_limit_runs_once(journey):
    copied(journey().case.clocks.get(key="intake"))


def test_a_running_clock_has_not_ended_and_an_ended_one_has(journey):
    case = distribute(journey(), "2026-03-02 10:00")
    changed(case.clocks.get(key="verify"), ended_at=NOW)
    changed(case.clocks.get(key="verify"), ending="void")
    changed(case.clocks.get(key="intake"), ended_at=None)
    changed(case.clocks.get(key="intake"), ending="running")


def test_a_question_a_consultation_and_a_promise_have_one_clock(journey, cast):
    way = journey()
    accepted(way, coordinating=[cast.agency("soyt")])
    ask(way, "2026-03-03 09:00")
    copied(way.case.clocks.get(key="question"))
    copied(way.case.clocks.get(key="consult"))


# Consultations and promises


def test_an_agency_is_asked_once_at_a_time(journey, cast):
    case = accepted(journey(), coordinating=[cast.agency("soyt")])
    copied(case.consultations.get())


COMMITMENT = {"outcome": "commitment", "commitment_date": date(2026, 4, 20)}


def test_a_case_has_one_open_promise(journey, cast):
    way = journey()
    answered(way, **COMMITMENT)
    way.does("reopen", cast.lan, "2026-03-06 08:00", note="Xem lại")
    submit(way, "2026-03-06 09:00", **COMMITMENT)
    way.does("approve", cast.lan, "2026-03-06 10:00")
    first, second = way.case.promises.order_by("pk")
    changed(first, closed_at=None)
    changed(first, approval_id=second.approval_id)


# Results and approvals


def test_a_commitment_has_a_date_and_a_finished_result_has_none(journey):
    way = journey()
    accepted(way)
    submit(way, "2026-03-05 09:00")
    result = way.case.results.get()
    changed(result, outcome="commitment")
    changed(result, commitment_date=date(2026, 4, 20))
    changed(result, outcome="unknown")


def test_a_commitment_does_not_lose_its_date(journey):
    case = answered(journey(), **COMMITMENT)
    changed(case.results.get(), commitment_date=None)


def test_a_result_has_a_number_of_its_own(journey):
    copied(answered(journey()).results.get())


def test_nobody_approves_what_they_drafted(journey, cast):
    approval = answered(journey()).approvals.get()
    changed(approval, approver_id=approval.drafter_id)
    changed(approval, drafter_id=approval.approver_id)


def test_a_result_is_approved_once(journey):
    copied(answered(journey()).approvals.get())


def test_what_was_given_is_not_revoked(journey):
    changed(answered(journey()).approvals.get(), revoked_at=NOW)


def test_an_approved_result_is_rated_once(journey, cast):
    way = journey()
    answered(way)
    way.does("rate", cast.sender_of(way.case), "2026-03-06 08:00", score="satisfied")
    copied(Rating.objects.get())


def test_an_approved_result_is_not_deleted(journey):
    case = answered(journey())
    refused("DELETE FROM workflow_result WHERE id = %s", case.results.get().pk)
    refused("DELETE FROM workflow_approval WHERE id = %s", case.answer_id)


# Messages


def test_a_notice_goes_to_a_recipient_once_an_event(journey):
    copied(journey().case.messages.get(notice="sender_lodged"))


@pytest.mark.postgres_only
def test_a_state_does_not_change_without_its_event(journey):
    case = journey().case
    with pytest.raises(IntegrityError, match="case_state_needs_its_event"), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(state="CHECKED")
    case.refresh_from_db()
    assert case.state == "LODGED"
