"""The rules of the loss score (流失预警规则): when a signal fires and how much it weighs."""

from __future__ import annotations

from dataclasses import dataclass

from analytics.checks import refuse


@dataclass(frozen=True, slots=True)
class Ramp:
    """Graduated points of one signal.

    Nothing before `start`; `start_points` at it; then in a straight line to `full_points`
    at `full` and beyond. With `full` below `start` the signal fires downwards.
    """

    start: float
    """The threshold: the value at which the signal fires, inclusive."""
    full: float
    """The value from which on it weighs in full."""
    start_points: int
    full_points: int

    def __post_init__(self) -> None:
        if self.start == self.full or not (self.start_points >= 0 and self.full_points >= 0):
            raise refuse("bad_ramp", "ramp", self)


@dataclass(frozen=True, slots=True)
class LossPolicy:
    """Every number of the loss score. All of them are ours: a configuration, no standard."""

    own_rhythm: Ramp = Ramp(2.0, 4.0, 20, 40)
    """Days since the last order ÷ the usual gap."""
    sales_drop: Ramp = Ramp(0.30, 1.0, 15, 30)
    """Fall of the last 90 days' sales, as a ratio."""
    overdue_receivable: Ramp = Ramp(60, 180, 10, 20)
    """Days past due of the oldest open invoice."""
    overdue_min_share: float = 0.10
    """The overdue part of the balance below which old items are a trifle."""
    complaints_open: Ramp = Ramp(1, 3, 10, 20)
    """Open complaints."""
    satisfaction_low: Ramp = Ramp(60, 30, 10, 20)
    """Satisfaction index; fires downwards, below the start."""
    satisfaction_fall: Ramp = Ramp(10, 30, 10, 20)
    """Points lost against the previous survey."""
    no_contact: Ramp = Ramp(90, 180, 5, 10)
    """Days since the last contact; fires above the start."""
    owner_changed: Ramp = Ramp(180, 0, 5, 10)
    """Days since the account manager changed; fires downwards."""
    red: float = 60
    """Score from which the level is red."""
    amber: float = 30
    """Score from which the level is amber."""
    inactive_after_days: float = 730
    """Days without an order after which a customer is gone, not going."""

    def __post_init__(self) -> None:
        if not 0 < self.amber < self.red <= 100:
            raise refuse("not_ascending", "levels", (self.amber, self.red))


DEFAULT_POLICY = LossPolicy()
