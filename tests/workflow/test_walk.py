"""An exhaustive walk over every rule set: each situation that any allowed action leads to is visited once.

A situation is the state, the limits that run and what else decides about the way on. No open case may be without a way
out and a clock of the procedure; on a closed one no clock runs but question and promise.
"""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from agencies.models import RuleSet
from submissions.models import Case
from submissions.states import ALL, CLOSED
from tests.cast import at
from workflow.engine import perform
from workflow.models import Clock
from workflow.permissions import actions_for
from workflow.procedure import ROWS, SAME

TALKING = (
    "ask",
    "reply",
    "inquire",
    "answer",
    "rate",
    "conclude",
    "contact",
    "remind",
    "progress",
    "explain",
    "report_up",
)
"""Actions that change neither the state nor a limit of the procedure; the journeys show them."""
TALK = {"question", "promise", "consult"}
"""Limits that come and go beside the procedure: no case may live by them alone."""
MAY_RUN_WHEN_CLOSED = {"question", "promise"}
START = at("2026-03-02 08:00")
FILED = {
    "khanh-hoa-2022": {},
    "khanh-hoa-2022-instant": {"incident": "lighting"},
    "national-portal-2021": {"channel": "national_portal", "national_code": "QG-1"},
    "home-affairs-2018": {},
}


def inputs(key, case, cast):
    """What each action is given; several where the choice leads to different ways."""
    soxd, yen = cast.agency("soxd"), cast.agency("soyt")
    given = {
        "distribute": [{"field": cast.field(), "agency": soxd}, {"field": cast.field(), "agency": yen}],
        "refuse": [{"ground": "out_of_scope", "note": "Ngoài phạm vi"}],
        "complete": [{"content": "Bổ sung", "attachments": []}],
        "accept": [{"coordinating": []}, {"coordinating": [yen if case.agency_id == soxd.pk else soxd]}],
        "return": [{"ground": "not_competent", "note": "Không đúng thẩm quyền"}],
        "consult": [{"agency": cast.agency("dienluc"), "note": ""}],
        "opinion": [{"body": "Đồng ý"}],
        "extend": [{"due": date(2026, 3, 13), "on_site": True, "note": "Đi thực địa"}],
        "submit": [
            {"outcome": "done", "body": "Xong", "contained": True},
            {"outcome": "commitment", "commitment_date": date(2026, 4, 20), "body": "Sẽ xong", "contained": True},
        ],
        "reject": [{"reason": "unclear", "note": "Viết lại"}],
        **dict.fromkeys(TALKING, []),
        "fulfil": [{"decision": "confirm", "note": "Đã làm"}],
        "set_secrecy": [{"level": "confidential"}, {"level": "normal"}],
    }  # fmt: skip
    return given.get(key, [{"note": "Lý do"}])


def situation(case):
    """The sender's question runs along on every way, so it tells no two situations apart."""
    running = frozenset(
        case.clocks.filter(ending=Clock.Ending.RUNNING).exclude(key="question").values_list("key", flat=True)
    )
    handed_in = case.results.last() if case.state in ("SUBMITTED", "APPROVED") else None
    return case.state, running, case.contained_at is not None, handed_in and handed_in.outcome


class Walk:
    def __init__(self, cast):
        self.cast = cast
        self.seen = set()
        self.states = set()
        self.done = set()

    def visit(self, case, now, people):
        here = situation(case)
        if here in self.seen:
            return
        self.seen.add(here)
        self.states.add(case.state)
        offers = [(viewer, row) for viewer in people(case) for row in actions_for(viewer, case, now)]
        self.check(case, here, offers)
        for viewer, row in offers:
            for data in inputs(row.key, case, self.cast):
                self.step(case, row, viewer, data, now, people)

    def check(self, case, here, offers):
        running = here[1]
        if case.state in CLOSED:
            assert running <= MAY_RUN_WHEN_CLOSED, here
            return
        assert running - TALK, f"an open case without a clock: {here}"
        ways_out = {row.key for _viewer, row in offers if row.to is not SAME} - {"seal", "withdraw"}
        assert ways_out, f"an open case without a way out: {here}"

    def step(self, case, row, viewer, data, now, people):
        point = transaction.savepoint()
        try:
            perform(case.pk, row.key, viewer, dict(data), now=now)
        except ValidationError:
            transaction.savepoint_rollback(point)
            return
        self.done.add(row.key)
        fresh = Case.objects.select_related("rule_set", "agency", "sender", "answer").get(pk=case.pk)
        self.visit(fresh, now + timedelta(minutes=5), people)
        transaction.savepoint_rollback(point)


@pytest.mark.parametrize("code", FILED)
def test_every_situation_has_a_way_out_and_the_clocks_it_should_have(cast, settings, code):
    if not RuleSet.objects.get(code=code).for_channel and "instant" not in code:
        settings.DEFAULT_RULE_SET = code
    case = cast.files("2026-03-02 08:00", **FILED[code])
    assert case.rule_set.code == code
    everyone = [cast.oanh, cast.quang, cast.son, cast.lan, cast.yen, cast.hai, cast.diep]
    sender = cast.sender_of(case)

    def people(_case):
        return [*everyone, sender]

    walk = Walk(cast)
    perform(case.pk, "ask", sender, {"body": "Bao giờ xong?"}, now=START)
    walk.visit(Case.objects.get(pk=case.pk), START + timedelta(minutes=5), people)
    assert walk.states == reachable_states(code)
    assert {row.key for row in ROWS} - walk.done == untried(code)


def reachable_states(code):
    return set(ALL) - ({"APPROVED"} if code.startswith("khanh-hoa") else set())


def untried(code):
    if code == "khanh-hoa-2022":
        return {*TALKING, "contain", "revoke", "publish"}
    if code == "khanh-hoa-2022-instant":
        return {*TALKING, "revoke", "publish"}
    return {*TALKING, "contain", "extend"}
