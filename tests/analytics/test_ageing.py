"""Ageing by due date: bucket edges, allocation, unallocated credits, reconciliation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from analytics.ageing import (
    ageing,
    ageing_by_customer,
    apply_oldest_first,
    bucket_codes,
    bucket_of,
)
from errors import BadInput
from tests.analytics.cases import case

items = some.lists(
    some.tuples(some.integers(0, 4), some.integers(-(10**9), 10**9), some.integers(-400, 800)),
    max_size=60,
)


@pytest.mark.parametrize("case_id", ["AGE-01"])
def test_bucket_edges(case_id: str) -> None:
    c = case(case_id)
    as_of = np.datetime64(c.inputs["as_of"])
    days = (as_of - np.array(c.inputs["due_dates"], "M8[D]")).astype(int)
    assert days.tolist() == c.expected["days_past_due"]
    result = ageing(np.full(len(days), c.inputs["amount_each"]), days)
    assert result.bucket.tolist() == c.expected["buckets"]
    assert {row.code: row.amount for row in result.buckets} == c.expected["totals"]
    assert np.array(bucket_codes())[bucket_of(days)].tolist() == c.expected["buckets"]
    assert result.oldest_days == 121
    assert result.over(90) == 300
    assert result.over(0) == result.overdue == 900


@pytest.mark.parametrize("case_id", ["AGE-03"])
def test_payment_goes_to_the_oldest_instalment(case_id: str) -> None:
    c = case(case_id)
    days, amounts = zip(*c.inputs["schedule"], strict=True)
    result = apply_oldest_first(amounts, days, c.inputs["payment"])
    rows = np.column_stack([amounts, result.applied, result.remaining]).tolist()
    assert rows == c.expected["rows_invoiced_paid_outstanding"]
    assert result.remaining.sum() == c.expected["total_outstanding"]


@pytest.mark.parametrize("case_id", ["AGE-05"])
def test_unapplied_credit_stays_visible(case_id: str) -> None:
    c = case(case_id)
    outstanding = [row[3] for row in c.expected["rows"]]
    result = ageing(outstanding, [0, 0], ledger_balance=c.expected["net"])
    assert (result.total, result.unallocated, result.net) == (60, 100, c.expected["net"])
    assert result.bucket.tolist() == ["current", ""]
    assert result.reconciles
    stated = ageing(outstanding[:1], [0], unallocated=100, ledger_balance=0)
    assert stated.net == c.expected["net"]
    assert stated.difference == -40
    assert not stated.reconciles


def test_long_buckets_of_the_chinese_practice() -> None:
    codes = bucket_codes((30, 60, 90, 180, 365))
    assert codes == ("current", "1-30", "31-60", "61-90", "91-180", "181-365", ">365")
    assert bucket_of([180, 181, 365, 366], edges=(30, 60, 90, 180, 365)).tolist() == [4, 5, 5, 6]


def test_nothing_open() -> None:
    result = ageing([0, 0], [5, 900], ledger_balance=0)
    assert result.total == 0
    assert np.isnan(result.overdue_ratio)
    assert np.isnan(result.oldest_days)
    assert result.bucket.tolist() == ["", ""]
    assert result.reconciles


def test_without_a_ledger_nothing_is_claimed() -> None:
    assert ageing([5], [1]).difference is None
    assert not ageing([5], [1]).reconciles


@pytest.mark.parametrize("edges", [(), (0, 30), (60, 30), (30.5,)])
def test_bad_edges_are_refused(edges: tuple[float, ...]) -> None:
    with pytest.raises((BadInput, IndexError)) as caught:
        ageing([1], [1], edges=edges)
    assert caught.type is BadInput


def test_fractions_of_a_cent_are_refused() -> None:
    with pytest.raises(BadInput, match="not_whole_units"):
        ageing([1.5], [1])


def test_only_an_edge_can_be_asked_for() -> None:
    with pytest.raises(BadInput, match="not_an_edge"):
        ageing([1], [1]).over(45)


def test_every_customer_at_once_and_leftovers() -> None:
    # customer 0 has due days 20, 10 and 10 again; customer 1 owes less than its credit
    result = apply_oldest_first([100, 50, 70, 30], [20, 10, 10, 5], [90, 45], customer=[0, 0, 0, 1])
    assert result.applied.tolist() == [0, 50, 40, 30]
    assert result.remaining.tolist() == [100, 0, 30, 0]
    assert result.unallocated.tolist() == [0, 15]


@given(items, some.integers(0, 10**9))
def test_buckets_reconcile(rows: list[tuple[int, int, int]], credit: int) -> None:
    who = np.array([row[0] for row in rows], dtype=np.int64)
    money = np.array([row[1] for row in rows], dtype=np.int64)
    days = np.array([row[2] for row in rows], dtype=np.int64)
    balance = int(money.sum()) - credit
    whole = ageing(money, days, unallocated=credit, ledger_balance=balance)
    assert whole.reconciles
    assert sum(row.amount for row in whole.buckets) == whole.total
    assert whole.not_due + whole.overdue == whole.total

    each = ageing_by_customer(who, money, days, customers=5)
    assert each.amounts.sum(axis=0).tolist() == [row.amount for row in whole.buckets]
    assert each.total.sum() == whole.total
    assert each.credits.sum() + credit == whole.unallocated
    for customer in range(5):
        mine = who == customer
        alone = ageing(money[mine], days[mine])
        assert each.amounts[customer].tolist() == [row.amount for row in alone.buckets]
        assert np.array_equal(each.oldest_days[customer], alone.oldest_days, equal_nan=True)


@given(items, some.lists(some.integers(0, 10**9), min_size=5, max_size=5))
def test_nothing_is_lost_in_application(
    rows: list[tuple[int, int, int]], credit: list[int]
) -> None:
    who = np.array([row[0] for row in rows], dtype=np.int64)
    money = np.abs(np.array([row[1] for row in rows], dtype=np.int64))
    due = np.array([row[2] for row in rows], dtype=np.int64)
    result = apply_oldest_first(money, due, credit, customer=who)
    assert (result.applied + result.remaining == money).all()
    assert (result.applied >= 0).all()
    assert (result.remaining >= 0).all()
    assert result.applied.sum() + result.unallocated.sum() == sum(credit)
    for customer in range(5):
        mine = who == customer
        started = mine & (result.remaining > 0)
        if started.any():  # nothing later is touched while something earlier is open
            later = mine & (due > due[started].min())
            assert result.applied[later].sum() == 0
            assert result.unallocated[customer] == 0
