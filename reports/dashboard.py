"""Today's state at a glance: what waits, what is late, how the weeks went, agencies and places side by side."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.calendar import LOCAL, midnight
from agencies.models import AdministrativeUnit, Agency, Field
from submissions.models import STATE_LABELS, Case
from submissions.states import OPEN, State
from workflow.models import Clock

from .figures import AROUND, counted, totals
from .periods import Period
from .scope import Scope, scope_of
from .tables import Cell

WEEKS = 12
LOOKED_BACK = timedelta(days=182)
FEWEST = 5
"""An agency with fewer answers is not compared: one case would make its share."""
PLACES = 12


@dataclass(frozen=True)
class AgencyLine:
    """`on_time` is a share of what the agency answered, by the limits that it held; None with too few to compare."""

    code: str
    name: str
    in_progress: int
    over: int
    answered: int
    on_time: Cell | None


@dataclass(frozen=True)
class Dashboard:
    """`weeks`: (Monday, received, answered); `grid`: (field, [number in each of `places`])."""

    states: list[tuple[str, str, int]]
    over_now: int
    due_this_week: int
    weeks: list[tuple]
    compared: list[AgencyLine]
    too_few: list[AgencyLine]
    places: list[str]
    grid: list[tuple]


def dashboard(now, agency=None) -> Dashboard:
    """Of the whole province, or of one agency (its key)."""
    today = timezone.localdate(now)
    scope = scope_of(Period(today - LOOKED_BACK, today), now, agency=agency)
    compared, too_few = _agencies(scope)
    places, grid = _grid(scope)
    return Dashboard(
        states=_states(scope), over_now=totals(scope, "over_limit")["over_limit"],
        due_this_week=_due_this_week(scope, today), weeks=_weeks(scope, today), compared=compared, too_few=too_few,
        places=places, grid=grid,
    )  # fmt: skip


def _states(scope):
    """(state, its name, how many open cases stand there), in the order of the procedure."""
    open_ones = _of_agency(Case.objects.filter(state__in=sorted(OPEN)), scope, "agency")
    numbers = Counter(open_ones.values_list("state", flat=True).order_by())
    return [(state, str(STATE_LABELS[state]), numbers[state]) for state in State if state in OPEN]


def _of_agency(rows, scope, path):
    return rows.filter(**{path: scope.agency}) if scope.agency else rows


def _due_this_week(scope, today):
    """Cases with a limit that runs out between now and the end of Sunday."""
    sunday = today + timedelta(days=6 - today.weekday())
    ends = midnight(sunday + timedelta(days=1))
    running = Clock.objects.filter(
        ending=Clock.Ending.RUNNING, conditional=False, due_at__gte=scope.at, due_at__lt=ends
    )
    rows = _of_agency(running.exclude(key__in=AROUND), scope, "case__agency")
    return rows.values("case").distinct().count()


def _weeks(scope, today):
    monday = today - timedelta(days=today.weekday())
    mondays = [monday - timedelta(weeks=number) for number in reversed(range(WEEKS))]
    span = replace(scope, period=Period(mondays[0], today))
    came, done = (_by_week(name, span) for name in ("received", "answered"))
    return [(day, came[day], done[day]) for day in mondays]


def _by_week(name, scope):
    return Counter({moment.astimezone(LOCAL).date(): n for (moment,), n in counted(name, scope, "week").items()})


def _agencies(scope: Scope):
    """Those with enough answers to compare, the timeliest first; then the others by name."""
    numbers = {
        name: counted(name, scope, "agency") for name in ("in_progress", "over_limit", "answered", "answered_late_own")
    }
    keys = {key[0] for counts in numbers.values() for key in counts if key[0]}
    lines = [
        _line(agency, {name: counts[agency.pk,] for name, counts in numbers.items()})
        for agency in Agency.objects.filter(pk__in=keys).order_by("name")
    ]
    compared = [line for line in lines if line.on_time is not None]
    compared.sort(key=lambda line: (-line.on_time.percent, line.name))
    return compared, [line for line in lines if line.on_time is None]


def _line(agency, numbers):
    answered = numbers["answered"]
    in_time = Cell(part=answered - numbers["answered_late_own"], whole=answered) if answered >= FEWEST else None
    return AgencyLine(agency.code, agency.name, numbers["in_progress"], numbers["over_limit"], answered, in_time)


def _grid(scope):
    """Received by field and place: the places with most cases, and every field that has one there."""
    counts = counted("received", scope, "field", "place")
    by_place = Counter()
    for (_field, place), number in counts.items():
        by_place[place] += number
    places = [place for place, _number in by_place.most_common(PLACES) if place]
    fields = {None: _("Chưa có")} | dict(Field.objects.values_list("pk", "name"))
    names = dict(AdministrativeUnit.objects.filter(pk__in=places).values_list("pk", "name"))
    rows = [(name, [counts[field, place] for place in places]) for field, name in fields.items()]
    return [names[place] for place in places], [(name, numbers) for name, numbers in rows if any(numbers)]
