"""Churn and retention (客户流失率与保留率): rates, cohorts, winning back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analytics.checks import FloatArray, numbers, positions, ratio, refuse, same_length
from analytics.metric import Metric

CHURN_RATE = Metric(
    key="churn_rate",
    en="Churn rate",
    unit="ratio",
    better="lower",
    formula="customers lost in the period ÷ customers at its start",
    source="common definition; cases CHURN-01, CHURN-SS-2015",
)
REVENUE_CHURN = Metric(
    key="revenue_churn",
    en="Revenue churn",
    unit="ratio",
    better="lower",
    formula="earlier sales of the customers lost ÷ earlier sales of all",
    source="相对流失率; case CHURN-SS-2015",
)
GRR = Metric(
    key="grr",
    en="Gross revenue retention",
    unit="ratio",
    better="higher",
    formula="Σ min(before, after) ÷ Σ before, over the customers at the start",
    source="common definition; case NRR-01",
)
NRR = Metric(
    key="nrr",
    en="Net revenue retention",
    unit="ratio",
    better="higher",
    formula="Σ after ÷ Σ before, over the customers at the start",
    source="common definition; case NRR-01",
)


@dataclass(frozen=True, slots=True)
class Retention:
    """Two periods compared over the customers of the first; NaN where undefined."""

    customers: int
    """With a positive value before."""
    lost: int
    churn: float
    value: float
    """Their value before."""
    lost_value: float
    revenue_churn: float
    grr: float
    nrr: float


def retention(before: ArrayLike, after: ArrayLike) -> Retention:
    """Churn and retention between two periods of equal length.

    Customers count from a positive value before; new ones are left out. Lost = nothing
    above zero after; a net return counts as 0. On lumpy sales GRR is low by nature: show it
    beside churn.

    Args:
        before: net value per customer in the earlier period, shape (n,).
        after: net value in the later one, same customers.

    Raises:
        BadInput: lengths differ or a value is missing.

    Source: case CHURN-SS-2015, NRR-01.
    """
    old, new = numbers(before, "before"), numbers(after, "after")
    same_length(before=old, after=new)
    there = old > 0
    old, new = old[there], np.maximum(new[there], 0)
    gone = new <= 0
    value, lost_value = old.sum().item(), old[gone].sum().item()
    shares = ratio([lost_value, np.minimum(old, new).sum(), new.sum()], value)
    return Retention(
        customers=len(old),
        lost=int(gone.sum()),
        churn=float(ratio(gone.sum(), len(old))),
        value=value,
        lost_value=lost_value,
        revenue_churn=float(shares[0]),
        grr=float(shares[1]),
        nrr=float(shares[2]),
    )


def churn_rate(lost: ArrayLike, start: ArrayLike) -> FloatArray:
    """Customers lost ÷ customers at the start; NaN without customers.

    Source: common definition; case CHURN-01.
    """
    return ratio(lost, start)


def revenue_retention(
    start: float, *, churned: float, contraction: float, expansion: float
) -> tuple[float, float]:
    """GRR and NRR from a revenue bridge over the customers at the start.

        GRR = (start − churned − contraction) ÷ start      NRR = GRR + expansion ÷ start

    Args:
        start: revenue at the start.
        churned: of customers lost, as a positive amount.
        contraction: of customers who buy less, as a positive amount.
        expansion: of customers who buy more.

    Source: common definition; case NRR-01.
    """
    gross = start - churned - contraction
    result = ratio([gross, gross + expansion], start if start > 0 else np.nan)
    return float(result[0]), float(result[1])


@dataclass(frozen=True, eq=False)
class Cohorts:
    """Customers by the period of their first purchase."""

    active: pd.DataFrame
    """Distinct active customers: row = first period, column = periods since, from 0.
    Cells not yet observed are missing, not 0."""
    retention: pd.DataFrame
    """active ÷ size of the cohort."""


def cohorts(customer: ArrayLike, period: ArrayLike, *, last: int) -> Cohorts:
    """The cohort table of first purchases.

    Args:
        customer: customer number per purchase, ≥ 0, shape (m,).
        period: number of the period per purchase (such as 12·year + month), shape (m,).
        last: the last period observed; later purchases are ignored.

    Raises:
        BadInput: lengths differ or a number is not whole.

    Source: common definition; case COH-01.
    """
    when = positions(period, "period", np.iinfo(np.int64).max)
    who = positions(customer, "customer", np.iinfo(np.int64).max)
    same_length(customer=who, period=when)
    seen = pd.DataFrame({"customer": who, "period": when})[when <= last].drop_duplicates()
    seen["cohort"] = seen.groupby("customer")["period"].transform("min")
    seen["since"] = seen["period"] - seen["cohort"]
    active = seen.groupby(["cohort", "since"]).size().unstack(fill_value=0).astype(np.float64)
    if active.empty:
        return Cohorts(active, active)
    active = active.reindex(columns=range(last - int(active.index.min()) + 1), fill_value=0.0)
    unobserved = active.index.to_numpy()[:, None] + active.columns.to_numpy()[None, :] > last
    active = active.mask(unobserved)
    return Cohorts(active, active.div(active[0], axis=0))


def win_back_value(
    second_lifetime_value: ArrayLike,
    probability: ArrayLike,
    *,
    offer_cost: ArrayLike = 0,
    contact_cost: ArrayLike = 0,
) -> FloatArray:
    """Expected value of trying to win a customer back: p·(value − offer) − contact.

    Args:
        second_lifetime_value: margin expected after the return; a number or shape (n,).
        probability: of success, 0–1.
        offer_cost: paid only on success.
        contact_cost: paid in any case.

    Raises:
        BadInput: a probability is outside 0–1.

    Source: Stauss & Friege (1999); case WIN-01.
    """
    p = np.asarray(probability, dtype=np.float64)
    if ((p < 0) | (p > 1)).any():
        raise refuse("out_of_range", "probability", low=0, high=1)
    gain = np.asarray(second_lifetime_value, dtype=np.float64) - np.asarray(offer_cost)
    return p * gain - np.asarray(contact_cost)
