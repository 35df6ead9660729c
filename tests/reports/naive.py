"""A report counted by walking over exported rows in plain Python: what the tables must equal.

Nothing here asks the portal what a figure means: the sentences of the regulation (§8, A16–A19, A24) are spelt out anew.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from agencies.models import Agency
from submissions.models import Case, Citizen
from tests.simulation.calendar_model import WORKING_DAYS, Office
from workflow.models import Approval, CaseEvent, Clock, Explanation, Question, Rating

WAITS_FOR_AN_AUTHORITY = {
    "LODGED", "CHECKED", "RETURNED", "DISTRIBUTED", "PROCESSING", "SUBMITTED", "APPROVED",
}  # fmt: skip
BESIDE_THE_WAY = {"consult", "question", "promise", "update"}


@dataclass
class Rows:
    """Everything in the database as dictionaries, of a case by its key."""

    cases: list = field(default_factory=list)
    events: dict = field(default_factory=lambda: defaultdict(list))
    clocks: dict = field(default_factory=lambda: defaultdict(list))
    answers: dict = field(default_factory=lambda: defaultdict(list))
    ratings: dict = field(default_factory=lambda: defaultdict(list))
    questions: dict = field(default_factory=lambda: defaultdict(list))
    explained: dict = field(default_factory=lambda: defaultdict(list))
    accounts: list = field(default_factory=list)


def export() -> Rows:
    rows, codes = Rows(), {None: "none", **dict(Agency.objects.values_list("pk", "code"))}
    read = ("pk", "code", "state", "received_at", "complete_since", "channel", "field_id", "agency_id", "instant",
            "first_distributed_at", "contained_at", "sender__commune_id", "rule_set__code")  # fmt: skip
    for case in Case.objects.order_by("pk").values(*read):
        rows.cases.append(case | {"agency": codes[case["agency_id"]]})
    for event in CaseEvent.objects.order_by("at", "pk").values(
        "case_id", "action", "at", "after", "facts", "agency_id", "subject_agency_id"
    ):
        rows.events[event["case_id"]].append(
            event | {"agency": codes[event["agency_id"]], "subject": codes[event["subject_agency_id"]]}
        )
    for clock in Clock.objects.order_by("pk").values():
        rows.clocks[clock["case_id"]].append(clock | {"holder": codes[clock["holder_id"]]})
    for given in Approval.objects.order_by("given_at").values("pk", "case_id", "at", "given_at", "result__agency_id"):
        if given["given_at"]:
            rows.answers[given["case_id"]].append(given | {"agency": codes[given["result__agency_id"]]})
    for rating in Rating.objects.values("approval__case_id", "approval__result__agency_id", "score", "at"):
        rows.ratings[rating["approval__case_id"]].append(
            rating | {"agency": codes[rating["approval__result__agency_id"]]}
        )
    for asked in Question.objects.values("case_id", "by", "asked_at", "replied_at", "clock__holder_id"):
        rows.questions[asked["case_id"]].append(asked | {"holder": codes[asked["clock__holder_id"]]})
    for said in Explanation.objects.order_by("at", "pk").values("clock_id", "note"):
        rows.explained[said["clock_id"]].append(said["note"])
    rows.accounts = list(Citizen.objects.values_list("account__date_joined", flat=True))
    return rows


class Walk:
    """The tables of one period, at one moment, for the whole province or for one agency (its code)."""

    def __init__(self, rows, begins, ends, at, agency="", office=None, **only):
        self.rows, self.begins, self.ends, self.at, self.agency = rows, begins, ends, at, agency
        self.office = office or Office()
        found = [case for case in rows.cases if all(case[name] == value for name, value in only.items())]
        self.cases = [case | {"agency": self._holder(case)} for case in found] if at >= ends else found

    def tables(self):
        """{table: {row: {column: number, or (part, whole) of a share}}}; of tables of cases the rows' codes alone."""
        return {
            "overview": self.overview(),
            "agencies": self.groups("agency"),
            "fields": self.groups("field_id"),
            "areas": self.groups("sender__commune_id"),
            "ratings": self.ratings(),
            "questions": self.questions(),
            "ratios": self.ratios(),
            "overdue": self.overdue(),
            "instant": sorted(case["code"] for case in self.cases if case["instant"] and self._received(case)),
        }

    # Facts about one case

    def _holder(self, case):
        """Who had the case at the moment of the report."""
        holder = "none"
        for event in self.rows.events[case["pk"]]:
            if event["at"] < self.at and event["action"] in ("distribute", "hand_over"):
                holder = event["subject"]
            elif event["at"] < self.at and event["action"] in ("return", "recall", "unseal"):
                holder = "none"
        return holder

    def _in(self, moment):
        return moment is not None and self.begins <= moment < self.ends

    def _mine(self, agency):
        return not self.agency or agency == self.agency

    def _received(self, case):
        return self._in(case["received_at"]) and self._mine(case["agency"])

    def _late_clocks(self, case):
        """Limits that had passed their due time by the moment of the report, to the whole second."""
        for clock in self.rows.clocks[case["pk"]]:
            done = clock["ended_at"] and clock["ended_at"].replace(microsecond=0)
            is_late = clock["due_at"] < self.at and (done is None or done > clock["due_at"])
            if is_late and not clock["conditional"]:
                yield clock

    def _on_the_way(self, case):
        return [clock for clock in self._late_clocks(case) if clock["key"] not in BESIDE_THE_WAY]

    def _first_answer(self, case):
        """The first answer of the case if it was given in the period."""
        given = self.rows.answers[case["pk"]]
        return given[0] if given and self._in(given[0]["given_at"]) else None

    def _answer_was_late(self, case, own=False):
        given = self._first_answer(case)
        return any(
            clock["started_at"] <= given["given_at"] and (not own or clock["holder"] == given["agency"])
            for clock in self._on_the_way(case)
        )

    def _is_unanswered(self, case):
        return not any(given["given_at"] < self.at for given in self.rows.answers[case["pk"]])

    def _passed_unanswered(self, case):
        """Holders of limits that passed their due time in the period while the case has no answer at its end."""
        if not self._is_unanswered(case):
            return []
        return [clock["holder"] for clock in self._on_the_way(case) if self._in(clock["due_at"])]

    def _state_then(self, case):
        before = [event["after"] for event in self.rows.events[case["pk"]] if event["at"] < self.at]
        return before[-1] if before and case["received_at"] < self.at else ""

    def _in_progress(self, case):
        return self._mine(case["agency"]) and self._state_then(case) in WAITS_FOR_AN_AUTHORITY

    def _is_over(self, case):
        return any(
            clock["started_at"] < self.at and (clock["ended_at"] is None or clock["ended_at"] >= self.at)
            for clock in self._on_the_way(case)
        )

    def _acts(self, case, action):
        return [event for event in self.rows.events[case["pk"]] if event["action"] == action and self._in(event["at"])]

    # Tables

    def overview(self):
        mine = [case for case in self.cases if self._mine(case["agency"])]
        received = [case for case in self.cases if self._received(case)]
        answered = [c for c in self.cases if self._first_answer(c) and self._mine(self._first_answer(c)["agency"])]
        own = "_own" if self.agency else ""
        late = sum(self._answer_was_late(case, own=bool(own)) for case in answered)
        if own:
            still = sum(self.agency in self._passed_unanswered(case) for case in self.cases)
        else:
            still = sum(bool(self._passed_unanswered(case)) for case in self.cases)
        open_ones = [case for case in self.cases if self._in_progress(case)]
        over = sum(self._is_over(case) for case in open_ones)
        talk = [q for case in self.cases for q in self._questions_of(case) if self._mine(q["holder"])]
        rated = [r for case in self.cases for r in self._ratings_of(case)]
        bad = sum(rating["score"] == "unsatisfied" for rating in rated)
        grounds = Counter()
        for case in mine:
            for ground in {event["facts"]["ground"] for event in self._acts(case, "refuse")}:
                grounds[f"refused:{ground}"] += 1
        counts = {
            "received": len(received),
            **{f"received:{c}": sum(case["channel"] == c for case in received) for c in CHANNELS},
            "accepted": sum(self._in(case["first_distributed_at"]) for case in mine),
            "sent_back": sum(bool(self._acts(case, "send_back")) for case in mine),
            "refused": sum(bool(self._acts(case, "refuse")) for case in mine),
            **grounds,
            "withdrawn": sum(bool(self._acts(case, "withdraw")) for case in mine),
            "answered": len(answered), f"answered_on_time{own}": len(answered) - late, f"answered_late{own}": late,
            "in_progress": len(open_ones), "within_limit": len(open_ones) - over, "over_limit": over,
            f"unanswered_late{own}": still, f"late{own}": late + still,
            "questions": len(talk), "ratings": len(rated), "unsatisfied": bad,
        }  # fmt: skip
        if len(self.cases) == len(self.rows.cases) and not self.agency:
            counts["accounts"] = sum(joined < self.at for joined in self.rows.accounts)
            counts["accounts_new"] = sum(self._in(joined) for joined in self.rows.accounts)
        shares = {
            f"answered_on_time{own}": len(answered), f"answered_late{own}": len(answered),
            f"late{own}": len(received), "unsatisfied": len(rated),
        }  # fmt: skip
        return {
            key: {"count": number} | ({"share": (number, shares[key])} if key in shares else {})
            for key, number in counts.items()
        }

    def groups(self, by):
        found = defaultdict(Counter)
        own = "_own" if self.agency or by == "agency" else ""
        for case in self.cases:
            self._group_case(found, case, by, own)
        if by == "agency":
            for case in self.cases:
                self._group_acts(found, case)
        return {key: self._row(numbers, own, by) for key, numbers in found.items() if any(numbers.values())}

    def _group_case(self, found, case, by, own):
        def key(agency):
            return agency if by == "agency" else case[by] or "none"

        if self._received(case):
            found[key(case["agency"])]["received"] += 1
        given = self._first_answer(case)
        if given and self._mine(given["agency"]):
            found[key(given["agency"])]["answered"] += 1
            found[key(given["agency"])][f"answered_late{own}"] += self._answer_was_late(case, own=bool(own))
        holders = self._passed_unanswered(case)
        if own:
            for holder in set(holders) - {"none"}:
                if self._mine(holder):
                    found[key(holder)]["unanswered_late_own"] += 1
        elif holders:
            found[key(case["agency"])]["unanswered_late"] += 1
        if self._in_progress(case):
            found[key(case["agency"])]["in_progress"] += 1
            if by == "agency":
                found[key(case["agency"])]["over_limit"] += self._is_over(case)

    def _group_acts(self, found, case):
        for column, action in (("returned", "return"), ("extended", "extend")):
            for agency in {event["agency"] for event in self._acts(case, action)}:
                if self._mine(agency):
                    found[agency][column] += 1

    @staticmethod
    def _row(numbers, own, by):
        late = numbers[f"answered_late{own}"]
        columns = ["received", "answered", f"answered_late{own}", f"unanswered_late{own}", "in_progress"]
        columns += ["over_limit", "returned", "extended"] if by == "agency" else []
        return {name: numbers[name] for name in columns} | {
            f"answered_on_time{own}": (numbers["answered"] - late, numbers["answered"])
        }

    def _ratings_of(self, case):
        return [r for r in self.rows.ratings[case["pk"]] if self._in(r["at"]) and self._mine(r["agency"])]

    def ratings(self):
        scores = Counter(rating["score"] for case in self.cases for rating in self._ratings_of(case))
        total = sum(scores.values())
        rows = {
            score: {"count": scores[score], "share": (scores[score], total)}
            for score in ("very_satisfied", "satisfied", "unsatisfied")
        }
        return rows | {"total": {"count": total}}

    def _questions_of(self, case):
        return [q for q in self.rows.questions[case["pk"]] if q["by"] == "sender" and self._in(q["asked_at"])]

    def questions(self):
        asked, told = Counter(), Counter()
        for case in self.cases:
            for question in self._questions_of(case):
                if self._mine(question["holder"]):
                    asked[question["holder"]] += 1
                    told[question["holder"]] += question["replied_at"] is not None and question["replied_at"] < self.at
        asked["total"], told["total"] = asked.total(), told.total()
        return {
            holder: {"asked": n, "answered": (told[holder], n), "unanswered": n - told[holder]}
            for holder, n in asked.items()
        }

    def overdue(self):
        """(code, limit's due time, whether done by then, what was explained), each late limit of the period or older
        and still running."""
        found = []
        for case in self.cases:
            for clock in self._late_clocks(case):
                done = clock["ended_at"] is not None and clock["ended_at"] < self.at
                started = clock["started_at"] < self.at and clock["holder_role"] != "sender"
                if started and (self._in(clock["due_at"]) or not done) and self._mine(clock["holder"]):
                    found.append((case["code"], clock["due_at"], done, "; ".join(self.rows.explained[clock["id"]])))
        return sorted(found)

    # QĐ 766

    def _sorted_out(self, case):
        return any(
            event["action"] in ("distribute", "refuse", "send_back", "withdraw") and event["at"] < self.at
            for event in self.rows.events[case["pk"]]
        )

    def _steps(self, case):
        """(when it began, when it was done, within how many working days) of each step done in the period."""
        back = [event["at"] for event in self.rows.events[case["pk"]] if event["action"] == "send_back"]
        steps = []
        for event in self._acts(case, "refuse"):
            waited = any(case["complete_since"] < asked < event["at"] for asked in back)
            steps.append((event["at"] if waited else case["complete_since"], event["at"], 2))
        if back and self._in(back[0]):
            steps.append((case["received_at"], back[0], 5))
        if given := self._first_answer(case):
            began = max(case["complete_since"], self._passed_on(case, given["at"]) or case["complete_since"])
            steps += [(began, given["at"], 15), (given["at"], given["given_at"], 2)]
        return steps

    def _passed_on(self, case, before):
        """The last time that the case went to another body than once before (A13)."""
        went, last = [], None
        for event in self.rows.events[case["pk"]]:
            if event["action"] == "distribute" and event["at"] < before:
                if any(other != event["subject"] for other in went):
                    last = event["at"]
                went.append(event["subject"])
        return last

    def _is_bad(self, case, own):
        late = any(not own or clock["holder"] == case["agency"] for clock in self._on_the_way(case))
        return late or any(
            rating["score"] == "unsatisfied" and rating["at"] < self.at for rating in self.rows.ratings[case["pk"]]
        )

    def ratios(self):
        whole = defaultdict(lambda: [Counter(), Counter(), Counter(), Counter()])
        for case in self.cases:
            if not self._mine(case["agency"]):
                continue
            for key, own in (("province", False), (case["agency"], True)):
                if key == "none":
                    continue
                if self._received(case):
                    whole[key][0].update(all=1, good=self._sorted_out(case))
                    whole[key][3].update(all=1, good=not self._is_bad(case, own))
                if given := self._first_answer(case):
                    in_time = given["at"] <= self.office.due(case["received_at"], 15, WORKING_DAYS)
                    whole[key][2].update(all=1, good=in_time)
                if steps := self._steps(case):
                    in_time = all(done <= self.office.due(began, days, WORKING_DAYS) for began, done, days in steps)
                    whole[key][1].update(all=1, good=in_time)
        if not self.agency:
            whole["province"]
        else:
            whole.pop("province", None)
        names = ("classified", "on_time", "from_receipt", "good")
        return {
            key: {name: (c["good"], c["all"]) for name, c in zip(names, counts, strict=True)}
            for key, counts in whole.items()
        }


CHANNELS = ("web", "app", "hotline", "letter", "fax", "email", "sms", "in_person", "national_portal")
