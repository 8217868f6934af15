"""Customer lifetime value (客户终身价值): the formula family, and the price of acquiring."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analytics.checks import FloatArray, floats, ratio, refuse, same_length
from analytics.metric import Metric

CLV = Metric(
    key="clv",
    en="Customer lifetime value",
    unit="money",
    better="higher",
    formula="margin × r ÷ (1 + i − r·(1 + g)), end of period, first margin excluded",
    source="Gupta & Lehmann (2003); cases CLV-01, CLV-08",
)
CAC = Metric(
    key="cac",
    en="Acquisition cost per new customer",
    unit="money",
    better="lower",
    formula="acquisition spend ÷ new customers of the same cohort",
    source="common definition; case CAC-01",
)
CAC_RATIO = Metric(
    key="cac_ratio",
    en="Acquisition cost ratio",
    unit="ratio",
    better="lower",
    formula="acquisition cost per customer ÷ first-year margin per customer",
    source="获取客户成本比率; three ratios are in use, case CAC-01",
)


def margin_multiple(
    retention: ArrayLike, discount: ArrayLike, *, growth: ArrayLike = 0.0
) -> FloatArray:
    """R ÷ (1 + i − r(1 + g)); NaN where the denominator is not positive.

    Source: Gupta & Lehmann (2003), Customers as Assets; case CLV-01.
    """
    r, i, g = (np.asarray(each, dtype=np.float64) for each in (retention, discount, growth))
    below = 1 + i - r * (1 + g)
    return ratio(r, np.where(below > 0, below, np.nan))


def customer_lifetime_value(
    margin: ArrayLike,
    retention: ArrayLike,
    discount: ArrayLike,
    *,
    growth: ArrayLike = 0.0,
    periods: int | None = None,
    first_margin: bool = False,
) -> FloatArray:
    """CLV with constant retention, margins at the end of each period.

        infinite: m·r ÷ (1 + i − r(1 + g))
        finite:   Σ_{k=1..n} m·r^k·(1 + g)^{k−1} ÷ (1 + i)^k

    Before acquisition cost. `first_margin` adds one immediate, certain margin.

    Args:
        margin: per period; a number or shape (n,).
        retention: r per period, 0–1.
        discount: i per period.
        growth: g of the margin per period.
        periods: horizon n; None = for ever.
        first_margin: include the margin already being earned.

    Returns:
        Unit of the margin; NaN where the infinite sum does not converge.

    Raises:
        BadInput: the horizon is below 1.

    Source: Gupta & Lehmann (2003); case CLV-08.
    """
    if periods is not None and periods < 1:
        raise refuse("below_minimum", "periods", periods, minimum=1)
    m, r = np.asarray(margin, dtype=np.float64), np.asarray(retention, dtype=np.float64)
    i, g = np.asarray(discount, dtype=np.float64), np.asarray(growth, dtype=np.float64)
    if periods is None:
        multiple = margin_multiple(r, i, growth=g)
    else:
        step = r * (1 + g) / (1 + i)
        multiple = r / (1 + i) * sum(step**k for k in range(periods))
    return m * (multiple + first_margin)


def berger_nasr(
    contribution: float, promotion: float, retention: float, discount: float, *, periods: int
) -> float:
    """CLV with yearly contribution and mid-year promotion.

        GC Σ_{k=0..n} r^k ÷ (1 + d)^k − M Σ_{k=1..n} r^{k−1} ÷ (1 + d)^{k−½}

    Source: Berger & Nasr (1998), Journal of Interactive Marketing 12(1), case 1; CLV-03.
    """
    k = np.arange(periods + 1)
    gain = contribution * np.sum((retention / (1 + discount)) ** k)
    spend = promotion * np.sum(retention ** k[:-1] / (1 + discount) ** (k[1:] - 0.5))
    return float(gain - spend)


def migration_value(
    purchase: Sequence[float], contribution: float, marketing: float, discount: float
) -> FloatArray:
    """Value of a customer by the periods since its last purchase.

        V = (I − P ÷ (1 + d))⁻¹ R,   R = (NC − M, −M, …, −M, 0)

    From recency j a customer buys with probability p_j (back to 1) or moves on; after the
    last recency it is a former customer for good. A negative value means: stop spending.

    Args:
        purchase: p_j for recency 1 … k, each 0–1.
        contribution: NC of a purchase.
        marketing: M per period, until former.
        discount: d per period, > 0.

    Returns:
        Value per recency 1 … k and of a former customer, shape (k + 1,).

    Raises:
        BadInput: a probability is outside 0–1 or the discount is not positive.

    Source: Dwyer (1989); Pfeifer & Carraway (2000), JIM 14(2); case CLV-05.
    """
    p = floats(purchase, "purchase")
    if ((p < 0) | (p > 1)).any() or discount <= 0:
        raise refuse("out_of_range", "purchase", low=0, high=1)
    k = len(p)
    moves = np.zeros((k + 1, k + 1))
    moves[:k, 0] = p
    moves[np.arange(k), np.arange(k) + 1] += 1 - p
    moves[k, k] = 1
    reward = np.array([contribution - marketing, *[-marketing] * (k - 1), 0.0])
    return np.linalg.solve(np.eye(k + 1) - moves / (1 + discount), reward)


def expected_npv(
    probability: ArrayLike, margin: ArrayLike, cost: ArrayLike, *, discount: float
) -> float:
    """Σ_t (p_t·m_t − c_t) ÷ (1 + d)^t, t from 0: the value of a schedule of chances.

    Raises:
        BadInput: lengths differ.

    Source: definition (几率性事件); case CLV-10.
    """
    p, m, c = floats(probability, "probability"), floats(margin, "margin"), floats(cost, "cost")
    t = np.arange(same_length(probability=p, margin=m, cost=c))
    return float(np.sum((p * m - c) / (1 + discount) ** t))


@dataclass(frozen=True, slots=True)
class AcquisitionCost:
    """What a new customer costs, in three named ratios; NaN where undefined."""

    cac: float
    to_first_year_margin: float
    """The headline: CAC ÷ first-year margin."""
    clv_to_cac: float
    payback_months: float


def acquisition_cost(
    spend: float, new_customers: int, *, first_year_margin: float, clv: float = np.nan
) -> AcquisitionCost:
    """Acquisition cost of a cohort.

    Args:
        spend: on acquiring the cohort, any unit.
        new_customers: won in the same cohort.
        first_year_margin: per customer, same unit.
        clv: per customer, same unit, NaN = not computed.

    Source: common definition; case CAC-01.
    """
    cac = float(ratio(spend, new_customers))
    yearly = first_year_margin if first_year_margin > 0 else np.nan
    return AcquisitionCost(cac, cac / yearly, float(ratio(clv, cac)), cac / (yearly / 12))
