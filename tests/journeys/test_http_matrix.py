"""The contract's table over HTTP: every allowed cell once, and of the denials 302, 404, 403, 409, 422 in this order."""

import re
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from agencies.models import Membership
from agencies.register import current_calendar
from submissions.drafts import keep_uploads
from submissions.models import Attachment, Case
from submissions.states import State
from tests.submissions.pages import picture
from tests.workflow.test_matrix import CONTRACT, HOLDING, WITHOUT_AGENCY
from tests.workflow.test_matrix import scene as long_ago
from workflow.engine import open_case, perform
from workflow.models import Clock

from .client import Visitor
from .portal import PHONE, Portal

TYPED = "Lời đã gõ, không được mất."
USERNAMES = {
    "operator": "oanh", "specialist": "mai", "leader": "minh", "coordinating": "yen", "coordinating_leader": "hai",
    "parent": "lan", "supervisor": "tam", "administrator": "quang",
}  # fmt: skip
ON_BEHALF = {"complete", "withdraw", "ask", "answer", "rate"}
ADDITIVE = set(
    "consult opinion decline note progress ask reply inquire answer rate conclude fulfil explain report_up remind "
    "contact".split()
)
TARGETS = {
    "receive": "CHECKED", "distribute": "DISTRIBUTED", "recall": "CHECKED", "send_back": "SENT_BACK",
    "refuse": "REFUSED", "reinstate": "CHECKED", "complete": "LODGED", "withdraw": "WITHDRAWN",
    "accept": "PROCESSING", "return": "RETURNED", "submit": "SUBMITTED", "retract": "PROCESSING",
    "reject": "PROCESSING", "approve": "ANSWERED", "revoke": "PROCESSING", "publish": "ANSWERED",
    "reopen": "PROCESSING", "seal": "SEALED", "unseal": "CHECKED",
}  # fmt: skip
LATE_BY_THEN = {("explain", role) for role in HOLDING - {"parent"}} | {("report_up", "leader")}
"""Cells that need a clock of the agency to be late: a case of long ago is opened for them."""


def rows():
    """(action, role, its states, whether under a condition) of the contract."""
    for line in CONTRACT.strip().splitlines():
        action, roles, states = (part.strip() for part in line.split("|"))
        for role in roles.split():
            yield action, role.rstrip("*"), states.split()


def allowed_in(state):
    """Cells that the contract allows in this state, conditions met."""
    for action, role, states in rows():
        nobody = role in HOLDING and state in WITHOUT_AGENCY
        if state in states and not nobody and (action, role) not in LATE_BY_THEN:
            yield action, role


ACTIONS = list(dict.fromkeys(action for action, _role, _states in rows()))


def following(case, days=0):
    """The working day after the running limit to process, or after so many days from now."""
    clock = case.clocks.filter(key="process", ending=Clock.Ending.RUNNING).first()
    last = timezone.localtime(clock.due_at).date() if clock and not days else timezone.localdate() + timedelta(days)
    return current_calendar().next_working_day(last)


def answers(action, role, case):
    """What is typed into the form: everything that this action needs."""
    typed = {
        "distribute": {"field": "ha-tang-do-thi", "agency": "moitruong", "note": TYPED},
        "refuse": {"ground": "spam", "note": TYPED},
        "complete": {"content": TYPED},
        "accept": {"coordinating": ["soyt"], "note": TYPED},
        "return": {"ground": "not_competent", "suggested_agency": "dienluc", "note": TYPED},
        "consult": {"agency": "dienluc", "note": TYPED},
        "extend": {"due": following(case).isoformat(), "on_site": True, "note": TYPED},
        "submit": {"outcome": "commitment", "commitment_date": following(case, 20).isoformat(), "body": TYPED},
        "reject": {"reason": "other", "note": TYPED},
        "rate": {"score": "unsatisfied", "note": TYPED},
        "conclude": {"decision": "keep", "note": TYPED},
        "set_secrecy": {"level": "confidential", "note": TYPED},
        "contact": {"phone": "0987 654 321", "address": "14 Trần Phú"},
        "retract": {},
        "publish": {},
        "fulfil": {"decision": "reject", "note": TYPED} if role == "leader" else {"note": TYPED},
        **dict.fromkeys(("opinion", "ask", "reply", "inquire", "answer"), {"body": TYPED}),
    }.get(action, {"note": TYPED})
    if action in ON_BEHALF and role == "operator":
        typed = {"note": TYPED} | typed | {"channel": "hotline"}
    return typed


def scene(cast, state, *, instant=False):
    """A case in this state: received 60 days ago, so that the centre is late; both sides wait for an answer.

    Led by moitruong (parent soxd), soyt consulted from acceptance on; the national set where APPROVED is to be reached.
    """
    changes = {"channel": "letter", "received_at": timezone.now() - timedelta(60)}
    if state == "APPROVED":
        changes |= {"channel": "national_portal", "national_code": "QG-1"}
    if instant:
        changes |= {"incident": "lighting"}
    drafts, refused = keep_uploads([picture()], "a session of the test", [])
    assert not refused
    case = open_case(cast.lodgement(**changes, drafts=drafts), cast.oanh)
    sender = cast.sender_of(case)
    agency, health = cast.agency("moitruong"), cast.agency("soyt")
    promised = {"outcome": "commitment", "commitment_date": following(case, 20), "body": "Sẽ dọn.", "contained": True}

    def do(key, viewer, **data):
        perform(case.pk, key, viewer, data)

    do("ask", sender, body="Bao giờ xong?")
    do("inquire", cast.oanh, body="Ở đâu?")
    way = {
        "CHECKED": [("receive", cast.oanh, {})],
        "DISTRIBUTED": [("distribute", cast.oanh, {"field": cast.field(), "agency": agency})],
        "PROCESSING": [("accept", cast.mai, {"coordinating": [health]})],
        "SUBMITTED": [("submit", cast.mai, promised)],
        "APPROVED": [("approve", cast.minh, {})],
        "ANSWERED": [("approve", cast.minh, {})],
    }
    returned = ("return", cast.mai, {"ground": "unclear", "note": "Chưa rõ"})
    aside = {
        "SENT_BACK": [("send_back", cast.oanh, {"note": "Thiếu địa điểm"})],
        "REFUSED": [("refuse", cast.oanh, {"ground": "spam", "note": "Nội dung rác"})],
        "RETURNED": [*way["DISTRIBUTED"], returned],
        "WITHDRAWN": [*way["DISTRIBUTED"], ("withdraw", sender, {})],
        "SEALED": [*way["DISTRIBUTED"], ("seal", cast.oanh, {"note": "Bí mật"})],
    }
    order = ["CHECKED", "DISTRIBUTED", "PROCESSING", "SUBMITTED", "APPROVED" if state == "APPROVED" else "ANSWERED"]
    steps = aside.get(state)
    if steps is None:
        reached = order[: order.index(state) + 1] if state in order else []
        steps = [step for each in reached for step in way[each]]
    for key, viewer, data in steps:
        do(key, viewer, **data)
    case = Case.objects.get(pk=case.pk)
    assert case.state == state
    return case


def prepare(cast, action, role, case):
    """What a condition of the row asks for beforehand."""
    if action == "distribute" and role == "supervisor":
        Case.objects.filter(pk=case.pk).update(returns=2)
    if action == "conclude":
        perform(case.pk, "rate", cast.sender_of(case), {"score": "unsatisfied"})
    if action == "fulfil" and role == "leader":
        perform(case.pk, "fulfil", cast.mai, {"note": "Đã dọn"})


@pytest.fixture
def desks(portal):
    """`desks(role, case)`: the browser of whoever plays this role, signed in or with code and phone."""
    senders = {}

    def desk(role, case):
        if role != "sender":
            return portal.staff(USERNAMES[role])
        if case.pk not in senders:
            senders[case.pk] = portal.sender(case.code, PHONE)
        return senders[case.pk]

    return desk


def address(role, case, action=""):
    start = f"/phan-anh/{case.code}/" if role == "sender" else f"/can-bo/ho-so/{case.code}/"
    return f"{start}{action}/" if action else start


def fill(form, action, role, case):
    typed = answers(action, role, case)
    if action == "explain":
        typed = typed | {"clock": form.choices["clock"][0]}
    if "contained" in form.names:
        typed = typed | {"contained": True}
    return typed


def do_cell(cast, desk, action, role, case):
    """(status of the form, status of the post, state after) of one cell; the case is as before afterwards."""
    point = transaction.savepoint()
    prepare(cast, action, role, case)
    page = desk.get(address(role, case, action))
    if page.status != 200:
        transaction.savepoint_rollback(point)
        return page.status, None, None
    form = page.form(action)
    sent = desk.send(page, form, hidden_only=True, **fill(form, action, role, case))
    state = Case.objects.get(pk=case.pk).state
    transaction.savepoint_rollback(point)
    return page.status, sent.status, state


@pytest.mark.parametrize("state", State)
def test_every_allowed_cell_is_done_with_a_form_read_off_its_page(cast, desks, state):
    cases = {False: scene(cast, state)}
    if state in ("DISTRIBUTED", "PROCESSING"):
        cases[True] = scene(cast, state, instant=True)
    cells = list(allowed_in(state))
    browsers = {(role, case.pk): desks(role, case) for _action, role in cells for case in cases.values()}
    wrong = {}
    for action, role in cells:
        case = cases[action == "contain"]
        found = do_cell(cast, browsers[role, case.pk], action, role, case)
        if found != (200, 302, TARGETS.get(action, str(state))):
            wrong[action, role] = found
    assert wrong == {}


@pytest.mark.parametrize("state", ["PROCESSING", "SUBMITTED"])
def test_the_cells_that_need_a_late_clock_of_the_agency(cast, desks, state):
    case = long_ago(cast, state)
    cells = [("report_up", "leader"), ("explain", "specialist"), ("explain", "leader")]
    if state == "PROCESSING":
        cells += [("explain", "coordinating"), ("explain", "coordinating_leader")]
    browsers = {role: desks(role, case) for _action, role in cells}
    done = {cell: do_cell(cast, browsers[cell[1]], *cell, case) for cell in cells}
    assert done == dict.fromkeys(cells, (200, 302, state))


def one_role(action):
    """A role that sees a case in PROCESSING and never does this."""
    doing = {role for name, role, _states in rows() if name == action}
    return next(role for role in ("supervisor", "operator", "specialist", "leader") if role not in doing)


def posted(desk, to, data=None):
    """A post of a script that kept the CSRF token of a page seen before."""
    if "csrftoken" not in desk.client.cookies:
        desk.get("/tra-cuu/")
    return desk.post(to, (data or {}) | {"csrfmiddlewaretoken": desk.client.cookies["csrftoken"].value})


def test_403_for_a_role_that_sees_the_case_and_never_does_this(cast, desks):
    case = scene(cast, "PROCESSING")
    found = {}
    for action in ACTIONS:
        role = one_role(action)
        found[action] = posted(desks(role, case), address(role, case, action), answers(action, role, case)).status
    assert found == dict.fromkeys(ACTIONS, 403)
    assert {action: desks("sender", case).get(f"/phan-anh/{case.code}/{action}/").status for action in STAFF_ONLY} == (
        dict.fromkeys(STAFF_ONLY, 403)
    )
    assert Case.objects.get(pk=case.pk).state == "PROCESSING"


STAFF_ONLY = [action for action in ACTIONS if "sender" not in {role for name, role, _s in rows() if name == action}]


def test_403_for_whoever_drafted_what_it_would_approve(cast, portal):
    case = scene(cast, "SUBMITTED")
    Membership.objects.filter(user__username="minh").update(user=cast.mai.user)
    desk = portal.staff("mai")
    assert posted(desk, address("leader", case, "approve"), {"version": case.version}).status == 403
    assert "approve" not in desk.get(address("leader", case)).offers
    assert Case.objects.get(pk=case.pk).state == "SUBMITTED"


WRONG_STATES = {
    "receive": "PROCESSING", "distribute": "PROCESSING", "recall": "PROCESSING", "send_back": "PROCESSING",
    "refuse": "PROCESSING", "reinstate": "PROCESSING", "note": "ANSWERED",
    "complete": "PROCESSING", "withdraw": "PROCESSING",
    "accept": "PROCESSING", "return": "ANSWERED", "contain": "PROCESSING", "consult": "ANSWERED",
    "opinion": "ANSWERED", "decline": "ANSWERED", "progress": "ANSWERED", "extend": "ANSWERED", "submit": "ANSWERED",
    "retract": "PROCESSING", "reject": "PROCESSING", "approve": "PROCESSING", "revoke": "PROCESSING",
    "publish": "PROCESSING", "ask": "WITHDRAWN", "reply": "WITHDRAWN", "inquire": "ANSWERED", "answer": "ANSWERED",
    "rate": "PROCESSING", "conclude": "ANSWERED", "reopen": "PROCESSING", "fulfil": "PROCESSING",
    "explain": "PROCESSING", "report_up": "PROCESSING", "remind": "ANSWERED", "set_secrecy": "SEALED",
    "seal": "SEALED", "contact": "SEALED",
}  # fmt: skip
"""Where whoever does this elsewhere does not; `unseal` has none, for its administrator sees no other state."""


def test_every_action_has_a_wrong_state_but_unseal():
    assert set(WRONG_STATES) == set(ACTIONS) - {"unseal"}


@pytest.mark.parametrize("state", sorted(set(WRONG_STATES.values())))
def test_409_in_the_wrong_state_keeps_the_text_typed(cast, desks, state):
    case = scene(cast, state)
    found, wanted = {}, {}
    for action, wrong in WRONG_STATES.items():
        for name, role, _states in rows():
            if name != action or wrong != state or role == "supervisor" and action == "distribute":
                continue
            if (action, role) == ("explain", "operator") or role in HOLDING and state in WITHOUT_AGENCY:
                continue
            typed = answers(action, role, case)
            page = posted(desks(role, case), address(role, case, action), typed)
            found[action, role] = page.status, TYPED in page.html
            wanted[action, role] = 409, TYPED in typed.values()
    assert {cell: seen for cell, seen in found.items() if seen != wanted[cell]} == {}
    assert found
    assert Case.objects.get(pk=case.pk).state == state


def every_address(case):
    pages = [f"/can-bo/ho-so/{case.code}/", *(f"/can-bo/ho-so/{case.code}/{action}/" for action in ACTIONS)]
    files = [f"/tep/{file.pk}/" for file in Attachment.objects.filter(case=case)]
    assert files
    return pages, files


@pytest.mark.parametrize("state", State)
def test_404_for_another_agency_on_every_address_of_the_case(cast, portal, state):
    case = scene(cast, state)
    pages, files = every_address(case)
    strangers = {"RETURNED": ["diep", "yen", "mai", "minh"], "SEALED": ["diep", "yen", "lan"]}.get(state, ["diep"])
    for username in strangers:
        desk = portal.staff(username)
        assert {page: desk.get(page).status for page in [*pages, *files]} == dict.fromkeys([*pages, *files], 404)
    assert {page: posted(desk, page).status for page in pages[1:]} == dict.fromkeys(pages[1:], 404)


def test_302_to_the_login_for_whoever_is_not_signed_in(cast):
    case = scene(cast, "PROCESSING")
    pages, files = every_address(case)
    visitor = Visitor()
    for page in ["/can-bo/", "/can-bo/tiep-nhan-moi/", *pages]:
        for answer in (visitor.get(page), posted(visitor, page)):
            assert (answer.status, answer.location) == (302, f"/tai-khoan/dang-nhap/?next={page}")
    assert [visitor.get(file).status for file in files] == [404] * len(files)


def test_404_for_a_citizen_with_an_account_on_every_page_of_staff(cast, portal):
    case = scene(cast, "PROCESSING")
    pages, files = every_address(case)
    visitor = Visitor()
    page = visitor.get("/tai-khoan/dang-nhap/")
    form = next(form for form in page.forms if "password" in form.names)
    assert visitor.send(page, form, username="binh", password="mat-khau-cho-kiem-thu").location == "/tai-khoan/"
    addresses = ["/can-bo/", "/can-bo/tiep-nhan-moi/", *pages, *files]
    assert {each: visitor.get(each).status for each in addresses} == dict.fromkeys(addresses, 404)
    assert {each: posted(visitor, each).status for each in pages[1:]} == dict.fromkeys(pages[1:], 404)


@pytest.mark.parametrize(("changes", "status"), [({}, 403), ({"confidential": True}, 404)])
def test_who_is_not_the_sender_is_refused_on_the_public_addresses(portal, changes, status):
    code = portal.files(**changes)
    passing = Visitor()
    found = {action: posted(passing, f"/phan-anh/{code}/{action}/", {"note": TYPED}).status for action in ACTIONS}
    assert found == dict.fromkeys(ACTIONS, status)
    for visitor in (portal.staff("oanh"), portal.staff("diep")):
        assert posted(visitor, f"/phan-anh/{code}/withdraw/", {"note": TYPED}).status == status
    assert Case.objects.get(code=code).state == "LODGED"


@pytest.mark.parametrize("state", ["LODGED", "PROCESSING", "ANSWERED"])
def test_the_administrator_sees_no_case_that_is_not_sealed(cast, portal, state):
    case = scene(cast, state)
    pages, files = every_address(case)
    desk = portal.staff("quang")
    assert {page: desk.get(page).status for page in [*pages, *files]} == dict.fromkeys([*pages, *files], 404)


EXCLUSIVE = [
    (action, role, next(state for state in states if role not in HOLDING or state not in WITHOUT_AGENCY))
    for action, role, states in rows()
    if action not in ADDITIVE and action != "unseal" and role != "supervisor"
]


@pytest.mark.parametrize("state", sorted({state for _action, _role, state in EXCLUSIVE}))
def test_409_for_a_form_older_than_the_case_says_who_did_what_and_keeps_the_text(cast, desks, state):
    plain, instant = scene(cast, state), scene(cast, state, instant=True)
    cells = [(action, role) for action, role, where in EXCLUSIVE if where == state]
    browsers = {(role, case.pk): desks(role, case) for _action, role in cells for case in (plain, instant)}
    wrong = {}
    for action, role in cells:
        case = instant if action == "contain" else plain
        desk = browsers[role, case.pk]
        point = transaction.savepoint()
        page = desk.get(address(role, case, action))
        typed = fill(page.form(action), action, role, case)
        perform(case.pk, "set_secrecy", cast.phuc, {"level": "withheld"})
        sent = desk.send(page, page.form(action), **typed)
        who = role == "sender" or "Lê Hồng Phúc" in sent.text
        kept = TYPED in sent.html or TYPED not in typed.values()
        told = sent.status, "Đổi mức công khai" in sent.text, who, kept
        transaction.savepoint_rollback(point)
        if told != (409, True, True, True):
            wrong[action, role] = told
    assert wrong == {}


def test_a_form_older_than_the_case_in_the_wrong_state_says_what_changed_to_the_sender_too(cast, portal):
    case = scene(cast, "SENT_BACK")
    desk = portal.sender(case.code)
    page = desk.get(address("sender", case, "complete"))
    perform(case.pk, "complete", cast.oanh, {"content": "Bà Cúc gọi đến."}, on_behalf_channel="hotline")
    sent = desk.send(page, page.form("complete"), content=TYPED)
    assert (sent.status, TYPED in sent.text) == (409, True)
    assert "Người gửi đã bổ sung" in sent.text


def test_what_may_happen_in_between_makes_no_form_old(cast, portal):
    case = scene(cast, "PROCESSING")
    desk = portal.staff("mai")
    page = desk.get(address("specialist", case, "submit"))
    note = desk.get(address("specialist", case, "progress"))
    perform(case.pk, "ask", cast.sender_of(case), {"body": "Còn lâu không?"})
    assert desk.send(page, page.form("submit"), outcome="done", body=TYPED).status == 302
    assert desk.send(note, note.form("progress"), note=TYPED).status == 302


REQUIRED = {
    "distribute": "agency", "recall": "note", "send_back": "note", "refuse": "ground", "reinstate": "note",
    "complete": "content", "return": "ground", "consult": "agency", "opinion": "body", "decline": "note",
    "progress": "note", "extend": "on_site", "submit": "commitment_date", "reject": "reason", "revoke": "note",
    "ask": "body", "reply": "body", "inquire": "body", "answer": "body", "rate": "score", "conclude": "decision",
    "reopen": "note", "fulfil": "note", "report_up": "note", "remind": "note", "set_secrecy": "level", "seal": "note",
    "unseal": "note", "contact": "phone",
}  # fmt: skip
"""What must be filled in; the actions left out have no required field (or, `explain`, are shown in a journey)."""


def first_cell(action):
    return next(
        (role, state) for name, role, states in rows() for state in states
        if name == action and (role not in HOLDING or state not in WITHOUT_AGENCY)
    )  # fmt: skip


@pytest.mark.parametrize("state", sorted({first_cell(action)[1] for action in REQUIRED if action != "report_up"}))
def test_422_loses_nothing(cast, desks, state):
    case = scene(cast, state)
    cells = [(action, first_cell(action)[0]) for action in REQUIRED if first_cell(action)[1] == state]
    browsers = {role: desks(role, case) for _action, role in cells}
    wrong = {}
    for action, role in cells:
        if action == "report_up":
            continue
        desk, point = browsers[role], transaction.savepoint()
        prepare(cast, action, role, case)
        page = desk.get(address(role, case, action))
        typed = fill(page.form(action), action, role, case)
        if "attachments" in page.form(action).names:
            typed = typed | {"attachments": [picture()]}
        typed[REQUIRED[action]] = None if page.form(action).choices.get(REQUIRED[action]) else ""
        sent = desk.send(page, page.form(action), **typed)
        again = sent.form(action) if sent.status == 422 else None
        lost = again and {name for name in typed if not _is_kept(again, name, typed[name])}
        transaction.savepoint_rollback(point)
        if sent.status != 422 or lost:
            wrong[action, role] = sent.status, lost
    assert wrong == {}


def _is_kept(form, name, value):
    if name == "attachments":
        return len(form.kept.get("kept", [])) == 1
    if value is None or value == "":
        return True
    if value is True:
        return bool(form.kept.get(name))
    return form.kept.get(name) == (value if isinstance(value, list) else [value])


LOCAL_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?")


@pytest.mark.parametrize("state", State)
def test_the_markers_of_a_case_page_for_every_audience(cast, desks, state):
    case = scene(cast, state)
    pages = [desks(role, case).get(address(role, case)) for role in ("sender", "operator", "supervisor")]
    if state not in WITHOUT_AGENCY:
        pages += [desks(role, case).get(address(role, case)) for role in ("specialist", "leader")]
    if state != "SEALED":
        pages += [Visitor().get(f"/phan-anh/{case.code}/"), Visitor().get(f"/tra-cuu/?q={case.code}")]
    kept = {str(clock.pk): clock for clock in case.clocks.all()}
    now = timezone.now()
    for page in pages:
        assert (page.status, page.marker) == (200, (case.code, state)), page.address
        assert len({clock.id for clock in page.clocks}) == len(page.clocks)
        assert bool(page.clocks) == (state != "SEALED")
        for shown in page.clocks:
            clock = kept[shown.id]
            assert LOCAL_TIME.fullmatch(shown.due)
            assert datetime.fromisoformat(shown.due) == timezone.localtime(clock.due_at).replace(tzinfo=None)
            assert (shown.key, shown.provisional) == (clock.key, clock.provisional)
            assert shown.outcome in {"running", "late", "met", "met_late", "void"}
            assert (shown.outcome == "running") == (clock.ending == "running" and not clock.is_late(now))


def test_a_due_time_beyond_the_announced_calendar_is_marked_provisional(portal):
    code = portal.files()
    calendar = current_calendar()
    far = calendar.next_working_day(timezone.localdate() + timedelta(200))
    portal.answered(code, outcome="commitment", commitment_date=far.isoformat())
    (promise,) = [clock for clock in portal.public_page(code).clocks if clock.key == "promise"]
    assert promise.due == f"{far}T17:00"
    assert promise.provisional == calendar.is_provisional(calendar.close_of(far))


def test_only_an_operator_keys_in(portal: Portal):
    for username in ("tam", "mai", "minh", "quang"):
        assert portal.staff(username).get("/can-bo/tiep-nhan-moi/").status == 403
