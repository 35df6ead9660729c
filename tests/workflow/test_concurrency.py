"""Many at once on PostgreSQL, in real threads with connections of their own: one wins, the others hear why not.

SQLite lets one writer in at a time, so these prove nothing there and are skipped.
"""

import queue
import threading
import uuid

import pytest
from django.db import connections

from submissions.models import Case, CaseAccess
from tests.cast import at
from tests.workflow.ways import accepted, clocks_of, distribute, running, submit
from workflow.engine import open_case, perform
from workflow.models import Approval, CaseEvent, Clock, Message
from workflow.permissions import Conflict

pytestmark = [pytest.mark.postgres_only, pytest.mark.django_db(transaction=True)]


def at_once(jobs, workers=None):
    """Runs every job in threads that start together; what each gave back or raised, in the order of the jobs."""
    workers = workers or len(jobs)
    waiting, outcomes, start = queue.SimpleQueue(), [None] * len(jobs), threading.Barrier(workers)
    for number, job in enumerate(jobs):
        waiting.put((number, job))

    def work():
        try:
            start.wait(timeout=30)
            while True:
                try:
                    number, job = waiting.get_nowait()
                except queue.Empty:
                    return
                try:
                    outcomes[number] = job()
                except Exception as error:
                    outcomes[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, daemon=True) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert not any(thread.is_alive() for thread in threads)
    return outcomes


def does(case, key, viewer, when, **data):
    return lambda: perform(case.pk, key, viewer, data, now=at(when))


def names(outcomes):
    return sorted(type(outcome).__name__ for outcome in outcomes)


ONE_OF_EIGHT = ["Case", *["Conflict"] * 7]


def test_eight_approvals_at_once_approve_once(journey, cast):
    way = journey()
    accepted(way)
    submit(way, "2026-03-05 15:00")
    assert names(at_once([does(way.case, "approve", cast.lan, "2026-03-05 16:00")] * 8)) == ONE_OF_EIGHT
    assert way.fresh().state == "ANSWERED"
    assert way.case.version == 4
    assert CaseEvent.objects.filter(case=way.case, action="approve").count() == 1
    assert Approval.objects.count() == 1
    assert Message.objects.filter(notice="sender_answered").count() == 1
    assert clocks_of(way, "2026-03-05 16:00") == {
        "intake": ["met"],
        "verify": ["met"],
        "process": ["met"],
        "approve": ["met"],
    }


def test_eight_acceptances_at_once_accept_once(journey, cast):
    way = journey()
    distribute(way, "2026-03-02 10:00")
    job = does(way.case, "accept", cast.son, "2026-03-02 15:00", coordinating=[cast.agency("soyt")])
    assert names(at_once([job] * 8)) == ONE_OF_EIGHT
    assert CaseEvent.objects.filter(case=way.case, action="accept").count() == 1
    assert running(way) == ["consult", "process"]
    assert way.case.consultations.count() == 1


def test_eight_distributions_at_once_distribute_once(journey, cast):
    way = journey()
    agencies = [cast.agency(code) for code in ("soxd", "soyt", "dienluc", "nhatrang")] * 2
    jobs = [does(way.case, "distribute", cast.oanh, "2026-03-02 10:00", agency=agency) for agency in agencies]
    outcomes = at_once(jobs)
    assert names(outcomes) == ONE_OF_EIGHT
    winner = next(agency for agency, outcome in zip(agencies, outcomes, strict=True) if isinstance(outcome, Case))
    assert way.fresh().agency == winner
    assert CaseEvent.objects.filter(case=way.case, action="distribute").count() == 1
    assert [clock.holder for clock in way.case.clocks.filter(ending="running")] == [winner]
    assert [access.agency for access in CaseAccess.objects.filter(case=way.case, part="lead")] == [winner]


def test_two_operators_who_send_different_ways_do_not_both_succeed(journey, cast):
    for _round in range(5):
        way = journey()
        outcomes = at_once(
            [
                does(way.case, "distribute", cast.oanh, "2026-03-02 10:00", agency=cast.agency("soxd")),
                does(way.case, "refuse", cast.phuc, "2026-03-02 10:00", ground="spam", note="Rác"),
            ]
        )
        assert names(outcomes) == ["Case", "Conflict"]
        assert way.fresh().state == ("DISTRIBUTED" if isinstance(outcomes[0], Case) else "REFUSED")
        assert running(way) == (["verify"] if isinstance(outcomes[0], Case) else [])


def test_an_approval_and_a_rejection_at_once_do_not_both_succeed(journey, cast):
    for _round in range(5):
        way = journey()
        accepted(way)
        submit(way, "2026-03-05 15:00")
        approval, rejection = at_once(
            [
                does(way.case, "approve", cast.lan, "2026-03-05 16:00"),
                does(way.case, "reject", cast.lan, "2026-03-05 16:00", reason="unclear", note="Viết lại"),
            ]
        )
        assert names([approval, rejection]) == ["Case", "Conflict"]
        approved = isinstance(approval, Case)
        assert way.fresh().state == ("ANSWERED" if approved else "PROCESSING")
        assert (way.case.published_at is not None, Approval.objects.filter(case=way.case).count()) == (
            approved,
            int(approved),
        )
        assert running(way) == ([] if approved else ["process"])


def test_an_opinion_and_a_submission_at_once_leave_the_consultation_ended_once(journey, cast):
    for _round in range(5):
        way = journey()
        accepted(way, coordinating=[cast.agency("soyt")])
        opinion, submission = at_once(
            [
                does(way.case, "opinion", cast.yen, "2026-03-04 10:00", body="Đồng ý"),
                does(way.case, "submit", cast.son, "2026-03-04 10:00", outcome="done", body="Xong"),
            ]
        )
        assert isinstance(submission, Case)
        assert isinstance(opinion, Case | Conflict)
        given = isinstance(opinion, Case)
        assert way.case.consultations.get().outcome == ("opinion" if given else "closed")
        assert way.case.clocks.get(key="consult").ending == ("met" if given else "void")


def test_eight_ratings_at_once_rate_once(journey, cast):
    way = journey()
    accepted(way)
    submit(way, "2026-03-05 15:00")
    way.does("approve", cast.lan, "2026-03-05 16:00")
    job = does(way.case, "rate", cast.sender_of(way.case), "2026-03-06 08:00", score="satisfied")
    assert names(at_once([job] * 8)) == ONE_OF_EIGHT


def test_two_hundred_submissions_in_sixteen_threads_are_all_kept_with_codes_of_their_own(cast):
    lodgements = [cast.lodgement(title=f"Phản ánh {number}") for number in range(200)]
    outcomes = at_once([lambda lodgement=lodgement: open_case(lodgement) for lodgement in lodgements], workers=16)
    assert names(outcomes) == ["Case"] * 200
    assert len({case.code for case in outcomes}) == 200
    assert sorted(Case.objects.values_list("title", flat=True)) == sorted(item.title for item in lodgements)
    assert Clock.objects.filter(ending="running", key="intake").count() == 200
    assert CaseEvent.objects.filter(action="lodge").count() == 200


def test_one_form_sent_ten_times_at_once_files_one_case(cast):
    key = uuid.uuid4()
    lodgements = [cast.lodgement(submission_key=key) for _ in range(10)]
    outcomes = at_once([lambda lodgement=lodgement: open_case(lodgement) for lodgement in lodgements])
    assert names(outcomes) == ["Case"] * 10
    case = Case.objects.get()
    assert {outcome.code for outcome in outcomes} == {case.code}
    assert case.clocks.count() == 1
    assert case.events.count() == 1
    assert sorted(case.messages.values_list("notice", flat=True)) == ["centre_lodged", "sender_lodged"]


def test_a_form_older_than_the_case_hears_what_happened_since(journey, cast):
    way = journey()
    way.does("receive", cast.oanh, "2026-03-02 08:30")
    seen = way.fresh().version
    distribute(way, "2026-03-02 09:00")
    way.does("recall", cast.phuc, "2026-03-02 09:10", note="Nhầm")
    way.does("progress", cast.phuc, "2026-03-02 09:20", note="Đang xem lại")
    with pytest.raises(Conflict) as refusal:
        perform(
            way.case.pk, "send_back", cast.oanh, {"note": "Thiếu"}, version=seen, now=at("2026-03-02 09:30")
        )  # fmt: skip
    assert [(event.action, event.actor.username) for event in refusal.value.events] == [
        ("distribute", "oanh"),
        ("recall", "phuc"),
    ]
    assert way.fresh().state == "CHECKED"


def test_of_two_forms_of_one_version_the_second_is_told_of_the_first(journey, cast):
    way = journey()
    version = way.case.version

    def job(viewer, agency):
        data = {"agency": cast.agency(agency)}
        return lambda: perform(way.case.pk, "distribute", viewer, data, version=version, now=at("2026-03-02 09:00"))

    outcomes = at_once([job(cast.oanh, "soxd"), job(cast.phuc, "soyt")])
    assert names(outcomes) == ["Case", "Conflict"]
    refusal = next(outcome for outcome in outcomes if isinstance(outcome, Conflict))
    winner = way.case.events.get(action="distribute")
    assert [event.pk for event in refusal.events] == [winner.pk]


def test_the_times_of_a_case_never_go_back(journey, cast):
    way = journey()
    sender = cast.sender_of(way.case)
    distribute(way, "2026-03-02 10:00")
    jobs = [lambda: perform(way.case.pk, "ask", sender, {"body": "Bao giờ?"}) for _ in range(20)]
    jobs += [lambda: perform(way.case.pk, "progress", cast.son, {"note": "Đang làm"}) for _ in range(20)]
    assert names(at_once(jobs, workers=8)) == ["Case"] * 40
    times = list(way.case.events.order_by("pk").values_list("at", flat=True))
    assert len(times) == 42
    assert times == sorted(times)
    assert way.fresh().last_event_at == times[-1]


def test_a_clock_that_was_set_back_moves_no_event_before_the_last(journey, cast):
    way = journey()
    distribute(way, "2026-03-02 10:00")
    way.does("progress", cast.son, "2026-03-01 10:00", note="Đồng hồ máy chủ chạy lùi")
    assert way.case.events.get(action="progress").at == at("2026-03-02 10:00")
