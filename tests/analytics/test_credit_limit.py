"""Credit-limit calculators against the texts' examples."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.credit_limit import (
    current_ratio_limit,
    judgement_limit,
    need_capacity_limit,
    net_asset_limit,
    sales_limit,
    working_capital_limit,
)
from errors import BadInput
from tests.analytics.cases import case


@pytest.mark.parametrize("case_id", ["CRL-01"])
def test_need_against_capacity(case_id: str) -> None:
    c = case(case_id)
    i = c.inputs
    shares = {"worth_share": i["pct_tnw"], "turnover_share": i["pct_turnover"]}
    found = need_capacity_limit(i["need"], i["tangible_net_worth"], i["turnover"], **shares)
    assert float(found) == pytest.approx(c.expected["acceptable"], abs=c.tolerance)
    lots = 10**9
    each = [
        float(need_capacity_limit(lots, i["tangible_net_worth"], lots, **shares)),
        float(need_capacity_limit(lots, lots, i["turnover"], **shares)),
    ]
    assert each == pytest.approx(c.expected["limits"], abs=c.tolerance)


@pytest.mark.parametrize("case_id", ["CRL-03"])
def test_three_methods_of_the_texts(case_id: str) -> None:
    c = case(case_id)
    i = c.inputs
    found = {
        "sales_method": float(
            sales_limit(
                i["expected_customer_sales"],
                i["cost_rate"],
                i["our_supply_share"],
                i["credit_period_days"],
                year_days=i["year_days"],
            )
        ),
        "working_capital_method": float(
            working_capital_limit(i["current_assets"], i["current_liabilities"], i["suppliers"])
        ),
        "net_asset_method": float(
            net_asset_limit(i["total_assets"], i["total_liabilities"], i["suppliers"])
        ),
    }
    assert found == pytest.approx(c.expected, abs=c.tolerance)


def test_golden_numbers_of_the_domain() -> None:
    assert float(sales_limit(12_000_000, 0.8, 0.25, 60)) == 400_000
    assert float(working_capital_limit(6_000_000, 4_000_000, 10)) == 200_000
    assert float(net_asset_limit(9_000_000, 5_000_000, 10)) == 400_000


def test_negative_base_is_cash_only_and_no_suppliers_is_undefined() -> None:
    result = working_capital_limit([100, 500, 500], [300, 100, 100], [4, 0, np.nan])
    assert result[0] == 0
    assert np.isnan(result[1:]).all()


def test_current_ratio_is_a_bounded_multiplier() -> None:
    result = current_ratio_limit(1000, [0.2, 1.2, 9.0], 1.0)
    assert result.tolist() == [500, 1200, 1500]
    assert np.isnan(float(current_ratio_limit(1000, 1.0, 0)))


def test_judgement_takes_the_smallest_times_the_factor_of_the_grade() -> None:
    limits = [[300, 250, np.nan], [300, 200, 100], [np.nan] * 3, [100, 100, 100]]
    result = judgement_limit(limits, ["A", "B", "A", "not_rated"])
    assert result[:2].tolist() == [250, 80]
    assert np.isnan(result[2:]).all()


def test_judgement_rises_in_steps_and_falls_at_once() -> None:
    result = judgement_limit(
        [[1000], [1000], [100]], ["A", "A", "A"], previous=[500, np.nan, 500], max_step=0.2
    )
    assert result.tolist() == [600, 1000, 100]


def test_bad_bounds_are_refused() -> None:
    with pytest.raises(BadInput):
        current_ratio_limit(1, 1, 1, floor=2, cap=1)
