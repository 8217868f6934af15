"""Weighted means with gaps: renormalise, refuse below 60 % of the weight."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from analytics.weighting import weighted_mean
from errors import BadInput


def test_missing_scores_are_renormalised_over() -> None:
    assert weighted_mean([[4, np.nan, 2]], [60, 30, 10])[0] == pytest.approx((240 + 20) / 70)


def test_sixty_percent_is_enough_and_less_is_not() -> None:
    result = weighted_mean([[5, np.nan, 5], [np.nan, 5, 5], [np.nan] * 3], [0.2, 0.4, 0.4])
    assert result[:2] == pytest.approx([5, 5])
    assert np.isnan(result[2])
    assert np.isnan(weighted_mean([[5, np.nan]], [0.59, 0.41])[0])
    assert weighted_mean([[5, np.nan]], [0.6, 0.4])[0] == pytest.approx(5)


@pytest.mark.parametrize("weights", [[0, 0], [-1, 2], [1], [np.nan, 1]])
def test_unusable_weights_are_refused(weights: list[float]) -> None:
    with pytest.raises(BadInput):
        weighted_mean([[1, 2]], weights)


@given(some.lists(some.floats(0, 10), min_size=2, max_size=6))
def test_the_mean_lies_between_the_scores(scores: list[float]) -> None:
    mean = weighted_mean([scores], range(1, len(scores) + 1))[0]
    assert min(scores) - 1e-9 <= mean <= max(scores) + 1e-9
