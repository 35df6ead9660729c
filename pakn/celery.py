"""The Celery app and its beat table, nothing else: Celery is only the clock (docs/adr/0002-rows-are-the-queue.md)."""

import os
from datetime import UTC, datetime

from celery import Celery
from celery.schedules import crontab, schedstate, schedule
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pakn.settings")
TRANSPORT_ALIASES["fsatomic"] = "pakn.file_transport:Transport"

MINUTE = 60
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
"""When everything ran last, as far as a beat that starts knows: it begins with one round of all, nightly work too."""


class EveryMinute(schedule):
    """Goes on at once where the machine's clock was set back, instead of waiting until it has caught up."""

    def __init__(self, **kwargs):
        super().__init__(run_every=MINUTE, **kwargs)

    def is_due(self, last_run_at):
        if self.maybe_make_aware(last_run_at) > self.now():
            return schedstate(is_due=True, next=self.seconds)
        return super().is_due(last_run_at)


def recurring(task, schedule, expires):
    """A row of the beat table; a call that waited longer than `expires` is dropped, the next one does its work too."""
    return {"task": task, "schedule": schedule, "options": {"expires": expires}, "last_run_at": LONG_AGO}


app = Celery("pakn")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "sweep": recurring("pakn.sweep", EveryMinute(), MINUTE - 5),
    "deliver": recurring("pakn.deliver", EveryMinute(), MINUTE - 5),
    "reports": recurring("pakn.write_reports", EveryMinute(), MINUTE - 5),
    "scan": recurring("pakn.scan", EveryMinute(), MINUTE - 5),
    "housekeeping": recurring("pakn.housekeeping", crontab(hour=2, minute=30), 60 * MINUTE),
}
