"""The reference data of one page: the calendar, and what its forms and its advice choose among.

Every process keeps it until somebody changes it (`agencies.models.Revision`); what is decided is checked against the
database itself, in `workflow.effects`.
"""

from functools import cached_property, lru_cache

from django.utils import timezone

from agencies.models import Field, Phrase
from agencies.register import agencies_for, calendar_and_revision, centre, handling_agencies, rule_sets_on
from agencies.roles import Role

WRITERS = (Role.OPERATOR, Role.SPECIALIST)
MOST_PHRASES = 100


class Offered:
    """For one viewer at one aware moment; everything is in the order in which it is shown. Raises NotLoaded."""

    def __init__(self, viewer, now):
        self.viewer, self.today = viewer, timezone.localdate(now)

    @cached_property
    def _in_force(self):
        return calendar_and_revision()

    @property
    def calendar(self):
        return self._in_force[0]

    @property
    def _revision(self):
        return self._in_force[1]

    @property
    def centre(self):
        return _centre(self._revision)

    @property
    def agencies(self):
        """The agencies that handle cases today, by name."""
        return _agencies(self._revision, self.today)

    @property
    def fields(self):
        return _fields(self._revision)

    @property
    def phrases(self):
        """Those of the agencies for which the viewer writes."""
        agencies = frozenset().union(*(self.viewer.agency_ids_as(role) for role in WRITERS))
        return _phrases(self._revision, agencies) if agencies else ()

    def field(self, code):
        return next((field for field in self.fields if field.code == code), None)

    def agencies_for(self, field, place):
        """Those that answer for a field and a place (the key of a commune), of the very place first."""
        return _agencies_for(self._revision, field, place, self.today)

    def rule_sets(self, date):
        return _rule_sets(self._revision, date)


@lru_cache(maxsize=4)
def _centre(revision):
    return centre()


@lru_cache(maxsize=4)
def _agencies(revision, date):
    return tuple(handling_agencies(date))


@lru_cache(maxsize=4)
def _fields(revision):
    return tuple(Field.objects.all())


@lru_cache(maxsize=256)
def _phrases(revision, agencies):
    return tuple(Phrase.objects.filter(agency__in=agencies)[:MOST_PHRASES])


@lru_cache(maxsize=1024)
def _agencies_for(revision, field, place, date):
    return tuple(agencies_for(field, place, date))


@lru_cache(maxsize=64)
def _rule_sets(revision, date):
    return tuple(rule_sets_on(date))
