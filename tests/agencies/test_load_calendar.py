from datetime import date, time

import pytest
from django.core.management import CommandError

from agencies.models import CalendarDay, CalendarSpan, OfficeHours
from agencies.register import current_calendar
from tests.agencies.loading import DATA, run, write
from tests.cast import cast, journey
from tests.workflow.ways import accepted, submit
from workflow.models import CaseEvent, Clock

__all__ = ["cast", "journey"]

HEADER = "date,kind,name,legal_reference,confirmed\n"
SPAN = "first_year = 2026\nlast_year = 2026\nannounced_until = 2026-12-31\n"
HOURS = 'valid_from,sessions\n2022-01-01,"07:00-11:30,13:30-17:00"\n'
NEW_YEAR = "2026-01-01,holiday,Tết Dương lịch,Đ.112,yes\n"
SWAP = "2026-11-23,swapped_off,Đề xuất hoán đổi,đề xuất,{}\n"

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path):
    write(tmp_path, "days.toml", SPAN)
    write(tmp_path, "office_hours.csv", HOURS)
    return tmp_path


def days():
    return list(CalendarDay.objects.values_list("date", "confirmed"))


def test_the_projects_calendar_loads_once_and_then_changes_nothing():
    path = DATA / "calendar.csv"
    assert run("load_calendar", path, write=True) == "Lịch: nạp lần đầu, 73 ngày.\nĐã ghi.\n"
    assert run("load_calendar", path, write=True) == "Lịch: không có gì thay đổi.\n"
    span = CalendarSpan.objects.get()
    assert (span.first_year, span.last_year, span.announced_until) == (2022, 2027, date(2026, 12, 31))
    assert list(OfficeHours.objects.values_list("valid_from", "sessions")) == [
        (date(2022, 1, 1), "07:00-11:30,13:30-17:00")
    ]
    assert CalendarDay.objects.count() == 73
    calendar = current_calendar()
    assert not calendar.is_working_day(date(2026, 1, 2))
    assert calendar.is_working_day(date(2026, 1, 10))
    assert calendar.is_working_day(date(2026, 11, 23))
    assert calendar.hours == ((date(2022, 1, 1), ((time(7), time(11, 30)), (time(13, 30), time(17)))),)


def test_without_write_the_changes_are_only_shown(folder):
    path = write(folder, "days.csv", HEADER + NEW_YEAR)
    assert run("load_calendar", path) == "Lịch: nạp lần đầu, 1 ngày.\nChưa ghi gì; thêm --write để ghi.\n"
    assert days() == []
    assert not CalendarSpan.objects.exists()


def test_every_change_is_shown_on_a_line_of_its_own(folder):
    run("load_calendar", write(folder, "days.csv", HEADER + NEW_YEAR + SWAP.format("no")), write=True)
    again = HEADER + SWAP.format("yes") + "2026-11-28,make_up,Làm bù,,yes\n"
    assert run("load_calendar", write(folder, "days.csv", again)).splitlines() == [
        "- 2026-01-01 holiday Tết Dương lịch (Đ.112)",
        "~ 2026-11-23 swapped_off Đề xuất hoán đổi (đề xuất) [chưa xác nhận] → "
        "2026-11-23 swapped_off Đề xuất hoán đổi (đề xuất)",
        "+ 2026-11-28 make_up Làm bù",
        "Chưa ghi gì; thêm --write để ghi.",
    ]
    assert days() == [(date(2026, 1, 1), True), (date(2026, 11, 23), False)]


def test_a_written_change_reaches_the_calendar_that_this_process_has_built(folder):
    run("load_calendar", write(folder, "days.csv", HEADER + SWAP.format("no")), write=True)
    assert current_calendar().is_working_day(date(2026, 11, 23))
    run("load_calendar", write(folder, "days.csv", HEADER + SWAP.format("yes")), write=True)
    assert not current_calendar().is_working_day(date(2026, 11, 23))


def test_a_file_alone_replaces_the_years_it_has_rows_for_and_no_other(folder, tmp_path_factory):
    two_years = SPAN.replace("last_year = 2026", "last_year = 2027")
    write(folder, "days.toml", two_years)
    both = HEADER + NEW_YEAR + "2027-01-01,holiday,Tết Dương lịch,,yes\n"
    run("load_calendar", write(folder, "days.csv", both), write=True)
    alone = tmp_path_factory.mktemp("alone")
    run("load_calendar", write(alone, "2027.csv", HEADER + "2027-09-02,holiday,Quốc khánh,,yes\n"), write=True)
    assert days() == [(date(2026, 1, 1), True), (date(2027, 9, 2), True)]
    assert CalendarSpan.objects.get().last_year == 2027


def test_new_office_hours_are_shown_and_written(folder):
    path = write(folder, "days.csv", HEADER + NEW_YEAR)
    run("load_calendar", path, write=True)
    write(folder, "office_hours.csv", HOURS + '2026-06-01,"07:30-11:30,13:00-17:00"\n')
    assert run("load_calendar", path, write=True).splitlines() == [
        "giờ làm việc từ 2026-06-01: – → 07:30-11:30,13:00-17:00",
        "Đã ghi.",
    ]
    assert OfficeHours.objects.count() == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("2026-01-01,feast,Tết,,yes\n", "days.csv, dòng 2: không có loại ngày 'feast'"),
        ("2026-13-01,holiday,Tết,,yes\n", "days.csv, dòng 2: không đọc được ngày '2026-13-01'"),
        (NEW_YEAR + NEW_YEAR, "days.csv, dòng 3: ngày 2026-01-01 đã có ở dòng 2"),
        ("2028-01-03,holiday,Tết,,yes\n", "days.csv: ngày 2028-01-03 ở ngoài các năm 2026–2026"),
        (f"2026-01-01,holiday,{'a' * 121},,yes\n", "days.csv: 2026-01-01: "),
    ],
)
def test_a_bad_calendar_is_refused_as_a_whole(folder, text, message):
    with pytest.raises(CommandError) as error:
        run("load_calendar", write(folder, "days.csv", HEADER + text), write=True)
    assert str(error.value).startswith(message)
    assert days() == []


def test_office_hours_must_cover_the_first_year(folder):
    write(folder, "office_hours.csv", HOURS.replace("2022-01-01", "2026-06-01"))
    with pytest.raises(CommandError) as error:
        run("load_calendar", write(folder, "days.csv", HEADER + NEW_YEAR), write=True)
    assert str(error.value) == "days.csv: no office hours are in force on 2026-01-01"


def test_a_first_file_needs_its_span_beside_it(tmp_path):
    with pytest.raises(CommandError) as error:
        run("load_calendar", write(tmp_path, "days.csv", HEADER + NEW_YEAR))
    assert str(error.value) == "days.csv: cần tệp days.toml bên cạnh"


def test_check_prints_each_day_on_which_the_package_differs():
    run("load_calendar", DATA / "calendar.csv", write=True)
    lines = run("load_calendar", DATA / "calendar.csv", check=True).splitlines()
    assert lines[0] == (
        "2026-01-02: lịch ghi ngày nghỉ, gói holidays ghi ngày làm việc; "
        "lịch: 2026-01-02 swapped_off Hoán đổi sang thứ Bảy 10/1 (9441/TB-BNV); holidays: ngày thường"
    )
    assert lines[1].startswith("2026-01-10: lịch ghi ngày làm việc, gói holidays ghi ngày nghỉ; ")
    assert all(line.startswith("2027-") for line in lines[2:-1])
    assert lines[-1].startswith(f"2022–2027: {len(lines) - 1} ngày khác với gói holidays ")


def test_check_needs_a_loaded_calendar():
    with pytest.raises(CommandError):
        run("load_calendar", check=True)


def test_a_proposal_is_a_calendar_file_of_unconfirmed_rows_and_decides_nothing(folder):
    write(folder, "days.toml", SPAN.replace("2026\nlast", "2028\nlast").replace("last_year = 2026", "last_year = 2028"))
    proposal = run("load_calendar", propose=2028)
    lines = proposal.splitlines()
    assert lines[0] == HEADER.strip()
    assert all(line.endswith(",no") for line in lines[1:])
    by_day = {line[:10]: line.split(",")[1] for line in lines[1:]}
    assert by_day["2028-01-03"] == "substitute"
    assert by_day["2028-05-01"] == "holiday"
    assert days() == []
    assert run("load_calendar", write(folder, "days.csv", proposal), write=True).endswith("Đã ghi.\n")
    assert current_calendar().is_working_day(date(2028, 5, 1))


def test_swapped_days_of_a_known_year_are_proposed_with_their_make_up_day():
    by_day = {line[:10]: line.split(",")[1] for line in run("load_calendar", propose=2025).splitlines()[1:]}
    assert (by_day["2025-05-02"], by_day["2025-04-26"]) == ("swapped_off", "make_up")


def test_asking_and_writing_exclude_each_other():
    with pytest.raises(CommandError) as error:
        run("load_calendar", check=True, write=True)
    assert str(error.value) == "--write không đi cùng --check, --propose: hai lệnh này không ghi gì."


# Running limits (A7)


@pytest.fixture
def swap_confirmed(tmp_path):
    """The project's calendar with the swap of November 2026 confirmed."""
    lines = (DATA / "calendar.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    return write(tmp_path, "lich-2026.csv", "".join(_confirmed(line) for line in lines))


def _confirmed(line):
    return line.replace(",no", ",yes") if line.startswith(("2026-11-23", "2026-11-28")) else line


@pytest.fixture
def way(journey):
    """Accepted on Wednesday 18 November 2026, so due on the 26th; with the 23rd off on the 27th."""
    way = journey("2026-11-18 08:00")
    accepted(way, "2026-11-18 09:00", "2026-11-18 10:00")
    return way


def test_which_running_limits_a_file_moves_is_shown_before_it_is_written(way, swap_confirmed):
    lines = run("load_calendar", swap_confirmed).splitlines()
    assert lines[2:] == [
        "Thời hạn đang chạy thay đổi: 1 thời hạn của 1 hồ sơ.",
        f"  {way.case.code} Xử lý (Sở Xây dựng): 17:00 26/11/2026 → 17:00 27/11/2026",
        "Chưa ghi gì; thêm --write để ghi.",
    ]
    assert way.due("process") == "2026-11-26 17:00"
    assert current_calendar().is_working_day(date(2026, 11, 23))
    assert not CaseEvent.objects.filter(action="recount").exists()


@pytest.mark.parametrize(
    ("options", "reason"), [({}, "lich-2026.csv"), ({"reason": "Thông báo 12345/TB-BNV"}, "Thông báo 12345/TB-BNV")]
)
def test_writing_a_file_moves_running_limits_with_it(way, swap_confirmed, options, reason):
    lines = run("load_calendar", swap_confirmed, write=True, **options).splitlines()
    assert lines[-2:] == [
        f"  {way.case.code} Xử lý (Sở Xây dựng): 17:00 26/11/2026 → 17:00 27/11/2026",
        "Đã ghi.",
    ]
    assert way.due("process") == "2026-11-27 17:00"
    event = CaseEvent.objects.get(action="recount")
    assert (event.note, event.actor, event.role) == (reason, None, "system")
    assert run("load_calendar", swap_confirmed, write=True, **options) == "Lịch: không có gì thay đổi.\n"
    assert CaseEvent.objects.filter(action="recount").count() == 1


def test_finished_limits_do_not_move_with_a_file(way, swap_confirmed):
    submit(way, "2026-11-20 08:00")
    assert len(run("load_calendar", swap_confirmed, write=True).splitlines()) == 3
    assert way.due("process") == "2026-11-26 17:00"


def test_the_confirmed_year_takes_the_word_provisional_away(journey, tmp_path):
    way = journey("2027-01-11 08:00")
    accepted(way, "2027-01-11 09:00", "2027-01-11 10:00")
    path = write(tmp_path, "lich-2027.csv", HEADER + "2027-01-01,holiday,Tết Dương lịch,Đ.112,yes\n")
    write(tmp_path, "lich-2027.toml", "first_year = 2022\nlast_year = 2027\nannounced_until = 2027-12-31\n")
    assert run("load_calendar", path, write=True).splitlines()[-2:] == [
        "Thời hạn chỉ đổi ghi chú “tạm tính”, không đổi hạn: 1.",
        "Đã ghi.",
    ]
    assert not Clock.objects.get(key="process").provisional


def test_a_file_that_takes_out_a_year_in_which_limits_run_is_refused(journey, tmp_path):
    way = journey("2026-12-28 08:00")
    accepted(way, "2026-12-28 09:00", "2026-12-28 10:00")
    path = write(tmp_path, "ngan.csv", HEADER + NEW_YEAR)
    write(tmp_path, "ngan.toml", "first_year = 2022\nlast_year = 2026\nannounced_until = 2026-12-31\n")
    with pytest.raises(CommandError) as error:
        run("load_calendar", path, write=True)
    assert str(error.value) == "Lịch làm việc chỉ có từ năm 2022 đến hết năm 2026, chưa có ngày 01/01/2027."
    assert CalendarSpan.objects.get().last_year == 2027
