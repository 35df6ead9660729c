import django.db.models.deletion
import submissions.states
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("agencies", "0001_initial"),
        ("submissions", "0001_initial"),
        ("workflow", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="case",
            name="answer",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="workflow.approval",
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="field",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cases",
                to="agencies.field",
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="rule_set",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="agencies.ruleset"
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="wished_agency",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="agencies.agency",
            ),
        ),
        migrations.AddField(
            model_name="attachment",
            name="case",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="attachments",
                to="submissions.case",
            ),
        ),
        migrations.AddField(
            model_name="caseaccess",
            name="agency",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="agencies.agency"
            ),
        ),
        migrations.AddField(
            model_name="caseaccess",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="access", to="submissions.case"
            ),
        ),
        migrations.AddField(
            model_name="sender",
            name="account",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="sender",
            name="commune",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="agencies.administrativeunit",
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="sender",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="submissions.sender"
            ),
        ),
        migrations.AddConstraint(
            model_name="attachment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("case__isnull", False), ("draft_key", "")),
                    models.Q(("case__isnull", True), models.Q(("draft_key", ""), _negated=True)),
                    _connector="OR",
                ),
                name="attachment_of_case_or_draft",
            ),
        ),
        migrations.AddIndex(
            model_name="caseaccess",
            index=models.Index(fields=["agency", "part", "open", "due_at", "case"], name="access_queue"),
        ),
        migrations.AddConstraint(
            model_name="caseaccess",
            constraint=models.CheckConstraint(
                condition=models.Q(("part__in", ["lead", "coordinating", "former", "centre"])), name="access_part_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="caseaccess",
            constraint=models.UniqueConstraint(fields=("case", "agency"), name="access_once_an_agency"),
        ),
        migrations.AddConstraint(
            model_name="caseaccess",
            constraint=models.UniqueConstraint(
                condition=models.Q(("part", "lead")), fields=("case",), name="access_one_lead"
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["state", "next_due_at", "id"], name="case_queue"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("published_at__isnull", False)),
                fields=["-published_at", "-id"],
                name="case_register",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["agency", "state", "last_event_at"], name="case_by_agency"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["received_at", "id"], name="case_by_receipt"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("next_due_at__isnull", False)), fields=["next_due_at", "id"], name="case_by_due"
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            submissions.states.State["LODGED"],
                            submissions.states.State["CHECKED"],
                            submissions.states.State["SENT_BACK"],
                            submissions.states.State["REFUSED"],
                            submissions.states.State["WITHDRAWN"],
                            submissions.states.State["DISTRIBUTED"],
                            submissions.states.State["RETURNED"],
                            submissions.states.State["PROCESSING"],
                            submissions.states.State["SUBMITTED"],
                            submissions.states.State["APPROVED"],
                            submissions.states.State["ANSWERED"],
                            submissions.states.State["SEALED"],
                        ],
                    )
                ),
                name="case_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(("level__in", ["normal", "confidential", "withheld"])), name="case_level_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("published_at__isnull", True),
                    models.Q(
                        ("answer__isnull", False),
                        ("level", "normal"),
                        models.Q(
                            (
                                "state__in",
                                [
                                    submissions.states.State["REFUSED"],
                                    submissions.states.State["SEALED"],
                                    submissions.states.State["WITHDRAWN"],
                                ],
                            ),
                            _negated=True,
                        ),
                    ),
                    _connector="OR",
                ),
                name="case_public_only_with_answer_and_normal_level",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", submissions.states.State["ANSWERED"]), _negated=True),
                    ("answer__isnull", False),
                    _connector="OR",
                ),
                name="case_answered_has_answer",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        (
                            "state__in",
                            [
                                submissions.states.State["ANSWERED"],
                                submissions.states.State["APPROVED"],
                                submissions.states.State["DISTRIBUTED"],
                                submissions.states.State["PROCESSING"],
                                submissions.states.State["SUBMITTED"],
                            ],
                        ),
                        _negated=True,
                    ),
                    ("agency__isnull", False),
                    _connector="OR",
                ),
                name="case_with_agency_has_agency",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("channel", "national_portal"), _negated=True),
                    models.Q(("national_code", ""), _negated=True),
                    _connector="OR",
                ),
                name="case_national_has_code",
            ),
        ),
    ]
