"""The ground the demo stands on (演示时空): period, calendar, seasons, random numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Any, TypeVar
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Row = dict[str, Any]
Rows = list[Row]
T = TypeVar("T")
Floats = NDArray[np.float64]

YEARS = 3
SPRING_FESTIVALS = (
    date(2020, 1, 25),
    date(2021, 2, 12),
    date(2022, 2, 1),
    date(2023, 1, 22),
    date(2024, 2, 10),
    date(2025, 1, 29),
    date(2026, 2, 17),
    date(2027, 2, 6),
    date(2028, 1, 26),
    date(2029, 2, 13),
    date(2030, 2, 3),
    date(2031, 1, 23),
    date(2032, 2, 11),
    date(2033, 1, 31),
    date(2034, 2, 19),
    date(2035, 2, 8),
)
MONTHLY = (0.95, 0.86, 1.10, 1.03, 1.02, 1.08, 0.95, 0.94, 1.07, 0.94, 1.01, 1.10)
"""Size of orders by calendar month: quarter ends are strong, high summer is weak."""


def first_day(end: date) -> date:
    """Three years before the end, at the first of a month."""
    return date(end.year - YEARS, end.month, 1)


@dataclass(frozen=True)
class World:
    """Seed, end date, and who the users are (login → id)."""

    seed: int
    end: date
    users: Mapping[str, int]
    start: date = field(init=False)
    """Three years before the end, at the first of a month."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "start", first_day(self.end))

    @property
    def first(self) -> int:
        """Ordinal of the first day."""
        return self.start.toordinal()

    @property
    def last(self) -> int:
        """Ordinal of the last day."""
        return self.end.toordinal()

    @property
    def days(self) -> int:
        """Days in the period."""
        return self.last - self.first + 1

    def rng(self, *names: str | int) -> np.random.Generator:
        """Random numbers of their own for each purpose, so that one cannot disturb another."""
        return np.random.default_rng([self.seed, *(crc32(str(name).encode()) for name in names)])

    @cached_property
    def intensity(self) -> Floats:
        """How much a day counts for ordering: none at weekends, hardly any at New Year."""
        return np.array([self._intensity(self.first + i) for i in range(self.days)])

    @cached_property
    def season(self) -> Floats:
        """How large orders are on each day, about 1 over a year."""
        months = [date.fromordinal(self.first + i).month for i in range(self.days)]
        return np.array([MONTHLY[month - 1] for month in months])

    def _intensity(self, ordinal: int) -> float:
        day = date.fromordinal(ordinal)
        if day.weekday() >= 5:
            return 0.0
        gap = min(((day - eve).days for eve in SPRING_FESTIVALS), key=abs)
        if -5 <= gap <= 10:
            return 0.02
        if -25 <= gap < -5:
            return 1.75
        if (day.month, day.day) in {(10, d) for d in range(1, 8)} | {(5, 1), (5, 2), (1, 1)}:
            return 0.05
        return 1.45

    def workday(self, ordinal: int) -> int:
        """The same day, or the Monday after a weekend."""
        weekday = date.fromordinal(ordinal).weekday()
        return ordinal + (7 - weekday if weekday >= 5 else 0)


def day(ordinal: int | np.integer[Any]) -> date:
    """A date from its ordinal."""
    return date.fromordinal(int(ordinal))


def instant(ordinal: int, hour: float = 2.0) -> datetime:
    """An instant on a day, UTC; 2:00 is ten in the morning in China."""
    midnight = datetime.combine(date.fromordinal(int(ordinal)), time(), tzinfo=UTC)
    return midnight + timedelta(seconds=int(hour * 3600))


def pick(rng: np.random.Generator, items: Sequence[T], weights: Sequence[float] = ()) -> T:
    """One of the items, by weight."""
    if not len(weights):
        return items[int(rng.integers(len(items)))]
    upto = np.cumsum(weights)
    return items[int(np.searchsorted(upto, rng.random() * upto[-1], side="right"))]


def fen(yuan: float) -> int:
    """Yuan as whole minor units."""
    return round(float(yuan) * 100)


def even(amount: float, step: int = 10_000) -> int:
    """An amount in fen rounded to whole steps, a hundred yuan by default."""
    return round(float(amount) / step) * step
