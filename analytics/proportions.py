"""Shares from samples (抽样比例): top-2-box, NPS, response rate, how many to ask."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike

from analytics.checks import FloatArray, floats, ratio, refuse, within
from analytics.metric import Metric

TOP_TWO_BOX = Metric(
    key="top_two_box",
    en="Satisfied customers (top two answers)",
    unit="ratio",
    better="higher",
    formula="answers in the best two levels ÷ valid answers",
    source="common definition, interval after Wilson (1927); case PROP-01",
)
NPS = Metric(
    key="nps",
    en="Net promoter score (NPS)",
    unit="points",
    better="higher",
    formula="% of answers 9–10 − % of answers 0–6",
    source="Reichheld (2003), Harvard Business Review 81(12); cases NPS-01, NPS-03",
)
RESPONSE_RATE = Metric(
    key="response_rate",
    en="Response rate",
    unit="ratio",
    better="higher",
    formula="usable answers ÷ (sent − undeliverable)",
    source="common definition; case SAMP-05",
)


@dataclass(frozen=True, eq=False)
class Proportion:
    """A share and its interval; 0-d arrays for plain numbers, NaN where n is 0."""

    share: FloatArray
    low: FloatArray
    high: FloatArray


def wilson(successes: ArrayLike, n: ArrayLike, *, confidence: float = 0.95) -> Proportion:
    """A share with the Wilson score interval, which stays within 0–1.

        centre = (p + z²/2n) ÷ (1 + z²/n)
        half   = z·√(p(1 − p)/n + z²/4n²) ÷ (1 + z²/n)

    Args:
        successes: a number or an array, 0 ≤ successes ≤ n.
        n: sample size, same shape.
        confidence: of the interval.

    Raises:
        BadInput: more successes than answers, or fewer than none.

    Source: Wilson (1927), JASA 22; case PROP-01.
    """
    p, size, z = _share(successes, n, confidence)
    shrink = 1 + z**2 / size
    centre = (p + z**2 / (2 * size)) / shrink
    half = z * np.sqrt(p * (1 - p) / size + z**2 / (4 * size**2)) / shrink
    return Proportion(p, np.clip(centre - half, 0, 1), np.clip(centre + half, 0, 1))


def wald(successes: ArrayLike, n: ArrayLike, *, confidence: float = 0.95) -> Proportion:
    """A share with the normal interval p ± z·√(p(1 − p)/n), for comparison; may leave 0–1.

    Args:
        successes: a number or an array, 0 ≤ successes ≤ n.
        n: sample size, same shape.
        confidence: of the interval.

    Raises:
        BadInput: more successes than answers, or fewer than none.

    Source: Laplace; case PROP-01.
    """
    p, size, z = _share(successes, n, confidence)
    half = z * np.sqrt(p * (1 - p) / size)
    return Proportion(p, p - half, p + half)


def top_two_box(
    answers: ArrayLike, *, scale: tuple[int, int] = (1, 5), confidence: float = 0.95
) -> Proportion:
    """Share of the best two answers, with its Wilson interval; answers off the scale are out.

    Args:
        answers: shape (r,), NaN = not answered.
        scale: lowest and highest possible answer, highest = best.
        confidence: of the interval.

    Source: common definition; case PROP-01.
    """
    x = floats(answers, "answers")
    valid = x[(x >= scale[0]) & (x <= scale[1])]
    return wilson((valid >= scale[1] - 1).sum(), len(valid), confidence=confidence)


@dataclass(frozen=True, slots=True)
class NetPromoter:
    """NPS in points, −100 … 100; NaN without valid answers."""

    nps: float
    promoters: int
    passives: int
    detractors: int
    n: int
    variance: float
    """Of one answer coded −1, 0, 1: p + d − (p − d)²."""
    se: float
    """Standard error, points."""
    low: float
    """Wald interval, points."""
    high: float
    adjusted_low: float
    """Adjusted Wald interval, points: better on small samples."""
    adjusted_high: float
    invalid: int
    """Answers off 0–10: left out, not detractors."""


def net_promoter(answers: ArrayLike, *, confidence: float = 0.95) -> NetPromoter:
    """NPS of a set of answers from 0 to 10.

    Args:
        answers: shape (r,), NaN = not answered; whole numbers.
        confidence: of the intervals.

    Source: Reichheld (2003); case NPS-01.
    """
    x = floats(answers, "answers")
    given = x[~np.isnan(x)]
    valid = given[(given >= 0) & (given <= 10) & (given == np.floor(given))]
    counts = (int((valid <= 6).sum()), int(((valid == 7) | (valid == 8)).sum()))
    return net_promoter_of_counts(
        *counts,
        len(valid) - sum(counts),
        confidence=confidence,
        invalid=len(given) - len(valid),
    )


def net_promoter_of_counts(
    detractors: int,
    passives: int,
    promoters: int,
    *,
    confidence: float = 0.95,
    invalid: int = 0,
) -> NetPromoter:
    """NPS of counts.

        NPS = p − d      variance = p + d − (p − d)²      SE = √(variance ÷ n)

    The adjusted interval adds ¾ detractors, 1½ passives and ¾ promoters first.

    Args:
        detractors: answers 0–6.
        passives: answers 7–8.
        promoters: answers 9–10.
        confidence: of the intervals.
        invalid: answers off the scale, reported only.

    Raises:
        BadInput: a count is negative.

    Source: Reichheld (2003); Rocks (2016), American Statistician 70(4); case NPS-03.
    """
    if min(detractors, passives, promoters) < 0:
        raise refuse("below_minimum", "counts", minimum=0)
    n = detractors + passives + promoters
    counts = (promoters, passives, detractors, n)
    if not n:
        return NetPromoter(np.nan, *counts, *(np.nan,) * 6, invalid)
    score, variance = _net(detractors, promoters, n)
    z = _z(confidence)
    se = math.sqrt(variance / n)
    centre, spread = _net(detractors + 0.75, promoters + 0.75, n + 3)
    half = z * math.sqrt(spread / (n + 3))
    return NetPromoter(
        100 * score,
        *counts,
        variance=variance,
        se=100 * se,
        low=100 * (score - z * se),
        high=100 * (score + z * se),
        adjusted_low=100 * (centre - half),
        adjusted_high=100 * (centre + half),
        invalid=invalid,
    )


def response_rate(usable: ArrayLike, sent: ArrayLike, undeliverable: ArrayLike = 0) -> FloatArray:
    """Usable answers ÷ (sent − undeliverable); NaN where nothing arrived.

    Source: common definition; case SAMP-05.
    """
    return ratio(usable, np.asarray(sent) - np.asarray(undeliverable))


def sample_size(
    *,
    margin: float = 0.05,
    share: float = 0.5,
    confidence: float = 0.95,
    population: int | None = None,
) -> int:
    """How many answers are needed, rounded up.

        n₀ = z²·p(1 − p) ÷ d²      finite: n = n₀ ÷ (1 + (n₀ − 1) ÷ N)

    Args:
        margin: d, half width of the interval.
        share: p, expected share; 0.5 is the safe choice.
        confidence: of the interval.
        population: N, customers there are; None = very many.

    Raises:
        BadInput: margin or share is not within 0–1, or the population is empty.

    Source: Cochran (1977).
    """
    if not 0 < margin < 1 or not 0 < share < 1:
        raise refuse("out_of_range", "margin", (margin, share), low=0, high=1)
    n0 = _z(confidence) ** 2 * share * (1 - share) / margin**2
    if population is None:
        return math.ceil(n0)
    if population < 1:
        raise refuse("below_minimum", "population", population, minimum=1)
    return min(population, math.ceil(n0 / (1 + (n0 - 1) / population)))


def krejcie_morgan(population: int, *, margin: float = 0.05, share: float = 0.5) -> int:
    """The sample size as in the table of 1970, rounded to the nearest as the table does.

        s = χ²·N·p(1 − p) ÷ (d²(N − 1) + χ²·p(1 − p)),  χ² = 3.841

    Args:
        population: N.
        margin: d.
        share: p.

    Raises:
        BadInput: the population is empty.

    Source: Krejcie & Morgan (1970); case SAMP-01.
    """
    if population < 1:
        raise refuse("below_minimum", "population", population, minimum=1)
    spread = 3.841 * share * (1 - share)
    return math.floor(population * spread / (margin**2 * (population - 1) + spread) + 0.5)


def margin_of_error(
    n: int, *, share: float = 0.5, confidence: float = 0.95, population: int | None = None
) -> float:
    """Half width of the normal interval, with the finite-population correction.

        z·√(p(1 − p) ÷ n)·√((N − n) ÷ (N − 1))

    Args:
        n: answers; NaN for none.
        share: p.
        confidence: of the interval.
        population: N; None = very many.

    Raises:
        BadInput: more answers than customers.

    Source: Cochran (1977); case SAMP-03.
    """
    if n < 1:
        return np.nan
    correction = 1.0
    if population is not None:
        if n > population:
            raise refuse("out_of_range", "n", n, low=1, high=population)
        correction = math.sqrt((population - n) / (population - 1)) if population > 1 else 0.0
    return _z(confidence) * math.sqrt(share * (1 - share) / n) * correction


def _net(detractors: float, promoters: float, n: float) -> tuple[float, float]:
    p, d = promoters / n, detractors / n
    return p - d, p + d - (p - d) ** 2


def _z(confidence: float) -> float:
    within(confidence, "confidence", 0.5, 0.9999)
    return NormalDist().inv_cdf((1 + confidence) / 2)


def _share(
    successes: ArrayLike, n: ArrayLike, confidence: float
) -> tuple[FloatArray, FloatArray, float]:
    hits, size = floats(successes, "successes"), floats(n, "n")
    if ((hits < 0) | (hits > size)).any():
        raise refuse("out_of_range", "successes", low=0)
    size = np.where(size > 0, size, np.nan)
    return ratio(hits, size), size, _z(confidence)
