from datetime import date, time

import pytest

from agencies.calendar import DayRow
from agencies.calendar_files import CalendarFileError, calendar_from_files, read_days, read_hours

HEADER = "date,kind,name,legal_reference,confirmed\n"


def test_the_files_of_the_project_make_a_calendar():
    calendar = calendar_from_files()
    assert (calendar.first_year, calendar.last_year) == (2022, 2027)
    assert calendar.announced_until == date(2026, 12, 31)
    assert calendar.hours == ((date(2022, 1, 1), ((time(7), time(11, 30)), (time(13, 30), time(17)))),)
    assert len(calendar.days) == 73
    assert [row.date for row in calendar.days if not row.confirmed] == [
        date(2026, 11, 23),
        date(2026, 11, 28),
        date(2027, 2, 8),
    ]


def test_days_are_read_with_quoted_references_and_a_byte_order_mark(tmp_path):
    path = tmp_path / "days.csv"
    path.write_text(HEADER + '2026-01-01,holiday,Tết Dương lịch,"Bộ luật, Đ.112",yes\n', encoding="utf-8-sig")
    assert read_days(path) == [DayRow(date(2026, 1, 1), "holiday", "Tết Dương lịch", "Bộ luật, Đ.112", True)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "days.csv, dòng 1: dòng đầu phải là date,kind,name,legal_reference,confirmed"),
        ("date,kind\n", "days.csv, dòng 1: dòng đầu phải là date,kind,name,legal_reference,confirmed"),
        (HEADER + "2026-01-01,holiday\n", "days.csv, dòng 2: cần 5 cột nhưng có 2"),
        (
            HEADER + "2026-01-01,holiday,Tết,x,yes\n01/02/2026,holiday,Tết,x,yes\n",
            "days.csv, dòng 3: không đọc được ngày '01/02/2026'; hãy ghi như 2026-03-02",
        ),
        (
            HEADER + "2026-01-01,party,Tết,x,yes\n",
            "days.csv, dòng 2: không có loại ngày 'party' (holiday, make_up, substitute, swapped_off)",
        ),
        (
            HEADER + "2026-01-01,holiday,Tết,x,maybe\n",
            "days.csv, dòng 2: cột confirmed phải là yes hoặc no, không phải 'maybe'",
        ),
        (HEADER + "2026-01-01,holiday,,x,yes\n", "days.csv, dòng 2: thiếu tên ngày"),
        (
            HEADER + "2026-01-01,holiday,Tết,x,yes\n2026-01-01,make_up,Bù,x,no\n",
            "days.csv, dòng 3: ngày 2026-01-01 đã có ở dòng 2",
        ),
    ],
)
def test_a_bad_line_is_named(tmp_path, text, message):
    path = tmp_path / "days.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CalendarFileError) as caught:
        read_days(path)
    assert str(caught.value) == message


def test_a_file_in_another_encoding_is_refused(tmp_path):
    path = tmp_path / "days.csv"
    path.write_bytes(HEADER.encode() + "2026-01-01,holiday,Tết,x,yes\n".encode("utf-16-le"))
    with pytest.raises(CalendarFileError, match="days.csv"):
        read_days(path)


def test_bad_office_hours_are_named_by_line(tmp_path):
    path = tmp_path / "hours.csv"
    path.write_text('valid_from,sessions\n2022-01-01,"11:30-07:00"\n', encoding="utf-8")
    with pytest.raises(CalendarFileError) as caught:
        read_hours(path)
    assert str(caught.value) == "hours.csv, dòng 2: Buổi làm việc 11:30-07:00 phải kết thúc sau khi bắt đầu."
