"""State × action × role against `may()`, from a table written by hand after the contract, not after the procedure.

A role with a star acts only under a condition that the plain case does not meet: there 409 is expected.
"""

import pytest

from submissions.models import Case
from submissions.states import State
from tests.cast import Journey
from workflow.permissions import may
from workflow.procedure import ACTIONS

ANY = " ".join(State)
OPEN = "LODGED CHECKED SENT_BACK DISTRIBUTED RETURNED PROCESSING SUBMITTED APPROVED"
UNSEALED = ANY.replace("SEALED", "").strip()
TALKABLE = UNSEALED.replace("WITHDRAWN", "")
HELD = "DISTRIBUTED PROCESSING SUBMITTED APPROVED"

CONTRACT = f"""
receive     | operator                       | LODGED
distribute  | operator                       | LODGED CHECKED RETURNED
distribute  | supervisor*                    | LODGED CHECKED RETURNED
recall      | operator                       | DISTRIBUTED
send_back   | operator                       | LODGED CHECKED RETURNED
refuse      | operator                       | LODGED CHECKED RETURNED SENT_BACK
reinstate   | operator                       | REFUSED
complete    | sender operator                | SENT_BACK
withdraw    | sender operator                | LODGED CHECKED SENT_BACK DISTRIBUTED RETURNED
accept      | specialist                     | DISTRIBUTED
return      | specialist                     | DISTRIBUTED PROCESSING
contain     | specialist*                    | DISTRIBUTED PROCESSING
consult     | specialist                     | PROCESSING
opinion     | coordinating                   | PROCESSING
decline     | coordinating                   | PROCESSING
note        | operator                       | {OPEN}
note        | specialist leader              | {HELD}
note        | coordinating                   | PROCESSING SUBMITTED APPROVED
progress    | specialist                     | {HELD}
progress    | operator                       | LODGED CHECKED SENT_BACK RETURNED
extend      | leader                         | PROCESSING
submit      | specialist                     | PROCESSING
retract     | specialist                     | SUBMITTED
reject      | leader                         | SUBMITTED
approve     | leader                         | SUBMITTED
revoke      | leader                         | APPROVED
publish     | specialist leader operator     | APPROVED
ask         | sender operator                | {TALKABLE}
reply       | specialist*                    | {HELD} ANSWERED
reply       | operator*                      | LODGED CHECKED SENT_BACK RETURNED REFUSED
inquire     | specialist                     | {HELD}
inquire     | operator                       | {OPEN}
answer      | sender* operator*              | {OPEN}
rate        | sender operator                | ANSWERED
conclude    | leader*                        | ANSWERED
reopen      | leader                         | ANSWERED
fulfil      | specialist* leader*            | ANSWERED
explain     | specialist* leader* operator* coordinating* coordinating_leader* | {ANY}
report_up   | leader*                        | PROCESSING SUBMITTED
remind      | parent supervisor              | {OPEN}
set_secrecy | operator leader sender         | {UNSEALED}
seal        | operator specialist leader     | {UNSEALED}
unseal      | administrator                  | SEALED
contact     | sender                         | {UNSEALED}
"""

ROLES = (
    "sender", "citizen", "operator", "specialist", "leader", "coordinating", "coordinating_leader", "parent",
    "supervisor", "administrator", "other_specialist", "other_leader",
)  # fmt: skip
HOLDING = {"specialist", "leader", "coordinating", "coordinating_leader", "parent"}
"""Roles whose seat comes from an agency that has the case: without one they are nobody to it."""
WITHOUT_AGENCY = {"LODGED", "CHECKED", "SENT_BACK", "REFUSED", "RETURNED"}
COORDINATED = {"PROCESSING", "SUBMITTED", "APPROVED", "ANSWERED"}


def contract_cells():
    """{(action, role, state): 200 or 409}; what is missing is 403."""
    cells = {}
    for line in CONTRACT.strip().splitlines():
        action, roles, states = (part.strip() for part in line.split("|"))
        for role in roles.split():
            for state in State:
                allowed = state in states.split() and not role.endswith("*")
                key = action, role.rstrip("*"), state
                cells[key] = 200 if allowed or cells.get(key) == 200 else 409
    return cells


CELLS = contract_cells()


def expected(action, role, state):
    if role in HOLDING and state in WITHOUT_AGENCY and action != "explain":
        return 403
    if role.startswith("coordinating") and state not in COORDINATED and action != "explain":
        return 403
    if action == "explain" and role in HOLDING - {"parent"} and not _ever_held(role, state):
        return 403
    if action == "extend" and state == "PROCESSING" and role == "leader":
        return 200
    return CELLS.get((action, role, state), 403)


def _ever_held(role, state):
    """Whether the agency of this role leads the case or has had a clock on it in the scene of that state."""
    if role.startswith("coordinating"):
        return state in COORDINATED
    return state not in {"LODGED", "CHECKED", "SENT_BACK", "REFUSED"}


def people(cast, case):
    return {
        "sender": cast.sender_of(case), "citizen": cast.binh, "operator": cast.oanh, "specialist": cast.mai,
        "leader": cast.minh, "coordinating": cast.yen, "coordinating_leader": cast.hai, "parent": cast.lan,
        "supervisor": cast.tam, "administrator": cast.quang, "other_specialist": cast.diep, "other_leader": cast.dung,
    }  # fmt: skip


def scene(cast, state):
    """A case in this state: led by moitruong (parent soxd), from acceptance on with soyt consulted.

    Where publishing is a step of its own the national set applies (APPROVED).
    """
    national = {"channel": "national_portal", "national_code": "QG-1"} if state == "APPROVED" else {}
    way = Journey(cast.files("2026-03-02 08:00", **national), cast)
    steps = [
        ("CHECKED", "receive", cast.oanh, {}),
        ("DISTRIBUTED", "distribute", cast.oanh, {"field": cast.field(), "agency": cast.agency("moitruong")}),
        ("PROCESSING", "accept", cast.mai, {"coordinating": [cast.agency("soyt")]}),
        ("SUBMITTED", "submit", cast.mai, {"outcome": "done", "body": "Đã dọn rác."}),
        ("ANSWERED" if not national else "APPROVED", "approve", cast.minh, {}),
    ]
    aside = {
        "SENT_BACK": ("send_back", cast.oanh, {"note": "Thiếu địa điểm"}),
        "REFUSED": ("refuse", cast.oanh, {"ground": "out_of_scope", "note": "Ngoài phạm vi"}),
    }
    if state in aside:
        key, viewer, data = aside[state]
        return way.does(key, viewer, "2026-03-02 09:00", **data)
    after_distribution = {
        "RETURNED": ("return", cast.mai, {"ground": "not_competent", "note": "Không đúng"}),
        "WITHDRAWN": ("withdraw", cast.sender_of(way.case), {}),
        "SEALED": ("seal", cast.oanh, {"note": "Có dấu hiệu bí mật"}),
    }
    until = "DISTRIBUTED" if state in after_distribution else state
    for reached, key, viewer, data in steps if state != "LODGED" else []:
        way.does(key, viewer, "2026-03-02 09:00", **data)
        if reached == until:
            break
    if state in after_distribution:
        key, viewer, data = after_distribution[state]
        way.does(key, viewer, "2026-03-02 09:30", **data)
    return way.case


def test_the_contract_names_every_action_and_no_other():
    assert {action for action, _role, _state in CELLS} == set(ACTIONS)


@pytest.mark.parametrize("state", State)
def test_may_says_of_every_action_and_role_what_the_contract_says(cast, state):
    case = Case.objects.select_related("rule_set", "agency", "sender", "answer").get(pk=scene(cast, state).pk)
    assert case.state == state
    who = people(cast, case)
    now = case.last_event_at
    found = {(action, role): may(who[role], action, case, now).status for action in ACTIONS for role in ROLES}
    wanted = {(action, role): expected(action, role, state) for action in ACTIONS for role in ROLES}
    assert {cell: status for cell, status in found.items() if status != wanted[cell]} == {}
