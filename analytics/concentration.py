"""Customer concentration (客户集中度): how much hangs on how few."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike

from analytics.checks import NumberArray, fraction, numbers, refuse
from analytics.metric import Metric

GINI = Metric(
    key="gini",
    en="Gini coefficient",
    unit="ratio",
    better="neither",
    formula="Σ (2i − n − 1)·x₍ᵢ₎ ÷ (n·Σx), x ascending",
    source="Gini (1912); reference values of the R package ineq, case GINI-01",
)
HHI = Metric(
    key="hhi",
    en="Concentration index (HHI)",
    unit="ratio",
    better="lower",
    formula="Σ (share of each customer)²",
    source="Herfindahl (1950), Hirschman (1945); case GINI-01",
)
TOP_1_SHARE = Metric(
    key="top_1_share",
    en="Share of the largest customer",
    unit="ratio",
    better="lower",
    formula="value of the largest customer ÷ Σ positive value",
    source="common definition",
)
TOP_5_SHARE = Metric(
    key="top_5_share",
    en="Share of the five largest customers",
    unit="ratio",
    better="lower",
    formula="value of the five largest customers ÷ Σ positive value",
    source="common definition",
)
TOP_10_SHARE = Metric(
    key="top_10_share",
    en="Share of the ten largest customers",
    unit="ratio",
    better="lower",
    formula="value of the ten largest customers ÷ Σ positive value",
    source="common definition",
)
TOP_20_PERCENT_SHARE = Metric(
    key="top_20_percent_share",
    en="Share of the top 20 % of customers",
    unit="ratio",
    better="neither",
    formula="value of the largest 20 % of customers ÷ Σ positive value",
    source="Pareto; case GINI-03",
)


@dataclass(frozen=True, slots=True)
class GiniResult:
    """The coefficient, and what had to be done to the data."""

    gini: float
    """0 = all equal, towards 1 = all with one; NaN when nothing is positive."""
    corrected: float
    """gini·n/(n − 1); NaN for fewer than two customers."""
    customers: int
    """n, zeros included."""
    negatives: int
    """Values below zero that were set to 0."""


def gini(values: ArrayLike) -> GiniResult:
    """Gini coefficient of the values; negatives count as 0.

        G = Σ_i (2i − n − 1)·x₍ᵢ₎ ÷ (n·Σx)      corrected = G·n ÷ (n − 1)

    Args:
        values: one per customer, shape (n,), any unit.

    Raises:
        BadInput: a value is missing or not a number.

    Source: Gini (1912); cases GINI-01, GINI-03, GINI-05.
    """
    v = numbers(values, "values")
    negatives = int((v < 0).sum())
    x = np.sort(np.maximum(v, 0)).astype(np.float64)
    n, total = len(x), float(x.sum())
    if total <= 0:
        return GiniResult(np.nan, np.nan, n, negatives)
    weights = 2 * np.arange(1, n + 1) - n - 1
    g = min(1.0, max(0.0, float(weights @ (x / total)) / n))
    corrected = min(1.0, g * n / (n - 1)) if n > 1 else np.nan
    return GiniResult(g, corrected, n, negatives)


def hhi(values: ArrayLike) -> float:
    """Σ s_i², 1/n (all equal) to 1 (one customer); negatives count as 0; NaN if all are.

    Source: Herfindahl (1950); case GINI-01.
    """
    v = np.maximum(numbers(values, "values"), 0)
    total = float(v.sum())
    return float(np.sum((v / total) ** 2)) if total > 0 else np.nan


def top_n_share(values: ArrayLike, n: int) -> float:
    """Share of the positive total held by the `n` largest; NaN when there is no total.

    Raises:
        BadInput: n < 1, or a value is missing.

    Source: common definition.
    """
    if n < 1:
        raise refuse("out_of_range", "n", n, low=1)
    v = np.maximum(numbers(values, "values"), 0)
    return _share(v, n)


def top_share(values: ArrayLike, percent: int | float | Fraction = 20) -> float:
    """Share of the positive total held by the largest `percent` % of all customers.

    The number of customers is ⌊n·percent/100 + ½⌋, at least one; those without value count
    in n. NaN when there is no total.

    Raises:
        BadInput: percent is not within 0–100, or a value is missing.

    Source: Pareto; case GINI-03.
    """
    p = fraction(percent, "percent")
    if not 0 < p <= 100:
        raise refuse("out_of_range", "percent", percent, low=0, high=100)
    v = np.maximum(numbers(values, "values"), 0)
    return _share(v, max(1, int((len(v) * p / 100 + Fraction(1, 2)) // 1)))


def _share(v: NumberArray, n: int) -> float:
    total = v.sum()
    if total <= 0:
        return np.nan
    if n >= len(v):
        return 1.0
    return float(np.partition(v, len(v) - n)[-n:].sum() / total)
