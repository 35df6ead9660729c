"""Making rows of a table equal to what a file says, and saying how many that touched."""

from typing import NamedTuple

from agencies.models import Revision


class Changes(NamedTuple):
    added: int = 0
    changed: int = 0
    unchanged: int = 0

    def __bool__(self):
        return bool(self.added or self.changed)


def bring_to(model, wanted):
    """Bring rows, by primary key in `wanted`, to the field values given; rows that are not wanted stay as they are."""
    loaded = {row.pk: row for row in model.objects.all() if row.pk in wanted}
    missing = [model(pk=pk, **values) for pk, values in wanted.items() if pk not in loaded]
    different = [model(pk=pk, **wanted[pk]) for pk, row in loaded.items() if differences(row, wanted[pk])]
    model.objects.bulk_create(missing, batch_size=1000)
    if different:
        fields = [model._meta.get_field(name).name for name in next(iter(wanted.values()))]
        model.objects.bulk_update(different, fields, batch_size=500)
    if missing or different:
        Revision.touch()
    return Changes(len(missing), len(different), len(loaded) - len(different))


def differences(row, values):
    """The names of the fields in which a row is not what `values` says."""
    return [name for name, value in values.items() if getattr(row, name) != value]
