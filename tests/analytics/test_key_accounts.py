"""Key accounts: coordinates, identification, growth, managers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from analytics.key_accounts import (
    development_coordinates,
    growth_rate,
    key_accounts,
    manager_scores,
    percentile_score,
    quadrants,
    size_score,
)
from errors import BadInput
from tests.analytics.cases import case


@pytest.mark.parametrize("case_id", ["KA-01"])
def test_coordinates(case_id: str) -> None:
    c = case(case_id)
    near, far = c.inputs["relationship"], c.inputs["attractiveness"]
    result = development_coordinates(
        [[each["s"] for each in near]],
        [[each["s"] for each in far]],
        relationship_weights=[each["w"] for each in near],
        attractiveness_weights=[each["w"] for each in far],
        cut=c.inputs["cut"],
    )
    assert result.attractiveness[0] == pytest.approx(c.expected["attractiveness"], abs=c.tolerance)
    assert result.relationship[0] == pytest.approx(c.expected["relationship"], abs=c.tolerance)
    assert result.quadrant[0] == c.expected["quadrant"].split()[0]


def test_too_little_scored_has_no_place() -> None:
    result = development_coordinates(
        [[5, np.nan], [5, 5]],
        [[5], [5]],
        relationship_weights=[1, 1],
        attractiveness_weights=[1],
    )
    assert result.quadrant.tolist() == ["", "invest"]


def test_the_four_quadrants() -> None:
    names = quadrants([9, 1, 9, 1], [9, 9, 1, 1], x_cut=5, y_cut=5)
    assert names.tolist() == ["invest", "develop", "maintain", "minimise"]


def test_growth_needs_a_positive_base() -> None:
    result = growth_rate([150, 10, 10], [100, 0, -5])
    assert result[0] == 0.5
    assert np.isnan(result[1:]).all()
    assert float(growth_rate(0, 10)) == -1


def test_size_is_what_the_larger_ones_leave() -> None:
    assert size_score([80, 10, 10, 0, -5]).tolist() == pytest.approx([100, 20, 20, 0, 0])


def test_percentiles_share_ties_and_pass_over_the_unknown() -> None:
    result = percentile_score([1, 2, 2, 3, np.nan])
    assert result[:4].tolist() == [12.5, 50, 50, 87.5]
    assert np.isnan(result[4])


def test_key_accounts_reach_the_cut() -> None:
    nothing = np.full(4, np.nan)
    result = key_accounts(
        [800, 150, 50, -10],
        [0.2, 0.1, 0.0, 9.0],
        [0.3, 0.2, 0.1, 0.9],
        [36, 24, 12, 60],
        nothing,
    )
    # size 100, 20, 5; percentiles of three 83.33, 50, 16.67; payment unknown: weight 85
    top = (40 * 100 + 45 * 250 / 3) / 85
    assert result.score[0] == pytest.approx(top)
    assert result.is_key.tolist() == [True, False, False, False]
    assert np.isnan(result.score[3])


def test_size_alone_is_too_little_to_judge_by() -> None:
    nothing = np.full(2, np.nan)
    result = key_accounts([5, 4], nothing, nothing, nothing, nothing)
    assert np.isnan(result.score).all()
    assert not result.is_key.any()


@pytest.mark.parametrize("case_id", ["KAM-01"])
def test_manager(case_id: str) -> None:
    c = case(case_id)
    kpis = c.inputs["kpis"]
    result = manager_scores(
        [[kpi["actual"] for kpi in kpis]],
        [kpi["target"] for kpi in kpis],
        [kpi["w"] for kpi in kpis],
        lower_is_better=[kpi.get("lower_is_better", False) for kpi in kpis],
        cap=c.inputs["cap"],
    )
    assert result.achievement[0] == pytest.approx(c.expected["achievement"], abs=c.tolerance)
    assert result.score[0] == pytest.approx(c.expected["score"], abs=c.tolerance)


def test_one_indicator_brings_at_most_the_cap() -> None:
    assert manager_scores([[500]], [100], [1]).score[0] == pytest.approx(120)
    with pytest.raises(BadInput):
        manager_scores([[1]], [1], [1], cap=0.5)


@given(some.lists(some.integers(-100, 10**9), min_size=1, max_size=30), some.randoms())
def test_size_scores_follow_the_value(values: list[int], chance) -> None:
    scores = size_score(values)
    order = np.argsort(values)
    assert (np.diff(scores[order]) >= 0).all()
    assert ((scores >= 0) & (scores <= 100)).all()
    places = list(range(len(values)))
    chance.shuffle(places)
    assert size_score([values[place] for place in places]) == pytest.approx(scores[places])
