"""Customer quality (优质与劣质客户): big is not good; four kinds of risk laid over the tiers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.checks import (
    BoolArray,
    CodeArray,
    FloatArray,
    IntArray,
    codes,
    flags,
    floats,
    refuse,
    same_length,
    whole,
)
from analytics.metric import Metric

QUALITY_SCORE = Metric(
    key="quality_score",
    en="Customer quality",
    unit="score",
    better="higher",
    formula="100 − 30 for financial risk − 30 for profit risk − 15 for management risk "
    "− 25 for loss risk",
    source="ours, on the four risks of large customers; the weights are a setting",
)
BIG_BUT_POOR = Metric(
    key="big_but_poor",
    en="Big but poor customers",
    unit="count",
    better="lower",
    formula="customers in the upper tiers with a quality score below the cut",
    source="ours: 大客户 ≠ 优质客户",
)

FINANCE, PROFIT, MANAGEMENT, LOSS = 1, 2, 4, 8
FLAGS = ("finance", "profit", "management", "loss")
"""Codes of the bits, lowest first."""


@dataclass(frozen=True, eq=False)
class QualitySignals:
    """What is known about each customer at the as-of date, shape (n,) each."""

    overdue_share: FloatArray
    """Overdue ÷ receivables; NaN = nothing open."""
    over_limit: BoolArray
    grade: CodeArray
    """Credit grade; "" or "not_rated" = none."""
    margin_ratio: FloatArray
    """Margin ÷ net sales of the window; NaN = no sales."""
    complaints: IntArray
    """Complaints of the window."""
    cost_to_serve_ratio: FloatArray
    """Cost to serve ÷ net sales; NaN = unknown."""
    single_contact: BoolArray
    """True where everything hangs on one contact person."""
    loss_level: CodeArray
    """Level of the loss score."""

    def __post_init__(self) -> None:
        guards = {"BoolArray": flags, "IntArray": whole, "CodeArray": codes, "FloatArray": floats}
        for each in fields(self):
            guard = guards[str(each.type)]
            object.__setattr__(self, each.name, guard(getattr(self, each.name), each.name))
        same_length(**{each.name: getattr(self, each.name) for each in fields(self)})


@dataclass(frozen=True, eq=False)
class QualityResult:
    """Flags and scores in input order."""

    flags: NDArray[np.int8]
    """Bits FINANCE 1, PROFIT 2, MANAGEMENT 4, LOSS 8; 0 = none; shape (n,)."""
    score: FloatArray
    """0–100, 100 = no flag, shape (n,)."""

    def has(self, bit: int) -> BoolArray:
        """True where a flag is set."""
        return (self.flags & bit) != 0

    def names(self, row: int) -> tuple[str, ...]:
        """The flags of one customer, as codes."""
        return flag_names(int(self.flags[row]))


def flag_names(bits: int) -> tuple[str, ...]:
    """The codes of the flags set in `bits`."""
    return tuple(code for k, code in enumerate(FLAGS) if bits & 1 << k)


def customer_quality(
    signals: QualitySignals,
    *,
    max_overdue_share: float = 0.30,
    poor_grades: Sequence[str] = ("C", "D"),
    min_margin: float = 0.08,
    max_complaints: int = 3,
    max_cost_to_serve: float = 0.20,
    loss_levels: Sequence[str] = ("red", "amber"),
    weights: tuple[float, float, float, float] = (30, 30, 15, 25),
) -> QualityResult:
    """Four risk flags and what is left of 100 points after them.

    finance: overdue share above the limit, or over the credit limit, or a poor grade.
    profit: margin below the minimum. management: complaints at the maximum or more, or cost
    to serve above its limit, or a single contact. loss: loss level red or amber.

        score = 100 − Σ weights of the flags set

    An undefined value raises no flag.

    Args:
        signals: what is known per customer.
        max_overdue_share: overdue ÷ receivables still tolerated.
        poor_grades: grades that are a financial risk by themselves.
        min_margin: smallest margin ratio still good.
        max_complaints: complaints in the window from which on a customer is a burden.
        max_cost_to_serve: cost to serve ÷ sales still tolerated.
        loss_levels: loss levels that count.
        weights: points lost by finance, profit, management and loss, ≥ 0, sum ≤ 100.

    Raises:
        BadInput: the weights are negative or exceed 100 in total.

    Source: the four risks are those of the texts (财务, 利润, 管理, 流失); the rule is ours.
    """
    if min(weights) < 0 or sum(weights) > 100:
        raise refuse("bad_weights", "weights", weights)
    finance = (
        (signals.overdue_share > max_overdue_share)
        | signals.over_limit
        | _any_of(signals.grade, poor_grades)
    )
    profit = signals.margin_ratio < min_margin
    management = (
        (signals.complaints >= max_complaints)
        | (signals.cost_to_serve_ratio > max_cost_to_serve)
        | signals.single_contact
    )
    loss = _any_of(signals.loss_level, loss_levels)
    bits = np.zeros(len(finance), dtype=np.int8)
    score = np.full(len(finance), 100.0)
    for k, risk in enumerate((finance, profit, management, loss)):
        bits |= (risk.astype(np.int8) << k).astype(np.int8)
        score -= risk * weights[k]
    return QualityResult(bits, score)


def big_but_poor(
    tier: ArrayLike,
    score: ArrayLike,
    *,
    big_tiers: Sequence[str] = ("top", "big"),
    min_score: float = 60,
) -> BoolArray:
    """True where a customer is in an upper tier but below the quality cut.

    Args:
        tier: tier codes, shape (n,).
        score: quality scores, shape (n,).
        big_tiers: the tiers that count as big.
        min_score: quality from which on a customer is good enough.

    Raises:
        BadInput: lengths differ.

    Source: ours.
    """
    names, quality = codes(tier, "tier"), floats(score, "score")
    same_length(tier=names, score=quality)
    return _any_of(names, big_tiers) & (quality < min_score)


def _any_of(names: CodeArray, wanted: Sequence[str]) -> BoolArray:
    result = np.zeros(len(names), dtype=np.bool_)
    for code in wanted:
        result |= names == code
    return result
