import agencies.calendar
import agencies.roles
import django.db.models.deletion
import submissions.states
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("agencies", "0001_initial"),
        ("submissions", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Approval",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on_behalf", models.BooleanField(default=False)),
                ("at", models.DateTimeField()),
                ("sha256", models.CharField(max_length=64)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "given_at",
                    models.DateTimeField(blank=True, help_text="Published, or delivered where not public", null=True),
                ),
                (
                    "approver",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="approvals", to="submissions.case"
                    ),
                ),
                (
                    "drafter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CaseEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("action", models.CharField(max_length=20)),
                ("at", models.DateTimeField()),
                (
                    "role",
                    models.CharField(
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
                    ),
                ),
                ("on_behalf", models.BooleanField(default=False)),
                (
                    "channel",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("web", "Trang web"),
                            ("app", "Ứng dụng di động"),
                            ("hotline", "Tổng đài"),
                            ("letter", "Thư, văn bản giấy"),
                            ("fax", "Fax"),
                            ("email", "Thư điện tử"),
                            ("sms", "Tin nhắn SMS"),
                            ("in_person", "Trực tiếp"),
                            ("national_portal", "Cổng Dịch vụ công quốc gia"),
                        ],
                        max_length=16,
                    ),
                ),
                ("before", models.CharField(blank=True, max_length=12)),
                (
                    "after",
                    models.CharField(
                        choices=[
                            (submissions.states.State["LODGED"], "Mới gửi"),
                            (submissions.states.State["CHECKED"], "Đã tiếp nhận"),
                            (submissions.states.State["SENT_BACK"], "Chờ người gửi bổ sung"),
                            (submissions.states.State["REFUSED"], "Từ chối tiếp nhận"),
                            (submissions.states.State["WITHDRAWN"], "Người gửi đã rút"),
                            (submissions.states.State["DISTRIBUTED"], "Đã chuyển cơ quan xử lý"),
                            (submissions.states.State["RETURNED"], "Cơ quan xử lý chuyển trả"),
                            (submissions.states.State["PROCESSING"], "Đang xử lý"),
                            (submissions.states.State["SUBMITTED"], "Chờ lãnh đạo phê duyệt"),
                            (submissions.states.State["APPROVED"], "Đã phê duyệt, chờ công khai"),
                            (submissions.states.State["ANSWERED"], "Đã trả lời"),
                            (submissions.states.State["SEALED"], "Đã niêm phong"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "readers",
                    models.CharField(
                        choices=[
                            ("sender", "người gửi và cơ quan nhà nước"),
                            ("staff", "nội bộ"),
                            ("agency", "nội bộ cơ quan xử lý"),
                        ],
                        max_length=6,
                    ),
                ),
                ("note", models.TextField(blank=True)),
                ("facts", models.JSONField(blank=True, default=dict)),
                (
                    "actor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="events", to="submissions.case"
                    ),
                ),
                (
                    "subject_agency",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="agencies.agency",
                    ),
                ),
            ],
            options={
                "ordering": ["at", "id"],
            },
        ),
        migrations.CreateModel(
            name="Consultation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("note", models.TextField(blank=True)),
                ("asked_at", models.DateTimeField()),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("waiting", "chờ ý kiến"),
                            ("opinion", "đã có ý kiến"),
                            ("declined", "từ chối"),
                            ("closed", "không cần nữa"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("body", models.TextField(blank=True)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="agencies.agency"
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="consultations", to="submissions.case"
                    ),
                ),
                (
                    "lead",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="agencies.agency"
                    ),
                ),
            ],
            options={
                "ordering": ["asked_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="Clock",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=30)),
                ("label", models.CharField(max_length=120)),
                ("amount", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "unit",
                    models.CharField(
                        blank=True,
                        choices=[
                            (agencies.calendar.Unit["CLOCK_HOURS"], agencies.calendar.Unit["CLOCK_HOURS"]),
                            (agencies.calendar.Unit["WORKING_HOURS"], agencies.calendar.Unit["WORKING_HOURS"]),
                            (agencies.calendar.Unit["WORKING_DAYS"], agencies.calendar.Unit["WORKING_DAYS"]),
                            (agencies.calendar.Unit["CALENDAR_DAYS"], agencies.calendar.Unit["CALENDAR_DAYS"]),
                        ],
                        max_length=13,
                    ),
                ),
                ("article", models.CharField(max_length=60)),
                ("conditional", models.BooleanField(default=False)),
                ("sequence", models.PositiveSmallIntegerField(default=0)),
                (
                    "holder_role",
                    models.CharField(
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
                    ),
                ),
                ("started_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("provisional", models.BooleanField(default=False)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "ending",
                    models.CharField(
                        choices=[
                            ("running", "đang chạy"),
                            ("met", "đã xong"),
                            ("void", "không áp dụng"),
                            ("superseded", "được thay"),
                        ],
                        default="running",
                        max_length=10,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="clocks", to="submissions.case"
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="workflow.caseevent",
                    ),
                ),
                (
                    "holder",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="agencies.agency",
                    ),
                ),
                (
                    "rule_set",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="agencies.ruleset"
                    ),
                ),
                (
                    "started_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="workflow.caseevent",
                    ),
                ),
                (
                    "consultation",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="clock",
                        to="workflow.consultation",
                    ),
                ),
            ],
            options={
                "ordering": ["started_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="Explanation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("note", models.TextField()),
                ("at", models.DateTimeField()),
                (
                    "agency",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="agencies.agency"
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "clock",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="explanations", to="workflow.clock"
                    ),
                ),
            ],
            options={
                "ordering": ["at", "id"],
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("notice", models.CharField(max_length=30)),
                (
                    "medium",
                    models.CharField(
                        choices=[("email", "thư điện tử"), ("sms", "tin nhắn"), ("task", "gọi điện / gửi thư")],
                        max_length=5,
                    ),
                ),
                ("recipient", models.CharField(max_length=254)),
                ("subject", models.CharField(blank=True, max_length=200)),
                ("body", models.TextField()),
                ("queued_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                (
                    "agency",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="agencies.agency",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="messages", to="submissions.case"
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="messages", to="workflow.caseevent"
                    ),
                ),
            ],
            options={
                "ordering": ["queued_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="Promise",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("date", models.DateField()),
                ("made_at", models.DateTimeField()),
                ("proof", models.TextField(blank=True)),
                ("proven_at", models.DateTimeField(blank=True, null=True)),
                ("fulfilled_at", models.DateTimeField(blank=True, help_text="Confirmed by the leader", null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("kept", models.BooleanField(default=False, help_text="Fulfilled by its date")),
                (
                    "approval",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="promise", to="workflow.approval"
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="promises", to="submissions.case"
                    ),
                ),
                (
                    "proof_attachments",
                    models.ManyToManyField(blank=True, related_name="proofs", to="submissions.attachment"),
                ),
                (
                    "proven_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["date", "id"],
            },
        ),
        migrations.AddField(
            model_name="clock",
            name="promise",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="clock",
                to="workflow.promise",
            ),
        ),
        migrations.CreateModel(
            name="Question",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("by", models.CharField(choices=[("sender", "Người gửi hỏi"), ("staff", "Cơ quan hỏi")], max_length=6)),
                ("body", models.TextField()),
                ("asked_at", models.DateTimeField()),
                ("reply", models.TextField(blank=True)),
                ("replied_at", models.DateTimeField(blank=True, null=True)),
                (
                    "asked_by_agency",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="agencies.agency",
                    ),
                ),
                (
                    "attachments",
                    models.ManyToManyField(blank=True, related_name="asked_in", to="submissions.attachment"),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="questions", to="submissions.case"
                    ),
                ),
                (
                    "replied_by_agency",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="agencies.agency",
                    ),
                ),
                (
                    "reply_attachments",
                    models.ManyToManyField(blank=True, related_name="replied_in", to="submissions.attachment"),
                ),
            ],
            options={
                "ordering": ["asked_at", "id"],
            },
        ),
        migrations.AddField(
            model_name="clock",
            name="question",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="clock",
                to="workflow.question",
            ),
        ),
        migrations.CreateModel(
            name="Rating",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "score",
                    models.CharField(
                        choices=[
                            ("very_satisfied", "Rất hài lòng"),
                            ("satisfied", "Hài lòng"),
                            ("unsatisfied", "Không hài lòng"),
                        ],
                        max_length=14,
                    ),
                ),
                ("note", models.TextField(blank=True)),
                ("at", models.DateTimeField()),
                (
                    "decision",
                    models.CharField(
                        blank=True, choices=[("keep", "Giữ nguyên kết quả"), ("correct", "Sẽ xử lý lại")], max_length=7
                    ),
                ),
                ("conclusion", models.TextField(blank=True)),
                ("concluded_at", models.DateTimeField(blank=True, null=True)),
                (
                    "approval",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rating", to="workflow.approval"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Result",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                (
                    "outcome",
                    models.CharField(
                        choices=[("done", "Đã xử lý xong"), ("commitment", "Cam kết thời gian hoàn thành")],
                        max_length=10,
                    ),
                ),
                ("commitment_date", models.DateField(blank=True, null=True)),
                ("body", models.TextField()),
                ("submitted_at", models.DateTimeField()),
                ("sha256", models.CharField(max_length=64)),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="agencies.agency"
                    ),
                ),
                (
                    "attachments",
                    models.ManyToManyField(blank=True, related_name="results", to="submissions.attachment"),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="results", to="submissions.case"
                    ),
                ),
                (
                    "drafter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["case", "number"],
            },
        ),
        migrations.AddField(
            model_name="approval",
            name="result",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="approval", to="workflow.result"
            ),
        ),
        migrations.AddIndex(
            model_name="caseevent",
            index=models.Index(fields=["case", "at", "id"], name="event_of_case"),
        ),
        migrations.AddConstraint(
            model_name="caseevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "after__in",
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
                name="event_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="consultation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("outcome", "waiting")), fields=("case", "agency"), name="consultation_one_waiting"
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("sent_at__isnull", True)), fields=["queued_at", "id"], name="message_unsent"
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.UniqueConstraint(fields=("event", "notice", "medium", "recipient"), name="message_once"),
        ),
        migrations.AddConstraint(
            model_name="promise",
            constraint=models.UniqueConstraint(
                condition=models.Q(("closed_at__isnull", True)), fields=("case",), name="promise_one_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="promise",
            constraint=models.CheckConstraint(
                condition=models.Q(("fulfilled_at__isnull", True), ("closed_at__isnull", False), _connector="OR"),
                name="promise_fulfilled_is_closed",
            ),
        ),
        migrations.AddIndex(
            model_name="question",
            index=models.Index(fields=["case", "replied_at"], name="question_of_case"),
        ),
        migrations.AddIndex(
            model_name="clock",
            index=models.Index(fields=["case", "ending"], name="clock_of_case"),
        ),
        migrations.AddIndex(
            model_name="clock",
            index=models.Index(
                condition=models.Q(("ending", "running")), fields=["due_at", "id"], name="clock_running_due"
            ),
        ),
        migrations.AddIndex(
            model_name="clock",
            index=models.Index(
                condition=models.Q(("ending", "running")), fields=["holder", "due_at"], name="clock_running_of_agency"
            ),
        ),
        migrations.AddIndex(
            model_name="clock",
            index=models.Index(
                condition=models.Q(("ended_at__gt", models.F("due_at"))),
                fields=["holder", "due_at"],
                name="clock_ended_late",
            ),
        ),
        migrations.AddConstraint(
            model_name="clock",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("consultation__isnull", True),
                    ("ending", "running"),
                    ("promise__isnull", True),
                    ("question__isnull", True),
                ),
                fields=("case", "key", "sequence"),
                name="clock_one_running_a_limit",
            ),
        ),
        migrations.AddConstraint(
            model_name="clock",
            constraint=models.CheckConstraint(
                condition=models.Q(("ending__in", ["running", "met", "void", "superseded"])), name="clock_ending_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="clock",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ended_at__isnull", True), ("ended_at__gte", models.F("started_at")), _connector="OR"
                ),
                name="clock_ends_after_its_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="clock",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at__isnull", True), ("ending", "running")),
                    models.Q(models.Q(("ending", "running"), _negated=True), ("ended_at__isnull", False)),
                    _connector="OR",
                ),
                name="clock_ended_has_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="rating",
            constraint=models.CheckConstraint(
                condition=models.Q(("score__in", ["very_satisfied", "satisfied", "unsatisfied"])),
                name="rating_score_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="result",
            constraint=models.UniqueConstraint(fields=("case", "number"), name="result_number_once"),
        ),
        migrations.AddConstraint(
            model_name="result",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("commitment_date__isnull", False), ("outcome", "commitment")),
                    models.Q(("commitment_date__isnull", True), ("outcome", "done")),
                    _connector="OR",
                ),
                name="result_commitment_has_date",
            ),
        ),
        migrations.AddConstraint(
            model_name="approval",
            constraint=models.CheckConstraint(
                condition=models.Q(("approver", models.F("drafter")), _negated=True), name="approval_not_by_drafter"
            ),
        ),
        migrations.AddConstraint(
            model_name="approval",
            constraint=models.UniqueConstraint(
                condition=models.Q(("given_at__isnull", True), ("revoked_at__isnull", True)),
                fields=("case",),
                name="approval_one_pending",
            ),
        ),
        migrations.AddConstraint(
            model_name="approval",
            constraint=models.CheckConstraint(
                condition=models.Q(("revoked_at__isnull", True), ("given_at__isnull", True), _connector="OR"),
                name="approval_given_or_revoked",
            ),
        ),
    ]
