"""Loss score (流失预警): how much points to a customer leaving, and why.

High is bad, everywhere. The score is a sum of graduated points over eight signals, capped
at 100, so that every score can be taken apart into sentences. The rules are `loss_policy`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from itertools import repeat
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.checks import (
    BoolArray,
    CodeArray,
    FloatArray,
    IntArray,
    codes,
    flags,
    floats,
    half_up,
    ratio,
    refuse,
    same_length,
    whole,
)
from analytics.loss_policy import DEFAULT_POLICY, LossPolicy, Ramp
from analytics.metric import Metric
from analytics.satisfaction import INDEX_HAIR

RED_ALERTS = Metric(
    key="loss_red",
    en="Customers at high risk of loss",
    unit="count",
    better="lower",
    formula="customers with a loss score in the red band",
    source="ours: sum of graduated points over eight signals",
)
AMBER_ALERTS = Metric(
    key="loss_amber",
    en="Customers at some risk of loss",
    unit="count",
    better="lower",
    formula="customers with a loss score in the amber band",
    source="ours: sum of graduated points over eight signals",
)
LOSS_SCORE = Metric(
    key="loss_score",
    en="Loss score",
    unit="score",
    better="lower",
    formula="Σ points of the signals that fired, at most 100",
    source="ours: sum of graduated points over eight signals",
)
VALUE_AT_RISK = Metric(
    key="value_at_risk",
    en="Margin at risk",
    unit="money",
    better="lower",
    formula="margin of the last 12 months × factor of the level",
    source="ours; the factors are a setting",
)

SIGNALS = (
    "own_rhythm",
    "sales_drop",
    "overdue_receivable",
    "complaints_open",
    "satisfaction_low",
    "satisfaction_fall",
    "no_contact",
    "owner_changed",
)
LEVELS = ("green", "amber", "red", "inactive", "unknown")
RISK_FACTORS: Mapping[str, float] = MappingProxyType({"red": 0.6, "amber": 0.3})


@dataclass(frozen=True, eq=False)
class LossSignals:
    """What is known about each customer at the as-of date, shape (n,) each."""

    days_since_last_order: FloatArray
    """NaN = never ordered."""
    usual_gap_days: FloatArray
    """Own median gap, or the segment's; NaN = unknown. See `rhythm`."""
    gap_is_borrowed: BoolArray
    """True where the gap is the segment's."""
    sales_90d: IntArray
    """Net sales of the last 90 days, minor units."""
    sales_90d_year_ago: IntArray
    """Net sales of the same 90 days a year before; 0 = none."""
    sales_previous_90d: IntArray
    """Net sales of the 90 days before; 0 = none."""
    oldest_overdue_days: FloatArray
    """Days past due of the oldest open invoice; NaN or 0 = nothing overdue."""
    overdue_amount: IntArray
    """Minor units."""
    receivables: IntArray
    """Total receivables, minor units."""
    open_complaints: IntArray
    satisfaction: FloatArray
    """Index 0–100 of the latest survey; NaN = not asked or refused."""
    satisfaction_before: FloatArray
    """Index of the survey before; NaN likewise."""
    days_since_contact: FloatArray
    """NaN = unknown: fires nothing."""
    days_since_owner_change: FloatArray
    """NaN = never changed."""

    def __post_init__(self) -> None:
        for each in fields(self):
            given = getattr(self, each.name)
            kind = str(each.type)
            guard = flags if kind == "BoolArray" else whole if kind == "IntArray" else floats
            object.__setattr__(self, each.name, guard(given, each.name))
        same_length(**{each.name: getattr(self, each.name) for each in fields(self)})

    def __len__(self) -> int:
        return len(self.days_since_last_order)


@dataclass(frozen=True, slots=True)
class Reason:
    """One signal that fired: what was found, against what, and what it weighs."""

    code: str
    """One of `SIGNALS`."""
    value: float
    """In the unit of the signal: a ratio, days, a count or index points."""
    threshold: float
    points: int
    detail: Mapping[str, float | str] = field(default_factory=lambda: MappingProxyType({}))
    """The figures a sentence needs besides: see `LossResult.details`."""


@dataclass(frozen=True, eq=False)
class LossResult:
    """Scores in input order, and everything needed to explain them."""

    score: FloatArray
    """Whole points 0–100, high = bad; NaN for the levels "unknown" and "inactive"; (n,)."""
    level: CodeArray
    """"green", "amber", "red"; "unknown" = never ordered, "inactive" = gone long ago; (n,)."""
    points: NDArray[np.int16]
    """Per signal, columns as `SIGNALS`; the row sum, capped at 100, is the score; (n, 8)."""
    values: FloatArray
    """What was measured per signal, NaN = undefined, shape (n, 8)."""
    thresholds: FloatArray
    """Per signal, shape (8,)."""
    signals: LossSignals
    from_year_ago: BoolArray
    """True where the sales drop is against the same 90 days a year before; (n,)."""

    def details(self, code: str, rows: IntArray) -> dict[str, list[float] | list[str]]:
        """The figures a sentence about a signal needs besides its value, for some rows.

        own_rhythm: days, usual, borrowed (1 = the gap is the segment's). sales_drop: now,
        before (minor units), versus ("year_ago" or "previous"). overdue_receivable: amount
        (minor units), share. satisfaction_fall: now, before. The others: nothing.
        """
        s = self.signals
        if code == "own_rhythm":
            return {
                "days": s.days_since_last_order[rows].tolist(),
                "usual": s.usual_gap_days[rows].tolist(),
                "borrowed": s.gap_is_borrowed[rows].astype(np.int64).tolist(),
            }
        if code == "sales_drop":
            old = self.from_year_ago[rows]
            before = np.where(old, s.sales_90d_year_ago[rows], s.sales_previous_90d[rows])
            return {
                "now": s.sales_90d[rows].tolist(),
                "before": before.tolist(),
                "versus": np.where(old, "year_ago", "previous").tolist(),
            }
        if code == "overdue_receivable":
            share = ratio(s.overdue_amount[rows], s.receivables[rows])
            return {"amount": s.overdue_amount[rows].tolist(), "share": share.tolist()}
        if code == "satisfaction_fall":
            now, before = s.satisfaction[rows], s.satisfaction_before[rows]
            return {"now": now.tolist(), "before": before.tolist()}
        return {}

    def reasons(self, row: int) -> tuple[Reason, ...]:
        """The signals of one customer that fired, heaviest first."""
        only = np.array([row])
        found = [
            Reason(
                code=code,
                value=float(self.values[row, k]),
                threshold=float(self.thresholds[k]),
                points=int(self.points[row, k]),
                detail=MappingProxyType(
                    {name: given[0] for name, given in self.details(code, only).items()}
                ),
            )
            for k, code in enumerate(SIGNALS)
            if self.points[row, k] > 0
        ]
        return tuple(sorted(found, key=lambda reason: -reason.points))

    def scored_rows(self) -> IntArray:
        """The rows with a score above 0, rising."""
        return np.flatnonzero(self.score > 0)

    def reason_lists(self, *, top: int = len(SIGNALS)) -> list[list[dict[str, object]]]:
        """The reasons of `scored_rows`, in that order, ready for JSON.

        Each reason is {"code", "value", "threshold", "points", …details}, heaviest first.
        Python work grows with the number of reasons, not with the number of customers.

        Args:
            top: how many reasons to keep per customer.
        """
        rows = self.scored_rows()
        lists: list[list[dict[str, object]]] = [[] for _ in range(len(rows))]
        for k, code in enumerate(SIGNALS):
            here = np.flatnonzero(self.points[rows, k] > 0)
            at = rows[here]
            extra = self.details(code, at)
            names = ("code", "value", "threshold", "points", *extra)
            columns = zip(
                repeat(code),
                np.round(self.values[at, k], 4).tolist(),
                repeat(float(self.thresholds[k])),
                self.points[at, k].tolist(),
                *extra.values(),
            )
            for place, figures in zip(here.tolist(), columns, strict=False):
                lists[place].append(dict(zip(names, figures, strict=True)))
        for each in lists:
            if len(each) > 1:
                each.sort(key=_heaviest_first)
                del each[top:]
        return lists


def loss_score(signals: LossSignals, *, policy: LossPolicy = DEFAULT_POLICY) -> LossResult:
    """Score how much points to a customer leaving; high is bad.

        points_s = start_points + (full_points − start_points) · clip((v − start) ÷ (full − start))
                   from the start on, else 0, rounded half up to a whole point
        score    = min(100, Σ points_s)      red ≥ 60, amber ≥ 30

    An undefined value fires nothing. A customer that never ordered is "unknown", one that
    has not ordered for `policy.inactive_after_days` is "inactive": neither has a score.

    own_rhythm fires from k usual gaps on; sales_drop compares with the same 90 days a year
    before, or, if there were no sales then, with the 90 days before;
    overdue_receivable needs the age and a share of the balance; satisfaction_low fires
    strictly below its threshold and no_contact strictly above it, the others at it. An index
    within `INDEX_HAIR` of a threshold is on it: means of thirds are not exact.

    Args:
        signals: what is known per customer, shape (n,) each.
        policy: thresholds, points and levels.

    Source: ours; own rhythm after case GAP-01. No standard exists.
    """
    values, from_year_ago = _values(signals, policy)
    ramps: list[Ramp] = [getattr(policy, code) for code in SIGNALS]
    points = np.column_stack(
        [_points(values[:, k], ramps[k], _hair(code)) for k, code in enumerate(SIGNALS)]
    )
    for code in ("satisfaction_low", "no_contact"):
        k = SIGNALS.index(code)
        points[np.abs(values[:, k] - ramps[k].start) <= _hair(code), k] = 0

    since = signals.days_since_last_order
    unknown, inactive = np.isnan(since), since > policy.inactive_after_days
    points[unknown | inactive] = 0
    total = np.minimum(points.sum(axis=1), 100)
    level = (total >= policy.amber).astype(np.int64) + (total >= policy.red)
    level = np.where(unknown, 4, np.where(inactive, 3, level))
    return LossResult(
        score=np.where(unknown | inactive, np.nan, total),
        level=np.array(LEVELS)[level],
        points=points,
        values=values,
        thresholds=np.array([ramp.start for ramp in ramps], dtype=np.float64),
        signals=signals,
        from_year_ago=from_year_ago,
    )


def value_at_risk(
    margin_12m: ArrayLike, level: ArrayLike, *, factors: Mapping[str, float] = RISK_FACTORS
) -> IntArray:
    """Margin of the last 12 months × the factor of the level, rounded half up.

    Negative margins and levels without a factor put nothing at risk.

    Args:
        margin_12m: minor units, shape (n,).
        level: level codes, shape (n,).
        factors: factor per level, 0–1.

    Raises:
        BadInput: lengths differ, money is not whole or a factor is outside 0–1.

    Source: ours; the factors are a setting.
    """
    money, names = whole(margin_12m, "margin_12m"), codes(level, "level")
    same_length(margin_12m=money, level=names)
    factor = np.zeros(len(money))
    for code, value in factors.items():
        if not 0 <= value <= 1:
            raise refuse("out_of_range", "factors", value, low=0, high=1)
        factor[names == code] = value
    return half_up(np.maximum(money, 0) * factor).astype(np.int64)


def _values(s: LossSignals, policy: LossPolicy) -> tuple[FloatArray, BoolArray]:
    """The measured value of every signal, columns as `SIGNALS`."""
    from_year_ago = s.sales_90d_year_ago > 0
    before = np.where(from_year_ago, s.sales_90d_year_ago, s.sales_previous_90d)
    drop = ratio(before - s.sales_90d, np.where(before > 0, before, np.nan))
    share = ratio(s.overdue_amount, np.where(s.receivables > 0, s.receivables, np.nan))
    overdue = np.where(share >= policy.overdue_min_share, s.oldest_overdue_days, np.nan)
    gap = np.where(s.usual_gap_days > 0, s.usual_gap_days, np.nan)
    columns = (
        ratio(s.days_since_last_order, gap),
        drop,
        overdue,
        s.open_complaints.astype(np.float64),
        s.satisfaction,
        s.satisfaction_before - s.satisfaction,
        s.days_since_contact,
        s.days_since_owner_change,
    )
    return np.column_stack(columns), from_year_ago


def _hair(code: str) -> float:
    """How near to its threshold a value of a signal lies on it."""
    return INDEX_HAIR if code.startswith("satisfaction") else 0.0


def _points(value: FloatArray, ramp: Ramp, hair: float) -> NDArray[np.int16]:
    way = (value - ramp.start) / (ramp.full - ramp.start)
    fires = (way >= 0) | (np.abs(value - ramp.start) <= hair)
    graduated = ramp.start_points + (ramp.full_points - ramp.start_points) * np.clip(way, 0, 1)
    return np.where(fires, half_up(graduated), 0).astype(np.int16)


def _heaviest_first(reason: Mapping[str, object]) -> int:
    points = reason["points"]
    return -points if isinstance(points, int) else 0
