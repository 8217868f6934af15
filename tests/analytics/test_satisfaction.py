"""Satisfaction indices against published and hand-worked numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from analytics.satisfaction import (
    acsi,
    effort_score,
    index_by_customer,
    mean_interval,
    satisfaction_index,
    seven_level_mean,
)
from errors import BadInput
from tests.analytics.cases import case


@pytest.mark.parametrize("case_id", ["CSI-01"])
def test_csi_and_its_other_percentage(case_id: str) -> None:
    c = case(case_id)
    items = c.inputs["items"]
    result = satisfaction_index(
        [[item["score"] for item in items]],
        [item["weight"] for item in items],
        scale=tuple(c.inputs["scale"]),
    )
    found = {
        "weighted_mean": result.weighted_mean,
        "index_over_max": result.over_max,
        "index_rescaled": result.index,
    }
    assert found == pytest.approx(c.expected, abs=c.tolerance)
    assert result.n == 1
    assert np.isnan(result.low)


@pytest.mark.parametrize("case_id", ["ACSI-01"])
def test_acsi(case_id: str) -> None:
    c = case(case_id)
    means, weights = c.inputs["means"], c.inputs["weights"]
    assert acsi(means, weights) == pytest.approx(c.expected["index"], abs=c.tolerance)
    assert acsi(means) == pytest.approx(c.expected["equal_weight"], abs=c.tolerance)


@pytest.mark.parametrize("case_id", ["CES-01"])
def test_effort(case_id: str) -> None:
    c = case(case_id)
    result = effort_score([*c.inputs["responses"], 9, np.nan], scale=tuple(c.inputs["scale"]))
    assert result.mean == pytest.approx(c.expected["mean"], abs=c.tolerance)
    assert 100 * result.easy_share == pytest.approx(c.expected["pct_5_to_7"], abs=c.tolerance)
    assert (result.n, result.invalid) == (10, 1)


def test_responses_below_sixty_percent_are_refused() -> None:
    result = satisfaction_index([[5, np.nan], [np.nan, 1], [3, 3]], [70, 30])
    assert (result.n, result.refused) == (2, 1)
    assert result.responses[[0, 2]].tolist() == [100, 50]
    assert result.index == 75
    assert result.item_means.tolist() == [4, 2]
    assert result.item_counts.tolist() == [2, 2]


def test_t_interval_of_the_index() -> None:
    # indices 25 50 75: mean 50, s 25, t(.975, 2) = 4.302653
    result = satisfaction_index([[2], [3], [4]], [1])
    half = 4.302652729911275 * 25 / 3**0.5
    assert (result.low, result.high) == pytest.approx((50 - half, 50 + half))


def test_answers_off_the_scale_are_refused() -> None:
    with pytest.raises(BadInput, match="off_the_scale"):
        satisfaction_index([[6]], [1])


def test_no_answers_no_index() -> None:
    result = satisfaction_index(np.empty((0, 2)), [1, 1])
    assert result.n == 0
    assert np.isnan(result.index)
    assert np.isnan(mean_interval([])[0])


def test_index_per_customer() -> None:
    result = index_by_customer([0, 0, 1, 1], [60, 80, np.nan, 40], customers=3)
    assert result.index[:2].tolist() == [70, 40]
    assert result.responses.tolist() == [2, 1, 0]
    assert np.isnan(result.index[2])


def test_seven_levels_of_the_texts() -> None:
    assert seven_level_mean([10, 20, 30, 20, 10, 6, 4]) == pytest.approx(13.2)
    assert np.isnan(seven_level_mean([0] * 7))


@given(
    some.lists(some.lists(some.integers(1, 5), min_size=3, max_size=3), min_size=1, max_size=20),
    some.randoms(),
)
def test_the_index_stays_on_its_scale(rows: list[list[int]], chance) -> None:
    result = satisfaction_index(rows, [5, 3, 2])
    assert -1e-9 <= result.index <= 100 + 1e-9
    chance.shuffle(rows)
    assert satisfaction_index(rows, [5, 3, 2]).index == pytest.approx(result.index)
