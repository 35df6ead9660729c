"""Notices: rendered and queued in the transaction of their event, to be sent later (R53).

A notice's name says whom it tells (`sender_`, `follower_`, `agency_`, `specialist_`, `leader_`, `lead_`, `holder_`,
`centre_`); its words stand in `templates/messages/<notice>.txt`: the subject, an empty line, the body; the SMS text in
`….sms.txt`.
"""

from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from agencies.models import Agency
from agencies.register import centre
from agencies.roles import Role
from submissions import followers
from submissions.accounts import verified_email
from submissions.contacts import contacts
from submissions.links import link_to
from submissions.models import CaseAccess, Channel, Citizen
from submissions.states import State

from .dossier import other_case
from .models import Clock, Consultation, Message, Question
from .procedure import ACTIONS, told
from .sms import plain

NOTICES_AT_FILING = ("sender_lodged", "centre_lodged")
NEWS, LINK = "follower_news", "%LINK%"
HANDED_OVER = ("agency_handed_over",)
DUE_MOVED = ("sender_due_moved", "holders_due_moved")
ON_THE_WAY = frozenset(
    {"sender_accepted", "sender_contained", "sender_progress", "sender_extended", "sender_due_moved"}
)
"""What an account may do without: nothing is asked of the sender in these, and no result comes in them."""
BY_HAND = (Channel.HOTLINE, Channel.LETTER, Channel.FAX, Channel.IN_PERSON)
Medium = Message.Medium


def queue(event, notices):
    """Queue the notices of one event, each once to a recipient: agencies may share a mailbox."""
    case = event.case
    rows, told_already = _news(event) if NEWS in notices else [], set()
    for notice in notices:
        for medium, recipient, agency in _recipients(notice, event):
            if (notice, medium, recipient) in told_already:
                continue
            told_already.add((notice, medium, recipient))
            subject, body = _render(notice, medium, event, agency)
            rows.append(
                Message(
                    case=case,
                    event=event,
                    notice=notice,
                    medium=medium,
                    recipient=recipient,
                    agency=agency,
                    subject=subject,
                    body=body,
                    queued_at=event.at,
                    next_try_at=event.at,
                    in_office_hours=_can_wait(event, agency),
                    **unreachable(recipient, event.at),
                )
            )
    Message.objects.bulk_create(rows)


def _news(event):
    """To those who follow a published case: what everybody can now read. Rendered once, they may be many."""
    case = event.case
    is_public = case.published_at is not None and (event.after == State.ANSWERED or event.action == "reopen")
    told_of = followers.told_of(case) if is_public else []
    if not told_of:
        return []
    context = {"code": case.code, "title": case.shown_title, "told": told(event.action), "site_url": settings.SITE_URL}
    subject, body = rendered(NEWS, Medium.EMAIL, context | {"link": LINK})
    return [
        Message(
            case=case, event=event, notice=NEWS, medium=Medium.EMAIL, recipient=email, subject=subject,
            body=body.replace(LINK, followers.link_for(case, pk, email)), queued_at=event.at, next_try_at=event.at,
        )
        for pk, email in {email: (pk, email) for pk, email in told_of}.values()
    ]  # fmt: skip


def _can_wait(event, agency):
    """For office hours; a calendar is never changed in a hurry, also not by the nightly check (A7)."""
    return event.action == "recount" or agency is not None and not event.case.rule_set.instant


def unreachable(recipient, at):
    """What a message without an address gets: it stands at once in the list of what could not be sent."""
    with translation.override(settings.LANGUAGE_CODE):
        return {} if recipient else {"given_up_at": at, "problem": _("chưa có địa chỉ nhận")}


def all_notices():
    """Those of events; what the sweep tells is in `workflow.telling`."""
    return sorted(
        {*NOTICES_AT_FILING, *DUE_MOVED, *HANDED_OVER, *(notice for row in ACTIONS.values() for notice in row.tells)}
    )


def _recipients(notice, event):
    case = event.case
    whom = notice.partition("_")[0]
    if whom == "sender":
        return [(*way_back(case), None)] if _concerns_sender(notice, event) else []
    if whom == "follower":
        return []
    if whom == "centre" or whom == "holder" and case.agency is None:
        return _to_agency(centre(), case)
    if notice == "agency_consulted":
        asked = Consultation.objects.filter(case=case, asked_at=event.at).select_related("agency")
        return [way for consultation in asked for way in _to_agency(consultation.agency, case)]
    if whom == "holders":
        holders = Agency.objects.filter(pk__in={moved["holder"] for moved in event.facts["moved"]})
        return [way for agency in holders for way in _to_agency(agency, case)]
    if whom == "agency":
        told_agency = event.subject_agency or case.agency
        return _to_agency(told_agency, case) if told_agency else []
    return _to_agency(case.agency, case)


def _concerns_sender(notice, event):
    sender = event.case.sender
    if notice in ON_THE_WAY and sender.account_id:
        if Citizen.objects.filter(account=sender.account_id, essential_only=True).exists():
            return False
    return notice != "sender_due_moved" or bool(_moved(event, agency=None))


def way_back(case):
    """The channel it came by (Đ6.2.a, Đ9.1): a call or a letter becomes a task of the operator."""
    sender = case.sender
    if case.channel in BY_HAND:
        return Medium.TASK, sender.phone
    if way := _wished(sender):
        return way
    if case.channel != Channel.SMS and sender.email:
        return Medium.EMAIL, sender.email
    return Medium.SMS, sender.phone


def _wished(sender):
    """The way that the sender's account asks for; none where it has nothing verified for it."""
    citizen = sender.account_id and Citizen.objects.filter(account=sender.account_id).first()
    if not citizen or citizen.notify_by == Citizen.NotifyBy.AS_SENT:
        return None
    if citizen.notify_by == Citizen.NotifyBy.SMS:
        return (Medium.SMS, citizen.verified_phone) if citizen.verified_phone else None
    address = verified_email(citizen.account)
    return (Medium.EMAIL, address) if address else None


def _to_agency(agency, case):
    """By mail; cases of the instant procedure by SMS as well (Đ10.2)."""
    ways = [(Medium.EMAIL, agency.email, agency)] if agency.email else []
    if case.rule_set.instant and agency.phone:
        ways.append((Medium.SMS, agency.phone, agency))
    return ways or [(Medium.EMAIL, "", agency)]


def _render(notice, medium, event, agency):
    context = {
        "code": event.case.code,
        "case": event.case,
        "title": event.case.title if agency else "",
        "event": event,
        "agency": agency,
        "case_agency": event.case.agency,
        "told": told(event.action),
        "duplicate_of": other_case(event.facts["duplicate_of"]) if "duplicate_of" in event.facts else None,
        "question": Question.objects.get(pk=event.facts["question"]) if "question" in event.facts else None,
        "moved": _moved(event, agency),
        "is_former": _is_former(event, agency),
        "link": link_in(event.case, notice, medium, event.at),
        "site_url": settings.SITE_URL,
    }
    return rendered(notice, medium, context)


def link_in(case, notice, medium, at):
    """By which the sender opens the case: in letters to the sender alone; an SMS has no room for it (two of 67)."""
    return link_to(case, at) if notice.startswith("sender_") and medium == Medium.EMAIL else ""


def _moved(event, agency):
    """Which limits the calendar has moved: those that this agency holds, or those that the sender follows."""
    facts = {fact["clock"]: fact for fact in event.facts.get("moved", [])}
    clocks = Clock.objects.filter(pk__in=facts).order_by("due_at", "pk")
    if agency is None:
        clocks = clocks.filter(consultation=None).exclude(conditional=True, holder_role=Role.OPERATOR)
    else:
        clocks = clocks.filter(pk__in=[pk for pk, fact in facts.items() if fact["holder"] == agency.pk])
    return [{"label": clock.label, "provisional": clock.provisional, **_moments(facts[clock.pk])} for clock in clocks]


def _is_former(event, agency):
    """Whether this agency holds a limit of a case that it no longer sees: code, limit and times are all it is told."""
    if event.action != "recount" or agency is None:
        return False
    return event.case.access.filter(agency=agency, part=CaseAccess.Part.FORMER).exists()


def _moments(fact):
    return {
        "was_due_at": datetime.fromisoformat(fact["from"]),
        "due_at": datetime.fromisoformat(fact["to"]) if fact["to"] else None,
    }


def rendered(notice, medium, context):
    """(subject, body) of a notice, in Vietnamese whatever whoever acts reads; an SMS has no subject."""
    context = context | {"hotline": contacts().hotline}
    with translation.override(settings.LANGUAGE_CODE):
        if medium == Medium.SMS:
            return "", plain(render_to_string(f"messages/{notice}.sms.txt", context, using="text").strip())
        whole = render_to_string(f"messages/{notice}.txt", context, using="text").strip()
    subject, _gap, body = whole.partition("\n\n")
    return subject, body
