"""Equal faults said once (同类问题归并): how many rows have it, and the first of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from errors import Issue

FIRST = 3
"""Rows named of each group."""


@dataclass(frozen=True, slots=True)
class FaultGroup:
    """One kind of fault in one column."""

    reason: str
    column: str
    rows: int
    """How many rows have it."""
    first: tuple[Issue, ...]
    """The first of them, at most `FIRST`."""

    @property
    def lines(self) -> tuple[int, ...]:
        """Their lines in the file; a fault of the file itself has none."""
        return tuple(issue.row for issue in self.first if issue.row is not None)


def grouped(
    faults: Iterable[Issue], counts: Mapping[tuple[str, str], int]
) -> tuple[FaultGroup, ...]:
    """Faults by reason and column, those of most rows first.

    Args:
        faults: the first of each group, in the order of lines.
        counts: (reason, column) → rows.
    """
    first: dict[tuple[str, str], list[Issue]] = defaultdict(list)
    for issue in faults:
        first[issue.reason, issue.column or ""].append(issue)
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(
        FaultGroup(reason, column, rows, tuple(first[reason, column][:FIRST]))
        for (reason, column), rows in ordered
    )
