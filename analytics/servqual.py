"""Service quality (服务质量): SERVQUAL / RATER gaps and importance–performance quadrants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from analytics.checks import CodeArray, FloatArray, floats, ratio, refuse, same_length
from analytics.metric import Metric
from analytics.weighting import weighted_mean

SERVQUAL_GAP = Metric(
    key="servqual_gap",
    en="Service quality gap",
    unit="score",
    better="higher",
    formula="Σ weight × mean (perception − expectation) of the dimension",
    source="Parasuraman, Zeithaml & Berry (1988), Journal of Retailing 64(1); case SERV-01",
)

DIMENSIONS = ("tangibles", "reliability", "responsiveness", "assurance", "empathy")
ITEMS = (4, 5, 4, 4, 5)
"""Items per dimension, in order: 1–4, 5–9, 10–13, 14–17, 18–22."""
IPA_QUADRANTS = ("keep_up", "concentrate_here", "possible_overkill", "low_priority")


@dataclass(frozen=True, eq=False)
class ServqualResult:
    """Gaps, perception minus expectation; below 0 = worse than expected."""

    items: FloatArray
    """Mean gap per item, NaN = nobody answered, shape (k,)."""
    dimensions: FloatArray
    """Mean of the item gaps per dimension, shape (5,)."""
    unweighted: float
    """Mean of the dimension gaps."""
    weighted: float
    """Σ weight × dimension gap."""
    weights: FloatArray
    """The weights used, sum 1, shape (5,)."""
    renormalised: bool
    """True when the points handed in did not sum to 100."""


def servqual(
    expectation: ArrayLike,
    perception: ArrayLike,
    points: ArrayLike,
    *,
    items: Sequence[int] = ITEMS,
) -> ServqualResult:
    """SERVQUAL gaps by item, dimension and in total.

        gap = P − E per pair      weighted = Σ w_d · gap_d,  w = points ÷ Σ points

    Points per respondent are turned into weights first and then averaged. The weighted gap
    is not divided by 5 again, as some texts do.

    Args:
        expectation: answers, NaN = none, shape (r, k).
        perception: answers on the same scale, shape (r, k).
        points: importance of the dimensions, shape (5,) or (r, 5), meant to sum to 100.
        items: how many items belong to each dimension, in order.

    Raises:
        BadInput: shapes do not fit or points are unusable.

    Source: Parasuraman, Zeithaml & Berry (1988); case SERV-01.
    """
    e, p = floats(expectation, "expectation"), floats(perception, "perception")
    if e.ndim != 2 or e.shape != p.shape or e.shape[1] != sum(items):
        raise refuse("different_lengths", "perception", p.shape, expected=e.shape)
    gaps = p - e
    there = ~np.isnan(gaps)
    by_item = ratio(np.where(there, gaps, 0).sum(axis=0), there.sum(axis=0))
    parts = np.split(by_item, np.cumsum(items)[:-1])
    by_dimension = np.array([_mean(part) for part in parts])
    weights, renormalised = importance_weights(points)
    return ServqualResult(
        items=by_item,
        dimensions=by_dimension,
        unweighted=_mean(by_dimension),
        weighted=weighted_gap(by_dimension, weights),
        weights=weights,
        renormalised=renormalised,
    )


def weighted_gap(gaps: ArrayLike, weights: ArrayLike) -> float:
    """Σ w·gap with the weights scaled to sum 1; NaN below 60 % of the weight.

    Args:
        gaps: per dimension, NaN = undefined, shape (k,).
        weights: points or weights per dimension, shape (k,).

    Raises:
        BadInput: lengths differ or weights are unusable.

    Source: Parasuraman, Zeithaml & Berry (1991).
    """
    return float(weighted_mean(floats(gaps, "gaps")[None, :], floats(weights, "weights"))[0])


def importance_weights(points: ArrayLike) -> tuple[FloatArray, bool]:
    """Weights that sum to 1 from 100 points, and whether the points had to be rescaled.

    Args:
        points: shape (k,) or one row per respondent, shape (r, k).

    Raises:
        BadInput: a row is negative somewhere or sums to 0.
    """
    given = np.atleast_2d(floats(points, "points"))
    total = given.sum(axis=1, keepdims=True)
    if not ((given >= 0).all() and (total > 0).all()):
        raise refuse("bad_weights", "points")
    return (given / total).mean(axis=0), bool((np.abs(total - 100) > 1e-9).any())


@dataclass(frozen=True, eq=False)
class ImportancePerformance:
    """Quadrants of items."""

    quadrant: CodeArray
    """"concentrate_here", "keep_up", "low_priority", "possible_overkill"; "" = undefined."""
    importance_line: float
    performance_line: float


def importance_performance(
    importance: ArrayLike,
    performance: ArrayLike,
    *,
    crosshair: Literal["mean", "median"] | tuple[float, float] = "mean",
) -> ImportancePerformance:
    """IPA: what matters and is done badly comes first. On the line counts as high.

    Args:
        importance: per item, stated or derived, NaN = unknown, shape (k,).
        performance: per item, shape (k,).
        crosshair: where the lines lie: means or medians of the data, or two numbers.

    Raises:
        BadInput: lengths differ.

    Source: Martilla & James (1977), Journal of Marketing 41(1); case IPA-01.
    """
    i, p = floats(importance, "importance"), floats(performance, "performance")
    same_length(importance=i, performance=p)
    known = ~(np.isnan(i) | np.isnan(p))
    if isinstance(crosshair, tuple):
        lines = crosshair
    elif not known.any():
        lines = (np.nan, np.nan)
    else:
        middle = np.median if crosshair == "median" else np.mean
        lines = (float(middle(i[known])), float(middle(p[known])))
    index = 2 * _below(i, lines[0]) + _below(p, lines[1])
    names = np.array((*IPA_QUADRANTS, ""))
    return ImportancePerformance(names[np.where(known, index, len(IPA_QUADRANTS))], *lines)


def _below(values: FloatArray, line: float) -> FloatArray:
    """1 where a value lies below the line; a hair of float error counts as on it."""
    return ((values < line) & ~np.isclose(values, line, rtol=1e-12, atol=1e-12)).astype(np.int64)


def _mean(values: FloatArray) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else np.nan
