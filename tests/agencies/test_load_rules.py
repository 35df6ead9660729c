import re
from datetime import UTC, date, datetime

import pytest
from django.core.management import CommandError

from agencies.models import Limit, RuleSet
from submissions.models import Case, Sender
from tests.agencies.loading import DATA, run, write

FILES = sorted((DATA / "rules").glob("*.toml"))
SET = """code = "small"
name = "Quy định nhỏ"
source = "Văn bản"
valid_from = {valid_from}
publishes_with_approval = true
accepted_subjects = ["Y tế"]
refused_subjects = []
"""
LIMIT = """
[[limit]]
key = "intake"
label = "Tiếp nhận"
amount = {amount}
unit = "working_hours"
article = "Đ6.3"
holder = "operator"
starts = ["lodge"]
met = ["distribute"]
"""

pytestmark = pytest.mark.django_db


def small(folder, amount=4, valid_from="2026-01-01", more=""):
    return write(folder, "small.toml", SET.format(valid_from=valid_from) + more + LIMIT.format(amount=amount))


def use(rule_set):
    """A case that runs by this rule set."""
    noon = datetime(2026, 3, 2, 5, tzinfo=UTC)
    sender = Sender.objects.create(full_name="Bà Cúc", phone="+84912345678", consent_at=noon, consent_version="1")
    Case.objects.create(
        code="PAKN-2603-0000-00000",
        state="LODGED",
        sender=sender,
        received_at=noon,
        complete_since=noon,
        last_event_at=noon,
        title="Đèn đường",
        content="Đèn không sáng",
        rule_set=rule_set,
    )


def test_the_four_rule_sets_load_with_the_shared_limits_and_a_second_run_changes_nothing():
    assert run("load_rules", *FILES).splitlines() == [
        "home-affairs-2018, có hiệu lực từ 18/06/2018: nạp mới, 7 thời hạn",
        "house.toml: phần dùng chung, nạp cùng các quy định dẫn đến nó",
        "khanh-hoa-2022-instant, có hiệu lực từ 05/10/2022: nạp mới, 12 thời hạn",
        "khanh-hoa-2022, có hiệu lực từ 05/10/2022: nạp mới, 10 thời hạn",
        "national-portal-2021, có hiệu lực từ 11/10/2021: nạp mới, 10 thời hạn",
    ]
    kept = list(Limit.objects.order_by("pk").values())
    said = run("load_rules", *FILES)
    assert len(re.findall("không có gì thay đổi", said)) == 4
    assert list(Limit.objects.order_by("pk").values()) == kept


@pytest.mark.parametrize(
    ("code", "limits"),
    [
        (
            "khanh-hoa-2022",
            {
                "intake": (4, "working_hours"),
                "verify": (4, "working_hours"),
                "redistribute": (4, "working_hours"),
                "process": (5, "working_days"),
                "process_extended": (10, "working_days"),
                "approve": (4, "working_hours"),
            },
        ),
        (
            "khanh-hoa-2022-instant",
            {
                "receive": (1, "clock_hours"),
                "distribute": (1, "clock_hours"),
                "verify": (1, "working_hours"),
                "redistribute": (1, "clock_hours"),
                "temporary_fix": (8, "working_hours"),
                "process": (5, "working_days"),
                "process_extended": (10, "working_days"),
                "approve": (4, "working_hours"),
            },
        ),
        (
            "national-portal-2021",
            {
                "distribute": (5, "working_days"),
                "refuse": (2, "working_days"),
                "clarify": (5, "working_days"),
                "answer": (15, "working_days"),
                "update": (5, "working_days"),
                "publish": (2, "working_days"),
            },
        ),
        (
            "home-affairs-2018",
            {"answer": (20, "calendar_days"), "update": (7, "working_days"), "publish": (2, "working_days")},
        ),
    ],
)
def test_amounts_and_units_are_those_of_the_regulation(code, limits):
    run("load_rules", *FILES)
    shared = {
        "consult": (None, ""),
        "silence": (30, "calendar_days"),
        "question": (2, "working_days"),
        "promise": (None, ""),
    }
    found = Limit.objects.filter(rule_set__code=code).values_list("key", "amount", "unit")
    assert {key: (amount, unit) for key, amount, unit in found} == limits | shared


def test_a_version_nobody_uses_is_changed(tmp_path):
    run("load_rules", small(tmp_path))
    assert run("load_rules", small(tmp_path, amount=8)) == "small, có hiệu lực từ 01/01/2026: đã sửa, 1 thời hạn\n"
    assert Limit.objects.get().amount == 8


def test_a_version_that_a_case_runs_by_is_not_changed_and_a_later_one_stands_beside_it(tmp_path):
    run("load_rules", small(tmp_path))
    use(RuleSet.objects.get())
    assert run("load_rules", small(tmp_path)) == "small, có hiệu lực từ 01/01/2026: không có gì thay đổi\n"
    with pytest.raises(CommandError) as error:
        run("load_rules", small(tmp_path, amount=8))
    assert str(error.value) == (
        "small.toml, dòng 4: đã có hồ sơ áp dụng bản có hiệu lực từ 01/01/2026 nên không sửa được; "
        "hãy ghi bản mới với valid_from khác"
    )
    run("load_rules", small(tmp_path, amount=8, valid_from="2026-07-01"))
    assert list(Limit.objects.order_by("rule_set__valid_from").values_list("rule_set__valid_from", "amount")) == [
        (date(2026, 1, 1), 4),
        (date(2026, 7, 1), 8),
    ]


def test_the_switch_of_historic_subjects_stays_as_it_was_set_by_hand(tmp_path):
    off = 'historic_subjects = ["Nghị quyết 68"]\nshow_historic_subjects = false\n'
    run("load_rules", small(tmp_path, more=off))
    RuleSet.objects.update(show_historic_subjects=True)
    assert run("load_rules", small(tmp_path, more=off)).endswith("không có gì thay đổi\n")
    assert RuleSet.objects.get().show_historic_subjects


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("name =", "title =", "small.toml, dòng 2: không có khóa 'title'"),
        ('source = "Văn bản"\n', "", "small.toml: thiếu source"),
        ("= 2026-01-01", '= "2026"', "small.toml, dòng 4: valid_from có kiểu dữ liệu không đúng"),
        ('code = "small"', 'code = "Quy định"', "small.toml, dòng 1: code: "),
        ("amount = 4", "amount = 0", "small.toml, dòng 12: amount phải là số nguyên dương"),
        ("amount = 4", 'amount = "4"', "small.toml, dòng 12: amount có kiểu dữ liệu không đúng"),
        ("amount = 4\n", "", "small.toml, dòng 9: intake: cần cả amount và unit"),
        ("working_hours", "hours", "small.toml, dòng 13: unit: "),
        ('"operator"', '"mayor"', "small.toml, dòng 15: holder: "),
        ('["lodge"]', '["Lodge!"]', "small.toml, dòng 16: 'Lodge!' không phải là một dấu mốc"),
        ('["lodge"]', "[]", "small.toml, dòng 16: starts phải có dấu mốc, trừ khi tính tiếp từ hạn liền trước"),
        ('["distribute"]', "[]", "small.toml, dòng 17: met phải có dấu mốc"),
        ('label = "Tiếp nhận"', 'colour = "red"', "small.toml, dòng 11: không có khóa 'colour'"),
        (
            'holder = "operator"',
            'holder = "operator"\ncounted_from = "replaced"\nreplaces = "process"',
            "small.toml, dòng 17: không có thời hạn 'process'",
        ),
        (
            'holder = "operator"',
            'holder = "operator"\nreplaces = "intake"',
            "small.toml, dòng 16: replaces chỉ dùng, và phải có, khi counted_from = 'replaced'",
        ),
        (
            'holder = "operator"',
            'holder = "operator"\ncounted_from = "given"',
            "small.toml, dòng 16: thời hạn do cơ quan ấn định thì không ghi amount, unit",
        ),
        ("amount = 4", "amount = = 4", "small.toml, dòng 12: "),
        ("refused_subjects = []\n", 'refused_subjects = []\nshared = "none.toml"\n', "none.toml: không mở được tệp"),
    ],
)
def test_a_bad_rule_set_is_refused_with_its_line(tmp_path, old, new, message):
    path = small(tmp_path)
    assert old in path.read_text(encoding="utf-8")
    write(tmp_path, "small.toml", path.read_text(encoding="utf-8").replace(old, new, 1))
    with pytest.raises(CommandError) as error:
        run("load_rules", path)
    assert str(error.value).startswith(message)
    assert not RuleSet.objects.exists()


def test_the_same_limit_twice_is_refused(tmp_path):
    path = small(tmp_path, more="")
    write(tmp_path, "small.toml", path.read_text(encoding="utf-8") + LIMIT.format(amount=8))
    with pytest.raises(CommandError) as error:
        run("load_rules", path)
    assert str(error.value) == "small.toml, dòng 20: thời hạn intake có hai lần"


def test_one_bad_file_leaves_the_good_ones_unloaded_too(tmp_path):
    with pytest.raises(CommandError):
        run("load_rules", FILES[0], write(tmp_path, "bad.toml", "code = 1\n"))
    assert not RuleSet.objects.exists()
