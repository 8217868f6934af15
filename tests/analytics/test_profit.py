"""Cost to serve and the whale curve."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from analytics.profit import net_customer_profit, whale_curve
from tests.analytics.cases import case


@pytest.mark.parametrize("case_id", ["CTS-01"])
def test_cost_to_serve(case_id: str) -> None:
    c = case(case_id)
    i = c.inputs
    result = net_customer_profit(
        [i["list_sales"] - i["discounts"] - i["returns"]],
        [i["cogs"]],
        [[activity["qty"] for activity in i["activities"]]],
        [activity["rate"] for activity in i["activities"]],
        average_receivable=i["avg_receivable"],
        capital_rate=i["annual_capital_rate"],
    )
    found = {
        "net_sales": result.net_sales[0],
        "gross_margin": result.gross_margin[0],
        "cost_to_serve": result.cost_to_serve[0],
        "financing": result.financing[0],
        "net_profit": result.net_profit[0],
        "net_margin_pct": 100 * result.net_margin[0],
    }
    assert found == pytest.approx(c.expected, abs=c.tolerance)


@pytest.mark.parametrize("case_id", ["WHALE-02"])
def test_whale(case_id: str) -> None:
    c = case(case_id)
    result = whale_curve(c.inputs["profits"][::-1])
    assert result.cumulative.tolist() == c.expected["cumulative"]
    assert result.total == c.expected["total"]
    assert 100 * result.peak_ratio == pytest.approx(c.expected["peak_pct"])
    assert result.peak_at == c.expected["peak_at_customer"]
    assert 100 * result.destroyed_ratio == pytest.approx(c.expected["profit_destroyed_pct"])


def test_no_percentages_without_a_profit() -> None:
    result = whale_curve([10, -30])
    assert (result.peak, result.total) == (10, -20)
    assert np.isnan(result.peak_ratio)


@given(some.lists(some.integers(-(10**9), 10**9), min_size=1, max_size=30))
def test_the_curve_peaks_where_profit_ends(profits: list[int]) -> None:
    result = whale_curve(profits)
    assert result.cumulative[-1] == result.total == sum(profits)
    assert max(0, result.cumulative.max()) == result.peak
