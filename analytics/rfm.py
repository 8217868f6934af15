"""RFM (消费指标 RFM): recency, frequency and money, scored and named as segments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analytics.checks import (
    CodeArray,
    FloatArray,
    IntArray,
    NumberArray,
    ascending,
    day_numbers,
    floats,
    numbers,
    refuse,
    same_length,
)
from analytics.metric import Metric

REPEAT_RATE = Metric(
    key="repeat_rate",
    en="Repeat rate",
    unit="ratio",
    better="higher",
    formula="customers with at least 2 purchase days ÷ customers with at least 1",
    source="common definition; case LOY-04",
)
RFM_CHAMPIONS = Metric(
    key="rfm_champions",
    en="Champions",
    unit="count",
    better="higher",
    formula="customers with R, F and M scores of 4 or 5",
    source="Hughes; segment table of the R package rfm",
)


@dataclass(frozen=True, slots=True)
class Segment:
    """A box in score space, limits inclusive."""

    code: str
    r: tuple[int, int]
    f: tuple[int, int]
    m: tuple[int, int]


SEGMENTS = (
    Segment("champions", (4, 5), (4, 5), (4, 5)),
    Segment("new_customers", (4, 5), (1, 1), (1, 1)),
    Segment("promising", (3, 4), (1, 1), (1, 1)),
    Segment("cant_lose_them", (1, 1), (4, 5), (4, 5)),
    Segment("need_attention", (2, 3), (2, 3), (2, 3)),
    Segment("about_to_sleep", (2, 3), (1, 2), (1, 2)),
    Segment("lost", (1, 2), (1, 2), (1, 2)),
    Segment("potential_loyalist", (3, 5), (1, 3), (1, 3)),
    Segment("at_risk", (1, 2), (2, 5), (2, 5)),
    Segment("loyal_customers", (2, 5), (3, 5), (3, 5)),
)
"""The published boxes, the champions first and then the narrower before the wider. In the
published order new_customers and promising lie wholly behind potential_loyalist, and
cant_lose_them behind at_risk: nobody could be in them."""
OTHERS = "others"


@dataclass(frozen=True, eq=False)
class RfmScores:
    """Scores 1 (worst) to 5 (best) as floats, NaN where the customer never bought."""

    r: FloatArray
    f: FloatArray
    m: FloatArray
    r_limits: FloatArray
    f_limits: FloatArray
    m_limits: FloatArray
    """The four edges that separated the scores, rising."""

    def code(self) -> FloatArray:
        """The three digits as one number, 111 to 555; NaN where not scored."""
        return self.r * 100 + self.f * 10 + self.m


def _purchase_days(
    customer: ArrayLike, day: ArrayLike, amount: ArrayLike, as_of: int
) -> pd.DataFrame:
    """One row per customer and purchase day not after `as_of`, sorted; amounts netted."""
    who = np.asarray(customer)
    days = day_numbers(day, "day")
    money = numbers(amount, "amount")
    same_length(customer=who, day=days, amount=money)
    seen = days <= as_of
    rows = pd.DataFrame({"customer": who[seen], "day": days[seen], "amount": money[seen]})
    return rows.groupby(["customer", "day"], as_index=False, sort=True)["amount"].sum()


def btyd_summary(
    customer: ArrayLike, day: ArrayLike, amount: ArrayLike, *, as_of: int | np.datetime64
) -> pd.DataFrame:
    """The "buy till you die" summary: repeat purchases only.

        frequency = purchase days − 1      recency = last − first
        t = as_of − first                  monetary = mean of the repeat days

    Purchases of one day are one; rows after `as_of` are ignored and customers without an
    earlier one are left out. By convention monetary is 0 where there was no repeat.

    Args:
        customer: customer per purchase, shape (m,).
        day: date per purchase, datetime64 or day numbers, shape (m,).
        amount: net amount per purchase, shape (m,).
        as_of: the date of the question, inclusive.

    Returns:
        Columns customer, frequency, recency (days), t (days), monetary; by customer.

    Raises:
        BadInput: lengths differ or a value is missing.

    Source: Fader, Hardie & Lee (2005); cases RFM-01, RFM-11, BG-11.
    """
    end = _as_day(as_of)
    per_day = _purchase_days(customer, day, amount, end)
    by = per_day.groupby("customer", sort=True)
    first, last, days = by["day"].min(), by["day"].max(), by["day"].size()
    is_first = ~per_day["customer"].duplicated()
    repeats = per_day[~is_first].groupby("customer")["amount"].mean()
    return pd.DataFrame(
        {
            "customer": first.index,
            "frequency": days.to_numpy() - 1,
            "recency": (last - first).to_numpy(),
            "t": end - first.to_numpy(),
            "monetary": repeats.reindex(first.index).fillna(0.0).to_numpy(dtype=np.float64),
        }
    )


def classic_summary(
    customer: ArrayLike, day: ArrayLike, amount: ArrayLike, *, as_of: int | np.datetime64
) -> pd.DataFrame:
    """The classic summary: days since the last purchase, purchase days, net total.

    Args:
        customer: customer per purchase, shape (m,).
        day: date per purchase, datetime64 or day numbers, shape (m,).
        amount: net amount per purchase, shape (m,).
        as_of: the date of the question; a purchase on it has recency 0.

    Returns:
        Columns customer, recency_days, frequency, monetary; by customer.

    Raises:
        BadInput: lengths differ or a value is missing.

    Source: Hughes (1994); Bult & Wansbeek (1995).
    """
    end = _as_day(as_of)
    per_day = _purchase_days(customer, day, amount, end)
    by = per_day.groupby("customer", sort=True)
    last = by["day"].max()
    return pd.DataFrame(
        {
            "customer": last.index,
            "recency_days": end - last.to_numpy(),
            "frequency": by["day"].size().to_numpy(),
            "monetary": by["amount"].sum().to_numpy(),
        }
    )


def quantile_edges(values: ArrayLike, *, bins: int = 5) -> FloatArray:
    """The bins − 1 inner quantiles by linear interpolation (type 7), NaN values left out.

    Raises:
        BadInput: fewer than two bins.

    Source: Hyndman & Fan (1996) type 7; case RFM-08.
    """
    if bins < 2:
        raise refuse("out_of_range", "bins", bins, low=2)
    v = floats(values, "values")
    v = v[~np.isnan(v)]
    if not v.size:
        return np.full(bins - 1, np.nan)
    return np.quantile(v, np.arange(1, bins) / bins)


def rfm_scores(recency_days: ArrayLike, frequency: ArrayLike, monetary: ArrayLike) -> RfmScores:
    """Quintile scores by the right-closed rule.

        F, M = 1 + #{q_k : v > q_k}      R = 5 − #{q_k : v > q_k}

    Equal values get equal scores, so the groups need not be of equal size. Customers with a
    missing recency or no purchase day are not scored and do not move the edges. A net total
    below zero is scored like any other.

    Args:
        recency_days: days since the last purchase, NaN = never, shape (n,).
        frequency: purchase days (or orders) in the window, shape (n,).
        monetary: net total in the window, shape (n,).

    Raises:
        BadInput: lengths differ.

    Source: Hughes (1994) with tie-safe quantiles; edges of case RFM-08.
    """
    r, f, m, scored = _three(recency_days, frequency, monetary)
    edges = [quantile_edges(v[scored]) for v in (r, f, m)]
    return RfmScores(
        _score(5 - np.searchsorted(edges[0], r, side="left"), scored),
        _score(1 + np.searchsorted(edges[1], f, side="left"), scored),
        _score(1 + np.searchsorted(edges[2], m, side="left"), scored),
        *edges,
    )


def rfm_threshold_scores(
    recency_days: ArrayLike,
    frequency: ArrayLike,
    monetary: ArrayLike,
    *,
    recency_limits: Sequence[float],
    frequency_limits: Sequence[float],
    monetary_limits: Sequence[float],
) -> RfmScores:
    """Scores by four fixed limits each, inclusive: R ≤ limit, F ≥ limit, M ≥ limit.

    R is 5 up to the first limit and loses one with each limit exceeded; F and M are 1 and
    gain one with each limit reached.

    Args:
        recency_days: days since the last purchase, NaN = never, shape (n,).
        frequency: purchase days (or orders) in the window, shape (n,).
        monetary: net total in the window, shape (n,).
        recency_limits: four rising numbers of days.
        frequency_limits: four rising counts.
        monetary_limits: four rising amounts, unit of `monetary`.

    Raises:
        BadInput: lengths differ, or the limits are not four or do not rise.

    Source: common practice, case RFM-04; the limits are a configuration.
    """
    r, f, m, scored = _three(recency_days, frequency, monetary)
    limits = [
        ascending(given, column, above=-np.inf)
        for given, column in (
            (recency_limits, "recency_limits"),
            (frequency_limits, "frequency_limits"),
            (monetary_limits, "monetary_limits"),
        )
    ]
    for edge in limits:
        if len(edge) != 4:
            raise refuse("wrong_count", "limits", tuple(edge), expected=4)
    return RfmScores(
        _score(5 - np.searchsorted(limits[0], r, side="left"), scored),
        _score(1 + np.searchsorted(limits[1], f, side="right"), scored),
        _score(1 + np.searchsorted(limits[2], m, side="right"), scored),
        *limits,
    )


def rfm_segments(
    scores: RfmScores, *, segments: Sequence[Segment] = SEGMENTS, others: str = OTHERS
) -> CodeArray:
    """Name each customer by the first segment its three scores fall in.

    Args:
        scores: as made by `rfm_scores` or `rfm_threshold_scores`.
        segments: tested in order, the first match wins.
        others: the code of scored customers that match none.

    Returns:
        Segment code per customer, "" where not scored; shape (n,).

    Source: segment table of the R package rfm.
    """
    box = np.full((6, 6, 6), len(segments))
    for k, segment in reversed(list(enumerate(segments))):
        inside = tuple(slice(low, high + 1) for low, high in (segment.r, segment.f, segment.m))
        box[inside] = k
    names = np.array([*(segment.code for segment in segments), others, ""])
    scored = ~np.isnan(scores.r)
    digit = [np.where(scored, v, 0).astype(np.int64) for v in (scores.r, scores.f, scores.m)]
    index = box[digit[0], digit[1], digit[2]]
    return names[np.where(scored, index, len(segments) + 1)]


def repeat_rate(purchase_days: ArrayLike) -> float:
    """Customers with at least two purchase days ÷ customers with at least one; NaN if none.

    Args:
        purchase_days: distinct purchase days per customer in the window, shape (n,).

    Source: common definition; case LOY-04.
    """
    days = numbers(purchase_days, "purchase_days")
    bought = int((days >= 1).sum())
    return int((days >= 2).sum()) / bought if bought else np.nan


def _as_day(as_of: int | np.datetime64) -> int:
    return int(day_numbers(np.array([as_of]), "as_of")[0])


def _three(
    recency_days: ArrayLike, frequency: ArrayLike, monetary: ArrayLike
) -> tuple[FloatArray, FloatArray, FloatArray, np.ndarray]:
    r = floats(recency_days, "recency_days")
    f = floats(frequency, "frequency")
    m = floats(monetary, "monetary")
    same_length(recency_days=r, frequency=f, monetary=m)
    return r, f, m, ~(np.isnan(r) | np.isnan(m)) & (f > 0)


def _score(score: IntArray | NumberArray, scored: np.ndarray) -> FloatArray:
    return np.where(scored, score, np.nan)
