"""The start-up check, and the marks of the rule sets as loaded."""

from agencies.models import Limit
from workflow import conditions
from workflow.checks import problems
from workflow.procedure import MARKS, ROWS


def test_every_name_in_the_procedure_resolves_and_nothing_is_left_over():
    assert problems() == []


def test_every_mark_of_every_loaded_limit_is_one_that_the_engine_gives(cast):
    lists = ("starts", "met", "voided", "resumes")
    named = {mark for limit in Limit.objects.all() for name in lists for mark in getattr(limit, name)}
    assert named - set(MARKS) == set()


def test_a_limit_resumes_only_on_actions_that_undo_another(cast):
    undoing = {row.key for row in ROWS if row.undoes}
    named = {mark for limit in Limit.objects.all() for mark in limit.resumes}
    assert named == undoing


def test_what_spares_a_limit_is_a_condition(cast):
    assert {limit.unless for limit in Limit.objects.exclude(unless="")} == {"contained"}
    assert callable(conditions.contained)


def test_only_limits_of_the_operator_and_the_sender_are_conditional(cast):
    conditional = {limit.key for limit in Limit.objects.filter(conditional=True)}
    assert conditional == {"refuse", "clarify", "silence"}
