"""Cases that leave the house: rows of a report, or one whole dossier for a state body that asks for it (Đ13.1, Đ14.2).

Who may is a right of its own (`Membership.may_export`); every case taken out is noted in the audit, and its sender
reads of it. Files say on their face who made them and when.
"""

import csv
import hashlib
import io
import json
import shutil
import tempfile
import zipfile

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.calendar import printed
from submissions.files import private_storage
from submissions.models import STATE_LABELS, Attachment, Case
from submissions.states import State
from submissions.text import harmless
from workflow import audit
from workflow.models import Explanation, Rating, Readers

from .figures import cases_of

MOST = 2_000
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

    `viewer` has the memberships alone that carry the right. No sender's data; no sealed case. At most MOST, the latest
    ones; the first line says of how many.
    """
    seen = Case.objects.visible_to(viewer).filter(pk__in=cases_of("received", report.scope))
    read = seen.exclude(state=State.SEALED).select_related("field", "agency", "sender__commune", "rule_set", "answer")
    cases = list(read.order_by("-received_at", "-pk")[:MOST])
    number = _("%(shown)d trong %(all)d hồ sơ; %(sealed)d hồ sơ niêm phong không xuất") % {
        "shown": len(cases), "all": seen.count(), "sealed": seen.filter(state=State.SEALED).count(),
    }  # fmt: skip
    text = io.StringIO(newline="")
    lines = csv.writer(text)
    lines.writerow([harmless(made_by(viewer, now)), str(report.scope.period), number])
    lines.writerow(COLUMNS)
    lines.writerows([harmless(str(value)) for value in _row(case)] for case in cases)
    audit.exported(viewer, cases, _("danh sách hồ sơ, tệp CSV"))
    return text.getvalue().encode("utf-8-sig")


def _row(case):
    return (
        case.code, STATE_LABELS[case.state], printed(case.received_at), case.get_channel_display(), case.field or "",
        case.agency or "", case.sender.commune or "", case.rule_set.code,
        printed(case.first_distributed_at) if case.first_distributed_at else "",
        printed(case.answer.given_at) if case.answer and case.answer.given_at else "", case.title,
    )  # fmt: skip


def dossier(viewer, case, body, letter, now):
    """A zip, as an open temporary file, of what is kept about a case: the matter and its sender, files, events, talk,
    approved results, ratings and clocks. Drafts and notes within an agency stay there.

    `body` asked for it by `letter`, a number and date. MUC-LUC.txt lists each file with its sha256, and those that are
    not in it because the virus scanner holds them.
    """
    archive = tempfile.TemporaryFile()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        listed = [_packed(packed, "ho-so.json", _json(_case_data(case)))]
        listed += [_packed(packed, name, content) for name, content in _tables(case)]
        listed += [_packed_file(packed, number, file) for number, file in enumerate(_files(case), start=1)]
        head = [
            _("Hồ sơ %s") % case.code, made_by(viewer, now), _("Cung cấp cho: %s") % body,
            _("Theo văn bản: %s") % letter, "",
        ]  # fmt: skip
        packed.writestr("MUC-LUC.txt", "\n".join([*head, *listed, ""]))
    reason = _("cung cấp cho %(body)s theo văn bản %(letter)s") % {"body": body, "letter": letter}
    audit.handed_over(viewer, case, _("trọn bộ hồ sơ"), reason)
    archive.seek(0)
    return archive


def _packed(packed, name, content):
    packed.writestr(name, content)
    return f"{hashlib.sha256(content).hexdigest()}  {name}"


def _packed_file(packed, number, file):
    name = f"tep/{number:02}-{file.role}-{file.name}"
    if not file.is_readable or not private_storage().exists(file.path):
        return _("không kèm được: %s") % name
    with private_storage().open(file.path) as content, packed.open(name, "w") as target:
        shutil.copyfileobj(content, target)
    return f"{file.sha256}  {name}"


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
    "su-kien.json": (
        lambda case: case.events.exclude(readers=Readers.AGENCY),
        "at action actor__full_name role agency__name before after note facts",
    ),
    "thoi-han.json": (
        lambda case: case.clocks.all(), "key label article holder__name started_at due_at ended_at ending",
    ),
    "giai-trinh.json": (
        lambda case: Explanation.objects.filter(clock__case=case), "clock__label agency__name note at",
    ),
    "ket-qua.json": (
        lambda case: case.results.filter(approval__given_at__isnull=False),
        "number outcome commitment_date body agency__name submitted_at approval__at approval__given_at sha256",
    ),
    "danh-gia.json": (
        lambda case: Rating.objects.filter(approval__case=case), "score note fixed at decision conclusion concluded_at",
    ),
    "cam-ket.json": (lambda case: case.promises.all(), "date made_at proof proven_at fulfilled_at kept"),
    "trao-doi.json": (
        lambda case: case.questions.all(),
        "by body asked_at asked_by_agency__name reply replied_at replied_by_agency__name",
    ),
    "y-kien.json": (lambda case: case.consultations.all(), "agency__name note asked_at outcome body answered_at"),
    "thong-bao.json": (
        lambda case: case.messages.all(), "notice medium recipient subject body queued_at sent_at problem",
    ),
}  # fmt: skip
"""{file: (rows of the case, their columns)}."""


def _tables(case):
    for name, (rows, columns) in TABLES.items():
        yield name, _json(list(rows(case).values(*columns.split())))


def _files(case):
    """All but what belongs to a result that was never given."""
    drafted = Q(role=Attachment.Role.RESULT) & ~Q(results__approval__given_at__isnull=False) & Q(proofs__isnull=True)
    return case.attachments.exclude(drafted).distinct().order_by("created_at", "pk")
