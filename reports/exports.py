"""Cases that leave the house: rows of a report, or one whole dossier for a state body that asks for it (Đ13.1, Đ14.2).

Who may is a right of its own (`Membership.may_export`); every case taken out is noted in the audit, and its sender
reads of it. Files say on their face who made them and when.
"""

import csv
import hashlib
import io
import json
import zipfile

from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.calendar import printed
from submissions.files import private_storage
from submissions.models import STATE_LABELS, Case
from submissions.states import State
from workflow import audit

from .figures import cases_of
from .files.plain import RISKY

MOST = 10_000
"""Cases of one export: each is an entry of the audit."""
COLUMNS = (
    "code", "state", "received_at", "channel", "field", "agency", "commune", "rule_set", "first_distributed_at",
    "answered_at", "title",
)  # fmt: skip


def made_by(viewer, now):
    """The line that stands on whatever goes out."""
    return _("Xuất bởi %(who)s (%(user)s) lúc %(when)s") % {
        "who": viewer.user, "user": viewer.user.username, "when": f"{timezone.localtime(now):%H:%M %d/%m/%Y}",
    }  # fmt: skip


def rows_of_cases(viewer, report, now) -> bytes:
    """CSV (UTF-8 with a mark, for spreadsheets) of the cases received in a report's scope that the viewer sees.

    No sender's data; no sealed case. At most MOST, the latest ones.
    """
    seen = Case.objects.visible_to(viewer).exclude(state=State.SEALED).filter(pk__in=cases_of("received", report.scope))
    seen = seen.select_related("field", "agency", "sender__commune", "rule_set", "answer").order_by(
        "-received_at", "-pk"
    )
    cases = list(seen[:MOST])
    text = io.StringIO(newline="")
    lines = csv.writer(text)
    lines.writerow([_plain(made_by(viewer, now)), str(report.scope.period), len(cases)])
    lines.writerow(COLUMNS)
    lines.writerows([_plain(value) for value in _row(case)] for case in cases)
    audit.exported(viewer, cases, _("danh sách hồ sơ, tệp CSV"))
    return text.getvalue().encode("utf-8-sig")


def _row(case):
    return (
        case.code, STATE_LABELS[case.state], printed(case.received_at), case.get_channel_display(), case.field or "",
        case.agency or "", case.sender.commune or "", case.rule_set.code,
        printed(case.first_distributed_at) if case.first_distributed_at else "",
        printed(case.answer.given_at) if case.answer and case.answer.given_at else "", case.title,
    )  # fmt: skip


def _plain(value):
    text = str(value)
    return f"'{text}" if text.startswith(RISKY) else text


def dossier(viewer, case, body, letter, now) -> bytes:
    """A zip of everything kept about a case: what was sent and by whom, files, events, results, talk and clocks.

    `body` asked for it by `letter`, a number and date. MUC-LUC.txt lists each file with its sha256.
    """
    made = {"ho-so.json": _json(_case_data(case)), **_tables(case), **_files(case)}
    head = [
        _("Hồ sơ %s") % case.code, made_by(viewer, now), _("Cung cấp cho: %s") % body,
        _("Theo văn bản: %s") % letter, "",
    ]  # fmt: skip
    listed = [f"{hashlib.sha256(content).hexdigest()}  {name}" for name, content in made.items()]
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("MUC-LUC.txt", "\n".join([*head, *listed, ""]))
        for name, content in made.items():
            packed.writestr(name, content)
    reason = _("cung cấp cho %(body)s theo văn bản %(letter)s") % {"body": body, "letter": letter}
    audit.handed_over(viewer, case, _("trọn bộ hồ sơ"), reason)
    return archive.getvalue()


def _json(value):
    return json.dumps(value, ensure_ascii=False, indent=2, default=str).encode()


def _case_data(case):
    sender = case.sender
    whole = {name: getattr(case, name) for name in OF_CASE}
    whole |= {"field": case.field and case.field.name, "agency": case.agency and case.agency.name}
    whole["sender"] = {name: getattr(sender, name) for name in OF_SENDER} | {"commune": str(sender.commune or "")}
    return whole | {"rule_set": case.rule_set.code}


OF_CASE = """code state channel national_code received_at title content public_title public_content place occurred_at
incident level first_distributed_at published_at""".split()
OF_SENDER = "type full_name address phone email consent_at consent_version".split()
TABLES = {
    "su-kien.json": ("events", "at action actor__full_name role agency__name before after note facts"),
    "thoi-han.json": ("clocks", "key label article holder__name started_at due_at ended_at ending"),
    "ket-qua.json": (
        "results", "number outcome commitment_date body agency__name drafter__full_name submitted_at sha256",
    ),
    "phe-duyet.json": (
        "approvals", "result__number approver__full_name on_behalf at given_at revoked_at sha256",
    ),
    "trao-doi.json": (
        "questions", "by body asked_at asked_by_agency__name reply replied_at replied_by_agency__name",
    ),
    "y-kien.json": ("consultations", "agency__name note asked_at outcome body answered_at"),
    "thong-bao.json": ("messages", "notice medium recipient subject body queued_at sent_at problem"),
}  # fmt: skip
"""{file: (rows of the case, their columns)}."""


def _tables(case):
    return {name: _json(list(getattr(case, rows).values(*columns.split()))) for name, (rows, columns) in TABLES.items()}


def _files(case):
    found = {}
    for number, file in enumerate(case.attachments.order_by("created_at", "pk"), start=1):
        with private_storage().open(file.path) as content:
            found[f"tep/{number:02}-{file.role}-{file.name}"] = content.read()
    return found
