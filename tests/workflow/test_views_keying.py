"""Keying in an off-line case: an operator only, completely, from the moment it came."""

from datetime import timedelta

import pytest
from django.utils import timezone

from submissions.models import Case
from tests.cast import at
from tests.workflow.desk import desk_of

ADDRESS = "/can-bo/tiep-nhan-moi/"


def letter(**changes):
    """What an operator types from a letter."""
    fields = {
        "sender_type": "citizen", "full_name": "Nguyễn Thị Cúc", "province": "56", "commune": "22366",
        "address": "12 Trần Phú", "phone": "0912 345 678", "email": "", "title": "Đèn đường hỏng",
        "content": "Đèn đường trước số 12 Trần Phú không sáng ba hôm nay.", "consent": "on", "channel": "letter",
        "national_code": "", "received_at": "2026-03-02T08:00",
    }  # fmt: skip
    return fields | changes


def test_only_operators_key_in(cast):
    assert [desk_of(name).get(ADDRESS).status_code for name in ("oanh", "son", "lan", "tam", "quang")] == [
        200, 403, 403, 403, 403,
    ]  # fmt: skip
    assert desk_of("son").post(ADDRESS, letter()).status_code == 403
    assert Case.objects.count() == 0


def test_the_form_asks_no_captcha(cast):
    assert "captcha" not in desk_of("oanh").get(ADDRESS).content.decode()


def test_a_letter_is_filed_from_the_moment_it_came(cast):
    response = desk_of("oanh").post(ADDRESS, letter())
    case = Case.objects.get()
    assert (response.status_code, response["Location"]) == (302, f"/can-bo/ho-so/{case.code}/")
    assert (case.channel, case.received_at, case.sender.phone) == ("letter", at("2026-03-02 08:00"), "+84912345678")
    event = case.events.get()
    assert (event.actor.username, event.role, event.channel) == ("oanh", "operator", "letter")


def test_posting_the_same_form_twice_files_one_case(cast):
    desk = desk_of("oanh")
    key = "6c1b7a1e-3c0b-4a55-9a39-0b8a4a1d2f10"
    places = [desk.post(ADDRESS, letter(submission_key=key))["Location"] for _ in range(2)]
    assert places[0] == places[1]
    assert Case.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"channel": ""}, "Vui lòng chọn kênh tiếp nhận."),
        ({"channel": "national_portal"}, "Vui lòng nhập mã hồ sơ trên Cổng Dịch vụ công quốc gia."),
        ({"consent": ""}, "Vui lòng xác nhận đã thông báo cho người gửi về việc xử lý dữ liệu cá nhân."),
        ({"received_at": "hôm qua"}, "Vui lòng nhập thời gian theo dạng ngày/tháng/năm giờ:phút."),
        ({"received_at": "1999-03-02T08:00"}, "Lịch làm việc và quy định chưa có cho thời điểm này."),
        ({"occurred_at": "2026-03-02T09:00"}, "Sự việc không thể xảy ra sau lúc tiếp nhận."),
        ({"incident": "lighting"}, "Vui lòng cho biết sự cố xảy ra lúc nào."),
    ],
)
def test_bad_input_gives_the_form_again_with_everything_typed(cast, changes, sentence):
    response = desk_of("oanh").post(ADDRESS, letter(**changes))
    text = response.content.decode()
    assert response.status_code == 422
    assert sentence in text
    assert "Đèn đường trước số 12 Trần Phú không sáng ba hôm nay.</textarea>" in text
    assert Case.objects.count() == 0


def test_nothing_is_received_in_the_future(cast):
    tomorrow = timezone.localtime(timezone.now() + timedelta(days=1))
    response = desk_of("oanh").post(ADDRESS, letter(received_at=f"{tomorrow:%Y-%m-%dT%H:%M}"))
    assert response.status_code == 422
    assert "Thời điểm tiếp nhận không thể ở tương lai." in response.content.decode()


def test_a_case_of_the_national_portal_carries_its_code_and_its_limits(cast):
    form = letter(channel="national_portal", national_code="PAKN.20260302.0001")
    assert desk_of("oanh").post(ADDRESS, form).status_code == 302
    case = Case.objects.get()
    assert (case.national_code, case.rule_set.code) == ("PAKN.20260302.0001", "national-portal-2021")


def test_choosing_a_province_shows_its_communes_and_files_nothing(cast):
    response = desk_of("oanh").post(ADDRESS, letter(commune="", refresh="1"))
    text = response.content.decode()
    assert response.status_code == 200
    assert 'value="22420"' in text
    assert "Đèn đường hỏng" in text
    assert Case.objects.count() == 0
