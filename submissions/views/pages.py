"""Pages that explain: home, and the procedure with the limits in force."""

from django.conf import settings
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies.register import rule_set_for, rule_sets_on
from submissions.models import STATE_LABELS, Channel
from submissions.states import State
from submissions.texts import home_text, news
from workflow.dossier import UNIT_WORDS
from workflow.models import ACTOR_LABELS
from workflow.procedure import ROWS
from workflow.publications import register

LATEST, NEWS = 5, 2


@require_safe
def home(request):
    context = {
        "opening": home_text(timezone.now()),
        "news": news(timezone.now())[:NEWS],
        "rules": rule_set_for(Channel.WEB, "", timezone.localdate()),
        "latest": register().rows[:LATEST],
    }
    return render(request, "submissions/home.html", context)


@require_safe
def procedure(request):
    """Printed from the table that the engine itself reads, and from the rule sets as data."""
    in_force = rule_sets_on(timezone.localdate()).prefetch_related("limits")
    rule_sets = sorted(in_force, key=lambda rules: rules.code != settings.DEFAULT_RULE_SET)
    context = {
        "rows": [_row(row) for row in ROWS],
        "rule_sets": [(rules, [_limit(limit) for limit in rules.limits.all()]) for rules in rule_sets],
    }
    return render(request, "submissions/procedure.html", context)


def _row(row):
    order = {state: place for place, state in enumerate(State)}
    return {
        "label": row.label,
        "article": row.article,
        "by": list(dict.fromkeys(str(ACTOR_LABELS[seat.role]) for seat in row.by)),
        "sources": [STATE_LABELS[state] for state in sorted(row.sources, key=order.get)],
        "targets": [STATE_LABELS[state] for state in sorted(row.targets, key=order.get)],
    }


def _limit(limit):
    return {
        "label": limit.label,
        "amount": str(UNIT_WORDS[limit.unit]) % limit.amount if limit.amount else "",
        "article": limit.article,
        "holder": ACTOR_LABELS[limit.holder],
        "conditional": limit.conditional,
    }
