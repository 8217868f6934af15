"""Satisfaction indices (客户满意度指数): CSI and its relatives, with how sure they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from analytics.checks import (
    FloatArray,
    IntArray,
    floats,
    numbers,
    positions,
    ratio,
    refuse,
    same_length,
    within,
)
from analytics.groups import group_mean
from analytics.metric import Metric
from analytics.weighting import weighted_mean

CSI = Metric(
    key="csi",
    en="Customer satisfaction index (CSI)",
    unit="index",
    better="higher",
    formula="mean over responses of Σ w·(x − lowest) ÷ (highest − lowest) ÷ Σ w × 100",
    source="weighted satisfaction index, rescaled as ACSI does; case CSI-01",
)
SATISFACTION_LEVEL = Metric(
    key="seven_level_satisfaction",
    en="Satisfaction level (−60 to 60)",
    unit="points",
    better="higher",
    formula="Σ level points ÷ answers, levels 60 40 20 0 −20 −40 −60",
    source="七级满意级度 of the Chinese texts (recalled); points are a setting",
)
CES = Metric(
    key="ces",
    en="Customer effort score (CES)",
    unit="score",
    better="higher",
    formula="mean answer from 1 to 7, 7 = made it easy",
    source="CES 2.0; case CES-01",
)
ACSI = Metric(
    key="acsi",
    en="ACSI index",
    unit="index",
    better="higher",
    formula="(Σ w·x̄ − lowest) ÷ (highest − lowest) × 100, Σ w = 1",
    source="Fornell et al. (1996), Journal of Marketing 60(4); case ACSI-01",
)

SEVEN_LEVEL_POINTS = (60.0, 40.0, 20.0, 0.0, -20.0, -40.0, -60.0)
"""Very satisfied first."""
INDEX_HAIR = 1e-6
"""Two indices that differ by no more are equal: weights and points are sums of billionths."""
LEAST_WEIGHT = 0.60
"""A response counts when satisfaction items of this share of the weight were answered."""


def response_index(
    weight: ArrayLike, points: ArrayLike, full: ArrayLike, *, min_weight: float = LEAST_WEIGHT
) -> FloatArray:
    """The satisfaction index of each response; the one formula every figure of it rests on.

        index = Σ w·(x − min) ÷ (max − min) ÷ Σ w × 100, over the answered satisfaction items

    Only items of the role "satisfaction" are meant: what SERVQUAL asks about perception is
    SERVQUAL's, and overall satisfaction, recommendation and effort are figures of their own.

    Args:
        weight: Σ w of the satisfaction items answered, any unit, shape (r,).
        points: Σ w·(x − min) ÷ (max − min) of them, in the unit of the weight, shape (r,).
        full: Σ w of all satisfaction items asked in the wave, 0 = there are none, shape (r,).
        min_weight: share of `full` a response must have answered to count.

    Returns:
        0–100, NaN = refused or the survey has no index, shape (r,).

    Raises:
        BadInput: lengths differ or `min_weight` is outside 0–1.

    Source: weighted satisfaction index; case CSI-01.
    """
    w, p, whole = floats(weight, "weight"), floats(points, "points"), floats(full, "full")
    same_length(weight=w, points=p, full=whole)
    within(min_weight, "min_weight", 0, 1)
    # a hair of tolerance, so that 0.2 + 0.4 counts as the 60 % it is meant to be
    counts = (w > 0) & (w >= (min_weight - 1e-9) * whole)
    return np.where(counts, ratio(p, np.where(w > 0, w, 0)) * 100, np.nan)


def satisfied_line(scales: Sequence[tuple[float, float, float, float]]) -> float:
    """The index from which a respondent is satisfied on the whole: that of the level but one.

        line = Σ w·(max − step − min) ÷ (max − min) ÷ Σ w × 100

    Args:
        scales: (weight, lowest, highest, step) of each satisfaction item.

    Returns:
        0–100; 75 on five levels, 83.3 on seven; NaN without weight.

    Source: ours; top-2-box of the mean answer.
    """
    total = sum(weight for weight, *_ in scales)
    reach = sum(w * (high - step - low) / (high - low) for w, low, high, step in scales)
    return reach / total * 100 if total > 0 else np.nan


def satisfied_respondents(index: ArrayLike, line: float) -> int:
    """How many responses lie on or above the line of `satisfied_line`.

    Args:
        index: per response, NaN = refused, shape (r,).
        line: 0–100.
    """
    return int((floats(index, "index") >= just_below(line)).sum())


def just_below(line: float) -> float:
    """What an index must be under to lie below a line: see `INDEX_HAIR`."""
    return line - INDEX_HAIR


@dataclass(frozen=True, eq=False)
class SatisfactionIndex:
    """The index of a set of responses; NaN where it is undefined."""

    index: float
    """Mean of the responses' indices, 0–100."""
    low: float
    """Lower end of the t-interval; NaN for fewer than two responses."""
    high: float
    n: int
    """Responses the index rests on."""
    refused: int
    """Responses left out: less than the required weight was answered."""
    weighted_mean: float
    """The same on the scale of the answers."""
    over_max: float
    """The other common percentage, weighted mean ÷ highest answer, 0–100; not the index."""
    responses: FloatArray
    """Index per response, NaN = refused, shape (r,)."""
    item_means: FloatArray
    """Mean answer per item, shape (k,)."""
    item_counts: IntArray
    """Answers per item, shape (k,)."""


def satisfaction_index(
    answers: ArrayLike,
    weights: Sequence[float] | FloatArray,
    *,
    scale: tuple[float, float] = (1, 5),
    min_weight: float = LEAST_WEIGHT,
    confidence: float = 0.95,
) -> SatisfactionIndex:
    """CSI: weighted answers, rescaled to 0–100, averaged over the responses.

        index_r = `response_index` over the answered items
        interval = mean ± t_{n−1} · s ÷ √n

    Args:
        answers: shape (r, k), NaN = not answered.
        weights: per item, any scale, shape (k,).
        scale: lowest and highest possible answer, highest = best.
        min_weight: share of the weight a response must have answered to count.
        confidence: of the interval.

    Raises:
        BadInput: an answer is off the scale, shapes differ or weights are unusable.

    Source: weighted satisfaction index; case CSI-01.
    """
    x = _on_scale(answers, scale)
    w = floats(weights, "weights")
    if x.ndim != 2 or w.shape != x.shape[1:]:
        raise refuse("different_lengths", "weights", w.shape, expected=x.shape)
    if not (w >= 0).all() or w.sum() <= 0:
        raise refuse("bad_weights", "weights", tuple(w))
    low, high = scale
    share = np.where(np.isnan(x), 0, (x - low) / (high - low))
    each = response_index(
        ~np.isnan(x) @ w, share @ w, np.full(len(x), w.sum()), min_weight=min_weight
    )
    counted = each[~np.isnan(each)]
    centre, below, above = mean_interval(counted, confidence=confidence)
    mean = low + centre / 100 * (high - low)
    there = ~np.isnan(x)
    return SatisfactionIndex(
        index=centre,
        low=below,
        high=above,
        n=len(counted),
        refused=len(each) - len(counted),
        weighted_mean=mean,
        over_max=mean / high * 100,
        responses=each,
        item_means=ratio(np.where(there, x, 0).sum(axis=0), there.sum(axis=0)),
        item_counts=there.sum(axis=0),
    )


def mean_interval(values: ArrayLike, *, confidence: float = 0.95) -> tuple[float, float, float]:
    """Mean and its t-interval; the ends are NaN for fewer than two values.

    Args:
        values: no NaN, shape (n,).
        confidence: 0–1.

    Raises:
        BadInput: a value is missing or the confidence is outside 0–1.

    Source: Student (1908).
    """
    v = numbers(values, "values")
    within(confidence, "confidence", 0.5, 0.9999)
    if not len(v):
        return np.nan, np.nan, np.nan
    mean = float(v.mean())
    if len(v) < 2:
        return mean, np.nan, np.nan
    half = stdtrit(len(v) - 1, (1 + confidence) / 2) * v.std(ddof=1) / np.sqrt(len(v))
    return mean, mean - float(half), mean + float(half)


@dataclass(frozen=True, eq=False)
class CustomerIndex:
    """Index per customer, shape (n,) each."""

    index: FloatArray
    """Mean of the customer's responses, 0–100; NaN without any."""
    responses: IntArray
    """Responses counted."""


def index_by_customer(
    customer: ArrayLike, response_index: ArrayLike, *, customers: int
) -> CustomerIndex:
    """Average the responses' indices by customer; refused responses are left out.

    Args:
        customer: position of the customer per response, 0 … customers − 1, shape (r,).
        response_index: `SatisfactionIndex.responses`, shape (r,).
        customers: n.

    Raises:
        BadInput: lengths differ or a position is outside.

    Source: as `satisfaction_index`.
    """
    who = positions(customer, "customer", customers)
    each = floats(response_index, "response_index")
    same_length(customer=who, response_index=each)
    counted = np.bincount(who[~np.isnan(each)], minlength=customers)
    return CustomerIndex(group_mean(who, each, customers), counted)


def seven_level_mean(counts: ArrayLike, *, points: Sequence[float] = SEVEN_LEVEL_POINTS) -> float:
    """七级满意级度: Σ points × answers ÷ answers; NaN without answers.

    Args:
        counts: answers per level, very satisfied first, shape (k,).
        points: value of each level, shape (k,).

    Raises:
        BadInput: lengths differ or a count is negative.

    Source: Chinese texts (recalled).
    """
    n, value = numbers(counts, "counts"), floats(points, "points")
    same_length(counts=n, points=value)
    if (n < 0).any():
        raise refuse("below_minimum", "counts", minimum=0)
    return float(ratio(n @ value, n.sum()))


@dataclass(frozen=True, slots=True)
class EffortScore:
    """CES; NaN without valid answers."""

    mean: float
    easy_share: float
    """Share of answers of 5 or better on 1–7 (the best three levels)."""
    n: int
    invalid: int
    """Answers off the scale, left out."""
    scale: tuple[int, int]


def effort_score(answers: ArrayLike, *, scale: tuple[int, int] = (1, 7)) -> EffortScore:
    """Customer effort score: the mean answer and the share of the best three levels.

    Show the scale: an older version runs from 1 to 5 with low = good.

    Args:
        answers: shape (r,), NaN = not answered.
        scale: lowest and highest possible answer, highest = least effort.

    Source: CES 2.0; case CES-01.
    """
    x = floats(answers, "answers")
    given = x[~np.isnan(x)]
    valid = given[(given >= scale[0]) & (given <= scale[1])]
    n = len(valid)
    return EffortScore(
        mean=float(valid.mean()) if n else np.nan,
        easy_share=float((valid >= scale[1] - 2).mean()) if n else np.nan,
        n=n,
        invalid=len(given) - n,
        scale=scale,
    )


def acsi(
    means: ArrayLike, weights: ArrayLike | None = None, *, scale: tuple[float, float] = (1, 10)
) -> float:
    """ACSI: (Σ w·x̄ ÷ Σ w − min) ÷ (max − min) × 100.

    Args:
        means: mean answer to overall satisfaction, expectancy and ideal, shape (k,).
        weights: of the three (from a PLS model), equal by default, shape (k,).
        scale: lowest and highest possible answer.

    Raises:
        BadInput: lengths differ, weights are unusable or a mean is off the scale.

    Source: Fornell et al. (1996); case ACSI-01.
    """
    x = _on_scale(means, scale)
    w = np.ones(len(x)) if weights is None else floats(weights, "weights")
    mean = weighted_mean(x[None, :], w)[0]
    return float((mean - scale[0]) / (scale[1] - scale[0]) * 100)


def _on_scale(answers: ArrayLike, scale: tuple[float, float]) -> FloatArray:
    if not scale[0] < scale[1]:
        raise refuse("not_ascending", "scale", scale)
    x = floats(answers, "answers")
    if ((x < scale[0]) | (x > scale[1])).any():
        raise refuse("off_the_scale", "answers", low=scale[0], high=scale[1])
    return x
