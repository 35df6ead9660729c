"""Years of the portal on one timeline: random cases, passes of the minute's work, outages, all from one seed.

What is done goes to the portal by its one door and to the models alike.
"""

import heapq
import random
from collections import Counter
from datetime import datetime, time, timedelta
from itertools import count

import pytest
from django.test import override_settings

from submissions.viewers import Viewer
from tests.cast import AGENCIES
from workflow.delivery import deliver
from workflow.engine import open_case, perform
from workflow.models import Message
from workflow.sweep import sweep

from .calendar_model import SESSIONS, ZONE, Office, whole_second
from .limits_model import CENTRE, HOME_AFFAIRS, INSTANT, KHANH_HOA, NATIONAL, Dossier
from .reminders_model import Desk, moments
from .stories import HANDLERS, Story, Teller

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SECOND, HALF_A_SECOND, NOTHING = timedelta(seconds=1), timedelta(milliseconds=400), timedelta()
PARENTS = {code: parent for code, (_name, _kind, parent) in AGENCIES.items() if code in HANDLERS and parent in HANDLERS}


class Years:
    """`run()` plays the timeline from `first` to `last`; then the models can be compared with the database."""

    def __init__(self, cast, seed, cases, first, last, *, days_between_outages=5, passes_a_moment=0.8, at_once=None):
        self.seed = seed
        self.random = random.Random(seed)
        self.cast, self.office = cast, Office()
        self.teller = Teller(cast, self.office, self.random)
        self.desk = Desk(self.office, PARENTS)
        self.first = datetime.combine(first, time(), ZONE)
        self.last = datetime.combine(last, time(), ZONE)
        self.now = self.first
        self.odd_days = self._odd_days()
        self.days_between_outages, self.passes_a_moment, self.at_once = days_between_outages, passes_a_moment, at_once
        self.stories, self.passes, self.counts = [], [], Counter()
        self.duties_may_begin = set()
        self._queue, self._order = [], count()
        self.outages = list(self._outages())
        for number in range(cases):
            self._push(self._moment_of_filing(), self._file, number)
        self._push_everyday_passes()
        for _begins, ends, waiting in self.outages:
            for _ in range(waiting):
                self._push(ends, self._pass)

    def run(self):
        while self._queue:
            self.now, _order, what, arguments = heapq.heappop(self._queue)
            if self.now < self.last:
                what(self.now, *arguments)
        self._pass(self.last)
        return self

    def _push(self, moment, what, *arguments):
        heapq.heappush(self._queue, (max(moment, self.now), next(self._order), what, arguments))

    def chance(self, probability):
        return self.random.random() < probability

    def open_passes(self):
        return [now for now in self.passes if self.office.is_open(now)]

    def summary(self):
        """What was simulated, in numbers."""
        limits = [limit for story in self.stories for limit in story.dossier.limits]
        found = self.counts + Counter(f"limits {limit.outcome(self.last)}" for limit in limits)
        found += Counter(f"warnings {warning.kind}" for warning in self.desk.warnings)
        found["limits"], found["warnings"] = len(limits), len(self.desk.warnings)
        found["warnings told again"] = self.desk.told_again
        found["messages"], found["digests"] = Message.objects.count(), Message.objects.filter(day__isnull=False).count()
        return found

    # Time

    def _odd_days(self):
        """Days off and make-up days, and those next to them."""
        days = {day + n * DAY for day in self.office.days_off | self.office.make_up_days for n in (-1, 0, 1)}
        return sorted(day for day in days if self.first.date() <= day < self.last.date())

    def _edge(self, day):
        """The opening or the close of a session, midnight, or any time; a second sooner or later, or on it."""
        hours = [hour for session in SESSIONS for hour in session]
        hour = self.random.choice([*hours, hours[-1], time(), time(23, 59, 59), time(self.random.randrange(24), 12)])
        return datetime.combine(day, hour, ZONE) + self.random.choice(
            [-SECOND, NOTHING, NOTHING, HALF_A_SECOND, SECOND]
        )

    def _moment_of_filing(self):
        if self.odd_days and self.chance(0.3):
            day = self.random.choice(self.odd_days)
        else:
            day = (self.first + self.random.random() * 0.7 * (self.last - self.first)).date()
        return max(self.first, self._edge(day))

    def _moment_after(self, now, story):
        """Soon, much later, or at an edge: of the day, of a day off, of the limit that runs out next."""
        kind = self.random.random()
        if kind < 0.3:
            return now + self.random.randrange(1, 300) * MINUTE
        if kind < 0.6:
            due = [limit.due for limit in story.dossier.running() if limit.due > now]
            away = [-HOUR, -SECOND, NOTHING, HALF_A_SECOND, SECOND, MINUTE, 3 * HOUR, DAY + HOUR]
            found = min(due, default=now + HOUR) + self.random.choice(away)
        elif kind < 0.85:
            found = self._edge((now + self.random.randrange(4) * DAY).date())
        elif kind < 0.93:
            coming = [day for day in self.odd_days if now.date() <= day < (now + 20 * DAY).date()]
            found = self._edge(self.random.choice(coming or [now.date() + DAY]))
        else:
            found = now + self.random.randrange(4, 45) * DAY
        return found if found > now else now + self.random.choice([NOTHING, SECOND, MINUTE, HOUR])

    def _outages(self):
        """(begins, ends, how many passes wait for the worker): of worker, beat or broker, from a minute to 3 days."""
        begins = self.first
        while True:
            begins += self.random.expovariate(1 / self.days_between_outages) * DAY
            if begins >= self.last:
                return
            short, long = MINUTE * 4320 ** self.random.random(), MINUTE + self.random.random() * (3 * DAY - MINUTE)
            ends = begins + self.random.choice([short, long])
            of = self.random.choice(["worker", "beat", "broker"])
            self.counts[f"outages of the {of}"] += 1
            self.counts["hours of outage"] += (ends - begins) / HOUR
            yield begins, ends, self.random.randrange(2, 5) if of == "worker" else 1
            begins = ends

    def _is_out(self, moment):
        return any(begins <= moment < ends for begins, ends, _waiting in self.outages)

    # Passes of the minute's work

    def _push_everyday_passes(self):
        day = self.first.date()
        while day < self.last.date():
            for hour, probability in ((time(7), 0.75), (time(11, 30), 0.05), (time(13, 30), 0.15), (time(17), 0.1)):
                if self.chance(probability):
                    away = self.random.choice([NOTHING, SECOND, 7 * SECOND, self.random.randrange(240) * MINUTE])
                    self._push(datetime.combine(day, hour, ZONE) + away, self._pass)
            if self.chance(0.1):
                self._push(datetime.combine(day, time(self.random.randrange(24), 31, 5), ZONE), self._pass)
            day += DAY

    def _push_passes_for_new_limits(self, stories):
        """Just before, at and after each moment at which somebody must be warned."""
        for story in stories:
            for limit in story.dossier.limits[story.limits_seen :]:
                if limit.key in ("answer", "update"):
                    self.duties_may_begin.add(limit.due)
                for _kind, moment in moments(limit, self.office):
                    self._push_passes_around(moment, limit)
            story.limits_seen = len(story.dossier.limits)

    def _push_passes_around(self, moment, limit):
        if self.chance(self.passes_a_moment / 3):
            self._push(moment - self.random.choice([SECOND, HALF_A_SECOND, MINUTE]), self._pass_for, limit)
        if self.chance(self.passes_a_moment * 2 / 3):
            away = [NOTHING, NOTHING, HALF_A_SECOND, 20 * SECOND, 3 * MINUTE]
            self._push(moment + self.random.choice(away), self._pass_for, limit)

    def _pass_for(self, now, limit):
        """Where the limit has ended, most such passes tell nothing."""
        if limit.runs or self.chance(0.1):
            self._pass(now)

    def _pass(self, now):
        if self._a_duty_begins(now):
            self._push(now + SECOND, self._pass)
            return
        if now < self.last and self._is_out(now):
            self.counts["passes lost in outages"] += 1
            return
        if self.at_once is not None and self.chance(0.5):
            self.at_once(now)
            self.counts["passes of two workers at once"] += 1
        else:
            for _ in range(2 if self.chance(0.1) else 1):
                sweep(now)
                deliver(now)
                self.counts["passes"] += 1
        if now not in self.passes[-1:]:
            self.passes.append(now)
        self.desk.sweeps(now)
        self._push_passes_for_new_limits(self.stories)

    def _a_duty_begins(self, now):
        """The rules leave open whether a pass in the very second in which a duty begins already finds it."""
        if whole_second(now) not in self.duties_may_begin:
            return False
        dossiers = [story.dossier for story in self.stories if story.dossier.the_running("answer")]
        before = [limit for dossier in dossiers for limit in dossier.limits if limit.key in ("answer", "update")]
        return any(limit.due == whole_second(now) for limit in before)

    # Cases

    def _file(self, now, number):
        rules = self.random.choices([KHANH_HOA, INSTANT, NATIONAL, HOME_AFFAIRS], [35, 20, 30, 15])[0]
        changes = {"title": f"Việc {number}", "commune": self.teller.world.commune, "consent_at": now}
        viewer, at = Viewer(), now
        changes["confidential"] = self.chance(0.15)
        if rules == NATIONAL:
            changes |= {"channel": "national_portal", "national_code": f"QG.{number}"}
        elif self.chance(0.3):
            changes["channel"] = self.random.choice(["hotline", "letter", "email", "sms", "app"])
        if rules == INSTANT:
            changes["incident"] = self.random.choice(["power", "water", "trees", "lighting", "telecom"])
        if "channel" in changes and self.chance(0.5):
            viewer = self.teller.world.seat(CENTRE, "operator")
            at = changes["received_at"] = now - self.random.randrange(1, 4320) * MINUTE
        with override_settings(DEFAULT_RULE_SET=HOME_AFFAIRS if rules == HOME_AFFAIRS else KHANH_HOA):
            case = open_case(self.cast.lodgement(**changes), viewer, now=now)
        story = Story(number, case.pk, now, Dossier(rules, self.office), steps_left=self.random.randrange(1, 10))
        story.abandoned = self.chance(0.2)
        story.dossier.does("lodge", at)
        story.log.append(f"{at} lodge {rules}")
        story.lanes.append(rules)
        self.stories.append(story)
        self.desk.dossiers.append(story.dossier)
        self.counts["cases"] += 1
        self.counts[f"cases of {rules}"] += 1
        self._push_passes_for_new_limits([story])
        self._push(self._moment_after(now, story), self._step, story)

    def _step(self, now, story):
        step = self.teller.next_step(story, now)
        if step is not None:
            story.log.append(f"{now} {step.action} {step.facts}")
            if step.refused is None:
                self._perform(story, step, now)
            else:
                self._try_in_vain(story, step, now)
        if step is not None or story.steps_left > 0:
            self._push(self._moment_after(now, story), self._step, story)

    def _perform(self, story, step, now):
        case = perform(story.pk, step.action, step.viewer, {"note": "Ghi chú", **step.data}, now=now)
        story.state = self.teller.state_after(story, step.action)
        assert case.state == story.state, story.log
        story.dossier.does(step.action, now, **step.facts)
        story.lanes.append(story.dossier.rules)
        self.counts["actions"] += 1
        self._push_passes_for_new_limits([story])

    def _try_in_vain(self, story, step, now):
        with pytest.raises(step.refused):
            perform(story.pk, "extend", step.viewer, {"note": "Ghi chú", **step.data}, now=now)
        self.counts["actions refused"] += 1
