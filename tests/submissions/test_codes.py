import random
import re
from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from submissions.codes import (
    ALPHABET,
    MistypedCode,
    NotACode,
    check_character,
    new_code,
    read_code,
)

RECEIVED = datetime(2026, 3, 2, 2, 12, tzinfo=UTC)
# Worked out by hand with powers of x over GF(32), x^5 = x^2 + 1: a 1 in the last place before the check weighs x (2),
# one place earlier x^2 (4), then x^3 (8), x^4 (16), x^5 = x^2 + 1 (5).
CHECKS_BY_HAND = {
    "000000000001": "2",
    "000000000010": "4",
    "000000000100": "8",
    "000000001000": "G",
    "000000010000": "5",
    "000000000011": "6",
    "00000000000G": "5",
    "000000000000": "0",
}


def some_codes(how_many):
    choice = random.Random(18).choice
    months = [datetime(2022 + n % 30, 1 + n % 12, 15, tzinfo=UTC) for n in range(how_many)]
    return [new_code(month, choice=choice) for month in months]


def bodies(how_many):
    return [code.removeprefix("PAKN").replace("-", "") for code in some_codes(how_many)]


def test_check_characters_are_those_worked_out_by_hand():
    assert {data: check_character(data) for data in CHECKS_BY_HAND} == CHECKS_BY_HAND


def test_a_code_carries_the_local_month_of_receipt_and_nine_characters():
    assert re.fullmatch(rf"PAKN-2603-[{ALPHABET}]{{4}}-[{ALPHABET}]{{5}}", new_code(RECEIVED))


def test_the_month_turns_at_midnight_in_vietnam():
    assert new_code(datetime(2026, 12, 31, 16, 59, 59, tzinfo=UTC))[5:9] == "2612"
    assert new_code(datetime(2026, 12, 31, 17, 0, tzinfo=UTC))[5:9] == "2701"


def test_a_naive_moment_is_refused():
    with pytest.raises(ValueError, match="aware"):
        new_code(RECEIVED.replace(tzinfo=None))


def test_twenty_thousand_codes_are_all_different_and_use_every_character_evenly():
    codes = [new_code(RECEIVED) for _ in range(20_000)]
    assert len(set(codes)) == 20_000
    counts = [
        sum(code[10:14].count(character) + code[15:19].count(character) for code in codes) for character in ALPHABET
    ]
    expected = 20_000 * 8 / 32
    assert sum((count - expected) ** 2 / expected for count in counts) < 80  # chi-square, 31 degrees: p < 0.00001


def test_every_single_wrong_character_is_found():
    for body in bodies(60):
        assert read_code(body).replace("-", "") == "PAKN" + body
        for place, right in enumerate(body):
            for wrong in set(ALPHABET + "U") - {right}:
                with pytest.raises(MistypedCode):
                    read_code("PAKN" + body[:place] + wrong + body[place + 1 :])


def test_every_swap_of_two_different_characters_is_found_neighbours_and_the_check_character_included():
    swaps = 0
    for body in bodies(400):
        for first in range(13):
            for second in range(first + 1, 13):
                if body[first] == body[second]:
                    continue
                swapped = list(body)
                swapped[first], swapped[second] = swapped[second], swapped[first]
                swaps += second == first + 1
                with pytest.raises(MistypedCode):
                    read_code("PAKN" + "".join(swapped))
    assert swaps > 4000


def test_a_swap_is_found_for_every_pair_of_values_at_every_pair_of_neighbours():
    for place in range(11):
        for one in ALPHABET:
            for other in set(ALPHABET) - {one}:
                data = ["0"] * 12
                data[place], data[place + 1] = one, other
                swapped = ["0"] * 12
                swapped[place], swapped[place + 1] = other, one
                assert check_character("".join(data)) != check_character("".join(swapped))


# The check of 2603 0000 0001 by hand: 2·x^12 + 6·x^11 + 3·x^9 + x = 28 + 18 + 11 + 2 = 7 (sums are XOR).
@pytest.mark.parametrize(
    "typed",
    [
        "PAKN-2603-0000-00017",
        "pakn-2603-0000-00017",
        "2603-0000-00017",
        "2603000000017",
        "PAKN2603000000017",
        "  PAKN 2603 0000 00017\t",
        "PAKN–2603—0000‑00017",
        "PAKN−2603−0000−00017",
        "PAKN\u00a02603\u200b0000\u202f00017",
        "PAKN: 2603.0000/00017.",
        "PAKN-26O3-oOO0-000l7",
        "PAKN-2603-0000-000I7",
        "#pakn_2603_0000_000L7",
        "ＰＡＫＮ-２６０３-００００-０００１７",
    ],
)
def test_a_code_is_read_as_people_type_it(typed):
    assert read_code(typed) == "PAKN-2603-0000-00017"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "An",
        "Nguyễn Văn An",
        "tran van hoanga",
        "Ly Loi Xuan Anh",
        "PAKN",
        "0912345678",
        "đèn đường",
        "PAKN của tôi",
    ],
)
def test_names_and_words_are_no_codes(typed):
    with pytest.raises(NotACode):
        read_code(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "PAKN-2603-0000-0001",
        "PAKN-2603-0000-000100",
        "PAKN-2613-0000-00010",
        "PAKN-2600-0000-00010",
        "PAKM-2603-0000-00010",
        "PAK2N603-0000-00010",
        "PAKN-2603-ĐB00-00010",
    ],
)
def test_a_code_with_a_slip_is_told_as_mistyped(typed):
    with pytest.raises(MistypedCode):
        read_code(typed)


@given(st.text())
def test_whatever_is_typed_gives_a_canonical_code_or_one_of_two_errors(typed):
    try:
        code = read_code(typed)
    except (NotACode, MistypedCode):
        return
    assert read_code(code) == code


@given(st.dates(min_value=date(2022, 1, 1), max_value=date(2098, 12, 31)))
def test_every_new_code_reads_back_as_itself_in_any_dress(day):
    code = new_code(datetime.combine(day, time(), UTC))
    assert read_code(code) == code
    assert read_code(code.lower().replace("-", " ").replace("0", "o").replace("1", "l")) == code
