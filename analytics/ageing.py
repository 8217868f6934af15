"""Receivables ageing (账龄分析): who owes how much, and for how long it has been due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analytics.checks import (
    CodeArray,
    FloatArray,
    IntArray,
    ascending,
    day_numbers,
    numbers,
    positions,
    ratio,
    refuse,
    same_length,
    whole,
)
from analytics.groups import group_order, group_sum
from analytics.metric import Metric

TOTAL_RECEIVABLES = Metric(
    key="total_receivables",
    en="Total receivables",
    unit="money",
    better="neither",
    formula="Σ outstanding of open invoices at the date",
    source="OCA account_financial_report, case AGE-01",
)
OVERDUE_RECEIVABLES = Metric(
    key="overdue_receivables",
    en="Overdue receivables",
    unit="money",
    better="lower",
    formula="Σ outstanding of invoices past their due date",
    source="OCA account_financial_report, case AGE-01",
)
OVERDUE_RATIO = Metric(
    key="overdue_ratio",
    en="Overdue share",
    unit="ratio",
    better="lower",
    formula="overdue receivables ÷ total receivables",
    source="common definition",
)
OVERDUE_90 = Metric(
    key="overdue_90",
    en="Overdue more than 90 days",
    unit="money",
    better="lower",
    formula="Σ outstanding of invoices more than 90 days past due",
    source="common definition",
)
UNALLOCATED = Metric(
    key="unallocated_receipts",
    en="Unallocated receipts and credits",
    unit="money",
    better="lower",
    formula="Σ receipts and credit notes not applied to an invoice",
    source="ERPNext accounts receivable, case AGE-05",
)
OLDEST_OVERDUE = Metric(
    key="oldest_overdue_days",
    en="Oldest overdue",
    unit="days",
    better="lower",
    formula="largest number of days past due among open invoices",
    source="common definition",
)

EDGES = (30, 60, 90, 120)
CURRENT = "current"


def bucket_codes(edges: Sequence[int] = EDGES) -> tuple[str, ...]:
    """The codes of the buckets: "current", "1-30", "31-60", …, ">120".

    Args:
        edges: upper limits in days past due, rising, inclusive.

    Raises:
        BadInput: the edges do not rise from 1 upwards.
    """
    _edges(edges)
    lows = (1, *(edge + 1 for edge in edges[:-1]))
    ranges = (f"{low}-{high}" for low, high in zip(lows, edges, strict=True))
    return (CURRENT, *ranges, f">{edges[-1]}")


def bucket_of(days_past_due: ArrayLike, *, edges: Sequence[int] = EDGES) -> IntArray:
    """The bucket number of each item: 0 = current (d ≤ 0), then by inclusive upper limits.

    Args:
        days_past_due: as-of date minus due date (or minus invoice date), whole days, (m,).
        edges: upper limits in days past due, rising, inclusive.

    Raises:
        BadInput: a day count is missing, or the edges do not rise.

    Source: OCA account_financial_report; case AGE-01.
    """
    days = numbers(days_past_due, "days_past_due")
    limits = np.concatenate(([0.0], _edges(edges)))
    return np.searchsorted(limits, days, side="left").astype(np.int64)


@dataclass(frozen=True, slots=True)
class BucketRow:
    """One bucket: open items and what they add up to."""

    code: str
    first_day: int | None
    """Fewest days past due in the bucket; None for the current one."""
    items: int
    amount: int
    share: float
    """Of the total of all buckets; NaN when that is 0."""


@dataclass(frozen=True, eq=False)
class AgeingResult:
    """Open items by age, and whether they agree with the ledger. Money in minor units."""

    buckets: tuple[BucketRow, ...]
    """Current first."""
    bucket: CodeArray
    """Bucket code per item, "" where nothing is outstanding or the item is a credit; (m,)."""
    total: int
    """Σ buckets, receivables before unallocated credits."""
    not_due: int
    overdue: int
    overdue_ratio: float
    """overdue ÷ total; NaN when nothing is open."""
    oldest_days: float
    """Most days past due among the open items; NaN when nothing is overdue."""
    unallocated: int
    """Receipts and credits not applied, as a positive amount."""
    net: int
    """total − unallocated."""
    ledger_balance: int | None
    """The balance to agree with, when given."""
    difference: int | None
    """net − ledger balance; None when no balance was given."""

    @property
    def reconciles(self) -> bool:
        """True when Σ buckets − unallocated equals the ledger balance that was given."""
        return self.difference == 0

    def over(self, days: int) -> int:
        """Amount in the buckets that start after `days`; `days` must be an edge or 0."""
        if days not in (0, *(row.first_day - 1 for row in self.buckets if row.first_day)):
            raise refuse("not_an_edge", "days", days)
        return sum(row.amount for row in self.buckets if row.first_day and row.first_day > days)


def ageing(
    outstanding: ArrayLike,
    days_past_due: ArrayLike,
    *,
    edges: Sequence[int] = EDGES,
    unallocated: int = 0,
    ledger_balance: int | None = None,
) -> AgeingResult:
    """Sort open items into buckets and agree them with the ledger.

        outstanding = invoiced − payments applied − credit notes applied, all dated ≤ as-of
        Σ buckets − unallocated = ledger balance

    Items with nothing outstanding leave the list. A negative item is a credit nobody
    applied: it goes to the unallocated line and is never netted inside a bucket.

    Args:
        outstanding: open amount per item at the as-of date, minor units, shape (m,).
        days_past_due: as-of minus due date (or invoice date; say which), shape (m,).
        edges: upper limits in days past due, rising, inclusive.
        unallocated: receipts and credits not applied to any item, minor units, ≥ 0.
        ledger_balance: the customer ledger at the as-of date, minor units.

    Raises:
        BadInput: lengths differ, a value is missing or money is not whole.

    Source: OCA account_financial_report (AGE-01), ERPNext (AGE-05).
    """
    money = whole(outstanding, "outstanding")
    days = numbers(days_past_due, "days_past_due")
    same_length(outstanding=money, days_past_due=days)
    if unallocated < 0:
        raise refuse("below_minimum", "unallocated", unallocated, minimum=0)
    open_item = money > 0
    number = bucket_of(days[open_item], edges=edges)
    names = bucket_codes(edges)
    amounts = group_sum(number, money[open_item], len(names))
    items = np.bincount(number, minlength=len(names))
    total = int(amounts.sum())
    credit = unallocated - int(money[money < 0].sum())
    late = days[open_item & (days > 0)]
    shares = ratio(amounts, total)
    starts = (None, 1, *(int(edge) + 1 for edge in edges))
    bucket = np.full(len(money), "", dtype=f"<U{max(map(len, names))}")
    bucket[open_item] = np.array(names)[number]
    return AgeingResult(
        buckets=tuple(
            BucketRow(name, starts[k], int(items[k]), int(amounts[k]), float(shares[k]))
            for k, name in enumerate(names)
        ),
        bucket=bucket,
        total=total,
        not_due=int(amounts[0]),
        overdue=total - int(amounts[0]),
        overdue_ratio=(total - int(amounts[0])) / total if total else np.nan,
        oldest_days=float(late.max()) if late.size else np.nan,
        unallocated=credit,
        net=total - credit,
        ledger_balance=ledger_balance,
        difference=None if ledger_balance is None else total - credit - ledger_balance,
    )


@dataclass(frozen=True, eq=False)
class CustomerAgeing:
    """Buckets per customer; money in minor units."""

    codes: tuple[str, ...]
    amounts: IntArray
    """Shape (n, buckets), current first."""
    total: IntArray
    overdue: IntArray
    overdue_ratio: FloatArray
    """NaN where nothing is open."""
    oldest_days: FloatArray
    """NaN where nothing is overdue."""
    credits: IntArray
    """Unapplied credits found among the items, as positive amounts."""


def ageing_by_customer(
    customer: ArrayLike,
    outstanding: ArrayLike,
    days_past_due: ArrayLike,
    *,
    customers: int,
    edges: Sequence[int] = EDGES,
) -> CustomerAgeing:
    """The ageing of every customer at once, by the rules of `ageing`.

    Args:
        customer: position of the customer, 0 … customers − 1, per item, shape (m,).
        outstanding: open amount per item, minor units, shape (m,).
        days_past_due: days past due per item, shape (m,).
        customers: n.
        edges: upper limits in days past due, rising, inclusive.

    Raises:
        BadInput: lengths differ, a value is missing or a position is outside.

    Source: as `ageing`.
    """
    who = positions(customer, "customer", customers)
    money = whole(outstanding, "outstanding")
    days = numbers(days_past_due, "days_past_due")
    same_length(customer=who, outstanding=money, days_past_due=days)
    names = bucket_codes(edges)
    open_item = money > 0
    cell = who[open_item] * len(names) + bucket_of(days[open_item], edges=edges)
    amounts = group_sum(cell, money[open_item], customers * len(names))
    amounts = amounts.reshape(customers, len(names))
    total = amounts.sum(axis=1)
    overdue = total - amounts[:, 0]
    oldest = np.full(customers, -np.inf)
    late = open_item & (days > 0)
    np.maximum.at(oldest, who[late], days[late].astype(np.float64))
    credit = money < 0
    return CustomerAgeing(
        codes=names,
        amounts=amounts,
        total=total,
        overdue=overdue,
        overdue_ratio=ratio(overdue, total),
        oldest_days=np.where(np.isfinite(oldest), oldest, np.nan),
        credits=group_sum(who[credit], -money[credit], customers),
    )


@dataclass(frozen=True, eq=False)
class Application:
    """Credits applied to open items, minor units."""

    applied: IntArray
    """Per item, input order, shape (m,)."""
    remaining: IntArray
    """Still open per item, shape (m,)."""
    unallocated: IntArray
    """Left over per customer, shape (n,)."""


def apply_oldest_first(
    outstanding: ArrayLike,
    due: ArrayLike,
    credit: ArrayLike,
    *,
    customer: ArrayLike | None = None,
) -> Application:
    """Apply unallocated credits to open items, oldest due date first (先到期先冲).

    Items of one customer due on the same day are served in input order. What exceeds the
    open items stays unallocated.

    Args:
        outstanding: open amount per item, minor units, ≥ 0, shape (m,).
        due: due date per item, datetime64 or day numbers, shape (m,).
        credit: amount to apply per customer, minor units, ≥ 0, shape (n,).
        customer: position of the customer per item, shape (m,); by default one customer.

    Raises:
        BadInput: lengths differ, an amount is negative or a position is outside.

    Source: ERPNext accounts receivable, case AGE-03.
    """
    money = whole(outstanding, "outstanding")
    days = day_numbers(due, "due")
    pot = whole(np.atleast_1d(np.asarray(credit)), "credit")
    who = (
        positions(customer, "customer", len(pot))
        if customer is not None
        else np.zeros(len(money), dtype=np.int64)
    )
    same_length(outstanding=money, due=days, customer=who)
    for values, column in ((money, "outstanding"), (pot, "credit")):
        if (values < 0).any():
            raise refuse("below_minimum", column, minimum=0)
    order = group_order(who, days)
    sorted_money, sorted_who = money[order], who[order]
    owed = group_sum(who, money, len(pot))
    base = np.cumsum(owed) - owed
    before = np.cumsum(sorted_money) - sorted_money - base[sorted_who]
    applied = np.empty_like(money)
    applied[order] = np.clip(pot[sorted_who] - before, 0, sorted_money)
    return Application(applied, money - applied, pot - np.minimum(pot, owed))


def _edges(edges: Sequence[int]) -> FloatArray:
    if any(int(edge) != edge for edge in edges):
        raise refuse("not_whole_days", "edges", tuple(edges))
    return ascending(edges, "edges", above=0)
