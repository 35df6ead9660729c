"""The text that searches look in gets a line for each part, and on PostgreSQL an index for words anywhere in it.

Without the right to create the extension pg_trgm the index is left out, which a warning says: searches then read all.
"""

import logging

from django.db import DatabaseError, migrations, transaction

from submissions.text import fold

BATCH = 1000

logger = logging.getLogger(__name__)


def in_lines(apps, schema_editor):
    cases = apps.get_model("submissions", "Case").objects.order_by("pk")
    after = 0
    while rows := list(cases.filter(pk__gt=after)[:BATCH]):
        after = rows[-1].pk
        for case in rows:
            title, content = case.public_title or case.title, case.public_content or case.content
            case.search_text = "\n".join(map(fold, [case.code, title, content, case.place]))
        cases.model.objects.bulk_update(rows, ["search_text"])


def index_words(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    try:
        with transaction.atomic(using=schema_editor.connection.alias):
            schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            schema_editor.execute("CREATE INDEX case_words ON submissions_case USING gin (search_text gin_trgm_ops)")
    except DatabaseError as error:
        logger.warning("No index for searching by words, the database refused it: %s", error)


def unindex_words(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX IF EXISTS case_words")


class Migration(migrations.Migration):
    dependencies = [("submissions", "0008_followers")]
    operations = [
        migrations.RunPython(in_lines, migrations.RunPython.noop),
        migrations.RunPython(index_words, unindex_words),
    ]
