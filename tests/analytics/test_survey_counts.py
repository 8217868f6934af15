"""Survey results from counts (题项统计): equal to the same methods on single answers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.proportions import net_promoter, top_two_box, wilson
from analytics.satisfaction import satisfied_line
from analytics.survey_counts import (
    ItemResult,
    dimension_results,
    index_scales,
    item_result,
    net_promoter_of_answers,
    satisfied_share,
)
from errors import BadInput

COUNTS = st.dictionaries(st.integers(1, 7).map(float), st.integers(0, 40), max_size=7)


@given(COUNTS)
def test_counts_give_what_single_answers_give(counts: dict[float, int]) -> None:
    answers = np.repeat(list(counts), list(counts.values())) if counts else np.array([])
    found = item_result(counts, scale=(1, 7))
    assert found.n == len(answers)
    assert sum(found.levels) == found.n
    if found.n:
        assert found.mean == pytest.approx(answers.mean())
        assert found.index == pytest.approx((answers.mean() - 1) / 6 * 100)
        box = top_two_box(answers, scale=(1, 7))
        mine = satisfied_share(found, [], [])
        assert (mine.share, mine.low, mine.high) == pytest.approx(
            [float(x) for x in (box.share, box.low, box.high)]
        )
        assert mine.n == found.n
    else:
        assert math.isnan(found.mean)


def test_without_an_overall_question_each_respondent_is_one_observation() -> None:
    """Three people, two questions of weights 3 and 1 on 1–5: the line is 75."""
    scales = index_scales(
        [
            ("satisfaction", 3, 1, 5, 1),
            ("satisfaction", 1, 1, 5, 1),
            ("satisfaction", 0, 1, 9, 1),
            ("perception", 9, 1, 5, 1),
        ]
    )
    assert len(scales) == 2
    found = satisfied_share(None, [100, 75 - 1e-9, 62.5], scales)
    one = wilson(2, 3)
    assert (found.n, found.share) == (3, pytest.approx(2 / 3))
    assert (found.low, found.high) == pytest.approx((float(one.low), float(one.high)))


def test_the_line_of_the_satisfied_follows_every_scale() -> None:
    assert satisfied_line([(1, 1, 7, 1)]) == pytest.approx(250 / 3)
    assert satisfied_line([(1, 1, 5, 1), (3, 0, 10, 1)]) == pytest.approx((75 + 3 * 90) / 4)
    assert math.isnan(satisfied_line([]))
    assert math.isnan(satisfied_share(None, [], []).share)


@given(st.dictionaries(st.integers(-2, 12).map(float), st.integers(0, 40), max_size=12))
def test_nps_of_counts_is_the_nps_of_the_answers(counts: dict[float, int]) -> None:
    answers = np.repeat(list(counts), list(counts.values())) if counts else np.array([])
    mine, theirs = net_promoter_of_answers(counts), net_promoter(answers)
    assert (mine.n, mine.detractors, mine.promoters, mine.invalid) == (
        theirs.n,
        theirs.detractors,
        theirs.promoters,
        theirs.invalid,
    )
    assert mine.nps == pytest.approx(theirs.nps, nan_ok=True)


def test_answers_off_the_scale_are_left_out() -> None:
    found = item_result({0.0: 3, 5.0: 2, 9.0: 1}, scale=(1, 5))
    assert (found.n, found.levels, found.satisfied) == (2, (0, 0, 0, 0, 2), 2)


def test_half_steps_fall_into_levels() -> None:
    found = item_result({1.0: 1, 1.5: 2, 3.0: 4}, scale=(1, 3), step=0.5)
    assert found.levels == (1, 2, 0, 0, 4)


@pytest.mark.parametrize(("scale", "step"), [((5, 1), 1.0), ((1, 5), 0.0)])
def test_an_unusable_scale_is_refused(scale: tuple[float, float], step: float) -> None:
    with pytest.raises(BadInput):
        item_result({}, scale=scale, step=step)


def test_negative_counts_are_refused() -> None:
    with pytest.raises(BadInput):
        item_result({1.0: -1}, scale=(1, 5))


def test_dimensions_are_weighted_and_renormalised() -> None:
    none = ItemResult(0, math.nan, math.nan, 0, ())
    good, bad = ItemResult(4, 7, 100, 4, ()), ItemResult(9, 1, 0, 0, ())
    found = dimension_results(["A", "A", "B", "A"], [good, bad, bad, none], [3, 1, 2, 1])
    assert [d.dimension for d in found] == ["A", "B"]
    assert found[0].index == pytest.approx(75), "what nobody answered is left out"
    assert found[0].n == 0
    assert found[1].mean == 1
    assert dimension_results(["A"], [good], [0]) == ()
    assert math.isnan(dimension_results(["A", "A"], [good, none], [1, 9])[0].index)
    with pytest.raises(BadInput):
        dimension_results(["A"], [good], [1, 2])
