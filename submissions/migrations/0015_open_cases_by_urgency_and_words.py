"""The lists of desks come from the case itself; words in open cases are found without those of the closed ones."""

import logging

from django.db import DatabaseError, migrations, models, transaction

logger = logging.getLogger(__name__)


def index_words(apps, schema_editor):
    """As for the words of all cases (0009): without the extension a search of a desk reads all that is open."""
    if schema_editor.connection.vendor != "postgresql":
        return
    try:
        with transaction.atomic(using=schema_editor.connection.alias):
            schema_editor.execute(
                "CREATE INDEX case_words_open ON submissions_case USING gin (search_text gin_trgm_ops) "
                "WHERE next_due_at IS NOT NULL"
            )
    except DatabaseError as error:
        logger.warning("No index for searching open cases by words, the database refused it: %s", error)


def unindex_words(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX IF EXISTS case_words_open")


class Migration(migrations.Migration):
    dependencies = [("agencies", "0003_organisation"), ("submissions", "0014_latest_cases_of_an_agency")]
    operations = [
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                fields=["agency", "state", "-instant", "next_due_at", "id"],
                name="case_of_agency_by_urgency",
                condition=models.Q(("next_due_at__isnull", False)),
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                fields=["-instant", "next_due_at", "id"],
                name="case_at_intake_by_urgency",
                condition=models.Q(("next_due_at__isnull", False), ("state__in", ["LODGED", "CHECKED"])),
            ),
        ),
        migrations.RunPython(index_words, unindex_words),
    ]
