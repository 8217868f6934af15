"""Every pair instead of every combination (两两组合): what goes wrong hangs on two things at once.

A page draws in each language, for each role, and each role reads each language somewhere:
that takes as many runs as the two longest axes multiplied, not all three. The drill runs
the combinations that are left out here.
"""

from __future__ import annotations

import itertools
from collections.abc import Hashable, Iterable
from typing import Any

import pytest

Row = tuple[Hashable, ...]


def of(row: Row) -> set[tuple[tuple[int, Hashable], tuple[int, Hashable]]]:
    """The pairs of values in a combination, each value with its place."""
    return set(itertools.combinations(enumerate(row), 2))


def enough(rows: Iterable[Row]) -> list[Row]:
    """Combinations in which every pair stands that stands in any; the same ones every time."""
    left = list(rows)
    open_pairs = set().union(*map(of, left))
    chosen = []
    while open_pairs:
        best = max(left, key=lambda row: len(of(row) & open_pairs))
        chosen.append(best)
        open_pairs -= of(best)
    return chosen


def marked(rows: Iterable[Row]) -> list[tuple[Row, tuple[pytest.MarkDecorator, ...]]]:
    """Every combination, with the mark `drill` on those whose pairs stand in others."""
    every = list(rows)
    chosen = set(enough(every))
    return [(row, () if row in chosen else (pytest.mark.drill,)) for row in every]


def params(*axes: Iterable[Any]) -> list[Any]:
    """The combinations of these axes for `pytest.mark.parametrize`."""
    return [pytest.param(*row, marks=marks) for row, marks in marked(itertools.product(*axes))]
