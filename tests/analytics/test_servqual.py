"""SERVQUAL gaps and importance–performance quadrants."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.servqual import (
    DIMENSIONS,
    importance_performance,
    importance_weights,
    servqual,
    weighted_gap,
)
from errors import BadInput
from tests.analytics.cases import case


@pytest.mark.parametrize("case_id", ["SERV-01"])
def test_unweighted_gap(case_id: str) -> None:
    c = case(case_id)
    gaps = [c.inputs["gap"][name] for name in DIMENSIONS]
    expectation = np.full((1, 22), 6.0)
    perception = expectation + np.repeat(gaps, (4, 5, 4, 4, 5))
    result = servqual(expectation, perception, [20] * 5)
    assert result.dimensions == pytest.approx(gaps)
    assert result.unweighted == pytest.approx(c.expected["unweighted"], abs=c.tolerance)
    assert result.weighted == pytest.approx(result.unweighted)
    assert not result.renormalised


def test_weighted_gap_of_the_domain() -> None:
    gaps = [-0.2, -1.1, -0.8, -0.4, -0.5]
    assert weighted_gap(gaps, [11, 32, 22, 19, 16]) == pytest.approx(-0.706)


def test_points_are_rescaled_per_respondent_and_flagged() -> None:
    weights, renormalised = importance_weights([[20, 20, 20, 20, 20], [50, 0, 0, 0, 0]])
    assert weights.tolist() == [0.6, 0.1, 0.1, 0.1, 0.1]
    assert renormalised


def test_unanswered_items_are_left_out() -> None:
    expectation = np.full((2, 22), 5.0)
    perception = expectation.copy()
    perception[0, 0] = np.nan
    perception[1, 0] = 3
    result = servqual(expectation, perception, [20] * 5)
    assert result.items[0] == -2
    assert result.dimensions[0] == -0.5


def test_wrong_number_of_items_is_refused() -> None:
    with pytest.raises(BadInput):
        servqual(np.ones((1, 21)), np.ones((1, 21)), [20] * 5)


@pytest.mark.parametrize("case_id", ["IPA-01"])
def test_quadrants(case_id: str) -> None:
    c = case(case_id)
    items = c.inputs["items"]
    result = importance_performance(
        [item["importance"] for item in items], [item["performance"] for item in items]
    )
    lines = [result.importance_line, result.performance_line]
    assert lines == pytest.approx(c.expected["crosshair"], abs=c.tolerance)
    expected = [c.expected["quadrants"][item["name"]].replace(" ", "_") for item in items]
    assert result.quadrant.tolist() == expected


def test_on_the_line_is_high_and_missing_is_nowhere() -> None:
    result = importance_performance([0.1 + 0.2, 5, np.nan], [1, 1, 1], crosshair=(0.3, 1.0))
    assert result.quadrant.tolist() == ["keep_up", "keep_up", ""]
    assert importance_performance([1, 2, 9], [3, 4, 5], crosshair="median").importance_line == 2
    assert importance_performance([np.nan], [1]).quadrant.tolist() == [""]
