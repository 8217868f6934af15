"""Cronbach's α by its two equivalent forms, and where it is undefined."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.reliability import cronbach_alpha, reverse_coded
from errors import BadInput

ANSWERS = np.array([[3, 4, 3], [5, 4, 5], [1, 2, 2], [4, 4, 5], [2, 3, 1], [5, 5, 4]], dtype=float)


def test_alpha_is_the_ratio_of_the_variances() -> None:
    k = ANSWERS.shape[1]
    items = ANSWERS.var(axis=0, ddof=1).sum()
    expected = k / (k - 1) * (1 - items / ANSWERS.sum(axis=1).var(ddof=1))
    result = cronbach_alpha(ANSWERS)
    assert result.alpha == pytest.approx(expected)
    assert result.low < result.alpha < result.high < 1
    assert (result.items, result.respondents) == (3, 6)


def test_standardised_alpha_is_spearman_brown_of_the_mean_correlation() -> None:
    table = np.corrcoef(ANSWERS.T)
    mean = table[np.triu_indices(3, 1)].mean()
    result = cronbach_alpha(ANSWERS, standardised=True)
    assert result.alpha == pytest.approx(3 * mean / (1 + 2 * mean))


def test_equal_items_are_perfectly_reliable() -> None:
    result = cronbach_alpha(np.repeat(ANSWERS[:, :1], 3, axis=1))
    assert result.alpha == pytest.approx(1)
    assert result.low == pytest.approx(1)


def test_listwise_and_pairwise_differ_on_gaps() -> None:
    holes = ANSWERS.copy()
    holes[0, 1] = np.nan
    listwise = cronbach_alpha(holes)
    assert listwise.respondents == 5
    assert listwise.alpha == pytest.approx(cronbach_alpha(ANSWERS[1:]).alpha)
    pairwise = cronbach_alpha(holes, missing="pairwise")
    assert pairwise.respondents == 6
    assert pairwise.alpha != pytest.approx(listwise.alpha)


def test_a_reversed_item_is_turned_round() -> None:
    turned = ANSWERS.copy()
    turned[:, 2] = reverse_coded(turned[:, 2], scale=(1, 5))
    assert cronbach_alpha(turned).alpha < 0.5
    turned[:, 2] = reverse_coded(turned[:, 2], scale=(1, 5))
    assert cronbach_alpha(turned).alpha == cronbach_alpha(ANSWERS).alpha


@pytest.mark.parametrize("answers", [np.ones((5, 3)), ANSWERS[:, :1], ANSWERS[:1]])
def test_without_variance_items_or_rows_it_is_undefined(answers: np.ndarray) -> None:
    assert np.isnan(cronbach_alpha(answers).alpha)


def test_a_list_is_not_a_table() -> None:
    with pytest.raises(BadInput):
        cronbach_alpha([1, 2, 3])
