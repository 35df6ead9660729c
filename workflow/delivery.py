"""What was queued goes out: each minute, mail and SMS, after a crash too, never twice by two workers at once (R53-R55).

A batch is leased in a short transaction and sent outside of any, each message stamped right after it went. Whoever dies
in between leaves a lease that ends two minutes later: at most one message goes out again, with the same Message-ID or
key. What fails is tried again with growing pauses, and after a day stands in the list of what could not be sent.
"""

import logging
from dataclasses import dataclass
from datetime import timedelta
from smtplib import SMTPRecipientsRefused, SMTPSenderRefused
from time import monotonic
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.register import current_calendar, offices_are_open
from submissions.states import State

from . import sms
from .models import Heartbeat, Message
from .sms import NotSent

BATCH = 50
LEASE = timedelta(minutes=2)
PAUSES = [timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 30, 60)]
"""After the first, second, … attempt; the last one from then on."""
DAY, OFFICE_DAY = timedelta(days=1), timedelta(hours=8)
ENOUGH_TRIES = 12
"""Some seven hours of them: however long nobody was there to send, nothing is given up after a try or two."""

Medium = Message.Medium
logger = logging.getLogger(__name__)


@dataclass
class Delivered:
    """What became of the messages that one run took up."""

    sent: int = 0
    put_back: int = 0
    given_up: int = 0


def deliver(now=None, budget_seconds=50) -> Delivered:
    """One run; without `now` by the clock. Safe to run twice, or by two workers at once."""
    run = _Run(now, budget_seconds)
    run.work()
    Heartbeat.beat(Heartbeat.Job.DELIVER, run.now())
    return run.done


class _Run:
    """One medium after the other, so that no SMS of an incident waits behind the morning's mail."""

    def __init__(self, now, budget_seconds):
        self.now = (lambda: now) if now else timezone.now
        self.ends = monotonic() + budget_seconds
        self.done = Delivered()

    @property
    def is_over(self):
        return monotonic() >= self.ends

    def work(self):
        ways = {Medium.SMS: _Sms(), Medium.EMAIL: _Mail()}
        while ways and not self.is_over:
            ways = {medium: way for medium, way in ways.items() if self._work_off(_lease(medium, self.now()), way)}

    def _work_off(self, batch, way):
        """Whether more may be waiting. Where nothing gets through, the rest of the batch goes back at once."""
        for place, message in enumerate(batch):
            if self.is_over:
                _release(batch[place:], self.now())
                break
            if message.in_office_hours and not offices_are_open(self.now()):
                _release([message], self.now())
                continue
            try:
                way.send(message)
            except NotSent as problem:
                if problem.everybody:
                    self._put_back(batch[place:], problem)
                    return False
                self._put_back([message], problem)
            else:
                self._stamp(message)
        way.close()
        return len(batch) == BATCH

    def _stamp(self, message):
        unsent = Message.objects.filter(pk=message.pk, sent_at__isnull=True)
        kept = {"body": _("(đã gửi; mã và đường dẫn dùng một lần không được giữ lại)")} if message.is_secret else {}
        unsent.update(sent_at=self.now(), given_up_at=None, problem="", **kept)
        self.done.sent += 1

    def _put_back(self, messages, problem):
        now = self.now()
        given_up = [message for message in messages if problem.permanent or _had_its_day(message, now)]
        for message in messages:
            ended = {"given_up_at": now} if message in given_up else {"next_try_at": now + _pause(message.attempts)}
            mine = Message.objects.filter(pk=message.pk, sent_at__isnull=True, attempts=message.attempts)
            mine.update(problem=str(problem), **ended)
        self.done.given_up += len(given_up)
        self.done.put_back += len(messages) - len(given_up)
        level = logging.ERROR if given_up else logging.WARNING
        logger.log(level, "Not sent: %s, given up: %s: %s", [m.pk for m in messages], [m.pk for m in given_up], problem)


@transaction.atomic
def _lease(medium, now):
    """The next batch, kept from all others for as long as sending it may take. What is sealed stays where it is."""
    due = Message.objects.select_for_update(skip_locked=True, of=("self",)).exclude(case__state=State.SEALED)
    due = due.filter(sent_at__isnull=True, given_up_at__isnull=True, medium=medium, next_try_at__lte=now)
    if not offices_are_open(now):
        due = due.filter(in_office_hours=False)
    batch = list(due.order_by("next_try_at", "pk")[:BATCH])
    leased = Message.objects.filter(pk__in=[message.pk for message in batch])
    leased.update(next_try_at=now + LEASE, attempts=F("attempts") + 1)
    for message in batch:
        message.attempts += 1
    return batch


def _release(messages, now):
    """What the time did not suffice for counts as not tried."""
    for message in messages:
        mine = Message.objects.filter(pk=message.pk, attempts=message.attempts)
        mine.update(next_try_at=now, attempts=F("attempts") - 1)


def _pause(attempts):
    return PAUSES[min(attempts, len(PAUSES)) - 1]


def _had_its_day(message, now):
    """A day since it was queued, a working day where it goes out in office hours only."""
    if message.attempts < ENOUGH_TRIES:
        return False
    if message.in_office_hours:
        return current_calendar().between(message.queued_at, now) >= OFFICE_DAY
    return now - message.queued_at >= DAY


class _Sms:
    def send(self, message):
        try:
            sms.send(message.recipient, message.body, f"pakn-{message.pk}")
        except NotSent:
            raise
        except Exception as error:  # whatever is wrong with one message keeps no other back
            raise NotSent(_("không gửi được tin nhắn (%s)") % _kind(error)) from error

    def close(self):
        """Each SMS is a request of its own."""


class _Mail:
    """One connection for as long as nothing goes wrong with it."""

    def __init__(self):
        self.connection = None

    def send(self, message):
        if not message.recipient:
            raise NotSent(_("chưa có địa chỉ nhận"), permanent=True)
        connection = self._open()
        try:
            _letter(message, connection).send()
        except SMTPRecipientsRefused as error:
            self.close()
            code = max(code for code, _said in error.recipients.values())
            raise NotSent(_("máy chủ thư không nhận địa chỉ này (%s)") % code, permanent=code >= 500) from error
        except Exception as error:  # whatever is wrong with one message keeps no other back
            self.close()
            problem = _("không gửi được thư (%s)") % _kind(error)
            raise NotSent(problem, everybody=isinstance(error, TimeoutError | SMTPSenderRefused)) from error

    def _open(self):
        if self.connection is None:
            connection = get_connection()
            try:
                connection.open()
            except OSError as error:
                raise NotSent(_("không kết nối được máy chủ thư (%s)") % _kind(error), everybody=True) from error
            self.connection = connection
        return self.connection

    def close(self):
        connection, self.connection = self.connection, None
        if connection is not None:
            try:
                connection.close()
            except OSError:
                logger.warning("The mail server did not say goodbye")


def _letter(message, connection):
    host = urlsplit(settings.SITE_URL).hostname
    headers = {"Message-ID": f"<pakn-{message.pk}@{host}>", "Auto-Submitted": "auto-generated"}
    return EmailMessage(
        message.subject, message.body, settings.DEFAULT_FROM_EMAIL, [message.recipient],
        connection=connection, headers=headers,
    )  # fmt: skip


def _kind(error):
    """What went wrong, without what a server or a message says."""
    code = getattr(error, "smtp_code", "")
    return f"{type(error).__name__} {code}".strip()
