"""Files of reports, written in the background: the rows are the queue, a call only says that there is one (ADR 2)."""

import logging
import os
import uuid
from datetime import timedelta
from pathlib import Path

from celery import current_app
from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError

from agencies.calendar import BeyondCalendar
from submissions.files import private_storage

from .files import write
from .kinds import may_write
from .models import ReportFile
from .report import Report
from .scope import scope_of

TASK = "pakn.write_reports"
GIVEN_UP_ON = timedelta(minutes=30)
"""Whoever began so long ago died over it: somebody else may."""
SHOWN = 5

logger = logging.getLogger(__name__)


def ask(report, format, user, now) -> ReportFile:
    """Have a report written as a file; the worker is told once this transaction is through."""
    scope = report.scope
    asked = ReportFile.objects.create(
        key=uuid.uuid4(), kind=report.kind, agency_id=scope.agency, first=scope.period.first, last=scope.period.last,
        format=format, narrowed=scope.narrowed, asked_by=user, asked_at=now,
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
    """Write one file that waits, one that somebody asked for before the portal's drafts; how many were written.

    One at a time, so that what else waits for the worker comes in between; the call for the next one goes behind it.
    """
    asked = _taken(now or timezone.now())
    if asked is None:
        return 0
    _write(asked)
    transaction.on_commit(_tell_the_worker)
    return 1


@transaction.atomic
def _taken(now):
    waiting = ReportFile.objects.filter(done_at__isnull=True, problem="")
    free = waiting.filter(Q(begun_at__isnull=True) | Q(begun_at__lt=now - GIVEN_UP_ON))
    asked = free.select_for_update(skip_locked=True).order_by(F("asked_by").asc(nulls_last=True), "asked_at").first()
    if asked is not None:
        asked.begun_at, asked.tables_done = now, 0
        asked.save(update_fields=["begun_at", "tables_done"])
    return asked


def _write(asked):
    try:
        _write_file(asked)
        asked.done_at = timezone.now()
    except SoftTimeLimitExceeded:
        asked.begun_at = None
        asked.save(update_fields=["begun_at"])
        raise
    except BeyondCalendar as error:
        asked.problem = str(error)[:200]
    except Exception:  # whatever it is, the person is told, and the next file is written all the same
        logger.exception("Report file %s could not be written", asked.pk)
        asked.problem = _("Không lập được tệp; lỗi đã được ghi vào nhật ký hệ thống. Hãy yêu cầu lại.")
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
    """The latest files of this very report that the viewer may have; who issues it also the portal's draft."""
    scope = report.scope
    theirs = Q(asked_by=viewer.user)
    if may_write(viewer, report):
        theirs |= Q(asked_by__isnull=True)
    return ReportFile.objects.filter(
        theirs, kind=report.kind, agency=scope.agency, first=scope.period.first, last=scope.period.last,
        narrowed=scope.narrowed,
    ).order_by("-asked_at")[:SHOWN]  # fmt: skip
