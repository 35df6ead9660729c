"""Look-ups over reference data: the calendar in force, the rule set for a case, who answers for what."""

import logging
from functools import lru_cache

from django.conf import settings
from django.db import connection
from django.db.models import Exists, OuterRef, Q, Subquery

from .calendar import BeyondCalendar, DayRow, WorkingCalendar, parse_sessions
from .models import Agency, CalendarDay, CalendarSpan, Membership, OfficeHours, Revision, RuleSet, new_revision

logger = logging.getLogger(__name__)


class NotLoaded(Exception):
    """Reference data is missing: the sentence says which command loads it."""


def current_calendar() -> WorkingCalendar:
    """The calendar of the operator; built once a process and revision. Raises NotLoaded."""
    return _calendar_of(CalendarSpan.objects.first())


def calendar_and_revision() -> tuple[WorkingCalendar, int]:
    """The calendar, and by which number agencies, fields, rule sets and phrases may be kept. Raises NotLoaded."""
    number = Revision.objects.values("number")[:1]
    span = CalendarSpan.objects.annotate(organisation=Subquery(number)).first()
    return _calendar_of(span), span.organisation or new_revision()


def _calendar_of(span):
    if span is None:
        raise NotLoaded("The calendar is not loaded: manage.py load_calendar agencies/data/calendar.csv --write")
    return _built_calendar(span.revision, span.first_year, span.last_year, span.announced_until)


@lru_cache(maxsize=2)
def _built_calendar(revision, first_year, last_year, announced_until):
    days = [
        DayRow(day.date, day.kind, day.name, day.legal_reference, day.confirmed) for day in CalendarDay.objects.all()
    ]
    hours = [(row.valid_from, parse_sessions(row.sessions)) for row in OfficeHours.objects.all()]
    return WorkingCalendar(days, hours, first_year, last_year, announced_until)


def hold_calendar():
    """Nobody changes the calendar before this transaction ends. Take it before any case: that order has no deadlock.

    SQLite has one writer at a time anyway.
    """
    if connection.features.has_select_for_update:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM agencies_calendarspan FOR SHARE")


def offices_are_open(now) -> bool:
    """Whether staff may be told of what can wait; closed where the calendar cannot say, and the log tells."""
    try:
        return current_calendar().is_open(now)
    except BeyondCalendar:
        logger.exception("Nobody knows whether the offices are open: what is for office hours waits")
        return False


def rule_set_for(channel, incident, date) -> RuleSet:
    """The rule set in force on a local date: by channel, else the instant one for an incident (Đ10), else the default.

    Raises NotLoaded.
    """
    in_force = RuleSet.objects.on(date).order_by("-valid_from")
    if channel and (rules := in_force.filter(for_channel=channel).first()):
        return rules
    if incident and (rules := in_force.filter(instant=True).first()):
        return rules
    rules = in_force.filter(code=settings.DEFAULT_RULE_SET).first()
    if rules is None:
        raise NotLoaded(f"No rule set {settings.DEFAULT_RULE_SET} is in force on {date}: manage.py load_rules …")
    return rules


def rule_sets_on(date):
    """Every rule set in force on a local date: the latest version of each code."""
    later = RuleSet.objects.on(date).filter(code=OuterRef("code"), valid_from__gt=OuterRef("valid_from"))
    return RuleSet.objects.on(date).exclude(Exists(later))


def memberships_of(user, date) -> tuple[Membership, ...]:
    """What this person does on a local date, in agencies that exist then."""
    if user is None or not user.is_authenticated or not user.is_active:
        return ()
    if user.appointments is not None:
        return tuple(membership for membership in user.appointments if membership.is_at_work_on(date))
    return tuple(Membership.objects.at_work_on(date).filter(user=user).select_related("agency").order_by("pk"))


def centre() -> Agency:
    """The operator (Đ2.2)."""
    return Agency.objects.get(kind=Agency.Kind.CENTRE)


def handling_agencies(date):
    """Agencies a case may be distributed to on a local date (Đ2.3)."""
    return Agency.objects.on(date).exclude(kind__in=[Agency.Kind.CENTRE, Agency.Kind.REPORTING, Agency.Kind.PROVINCE])


def agencies_for(field, place, date):
    """Agencies that answer for a field and a place (commune), those of the very place first."""
    found = handling_agencies(date)
    if field is not None:
        found = found.filter(fields=field)
    if place is not None:
        found = found.filter(Q(places=place) | Q(places__isnull=True))
    return found.distinct()
