"""Instant cases on top of lists, and senders found by name without diacritics."""

import logging

from django.db import DatabaseError, migrations, models, transaction
from django.db.models import Exists, OuterRef

from submissions.text import fold

BATCH = 1000

logger = logging.getLogger(__name__)


def fill(apps, schema_editor):
    """What is instant, and the folded names, of what is already there."""
    cases, access = apps.get_model("submissions", "Case").objects, apps.get_model("submissions", "CaseAccess").objects
    cases.filter(rule_set__in=apps.get_model("agencies", "RuleSet").objects.filter(instant=True)).update(instant=True)
    access.filter(Exists(cases.filter(pk=OuterRef("case"), instant=True))).update(instant=True)
    senders, after = apps.get_model("submissions", "Sender").objects.order_by("pk"), 0
    while rows := list(senders.filter(pk__gt=after)[:BATCH]):
        after = rows[-1].pk
        for sender in rows:
            sender.search_name = fold(sender.full_name)
        senders.model.objects.bulk_update(rows, ["search_name"])


def index_names(apps, schema_editor):
    """As for the words of cases (0009): without the extension the centre's search by name reads all."""
    if schema_editor.connection.vendor != "postgresql":
        return
    try:
        with transaction.atomic(using=schema_editor.connection.alias):
            schema_editor.execute(
                "CREATE INDEX sender_names ON submissions_sender USING gin (search_name gin_trgm_ops)"
            )
    except DatabaseError as error:
        logger.warning("No index for searching by name, the database refused it: %s", error)


def unindex_names(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX IF EXISTS sender_names")


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0002_phrases"),
        ("submissions", "0010_scan_tries_and_consent"),
        ("workflow", "0007_audit"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="case",
            name="case_by_due",
        ),
        migrations.RemoveIndex(
            model_name="caseaccess",
            name="access_queue",
        ),
        migrations.AddField(
            model_name="case",
            name="instant",
            field=models.BooleanField(default=False, help_text="Of the instant procedure, as its rule set says (Đ10)"),
        ),
        migrations.AddField(
            model_name="caseaccess",
            name="instant",
            field=models.BooleanField(default=False, help_text="As the case: instant ones stand on top of a list"),
        ),
        migrations.AddField(
            model_name="sender",
            name="search_name",
            field=models.CharField(blank=True, help_text="The name, folded: what the centre searches", max_length=150),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("next_due_at__isnull", False)),
                fields=["-instant", "next_due_at", "id"],
                name="case_by_urgency",
            ),
        ),
        migrations.AddIndex(
            model_name="caseaccess",
            index=models.Index(fields=["agency", "part", "open", "-instant", "due_at", "id"], name="access_by_urgency"),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunPython(index_names, unindex_names),
    ]
