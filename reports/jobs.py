"""Files of reports, written in the background: the rows are the queue, a call only says that there is one (ADR 2)."""

import logging
import os
import uuid
from datetime import timedelta
from pathlib import Path

from celery import current_app
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError

from agencies.calendar import BeyondCalendar
from submissions.files import private_storage

from .files import write
from .models import ReportFile
from .report import Report
from .scope import CASE_FILTERS, scope_of

TASK = "pakn.write_reports"
GIVEN_UP_ON = timedelta(minutes=30)
"""Whoever began so long ago died over it: somebody else may."""
SHOWN = 5

logger = logging.getLogger(__name__)


def ask(report, format, user, now) -> ReportFile:
    """Have a report written as a file; the worker is told once this transaction is through."""
    scope = report.scope
    narrowed = {name: getattr(scope, name) for name in CASE_FILTERS if getattr(scope, name)}
    asked = ReportFile.objects.create(
        key=uuid.uuid4(), kind=report.kind, agency_id=scope.agency, first=scope.period.first, last=scope.period.last,
        format=format, narrowed=narrowed, asked_by=user, asked_at=now,
    )  # fmt: skip
    transaction.on_commit(_tell_the_worker)
    return asked


def _tell_the_worker():
    """A broker that is away loses nothing: the minute's call finds the row."""
    try:
        current_app.send_task(TASK, retry=False)
    except (OperationalError, OSError):
        logger.warning("The broker does not answer; the report is written within a minute of its return")


def write_waiting(now=None) -> int:
    """Write every file that waits; how many."""
    done = 0
    while (asked := _taken(now or timezone.now())) is not None:
        _write(asked)
        done += 1
    return done


@transaction.atomic
def _taken(now):
    waiting = ReportFile.objects.filter(done_at__isnull=True, problem="")
    free = waiting.filter(Q(begun_at__isnull=True) | Q(begun_at__lt=now - GIVEN_UP_ON))
    asked = free.select_for_update(skip_locked=True).order_by("asked_at").first()
    if asked is not None:
        asked.begun_at, asked.tables_done = now, 0
        asked.save(update_fields=["begun_at", "tables_done"])
    return asked


def _write(asked):
    try:
        _write_file(asked)
        asked.done_at = timezone.now()
    except BeyondCalendar as error:
        asked.problem = str(error)[:200]
    except Exception:  # whatever it is, the person is told, and the next file is written all the same
        logger.exception("Report file %s could not be written", asked.pk)
        asked.problem = _("Không lập được tệp; quản trị kỹ thuật đã được báo.")
    asked.save(update_fields=["done_at", "problem"])


def _write_file(asked):
    final = Path(private_storage().path(asked.path))
    final.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = final.with_name(f"{final.name}.part")
    with open(os.open(partial, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b") as file:
        write(report_of(asked), asked.format, file, _progress_of(asked))
    partial.replace(final)


def report_of(asked) -> Report:
    """As of when it was asked for, whenever it is written."""
    scope = scope_of(asked.period, asked.asked_at, agency=asked.agency_id, **asked.narrowed)
    return Report(asked.kind, scope, asked.asked_at)


def _progress_of(asked):
    def told(tables):
        ReportFile.objects.filter(pk=asked.pk).update(tables_done=tables)

    return told


def files_of(viewer, report):
    """The latest files of this report that the viewer may have: their own, and for who issues it the portal's draft."""
    mine = Q(asked_by=viewer.user)
    scope = report.scope
    draft = Q(asked_by__isnull=True, kind=report.kind, agency=scope.agency)
    return ReportFile.objects.filter(
        mine | draft, first=scope.period.first, last=scope.period.last, kind=report.kind
    ).order_by("-asked_at")[:SHOWN]
