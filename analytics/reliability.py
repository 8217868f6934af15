"""Reliability of a scale (量表信度): Cronbach's α, raw or standardised, with its interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import fdtri

from analytics.checks import FloatArray, floats, refuse, within
from analytics.metric import Metric

CRONBACH_ALPHA = Metric(
    key="cronbach_alpha",
    en="Cronbach's alpha",
    unit="score",
    better="higher",
    formula="k ÷ (k − 1) × (1 − Σ variance of the items ÷ variance of the sum)",
    source="Cronbach (1951), Psychometrika 16; interval after Feldt (1965)",
)


@dataclass(frozen=True, slots=True)
class Reliability:
    """α and its interval; NaN where it is undefined. α may be negative."""

    alpha: float
    low: float
    high: float
    items: int
    respondents: int
    """Rows that counted."""


def cronbach_alpha(
    answers: ArrayLike,
    *,
    standardised: bool = False,
    missing: Literal["listwise", "pairwise"] = "listwise",
    confidence: float = 0.95,
) -> Reliability:
    """Cronbach's α of a set of items.

        raw: k/(k − 1) · (1 − Σ s_i² ÷ s_total²) on covariances
        standardised: k·r̄ ÷ (1 + (k − 1)·r̄), r̄ the mean correlation
        interval: 1 − (1 − α)·F,  F with n − 1 and (n − 1)(k − 1) degrees of freedom

    Turn reversed items round first (`reverse_coded`). Undefined for fewer than two items or
    rows, or without variance.

    Args:
        answers: shape (r, k), NaN = not answered.
        standardised: use correlations instead of covariances.
        missing: drop rows with a gap, or use what each pair of items has.
        confidence: of the interval.

    Raises:
        BadInput: the answers are not a table.

    Source: Cronbach (1951); Feldt (1965).
    """
    x = floats(answers, "answers")
    if x.ndim != 2:
        raise refuse("not_a_table", "answers", x.shape)
    within(confidence, "confidence", 0.5, 0.9999)
    k = x.shape[1]
    complete = ~np.isnan(x).any(axis=1)
    rows = x[complete] if missing == "listwise" else x[~np.isnan(x).all(axis=1)]
    n = len(rows)
    undefined = Reliability(np.nan, np.nan, np.nan, k, n)
    if k < 2 or n < 2:
        return undefined
    frame = pd.DataFrame(rows)
    table = (frame.corr() if standardised else frame.cov()).to_numpy()
    if not np.isfinite(table).all() or table.sum() <= 0:
        return undefined
    alpha = k / (k - 1) * (1 - float(np.trace(table)) / float(table.sum()))
    tail, df = (1 - confidence) / 2, (n - 1, (n - 1) * (k - 1))
    low = 1 - (1 - alpha) * float(fdtri(*df, 1 - tail))
    high = 1 - (1 - alpha) * float(fdtri(*df, tail))
    return Reliability(alpha, low, high, k, n)


def reverse_coded(answers: ArrayLike, *, scale: tuple[float, float]) -> FloatArray:
    """The answers of a reversed item turned round: lowest + highest − answer.

    Args:
        answers: any shape, NaN = not answered.
        scale: lowest and highest possible answer.
    """
    return scale[0] + scale[1] - floats(answers, "answers")
