"""What charts are given (图表数据): plain values with a code, a word and figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from words import formats

Figure = dict[str, Any]
"""A Plotly figure as plain dicts and lists: `data` and `layout`."""


@dataclass(frozen=True, slots=True)
class Band:
    """One band of the pyramid, highest first. Money in minor units, shares 0–1."""

    code: str
    label: str
    count: int
    count_share: float | None
    money: int
    money_share: float | None
    note: str = ""
    """A second line under the figures of the pyramid, such as the share of sales."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: code for clicks, word, value in the chart's unit; `note` goes to the hover."""

    code: str
    label: str
    value: float | int | None
    note: str = ""
    colour: str | None = None


@dataclass(frozen=True, slots=True)
class Stack:
    """One stacked bar: a value per segment, in minor units."""

    code: str
    label: str
    values: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One line over dates; `low` and `high` draw an interval band around it."""

    label: str
    dates: Sequence[date]
    values: Sequence[float | int | None]
    low: Sequence[float | None] = ()
    high: Sequence[float | None] = ()


@dataclass(frozen=True, slots=True)
class Levels:
    """One question's answers: how many per level, worst first, and who was asked."""

    code: str
    label: str
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Ring:
    """One ring of a radar: a value per axis."""

    label: str
    values: Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Point:
    """One point of a quadrant; `size` (minor units) makes a bubble, `level` its colour."""

    code: str
    label: str
    x: float
    y: float
    size: int = 0
    level: str = "unknown"
    note: str = ""


def sparkline(values: Iterable[Any]) -> list[float]:
    """Values for a small curve: numbers only, gaps left out."""
    return [float(value) for value in values if not formats.is_missing(value)]
