"""Weighted scores with gaps (加权评分): renormalise over what was scored, refuse too little."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from analytics.checks import FloatArray, floats, ratio, refuse, within


def weighted_mean(
    scores: ArrayLike, weights: Sequence[float] | FloatArray, *, min_weight: float = 0.60
) -> FloatArray:
    """Σ w_k·x_k ÷ Σ w_k over the scores that are there; NaN below `min_weight` of the weight.

    Args:
        scores: shape (n, k), NaN = not scored.
        weights: shape (k,), ≥ 0 with a positive sum; any scale.
        min_weight: smallest share of the weight that must be scored, 0–1.

    Returns:
        One mean per row, shape (n,), on the scale of the scores.

    Raises:
        BadInput: shapes differ, or a weight is missing or negative.

    Source: house rule on missing answers; cases CSI-01, KA-01, SCORE-01.
    """
    x = floats(scores, "scores")
    w = floats(weights, "weights")
    if x.ndim != 2 or w.shape != x.shape[1:]:
        raise refuse("different_lengths", "weights", w.shape, expected=x.shape)
    if not (w >= 0).all() or w.sum() <= 0:
        raise refuse("bad_weights", "weights", tuple(w))
    within(min_weight, "min_weight", 0, 1)
    scored = ~np.isnan(x)
    weight = scored @ w
    result = ratio(np.where(scored, x, 0.0) @ w, weight)
    # a hair of tolerance, so that 0.2 + 0.4 counts as the 60 % it is meant to be
    result[weight < (min_weight - 1e-9) * w.sum()] = np.nan
    return result
