"""Survey results from counts of answers (题项统计): no single answer is needed for these."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from analytics.checks import refuse
from analytics.proportions import NetPromoter, net_promoter_of_counts, wilson
from analytics.satisfaction import satisfied_line, satisfied_respondents
from analytics.weighting import weighted_mean

Counts = Mapping[float, int]
"""Answer → how often."""


@dataclass(frozen=True, slots=True)
class ItemResult:
    """The answers to one question; NaN without answers."""

    n: int
    mean: float
    """On the scale of the answers."""
    index: float
    """The mean rescaled to 0–100."""
    satisfied: int
    """Answers in the best two levels."""
    levels: tuple[int, ...]
    """Answers per level, worst first."""


def item_result(counts: Counts, *, scale: tuple[float, float], step: float = 1.0) -> ItemResult:
    """Mean, index, top two and levels of one question; answers off the scale are left out.

        index = (x̄ − lowest) ÷ (highest − lowest) × 100

    Args:
        counts: answer → how often, ≥ 0.
        scale: lowest and highest possible answer, highest = best.
        step: between two levels.

    Raises:
        BadInput: the scale or step is unusable, or a count is negative.

    Source: as `satisfaction.satisfaction_index`.
    """
    low, high = scale
    if not low < high or step <= 0:
        raise refuse("not_ascending", "scale", scale)
    size = round((high - low) / step) + 1
    levels = [0] * size
    total, weighted = 0, 0.0
    for answer, number in counts.items():
        if number < 0:
            raise refuse("below_minimum", "counts", minimum=0)
        if low <= answer <= high:
            levels[min(int((answer - low) / step + 0.5), size - 1)] += number
            total += number
            weighted += answer * number
    mean = weighted / total if total else np.nan
    return ItemResult(
        n=total,
        mean=mean,
        index=(mean - low) / (high - low) * 100,
        satisfied=sum(levels[-2:]),
        levels=tuple(levels),
    )


@dataclass(frozen=True, slots=True)
class SatisfiedShare:
    """Top-2-box (满意率) of respondents; NaN without any."""

    share: float
    low: float
    """Lower end of the Wilson interval."""
    high: float
    n: int
    """People, never answers: the interval rests on them."""


def satisfied_share(
    overall: ItemResult | None,
    index: ArrayLike,
    scales: Sequence[tuple[float, float, float, float]],
    *,
    confidence: float = 0.95,
) -> SatisfiedShare:
    """The share of satisfied respondents with the Wilson interval.

    Satisfied is who gave one of the best two levels to the overall question. Where nobody
    was asked it: whose answers to the satisfaction items lie, weighted and on the mean, in
    the best two levels (`satisfaction.satisfied_line`). One person is one observation, however
    many questions it answered.

    Args:
        overall: result of the overall question; None where it was not asked.
        index: satisfaction index per respondent, shape (r,).
        scales: (weight, lowest, highest, step) of the satisfaction items.
        confidence: of the interval.

    Source: Wilson (1927); case PROP-01. Without an overall question ours.
    """
    if overall is not None:
        hits, n = overall.satisfied, overall.n
    else:
        hits, n = satisfied_respondents(index, satisfied_line(scales)), np.size(index)
    found = wilson(hits, n, confidence=confidence)
    return SatisfiedShare(float(found.share), float(found.low), float(found.high), n)


def index_scales(
    items: Sequence[tuple[str, float, float, float, float]],
) -> list[tuple[float, float, float, float]]:
    """(weight, lowest, highest, step) of the questions a satisfaction index is made of.

    Args:
        items: (role, weight, lowest, highest, step) of a survey's questions.

    Source: as `satisfaction.response_index`.
    """
    return [
        (w, low, high, step)
        for role, w, low, high, step in items
        if role == "satisfaction" and w > 0
    ]


def net_promoter_of_answers(counts: Counts, *, confidence: float = 0.95) -> NetPromoter:
    """NPS of counted answers 0–10; anything else is invalid, not a detractor.

    Source: Reichheld (2003); case NPS-01.
    """
    valid = {a: n for a, n in counts.items() if 0 <= a <= 10 and a == int(a)}
    parts = [
        sum(n for a, n in valid.items() if low <= a <= high)
        for low, high in ((0, 6), (7, 8), (9, 10))
    ]
    invalid = sum(counts.values()) - sum(parts)
    return net_promoter_of_counts(*parts, confidence=confidence, invalid=invalid)


@dataclass(frozen=True, slots=True)
class DimensionResult:
    """The questions of one dimension together; NaN without answers."""

    dimension: str
    index: float
    """Weighted mean of the questions' indices, 0–100."""
    mean: float
    """Weighted mean on the scale of the answers, for questions of one scale."""
    weight: float
    n: int
    """Answers of the question answered least."""


def dimension_results(
    dimensions: Sequence[str], results: Sequence[ItemResult], weights: Sequence[float]
) -> tuple[DimensionResult, ...]:
    """Weighted means per dimension, in order of first appearance.

    Args:
        dimensions: of each question.
        results: of each question.
        weights: of each question, ≥ 0; a dimension without weight has no result.

    Raises:
        BadInput: lengths differ.

    Source: as `satisfaction.satisfaction_index`.
    """
    if not len(dimensions) == len(results) == len(weights):
        raise refuse("different_lengths", "results", len(results), expected=len(dimensions))
    found = []
    for name in dict.fromkeys(dimensions):
        mine = [k for k, dimension in enumerate(dimensions) if dimension == name]
        parts = np.array([weights[k] for k in mine], dtype=np.float64)
        if parts.sum() <= 0:
            continue
        found.append(
            DimensionResult(
                dimension=name,
                index=_weighted([results[k].index for k in mine], parts),
                mean=_weighted([results[k].mean for k in mine], parts),
                weight=float(parts.sum()),
                n=min(results[k].n for k in mine),
            )
        )
    return tuple(found)


def _weighted(values: Sequence[float], weights: Any) -> float:
    return float(weighted_mean(np.array([values]), weights)[0])
