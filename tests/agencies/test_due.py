import json
import os
import subprocess
import sys
from datetime import date
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from agencies.models import CalendarDay, CalendarSpan, OfficeHours

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = json.loads(Path(__file__).with_name("golden_deadlines.json").read_text(encoding="utf-8"))["cases"]

pytestmark = pytest.mark.django_db


def run(*args, **options):
    out, err = StringIO(), StringIO()
    call_command("due", *args, stdout=out, stderr=err, **options)
    return out.getvalue(), err.getvalue()


def run_batch(*lines, **options):
    """Standard output, standard error, and the sentence that ends the command, if any."""
    out, err = StringIO(), StringIO()
    try:
        call_command("due", batch=True, stdin=BytesIO(b"\n".join(lines)), stdout=out, stderr=err, **options)
    except CommandError as error:
        return out.getvalue().splitlines(), err.getvalue(), str(error)
    return out.getvalue().splitlines(), err.getvalue(), None


def line(start="2026-03-02T08:00", amount=4, unit="working_hours", **more):
    return json.dumps({"start": start, "amount": amount, "unit": unit, **more}).encode()


def refusal(*args, **options):
    with pytest.raises(CommandError) as caught:
        run(*args, **options)
    assert caught.value.returncode == 1
    return str(caught.value)


def test_a_due_time_is_printed_alone():
    assert run("2026-03-02T09:12", "5", "working_days") == ("2026-03-09T17:00\n", "")


def test_seconds_are_printed_only_where_they_are_not_zero():
    assert run("2026-03-02T09:00", "20", "calendar_days") == ("2026-03-23T23:59:59\n", "")
    assert run("2026-03-02T09:00:05", "1", "clock_hours") == ("2026-03-02T10:00:05\n", "")


def test_a_start_with_an_offset_is_converted_to_local_time():
    assert run("2026-03-02T01:00+00:00", "4", "working_hours") == ("2026-03-02T14:00\n", "")
    assert run("2026-03-02T01:00Z", "4", "working_hours") == ("2026-03-02T14:00\n", "")


def test_other_sessions_apply_to_this_call():
    assert run("2026-03-06T16:50", "4", "working_hours", "--sessions", "08:00-12:00,13:00-17:00") == (
        "2026-03-09T11:50\n",
        "",
    )


def test_each_day_is_explained():
    assert run("2026-08-28T14:00", "1", "working_days", "--explain") == (
        "2026-09-03T17:00\n"
        "2026-08-28 (thứ Sáu), không tính: ngày bắt đầu, không tính\n"
        "2026-08-29 (thứ Bảy), không tính: nghỉ hằng tuần\n"
        "2026-08-30 (Chủ nhật), không tính: nghỉ hằng tuần\n"
        "2026-08-31 (thứ Hai), không tính: Hoán đổi sang thứ Bảy 22/8 (9441/TB-BNV)\n"
        "2026-09-01 (thứ Ba), không tính: Quốc khánh (9441/TB-BNV)\n"
        "2026-09-02 (thứ Tư), không tính: Quốc khánh (9441/TB-BNV)\n"
        "2026-09-03 (thứ Năm), tính: ngày làm việc thứ 1; hết hạn lúc 17:00\n",
        "",
    )


def test_a_provisional_due_time_is_told_on_standard_error():
    assert run("2026-12-31T09:00", "1", "working_days") == (
        "2027-01-04T17:00\n",
        "2027-01-04T17:00 là tạm tính: lịch nghỉ chưa công bố đến ngày này.\n",
    )


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["2026-03-02", "5", "working_days"], "Không đọc được thời điểm '2026-03-02'; hãy ghi như 2026-03-02T09:12."),
        (
            ["2026-02-30T09:00", "5", "working_days"],
            "Không đọc được thời điểm '2026-02-30T09:00'; hãy ghi như 2026-03-02T09:12.",
        ),
        (["2026-03-02T09:00", "0", "working_days"], "Số lượng phải là số nguyên dương, không phải 0."),
        (["2026-03-02T09:00", "-5", "working_days"], "Số lượng phải là số nguyên dương, không phải '-5'."),
        (["2026-03-02T09:00", "1_0", "working_days"], "Số lượng phải là số nguyên dương, không phải '1_0'."),
        (
            ["2026-03-02T09:00", "5", "days"],
            "Không có đơn vị 'days'; chọn một trong clock_hours, working_hours, working_days, calendar_days.",
        ),
        (
            ["2027-12-31T09:00", "1", "working_days"],
            "Lịch làm việc chỉ có từ năm 2022 đến hết năm 2027, chưa có ngày 01/01/2028.",
        ),
        (
            ["9999-12-31T23:59-10:00", "1", "working_days"],
            "Lịch làm việc chỉ có từ năm 2022 đến hết năm 2027, chưa có ngày 31/12/9999.",
        ),
        (
            ["2026-03-02T09:00", "1", "working_days", "--sessions", "11:30-07:00"],
            "Buổi làm việc 11:30-07:00 phải kết thúc sau khi bắt đầu.",
        ),
        (["2026-03-02T09:00", "5"], "Cần đủ ba tham số START AMOUNT UNIT, hoặc --batch."),
        ([], "Cần đủ ba tham số START AMOUNT UNIT, hoặc --batch."),
        (
            ["2026-03-02T09:00", "5", "working_days", "--batch"],
            "--batch không đi cùng START AMOUNT UNIT hoặc --explain.",
        ),
    ],
)
def test_what_cannot_be_reckoned_ends_with_one_clear_line(args, message):
    assert refusal(*args) == message


def test_a_batch_answers_every_hand_worked_case_in_order():
    out, err, end = run_batch(*[json.dumps(case).encode() for case in GOLDEN])
    assert (out, err, end) == ([case["due"] for case in GOLDEN], "", None)


def test_a_bad_line_is_told_in_its_place_and_the_others_go_on():
    out, err, end = run_batch(
        line(),
        b"not json",
        b"",
        b"[1]",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"start": "2026-03-02T08:00", "amount": 4}',
        line(amount="4"),
        line(amount=True),
        line(amount=0),
        line(unit="days"),
        line(unit=["working_days"]),
        line(start="hôm\nnay \ud800"),
        line(start=5),
        line(sessions="nope"),
        line(sessions=7),
        line(start="2030-01-01T00:00"),
        line(unit="working_days"),
    )
    not_json = "error: không phải một dòng JSON"
    assert out == [
        "2026-03-02T14:00",
        not_json,
        not_json,
        'error: cần một đối tượng JSON {"start", "amount", "unit"}',
        not_json,
        not_json,
        "error: thiếu unit",
        "error: Số lượng phải là số nguyên dương, không phải '4'.",
        "error: Số lượng phải là số nguyên dương, không phải True.",
        "error: Số lượng phải là số nguyên dương, không phải 0.",
        "error: Không có đơn vị 'days'; chọn một trong clock_hours, working_hours, working_days, calendar_days.",
        "error: unit phải là chuỗi ký tự, không phải ['working_days']",
        "error: Không đọc được thời điểm 'hôm\\nnay \\ud800'; hãy ghi như 2026-03-02T09:12.",
        "error: start phải là chuỗi ký tự, không phải 5",
        "error: Không đọc được buổi làm việc 'nope'; hãy ghi như 07:00-11:30.",
        "error: sessions phải là chuỗi ký tự, không phải 7",
        "error: Lịch làm việc chỉ có từ năm 2022 đến hết năm 2027, chưa có ngày 01/01/2030.",
        "2026-03-06T17:00",
    ]
    assert err == ""
    assert end == "Có 16 dòng không tính được."


def test_sessions_of_the_call_apply_to_lines_without_their_own():
    out, _err, end = run_batch(
        line(), line(sessions="07:00-11:30,13:30-17:00"), line(sessions=None), sessions="08:00-12:00,13:00-17:00"
    )
    assert (out, end) == (["2026-03-02T12:00", "2026-03-02T14:00", "2026-03-02T12:00"], None)


def test_a_provisional_line_of_a_batch_is_named_on_standard_error():
    out, err, end = run_batch(line(), line(start="2026-12-31T09:00", amount=1, unit="working_days"))
    assert (out, end) == (["2026-03-02T14:00", "2027-01-04T17:00"], None)
    assert err == "dòng 2: 2027-01-04T17:00 là tạm tính: lịch nghỉ chưa công bố đến ngày này.\n"


def test_the_calendar_of_the_database_decides_once_it_is_loaded():
    CalendarDay.objects.all().delete()
    OfficeHours.objects.all().delete()
    OfficeHours.objects.create(valid_from=date(2026, 1, 1), sessions="08:00-12:00,13:00-16:00")
    CalendarDay.objects.create(date=date(2026, 3, 3), kind="holiday", name="Ngày thử", confirmed=True)
    CalendarSpan.objects.update_or_create(
        pk=1, defaults={"first_year": 2026, "last_year": 2026, "announced_until": date(2026, 3, 31)}
    )
    CalendarSpan.touch()
    assert run("2026-03-02T09:00", "1", "working_days") == ("2026-03-04T16:00\n", "")
    assert refusal("2025-12-31T09:00", "1", "working_days") == (
        "Lịch làm việc chỉ có từ năm 2026 đến hết năm 2026, chưa có ngày 31/12/2025."
    )


def shell(tmp_path, *args, **options):
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "DJANGO"))}
    environment |= {
        "SECRET_KEY": "a-long-text-that-is-only-used-by-this-test-0123456789",
        "DATABASE_URL": f"sqlite:///{tmp_path}/empty.sqlite3",
        "PYTHONIOENCODING": "utf-8",
    }
    return subprocess.run(
        [sys.executable, "manage.py", "due", *args],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        check=False,
        **options,
    )


def test_the_command_works_in_a_shell_before_any_migration(tmp_path):
    done = shell(tmp_path, "2026-03-02T09:12", "5", "working_days")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"2026-03-09T17:00\n", b"")


def test_a_batch_in_a_shell_ends_with_exit_code_1_after_a_bad_line(tmp_path):
    done = shell(tmp_path, "--batch", input=b"\n".join([b"x", line()]))
    assert done.returncode == 1
    assert done.stdout.decode() == "error: không phải một dòng JSON\n2026-03-02T14:00\n"
    assert done.stderr.decode() == "CommandError: Có 1 dòng không tính được.\n"
