"""`manage.py print_procedure`: docs/quy-trinh.md, printed from the procedure and the rule sets that are loaded."""

from django.core.management.base import BaseCommand

from agencies.models import ROLE_LABELS, RuleSet
from agencies.roles import Role
from submissions.models import STATE_LABELS
from submissions.states import ALL, State
from workflow.dossier import UNIT_WORDS
from workflow.procedure import ROWS, SAME, Fork

SEATS = {
    "sender": "người gửi",
    "for_sender": "Trung tâm, thay người gửi",
    "centre": "Trung tâm",
    "lead": "cơ quan chủ trì",
    "coordinating": "cơ quan phối hợp",
    "parent": "cơ quan cấp trên",
    "late": "nơi để trễ hạn",
    "province": "cơ quan tổng hợp",
    "technical": "quản trị kỹ thuật",
}
ROLES = {**ROLE_LABELS, Role.SENDER: "người gửi"}


class Command(BaseCommand):
    help = "Prints docs/quy-trinh.md."

    def handle(self, *args, **options):
        self.stdout.write("\n".join([*_actions(), *_limits()]))


def _actions():
    yield "# Quy trình"
    yield ""
    yield "In từ `workflow/procedure.py` và `agencies/data/rules/` bằng `manage.py print_procedure`."
    yield ""
    yield "## Việc làm trên hồ sơ"
    yield ""
    yield "| việc | mã | căn cứ | ai, ở bước nào | bước sau | điều kiện |"
    yield "|---|---|---|---|---|---|"
    for row in ROWS:
        cells = (row.label, f"`{row.key}`", row.article, _who(row), _target(row), ", ".join(row.when) or "–")
        yield "| " + " | ".join(map(str, cells)) + " |"


def _who(row):
    return "<br>".join(f"{ROLES[seat.role]} ({SEATS[seat.key]}): {_states(states)}" for seat, states in row.by.items())


def _states(states):
    if len(ALL) - len(states) < len(states):
        left_out = ", ".join(str(STATE_LABELS[state]) for state in State if state not in states)
        return f"mọi bước, trừ {left_out}" if left_out else "mọi bước"
    return ", ".join(str(STATE_LABELS[state]) for state in State if state in states)


def _target(row):
    if row.to is SAME:
        return "không đổi"
    if isinstance(row.to, Fork):
        return f"{STATE_LABELS[row.to.then]} ({row.to.condition}), nếu không: {STATE_LABELS[row.to.otherwise]}"
    return str(STATE_LABELS[row.to])


def _limits():
    for rules in RuleSet.objects.order_by("code", "valid_from").prefetch_related("limits"):
        yield ""
        yield f"## Thời hạn: {rules.name} (`{rules.code}`, từ {rules.valid_from:%d/%m/%Y})"
        yield ""
        yield f"{rules.source}. " + (
            "Công khai cùng lúc phê duyệt." if rules.publishes_with_approval else "Công khai là một bước riêng."
        )
        yield ""
        yield "| thời hạn | mã | số ngày, giờ | căn cứ | bắt đầu | xong | không áp dụng nữa | chạy tiếp |"
        yield "|---|---|---|---|---|---|---|---|"
        for limit in rules.limits.all():
            amount = str(UNIT_WORDS[limit.unit]) % limit.amount if limit.amount else "do cơ quan ấn định"
            marks = (", ".join(names) or "–" for names in (limit.starts, limit.met, limit.voided, limit.resumes))
            yield "| " + " | ".join([limit.label, f"`{limit.key}`", amount, limit.article, *marks]) + " |"
