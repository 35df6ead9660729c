"""When each desk must have been warned, and told of it; naively: each pass looks at every running limit.

Nothing of the portal is imported. A desk is (agency, role), without an agency the sender. The promises:

- due soon when a quarter of the limit's time is left, late from the second after the due time, escalated after one
  more working day; a recurring duty also as it begins;
- waiting for the sender: before it ends the sender is reminded, when it has ended the operator gets a task;
- last days for a branch (`refuse`, `clarify`) warn nobody;
- raised at the first pass at or after that moment while the limit runs;
- told at the first pass of all in office hours (in the morning: the digest); limits of the instant procedure at once;
- of a limit that has ended by then nobody is told; if it runs again, they are told again.
"""

from dataclasses import dataclass
from datetime import datetime

from .calendar_model import ONE_SECOND
from .limits_model import CENTRE, INSTANT, LEADER, OPERATOR, SENDER, Limit

DUE_SOON, LATE, ESCALATED, DUTY = "due_soon", "late", "escalated", "duty"
SILENT, UNANSWERED = "silent", "unanswered"
SUPERVISOR = ("sokhcn", "supervisor")
THE_SENDER = (None, SENDER)


def moments(limit, office):
    """[(kind, moment)] of the warnings about one limit, in their order."""
    before = office.quarter_left(limit.started, limit.due, limit.row.unit)
    past = limit.due + ONE_SECOND
    if limit.key == "silence":
        return [(SILENT, before), (UNANSWERED, past)]
    if limit.row.never_late:
        return []
    begins = [(DUTY, limit.started)] if limit.key == "update" else []
    escalated = office.a_working_day_later(limit.due) + ONE_SECOND
    return [*begins, (DUE_SOON, before), (LATE, past), (ESCALATED, escalated)]


def desks(kind, limit, dossier, parents):
    """Whom it concerns; what the centre holds is its operators', and it has no leader.

    An agency's parent oversees what that agency leads, no opinions and no cases that have left it.
    """
    if kind == SILENT:
        return [THE_SENDER]
    if kind == UNANSWERED or limit.holder == CENTRE:
        return [SUPERVISOR] if kind == ESCALATED else [(CENTRE, OPERATOR)]
    own, leader = (limit.holder, limit.row.owed_by), (limit.holder, LEADER)
    if kind == LATE:
        return [own] if own == leader else [own, leader]
    if kind == ESCALATED:
        leads = limit.holder == dossier.agency and limit.holder in parents
        above = [(parents[limit.holder], LEADER)] if leads else []
        return [leader, *above, SUPERVISOR]
    return [own]


@dataclass(slots=True)
class Warning:
    """One limit, one kind, one desk. `told_of`: the limit still ran when it was told; `run`: in which of its runs."""

    limit: Limit
    kind: str
    desk: tuple
    urgent: bool
    raised: datetime
    told: datetime | None = None
    told_of: bool = False
    run: int = 0


class Desk:
    """Raises and tells the warnings of all dossiers, pass by pass."""

    def __init__(self, office, parents):
        self.office, self.parents = office, parents
        self.dossiers, self.warnings = [], []
        self.untold, self.unheard, self.told_again = [], [], 0

    def sweeps(self, now):
        for dossier in self.dossiers:
            if dossier.limits and any(limit.runs for limit in dossier.limits):
                dossier.begin_duties(now)
                for limit in dossier.running():
                    self._warn(dossier, limit, now)
        self._tell(now)

    def _warn(self, dossier, limit, now):
        if limit.warnings is None:
            limit.warnings = moments(limit, self.office)
        while limit.warnings and limit.warnings[0][1] <= now:
            kind, _moment = limit.warnings.pop(0)
            urgent = limit.rules == INSTANT and kind not in (SILENT, UNANSWERED)
            found = desks(kind, limit, dossier, self.parents)
            new = [Warning(limit, kind, desk, urgent, now) for desk in found]
            self.warnings += new
            self.untold += new

    def _tell(self, now):
        self._untell_what_runs_again()
        is_open = self.office.is_open(now)
        for warning in self.untold:
            if is_open or warning.urgent:
                warning.told, warning.told_of, warning.run = now, warning.limit.runs, warning.limit.run
        self.unheard += [warning for warning in self.untold if warning.told and not warning.told_of]
        self.untold = [warning for warning in self.untold if warning.told is None]

    def _untell_what_runs_again(self):
        again = [warning for warning in self.unheard if warning.limit.run > warning.run]
        for warning in again:
            warning.told = None
        self.untold += again
        self.told_again += len(again)
        self.unheard = [warning for warning in self.unheard if warning.told]
