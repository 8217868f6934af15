"""Buying rhythm (购买节奏): is a customer later than it usually is?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analytics.checks import (
    BoolArray,
    FloatArray,
    IntArray,
    day_numbers,
    floats,
    positions,
    ratio,
    same_length,
)
from analytics.groups import group_median, group_order
from analytics.metric import Metric

OVERDUE_RHYTHM = Metric(
    key="overdue_rhythm",
    en="Customers later than usual",
    unit="count",
    better="lower",
    formula="customers whose days since the last order exceed 2 × their usual gap",
    source="inter-purchase-time rule, case GAP-01; the factor is a setting",
)


@dataclass(frozen=True, eq=False)
class Rhythm:
    """One customer's gaps between purchase days."""

    gaps: IntArray
    """Days between successive purchase days."""
    median_gap: float
    """Days; NaN on fewer than `min_days` purchase days."""
    mean_gap: float
    """Days; NaN likewise."""
    since_last: float
    """Days from the last purchase to the as-of date; NaN if there was none."""
    ratio: float
    """since_last ÷ median_gap; NaN where that is undefined."""
    overdue: bool | None
    """ratio > k; None where undefined."""


def own_rhythm(
    days: ArrayLike, *, as_of: int | np.datetime64, k: float = 2.0, min_days: int = 3
) -> Rhythm:
    """The rhythm of one customer: overdue if since_last > k × median gap.

    Purchases of one day are one; purchases after `as_of` are ignored.

    Args:
        days: purchase dates in any order, datetime64 or day numbers, shape (m,).
        as_of: the date of the question.
        k: how many usual gaps may pass.
        min_days: fewest purchase days a rhythm may rest on.

    Raises:
        BadInput: a date is missing.

    Source: inter-purchase-time rule; case GAP-01. k is a configuration.
    """
    end = int(day_numbers(np.array([as_of]), "as_of")[0])
    seen = np.unique(day_numbers(days, "days"))
    seen = seen[seen <= end]
    gaps = np.diff(seen)
    known = len(seen) >= max(min_days, 2)
    since = float(end - seen[-1]) if len(seen) else np.nan
    median = float(np.median(gaps)) if known else np.nan
    late = since / median
    return Rhythm(
        gaps=gaps,
        median_gap=median,
        mean_gap=float(gaps.mean()) if known else np.nan,
        since_last=since,
        ratio=late,
        overdue=late > k if known else None,
    )


@dataclass(frozen=True, eq=False)
class MedianGaps:
    """The rhythm of every customer, shape (n,) each."""

    median_gap: FloatArray
    """Days; NaN on fewer than `min_days` purchase days."""
    purchase_days: IntArray
    last_day: FloatArray
    """Day number of the last purchase; NaN if there was none."""


def median_gaps(
    customer: ArrayLike, day: ArrayLike, *, customers: int, min_days: int = 3
) -> MedianGaps:
    """The median gap between purchase days of every customer at once.

    Sorted unique (customer, day) pairs are used as they are; anything else is sorted and
    made unique first. Hand over only purchases up to the as-of date.

    Args:
        customer: position of the customer, 0 … customers − 1, shape (m,).
        day: purchase date, datetime64 or day numbers, shape (m,).
        customers: n.
        min_days: fewest purchase days a rhythm may rest on (at least 2).

    Raises:
        BadInput: lengths differ, a date is missing or a position is outside.

    Source: inter-purchase-time rule; case GAP-01.
    """
    who, when = positions(customer, "customer", customers), day_numbers(day, "day")
    same_length(customer=who, day=when)
    who, when = _sorted_unique(who, when)
    count = np.bincount(who, minlength=customers)
    within_customer = who[1:] == who[:-1]
    gaps = np.diff(when)[within_customer]
    median = group_median(who[1:][within_customer], gaps, customers)
    median[count < max(min_days, 2)] = np.nan
    last = np.full(customers, np.nan)
    last[who] = when  # the pairs are sorted, so the latest day is written last
    return MedianGaps(median, count.astype(np.int64), last)


def overdue_ratio(days_since_last: ArrayLike, median_gap: ArrayLike) -> FloatArray:
    """Days since the last purchase ÷ the usual gap; NaN where either is undefined.

    Args:
        days_since_last: days, NaN = never bought, shape (n,).
        median_gap: days, NaN = no rhythm known, shape (n,).

    Raises:
        BadInput: lengths differ.

    Source: case GAP-01.
    """
    since, gap = floats(days_since_last, "days_since_last"), floats(median_gap, "median_gap")
    same_length(days_since_last=since, median_gap=gap)
    return ratio(since, np.where(gap > 0, gap, np.nan))


@dataclass(frozen=True, eq=False)
class UsualGaps:
    """A gap for everyone it can be found for, shape (n,) each."""

    gap: FloatArray
    borrowed: BoolArray
    """True where the gap is the median of the segment, not the customer's own."""


def borrow_gaps(median_gap: ArrayLike, segment: ArrayLike, *, segments: int) -> UsualGaps:
    """Give customers without a rhythm the median gap of their segment, and mark them.

    Args:
        median_gap: own median gap, NaN = unknown, shape (n,).
        segment: number of the segment, 0 … segments − 1, shape (n,).
        segments: how many there are.

    Returns:
        Gaps; still NaN where nobody in the segment has a rhythm.

    Raises:
        BadInput: lengths differ or a segment is outside.

    Source: fallback of the inter-purchase-time rule, ours.
    """
    own, part = floats(median_gap, "median_gap"), positions(segment, "segment", segments)
    same_length(median_gap=own, segment=part)
    known = ~np.isnan(own)
    usual = group_median(part[known], own[known], segments)[part]
    return UsualGaps(np.where(known, own, usual), ~known & ~np.isnan(usual))


def _sorted_unique(who: IntArray, when: IntArray) -> tuple[IntArray, IntArray]:
    step = np.diff(who)
    if not ((step > 0) | ((step == 0) & (np.diff(when) > 0))).all():
        order = group_order(who, when)
        who, when = who[order], when[order]
        fresh = np.ones(len(who), dtype=np.bool_)
        fresh[1:] = (np.diff(who) != 0) | (np.diff(when) != 0)
        who, when = who[fresh], when[fresh]
    return who, when
