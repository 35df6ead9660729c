"""At every start: each name in the procedure resolves, and nothing that it could name is left over."""

from django.core.checks import Error, register
from django.template import TemplateDoesNotExist
from django.template.loader import get_template

from agencies.roles import Role

from . import conditions, effects, messages
from .engine import EFFECT_NAMES
from .forms import FORMS
from .procedure import ACTIONS, ROWS, Fork

NOT_EFFECTS = {"take_off_public_pages", "close_waiting", "fingerprint", "close_of_working_day"}


@register()
def every_name_in_the_procedure_resolves(app_configs, **kwargs):
    return [Error(problem, id="workflow.E001") for problem in problems()]


def problems():
    """Sentences about names that lead nowhere, and about forms, conditions and effects that no row names."""
    return [
        *_differences("form", {row.form for row in ROWS}, set(FORMS)),
        *_differences("condition", _named_conditions(), set(conditions.CONDITIONS)),
        *_differences("effect", {EFFECT_NAMES.get(row.key, row.key) for row in ROWS if row.effect}, _effects()),
        *(f"{row.key!r} undoes {row.undoes!r}, no action" for row in ROWS if row.undoes not in {"", *ACTIONS}),
        *(f"{row.key!r} is read by the sender but not for leaks" for row in ROWS if _goes_out_unread(row)),
        *(f"notice {notice!r} has no words" for notice in messages.all_notices() if not _has_words(notice)),
    ]


def _goes_out_unread(row):
    """A text by staff that the sender reads must be read for leaks first; not what is the sender's own."""
    by_staff = {seat.role for seat in row.by if seat.key != "for_sender"} - {Role.SENDER}
    return row.readers == "sender" and bool(by_staff) and not row.goes_out


def _differences(kind, named, existing):
    missing = [f"{kind} {name!r} is named in the procedure but does not exist" for name in sorted(named - existing)]
    unused = [f"{kind} {name!r} exists but no row names it" for name in sorted(existing - named)]
    return missing + unused


def _named_conditions():
    named = set()
    for row in ROWS:
        named.update(row.when, row.never, *row.seat_conditions.values())
        if isinstance(row.to, Fork):
            named.add(row.to.condition)
    return named


def _effects():
    own = {name for name, thing in vars(effects).items() if getattr(thing, "__module__", "") == effects.__name__}
    return {name for name in own if not name.startswith("_")} - NOT_EFFECTS


def _has_words(notice):
    try:
        get_template(f"messages/{notice}.txt", using="text")
    except TemplateDoesNotExist:
        return False
    return True
