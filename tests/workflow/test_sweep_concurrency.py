"""Two workers by mistake, and people at work meanwhile: on PostgreSQL, in threads with connections of their own."""

import pytest

from tests.cast import at
from tests.workflow.test_concurrency import at_once, does
from workflow.models import Clock, Heartbeat, Message, Reminder
from workflow.sweep import sweep

pytestmark = [pytest.mark.postgres_only, pytest.mark.django_db(transaction=True)]

CASES = 30


def sweeps(when):
    return lambda: sweep(at(when))


def test_four_sweeps_at_once_raise_and_tell_once(cast):
    for number in range(CASES):
        cast.files("2026-03-02 08:00", title=f"Việc {number}")
    sweep(at("2026-03-02 08:00"))
    Message.objects.all().delete()
    outcomes = at_once([sweeps("2026-03-02 11:00")] * 4)
    assert sum(outcome.raised for outcome in outcomes) == CASES
    assert Reminder.objects.filter(told_at__isnull=False).count() == CASES
    told = Message.objects.filter(notice="desk_due_soon").count()
    assert told == sum(outcome.told for outcome in outcomes)
    assert told == Reminder.objects.values("message").distinct().count()


def test_a_sweep_and_people_at_work_on_the_same_cases_do_not_stop_each_other(cast):
    cases = [cast.files("2026-03-02 08:00", title=f"Việc {number}") for number in range(CASES)]
    work = {"agency": cast.agency("soxd"), "field": cast.field()}
    distributions = [does(case, "distribute", cast.oanh, "2026-03-02 11:00", **work) for case in cases]
    outcomes = at_once([*distributions, *[sweeps("2026-03-02 11:00")] * 6], workers=6)
    assert [type(outcome).__name__ for outcome in outcomes[CASES:]] == ["Swept"] * 6
    assert [outcome.state for outcome in outcomes[:CASES]] == ["DISTRIBUTED"] * CASES
    assert Clock.objects.filter(key="intake", ending="met").count() == CASES
    raised = Reminder.objects.count()
    assert sweep(at("2026-03-02 11:01")).raised == 0
    assert Reminder.objects.count() == raised


def test_a_first_sweep_by_two_at_once_leaves_one_heartbeat(cast):
    at_once([sweeps("2026-03-02 08:00")] * 4)
    assert Heartbeat.objects.filter(job="sweep").count() == 1
    assert Heartbeat.objects.filter(job="digest").count() == 1
