import agencies.calendar
import agencies.models
import agencies.roles
import django.contrib.auth.models
import django.contrib.auth.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="CalendarDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("date", models.DateField(unique=True, verbose_name="ngày")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("holiday", "ngày lễ, tết"),
                            ("substitute", "nghỉ bù"),
                            ("swapped_off", "nghỉ hoán đổi"),
                            ("make_up", "làm bù"),
                        ],
                        max_length=11,
                        verbose_name="loại",
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="tên")),
                ("legal_reference", models.CharField(blank=True, max_length=120, verbose_name="căn cứ")),
                ("confirmed", models.BooleanField(default=False, verbose_name="đã xác nhận")),
            ],
            options={
                "verbose_name": "ngày trong lịch",
                "verbose_name_plural": "lịch nghỉ và làm bù",
                "ordering": ["date"],
            },
        ),
        migrations.CreateModel(
            name="Field",
            fields=[
                ("code", models.SlugField(max_length=30, primary_key=True, serialize=False, verbose_name="mã")),
                ("name", models.CharField(max_length=200, verbose_name="tên")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="thứ tự")),
            ],
            options={
                "verbose_name": "lĩnh vực",
                "verbose_name_plural": "lĩnh vực",
                "ordering": ["position", "code"],
            },
        ),
        migrations.CreateModel(
            name="OfficeHours",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField(unique=True, verbose_name="áp dụng từ")),
                (
                    "sessions",
                    models.CharField(
                        help_text="Ví dụ: 07:00-11:30,13:30-17:00", max_length=60, verbose_name="các buổi"
                    ),
                ),
            ],
            options={
                "verbose_name": "giờ làm việc",
                "verbose_name_plural": "giờ làm việc",
                "ordering": ["valid_from"],
            },
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                (
                    "username",
                    models.CharField(
                        error_messages={"unique": "A user with that username already exists."},
                        help_text="Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.",
                        max_length=150,
                        unique=True,
                        validators=[django.contrib.auth.validators.UnicodeUsernameValidator()],
                        verbose_name="username",
                    ),
                ),
                ("first_name", models.CharField(blank=True, max_length=150, verbose_name="first name")),
                ("last_name", models.CharField(blank=True, max_length=150, verbose_name="last name")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="email address")),
                (
                    "is_staff",
                    models.BooleanField(
                        default=False,
                        help_text="Designates whether the user can log into this admin site.",
                        verbose_name="staff status",
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Designates whether this user should be treated as active. Unselect this instead of deleting accounts.",
                        verbose_name="active",
                    ),
                ),
                ("date_joined", models.DateTimeField(default=django.utils.timezone.now, verbose_name="date joined")),
                ("full_name", models.CharField(blank=True, max_length=150, verbose_name="họ và tên")),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "verbose_name": "tài khoản",
                "verbose_name_plural": "tài khoản",
                "abstract": False,
            },
            managers=[
                ("objects", django.contrib.auth.models.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name="AdministrativeUnit",
            fields=[
                ("code", models.CharField(max_length=5, primary_key=True, serialize=False, verbose_name="mã")),
                (
                    "level",
                    models.CharField(
                        choices=[("province", "tỉnh, thành phố"), ("commune", "xã, phường, đặc khu")],
                        max_length=8,
                        verbose_name="cấp",
                    ),
                ),
                ("kind", models.CharField(max_length=30, verbose_name="loại")),
                ("name", models.CharField(max_length=80, verbose_name="tên")),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="communes",
                        to="agencies.administrativeunit",
                        verbose_name="thuộc",
                    ),
                ),
            ],
            options={
                "verbose_name": "đơn vị hành chính",
                "verbose_name_plural": "đơn vị hành chính",
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="CalendarSpan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first_year", models.PositiveSmallIntegerField(verbose_name="năm đầu")),
                ("last_year", models.PositiveSmallIntegerField(verbose_name="năm cuối")),
                ("announced_until", models.DateField(verbose_name="đã công bố đến hết ngày")),
                ("revision", models.BigIntegerField(default=agencies.models.new_revision, editable=False)),
            ],
            options={
                "verbose_name": "phạm vi lịch",
                "verbose_name_plural": "phạm vi lịch",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="calendar_span_one_row"),
                    models.CheckConstraint(
                        condition=models.Q(("first_year__lte", models.F("last_year"))), name="calendar_span_in_order"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Agency",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField(verbose_name="có hiệu lực từ")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="đến hết ngày")),
                ("code", models.SlugField(max_length=30, unique=True, verbose_name="mã")),
                ("name", models.CharField(max_length=200, verbose_name="tên")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("centre", "đơn vị vận hành"),
                            ("reporting", "cơ quan tổng hợp, báo cáo"),
                            ("department", "sở, ban, ngành"),
                            ("commune", "UBND xã, phường, đặc khu"),
                            ("central", "cơ quan Trung ương trên địa bàn"),
                            ("enterprise", "đơn vị sự nghiệp công, dịch vụ công ích"),
                            ("province", "UBND tỉnh"),
                        ],
                        max_length=12,
                        verbose_name="loại",
                    ),
                ),
                ("phone", models.CharField(blank=True, max_length=16, verbose_name="điện thoại nhận SMS")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="thư điện tử")),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="subordinates",
                        to="agencies.agency",
                        verbose_name="cơ quan cấp trên",
                    ),
                ),
                (
                    "places",
                    models.ManyToManyField(
                        blank=True, related_name="agencies", to="agencies.administrativeunit", verbose_name="địa bàn"
                    ),
                ),
                (
                    "fields",
                    models.ManyToManyField(
                        blank=True, related_name="agencies", to="agencies.field", verbose_name="lĩnh vực"
                    ),
                ),
            ],
            options={
                "verbose_name": "cơ quan",
                "verbose_name_plural": "cơ quan",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="FormerCommune",
            fields=[
                ("code", models.CharField(max_length=5, primary_key=True, serialize=False, verbose_name="mã")),
                ("name", models.CharField(max_length=80, verbose_name="tên")),
                ("district", models.CharField(max_length=80, verbose_name="quận, huyện cũ")),
                ("province", models.CharField(max_length=80, verbose_name="tỉnh cũ")),
                ("current", models.ManyToManyField(related_name="former_names", to="agencies.administrativeunit")),
            ],
            options={
                "verbose_name": "xã, phường trước 1/7/2025",
                "verbose_name_plural": "xã, phường trước 1/7/2025",
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField(verbose_name="có hiệu lực từ")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="đến hết ngày")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            (agencies.roles.Role["OPERATOR"], "Cán bộ tiếp nhận (Trung tâm)"),
                            (agencies.roles.Role["SPECIALIST"], "Cán bộ chuyên môn"),
                            (agencies.roles.Role["LEADER"], "Cán bộ lãnh đạo"),
                            (agencies.roles.Role["SUPERVISOR"], "Cơ quan tổng hợp, báo cáo"),
                            (agencies.roles.Role["ADMINISTRATOR"], "Quản trị kỹ thuật"),
                        ],
                        max_length=13,
                        verbose_name="vai trò",
                    ),
                ),
                ("on_behalf", models.BooleanField(default=False, verbose_name="thay mặt")),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to="agencies.agency",
                        verbose_name="cơ quan",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người",
                    ),
                ),
            ],
            options={
                "verbose_name": "phân công",
                "verbose_name_plural": "phân công",
                "ordering": ["agency", "role", "valid_from"],
            },
        ),
        migrations.CreateModel(
            name="RuleSet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField(verbose_name="có hiệu lực từ")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="đến hết ngày")),
                ("code", models.SlugField(max_length=40, verbose_name="mã")),
                ("name", models.CharField(max_length=200, verbose_name="tên")),
                ("source", models.CharField(max_length=200, verbose_name="văn bản")),
                ("publishes_with_approval", models.BooleanField(verbose_name="công khai ngay khi phê duyệt")),
                ("instant", models.BooleanField(default=False, verbose_name="quy trình tức thời (Đ10)")),
                ("for_channel", models.CharField(blank=True, max_length=16, verbose_name="áp dụng cho kênh")),
                ("accepted_subjects", models.JSONField(default=list, verbose_name="nội dung tiếp nhận")),
                (
                    "historic_subjects",
                    models.JSONField(blank=True, default=list, verbose_name="nội dung đã hết thời hạn áp dụng"),
                ),
                (
                    "show_historic_subjects",
                    models.BooleanField(default=False, verbose_name="hiện cả nội dung đã hết thời hạn áp dụng"),
                ),
                ("refused_subjects", models.JSONField(default=list, verbose_name="nội dung không tiếp nhận")),
            ],
            options={
                "verbose_name": "quy định áp dụng",
                "verbose_name_plural": "quy định áp dụng",
                "ordering": ["code", "valid_from"],
                "constraints": [models.UniqueConstraint(fields=("code", "valid_from"), name="rule_set_version_once")],
            },
        ),
        migrations.CreateModel(
            name="Limit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.SlugField(max_length=30, verbose_name="mã")),
                ("label", models.CharField(max_length=120, verbose_name="tên")),
                ("amount", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="số lượng")),
                (
                    "unit",
                    models.CharField(
                        blank=True,
                        choices=[
                            (agencies.calendar.Unit["CLOCK_HOURS"], "giờ"),
                            (agencies.calendar.Unit["WORKING_HOURS"], "giờ làm việc"),
                            (agencies.calendar.Unit["WORKING_DAYS"], "ngày làm việc"),
                            (agencies.calendar.Unit["CALENDAR_DAYS"], "ngày"),
                        ],
                        max_length=13,
                        verbose_name="đơn vị",
                    ),
                ),
                ("article", models.CharField(max_length=60, verbose_name="căn cứ")),
                (
                    "holder",
                    models.CharField(
                        choices=[
                            (agencies.roles.Role["OPERATOR"], "Cán bộ tiếp nhận (Trung tâm)"),
                            (agencies.roles.Role["SPECIALIST"], "Cán bộ chuyên môn"),
                            (agencies.roles.Role["LEADER"], "Cán bộ lãnh đạo"),
                            (agencies.roles.Role["SUPERVISOR"], "Cơ quan tổng hợp, báo cáo"),
                            (agencies.roles.Role["ADMINISTRATOR"], "Quản trị kỹ thuật"),
                            (agencies.roles.Role["SENDER"], "Người gửi"),
                        ],
                        max_length=13,
                        verbose_name="người phải làm",
                    ),
                ),
                ("starts", models.JSONField(default=list)),
                ("met", models.JSONField(default=list)),
                ("voided", models.JSONField(default=list)),
                ("resumes", models.JSONField(default=list)),
                (
                    "counted_from",
                    models.CharField(
                        choices=[
                            ("mark", "lúc thực hiện"),
                            ("replaced", "lúc bắt đầu của thời hạn được thay"),
                            ("given", "thời điểm do cơ quan ấn định"),
                            ("previous_due", "hạn liền trước"),
                        ],
                        default="mark",
                        max_length=12,
                    ),
                ),
                ("replaces", models.SlugField(blank=True, max_length=30)),
                ("follows", models.SlugField(blank=True, max_length=30)),
                ("unless", models.SlugField(blank=True, max_length=30)),
                ("conditional", models.BooleanField(default=False, verbose_name="không tính trễ")),
                (
                    "subject",
                    models.CharField(
                        blank=True,
                        choices=[("question", "câu hỏi"), ("consultation", "lượt phối hợp"), ("promise", "cam kết")],
                        max_length=12,
                        verbose_name="theo từng",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="thứ tự")),
                (
                    "rule_set",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="limits", to="agencies.ruleset"
                    ),
                ),
            ],
            options={
                "verbose_name": "thời hạn",
                "verbose_name_plural": "thời hạn",
                "ordering": ["rule_set", "position"],
            },
        ),
        migrations.AddConstraint(
            model_name="agency",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "centre")), fields=("kind",), name="agency_one_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.UniqueConstraint(fields=("user", "agency", "role", "valid_from"), name="membership_once"),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                ),
                name="membership_dates_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="limit",
            constraint=models.UniqueConstraint(fields=("rule_set", "key"), name="limit_once_a_rule_set"),
        ),
        migrations.AddConstraint(
            model_name="limit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("amount__isnull", True), ("counted_from", "given")), ("amount__gt", 0), _connector="OR"
                ),
                name="limit_amount_positive",
            ),
        ),
    ]
