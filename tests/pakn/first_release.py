"""Run as a process of its own on an empty database: makes the tables of the first release, puts cases into them, brings
them to today's, and prints as JSON what came of it."""

import json
import sys
from datetime import UTC, datetime
from io import StringIO

import django
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

FIRST = [
    ("agencies", "0001_initial"),
    ("submissions", "0002_answers_and_constraints"),
    ("workflow", "0001_initial"),
]
"""The migrations of the first release that had cases."""
AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def fill(old):
    """Three cases as that release wrote them; `old` gives its models."""
    units, agencies = old("agencies", "AdministrativeUnit").objects, old("agencies", "Agency").objects
    province = units.create(code="56", level="province", kind="tỉnh", name="Khánh Hòa")
    commune = units.create(code="22366", level="commune", kind="phường", name="Nha Trang", parent=province)
    agency = agencies.create(code="soxd", name="Sở Xây dựng", kind="department", valid_from="2026-01-01")
    agencies.create(code="trungtam", name="Trung tâm", kind="centre", valid_from="2026-01-01")
    rules = old("agencies", "RuleSet").objects.create(
        code="khanh-hoa-2022-instant", name="Tức thời", valid_from="2022-10-05", instant=True,
        publishes_with_approval=True,
    )  # fmt: skip
    for number in range(3):
        sender = old("submissions", "Sender").objects.create(
            full_name="Nguyễn Thị Cúc", phone="+84912345678", commune=commune, consent_at=AT, consent_version="1"
        )
        case = old("submissions", "Case").objects.create(
            code=f"PAKN-2603-AAAA-BBBB{number}", sender=sender, title="Đèn đường hỏng", content="Không sáng.",
            rule_set=rules, channel="web", state="DISTRIBUTED", agency=agency, received_at=AT, last_event_at=AT,
            next_due_at=AT, complete_since=AT,
        )  # fmt: skip
        event = old("workflow", "CaseEvent").objects.create(
            case=case, action="lodge", at=AT, role="sender", after="LODGED", readers="sender"
        )
        old("submissions", "CaseAccess").objects.create(
            case=case, agency=agency, part="lead", open=True, due_at=AT, received_at=AT
        )
        old("workflow", "Clock").objects.create(
            case=case, rule_set=rules, key="verify", label="Xác minh", article="Điều 7", holder_role="specialist",
            holder=agency, started_at=AT, due_at=AT, started_by=event,
        )  # fmt: skip


def told():
    cases, senders = apps.get_model("submissions", "Case").objects, apps.get_model("submissions", "Sender").objects
    return {
        "cases": list(cases.order_by("code").values_list("state", "instant", "search_text")),
        "names": list(senders.values_list("search_name", flat=True)),
        "clocks": apps.get_model("workflow", "Clock").objects.filter(ending="running").count(),
    }


if __name__ == "__main__":
    django.setup()
    executor = MigrationExecutor(connection)
    executor.migrate(FIRST)
    fill(executor.loader.project_state(FIRST).apps.get_model)
    call_command("migrate", verbosity=0)
    call_command("check", verbosity=0, stdout=StringIO())
    call_command("verify_audit", verbosity=0, stdout=StringIO())
    sys.stdout.write(json.dumps(told()))
