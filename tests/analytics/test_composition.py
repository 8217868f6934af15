"""Composition: the published table, and Superstore's shares and margins."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from analytics.composition import composition, composition_shares
from tests.analytics.cases import case, superstore_products


@pytest.mark.parametrize("case_id", ["COMP-01"])
def test_cross_and_contribution_ratio(case_id: str) -> None:
    c = case(case_id)
    i = c.inputs
    rest = i["total_sales"] - i["sales"]
    result = composition([i["sales"], rest], [i["gross_profit"], 0], [i["avg_inventory"], np.nan])
    found = {
        "sales_share_pct": 100 * result.share[0],
        "gross_margin_pct": 100 * result.margin[0],
        "turnover": result.turnover[0],
        "cross_ratio": 100 * result.cross_ratio[0],
        "contribution_ratio": 100 * result.contribution_ratio[0],
    }
    assert found == pytest.approx(c.expected, abs=c.tolerance)
    assert result.contribution[0] == 1
    assert np.isnan(result.contribution[1])


def test_golden_number_of_the_domain() -> None:
    # margin 20 %, turnover 6, share 30 %: cross 1.20, contribution 0.36
    result = composition([300, 700], [60, 0], [50, 100])
    assert result.cross_ratio[0] == pytest.approx(1.20)
    assert result.contribution_ratio[0] == pytest.approx(0.36)


@pytest.mark.parametrize("case_id", ["COMP-03"])
def test_superstore(case_id: str) -> None:
    c = case(case_id)
    data = superstore_products()
    names = data["sub_category"].to_numpy()
    result = composition(data["sales"], data["profit"], np.full(len(data), np.nan))
    share = dict(zip(names, result.share, strict=True))
    margin = dict(zip(names, result.margin, strict=True))
    for name, value in c.expected["share"].items():
        assert share[name] == pytest.approx(value, abs=c.tolerance)
    for name, value in c.expected["margin"].items():
        assert margin[name] == pytest.approx(value, abs=c.tolerance)
    assert sorted(names[result.margin < 0]) == c.expected["loss_making"]
    assert data["sales"].sum() == round(c.expected["total_sales"] * 10_000)
    assert data["profit"].sum() == round(c.expected["total_profit"] * 10_000)


def test_no_sales_no_shares() -> None:
    assert np.isnan(composition_shares([5, -5])).all()


@given(some.lists(some.integers(-(10**6), 10**9), min_size=1, max_size=20))
def test_shares_sum_to_one(values: list[int]) -> None:
    if sum(values) > 0:
        assert composition_shares(values).sum() == pytest.approx(1)
