"""What is done once a night. Each part stands alone: one that fails is logged, and the others are done all the same."""

import logging

from captcha.models import CaptchaStore
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.utils import timezone

from agencies.calendar import BeyondCalendar
from agencies.leaving import settle_leavers
from agencies.models import Revision
from agencies.register import current_calendar
from reports.drafts import prepare
from submissions.accounts import forget_unproved
from submissions.drafts import forget_old_drafts
from submissions.files import forget_half_written
from submissions.followers import forget_unconfirmed
from workflow import reminders
from workflow.audit import checkpoint
from workflow.calendar_changes import realign
from workflow.models import Clock, Heartbeat
from workflow.privacy import anonymise

BATCH = 500
FAILED = None

logger = logging.getLogger(__name__)


def housekeeping(now=None):
    """One night's work; gives {part: how many rows or files it concerned, or FAILED}."""
    now = now or timezone.now()
    done = {name: _done(name, part, now) for name, part in PARTS.items()}
    Heartbeat.beat(Heartbeat.Job.HOUSEKEEPING, now)
    return done


def _done(name, part, now):
    try:
        return part(now)
    except Exception:  # whatever it is, the other parts are not to suffer
        logger.exception("Housekeeping: %s failed", name)
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()
        return FAILED


def read_reference_data_anew(now):
    """Whatever changed it without saying so, an older release for instance: no process keeps it for more than a day."""
    Revision.touch()
    return Revision.objects.count()


def forget_captchas(now):
    return CaptchaStore.objects.filter(expiration__lte=now).delete()[0]


def forget_sessions(now):
    return Session.objects.filter(expire_date__lte=now).delete()[0]


def plan_reminders(now):
    """Clocks that started before the portal reminded of anything."""
    calendar = current_calendar()
    planned, after = 0, 0
    while pks := list(_unplanned().filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        after = pks[-1]
        planned += _plan(pks, calendar)
    return planned


def _unplanned():
    return Clock.objects.filter(ending=Clock.Ending.RUNNING, reminder="")


@transaction.atomic
def _plan(pks, calendar):
    """A clock that somebody is changing this very moment waits for the next night."""
    clocks = [
        clock
        for clock in _unplanned().filter(pk__in=pks).select_for_update(skip_locked=True, of=("self",)).order_by("pk")
        if _is_planned(clock, calendar)
    ]
    return Clock.objects.bulk_update(clocks, ["reminder", "remind_at"])


def _is_planned(clock, calendar):
    try:
        reminders.plan(clock, calendar)
    except BeyondCalendar:
        logger.exception("The calendar ends before the first reminder of clock %s", clock.pk)
        return False
    return True


PARTS = {
    "captchas": forget_captchas,
    "sessions": forget_sessions,
    "drafts": forget_old_drafts,
    "half_written": forget_half_written,
    "unproved_accounts": forget_unproved,
    "unconfirmed_followers": forget_unconfirmed,
    "reminders": plan_reminders,
    "due_times": realign,
    "audit": checkpoint,
    "leavers": settle_leavers,
    "report_drafts": prepare,
    "senders": anonymise,
    "reference_data": read_reference_data_anew,
}
