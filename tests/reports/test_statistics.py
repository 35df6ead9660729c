"""The public's page of figures: both half years, nothing under 5, the same work for few cases and many."""

import pytest
from django.core.cache import cache
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from reports.statistics import Row, breakdown, halves, masked, overview
from reports.templatetags.figures import share
from submissions.models import Case
from tests.cast import at
from tests.submissions.pages import text_of

PAGE = "/thong-ke/"


@pytest.mark.parametrize(
    ("column", "shown"),
    [
        ([], []),
        ([0, 0], [0, 0]),
        ([5, 12, 7], [5, 12, 7]),
        ([4, 3, 20], [None, None, None]),
        ([4, 12, 7, 30], [None, None, None, 30]),
        ([3, 2, 3, 20], [None, None, None, 20]),
        ([1, 1, 1, 20, 6], [None, None, None, 20, None]),
        ([4, 4, 4, 20, 6], [None, None, None, 20, None]),
        ([4], [None]),
        ([4, 0], [None, 0]),
    ],
)
def test_small_cells_are_left_out_and_never_a_lone_one(column, shown):
    assert masked(column) == shown


@given(st.lists(st.integers(0, 50), max_size=30))
def test_no_small_number_is_ever_shown_and_a_sum_tells_none(column):
    cells = masked(column)
    assert len(cells) == len(column)
    assert all(cell is None or cell == number for cell, number in zip(cells, column, strict=True))
    assert not any(cell is not None and 0 < cell < 5 for cell in cells)
    hidden = [number for cell, number in zip(cells, column, strict=True) if cell is None]
    is_all = not any(cells)
    assert len(hidden) in (0, *range(3, 31)) or is_all
    assert is_all or not hidden or max(hidden) >= 5 or len(hidden) + 1 < sum(hidden) < 4 * len(hidden) - 1


def test_the_page_shows_both_half_years_and_what_the_figures_mean(client, cast):
    cache.clear()
    text = text_of(client.get(PAGE))
    this, last = halves(timezone.now())
    for period in (this, last):
        assert f"{period.first:%d/%m/%Y} – {period.last:%d/%m/%Y}" in text
    for words in ("Đã nhận", "Trả lời đúng hạn", "Các số này nghĩa là gì", "Số dưới 5 không hiện"):
        assert words in text


def test_figures_of_five_cases_are_shown_with_numerator_and_denominator(answered, cast, clock_at):
    ways = [answered() for _ in range(5)]
    answered(accepted="2026-03-02 16:01")
    for way in ways:
        way.does("rate", cast.sender_of(way.case), "2026-03-07 10:00", score="satisfied")
    now = at("2026-04-01 08:00")
    with clock_at("2026-04-01 08:00"):
        total, found = overview(halves(now)[0], now), breakdown(halves(now)[0], now)
    assert (total.received, total.answered, total.on_time) == (6, 6, 5)
    assert found.by_agency == [Row("Sở Xây dựng", answered=6, on_time=5, received=6, rated=5, satisfied=5)]
    assert found.by_field == [Row("Hạ tầng đô thị", answered=6, on_time=5, received=6, rated=5, satisfied=5)]
    assert found.ratings == [("very_satisfied", 0), ("satisfied", 5), ("unsatisfied", 0)]


def test_the_page_prints_shares_in_full(client, answered, clock_at):
    for _ in range(5):
        answered()
    with clock_at("2026-04-01 08:00"):
        text = " ".join(text_of(client.get(PAGE)).split())
    assert "5/5 = 100,0 %" in text
    assert '<svg class="bars"' in text


def test_a_few_cases_are_not_shown(client, answered, clock_at):
    for _ in range(4):
        answered()
    with clock_at("2026-04-01 08:00"):
        text = " ".join(text_of(client.get(PAGE)).split())
    assert "không hiện" in text and ">4<" not in text and "4/4" not in text


def test_what_was_counted_is_kept_for_a_while(client, cast, django_assert_num_queries):
    cache.clear()
    client.get(PAGE)
    with django_assert_num_queries(0):
        client.get(PAGE)


@pytest.mark.parametrize("number", [1, 3])
def test_counting_takes_the_same_queries_for_one_and_for_many(client, answered, number, django_assert_num_queries):
    cache.clear()
    for _ in range(number):
        answered()
    with django_assert_num_queries(10):
        client.get(PAGE)
    assert Case.objects.count() == number


@pytest.mark.parametrize("asked", ["?ky=truoc", "?ky=rac", "?ky="])
def test_any_question_gets_a_page(client, cast, asked):
    assert client.get(PAGE + asked).status_code == 200


@pytest.mark.parametrize(
    ("part", "whole", "printed"),
    [
        (74, 360, "74/360 = 20,6 %"),
        (56, 84, "56/84 = 66,7 %"),
        (31, 35, "31/35 = 88,6 %"),
        (1, 800, "1/800 = 0,1 %"),
        (3, 2000, "3/2.000 = 0,2 %"),
        (0, 7, "0/7 = 0,0 %"),
        (0, 0, "–"),
        (None, 40, "–"),
    ],
)
def test_shares_are_rounded_as_people_round_with_numerator_and_denominator(part, whole, printed):
    """74/360 = 20,555…; 3/2.000 is 0,15 exactly and goes up (A16)."""
    assert share(part, whole) == printed


def test_how_many_are_satisfied_does_not_tell_a_few_who_are_not(answered, cast, clock_at):
    ways = [answered() for _ in range(7)]
    for place, way in enumerate(ways):
        score = "unsatisfied" if place == 0 else "satisfied"
        way.does("rate", cast.sender_of(way.case), "2026-03-07 10:00", score=score, note="Vẫn tối.")
    now = at("2026-04-01 08:00")
    with clock_at("2026-04-01 08:00"):
        (row,) = breakdown(halves(now)[0], now).by_field
    assert (row.rated, row.satisfied) == (7, None)
