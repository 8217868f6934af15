"""Metric cards (指标卡): the name, unit, formula and source of every headline figure."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass
from typing import Literal

import analytics

Unit = Literal["money", "ratio", "count", "days", "score", "index", "points", "level"]
Better = Literal["higher", "lower", "neither"]


@dataclass(frozen=True, slots=True)
class Metric:
    """What a figure is. The card sits above the method that computes it."""

    key: str
    """Stable code, unique in the catalogue."""
    en: str
    """English name; also the message id of its translations."""
    unit: Unit
    """How to format it: `money` is minor units, `ratio` 0–1, `index` 0–100, `score` is the
    method's own scale, `points` may be negative, `level` is a code or a small integer."""
    better: Better
    """Which direction is good news."""
    formula: str
    """The formula in words or symbols, shown beside the figure; also a message id."""
    source: str
    """Where the formula comes from, or that it is ours."""


def catalogue() -> tuple[Metric, ...]:
    """Every card of the package, by key, found by walking the modules.

    Raises:
        ValueError: two different cards share a key.
    """
    cards: dict[str, Metric] = {}
    for module in pkgutil.iter_modules(analytics.__path__):
        for value in vars(importlib.import_module(f"analytics.{module.name}")).values():
            if isinstance(value, Metric) and cards.setdefault(value.key, value) != value:
                raise ValueError(f"two metric cards share the key {value.key!r}")
    return tuple(cards[key] for key in sorted(cards))
