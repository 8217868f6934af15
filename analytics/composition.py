"""Composition analysis (客户构成分析): shares, cross ratio and contribution."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analytics.checks import FloatArray, floats, numbers, ratio, same_length
from analytics.metric import Metric

GROSS_MARGIN = Metric(
    key="gross_margin",
    en="Gross margin",
    unit="ratio",
    better="higher",
    formula="gross profit ÷ net sales",
    source="common definition; case COMP-03",
)
CROSS_RATIO = Metric(
    key="cross_ratio",
    en="Cross ratio",
    unit="ratio",
    better="higher",
    formula="gross margin × (sales ÷ average stock)",
    source="交叉比率; case COMP-01",
)
CONTRIBUTION_RATIO = Metric(
    key="contribution_ratio",
    en="Contribution ratio",
    unit="ratio",
    better="higher",
    formula="cross ratio × share of sales",
    source="贡献比率; case COMP-01",
)


def composition_shares(values: ArrayLike) -> FloatArray:
    """Share of each part in the net total; may be negative for net returns.

    Args:
        values: net value per part, shape (k,).

    Returns:
        Ratios that sum to 1; NaN throughout when the total is not positive.

    Raises:
        BadInput: a value is missing.

    Source: common definition; case COMP-03.
    """
    v = numbers(values, "values")
    total = v.sum()
    return ratio(v, total if total > 0 else np.nan)


@dataclass(frozen=True, eq=False)
class Composition:
    """What each part brings, shape (k,) each; NaN where undefined."""

    share: FloatArray
    margin: FloatArray
    turnover: FloatArray
    """Times a period."""
    cross_ratio: FloatArray
    """margin × turnover, as a ratio: 2.25 is the 225 of the books."""
    contribution_ratio: FloatArray
    """cross ratio × share."""
    contribution: FloatArray
    """贡献度: contribution ratio ÷ Σ contribution ratios."""


def composition(sales: ArrayLike, gross_profit: ArrayLike, average_stock: ArrayLike) -> Composition:
    """Cross ratio and contribution ratio of products, groups or customers.

        margin = gross profit ÷ sales      turnover = sales ÷ average stock
        cross ratio = margin × turnover    contribution ratio = cross ratio × sales share

    Some texts call margin × share 贡献度; here it is the product of all three. With stock at
    cost the cross ratio is GMROI: state the basis.

    Args:
        sales: net sales per part, shape (k,).
        gross_profit: per part, same unit.
        average_stock: (opening + closing) ÷ 2 per part, same unit, NaN = not counted.

    Raises:
        BadInput: lengths differ or a value is missing.

    Source: aonuma.net; case COMP-01.
    """
    s, profit = numbers(sales, "sales"), numbers(gross_profit, "gross_profit")
    stock = floats(average_stock, "average_stock")
    same_length(sales=s, gross_profit=profit, average_stock=stock)
    share, margin = composition_shares(s), ratio(profit, np.where(s > 0, s, np.nan))
    turnover = ratio(s, np.where(stock > 0, stock, np.nan))
    cross = margin * turnover
    contribution = cross * share
    total = np.nansum(contribution)
    return Composition(
        share=share,
        margin=margin,
        turnover=turnover,
        cross_ratio=cross,
        contribution_ratio=contribution,
        contribution=ratio(contribution, total if total > 0 else np.nan),
    )
