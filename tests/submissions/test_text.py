import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from submissions.text import fold, harmless, mask_name, nfc, one_line


def test_text_is_stored_composed_however_it_was_typed():
    assert nfc(unicodedata.normalize("NFD", "Đường Trần Phú, phường Nha Trang")) == "Đường Trần Phú, phường Nha Trang"


def test_control_and_direction_characters_go_and_the_lines_stay():
    assert (
        nfc("\ufeff Dòng\x00 một\r\nDòng\u202e hai\rDòng\tba\x1b \u2066x\u2069\u200b\n")
        == "Dòng một\nDòng hai\nDòng\tba x"
    )


def test_composed_emoji_stay_whole():
    assert nfc("👨‍👩‍👧 cảm ơn") == "👨‍👩‍👧 cảm ơn"


def test_a_lone_surrogate_which_postgresql_refuses_is_dropped():
    assert nfc("a\ud800b") == "ab"


def test_one_line_makes_one_line():
    assert one_line("  Đèn\n\n đường \t hỏng ") == "Đèn đường hỏng"


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Đường  Trần Phú", "duong tran phu"),
        ("ĐÈN ĐƯỜNG hỏng\nở ngã tư", "den duong hong o nga tu"),
        ("Nguyễn Thị Hoàng Oanh Ưỡn ẹo", "nguyen thi hoang oanh uon eo"),
        (unicodedata.normalize("NFD", "Phường Vĩnh Nguyên"), "phuong vinh nguyen"),
        ("STRASSE Straße", "strasse strasse"),
    ],
)
def test_searched_text_has_no_marks_and_no_case(text, folded):
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("Nguyễn Văn An", "Nguyễn V. A."),
        ("  lê   thị đào ", "lê T. Đ."),
        ("Hồ An", "Hồ A."),
        ("An", "A."),
        (unicodedata.normalize("NFD", "Trần Ái Ước"), "Trần Á. Ư."),
        ("Trần (Hai) Lúa -", "Trần H. L."),
        ("", ""),
    ],
)
def test_the_public_sees_a_name_masked(name, masked):
    assert mask_name(name) == masked


@given(st.text())
def test_stored_text_is_composed_and_storing_it_again_changes_nothing(text):
    stored = nfc(text)
    assert unicodedata.is_normalized("NFC", stored)
    assert nfc(stored) == stored
    assert {unicodedata.category(c) for c in stored if c not in "\n\t\u200d"} & {"Cc", "Cf", "Cs"} == set()


@given(st.text())
def test_folding_is_the_same_for_every_way_to_write_the_same_letters(text):
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text)) == fold(text)


@given(st.text())
def test_folding_what_is_folded_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@given(st.lists(st.text(alphabet="ăâđêôơưáàảãạbcdghnt", min_size=2, max_size=7), min_size=1, max_size=5))
def test_a_masked_name_shows_one_letter_of_every_given_name(words):
    family, *given_names = words
    initials = [f"{word[0].upper()}." for word in given_names]
    assert mask_name(" ".join(words)) == (" ".join([family, *initials]) if initials else f"{family[0].upper()}.")


@pytest.mark.parametrize("text", ["=1+1", "+84", "-2", "@SUM", "\t=1", "\r=1", ";=1+1", ", =1", "＝1+1", " ＋1"])
def test_a_formula_is_words_for_a_spreadsheet(text):
    assert harmless(text).startswith("'")
    assert harmless(text).replace("'", "") == text


@pytest.mark.parametrize(
    ("text", "written"), [("a;=1+1", "a;'=1+1"), ("a\t@x", "a\t'@x"), ("a;b", "a;b"), ("Sáng; - hỏng", "Sáng;' - hỏng")]
)
def test_neither_does_what_stands_behind_a_separator_begin_one(text, written):
    assert harmless(text) == written


@pytest.mark.parametrize("value", ["Đèn tắt = nguy hiểm", "0912 345 678", "", 7, None])
def test_other_values_stay_as_they_are(value):
    assert harmless(value) == value
