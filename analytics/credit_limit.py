"""Credit limits (信用额度): five calculators of the texts, and need against capacity."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike

from analytics.checks import CodeArray, FloatArray, codes, floats, half_up, ratio, refuse, within
from analytics.metric import Metric

CREDIT_LIMIT = Metric(
    key="credit_limit",
    en="Proposed credit limit",
    unit="money",
    better="neither",
    formula="smallest of the computed limits × factor of the grade, raised step by step",
    source="limits as in case CRL-03; 综合判断法, its factors a setting",
)

GRADE_FACTORS: Mapping[str, float] = MappingProxyType({"A": 1.0, "B": 0.8, "C": 0.5, "D": 0.0})


def sales_limit(
    expected_sales: ArrayLike,
    cost_rate: ArrayLike,
    supply_share: ArrayLike,
    credit_days: ArrayLike,
    *,
    year_days: float = 360,
) -> FloatArray:
    """销售额测定法: expected yearly sales × cost rate × our supply share × days ÷ 360.

    Args:
        expected_sales: the customer's own sales of a year, minor units; number or (n,).
        cost_rate: its cost of goods ÷ sales, 0–1.
        supply_share: our part of its purchases, 0–1.
        credit_days: term granted.
        year_days: days of the year in use, 360 or 365.

    Returns:
        Whole minor units as floats; 0 for a negative base, NaN where an input is missing.

    Source: Chinese sales-management texts (recalled); case CRL-03.
    """
    if year_days <= 0:
        raise refuse("below_minimum", "year_days", year_days, minimum=0)
    sales, cost = floats(expected_sales, "expected_sales"), floats(cost_rate, "cost_rate")
    share, days = floats(supply_share, "supply_share"), floats(credit_days, "credit_days")
    return half_up(np.maximum(sales * cost * share * days / year_days, 0))


def working_capital_limit(
    current_assets: ArrayLike, current_liabilities: ArrayLike, suppliers: ArrayLike
) -> FloatArray:
    """周转资产分割法: (current assets − current liabilities) ÷ number of suppliers.

    Returns:
        Whole minor units as floats; 0 for a negative base, NaN without suppliers.

    Source: Chinese sales-management texts (recalled); case CRL-03.
    """
    return _split(current_assets, current_liabilities, suppliers)


def net_asset_limit(assets: ArrayLike, liabilities: ArrayLike, suppliers: ArrayLike) -> FloatArray:
    """净资产分割法: (assets − liabilities) ÷ number of suppliers.

    Returns:
        Whole minor units as floats; 0 for a negative base, NaN without suppliers.

    Source: Chinese sales-management texts (recalled); case CRL-03.
    """
    return _split(assets, liabilities, suppliers)


def current_ratio_limit(
    base: ArrayLike,
    current_ratio: ArrayLike,
    norm: ArrayLike,
    *,
    floor: float = 0.5,
    cap: float = 1.5,
) -> FloatArray:
    """流动比率法: another method's limit × (current ratio ÷ norm), the factor kept in bounds.

    Args:
        base: a limit by another method, minor units; number or shape (n,).
        current_ratio: current assets ÷ current liabilities.
        norm: the usual ratio of the industry.
        floor: smallest factor.
        cap: largest factor.

    Raises:
        BadInput: floor and cap do not rise.

    Source: the texts give no formula; multiplier form ours, bounds a setting.
    """
    if not 0 <= floor <= cap:
        raise refuse("not_ascending", "floor", (floor, cap))
    factor = np.clip(ratio(current_ratio, norm), floor, cap)
    return half_up(np.maximum(floats(base, "base"), 0) * factor)


def judgement_limit(
    limits: ArrayLike,
    grade: ArrayLike,
    *,
    factors: Mapping[str, float] = GRADE_FACTORS,
    previous: ArrayLike | None = None,
    max_step: float = 0.20,
) -> FloatArray:
    """综合判断法: the smallest computed limit × the factor of the grade, raised in steps.

    Where a limit is in force, the new one exceeds it by at most `max_step`; it may fall at
    once. Methods that could not be computed (NaN) are left out; with none left, or with a
    grade that has no factor, the limit is undefined.

    Args:
        limits: one column per method, minor units, NaN = undefined, shape (n, methods).
        grade: grade codes, shape (n,).
        factors: factor per grade, ≥ 0.
        previous: limits in force, NaN = none, shape (n,).
        max_step: largest rise over the limit in force, as a ratio.

    Raises:
        BadInput: shapes do not fit.

    Source: the texts describe a judgement; min × factor is ours.
    """
    table = floats(limits, "limits")
    names: CodeArray = codes(grade, "grade")
    if table.ndim != 2 or len(table) != len(names):
        raise refuse("different_lengths", "limits", table.shape, expected=len(names))
    within(max_step, "max_step", 0, np.inf)
    smallest = np.where(np.isnan(table), np.inf, table).min(axis=1, initial=np.inf)
    factor = np.full(len(names), np.nan)
    for code, value in factors.items():
        factor[names == code] = value
    result = np.where(np.isfinite(smallest), smallest, np.nan) * factor
    if previous is not None:
        ceiling = floats(previous, "previous") * (1 + max_step)
        result = np.where(ceiling > 0, np.minimum(result, ceiling), result)
    return half_up(np.maximum(result, 0))


def need_capacity_limit(
    need: ArrayLike,
    tangible_net_worth: ArrayLike,
    turnover: ArrayLike,
    *,
    worth_share: float = 0.35,
    turnover_share: float = 0.05,
) -> FloatArray:
    """What the customer needs, as far as it can bear it: min(need, x·net worth, y·turnover).

    Returns:
        Whole minor units as floats; 0 for a negative base, NaN where an input is missing.

    Source: mydsomanager.com; case CRL-01.
    """
    worth = floats(tangible_net_worth, "tangible_net_worth") * worth_share
    volume = floats(turnover, "turnover") * turnover_share
    return half_up(np.maximum(np.minimum(np.minimum(floats(need, "need"), worth), volume), 0))


def _split(plus: ArrayLike, minus: ArrayLike, suppliers: ArrayLike) -> FloatArray:
    base = np.maximum(floats(plus, "assets") - floats(minus, "liabilities"), 0)
    count = floats(suppliers, "suppliers")
    return half_up(ratio(base, np.where(count > 0, count, np.nan)))
