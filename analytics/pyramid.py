"""Customer pyramids (客户金字塔): tiers by rank of value, tiers by profit, and movement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analytics.checks import (
    CodeArray,
    FloatArray,
    IntArray,
    codes,
    fraction,
    numbers,
    refuse,
    same_length,
)
from analytics.metric import Metric
from analytics.ranking import rank_positive, spread

TOP_TIER_SHARE = Metric(
    key="top_tier_share",
    en="Value held by the top tier",
    unit="ratio",
    better="neither",
    formula="Σ value of the top tier ÷ Σ positive value",
    source="Curry & Curry (2000), The Customer Marketing Method",
)
ACTIVE_CUSTOMERS = Metric(
    key="active_customers",
    en="Active customers",
    unit="count",
    better="higher",
    formula="customers with a net value above zero in the window",
    source="Curry & Curry (2000), The Customer Marketing Method",
)
MOVED_UP = Metric(
    key="moved_up",
    en="Customers who moved up",
    unit="count",
    better="higher",
    formula="customers in a better tier than at the earlier date",
    source="ours, on the tiers of Curry & Curry (2000)",
)
MOVED_DOWN = Metric(
    key="moved_down",
    en="Customers who moved down",
    unit="count",
    better="lower",
    formula="customers in a worse tier than at the earlier date",
    source="ours, on the tiers of Curry & Curry (2000)",
)
LEAD_CUSTOMERS = Metric(
    key="lead_customers",
    en="Loss-making customers",
    unit="count",
    better="lower",
    formula="customers with a net profit below zero",
    source="Zeithaml, Rust & Lemon (2001), California Management Review 43(4); cut-offs ours",
)

TIERS = ("top", "big", "medium", "small")
INACTIVE = "inactive"
PROFIT_TIERS = ("platinum", "gold", "iron", "lead")
MOVES = ("up", "down", "new", "lost", "same")


@dataclass(frozen=True, slots=True)
class TierRow:
    """One tier: who is in it, what they hold, and what it takes to get in."""

    code: str
    customers: int
    customer_share: float
    """Share of the ranked customers; NaN for the inactive."""
    value: float
    """Sum of the values, unit of the values."""
    value_share: float
    """Share of the positive total; NaN when that is 0 and for the inactive."""
    entry_threshold: float
    """Smallest value in the tier; NaN when it is empty."""


@dataclass(frozen=True, eq=False)
class PyramidResult:
    """Tiers in input order, and one row per tier, best first."""

    tier: CodeArray
    """Tier code per customer, shape (n,)."""
    rank: FloatArray
    """Competition rank, 1 = largest, ties equal; NaN where not ranked."""
    cumulative_share: FloatArray
    """Share of the total held by this customer and those before it; NaN where not ranked."""
    tiers: tuple[TierRow, ...]
    total: float
    """Sum of the ranked values."""


def cut_counts(
    ranked: int,
    *,
    cuts: Sequence[int | float | Fraction] = (1, 5, 20),
    rounding: Literal["half_up", "ceiling"] = "half_up",
) -> tuple[int, ...]:
    """How many customers lie above each cut, cumulatively, in whole-number arithmetic.

        half_up: n_k = ⌊N·p_k/100 + ½⌋      ceiling: n_k = ⌈N·p_k/100⌉

    then n_1 ≥ 1, n_k ≥ n_{k−1} and n_k ≤ N.

    Args:
        ranked: N, customers with a positive value.
        cuts: cumulative percents, rising, 0 < p ≤ 100; a float is read as it prints.
        rounding: how N·p/100 becomes a count.

    Raises:
        BadInput: the cuts do not rise within 0–100.

    Source: Curry & Curry (2000); case PYR-01. The ceiling rule is a common variant.
    """
    percents = [fraction(cut, "cuts") for cut in cuts]
    rising = all(a < b for a, b in pairwise(percents))
    if not percents or not rising or percents[0] <= 0 or percents[-1] > 100:
        raise refuse("not_ascending", "cuts", tuple(cuts))
    counts: list[int] = []
    for p in percents:
        exact = p * ranked / 100
        count = -(-exact // 1) if rounding == "ceiling" else (exact + Fraction(1, 2)) // 1
        counts.append(min(ranked, max(int(count), 1, *counts[-1:])))
    return tuple(counts)


def customer_pyramid(
    values: ArrayLike,
    *,
    cuts: Sequence[int | float | Fraction] = (1, 5, 20),
    rounding: Literal["half_up", "ceiling"] = "half_up",
) -> PyramidResult:
    """Rank active customers by value: top 1 %, big next 4 %, medium next 15 %, small the rest.

    Only values above zero are ranked; the others are "inactive". Equal values all take the
    better tier, so a tier may hold more than its count.

    Args:
        values: net value per customer in the window, shape (n,), minor units or any unit.
        cuts: three cumulative percents of the ranked customers.
        rounding: see `cut_counts`.

    Raises:
        BadInput: a value is missing, or there are not three rising cuts.

    Source: Curry & Curry (2000), The Customer Marketing Method; case PYR-01.
    """
    v = numbers(values, "values")
    if len(cuts) != len(TIERS) - 1:
        raise refuse("wrong_count", "cuts", tuple(cuts), expected=len(TIERS) - 1)
    ranking = rank_positive(v)
    counts = cut_counts(len(ranking.order), cuts=cuts, rounding=rounding)
    by_place = np.searchsorted(counts, ranking.group_start, side="right")
    index = np.full(len(v), len(TIERS))
    index[ranking.order] = by_place
    cumulative = ranking.cumulative_share()
    return PyramidResult(
        tier=np.array((*TIERS, INACTIVE))[index],
        rank=spread(ranking.group_start + 1, ranking, len(v)),
        cumulative_share=spread(cumulative, ranking, len(v)),
        tiers=(
            *_tier_rows(TIERS, index, v, len(ranking.order), ranking.total),
            _inactive_row(v[index == len(TIERS)]),
        ),
        total=ranking.total,
    )


def profit_pyramid(profit: ArrayLike, *, cuts: tuple[float, float] = (0.50, 0.80)) -> PyramidResult:
    """Platinum, gold, iron and lead by profitability.

    Lead = net profit below zero (after cost to serve). Of the others, platinum while the
    customers before hold less than 50 % of the positive profit, gold while less than 80 %,
    iron the rest (profit of exactly 0 included). Ties stay together. No cut-offs are
    published: the two shares are a configuration.

    Args:
        profit: net profit per customer, shape (n,), minor units or any unit.
        cuts: shares of the positive profit at which platinum and gold end.

    Raises:
        BadInput: a profit is missing or the cuts do not rise within 0–1.

    Source: Zeithaml, Rust & Lemon (2001), California Management Review 43(4); cuts ours.
    """
    p = numbers(profit, "profit")
    if not 0 < cuts[0] < cuts[1] <= 1:
        raise refuse("not_ascending", "cuts", cuts)
    ranking = rank_positive(p)
    before = ranking.share_before()[ranking.group_start] if len(ranking.order) else np.empty(0)
    index = np.where(p < 0, 3, 2)
    index[ranking.order] = (before >= cuts[0]).astype(np.int64) + (before >= cuts[1])
    return PyramidResult(
        tier=np.array(PROFIT_TIERS)[index],
        rank=spread(ranking.group_start + 1, ranking, len(p)),
        cumulative_share=spread(ranking.cumulative_share(), ranking, len(p)),
        tiers=_tier_rows(PROFIT_TIERS, index, p, len(p), ranking.total),
        total=ranking.total,
    )


@dataclass(frozen=True, eq=False)
class TierMovement:
    """Who changed tier between two dates."""

    move: CodeArray
    """"up", "down", "new", "lost" or "same" per customer, shape (n,)."""
    matrix: pd.DataFrame
    """Customers by tier before (rows) and after (columns), best first, inactive last."""
    counts: dict[str, int]
    """Customers per move, all five codes."""


def tier_movement(
    before: ArrayLike,
    after: ArrayLike,
    *,
    tiers: Sequence[str] = TIERS,
    none: str = INACTIVE,
) -> TierMovement:
    """Compare the tiers of the same customers at two dates.

    New = from `none` into a tier, lost = from a tier to `none`, up and down by the order of
    `tiers`, same otherwise (inactive at both dates included). An empty code counts as `none`.

    Args:
        before: tier codes at the earlier date, shape (n,).
        after: tier codes at the later date, same customers in the same order.
        tiers: the codes, best first.
        none: the code of customers in no tier.

    Raises:
        BadInput: lengths differ or a code is unknown.

    Source: ours.
    """
    old = _tier_index(codes(before, "before"), "before", tiers, none)
    new = _tier_index(codes(after, "after"), "after", tiers, none)
    same_length(before=old, after=new)
    names = [*tiers, none]
    last = len(tiers)
    move = np.select(
        [old == new, old == last, new == last, new < old], [4, 2, 3, 0], default=1
    ).astype(np.int64)
    cells = np.bincount(old * len(names) + new, minlength=len(names) ** 2)
    matrix = pd.DataFrame(cells.reshape(len(names), -1), index=names, columns=names)
    counts = np.bincount(move, minlength=len(MOVES))
    return TierMovement(
        move=np.array(MOVES)[move],
        matrix=matrix.rename_axis(index="before", columns="after"),
        counts={code: int(counts[k]) for k, code in enumerate(MOVES)},
    )


def _tier_index(tier: CodeArray, column: str, tiers: Sequence[str], none: str) -> IntArray:
    index = np.full(len(tier), -1, dtype=np.int64)
    for k, code in enumerate((*tiers, none)):
        index[tier == code] = k
    index[tier == ""] = len(tiers)
    if (index < 0).any():
        raise refuse("unknown_code", column, tier[int((index < 0).argmax())])
    return index


def _tier_rows(
    names: Sequence[str], index: IntArray, values: np.ndarray, ranked: int, total: float
) -> tuple[TierRow, ...]:
    rows = []
    for k, code in enumerate(names):
        members = values[index == k]
        value = members.sum().item()
        rows.append(
            TierRow(
                code=code,
                customers=len(members),
                customer_share=len(members) / ranked if ranked else np.nan,
                value=value,
                value_share=value / total if total > 0 else np.nan,
                entry_threshold=members.min().item() if len(members) else np.nan,
            )
        )
    return tuple(rows)


def _inactive_row(values: np.ndarray) -> TierRow:
    return TierRow(INACTIVE, len(values), np.nan, values.sum().item(), np.nan, np.nan)
