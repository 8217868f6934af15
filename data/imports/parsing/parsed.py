"""What rows of a file came to (解析结果): staged values, faults and notes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from data.imports.parsing.texts import cleaned
from errors import Issue

FAULT, NOTE, PASSED = "fault", "note", "passed"
"""What is said of a row: why it is refused, what was done to it, why it is no data."""


@dataclass(slots=True)
class Parsed:
    """What one row of the file came to, besides its values."""

    line: int
    faults: list[Issue] = field(default_factory=list)
    notes: list[Issue] = field(default_factory=list)


@dataclass(slots=True)
class ParsedBlock:
    """What some rows of the file came to.

    `places`, `lines` and the lists in `columns` are as long as there are staged rows; a
    place is that of the file row within the block. Columns that say nothing are not there.
    """

    rows: int
    """Rows of the file."""
    places: Sequence[int] = ()
    lines: Sequence[int] = ()
    columns: dict[str, list[Any]] = field(default_factory=dict)
    faults: dict[int, list[Issue]] = field(default_factory=dict)
    """By place."""
    notes: dict[int, list[Issue]] = field(default_factory=dict)
    """By place."""
    passed: dict[int, Issue] = field(default_factory=dict)
    """Rows that are no data, by place; they have neither faults nor notes nor staged rows."""

    def said(self, severity: str) -> dict[int, list[Issue]]:
        """Faults or notes."""
        return self.faults if severity == FAULT else self.notes

    def everything_said(self) -> Iterator[tuple[str, Issue]]:
        """Faults, notes and what was passed over, with their severity, row by row."""
        for issue in self.passed.values():
            yield PASSED, issue
        for place in sorted({*self.faults, *self.notes}):
            for severity in (FAULT, NOTE):
                for issue in self.said(severity).get(place, ()):
                    yield severity, issue


def visible(raw: str) -> str:
    """A cell as a fault shows it: on one line, nothing invisible in it."""
    return " ".join(cleaned(str(raw)[:200]).split())[:60]
