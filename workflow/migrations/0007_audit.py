"""The audit, which on PostgreSQL the database itself lets nobody change."""

import agencies.roles
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


FUNCTION = """
CREATE FUNCTION audit_is_only_added_to() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit_is_only_added_to: % refused', TG_OP USING ERRCODE = 'check_violation';
END $$
"""
ROWS = """
CREATE TRIGGER audit_rows_stay BEFORE UPDATE OR DELETE ON workflow_auditentry
FOR EACH ROW EXECUTE FUNCTION audit_is_only_added_to()
"""
TABLE = """
CREATE TRIGGER audit_table_stays BEFORE TRUNCATE ON workflow_auditentry
FOR EACH STATEMENT EXECUTE FUNCTION audit_is_only_added_to()
"""


def guard(apps, schema_editor):
    """On PostgreSQL the database itself refuses to change an entry, to take one out or to empty the table."""
    if schema_editor.connection.vendor == "postgresql":
        for sql in (FUNCTION, ROWS, TABLE):
            schema_editor.execute(sql, params=None)


def unguard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER audit_table_stays ON workflow_auditentry")
        schema_editor.execute("DROP TRIGGER audit_rows_stay ON workflow_auditentry")
        schema_editor.execute("DROP FUNCTION audit_is_only_added_to()")


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0001_initial"),
        ("submissions", "0010_scan_tries_and_consent"),
        ("workflow", "0006_rating_unsatisfied"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("chain", models.BigIntegerField(help_text="The case's key; 0 for what concerns no case")),
                ("number", models.PositiveIntegerField()),
                ("at", models.DateTimeField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("saw", "xem hồ sơ"),
                            ("opened", "mở thông tin người gửi"),
                            ("downloaded", "mở tệp"),
                            ("exported", "xuất, in dữ liệu"),
                            ("did", "thao tác trên hồ sơ"),
                            ("changed", "sửa dữ liệu dùng chung, tài khoản"),
                            ("checkpoint", "chốt nhật ký"),
                            ("began", "mốc bắt đầu ghi"),
                        ],
                        max_length=10,
                        verbose_name="việc",
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        blank=True,
                        choices=[
                            (agencies.roles.Role["SENDER"], "Người gửi"),
                            (agencies.roles.Role["OPERATOR"], "Cán bộ tiếp nhận (Trung tâm)"),
                            (agencies.roles.Role["SPECIALIST"], "Cán bộ chuyên môn"),
                            (agencies.roles.Role["LEADER"], "Cán bộ lãnh đạo"),
                            (agencies.roles.Role["SUPERVISOR"], "Cơ quan tổng hợp, báo cáo"),
                            (agencies.roles.Role["ADMINISTRATOR"], "Quản trị kỹ thuật"),
                            (agencies.roles.Role["SYSTEM"], "Hệ thống"),
                        ],
                        max_length=13,
                        verbose_name="vai trò",
                    ),
                ),
                ("subject", models.CharField(blank=True, max_length=200, verbose_name="đối tượng")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="lý do")),
                ("facts", models.JSONField(blank=True, default=dict)),
                ("previous", models.CharField(blank=True, max_length=64)),
                ("sha256", models.CharField(max_length=64)),
                (
                    "actor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người",
                    ),
                ),
                (
                    "agency",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="agencies.agency",
                        verbose_name="cơ quan",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="audit",
                        to="submissions.case",
                        verbose_name="hồ sơ",
                    ),
                ),
                (
                    "event",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="audit",
                        to="workflow.caseevent",
                    ),
                ),
            ],
            options={
                "verbose_name": "dòng nhật ký",
                "verbose_name_plural": "nhật ký",
                "ordering": ["-id"],
                "indexes": [
                    models.Index(fields=["actor", "-id"], name="audit_of_person"),
                    models.Index(fields=["kind", "-id"], name="audit_by_kind"),
                    models.Index(fields=["at", "id"], name="audit_by_time"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("chain", "number"), name="audit_number_once_a_chain"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("case__isnull", True), ("chain", 0)),
                            models.Q(("case", models.F("chain")), ("chain__gt", 0)),
                            _connector="OR",
                        ),
                        name="audit_chain_of_its_case",
                    ),
                ],
            },
        ),
        migrations.RunPython(guard, unguard),
    ]
