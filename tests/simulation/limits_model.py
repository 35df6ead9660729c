"""The limits of regulation §5, written out by hand: what starts each, what meets it, what voids it, what resumes it.

Nothing of the portal is imported. A `Dossier` is told what was done and when, and says which limits ran, from when to
when, until when they were due and how they ended. Agencies are codes; moments are aware.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from .calendar_model import CALENDAR_DAYS, CLOCK_HOURS, WORKING_DAYS, WORKING_HOURS, whole_second

OPERATOR, SPECIALIST, LEADER, SENDER = "operator", "specialist", "leader", "sender"
CENTRE = "trungtam"
RUNNING, MET, VOID, REPLACED = "running", "met", "void", "superseded"

RECEIVED = "lodge complete reinstate unseal"
"""A dossier counts as received when it meets R08 (A8); `reinstate` and `unseal` start what `lodge` starts."""


class Row(NamedTuple):
    """One row of §5. `again`: what undoes the action that met it, so that it runs again with its old due time."""

    amount: int | None
    unit: str | None
    owed_by: str
    starts: str = ""
    met: str = ""
    void: str = ""
    again: str = ""
    never_late: bool = False


HOUSE = {
    "consult": Row(None, None, SPECIALIST, void="submit return"),
    "silence": Row(30, CALENDAR_DAYS, SENDER, "send_back", "complete", "refuse withdraw", never_late=True),
    "question": Row(2, WORKING_DAYS, SPECIALIST),
    "promise": Row(None, None, SPECIALIST, void="reopen"),
}
PROCESSING = {
    "process": Row(5, WORKING_DAYS, SPECIALIST, "accept reopen", "submit", "return", "reject retract"),
    "process_extended": Row(10, WORKING_DAYS, SPECIALIST, "", "submit", "return", "reject retract"),
    "approve": Row(4, WORKING_HOURS, LEADER, "submit", "approve reject", "retract"),
}
KHANH_HOA, INSTANT = "khanh-hoa-2022", "khanh-hoa-2022-instant"
NATIONAL, HOME_AFFAIRS = "national-portal-2021", "home-affairs-2018"
RULES = {
    KHANH_HOA: {
        "intake": Row(4, WORKING_HOURS, OPERATOR, RECEIVED, "distribute send_back refuse", again="recall"),
        "verify": Row(4, WORKING_HOURS, SPECIALIST, "distribute", "accept return", "recall"),
        "redistribute": Row(4, WORKING_HOURS, OPERATOR, "return", "distribute send_back refuse", again="recall"),
        **PROCESSING,
        **HOUSE,
    },
    INSTANT: {
        "receive": Row(1, CLOCK_HOURS, OPERATOR, RECEIVED, "receive distribute send_back refuse", again="recall"),
        "distribute": Row(1, CLOCK_HOURS, OPERATOR, "receive", "distribute", "send_back refuse", "recall"),
        "verify": Row(1, WORKING_HOURS, SPECIALIST, "distribute", "accept return", "recall"),
        "redistribute": Row(1, CLOCK_HOURS, OPERATOR, "return", "distribute send_back refuse", again="recall"),
        "temporary_fix": Row(8, WORKING_HOURS, SPECIALIST, "distribute", "contain submit", "return recall"),
        **PROCESSING,
        **HOUSE,
    },
    NATIONAL: {
        "distribute": Row(5, WORKING_DAYS, OPERATOR, RECEIVED, "distribute", "send_back refuse", "recall"),
        "refuse": Row(2, WORKING_DAYS, OPERATOR, RECEIVED, "refuse", "distribute send_back", never_late=True),
        "clarify": Row(5, WORKING_DAYS, OPERATOR, RECEIVED, "send_back", "distribute refuse", never_late=True),
        "answer": Row(15, WORKING_DAYS, SPECIALIST, RECEIVED + " reopen", "approve", "send_back", "revoke"),
        "update": Row(5, WORKING_DAYS, SPECIALIST, "", "progress", "approve send_back"),
        "publish": Row(2, WORKING_DAYS, SPECIALIST, "approve", "publish", "revoke"),
        **HOUSE,
    },
    HOME_AFFAIRS: {
        "answer": Row(20, CALENDAR_DAYS, SPECIALIST, RECEIVED + " reopen", "approve", "send_back", "revoke"),
        "update": Row(7, WORKING_DAYS, SPECIALIST, "", "progress", "approve send_back"),
        "publish": Row(2, WORKING_DAYS, SPECIALIST, "approve", "publish", "revoke"),
        **HOUSE,
    },
}
VOIDING = ("refuse", "withdraw", "seal")
"""REFUSED, WITHDRAWN and SEALED void whatever still runs."""
LEAVES_RETURNED = ("distribute", "send_back", "refuse", "withdraw", "seal")
UNDONE_BY = {"recall": "distribute", "reject": "submit", "retract": "submit", "revoke": "approve"}


@dataclass(eq=False)
class Limit:
    """One limit that ran or runs. `about`: the question's number, or the agency whose opinion is asked.

    `run` counts how often it was resumed.
    """

    key: str
    rules: str
    row: Row
    started: datetime
    due: datetime
    provisional: bool
    holder: str | None
    number: int = 0
    about: object = None
    ending: str = RUNNING
    ended: datetime | None = None
    ended_by: int | None = None
    run: int = 0
    warnings: list | None = None

    @property
    def runs(self):
        return self.ending == RUNNING

    def is_late(self, now):
        """A moment is rounded down to the second before it is compared; a last day for a branch is never late (A18)."""
        return not self.row.never_late and whole_second(self.ended or now) > self.due

    def outcome(self, now):
        late = self.is_late(now)
        if self.ending == RUNNING:
            return "late" if late else "running"
        if self.ending == MET:
            return "met_late" if late else "met"
        return "late" if late else "void"


class Dossier:
    """One case and its limits, oldest first."""

    def __init__(self, rules, office):
        self.rules, self.office = rules, office
        self.limits = []
        self.agency = None
        self.returned_by = None
        self.contained = False
        self.received = None
        self.questions = 0
        self.events = 0
        self.last = {}

    def running(self, *keys):
        return [limit for limit in self.limits if limit.runs and (not keys or limit.key in keys)]

    def the_running(self, *keys):
        return next(iter(self.running(*keys)), None)

    # What was done

    def does(self, action, at, **facts):
        self.begin_duties(at)
        self.events += 1
        if facts.get("rules", self.rules) != self.rules:
            self._change_rules(facts["rules"], at)
        elsewhere = action == "distribute" and self.returned_by not in (None, facts["agency"])
        self._end(action, at, facts)
        self._resume(action)
        self._note(action, at, facts)
        self._start(action, at, facts)
        if elsewhere:
            self._answer_anew(at)
        if action in VOIDING:
            self._finish(self.running(), VOID, at)
        self._hand_over(at)

    def _note(self, action, at, facts):
        """What later rows ask for: who holds the case, since when it is received, whether the danger is contained."""
        self.last[action] = self.events
        if action in RECEIVED.split():
            self.received = at
        if action == "return":
            self.returned_by = self.agency
        elif action in LEAVES_RETURNED:
            self.returned_by = None
        if action == "distribute":
            self.agency = facts["agency"]
        if action in ("return", "recall", "unseal"):
            self.agency = None
        if action == "contain" or action == "submit" and self.rules == INSTANT:
            self.contained = True

    def _change_rules(self, rules, at):
        """At the first distribution: what the old set still runs is met by it or void; what the new one starts at
        lodging and does not end at distribution starts, counted from the receipt."""
        self._end("distribute", at, {})
        self._finish([limit for limit in self.running() if limit.key != "question"], VOID, at)
        self.rules = rules
        for key, row in RULES[rules].items():
            if "lodge" in row.starts.split() and "distribute" not in (row.met + " " + row.void).split():
                self._open(key, self.received)

    # Endings

    def _end(self, action, at, facts):
        for limit in self.running():
            if action in limit.row.met.split() or self._is_met(limit, action, facts):
                self._finish([limit], MET, at)
            elif action in limit.row.void.split():
                self._finish([limit], VOID, at)

    @staticmethod
    def _is_met(limit, action, facts):
        if limit.key == "question":
            return action == "reply" and limit.about == facts["question"]
        if limit.key == "consult":
            return action in ("opinion", "decline") and limit.about == facts["agency"]
        return limit.key == "promise" and action == "fulfil" and facts["confirmed"]

    def _finish(self, limits, ending, at):
        for limit in limits:
            limit.ending, limit.ended, limit.ended_by = ending, at, self.events

    def _resume(self, action):
        """The limit runs again with its old due time."""
        undone = self.last.get(UNDONE_BY.get(action))
        for limit in self.limits:
            if undone and limit.ending == MET and limit.ended_by == undone and action in limit.row.again.split():
                limit.ending, limit.ended, limit.ended_by = RUNNING, None, None
                limit.run += 1

    # Starts

    def _start(self, action, at, facts):
        for key, row in RULES[self.rules].items():
            if action not in row.starts.split():
                continue
            if key == "answer":
                self._answer_anew(at)
            elif key != "temporary_fix" or not self.contained:
                self._open(key, at)
        if action == "extend":
            self._extend(at, facts["day"])
        if action == "ask":
            self.questions += 1
            self._open("question", at, about=self.questions)
        if action == "accept":
            for agency in facts.get("coordinating", ()):
                self._open("consult", at, due=self.opinion_due(at), holder=agency, about=agency)
        if action == "consult":
            due = self.office.close(facts["day"]) if facts.get("day") else self.opinion_due(at)
            self._open("consult", at, due=due, holder=facts["agency"], about=facts["agency"])
        if facts.get("committed_to"):
            self._open("promise", at, due=self.office.close(facts["committed_to"]))

    def _open(self, key, start, due=None, holder=None, number=0, about=None):
        row = RULES[self.rules][key]
        start = whole_second(start)
        due = due or self.office.due(start, row.amount, row.unit)
        holder = holder or self._holder(row)
        provisional = self.office.is_provisional(due)
        self.limits.append(Limit(key, self.rules, row, start, due, provisional, holder, number, about))

    def _answer_anew(self, at):
        """It steps in the place of the one that still runs (A13), whose updates are void."""
        if "answer" in RULES[self.rules]:
            self._finish(self.running("answer"), REPLACED, at)
            self._finish(self.running("update"), VOID, at)
            self._open("answer", at)

    def _extend(self, at, day):
        """Counted from the same acceptance, in the place of `process` (Đ7.3)."""
        process = self.the_running("process")
        self._finish([process], REPLACED, at)
        self._open("process_extended", process.started, due=self.office.close(day))

    def own_due(self):
        lead = self.the_running("process", "process_extended", "answer")
        return lead and lead.due

    def opinion_due(self, at):
        """A11: the close of the last working day before the lead's due day, but not before that of the next one."""
        earliest = self.office.next_working_day(whole_second(at).date())
        own = self.own_due()
        if own is None or own < whole_second(at):
            return self.office.close(earliest)
        return self.office.close(max(self.office.previous_working_day(own.date()), earliest))

    # What follows by itself

    def begin_duties(self, now):
        """Duty k runs from the due time of duty k−1, the first from that of `answer`, while unanswered (A12)."""
        answer = self.the_running("answer")
        if answer is None:
            return
        number, begins = 0, answer.due
        for limit in self.limits[self.limits.index(answer) + 1 :]:
            if limit.key == "update":
                number, begins = limit.number, limit.due
        while begins <= now:
            number += 1
            self._open("update", begins, number=number)
            begins = self.limits[-1].due

    def _holder(self, row):
        if row.owed_by == SENDER:
            return None
        return CENTRE if row.owed_by == OPERATOR or self.agency is None else self.agency

    def _hand_over(self, at):
        """Limits go with the case, but for one that is late: whoever let it pass explains it (Đ16.4)."""
        for limit in self.running():
            owed_by_the_case = limit.key in ("question", "promise") or not limit.is_late(at)
            if limit.row.owed_by in (SPECIALIST, LEADER) and limit.key != "consult" and owed_by_the_case:
                limit.holder = self._holder(limit.row)
