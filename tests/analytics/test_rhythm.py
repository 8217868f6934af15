"""Own buying rhythm: the CDNOW case, and the bulk form against the single one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from analytics.rhythm import borrow_gaps, median_gaps, overdue_ratio, own_rhythm
from tests.analytics.cases import case, cdnow

purchases = some.lists(some.tuples(some.integers(0, 3), some.integers(0, 300)), max_size=60)


@pytest.mark.parametrize("case_id", ["GAP-01"])
def test_cdnow_customer_nine(case_id: str) -> None:
    c = case(case_id)
    dates = np.array(c.inputs["dates"], "M8[D]")
    as_of = np.datetime64(c.inputs["as_of"])
    result = own_rhythm(dates, as_of=as_of)
    assert result.gaps.tolist() == c.expected["gaps"]
    assert result.median_gap == c.expected["median_gap"]
    assert result.mean_gap == c.expected["mean_gap"]
    assert result.since_last == c.expected["since_last"]
    assert result.ratio == pytest.approx(c.expected["ratio"], abs=c.tolerance)
    assert result.overdue is c.expected["overdue_k2"]
    assert own_rhythm(dates, as_of=as_of, k=1).overdue is c.expected["overdue_k1"]
    data = cdnow()
    in_sample = data.loc[data["customer"] == 9, "day"]
    assert own_rhythm(in_sample, as_of=as_of).median_gap == c.expected["median_gap"]


def test_two_purchase_days_are_no_rhythm() -> None:
    result = own_rhythm([0, 0, 10], as_of=100)
    assert np.isnan(result.median_gap)
    assert result.overdue is None
    assert result.since_last == 90


def test_purchases_after_the_date_are_not_seen() -> None:
    assert own_rhythm([0, 10, 20, 500], as_of=30).since_last == 10
    assert np.isnan(own_rhythm([500], as_of=30).since_last)


def test_ratio_is_undefined_without_a_gap() -> None:
    result = overdue_ratio([60, np.nan, 60], [30, 30, np.nan])
    assert result[0] == 2
    assert np.isnan(result[1:]).all()


def test_the_segment_lends_its_median() -> None:
    result = borrow_gaps([10, 30, np.nan, np.nan], [0, 0, 0, 1], segments=2)
    assert result.gap[:3].tolist() == [10, 30, 20]
    assert result.borrowed.tolist() == [False, False, True, False]
    assert np.isnan(result.gap[3])


@given(purchases)
def test_bulk_equals_one_by_one(rows: list[tuple[int, int]]) -> None:
    who = np.array([row[0] for row in rows], dtype=np.int64)
    day = np.array([row[1] for row in rows], dtype=np.int64)
    bulk = median_gaps(who, day, customers=4)
    pairs = np.array(sorted(set(rows)), dtype=np.int64).reshape(-1, 2)
    sorted_bulk = median_gaps(pairs[:, 0], pairs[:, 1], customers=4)
    assert np.array_equal(bulk.median_gap, sorted_bulk.median_gap, equal_nan=True)
    for customer in range(4):
        mine = day[who == customer]
        alone = own_rhythm(mine, as_of=300)
        assert np.array_equal(bulk.median_gap[customer], alone.median_gap, equal_nan=True)
        assert bulk.purchase_days[customer] == len(set(mine.tolist()))
        assert np.array_equal(300 - bulk.last_day[customer], alone.since_last, equal_nan=True)
