"""Churn, retention and cohorts against published counts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from analytics.churn import churn_rate, cohorts, retention, revenue_retention, win_back_value
from errors import BadInput
from tests.analytics.cases import case, cdnow, superstore

amount = some.integers(-(10**6), 10**9)


@pytest.mark.parametrize("case_id", ["CHURN-SS-2015"])
def test_superstore_2015_to_2016(case_id: str) -> None:
    c = case(case_id)
    table = superstore().pivot_table(
        index="customer_id", columns="year", values="sales", aggfunc="sum", fill_value=0
    )
    result = retention(
        table[c.inputs["base_year"]].astype(int), table[c.inputs["next_year"]].astype(int)
    )
    found = {
        "customers_start": result.customers,
        "lost": result.lost,
        "churn_rate": result.churn,
        "revenue_start": round(result.value / 10_000, 2),
        "revenue_lost": round(result.lost_value / 10_000, 2),
        "grr": result.grr,
        "nrr": result.nrr,
    }
    assert found == pytest.approx(c.expected, abs=c.tolerance)


@pytest.mark.parametrize("case_id", ["CHURN-01"])
def test_churn_rate(case_id: str) -> None:
    c = case(case_id)
    rate = churn_rate(c.inputs["lost"], c.inputs["start"])
    assert float(rate) == pytest.approx(c.expected["churn_rate"], abs=c.tolerance)
    assert np.isnan(float(churn_rate(0, 0)))


@pytest.mark.parametrize("case_id", ["NRR-01"])
def test_revenue_bridge(case_id: str) -> None:
    c = case(case_id)
    i = dict(c.inputs)
    found = revenue_retention(i.pop("start"), **i)
    assert found == pytest.approx((c.expected["grr"], c.expected["nrr"]), abs=c.tolerance)


def test_relative_churn_weighs_by_what_was_bought() -> None:
    # 5 of 100 are lost, each half the average purchase: 5 % of customers, 2.5 % of sales
    before = np.array([50] * 5 + [100] * 90 + [150] * 5)
    result = retention(before, np.where(np.arange(100) < 5, 0, before))
    assert before.mean() == 100
    assert result.churn == 0.05
    assert result.revenue_churn == 0.025


def test_new_customers_are_outside_the_base() -> None:
    result = retention([100, 0], [50, 900])
    assert (result.customers, result.lost) == (1, 0)
    assert (result.grr, result.nrr) == (0.5, 0.5)
    assert np.isnan(retention([0], [5]).churn)


@pytest.mark.parametrize("case_id", ["COH-01"])
def test_cdnow_cohort(case_id: str) -> None:
    c = case(case_id)
    data = cdnow()
    month = data["day"].dt.year * 12 + data["day"].dt.month - 1
    result = cohorts(data["customer"], month, last=1998 * 12 + 5)
    first = result.active.loc[1997 * 12].to_numpy()
    assert first[:7].tolist() == c.expected["active"]
    assert result.retention.loc[1997 * 12].to_numpy()[:7] == pytest.approx(
        c.expected["retention"], abs=c.tolerance
    )
    assert len(first) == 18
    march = result.active.loc[1997 * 12 + 2].to_numpy()
    assert np.isnan(march[16:]).all()
    assert not np.isnan(march[:16]).any()


def test_what_is_not_yet_observed_is_missing_not_zero() -> None:
    result = cohorts([1, 1, 2], [10, 12, 11], last=12)
    assert result.active.loc[10].tolist() == [1, 0, 1]
    assert result.active.loc[11].tolist()[:2] == [1, 0]
    assert np.isnan(result.active.loc[11, 2])
    assert cohorts([1], [9], last=8).active.empty


@pytest.mark.parametrize("case_id", ["WIN-01"])
def test_win_back(case_id: str) -> None:
    c = case(case_id)
    i = c.inputs
    value = win_back_value(
        i["second_lifetime_value"],
        i["win_back_probability"],
        offer_cost=i["offer_cost_if_accepted"],
        contact_cost=i["contact_cost"],
    )
    assert float(value) == pytest.approx(c.expected["expected_value"], abs=c.tolerance)
    with pytest.raises(BadInput):
        win_back_value(1, 1.5)


@given(some.lists(some.tuples(amount, amount), min_size=1, max_size=30))
def test_gross_retention_never_exceeds_one_or_net(rows: list[tuple[int, int]]) -> None:
    before, after = zip(*rows, strict=True)
    result = retention(before, after)
    if result.customers:
        assert 0 <= result.grr <= 1
        assert result.grr <= result.nrr
        assert 0 <= result.churn <= 1
        assert result.revenue_churn <= 1 - result.grr + 1e-12
