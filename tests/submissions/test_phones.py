import pytest
from hypothesis import given
from hypothesis import strategies as st

from submissions.phones import BadPhone, read_phone, show_phone


@pytest.mark.parametrize(
    "typed",
    [
        "0912345678",
        "0912 345 678",
        "0912.345.678",
        "0912-345-678",
        "0912–345–678",
        "(0912) 345 678",
        "+84912345678",
        "+84 912 345 678",
        "84912345678",
        "+840912345678",
        " 0912\u00a0345\u00a0678 ",
        "٠٩١٢٣٤٥٦٧٨",
    ],
)
def test_a_mobile_number_is_read_as_people_type_it(typed):
    assert read_phone(typed) == "+84912345678"


def test_a_landline_is_read():
    assert read_phone("(0258) 3822 222") == "+842583822222"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "không có",
        "091234567",
        "09123456789",
        "01661234567",
        "0123456789",
        "1022",
        "+1 650 253 0000",
        "0912345678 ext 5",
        "0912345678; 0987654321",
        "0912345678<script>",
        "+",
        "(",
    ],
)
def test_what_is_no_vietnamese_number_is_refused_with_a_sentence_that_says_what_to_type(typed):
    with pytest.raises(BadPhone) as refusal:
        read_phone(typed)
    assert str(refusal.value) == "Số điện thoại không đúng. Vui lòng nhập số điện thoại Việt Nam, ví dụ 0912 345 678."


def test_numbers_are_shown_as_people_say_them():
    assert show_phone("+84912345678") == "0912 345 678"
    assert show_phone("+842583822222") == "0258 3822 222"


@given(st.text(alphabet="0123456789+ .-()٣", max_size=20))
def test_whatever_is_typed_gives_a_number_that_reads_back_as_itself_or_a_refusal(typed):
    try:
        number = read_phone(typed)
    except BadPhone:
        return
    assert read_phone(number) == number
    assert read_phone(show_phone(number)) == number
