"""Sales figures (销售口径): sums, margin, rank, tiers, classes and RFM of every customer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast

import numpy as np

from analytics.abc_analysis import AbcResult, abc_analysis
from analytics.pyramid import PyramidResult, customer_pyramid, profit_pyramid
from analytics.rfm import RfmScores, rfm_scores, rfm_segments
from analytics.rhythm import median_gaps
from data.bulk import Column
from data.facts import Facts
from jobs.figures.align import Codes, Days, Flags, Floats, Ints, Rows, days_of
from models.policy import Policy


@dataclass(frozen=True, eq=False)
class Trade:
    """What customers bought, shape (n,) each; money in minor units."""

    sales: Ints
    sales_before: Ints
    whole: bool
    """The window is the whole period: there is no window before."""
    sales_total: Ints
    recent: Ints
    previous: Ints
    year_ago: Ints
    known: Ints
    """Sales of lines whose cost is known."""
    margin: Ints
    """Of those lines; means nothing where `margin_known` is False."""
    margin_known: Flags
    orders: Ints
    orders_before: Ints
    orders_total: Ints
    first_order: Days
    last_order: Days
    days_since: Floats
    usual_gap: Floats
    months_bought: Floats
    """Calendar months with a purchase in the window."""
    basis: Ints
    """What ranks customers by the settings."""
    pyramid: PyramidResult
    abc: AbcResult
    traded: Flags
    """Ever had an order line."""
    profit_tier: Codes
    """"" where the margin is unknown."""
    rfm: RfmScores
    segment: Codes

    def columns(self) -> dict[str, Column]:
        """The columns of `Snapshot` made here."""
        before = np.where(self.year_ago > 0, self.year_ago, self.previous)
        ranked = ~np.isnan(self.pyramid.rank)
        return {
            "sales": Column(self.sales),
            "sales_before": Column(self.sales_before, np.full(len(self.sales), self.whole)),
            "margin": Column(self.margin, ~self.margin_known),
            "sales_total": Column(self.sales_total),
            "sales_recent": Column(self.recent),
            "sales_recent_before": Column(before),
            "orders": Column(self.orders),
            "orders_total": Column(self.orders_total),
            "first_order": Column(self.first_order),
            "last_order": Column(self.last_order),
            "usual_gap": Column(self.usual_gap),
            "rank": whole_numbers(self.pyramid.rank, ~ranked),
            "cum_share": Column(self.pyramid.cumulative_share),
            "tier": Column(self.pyramid.tier),
            "profit_tier": Column(self.profit_tier, self.profit_tier == ""),
            "abc": Column(self.abc.abc_class, ~self.traded | (self.abc.abc_class == "")),
            "rfm_r": whole_numbers(self.rfm.r),
            "rfm_f": whole_numbers(self.rfm.f),
            "rfm_m": whole_numbers(self.rfm.m),
            "segment": Column(self.segment, self.segment == ""),
        }


def whole_numbers(values: Floats, missing: Flags | None = None) -> Column:
    """Floats that are whole numbers, NaN missing, as an integer column."""
    gone = np.isnan(values) if missing is None else missing
    return Column(np.where(gone, 0, values).astype(np.int64), gone)


def trade(rows: Rows, facts: Facts, policy: Policy) -> Trade:
    """Run the sales methods over all customers."""
    sums, counts = facts.sales, facts.orders
    sales = rows.ints(sums, "sales")
    known = rows.ints(sums, "known")
    margin = known - rows.ints(sums, "cost")
    margin_known = rows.ints(sums, "costed") > 0
    orders = rows.ints(counts, "orders")
    last_order = rows.days(counts, "last_order")
    days_since = rows.since(last_order)
    basis = {
        "sales": sales,
        "margin": np.where(margin_known, margin, 0),
        "received": rows.ints(facts.received, "received"),
    }[policy.pyramid_basis]
    rounding = cast(Literal["half_up", "ceiling"], policy.pyramid_rounding)
    scores = rfm_scores(days_since, orders, sales)
    gap, months = _rhythm(rows, facts)
    return Trade(
        sales=sales,
        sales_before=rows.ints(sums, "sales_before"),
        whole=facts.period.whole,
        sales_total=rows.ints(sums, "sales_total"),
        recent=rows.ints(sums, "recent"),
        previous=rows.ints(sums, "previous"),
        year_ago=rows.ints(sums, "year_ago"),
        known=known,
        margin=margin,
        margin_known=margin_known,
        orders=orders,
        orders_before=rows.ints(counts, "orders_before"),
        orders_total=rows.ints(counts, "orders_total"),
        first_order=rows.days(counts, "first_order"),
        last_order=last_order,
        days_since=days_since,
        usual_gap=gap,
        months_bought=months,
        basis=basis,
        pyramid=customer_pyramid(basis, cuts=policy.pyramid_cuts, rounding=rounding),
        abc=abc_analysis(sales, a_cut=policy.abc_cuts[0], b_cut=policy.abc_cuts[1]),
        traded=rows.flags(sums),
        profit_tier=_profit_tiers(margin - rows.ints(facts.visits, "visit_cost"), margin_known),
        rfm=scores,
        segment=rfm_segments(scores),
    )


def _profit_tiers(profit: Ints, known: Flags) -> Codes:
    """Margin less the cost of visits, where that cost was recorded."""
    tiers = np.full(len(profit), "", dtype="<U8")
    if known.any():
        tiers[known] = profit_pyramid(profit[known]).tier
    return tiers


def _rhythm(rows: Rows, facts: Facts) -> tuple[Floats, Floats]:
    """The usual gap, and the calendar months of the window in which each customer bought."""
    bought = rows.of(facts.purchase_days)
    who, day = bought.at, days_of(bought.frame["day"])
    # one key sorts both at once; a day number stays below 2^17 until the year 2328
    keys = np.sort((who << 17) | day.astype(np.int64))
    keys = keys[np.append(True, keys[1:] != keys[:-1])[: len(keys)]]
    who, day = keys >> 17, (keys & 0x1FFFF).astype("datetime64[D]")
    gaps = median_gaps(who, day, customers=len(rows))
    inside = day > np.datetime64(facts.period.after)
    who, month = who[inside], day[inside].astype("datetime64[M]")
    first = np.ones(len(who), dtype=np.bool_)
    first[1:] = (who[1:] != who[:-1]) | (month[1:] != month[:-1])
    months = np.bincount(who[first], minlength=len(rows)).astype(np.float64)
    return gaps.median_gap, months
