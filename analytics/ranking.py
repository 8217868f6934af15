"""Ranking (排名): largest first, equal values together; the base of ABC and the pyramids."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.checks import BoolArray, FloatArray, IntArray, NumberArray


@dataclass(frozen=True, eq=False)
class Ranking:
    """The customers with a positive value, largest first; ties in input order."""

    order: IntArray
    """Input positions of the ranked customers, largest first, shape (m,)."""
    values: NumberArray
    """Their values in that order, shape (m,)."""
    group_start: IntArray
    """For each place, the place where its group of equal values starts, shape (m,)."""
    total: float
    """Sum of the ranked values."""

    def cumulative_share(self) -> FloatArray:
        """c_k = Σ_{j ≤ k} v_j ÷ S by place, shape (m,)."""
        return np.cumsum(self.values) / self.total if self.total > 0 else np.empty(0)

    def share_before(self) -> FloatArray:
        """c_{k−1} by place, shape (m,); 0 for the first."""
        if self.total <= 0:
            return np.empty(0)
        return (np.cumsum(self.values) - self.values) / self.total


def rank_positive(values: NumberArray) -> Ranking:
    """Rank what is above zero, largest first; equal values keep their input order."""
    chosen = np.flatnonzero(values > 0)
    order = chosen[np.argsort(-values[chosen], kind="stable")]
    ranked = values[order]
    place = np.arange(len(order))
    starts: BoolArray = np.ones(len(order), dtype=np.bool_)
    starts[1:] = ranked[1:] != ranked[:-1]
    group_start = np.maximum.accumulate(np.where(starts, place, 0)) if len(order) else place
    return Ranking(order, ranked, group_start, ranked.sum().item())


def spread(by_place: NumberArray, ranking: Ranking, size: int) -> FloatArray:
    """Figures by place put back in input order; unranked customers get NaN."""
    result = np.full(size, np.nan)
    result[ranking.order] = by_place
    return result
