"""Concentration against the R package ineq and its invariants."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from analytics.concentration import gini, hhi, top_n_share, top_share
from errors import BadInput
from tests.analytics.cases import case, cdnow_totals

amounts = some.lists(some.integers(0, 10**12), min_size=1, max_size=50)


@pytest.mark.parametrize("case_id", ["GINI-01"])
def test_ineq_example(case_id: str) -> None:
    c = case(case_id)
    result = gini(c.inputs["values"])
    assert result.gini == pytest.approx(c.expected["gini"], abs=c.tolerance)
    assert result.corrected == pytest.approx(
        c.expected["gini_corrected_n_over_n_minus_1"], abs=c.tolerance
    )
    assert hhi(c.inputs["values"]) == pytest.approx(c.expected["herfindahl"], abs=c.tolerance)


@pytest.mark.parametrize("case_id", ["GINI-03"])
def test_cdnow(case_id: str) -> None:
    c = case(case_id)
    totals = cdnow_totals()
    assert gini(totals).gini == pytest.approx(c.expected["gini"], abs=c.tolerance)
    assert top_share(totals, 20) == pytest.approx(c.expected["top20pct_share"], abs=c.tolerance)


@pytest.mark.parametrize("case_id", ["GINI-05"])
def test_edges(case_id: str) -> None:
    c = case(case_id)
    for values, plain, corrected in zip(
        c.inputs["values"], c.expected["gini"], c.expected["gini_corrected"], strict=True
    ):
        result = gini(values)
        assert result.gini == pytest.approx(plain, abs=c.tolerance)
        if corrected is None:
            assert np.isnan(result.corrected)
        else:
            assert result.corrected == pytest.approx(corrected, abs=c.tolerance)


def test_nothing_positive_is_undefined_and_negatives_are_counted() -> None:
    assert np.isnan(gini([0, -3]).gini)
    assert gini([0, -3]).negatives == 1
    assert np.isnan(hhi([0]))
    assert np.isnan(top_n_share([], 1))


def test_top_shares() -> None:
    values = [50, 30, 10, 10, -5]
    assert top_n_share(values, 1) == 0.5
    assert top_n_share(values, 2) == 0.8
    assert top_n_share(values, 99) == 1
    assert top_share(values, 50) == 0.9  # 2.5 of 5 customers rounds up to 3


def test_senseless_sizes_are_refused() -> None:
    with pytest.raises(BadInput):
        top_n_share([1], 0)
    with pytest.raises(BadInput):
        top_share([1], 0)


@given(amounts, some.randoms())
def test_bounds_and_permutation(values: list[int], chance) -> None:
    result = gini(values)
    shuffled = values.copy()
    chance.shuffle(shuffled)
    if sum(values) == 0:
        assert np.isnan(result.gini)
        return
    assert 0 <= result.gini <= 1 - 1 / len(values) + 1e-12
    assert gini(shuffled).gini == pytest.approx(result.gini)
    assert 1 / len(values) - 1e-12 <= hhi(values) <= 1 + 1e-12
    shares = [top_n_share(values, n) for n in range(1, len(values) + 1)]
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1)
