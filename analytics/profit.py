"""Customer profitability (客户盈利分析): cost to serve and the whale curve."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analytics.checks import FloatArray, IntArray, NumberArray, floats, numbers, ratio, same_length
from analytics.metric import Metric

NET_CUSTOMER_PROFIT = Metric(
    key="net_customer_profit",
    en="Net customer profit",
    unit="money",
    better="higher",
    formula="net sales − cost of goods − Σ activity × rate − average receivable × capital rate",
    source="Cooper & Kaplan (1991); Kaplan & Narayanan (2001); case CTS-01",
)
WHALE_PEAK = Metric(
    key="whale_peak",
    en="Peak of the whale curve",
    unit="ratio",
    better="neither",
    formula="profit of the profitable customers ÷ total profit",
    source="Cooper & Kaplan (1991); case WHALE-02",
)


@dataclass(frozen=True, eq=False)
class NetProfit:
    """Profit after cost to serve, shape (n,) each, unit of the inputs."""

    net_sales: FloatArray
    gross_margin: FloatArray
    cost_to_serve: FloatArray
    financing: FloatArray
    net_profit: FloatArray
    net_margin: FloatArray
    """net profit ÷ net sales; NaN without sales."""


def net_customer_profit(
    net_sales: ArrayLike,
    cost_of_goods: ArrayLike,
    activities: ArrayLike,
    rates: ArrayLike,
    *,
    average_receivable: ArrayLike = 0,
    capital_rate: float = 0.0,
) -> NetProfit:
    """What a customer leaves after goods, service and credit.

        net = (sales − goods) − Σ_a quantity_a · rate_a − average receivable · capital rate

    Args:
        net_sales: list sales − discounts − returns, shape (n,).
        cost_of_goods: same unit, shape (n,).
        activities: how often each activity was needed, shape (n, a).
        rates: cost of one, same unit, shape (a,).
        average_receivable: over the period, a number or shape (n,).
        capital_rate: of the period, as a ratio.

    Raises:
        BadInput: lengths differ.

    Source: Cooper & Kaplan (1991); case CTS-01.
    """
    sales, goods = floats(net_sales, "net_sales"), floats(cost_of_goods, "cost_of_goods")
    quantity, rate = np.atleast_2d(floats(activities, "activities")), floats(rates, "rates")
    same_length(net_sales=sales, cost_of_goods=goods, activities=quantity)
    same_length(rates=rate, activities=quantity.T)
    serve = quantity @ rate
    financing = np.broadcast_to(
        floats(average_receivable, "average_receivable") * capital_rate, sales.shape
    )
    net = sales - goods - serve - financing
    return NetProfit(sales, sales - goods, serve, financing, net, ratio(net, sales))


@dataclass(frozen=True, eq=False)
class WhaleCurve:
    """Cumulative profit, most profitable customer first, unit of the input."""

    order: IntArray
    """Input positions, most profitable first, shape (n,)."""
    cumulative: NumberArray
    total: float
    peak: float
    """Profit of the profitable customers."""
    peak_at: int
    """After how many customers the peak is first reached."""
    peak_ratio: float
    """peak ÷ total; NaN when the total is not positive: show money then."""
    destroyed_ratio: float
    """peak ratio − 1: what the loss-making customers take away again."""


def whale_curve(profit: ArrayLike) -> WhaleCurve:
    """Profit added up from the best customer to the worst.

    Args:
        profit: net profit per customer, shape (n,).

    Raises:
        BadInput: a profit is missing.

    Source: Cooper & Kaplan (1991); case WHALE-02.
    """
    p = numbers(profit, "profit")
    order = np.argsort(-p, kind="stable")
    cumulative = np.cumsum(p[order])
    total = p.sum().item()
    peak = np.maximum(p, 0).sum().item()
    share = peak / total if total > 0 else np.nan
    return WhaleCurve(order, cumulative, total, peak, int((p > 0).sum()), share, share - 1)
