import django.db.models.deletion
import submissions.states
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("agencies", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Attachment",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("draft_key", models.CharField(blank=True, db_index=True, max_length=64)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("matter", "của người gửi"),
                            ("completion", "bổ sung"),
                            ("result", "kèm kết quả"),
                            ("exchange", "kèm trao đổi"),
                        ],
                        default="matter",
                        max_length=10,
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("path", models.CharField(max_length=100, unique=True)),
                ("kind", models.CharField(max_length=8)),
                ("content_type", models.CharField(max_length=100)),
                ("size", models.PositiveIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("released", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "tệp đính kèm",
                "verbose_name_plural": "tệp đính kèm",
                "ordering": ["created_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="CaseAccess",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "part",
                    models.CharField(
                        choices=[
                            ("lead", "chủ trì"),
                            ("coordinating", "phối hợp"),
                            ("former", "đã chuyển trả"),
                            ("centre", "Trung tâm"),
                        ],
                        max_length=12,
                    ),
                ),
                ("open", models.BooleanField(default=True)),
                ("due_at", models.DateTimeField(blank=True, null=True)),
                ("received_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Sender",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("citizen", "Người dân"),
                            ("business", "Doanh nghiệp"),
                            ("organisation", "Tổ chức"),
                            ("state_body", "Cơ quan nhà nước"),
                        ],
                        default="citizen",
                        max_length=12,
                    ),
                ),
                ("full_name", models.CharField(max_length=150)),
                ("address", models.CharField(blank=True, max_length=250)),
                ("phone", models.CharField(help_text="E.164", max_length=16)),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("consent_at", models.DateTimeField()),
                ("consent_version", models.CharField(max_length=20)),
                ("wrong_phones", models.PositiveSmallIntegerField(default=0)),
                ("locked_until", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "người gửi",
                "verbose_name_plural": "người gửi",
            },
        ),
        migrations.CreateModel(
            name="Case",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=20, unique=True)),
                ("submission_key", models.UUIDField(default=uuid.uuid4, unique=True)),
                (
                    "state",
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
                ("version", models.PositiveIntegerField(default=0)),
                (
                    "channel",
                    models.CharField(
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
                        default="web",
                        max_length=16,
                    ),
                ),
                ("national_code", models.CharField(blank=True, max_length=40)),
                ("received_at", models.DateTimeField()),
                (
                    "complete_since",
                    models.DateTimeField(help_text="When the dossier last met R08: what `answer` counts from (A8)"),
                ),
                ("title", models.CharField(max_length=200)),
                ("content", models.TextField()),
                ("public_title", models.CharField(blank=True, max_length=200)),
                ("public_content", models.TextField(blank=True)),
                ("occurred_at", models.DateTimeField(blank=True, null=True)),
                ("place", models.CharField(blank=True, max_length=250)),
                (
                    "incident",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("power", "Điện"),
                            ("water", "Cấp thoát nước"),
                            ("trees", "Cây xanh"),
                            ("lighting", "Chiếu sáng"),
                            ("telecom", "Viễn thông"),
                        ],
                        max_length=8,
                    ),
                ),
                ("contained_at", models.DateTimeField(blank=True, null=True)),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("normal", "Công khai"),
                            ("confidential", "Giữ bí mật theo đề nghị của người gửi"),
                            ("withheld", "Không công khai theo quy định"),
                        ],
                        default="normal",
                        max_length=12,
                    ),
                ),
                ("returns", models.PositiveSmallIntegerField(default=0)),
                ("first_distributed_at", models.DateTimeField(blank=True, null=True)),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                (
                    "retracted",
                    models.BooleanField(default=False, help_text="Was public and no longer is: its code shows nothing"),
                ),
                (
                    "under_review",
                    models.BooleanField(
                        default=False, help_text="Reopened: the published answer is being looked at anew"
                    ),
                ),
                ("next_due_at", models.DateTimeField(blank=True, null=True)),
                ("last_event_at", models.DateTimeField()),
                ("search_text", models.TextField(blank=True)),
                (
                    "agency",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to="agencies.agency",
                    ),
                ),
            ],
            options={
                "verbose_name": "hồ sơ PAKN",
                "verbose_name_plural": "hồ sơ PAKN",
            },
        ),
    ]
