"""Key accounts (大客户): who they are, where they stand, and how their managers do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analytics.checks import (
    BoolArray,
    CodeArray,
    FloatArray,
    floats,
    numbers,
    ratio,
    refuse,
    same_length,
    within,
)
from analytics.metric import Metric
from analytics.ranking import rank_positive
from analytics.weighting import weighted_mean

KEY_ACCOUNTS = Metric(
    key="key_accounts",
    en="Key accounts",
    unit="count",
    better="neither",
    formula="customers whose weighted key-account score reaches the cut",
    source="ours; weights and cut are a setting",
)
GROWTH = Metric(
    key="growth_rate",
    en="Growth",
    unit="ratio",
    better="higher",
    formula="(value of the period − value of the period before) ÷ value of the period before",
    source="common definition",
)
MANAGER_SCORE = Metric(
    key="key_account_manager_score",
    en="Account manager score",
    unit="score",
    better="higher",
    formula="Σ weight × min(1.2, actual ÷ target)",
    source="ours; weights are a setting, case KAM-01",
)

QUADRANTS = ("invest", "develop", "maintain", "minimise")
CRITERIA = ("size", "growth", "margin", "loyalty", "payment")
WEIGHTS = (40.0, 15.0, 20.0, 10.0, 15.0)


@dataclass(frozen=True, eq=False)
class Coordinates:
    """Where customers stand, in input order."""

    relationship: FloatArray
    """x, strength of the relationship, 0 … scale; NaN = too little scored; shape (n,)."""
    attractiveness: FloatArray
    """y, shape (n,)."""
    quadrant: CodeArray
    """"invest" (attractive, strong), "develop" (attractive, weak), "maintain" (strong, not
    attractive), "minimise"; "" where a coordinate is undefined; shape (n,)."""


def development_coordinates(
    relationship: ArrayLike,
    attractiveness: ArrayLike,
    *,
    relationship_weights: Sequence[float],
    attractiveness_weights: Sequence[float],
    cut: float = 5.0,
    min_weight: float = 0.60,
) -> Coordinates:
    """客户发展坐标: two weighted scores and the quadrant they meet in.

        x = Σ w·s ÷ Σ w,  y likewise, over what was scored; s ≥ cut counts as high

    Args:
        relationship: scores 0–10, NaN = not scored, shape (n, j).
        attractiveness: scores 0–10, shape (n, k).
        relationship_weights: shape (j,).
        attractiveness_weights: shape (k,).
        cut: where high begins, inclusive, on both axes.
        min_weight: smallest share of the weight that must be scored.

    Raises:
        BadInput: shapes differ or weights are unusable.

    Source: Fiocca (1982), Krapfel et al. (1991), McDonald; case KA-01. Weights ours.
    """
    x = weighted_mean(relationship, relationship_weights, min_weight=min_weight)
    y = weighted_mean(attractiveness, attractiveness_weights, min_weight=min_weight)
    same_length(relationship=x, attractiveness=y)
    return Coordinates(x, y, quadrants(x, y, x_cut=cut, y_cut=cut))


def quadrants(x: ArrayLike, y: ArrayLike, *, x_cut: float, y_cut: float) -> CodeArray:
    """The quadrant of any two axes, x = what we have, y = what could be; on the cut is high.

    Returns:
        Codes as in `Coordinates.quadrant`, shape (n,); "" where x or y is NaN.

    Raises:
        BadInput: lengths differ.

    Source: as `development_coordinates`.
    """
    across, up = floats(x, "x"), floats(y, "y")
    same_length(x=across, y=up)
    index = 2 * (up < y_cut).astype(np.int64) + (across < x_cut)
    index = np.where(np.isnan(across) | np.isnan(up), len(QUADRANTS), index)
    return np.array((*QUADRANTS, ""))[index]


def growth_rate(now: ArrayLike, before: ArrayLike) -> FloatArray:
    """(now − before) ÷ before; NaN where before is 0 or negative.

    Args:
        now: value of the period; a number or shape (n,).
        before: value of the period before, same unit and shape.

    Source: common definition.
    """
    new, old = np.asarray(now, dtype=np.float64), np.asarray(before, dtype=np.float64)
    return ratio(new - old, np.where(old > 0, old, np.nan))


def size_score(value: ArrayLike) -> FloatArray:
    """100 × (1 − share of the total held by strictly larger customers); 0 if value ≤ 0.

    The largest customer has 100; one after whom the largest already hold 80 % has 20.

    Args:
        value: net value per customer, shape (n,).

    Raises:
        BadInput: a value is missing.

    Source: ours, on the cumulative share of ABC analysis.
    """
    ranking = rank_positive(numbers(value, "value"))
    result = np.zeros(len(np.asarray(value)))
    if len(ranking.order):
        before = ranking.share_before()[ranking.group_start]
        result[ranking.order] = 100 * np.clip(1 - before, 0, 1)
    return result


def percentile_score(values: ArrayLike) -> FloatArray:
    """100 × the mean share of customers below: ties share their middle; NaN stays NaN.

    Args:
        values: any measure where more is better, NaN = unknown, shape (n,).

    Source: mean-rank percentile (Hazen): 100·(rank − ½) ÷ m.
    """
    v = floats(values, "values")
    known = np.flatnonzero(~np.isnan(v))
    result = np.full(len(v), np.nan)
    order = known[np.argsort(v[known])]
    starts = np.ones(len(order), dtype=np.bool_)
    starts[1:] = np.diff(v[order]) != 0
    below = np.flatnonzero(starts)
    size = np.diff(np.append(below, len(order)))
    result[order] = np.repeat(100 * (below + size / 2), size) / max(len(order), 1)
    return result


@dataclass(frozen=True, eq=False)
class KeyAccounts:
    """Scores and the verdict, in input order."""

    score: FloatArray
    """0–100; NaN where too little is known; shape (n,)."""
    criteria: FloatArray
    """The five scores, columns as `CRITERIA`, NaN = unknown, shape (n, 5)."""
    is_key: BoolArray
    """score ≥ cut, and a positive value."""


def key_accounts(
    value: ArrayLike,
    growth: ArrayLike,
    margin: ArrayLike,
    loyalty: ArrayLike,
    payment: ArrayLike,
    *,
    weights: Sequence[float] = WEIGHTS,
    cut: float = 55.0,
    min_weight: float = 0.60,
) -> KeyAccounts:
    """Identify key accounts by five weighted scores.

    Size is scored by `size_score`, the others by their percentile among the customers with
    a positive value. Unknown criteria are renormalised over; below `min_weight` of the
    weight there is no score. Judgement may override the verdict; this is the proposal.

    Args:
        value: net value in the window, minor units, shape (n,).
        growth: growth rate, NaN = unknown, shape (n,).
        margin: margin ratio, NaN = unknown, shape (n,).
        loyalty: any measure where more is better, such as months bought in, shape (n,).
        payment: 回款率, NaN = nothing was due, shape (n,).
        weights: of size, growth, margin, loyalty and payment.
        cut: score from which on a customer is key, inclusive.
        min_weight: smallest share of the weight that must be known.

    Raises:
        BadInput: lengths differ or weights are unusable.

    Source: idea of the texts; scores, weights and cut are ours.
    """
    v = numbers(value, "value")
    others = [
        floats(given, column)
        for given, column in zip((growth, margin, loyalty, payment), CRITERIA[1:], strict=True)
    ]
    same_length(value=v, **dict(zip(CRITERIA[1:], others, strict=True)))
    within(cut, "cut", 0, 100)
    active = v > 0
    scores = [size_score(v)]
    scores += [percentile_score(np.where(active, given, np.nan)) for given in others]
    table = np.column_stack(scores)
    total = weighted_mean(table, weights, min_weight=min_weight)
    total[~active] = np.nan
    return KeyAccounts(total, table, total >= cut)


@dataclass(frozen=True, eq=False)
class ManagerScore:
    """How managers did against their targets."""

    achievement: FloatArray
    """actual ÷ target per indicator, uncapped, NaN = undefined, shape (m, k)."""
    score: FloatArray
    """Per manager, 100 = every target met, shape (m,); NaN where too little is known."""


def manager_scores(
    actual: ArrayLike,
    target: ArrayLike,
    weights: Sequence[float],
    *,
    lower_is_better: Sequence[bool] | None = None,
    cap: float = 1.2,
    min_weight: float = 0.60,
) -> ManagerScore:
    """大客户经理评估: Σ w·min(cap, achievement) on a scale where 100 is on target.

        achievement = actual ÷ target, or target ÷ actual where lower is better

    Args:
        actual: shape (m, k), NaN = unknown.
        target: shape (m, k) or (k,).
        weights: per indicator, any scale, shape (k,).
        lower_is_better: per indicator, shape (k,); none by default.
        cap: most that one indicator can bring.
        min_weight: smallest share of the weight that must be known.

    Raises:
        BadInput: shapes differ, weights are unusable or the cap is below 1.

    Source: ours; case KAM-01.
    """
    if cap < 1:
        raise refuse("below_minimum", "cap", cap, minimum=1)
    done = np.atleast_2d(floats(actual, "actual"))
    goal = np.broadcast_to(floats(target, "target"), done.shape)
    down = np.zeros(done.shape[1], dtype=np.bool_) if lower_is_better is None else lower_is_better
    achievement = ratio(np.where(down, goal, done), np.where(down, done, goal))
    score = weighted_mean(np.minimum(achievement, cap), weights, min_weight=min_weight)
    return ManagerScore(achievement, 100 * score)
