"""What a report is made of (报表结构): named facts, tables of named columns with units."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal

import pandas as pd

Unit = Literal["text", "money", "ratio", "count", "days", "score", "date", "json"]
MINOR = Decimal(100)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its stable name in JSON, its unit and its header (a message id)."""

    name: str
    unit: Unit
    header: str
    vocabulary: str = ""
    """Kind of `components.vocabulary` whose codes the cells hold."""


@dataclass(frozen=True, slots=True)
class Part:
    """One table of a report; cells in the store's units (money in minor units)."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[dict[str, Any], ...]

    def as_json(self) -> list[dict[str, Any]]:
        """Rows as JSON values by column name."""
        return [
            {column.name: plain(row.get(column.name), column.unit) for column in self.columns}
            for row in self.rows
        ]


@dataclass(frozen=True, slots=True)
class Report:
    """A report as of a date: the main table first."""

    name: str
    title: str
    as_of: date
    currency: str
    facts: dict[str, Any] = field(default_factory=dict)
    """JSON values that are not tables, in the order to print."""
    parts: tuple[Part, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The documented stable form; see docs/reports.md."""
        head = {
            "report": self.name,
            "as_of": self.as_of.isoformat(),
            "currency": self.currency,
        }
        return head | self.facts | {part.name: part.as_json() for part in self.parts}


def plain(value: Any, unit: Unit) -> Any:
    """A JSON value: money in major units to the cent, ratios unrounded, undefined null."""
    if value is None or (not isinstance(value, (list, dict, str)) and pd.isna(value)):
        return None
    if unit == "json":
        return value
    if unit == "money":
        return major(value)
    if unit in {"text", "date"}:
        return value.isoformat() if isinstance(value, date) else str(value)
    if unit == "count":
        return int(value)
    return float(value)


def major(minor: int) -> float:
    """Minor units as a number of major units: exact to the cent below 90 trillion."""
    return float(Decimal(int(minor)) / MINOR)


def records(frame: pd.DataFrame) -> tuple[dict[str, Any], ...]:
    """The rows of a frame as dictionaries."""
    return tuple(frame.to_dict("records"))


def share(part: int | None, whole: int | None) -> float | None:
    """Part ÷ whole; None where there is no whole."""
    return None if part is None or not whole or whole <= 0 else part / whole


def listed(columns: Sequence[Column], rows: Iterable[dict[str, Any]], name: str) -> Part:
    """A part of the given columns."""
    return Part(name, tuple(columns), tuple(rows))
