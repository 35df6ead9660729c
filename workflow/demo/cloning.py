"""Many cases for trying out size: each is a copy of a model case with all that hangs on it, under the same constraints.

Copy number k of a row gets the old id plus a shift that depends on its table and k alone, so every key that points to a
copied row is shifted the same way and `INSERT … SELECT` does the work. What must differ (codes, submission keys, files)
or points elsewhere than by a key (ids inside an event's facts) is made in Python.
"""

import os
import random
import uuid
from dataclasses import dataclass
from pathlib import Path

from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.db.models import Max, Min

from submissions.codes import new_code
from submissions.files import private_storage, storage_path, thumbnail_of
from submissions.models import Attachment, Case, CaseAccess, Follower, Sender
from submissions.text import fold
from workflow import audit
from workflow.models import (
    Approval,
    CaseEvent,
    Clock,
    Consultation,
    Explanation,
    Message,
    Promise,
    Question,
    Rating,
    Result,
)

PATHS = {
    Case: "pk",
    CaseEvent: "case",
    Result: "case",
    Approval: "case",
    Rating: "approval__case",
    Question: "case",
    Consultation: "case",
    Promise: "case",
    Clock: "case",
    Explanation: "clock__case",
    Message: "case",
    CaseAccess: "case",
    Follower: "case",
}
"""What belongs to a case, and how its rows are found. Sender and Attachment are found from the case too.

Reminders are not copied: one message tells of many cases, and the copied clocks know what comes next.
"""
BY_SQL = [model for model in PATHS if model not in (Case, CaseEvent)]
FILES = [
    (Result.attachments.through, Result, "result"),
    (Question.attachments.through, Question, "question"),
    (Question.reply_attachments.through, Question, "question"),
    (Promise.proof_attachments.through, Promise, "promise"),
]
KEYS = uuid.UUID("8a0d5a53-0c51-5a4e-9d1c-6b1f5f1f7c11")
FACTS = {"question": Question, "clock": Clock}
BATCH = 3000


@dataclass(frozen=True)
class Shift:
    """What is added to the ids of one table in copy k: `base + k * span`."""

    base: int
    span: int

    def at(self, copy):
        return self.base + copy * self.span


def clone(model_cases, count, seed, progress) -> int:
    """Add `count` copies of the model cases in even shares; how many were added (none for a negative count)."""
    if count <= 0:
        return 0
    codes, before = Codes(seed), _last_event()
    shifts = _shifts(model_cases)
    size = len(model_cases)
    copies = max(BATCH // size, 1)
    full, rest = divmod(count, size)
    for first in range(0, full, copies):
        last = min(first + copies, full)
        Batch(model_cases, range(first, last), shifts, codes).add()
        progress(last * size, count)
    if rest:
        Batch(model_cases[:rest], range(full, full + 1), shifts, codes).add()
        progress(count, count)
    _continue_sequences()
    audit.begin(before + 1, _last_event())
    return count


def _last_event():
    return CaseEvent.objects.aggregate(last=Max("pk"))["last"]


class Codes:
    """New codes that no case has, the same ones for the same seed and the same cases before."""

    def __init__(self, seed):
        self.taken = set(Case.objects.values_list("code", flat=True))
        self.chance = random.Random(f"{seed}/{len(self.taken)}")  # noqa: S311 sample data, the same each time

    def new(self, at):
        code = new_code(at, self.chance.choice)
        while code in self.taken:
            code = new_code(at, self.chance.choice)
        self.taken.add(code)
        return code


class Batch:
    """Some copies of some model cases, added in one transaction."""

    def __init__(self, model_cases, copies, shifts, codes):
        self.cases, self.copies, self.shifts, self.codes = model_cases, copies, shifts, codes
        self.case_ids = [case.pk for case in model_cases]

    def add(self):
        with transaction.atomic():
            self._add_senders()
            self._add_cases()
            self._add_attachments()
            self._add_events()
            for model in BY_SQL:
                self._insert(model, self._rows(model))
            self._add_file_links()

    def _rows(self, model):
        return model.objects.filter(**{f"{PATHS[model]}__in": self.case_ids})

    def _add_senders(self):
        self._insert(Sender, Sender.objects.filter(pk__in=[case.sender_id for case in self.cases]))

    def _add_cases(self):
        rows = []
        for copy in self.copies:
            for case in self.cases:
                row = self._copied(case, copy)
                row.code = self.codes.new(case.received_at)
                row.submission_key = uuid.uuid5(KEYS, str(row.pk))
                row.search_text = case.search_text.replace(fold(case.code), fold(row.code))
                rows.append(row)
        Case.objects.bulk_create(rows, batch_size=500)

    def _add_attachments(self):
        files = list(Attachment.objects.filter(case__in=self.case_ids))
        rows = [self._copied_attachment(file, copy) for copy in self.copies for file in files]
        Attachment.objects.bulk_create(rows, batch_size=500)

    def _copied_attachment(self, file, copy):
        row = _same(file)
        row.pk = self._attachment_id(file.pk, copy)
        row.case_id = file.case_id + self.shifts[Case].at(copy)
        row.path = storage_path(row.pk)
        _share_content(file.path, row.path)
        if file.is_image:
            _share_content(thumbnail_of(file.path), thumbnail_of(row.path))
        return row

    def _attachment_id(self, pk, copy):
        return uuid.uuid5(KEYS, f"{pk}/{self.shifts[Case].at(copy)}")

    def _add_events(self):
        """Those whose facts name ids of the case's own rows in Python, the others by SQL."""
        naming, others = [], []
        for event in self._rows(CaseEvent):
            (naming if {"files", *FACTS} & event.facts.keys() else others).append(event)
        self._insert(CaseEvent, CaseEvent.objects.filter(pk__in=[event.pk for event in others]))
        rows = []
        for copy in self.copies:
            for event in naming:
                row = self._copied(event, copy)
                row.facts = {name: self._copied_fact(name, value, copy) for name, value in event.facts.items()}
                rows.append(row)
        CaseEvent.objects.bulk_create(rows, batch_size=500)

    def _copied_fact(self, name, value, copy):
        if name in FACTS:
            return value + self.shifts[FACTS[name]].at(copy)
        if name == "files":
            return [str(self._attachment_id(uuid.UUID(pk), copy)) for pk in value]
        return value

    def _add_file_links(self):
        for through, owner, name in FILES:
            links = list(through.objects.filter(**{f"{name}__in": self._rows(owner).values("pk")}))
            rows = [
                through(
                    attachment_id=self._attachment_id(link.attachment_id, copy),
                    **{f"{name}_id": getattr(link, f"{name}_id") + self.shifts[owner].at(copy)},
                )
                for copy in self.copies
                for link in links
            ]
            through.objects.bulk_create(rows, batch_size=500)

    def _copied(self, row, copy):
        """A copy in memory, its own id and the keys to copied rows shifted."""
        new = _same(row)
        for field, shift in _shifted(type(row), self.shifts):
            old = getattr(row, field.attname)
            setattr(new, field.attname, None if old is None else old + shift.at(copy))
        return new

    def _insert(self, model, rows):
        """INSERT … SELECT every copy of these rows."""
        ids = list(rows.values_list("pk", flat=True))
        if not ids:
            return
        quote = connection.ops.quote_name
        shifted = dict(_shifted(model, self.shifts))
        columns = [field.column for field in model._meta.concrete_fields]
        values = [_selected(field, shifted.get(field)) for field in model._meta.concrete_fields]
        joined = MESSAGE_CODES.format(shift=_sql_shift(self.shifts[Case])) if model is Message else ""
        marks = ", ".join(["%s"] * len(ids))
        sql = (
            f"WITH RECURSIVE copies(k) AS (SELECT {self.copies.start} UNION ALL "  # noqa: S608 names of our own columns
            f"SELECT k + 1 FROM copies WHERE k < {self.copies.stop - 1}) "
            f"INSERT INTO {quote(model._meta.db_table)} ({', '.join(map(quote, columns))}) "
            f"SELECT {', '.join(values)} FROM {quote(model._meta.db_table)} t CROSS JOIN copies {joined} "
            f"WHERE t.id IN ({marks}) ORDER BY copies.k, t.id"
        )
        with connection.cursor() as cursor:
            cursor.execute(sql, ids)


MESSAGE_CODES = (
    "JOIN submissions_case model ON model.id = t.case_id "
    "JOIN submissions_case copy ON copy.id = t.case_id + {shift}"
)  # fmt: skip


def _selected(field, shift):
    column = f"t.{connection.ops.quote_name(field.column)}"
    if shift is not None:
        return f"{column} + {_sql_shift(shift)}"
    if field.model is Message and field.name in ("subject", "body"):
        return f"REPLACE({column}, model.code, copy.code)"
    return column


def _sql_shift(shift):
    return f"({shift.base} + copies.k * {shift.span})"


def _same(row):
    return type(row)(**{field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields})


def _shifted(model, shifts):
    """(field, shift) of the id and of every key that points to copied rows."""
    for field in model._meta.concrete_fields:
        if field.primary_key:
            yield field, shifts[model]
        elif isinstance(field, models.ForeignKey) and field.related_model in shifts:
            yield field, shifts[field.related_model]


def _shifts(model_cases):
    """Copies begin after the last id of a table; each takes as many ids as the models' rows span."""
    ids = [case.pk for case in model_cases]
    rows = {model: model.objects.filter(**{f"{path}__in": ids}) for model, path in PATHS.items()}
    rows[Sender] = Sender.objects.filter(pk__in=[case.sender_id for case in model_cases])
    return {model: _shift(model, found) for model, found in rows.items()}


def _shift(model, rows):
    ends = rows.aggregate(first=Min("pk"), last=Max("pk"))
    if ends["first"] is None:
        return Shift(0, 0)
    taken = model.objects.aggregate(last=Max("pk"))["last"]
    return Shift(taken + 1 - ends["first"], ends["last"] + 1 - ends["first"])


def _share_content(old, new):
    """A second name for the same bytes: a copy's attachment takes no room."""
    storage = private_storage()
    target = Path(storage.path(new))
    for folder in reversed(target.parents[:3]):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    os.link(storage.path(old), target)


def _continue_sequences():
    tables = [*PATHS, Sender]
    with connection.cursor() as cursor:
        for sql in connection.ops.sequence_reset_sql(no_style(), tables):
            cursor.execute(sql)
