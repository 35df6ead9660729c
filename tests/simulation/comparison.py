"""What the portal has stored after simulated years beside what the models say; every difference as a line."""

from bisect import bisect_left
from collections import Counter, defaultdict

from django.core import mail

from workflow.models import CaseEvent, Clock, Message, Reminder

from .calendar_model import ZONE
from .limits_model import INSTANT
from .stories import OWN_MAIL

FIRST = 12


def differences(years):
    """Lines; none where every limit, every warning and every message is as it must be."""
    found, warnings = [], _warnings_by_limit(years)
    for story in years.stories:
        of_story = _limits(story, years, warnings) + _lanes(story)
        found += [f"seed {years.seed}, case {story.number}: {line}" for line in of_story[:FIRST]]
        found += [f"    {step}" for step in story.log] if of_story else []
    return found + _passes(years) + _digests(years) + _sent(years)


# Limits and warnings


def _limits(story, years, warnings):
    rows = [(_limit_row(clock, years.last), clock.pk) for clock in _clocks(story)]
    said = [(_limit_said(limit, years.last), limit) for limit in story.dossier.limits]
    lines = _unlike("limit", [row for row, _pk in rows], [row for row, _limit in said])
    if lines:
        return lines
    warned = _warned(story)
    for (row, pk), (_row, limit) in zip(sorted(rows, key=_first), sorted(said, key=_first), strict=True):
        lines += _unlike(f"warning of {row[:3]}", warned[pk], warnings[limit])
    return lines


def _clocks(story):
    return Clock.objects.filter(case=story.pk).select_related("holder")


def _limit_row(clock, now):
    return (
        clock.key, str(clock.started_at.astimezone(ZONE)), str(clock.due_at.astimezone(ZONE)), clock.sequence,
        clock.provisional, clock.ending, clock.ended_at and str(clock.ended_at.astimezone(ZONE)),
        str(clock.outcome_at(now)), clock.holder.code if clock.holder else None,
    )  # fmt: skip


def _limit_said(limit, now):
    return (
        limit.key, str(limit.started), str(limit.due), limit.number,
        limit.provisional, limit.ending, limit.ended and str(limit.ended),
        limit.outcome(now), limit.holder,
    )  # fmt: skip


def _first(pair):
    return _sortable(pair[0])


def _sortable(row):
    return tuple(str(value) for value in row)


def _warned(story):
    found = defaultdict(list)
    rows = Reminder.objects.filter(clock__case=story.pk).select_related("agency", "clock")
    for row in rows:
        desk = (row.agency and row.agency.code, row.role)
        right_due = row.due_at == row.clock.due_at
        told = row.told_at and str(row.told_at.astimezone(ZONE))
        raised = str(row.raised_at.astimezone(ZONE))
        found[row.clock_id].append((row.kind, desk, row.urgent, raised, told, row.message_id is not None, right_due))
    return found


def _warnings_by_limit(years):
    found = defaultdict(list)
    for each in years.desk.warnings:
        told = each.told and str(each.told)
        found[each.limit].append((each.kind, each.desk, each.urgent, str(each.raised), told, each.told_of, True))
    return found


def _unlike(what, stored, said):
    """Rows that are there but must not be, or too often, and those that are missing."""
    stored, said = Counter(stored), Counter(said)
    wrong = [f"{what} stored, but not so: {row}" for row in sorted((stored - said).elements(), key=_sortable)]
    return wrong + [f"{what} must be: {row}" for row in sorted((said - stored).elements(), key=_sortable)]


# Messages


def _lanes(story):
    """Staff are told of events in office hours only, but for the instant procedure (Đ10)."""
    events = CaseEvent.objects.filter(case=story.pk).order_by("pk").values_list("pk", flat=True)
    lanes = dict(zip(events, story.lanes, strict=True))
    messages = Message.objects.filter(event__case=story.pk, agency__isnull=False)
    return [
        f"message {message.notice} of {message.queued_at} is in the wrong lane"
        for message in messages
        if message.in_office_hours == (lanes[message.event_id] == INSTANT)
    ]


def _passes(years):
    """What the passes told: out of hours of the instant lane alone, by SMS too; to who was warned, by their address."""
    warned = defaultdict(list)
    for reminder in Reminder.objects.filter(message__isnull=False, agency__isnull=False).select_related("agency"):
        warned[reminder.message_id].append(reminder)
    messages = list(Message.objects.filter(event__isnull=True, agency__isnull=False).select_related("agency"))
    by_sms = {_agency_and_time(message) for message in messages if message.medium == "sms"}
    found, passes = [], set(years.passes)
    for message in messages:
        of_incidents = any(reminder.urgent for reminder in warned[message.pk])
        addresses = {_address(each) for each in [*warned[message.pk], message]} if message.medium == "email" else set()
        wrong = {
            "at no pass": message.queued_at not in passes,
            "out of office hours": message.in_office_hours and not years.office.is_open(message.queued_at),
            "in the wrong lane": message.medium == "email" and message.in_office_hours == of_incidents,
            "without its SMS": of_incidents and _agency_and_time(message) not in by_sms,
            "an SMS about no incident": message.medium == "sms" and message.in_office_hours,
            "to another desk": addresses - {message.recipient},
        }
        found += [f"{message.notice} at {message.queued_at}: {why}" for why, is_so in wrong.items() if is_so]
    return found


def _agency_and_time(message):
    return message.notice, message.agency_id, message.queued_at


def _address(told):
    return OWN_MAIL.get((told.agency.code, told.role), f"{told.agency.code}@example.vn")


def _digests(years):
    """One a desk and working day, at the day's first pass in office hours."""
    first_pass = {}
    for now in years.open_passes():
        first_pass.setdefault(now.date(), now)
    digests = list(Message.objects.filter(notice="desk_digest").select_related("agency"))
    often = Counter((each.agency.code, each.role, each.recipient, each.day) for each in digests)
    found = [f"{times} digests: {desk}" for desk, times in often.items() if times > 1]
    wrong = [each for each in digests if each.queued_at != first_pass.get(each.day)]
    return found + [f"digest to {each.agency.code} at {each.queued_at}" for each in wrong]


def _sent(years):
    """Everything went out once, at the first pass that could send it; staff's, but for incidents, in office hours."""
    stories = {story.pk: story for story in years.stories}
    passes, open_passes = years.passes, years.open_passes()
    found, stamped = [], 0
    for message in Message.objects.exclude(medium="task").select_related("event"):
        stamped += message.sent_at is not None and message.medium == "email"
        story = stories.get(message.case_id)
        written = max(message.queued_at, story.filed_at) if story else message.queued_at
        allowed = open_passes if message.in_office_hours else passes
        held_back = story is not None and "seal" in story.dossier.last
        if message.sent_at not in _may_be_sent(allowed, written, held_back):
            found.append(f"{message.notice} of {written} was sent at {message.sent_at}")
    letters = Counter(letter.extra_headers["Message-ID"] for letter in mail.outbox)
    found += [f"{letter} went out {times} times" for letter, times in letters.items() if times > 1]
    return found + ([] if len(letters) == stamped else [f"{len(letters)} letters went out, {stamped} are stamped"])


def _may_be_sent(allowed, written, held_back):
    """At the next pass, or the one after where the next was at the same moment; whenever, of a sealed case."""
    later = allowed[bisect_left(allowed, written) :]
    if held_back or not later:
        return {None, *later}
    return {later[0], *later[1:2]} if later[0] == written else {later[0]}
