"""What the forms and the advice of one page choose among: reference data that each of them asks for, read once."""

from functools import cached_property

from django.utils import timezone

from agencies.models import Field, Phrase
from agencies.register import agencies_for, handling_agencies, rule_sets_on
from agencies.roles import Role

WRITERS = (Role.OPERATOR, Role.SPECIALIST)
MOST_PHRASES = 100


class Offered:
    """For one viewer at one aware moment; everything is a list, in the order in which it is shown."""

    def __init__(self, viewer, now):
        self.viewer, self.today = viewer, timezone.localdate(now)
        self._fitting, self._rule_sets = {}, {}

    @cached_property
    def agencies(self):
        """The agencies that handle cases today, by name."""
        return list(handling_agencies(self.today))

    @cached_property
    def fields(self):
        return list(Field.objects.all())

    @cached_property
    def phrases(self):
        """Those of the agencies for which the viewer writes."""
        agencies = set().union(*(self.viewer.agency_ids_as(role) for role in WRITERS))
        return list(Phrase.objects.filter(agency__in=agencies)[:MOST_PHRASES]) if agencies else []

    def field(self, code):
        return next((field for field in self.fields if field.code == code), None)

    def agencies_for(self, field, place):
        """Those that answer for a field and a place (the key of a commune), of the very place first."""
        key = field.pk, place
        if key not in self._fitting:
            self._fitting[key] = list(agencies_for(field, place, self.today))
        return self._fitting[key]

    def rule_sets(self, date):
        if date not in self._rule_sets:
            self._rule_sets[date] = list(rule_sets_on(date))
        return self._rule_sets[date]
