"""The demo's sample: 70 cases told through the engine and 130 copies, loaded once for this module and rolled back."""

import uuid
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection, models, transaction
from django.test import override_settings

from agencies.models import CalendarSpan, RuleSet, User
from reports.models import Kind
from reports.periods import Period
from reports.report import Report
from reports.scope import scope_of
from submissions.codes import read_code
from submissions.files import private_storage
from submissions.models import Attachment, Case, Channel, Level, Sender
from submissions.states import CLOSED, State
from submissions.viewers import viewer_for
from tests.agencies.loading import DATA, load_khanh_hoa, run
from tests.cast import load_reference_data
from workflow.audit import verify
from workflow.demo.cloning import FILES, PATHS
from workflow.demo.stories import read_stories
from workflow.demo.telling import submission_key
from workflow.engine import perform
from workflow.models import AuditEntry, CaseEvent, Clock, DataRequest, Message, Question, Reminder, Result

UNTIL = "2026-04-15"
END = datetime(2026, 4, 14, 17, tzinfo=UTC)
"""Where the sample ends: midnight in Vietnam."""
LATER = datetime(2026, 5, 1, tzinfo=UTC)
STORIES = 70
COPIED = [*PATHS, Sender]


def load(*args, until=UNTIL):
    with open("/dev/null", "w") as nowhere:
        return run("load_demo", "--until", until, *args, stderr=nowhere).strip()


@pytest.fixture(scope="module")
def media(tmp_path_factory):
    return tmp_path_factory.mktemp("media")


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker, tmp_path_factory, media):
    with django_db_blocker.unblock(), override_settings(DEMO=True, MEDIA_ROOT=media), transaction.atomic():
        if not CalendarSpan.objects.exists():
            load_reference_data()
        load_khanh_hoa(tmp_path_factory.mktemp("units"))
        call_command("load_accounts", str(DATA / "accounts.toml"), verbosity=0)
        yield load("--cases", "200")
        transaction.set_rollback(True)


@pytest.fixture
def demo(loaded, settings, media):
    settings.DEMO, settings.MEDIA_ROOT = True, media
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def told():
    return Case.objects.filter(submission_key__in=[submission_key(story) for story in read_stories()])


def rows_by_case(model):
    """{case id: its rows of `model` in order}."""
    found = {}
    for row in model.objects.order_by("pk").annotate(of_case=models.F(PATHS[model])):
        found.setdefault(row.of_case, []).append(row)
    return found


def plain(row, code):
    """Every column that is no id, key or code; texts with the case's own code left out."""
    keys = {"submission_key", "code", "facts", "search_text"}
    fields = [field for field in row._meta.concrete_fields if not field.primary_key and field.name not in keys]
    fields = [field for field in fields if field.related_model not in COPIED]
    values = {field.attname: getattr(row, field.attname) for field in fields}
    return {name: value.replace(code, "") if isinstance(value, str) else value for name, value in values.items()}


def test_says_what_it_loaded(demo, loaded):
    assert loaded == "Hồ sơ mẫu: 70 hồ sơ gốc, 130 bản sao."
    assert (len(read_stories()), told().count(), Case.objects.count()) == (STORIES, STORIES, 200)


def test_the_stories_show_every_state_rule_set_channel_and_level(demo):
    assert set(told().values_list("state", flat=True)) == set(State)
    assert set(told().values_list("rule_set__code", flat=True)) == set(RuleSet.objects.values_list("code", flat=True))
    assert set(told().values_list("channel", flat=True)) == set(Channel.values)
    assert set(told().values_list("level", flat=True)) == set(Level.values)


def test_nothing_happened_after_the_end_and_no_notice_waits_to_be_sent(demo):
    assert not CaseEvent.objects.filter(at__gte=END).exists()
    assert set(Message.objects.filter(sent_at=None).values_list("medium", "case__channel")) == {
        ("task", "hotline"), ("task", "letter"),
    }  # fmt: skip


def test_at_the_end_there_is_late_work_and_work_in_time(demo):
    running = Clock.objects.filter(case__in=told(), ending=Clock.Ending.RUNNING, conditional=False)
    late = running.filter(due_at__lt=END).values("case").distinct().count()
    in_time = running.filter(due_at__gte=END).values("case").distinct().count()
    assert late >= 10
    assert in_time >= 10


def test_no_clock_but_question_and_promise_runs_on_a_closed_case(demo):
    running = Clock.objects.filter(case__state__in=CLOSED, ending=Clock.Ending.RUNNING)
    assert set(running.values_list("key", flat=True)) <= {"question", "promise"}


def test_copies_are_shared_evenly_among_the_stories(demo):
    titles = Counter(Case.objects.values_list("title", flat=True))
    assert Counter(titles.values()) == {3: 60, 2: 10}


def test_the_database_accepts_every_row(demo):
    connection.check_constraints()


def test_codes_are_right_and_in_use_once(demo):
    codes = list(Case.objects.values_list("code", flat=True))
    assert [read_code(code) for code in codes] == codes
    assert len(set(codes)) == 200


def test_a_copy_equals_its_story_in_every_column_but_ids_codes_and_keys(demo):
    originals = {case.title: case for case in told()}
    copies = Case.objects.exclude(pk__in=told())
    for model in PATHS:
        rows = rows_by_case(model)
        for copy in copies:
            original = originals[copy.title]
            expected = [plain(row, original.code) for row in rows.get(original.pk, [])]
            assert [plain(row, copy.code) for row in rows.get(copy.pk, [])] == expected, model


def test_every_key_of_a_copy_points_to_the_same_row_of_its_own_case(demo):
    originals = {case.title: case for case in told()}
    copies = Case.objects.exclude(pk__in=told())
    rows = {model: rows_by_case(model) for model in PATHS}
    ids = {model: {case: [row.pk for row in found] for case, found in rows[model].items()} for model in PATHS}
    ids[Sender] = {pk: [sender] for pk, sender in Case.objects.values_list("pk", "sender")}

    def places(model, case):
        """For each key of each row of the case, at which place among the case's own rows the target stands."""
        for row in rows[model].get(case.pk, []):
            for field in model._meta.concrete_fields:
                if field.is_relation and field.related_model in COPIED:
                    target = getattr(row, field.attname)
                    yield target and ids[field.related_model][case.pk].index(target)

    for copy in copies:
        for model in PATHS:
            assert list(places(model, copy)) == list(places(model, originals[copy.title]))


def test_ids_inside_the_facts_of_an_event_are_of_its_own_case(demo):
    for model, name in ((Question, "question"), (Clock, "clock")):
        for event in CaseEvent.objects.filter(facts__has_key=name):
            assert model.objects.get(pk=event.facts[name]).case_id == event.case_id
    for event in CaseEvent.objects.filter(facts__has_key="files"):
        assert {str(file.case_id) for file in Attachment.objects.filter(pk__in=event.facts["files"])} <= {
            str(event.case_id)
        }


def test_the_files_of_a_copy_are_its_own_rows_with_the_same_bytes(demo):
    for through, _owner, name in FILES:
        for link in through.objects.select_related("attachment", name):
            assert link.attachment.case_id == getattr(link, name).case_id
    copied = Attachment.objects.exclude(case__in=told())
    of_originals = Counter(Attachment.objects.filter(case__in=told()).values_list("case__title", flat=True))
    copies = Counter(Case.objects.exclude(pk__in=told()).values_list("title", flat=True))
    assert copied.count() == sum(of_originals[title] * copies[title] for title in copies)
    for file in copied:
        with private_storage().open(file.path) as content:
            assert len(content.read()) == file.size


def test_a_message_of_a_copy_speaks_of_the_copy(demo):
    originals = {case.title: case.code for case in told()}
    told_of = Counter()
    for message in Message.objects.exclude(case__in=told()).select_related("case"):
        assert originals[message.case.title] not in message.subject + message.body
        told_of[message.case.code in message.subject + message.body] += 1
    assert told_of[True] > told_of[False]


def test_the_audit_is_whole_and_says_where_copies_came_without_entries(demo):
    assert list(verify()) == []
    bare = CaseEvent.objects.filter(audit__isnull=True)
    assert bare.exists()
    assert AuditEntry.objects.filter(kind=AuditEntry.Kind.BEGAN).count() == 1


def test_a_copy_goes_on_through_the_engine(demo):
    copy = Case.objects.exclude(pk__in=told()).filter(state=State.SUBMITTED).first()
    result = Result.objects.get(case=copy)
    leader = viewer_for(User.objects.get(username=f"{copy.agency.code}.ld"))
    case = perform(copy.pk, "approve", leader, {"sha256": result.sha256}, now=copy.last_event_at)
    assert case.state == State.ANSWERED
    assert CaseEvent.objects.latest("pk").case_id == copy.pk


def test_a_second_run_adds_nothing(demo):
    assert load("--cases", "200", "--seed", "7") == "Hồ sơ mẫu đã có sẵn: không thêm gì."
    assert Case.objects.count() == 200


def test_a_later_run_for_more_adds_what_is_missing(demo):
    assert load("--cases", "300") == "Hồ sơ mẫu: 0 hồ sơ gốc, 100 bản sao."
    connection.check_constraints()
    assert Case.objects.count() == 300


def oldest():
    return Case.objects.order_by("received_at", "pk").filter(submission_key=submission_key(read_stories()[0])).first()


def forget(case):
    """As if the oldest story had never been told."""
    Case.objects.filter(pk=case.pk).update(code=f"forgotten {case.pk}", submission_key=uuid.uuid4())


def test_the_same_seed_gives_the_same_case_and_another_seed_another(demo):
    first = oldest()
    forget(first)
    load("--cases", "1")
    again = oldest()
    assert (again.code, again.last_event_at) == (first.code, first.last_event_at)
    assert plain(again.sender, "") == plain(first.sender, "")
    forget(again)
    load("--cases", "1", "--seed", "7")
    assert oldest().code != first.code


def test_every_table_that_belongs_to_a_case_is_copied():
    """A model added later that points to a copied one must be copied too; what is named here is not."""
    through = {model for model, _owner, _name in FILES}
    pointing = {
        model
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.concrete_fields
        if field.is_relation and field.related_model in COPIED
    }
    assert pointing == {*PATHS, Attachment, Reminder, AuditEntry, DataRequest} | through


def test_is_refused_outside_the_demo(db, settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="DEMO=on"):
        load()


def test_is_refused_for_a_date_to_come(demo):
    with pytest.raises(CommandError, match="không được sau hôm nay"):
        load(until="2099-01-01")


def test_is_refused_for_a_date_before_the_agencies_worked(demo):
    forget(oldest())
    with pytest.raises(CommandError, match="quá sớm"):
        load("--cases", "1", until="2025-09-01")


@pytest.fixture
def season(django_db_setup, db, settings, media, tmp_path):
    """The whole sample, as `make demo` loads it."""
    settings.DEMO, settings.MEDIA_ROOT = True, media
    load_khanh_hoa(tmp_path)
    if not CalendarSpan.objects.exists():
        load_reference_data()
    call_command("load_accounts", str(DATA / "accounts.toml"), verbosity=0)
    return load()


def test_the_whole_sample_has_the_figures_of_s4(season):
    """Over 162 days, as from 5/10/2022 to 15/3/2023: 74/360 late, 56 of 84 unsatisfied (S4)."""
    until = date.fromisoformat(UNTIL)
    counted = {row.key: row.cells for row in report_until(until).tables[0].rows}
    names = ("accounts", "received", "answered", "questions", "ratings", "unsatisfied", "late")
    assert [counted[name][0].value for name in names] == [2928, 360, 201, 92, 84, 56, 74]
    assert (counted["late"][1].said, counted["unsatisfied"][1].said) == ("74/360 = 20,6 %", "56/84 = 66,7 %")
    assert Case.objects.order_by("received_at").first().received_at.date() == until - timedelta(days=161)
    assert set(Case.objects.values_list("state", flat=True)) == set(State)
    texts = list(Case.objects.values_list("title", "content"))
    assert not [text for text in texts if "{" in "".join(text)]
    assert len(set(texts)) > 340
    assert User.objects.filter(username__startswith="nguoidan", password__startswith="!").count() > 2900
    assert load() == "Hồ sơ mẫu đã có sẵn: không thêm gì."
    load("--cases", "720")
    doubled = {row.key: row.cells for row in report_until(until).tables[0].rows}
    for name in names[1:]:
        assert doubled[name][0].value == 2 * counted[name][0].value, name


def report_until(day):
    return Report(Kind.DEPARTMENT, scope_of(Period(day - timedelta(days=161), day), LATER), LATER)
