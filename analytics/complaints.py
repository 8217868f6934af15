"""Complaint handling (投诉处理): how fast, how often in time, how often made good."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.checks import FloatArray, floats, ratio, refuse, same_length
from analytics.metric import Metric

FIRST_RESPONSE = Metric(
    key="first_response_hours",
    en="First response (median hours)",
    unit="score",
    better="lower",
    formula="median of first human reply − opened, around the clock",
    source="common definition; case CMP-01",
)
RESOLVE_SLA = Metric(
    key="resolve_sla",
    en="Complaints resolved in time",
    unit="ratio",
    better="higher",
    formula="resolved in time ÷ due by now",
    source="common definition; case CMP-01",
)
RECOVERY_RATE = Metric(
    key="recovery_rate",
    en="Complaints made good",
    unit="ratio",
    better="higher",
    formula="complainants satisfied with the resolution ÷ resolved complaints rated",
    source="common definition; case CMP-01",
)


@dataclass(frozen=True, slots=True)
class ComplaintFigures:
    """Hours around the clock; shares as ratios; NaN where undefined."""

    complaints: int
    median_first_response: float
    p90_first_response: float
    first_response_sla: float
    resolved: int
    mean_resolution: float
    median_resolution: float
    resolve_sla: float
    """Met ÷ due: resolved cases, and open ones already late."""
    open_late: int
    recovery: float


def complaint_figures(
    opened: ArrayLike,
    first_response: ArrayLike,
    closed: ArrayLike,
    satisfied: ArrayLike,
    *,
    as_of: np.datetime64,
    first_response_hours: float = 24,
    resolve_hours: float = 72,
) -> ComplaintFigures:
    """Handling of complaints at a moment, on a 24×7 clock.

    What happened after `as_of` is unknown. A case counts in a service level once it is
    answered (resolved) or late; open cases not yet due are outside the base.

    Args:
        opened: datetime64, no NaT, shape (c,).
        first_response: datetime64, NaT = none yet, shape (c,).
        closed: datetime64, NaT = open, shape (c,).
        satisfied: 1 = satisfied with the resolution, 0 = not, NaN = not asked, shape (c,).
        as_of: the moment of the question.
        first_response_hours: time allowed for the first reply.
        resolve_hours: time allowed for the resolution.

    Raises:
        BadInput: lengths differ or an opening is missing.

    Source: common definitions; case CMP-01.
    """
    start, reply, end = (
        np.asarray(each, dtype="datetime64[s]") for each in (opened, first_response, closed)
    )
    good = floats(satisfied, "satisfied")
    same_length(opened=start, first_response=reply, closed=end, satisfied=good)
    if np.isnat(start).any():
        raise refuse("missing_date", "opened", position=int(np.isnat(start).argmax()))
    now = as_of.astype("datetime64[s]")
    seen = start <= now
    start, reply, end, good = start[seen], reply[seen], end[seen], good[seen]
    age = _hours(start, np.full(len(start), now), now)
    first, whole = _hours(start, reply, now), _hours(start, end, now)
    rated = good[~np.isnan(whole) & ~np.isnan(good)]
    return ComplaintFigures(
        complaints=len(start),
        median_first_response=_quantile(first, 0.5),
        p90_first_response=_quantile(first, 0.9),
        first_response_sla=_in_time(first, age, first_response_hours),
        resolved=int((~np.isnan(whole)).sum()),
        mean_resolution=float(np.nanmean(whole)) if (~np.isnan(whole)).any() else np.nan,
        median_resolution=_quantile(whole, 0.5),
        resolve_sla=_in_time(whole, age, resolve_hours),
        open_late=int((np.isnan(whole) & (age > resolve_hours)).sum()),
        recovery=float(ratio((rated > 0).sum(), len(rated))),
    )


def _hours(
    start: NDArray[np.datetime64], end: NDArray[np.datetime64], now: np.datetime64
) -> FloatArray:
    """Hours from start to end; NaN where the end has not come by now."""
    return np.where(end <= now, (end - start).astype(np.float64) / 3600, np.nan)


def _in_time(taken: FloatArray, age: FloatArray, allowed: float) -> float:
    due = ~np.isnan(taken) | (age > allowed)
    return float(ratio((taken <= allowed).sum(), due.sum()))


def _quantile(hours: FloatArray, q: float) -> float:
    known = hours[~np.isnan(hours)]
    return float(np.quantile(known, q)) if len(known) else np.nan
