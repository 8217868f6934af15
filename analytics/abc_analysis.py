"""ABC analysis (ABC 客户分类): the few customers who bring most of the value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from analytics.checks import BoolArray, CodeArray, FloatArray, numbers, refuse
from analytics.metric import Metric
from analytics.ranking import Ranking, rank_positive, spread

ABC_A_SHARE = Metric(
    key="abc_a_share",
    en="Value held by class A",
    unit="ratio",
    better="neither",
    formula="Σ value of class A ÷ Σ positive value",
    source="Dickie (1951), Factory Management and Maintenance 109, 92–94",
)
ABC_A_CUSTOMERS = Metric(
    key="abc_a_customers",
    en="Customers in class A",
    unit="count",
    better="neither",
    formula="customers before whom the cut of class A is not yet reached",
    source="Dickie (1951), Factory Management and Maintenance 109, 92–94",
)

CLASSES = ("A", "B", "C")


@dataclass(frozen=True, slots=True)
class ClassRow:
    """One class: how many customers hold how much."""

    code: str
    customers: int
    customer_share: float
    value: float
    value_share: float


@dataclass(frozen=True, eq=False)
class AbcResult:
    """Classes in input order, and one row per class."""

    abc_class: CodeArray
    """"A", "B", "C", or "" for everyone when nothing positive was sold; shape (n,)."""
    rank: FloatArray
    """Competition rank, 1 = largest, ties equal; NaN where the value is not positive."""
    cumulative_share: FloatArray
    """c_k of the customer in descending order; NaN where the value is not positive."""
    not_positive: BoolArray
    """True where v ≤ 0 (inactive or net return): class C, and outside the total."""
    total: float
    """S = Σ max(v, 0), in the unit of the values."""
    classes: tuple[ClassRow, ...]
    """A, B, C; empty when nothing positive was sold."""


def abc_analysis(
    values: ArrayLike,
    *,
    a_cut: float = 0.80,
    b_cut: float = 0.95,
    crossing: Literal["included", "excluded"] = "included",
    ties: Literal["together", "plain"] = "together",
) -> AbcResult:
    """Split customers into classes A, B and C by their share of the value.

        S = Σ max(v_i, 0)      c_k = Σ_{j ≤ k} v_j ÷ S,  largest first

    `crossing="included"`: A if c_{k−1} < a_cut, B if c_{k−1} < b_cut, else C, so that A is
    never empty. `"excluded"`: A if c_k ≤ a_cut, B if c_k ≤ b_cut, else C. With
    `ties="together"` equal values take the class of the first of them; `"plain"` lets a cut
    fall inside a tie, in input order (hand the customers over in the order of their code).

    Args:
        values: net value per customer, shape (n,), money in minor units or any unit.
        a_cut: share at which A ends, 0 < a_cut < b_cut ≤ 1.
        b_cut: share at which B ends.
        crossing: which side of the cut the crossing customer falls.
        ties: whether equal values must share a class.

    Raises:
        BadInput: a value is missing or not a number, or the cuts do not rise.

    Source: Dickie (1951); rules as in cases ABC-01, ABC-03, ABC-04, ABC-07.
    """
    v = numbers(values, "values")
    if not 0 < a_cut < b_cut <= 1:
        raise refuse("not_ascending", "cuts", (a_cut, b_cut))
    ranking = rank_positive(v)
    not_positive = v <= 0
    if ranking.total <= 0:
        nothing = np.full(len(v), np.nan)
        return AbcResult(np.full(len(v), ""), nothing, nothing, not_positive, 0.0, ())

    cumulative = ranking.cumulative_share()
    if crossing == "included":
        before = ranking.share_before()
        place_class = (before >= a_cut).astype(np.int64) + (before >= b_cut)
    else:
        place_class = (cumulative > a_cut).astype(np.int64) + (cumulative > b_cut)
    if ties == "together":
        place_class = place_class[ranking.group_start]

    index = np.full(len(v), 2)
    index[ranking.order] = place_class
    return AbcResult(
        abc_class=np.array(CLASSES)[index],
        rank=spread(ranking.group_start + 1, ranking, len(v)),
        cumulative_share=spread(cumulative, ranking, len(v)),
        not_positive=not_positive,
        total=ranking.total,
        classes=_rows(index, ranking, place_class),
    )


def _rows(index: np.ndarray, ranking: Ranking, place_class: np.ndarray) -> tuple[ClassRow, ...]:
    """Count customers (all of them) and value (of the positive ones) by class."""
    count = np.bincount(index, minlength=3)
    value = [ranking.values[place_class == k].sum().item() for k in range(3)]
    size = len(index)
    return tuple(
        ClassRow(code, int(count[k]), int(count[k]) / size, value[k], value[k] / ranking.total)
        for k, code in enumerate(CLASSES)
    )
