"""One made-up story: its words from the matters and voices, its steps and times as its ending asks for."""

import tomllib
from datetime import datetime, time, timedelta
from pathlib import Path

from workflow.demo.stories import Step, Story

FOLDER = Path(__file__).parent
CHANNELS = {"web": 58, "app": 26, "hotline": 9, "letter": 2, "email": 3, "in_person": 2}
KEYED_IN = ("hotline", "letter", "email", "in_person")
SENDERS = {"citizen": 88, "business": 8, "organisation": 4}
HOURS = {
    6: 2, 7: 5, 8: 9, 9: 9, 10: 8, 11: 5, 12: 3, 13: 4, 14: 6, 15: 6, 16: 6, 17: 6, 18: 6, 19: 8, 20: 8, 21: 5, 22: 2,
}  # fmt: skip
CITY = {"22366": 6, "22402": 4, "22333": 4, "22390": 3}
"""How often each of its communes is met; any other ELSEWHERE."""
ELSEWHERE = 1.5
DAYS_TO_FIT = {"answered": 16, "answered_late": 34, "sent_back": 3, "withdrawn": 3, "refused": 3}
"""Calendar days before the end by which a story with this ending has begun."""
LATE = {"process": 14, "verify": 3, "intake": 2, "approve": 3}
"""How often each limit is the late one."""
TRIES = 20


def _read(name):
    return tomllib.loads((FOLDER / name).read_text("utf-8"))


class Writer:
    """Writes stories of the span from a local day to an aware midnight; `chance` decides what is not given."""

    def __init__(self, first, end, calendar, chance):
        self.first, self.end, self.calendar, self.chance = first, end, calendar, chance
        self.matters, self.voices, self.written = _read("matters.toml"), _read("voices.toml"), set()

    def write(self, number, plan) -> Story:
        """A story whose words no earlier one has, if that can be found in a few tries."""
        for _try in range(TRIES):
            story = self._draft(number, plan)
            if story.content not in self.written:
                break
        self.written.add(story.content)
        return story

    def _draft(self, number, plan):
        refusal = self._weighted(self.voices["refusal"]) if plan.ending == "refused" else None
        matter = refusal or self._weighted(self.matters["matter"])
        commune = self._pick({code: CITY.get(code, ELSEWHERE) for code in self.matters["places"]})
        words = {
            "place": self.chance.choice(self.matters["places"][commune]),
            "since": self.chance.choice(self.matters["since"]),
        }
        channel, agency = self._pick(CHANNELS), self._agency(matter, commune)
        topic = self.chance.randrange(len(matter["opening"]))
        drawn = matter.get("pictures", []) if topic in matter.get("pictured", range(topic + 1)) else []
        pictures = drawn[:1] if self.chance.random() < 0.6 and channel in ("web", "app") else []
        return Story(
            key=f"season-{number}", age=0, time="", filed=self._filed(number, plan.ending),
            title=_said(matter["titles"], topic, words), content=self._content(matter, topic, words),
            place=_capital(words["place"]), commune=commune,
            field=matter.get("field", "") if self.chance.random() < 0.7 else "", channel=channel,
            keyed_in_by=self._operator() if channel in KEYED_IN else "", sender_type=self._pick(SENDERS),
            confidential=self.chance.random() < 0.04, pictures=tuple(pictures),
            steps=tuple(self._steps(plan, matter, topic, agency, pictures, words)),
        )  # fmt: skip

    # Words

    def _weighted(self, tables):
        return self.chance.choices(tables, [table["weight"] for table in tables])[0]

    def _pick(self, weights):
        return self.chance.choices(list(weights), list(weights.values()))[0]

    def _content(self, matter, topic, words):
        opening, detail = (_said(matter[part], topic, words) for part in ("opening", "detail"))
        return f"{opening} {detail} {self.chance.choice(matter['request'])}"

    def _voice(self, kind):
        return self.chance.choice(self.voices[kind])

    def _operator(self):
        return self.chance.choice(["vanhanh", "vanhanh2"])

    def _agency(self, matter, commune):
        found = self.chance.choice(matter.get("agencies", ["commune"]))
        elsewhere = found == "moitruongdothi" and commune not in CITY
        return self.matters["handlers"][commune] if found == "commune" or elsewhere else found

    # Times

    def _filed(self, number, ending):
        """The first story begins on the first day, so that the span is as long as it should be."""
        if number == 0:
            return datetime.combine(self.first, time(7, 30), self.end.tzinfo)
        last = self.end.date()
        if ending == "processing":
            day = self.calendar.previous_working_day(self.calendar.previous_working_day(last))
            return datetime.combine(day, time(7, self.chance.randrange(10, 50)), self.end.tzinfo)
        if ending == "overdue":
            return self._at(last - timedelta(days=self.chance.randrange(18, 50)))
        latest = (last - timedelta(days=DAYS_TO_FIT[ending]) - self.first).days
        return self._at(self.first + timedelta(days=self.chance.randrange(latest)))

    def _at(self, day):
        hour = time(self._pick(HOURS), self.chance.randrange(60))
        return datetime.combine(day, hour, self.end.tzinfo)

    # Steps

    def _steps(self, plan, matter, topic, agency, pictures, words):
        operator, writes, leads = self._operator(), f"{agency}.cm", f"{agency}.ld"
        if plan.ending == "refused":
            yield Step("2h", operator, "refuse", {"ground": matter["ground"], "note": matter["note"]})
            return
        if plan.ending == "withdrawn":
            yield Step("1h", "sender", "withdraw", {"note": self._voice("withdrawals")})
            return
        if plan.ending == "sent_back":
            yield Step("2h", operator, "send_back", {"note": self._voice("missing")})
            return
        late = self._pick(LATE) if plan.ending == "answered_late" else ""
        distribution = {"field": matter["field"], "agency": agency, "release": list(pictures)}
        yield Step(
            "7h" if late == "intake" else f"{self.chance.randrange(1, 4)}h", operator, "distribute", distribution
        )
        yield Step("7h" if late == "verify" else f"{self.chance.randrange(1, 4)}h", writes, "accept")
        if plan.asks:
            yield Step("2h", "sender", "ask", {"body": self._voice("asks")})
            if plan.is_replied:
                yield Step("3h", writes, "reply", {"body": self._voice("replies")})
        if plan.ending in ("overdue", "processing"):
            if self.chance.random() < 0.4 and plan.ending == "overdue":
                yield Step("1d", writes, "progress", {"note": self._voice("progress")})
            return
        yield from self._answer(plan, matter, topic, late, writes, leads, words)
        yield from self._afterwards(plan, late, operator, writes, leads)

    def _answer(self, plan, matter, topic, late, writes, leads, words):
        attached = matter.get("pictures", [])[1:] if self.chance.random() < 0.6 else []
        result = {"outcome": "done", "body": _said(matter["answer"], topic, words), "attachments": attached}
        days = self.chance.randrange(7, 12) if late == "process" else self.chance.randrange(1, 4)
        yield Step(f"{days}d", writes, "submit", result)
        yield Step("7h" if late == "approve" else f"{self.chance.randrange(1, 4)}h", leads, "approve")

    def _afterwards(self, plan, late, operator, writes, leads):
        if late and self.chance.random() < 0.6:
            who = operator if late == "intake" else writes
            yield Step("2h", who, "explain", {"clock": late, "note": self._voice("reasons")})
        if plan.score:
            note = self._voice("unsatisfied" if plan.score == "unsatisfied" else "satisfied")
            yield Step("1c", "sender", "rate", {"score": plan.score, "note": note})
        if plan.score == "unsatisfied" and plan.is_concluded:
            yield Step("1d", leads, "conclude", {"decision": "keep", "note": self._voice("conclusions")})


def _said(sentences, topic, words):
    """The sentence of that topic; where there are fewer, they fit several."""
    return _capital(sentences[topic % len(sentences)].format(**words))


def _capital(text):
    return text[:1].upper() + text[1:]
