"""Whether other rows rely on a row, in whatever app they are."""

from django.db.models import PROTECT


def is_in_use(row):
    """Whether a protected foreign key of any app points at this row (R16: then it stays as it is)."""
    return any(
        relation.related_model._base_manager.filter(**{relation.field.name: row}).exists()
        for relation in row._meta.get_fields(include_hidden=True)
        if relation.auto_created and not relation.concrete and getattr(relation, "on_delete", None) is PROTECT
    )
