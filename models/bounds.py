"""What values a setting may take (规则取值): how they are read, and the bounds they stay in.

A kind reads what a person typed or a store holds (`read`, ValueError where it is no such
value) and tells whether a value is allowed (`holds`). Bounds are inclusive.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite
from typing import Any


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number."""

    low: int
    high: int

    def read(self, raw: Any) -> int:
        """The number; fractions are none."""
        number = _number(raw)
        if number != int(number):
            raise ValueError(raw)
        return int(number)

    def holds(self, value: Any) -> bool:
        """Whether it lies within the bounds."""
        return isinstance(value, int) and self.low <= value <= self.high

    @property
    def allowed(self) -> str:
        """Which values the store takes, as it holds them: 0 – 120."""
        return f"{self.low} – {self.high}"


@dataclass(frozen=True, slots=True)
class Real:
    """A number."""

    low: float
    high: float

    def read(self, raw: Any) -> float:
        """The number."""
        return _number(raw)

    def holds(self, value: Any) -> bool:
        """Whether it lies within the bounds; what is no number does not."""
        return isinstance(value, int | float) and self.low <= value <= self.high

    @property
    def allowed(self) -> str:
        """Which values the store takes, as it holds them: 0.01 – 1."""
        return f"{self.low:g} – {self.high:g}"


@dataclass(frozen=True, slots=True)
class Share(Real):
    """A ratio, stored as 0.05 and read by people as 5 %."""


@dataclass(frozen=True, slots=True)
class Several:
    """A list of numbers of one kind."""

    each: Whole | Real
    least: int
    most: int
    rising: bool = False
    """Each number exceeds the one before."""
    least_total: float | None = None

    def read(self, raw: Any) -> tuple[float, ...]:
        """The numbers, also from text with commas."""
        listed = isinstance(raw, list | tuple)
        parts: Sequence[Any] = raw if listed else str(raw).replace("，", ",").split(",")
        return tuple(self.each.read(part) for part in parts)

    def holds(self, value: Any) -> bool:
        """Whether there are as many as asked for, each within its bounds and in order."""
        if not isinstance(value, list | tuple) or not self.least <= len(value) <= self.most:
            return False
        inside = all(self.each.holds(one) for one in value)
        if not inside or (self.rising and any(a >= b for a, b in pairwise(value))):
            return False
        return self.least_total is None or sum(value) >= self.least_total

    @property
    def allowed(self) -> str:
        """How many numbers the store takes, and which: 3 × (0.01 – 99.99), a < b < c."""
        number = str(self.least) if self.least == self.most else f"{self.least}–{self.most}"
        order = ", a < b < c" if self.rising else ""
        total = "" if self.least_total is None else f", a + b + c … ≥ {self.least_total:g}"
        return f"{number} × ({self.each.allowed}){order}{total}"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of some codes, each with its English words."""

    words: Mapping[str, str]

    def read(self, raw: Any) -> str:
        """The code."""
        return str(raw)

    def holds(self, value: Any) -> bool:
        """Whether it is one of the codes."""
        return isinstance(value, str) and value in self.words

    @property
    def allowed(self) -> str:
        """The codes."""
        return ", ".join(self.words)


@dataclass(frozen=True, slots=True)
class Text:
    """A short text that `valid` accepts."""

    longest: int
    valid: Callable[[str], bool]
    example: str
    """What such a text looks like, shown as what is allowed."""
    empty: str = ""
    """What an empty text means, in words."""

    def read(self, raw: Any) -> str:
        """The text without blanks around it; what is no text is none."""
        if not isinstance(raw, str):
            raise ValueError(raw)
        return raw.strip()

    def holds(self, value: Any) -> bool:
        """Whether it is short enough, of signs that can be shown, and valid."""
        fits = isinstance(value, str) and len(value) <= self.longest and value.isprintable()
        return fits and self.valid(value)

    @property
    def allowed(self) -> str:
        """A text like the ones the store takes."""
        return self.example


Kind = Whole | Real | Several | Choice | Text


def _number(raw: Any) -> float:
    """A finite number; a truth value is none, nor are figures joined by low lines."""
    if isinstance(raw, str) and "_" in raw:
        raise ValueError(raw)
    number = float(raw)
    if isinstance(raw, bool) or not isfinite(number):
        raise ValueError(raw)
    return number
