"""Collection efficiency (回款效率): 回款率, DSO and its family, CEI, days to pay."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analytics.checks import (
    BoolArray,
    FloatArray,
    day_numbers,
    floats,
    positions,
    ratio,
    refuse,
    same_length,
    whole,
)
from analytics.groups import group_sum
from analytics.metric import Metric

COLLECTION_RATIO = Metric(
    key="collection_ratio",
    en="Collection ratio",
    unit="ratio",
    better="higher",
    formula="cash received for invoices due in the period ÷ invoices due in the period",
    source="回款率 of the Chinese sales-management texts, due-based",
)
DSO = Metric(
    key="dso",
    en="Days sales outstanding (DSO)",
    unit="days",
    better="lower",
    formula="receivables at the end ÷ credit sales × days",
    source="Credit Research Foundation; case DSO-01",
)
BPDSO = Metric(
    key="bpdso",
    en="Best possible DSO",
    unit="days",
    better="lower",
    formula="receivables not yet due ÷ credit sales × days",
    source="Credit Research Foundation; case DSO-01",
)
ADD = Metric(
    key="add",
    en="Average days delinquent",
    unit="days",
    better="lower",
    formula="DSO − best possible DSO",
    source="Credit Research Foundation; case DSO-01",
)
COUNTBACK_DSO = Metric(
    key="countback_dso",
    en="DSO by count-back",
    unit="days",
    better="lower",
    formula="whole months of sales taken off the receivables, the last one pro rata",
    source="count-back method; case DSO-03",
)
CEI = Metric(
    key="cei",
    en="Collection effectiveness (CEI)",
    unit="ratio",
    better="higher",
    formula="(opening + sales − closing) ÷ (opening + sales − closing not yet due)",
    source="Credit Research Foundation; case CEI-01",
)
DAYS_TO_PAY = Metric(
    key="days_to_pay",
    en="Weighted days to pay",
    unit="days",
    better="lower",
    formula="Σ amount × (paid − invoiced) ÷ Σ amount",
    source="common definition",
)
DAYS_LATE = Metric(
    key="days_late",
    en="Weighted days late",
    unit="days",
    better="lower",
    formula="Σ amount × (paid − due) ÷ Σ amount; early receipts count as negative",
    source="common definition",
)


def collection_ratio(received: ArrayLike, due: ArrayLike) -> FloatArray:
    """回款率: received for the invoices that fell due in the period ÷ those invoices.

    Args:
        received: cash received, until the as-of date, for invoices due in the period;
            a number or shape (n,), minor units.
        due: amount of those invoices, same shape.

    Returns:
        A ratio, 1.0 = everything that was due has come in; NaN where nothing was due. A
        0-d array for plain numbers.

    Source: due-based definition; some texts divide by sales instead, so name it.
    """
    return ratio(received, due)


@dataclass(frozen=True, eq=False)
class DsoResult:
    """Days, shape of the receivables; NaN where there were no sales."""

    dso: FloatArray
    best_possible: FloatArray
    average_delinquent: FloatArray
    negative: BoolArray
    """True where receivables were below zero and counted as 0."""


def days_sales_outstanding(
    receivables: ArrayLike, credit_sales: ArrayLike, *, days: float, current: ArrayLike = 0
) -> DsoResult:
    """DSO, the best possible DSO and the average days delinquent.

        DSO = receivables ÷ sales × days      BPDSO = current ÷ sales × days
        ADD = DSO − BPDSO

    Sales must include or exclude tax as the receivables do. Negative receivables count as 0
    and are flagged; sales of 0 or less leave the figures undefined.

    Args:
        receivables: at the end of the period; a number or shape (n,).
        credit_sales: of the period, same unit and shape.
        days: length of the period, > 0.
        current: receivables not yet due at the end, same shape; 0 leaves BPDSO at 0.

    Raises:
        BadInput: the period has no days.

    Source: Credit Research Foundation; cases DSO-01, DSO-05, CEI-IBM-2013-06.
    """
    if days <= 0:
        raise refuse("below_minimum", "days", days, minimum=0)
    owed = np.asarray(receivables, dtype=np.float64)
    sales = np.asarray(credit_sales, dtype=np.float64)
    sales = np.where(sales > 0, sales, np.nan)
    dso = ratio(np.maximum(owed, 0), sales) * days
    best = ratio(np.maximum(np.asarray(current, dtype=np.float64), 0), sales) * days
    return DsoResult(dso, best, dso - best, np.asarray(owed < 0))


@dataclass(frozen=True, eq=False)
class CountbackResult:
    """Days by count-back, shape (n,)."""

    days: FloatArray
    full_months_days: FloatArray
    partial_days: FloatArray
    exhausted: BoolArray
    """True where the sales handed in do not cover the receivables: read "more than"."""


def countback_dso(
    receivables: ArrayLike, monthly_sales: ArrayLike, days_per_month: ArrayLike
) -> CountbackResult:
    """DSO by taking whole months of sales off the receivables, the last month pro rata.

    A month without sales (or with a net return) counts with all its days while something
    is still to be covered. Negative receivables count as 0.

    Args:
        receivables: at the end of the latest month; a number or shape (n,).
        monthly_sales: latest month first, shape (k,) or (n, k).
        days_per_month: calendar days of those months, shape (k,).

    Raises:
        BadInput: shapes do not fit.

    Source: count-back method; cases DSO-03, DSO-05, CEI-IBM-2013-06.
    """
    owed = np.maximum(np.atleast_1d(floats(receivables, "receivables")), 0)
    sales = np.maximum(np.atleast_2d(floats(monthly_sales, "monthly_sales")), 0)
    days = floats(days_per_month, "days_per_month")
    if sales.shape != (len(owed), len(days)):
        raise refuse("different_lengths", "monthly_sales", sales.shape)
    left = np.maximum(owed[:, None] - (np.cumsum(sales, axis=1) - sales), 0)
    share = np.where(left > 0, 1.0, 0.0)
    np.divide(left, sales, out=share, where=sales > 0)
    full = (share >= 1) * days
    partial = np.where(share < 1, share, 0) * days
    return CountbackResult(
        days=(full + partial).sum(axis=1),
        full_months_days=full.sum(axis=1),
        partial_days=partial.sum(axis=1),
        exhausted=owed > sales.sum(axis=1),
    )


def collection_effectiveness(
    beginning: ArrayLike,
    credit_sales: ArrayLike,
    ending_total: ArrayLike,
    ending_current: ArrayLike,
) -> FloatArray:
    """CEI: what was collected of what could have been collected.

        CEI = (B + S − E_total) ÷ (B + S − E_current)

    Args:
        beginning: receivables on the first day of the period; a number or shape (n,).
        credit_sales: total credit sales of the period (not per month).
        ending_total: receivables at its end.
        ending_current: of these, not yet due.

    Returns:
        A ratio, 1.0 = nothing collectable was left; NaN where nothing was collectable.

    Source: Credit Research Foundation; cases CEI-01, CEI-IBM-2013-06.
    """
    start = np.asarray(beginning, dtype=np.float64) + np.asarray(credit_sales, dtype=np.float64)
    return ratio(start - np.asarray(ending_total), start - np.asarray(ending_current))


@dataclass(frozen=True, slots=True)
class PaymentDays:
    """How fast receipts came in; NaN when there were none."""

    receipts: int
    simple: float
    """Mean days from invoice to receipt, every receipt alike."""
    weighted: float
    """The same, weighted by amount."""
    late_signed: float
    """Weighted days from due date to receipt; early receipts are negative."""
    late_clipped: float
    """The same with early receipts as 0."""
    late_share_count: float
    late_share_amount: float


def payment_days(
    amount: ArrayLike, invoiced: ArrayLike, due: ArrayLike, paid: ArrayLike
) -> PaymentDays:
    """Days to pay and days late, weighted by the money received.

        Σ amount·(paid − invoiced) ÷ Σ amount      Σ amount·(paid − due) ÷ Σ amount

    One row per receipt and invoice, so that partial payments weigh what they brought.

    Args:
        amount: received, minor units, > 0, shape (m,).
        invoiced: invoice date, datetime64 or day numbers, shape (m,).
        due: due date, shape (m,).
        paid: date of the receipt, shape (m,).

    Raises:
        BadInput: lengths differ, a date is missing or an amount is not positive.

    Source: common definitions.
    """
    money = whole(amount, "amount")
    start, end = day_numbers(invoiced, "invoiced"), day_numbers(due, "due")
    there = day_numbers(paid, "paid")
    same_length(amount=money, invoiced=start, due=end, paid=there)
    if (money <= 0).any():
        raise refuse("below_minimum", "amount", minimum=1)
    if not len(money):
        return PaymentDays(0, *(np.nan,) * 6)
    taken, late = there - start, there - end
    total = int(money.sum())
    return PaymentDays(
        receipts=len(money),
        simple=float(taken.mean()),
        weighted=int((money * taken).sum()) / total,
        late_signed=int((money * late).sum()) / total,
        late_clipped=int((money * np.maximum(late, 0)).sum()) / total,
        late_share_count=float((late > 0).mean()),
        late_share_amount=int(money[late > 0].sum()) / total,
    )


def weighted_days_by_customer(
    customer: ArrayLike, amount: ArrayLike, days: ArrayLike, *, customers: int
) -> FloatArray:
    """Σ amount·days ÷ Σ amount per customer: days to pay or (signed, clipped) days late.

    Args:
        customer: position of the customer per receipt, 0 … customers − 1, shape (m,).
        amount: received, minor units, shape (m,).
        days: whole days per receipt, shape (m,).
        customers: n.

    Returns:
        Shape (n,); NaN where nothing was received.

    Raises:
        BadInput: lengths differ, a value is missing or a position is outside.

    Source: common definition.
    """
    who = positions(customer, "customer", customers)
    money, span = whole(amount, "amount"), whole(days, "days")
    same_length(customer=who, amount=money, days=span)
    return ratio(group_sum(who, money * span, customers), group_sum(who, money, customers))
