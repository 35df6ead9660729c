"""The files of one case and what each belongs to, in two queries at most."""

from collections import defaultdict

from django.db.models import Value
from django.urls import reverse

from submissions.models import Attachment
from workflow.models import Promise, Question, Result

from .parts import FileView

ASKED, REPLIED, DRAFTED, PROVEN = "asked", "replied", "drafted", "proven"
LINKS = (
    (ASKED, Question.attachments.through, "question_id"),
    (REPLIED, Question.reply_attachments.through, "question_id"),
    (DRAFTED, Result.attachments.through, "result_id"),
    (PROVEN, Promise.proof_attachments.through, "promise_id"),
)


class CaseFiles:
    """Views of files, in the order in which they came."""

    def __init__(self, case):
        files = list(case.attachments.all())
        self.of_the_sender = [file_view(file) for file in files if file.role in Attachment.OF_THE_SENDER]
        others = [file for file in files if file.role not in Attachment.OF_THE_SENDER]
        linked = _linked({file.pk for file in others}) if others else {}
        self._of = defaultdict(list)
        for file in others:
            for owner in linked.get(file.pk, ()):
                self._of[owner].append(file_view(file))

    def of(self, link, row):
        """Those of a question, a reply, a result or a promise."""
        return self._of[link, row.pk]


def _linked(keys):
    """{key of a file: [(link, key of its owner)]}."""
    first, *rest = (
        links.objects.filter(attachment__in=keys).values_list(Value(link), owner, "attachment_id")
        for link, links, owner in LINKS
    )
    found = defaultdict(list)
    for link, owner, file in first.union(*rest):
        found[file].append((link, owner))
    return found


def file_view(file) -> FileView:
    return FileView(
        id=str(file.pk), name=file.name, size=file.size, kind=file.kind, is_image=file.is_image,
        url=reverse("attachment", args=[file.pk]), thumbnail_url=reverse("thumbnail", args=[file.pk]),
        released=file.released, place_removed=file.place_removed, scan=file.scan, is_readable=file.is_readable,
        is_masked=file.masked_from_id is not None,
    )  # fmt: skip
