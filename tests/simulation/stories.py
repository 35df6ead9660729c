"""What may be done to a case in each state, by whom and with what, chosen at random: the hand-written ways of a case.

Nothing asks the portal what may be done; what the limits allow (an extension, a day for an opinion) is read off the
model.
"""

from dataclasses import dataclass, field
from datetime import datetime

from django.core.exceptions import ValidationError

from agencies.models import RuleSet
from submissions.viewers import Viewer
from tests.cast import AGENCIES, PEOPLE
from workflow.models import Question
from workflow.permissions import Conflict

from .calendar_model import ONE_DAY, WORKING_DAYS, whole_second
from .limits_model import CENTRE, INSTANT, KHANH_HOA, RULES, Dossier

HANDLERS = ("soxd", "soyt", "moitruong")
OWN_MAIL = {("soxd", "leader"): "lan@example.vn", ("moitruong", "specialist"): "mai@example.vn"}
"""All others are written to by their agency's mailbox."""
ENDS = ("ANSWERED", "REFUSED", "WITHDRAWN", "SEALED")
TALK = {"ask": 2, "reply": 3, "inquire": 1, "answer": 1, "seal": 0.3, "remind": 0.5}
INTAKE = {"distribute": 14, "send_back": 2, "refuse": 1.5, "withdraw": 0.7, "progress": 1, **TALK}
WAYS = {
    "LODGED": {**INTAKE, "receive": 6},
    "CHECKED": INTAKE,
    "RETURNED": INTAKE,
    "SENT_BACK": {"complete": 8, "refuse": 2, "withdraw": 1, "progress": 0.5, **TALK},
    "DISTRIBUTED": {"accept": 12, "return": 3, "recall": 2, "contain": 3, "withdraw": 0.5, "progress": 1, **TALK},
    "PROCESSING": {
        "submit": 10, "return": 1.5, "contain": 3, "consult": 2, "opinion": 3, "decline": 1, "extend": 4,
        "beyond_the_ceiling": 1.5, "extend_late": 2.5, "progress": 2, **TALK,
    },
    "SUBMITTED": {"approve": 10, "reject": 5, "retract": 3, "progress": 1, **TALK},
    "APPROVED": {"publish": 8, "revoke": 2, "progress": 0.5, **TALK},
    "ANSWERED": {"reopen": 2, "fulfil": 8, "rate": 2, **TALK},
    "REFUSED": {"reinstate": 4, "ask": 1, "reply": 3},
    "WITHDRAWN": {},
    "SEALED": {"unseal": 3},
}  # fmt: skip
STRAIGHT_ON = {
    "LODGED": "distribute", "CHECKED": "distribute", "RETURNED": "distribute", "SENT_BACK": "refuse",
    "DISTRIBUTED": "accept", "PROCESSING": "submit", "SUBMITTED": "approve", "APPROVED": "publish",
}  # fmt: skip
TO = {
    "receive": "CHECKED", "distribute": "DISTRIBUTED", "recall": "CHECKED", "send_back": "SENT_BACK",
    "refuse": "REFUSED", "reinstate": "CHECKED", "complete": "LODGED", "withdraw": "WITHDRAWN", "accept": "PROCESSING",
    "return": "RETURNED", "submit": "SUBMITTED", "retract": "PROCESSING", "reject": "PROCESSING",
    "revoke": "PROCESSING", "publish": "ANSWERED", "reopen": "PROCESSING", "seal": "SEALED", "unseal": "CHECKED",
}  # fmt: skip


class World:
    """The cast by seat, looked up once."""

    def __init__(self, cast):
        self.cast = cast
        self.commune = cast.lodgement().commune
        self.field = cast.field()
        self.agencies = {code: cast.agency(code) for code in AGENCIES}
        self.rule_sets = {rules.code: rules for rules in RuleSet.objects.all()}
        self.seats = {(agency, str(role)): getattr(cast, name) for name, (_n, agency, role) in PEOPLE.items()}

    def seat(self, agency, role):
        return self.seats[agency, role]


@dataclass(eq=False)
class Story:
    """One case: its model, and what the tables need to know of it."""

    number: int
    pk: int
    filed_at: datetime
    dossier: Dossier
    state: str = "LODGED"
    steps_left: int = 0
    abandoned: bool = False
    asked: list = field(default_factory=list)
    inquiries: int = 0
    waiting: set = field(default_factory=set)
    limits_seen: int = 0
    commitment: object = None
    promised: bool = False
    proven: bool = False
    rated: bool = False
    log: list = field(default_factory=list)
    lanes: list = field(default_factory=list)
    """The rule set at each event, in their order."""


@dataclass
class Step:
    """One action, for the portal (`viewer`, `data`) and the model (`facts`); `refused`: what the portal must raise."""

    action: str
    viewer: Viewer
    data: dict = field(default_factory=dict)
    facts: dict = field(default_factory=dict)
    refused: type | None = None


class Teller:
    """Says what happens next in a story."""

    def __init__(self, cast, office, random):
        self.world, self.office, self.random = World(cast), office, random

    def next_step(self, story, now):
        """A random possible action; straight to the end where the story has gone on long enough. None at its end."""
        if story.steps_left > 0:
            ways = WAYS[story.state]
            wanted = sorted(ways, key=lambda action: -(self.random.random() ** (1 / ways[action])))
        elif story.abandoned or story.state in ENDS:
            return None
        else:
            wanted = [STRAIGHT_ON[story.state], "reject"]
        story.steps_left -= 1
        prepared = ((action, getattr(self, f"_{action}")(story, now)) for action in wanted)
        return next((Step(action, *parts) for action, parts in prepared if parts is not None), None)

    @staticmethod
    def state_after(story, action):
        if action == "approve":
            return "ANSWERED" if _publishes_with_approval(story) else "APPROVED"
        return TO.get(action, story.state)

    def _chance(self, probability):
        return self.random.random() < probability

    # The centre

    def _operator(self, _story, _now):
        return (self.world.seat(CENTRE, "operator"),)

    _receive = _recall = _send_back = _reinstate = _operator

    def _distribute(self, story, now):
        agency = self.random.choice(HANDLERS)
        data, facts = {"agency": self.world.agencies[agency], "field": self.world.field}, {"agency": agency}
        first = "distribute" not in story.dossier.last
        if first and self._chance(0.15):
            facts["rules"] = self.random.choice(list(RULES))
            data["rule_set"] = self.world.rule_sets[facts["rules"]]
        return *self._operator(story, now), data, facts

    def _refuse(self, story, now):
        story.waiting.clear()
        return *self._operator(story, now), {"ground": self.random.choice(["out_of_scope", "incomplete", "spam"])}

    def _unseal(self, _story, _now):
        return (self.world.seat(CENTRE, "administrator"),)

    def _seal(self, story, now):
        story.waiting.clear()
        story.promised = story.proven = False
        return self._operator(story, now)

    # The sender

    def _sender(self, story, _now):
        return (Viewer(opened=frozenset({story.pk})),)

    _withdraw = _sender

    def _complete(self, story, now):
        return *self._sender(story, now), {"content": "Số nhà 12"}

    def _ask(self, story, now):
        if len(story.asked) < 3:
            story.asked.append(False)
            return *self._sender(story, now), {"body": "Bao giờ xong?"}

    def _answer(self, story, now):
        if story.inquiries and story.state not in ENDS:
            story.inquiries -= 1
            return *self._sender(story, now), {"body": "Từ thứ Hai"}

    def _rate(self, story, now):
        if not story.rated:
            story.rated = True
            return *self._sender(story, now), {"score": self.random.choice(["satisfied", "unsatisfied"])}

    # The agency

    def _specialist(self, story):
        return self.world.seat(story.dossier.agency, "specialist")

    def _leader(self, story):
        return self.world.seat(story.dossier.agency, "leader")

    def _holder(self, story, now):
        """Who speaks for the state: the specialist of the agency that has the case, else the operator."""
        return self._specialist(story) if story.dossier.agency else self._operator(story, now)[0]

    def _progress(self, story, now):
        return (self._holder(story, now),)

    def _inquire(self, story, now):
        if story.state not in ENDS and not story.inquiries:
            story.inquiries += 1
            return self._holder(story, now), {"body": "Từ bao giờ?"}

    def _reply(self, story, now):
        waiting = [number for number, replied in enumerate(story.asked) if not replied]
        if waiting:
            number = self.random.choice(waiting)
            story.asked[number] = True
            asked = Question.objects.filter(case=story.pk, by="sender").order_by("pk")[number]
            return self._holder(story, now), {"body": "Tuần sau", "question": asked.pk}, {"question": number + 1}

    def _remind(self, story, now):
        return (self.world.seat("sokhcn", "supervisor"),) if story.state not in ENDS else None

    def _accept(self, story, now):
        others = [code for code in HANDLERS if code != story.dossier.agency]
        chosen = self.random.sample(others, self.random.choice([0, 0, 0, 1, 2]))
        story.waiting = set(chosen)
        data = {"coordinating": [self.world.agencies[code] for code in chosen]}
        return self._specialist(story), data, {"coordinating": chosen}

    def _return(self, story, now):
        story.waiting.clear()
        return self._specialist(story), {"ground": "not_competent"}

    def _contain(self, story, now):
        if story.dossier.rules == INSTANT and not story.dossier.contained:
            return (self._specialist(story),)

    def _consult(self, story, now):
        others = [code for code in HANDLERS if code not in story.waiting | {story.dossier.agency}]
        if not others:
            return None
        agency = self.random.choice(others)
        data, facts = {"agency": self.world.agencies[agency]}, {"agency": agency}
        if (days := self._days_for_an_opinion(story, now)) and self._chance(0.6):
            facts["day"] = data["due"] = self.random.choice(days)
        story.waiting.add(agency)
        return self._specialist(story), data, facts

    def _days_for_an_opinion(self, story, now):
        own = story.dossier.own_due()
        last = own if own is not None and own > now else now + 10 * ONE_DAY
        return [day for day in self._working_days(now, last) if self.office.close(day) <= last]

    def _working_days(self, now, last):
        """Those that close between two moments."""
        days = [now.date() + n * ONE_DAY for n in range((last.date() - now.date()).days + 1)]
        return [day for day in days if self.office.works(day) and self.office.close(day) > now]

    def _opinion(self, story, now):
        if story.waiting:
            agency = self.random.choice(sorted(story.waiting))
            story.waiting.remove(agency)
            return self.world.seat(agency, "specialist"), {"body": "Đồng ý"}, {"agency": agency}

    _decline = _opinion

    def _extend(self, story, now):
        process = story.dossier.the_running("process")
        if process is None or whole_second(now) > process.due:
            return None
        ceiling = self.office.due(process.started, 10, WORKING_DAYS)
        day = self.random.choice(
            [d for d in self._working_days(process.due, ceiling) if self.office.close(d) <= ceiling]
        )
        return self._leader(story), {"due": day, "on_site": True}, {"day": day}

    def _beyond_the_ceiling(self, story, now):
        process = story.dossier.the_running("process")
        if process is not None and whole_second(now) <= process.due:
            ceiling = self.office.due(process.started, 10, WORKING_DAYS)
            day = self.office.next_working_day(ceiling.date())
            return self._leader(story), {"due": day, "on_site": True}, {}, ValidationError

    def _extend_late(self, story, now):
        """Too late, extended already, or of a rule set that knows no extension."""
        process = story.dossier.the_running("process")
        if process is None or whole_second(now) > process.due:
            day = self.office.next_working_day(now.date())
            return self._leader(story), {"due": day, "on_site": True}, {}, Conflict

    def _submit(self, story, now):
        story.waiting.clear()
        story.commitment = None
        data = {"outcome": "done", "body": "Đã xử lý xong.", "contained": True}
        if self._chance(0.35):
            story.commitment = self.random.choice(self._working_days(now, now + 25 * ONE_DAY))
            data |= {"outcome": "commitment", "commitment_date": story.commitment}
        return self._specialist(story), data

    def _retract(self, story, now):
        return (self._specialist(story),)

    def _reject(self, story, now):
        return (self._leader(story), {"reason": "unclear"}) if story.state == "SUBMITTED" else None

    def _approve(self, story, now):
        if story.commitment and story.commitment < whole_second(now).date():
            return None
        facts = self._given(story) if _publishes_with_approval(story) else {}
        return self._leader(story), {}, facts

    def _revoke(self, story, now):
        return (self._leader(story),)

    def _publish(self, story, now):
        return self._specialist(story), {}, self._given(story)

    def _given(self, story):
        story.rated, story.promised, story.proven = False, story.commitment is not None, False
        return {"committed_to": story.commitment}

    def _reopen(self, story, now):
        story.promised = story.proven = False
        return (self._leader(story),)

    def _fulfil(self, story, now):
        if not story.promised:
            return None
        if not story.proven:
            story.proven = True
            return self._specialist(story), {}, {"confirmed": False}
        confirmed = self._chance(0.7)
        story.promised, story.proven = not confirmed, False
        return self._leader(story), {"decision": "confirm" if confirmed else "reject"}, {"confirmed": confirmed}


def _publishes_with_approval(story):
    """Khánh Hòa: publishing goes with approval (A21)."""
    return story.dossier.rules in (KHANH_HOA, INSTANT)
