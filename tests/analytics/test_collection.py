"""DSO family, CEI and days to pay against published examples."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from analytics.collection import (
    collection_effectiveness,
    collection_ratio,
    countback_dso,
    days_sales_outstanding,
    payment_days,
    weighted_days_by_customer,
)
from errors import BadInput
from tests.analytics.cases import case


@pytest.mark.parametrize("case_id", ["DSO-01"])
def test_dso_best_possible_and_delinquent(case_id: str) -> None:
    c = case(case_id)
    i = c.inputs
    result = days_sales_outstanding(
        i["receivables"], i["credit_sales"], days=i["days"], current=i["current"]
    )
    found = {
        "dso": float(result.dso),
        "bpdso": float(result.best_possible),
        "add": float(result.average_delinquent),
    }
    assert found == pytest.approx(c.expected, abs=c.tolerance)


@pytest.mark.parametrize("case_id", ["DSO-03"])
def test_countback(case_id: str) -> None:
    c = case(case_id)
    i = c.inputs
    result = countback_dso(i["receivables"], i["monthly_sales_latest_first"], i["days_per_month"])
    found = {
        "dso": result.days[0],
        "full_months_days": result.full_months_days[0],
        "partial_days": result.partial_days[0],
    }
    assert found == pytest.approx(c.expected, abs=c.tolerance)
    assert not result.exhausted[0]


@pytest.mark.parametrize("case_id", ["DSO-05"])
def test_dso_edges(case_id: str) -> None:
    *plain, history = case(case_id).inputs["cases"]
    owed = [each["receivables"] for each in plain]
    result = days_sales_outstanding(owed, [each["credit_sales"] for each in plain], days=30)
    assert np.isnan(result.dso[0])
    assert result.dso[1:].tolist() == [0, 0]
    assert result.negative.tolist() == [False, False, True]
    back = countback_dso(
        history["receivables"], history["countback_history"], history["days_per_month"]
    )
    assert back.exhausted[0]
    assert back.days[0] == 60


@pytest.mark.parametrize("case_id", ["CEI-01"])
def test_cei(case_id: str) -> None:
    c = case(case_id)
    i = c.inputs
    result = collection_effectiveness(
        i["beginning"], i["credit_sales"], i["ending_total"], i["ending_current"]
    )
    assert 100 * float(result) == pytest.approx(c.expected["cei"], abs=c.tolerance)


@pytest.mark.parametrize("case_id", ["CEI-IBM-2013-06"])
def test_one_month_of_a_real_ledger(case_id: str) -> None:
    """What follows from the month's four sums; the invoices they sum are not kept here."""
    c = case(case_id)
    e = c.expected
    owed, sales = e["ending"], e["credit_sales"]
    dso = days_sales_outstanding(owed, sales, days=30, current=e["ending_current"])
    cei = collection_effectiveness(e["beginning"], sales, owed, e["ending_current"])
    found = {
        "collections": e["beginning"] + sales - owed,
        "cei": 100 * float(cei),
        "dso_month": float(dso.dso),
        "bpdso_month": float(dso.best_possible),
        "dso_countback": float(countback_dso(owed, [sales], [30]).days[0]),
    }
    assert found == pytest.approx({name: e[name] for name in found}, abs=c.tolerance)


def test_cei_of_the_textbook() -> None:
    # (500 + 300 − 400) ÷ (500 + 300 − 250)
    assert float(collection_effectiveness(500, 300, 400, 250)) == pytest.approx(400 / 550)
    assert np.isnan(float(collection_effectiveness(0, 0, 0, 0)))


def test_collection_ratio_is_undefined_when_nothing_was_due() -> None:
    result = collection_ratio([95, 0, 120], [100, 0, 100])
    assert result[[0, 2]].tolist() == [0.95, 1.2]
    assert np.isnan(result[1])
    assert float(collection_ratio(1, 4)) == 0.25


def test_countback_skips_empty_months_and_returns() -> None:
    result = countback_dso([150, 0, -9], [[0, 100, 100], [1, 1, 1], [1, 1, 1]], [31, 30, 31])
    assert result.days.tolist() == [31 + 30 + 15.5, 0, 0]
    assert result.exhausted.tolist() == [False, False, False]


def test_countback_needs_matching_shapes() -> None:
    with pytest.raises(BadInput):
        countback_dso([1, 2], [[1, 2]], [30, 30])


def test_days_to_pay_and_both_kinds_of_late() -> None:
    # 300 paid on day 40 of terms 30 (10 late), 100 paid on day 10 (20 early)
    result = payment_days([300, 100], [0, 0], [30, 30], [40, 10])
    assert result.simple == 25
    assert result.weighted == (300 * 40 + 100 * 10) / 400
    assert result.late_signed == (300 * 10 - 100 * 20) / 400
    assert result.late_clipped == 300 * 10 / 400
    assert (result.late_share_count, result.late_share_amount) == (0.5, 0.75)


def test_no_receipts_no_days() -> None:
    result = payment_days([], [], [], [])
    assert result.receipts == 0
    assert np.isnan(result.weighted)


def test_receipts_must_be_positive() -> None:
    with pytest.raises(BadInput, match="below_minimum"):
        payment_days([0], [0], [0], [0])


def test_days_per_customer() -> None:
    result = weighted_days_by_customer([0, 0, 2], [300, 100, 50], [10, -20, 7], customers=3)
    assert result[[0, 2]].tolist() == [2.5, 7]
    assert np.isnan(result[1])


@given(some.lists(some.integers(0, 10**9), min_size=1, max_size=12), some.integers(0, 10**10))
def test_countback_lies_within_the_history(sales: list[int], owed: int) -> None:
    days = np.full(len(sales), 30)
    result = countback_dso(owed, sales, days)
    assert 0 <= result.days[0] <= days.sum() + 1e-6
    assert result.days[0] == pytest.approx(result.full_months_days[0] + result.partial_days[0])
    assert result.exhausted[0] == (owed > sum(sales))
