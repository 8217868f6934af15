"""What a report is made of (报表结构): named facts, tables of named columns with units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

import pandas as pd

Unit = Literal["text", "money", "ratio", "count", "days", "score", "number", "date", "reasons"]
MINOR = Decimal(100)
REASON_MONEY = {"overdue_receivable": ("amount",), "sales_drop": ("now", "before")}
"""Figures of a loss reason that are money."""


class Phrase(NamedTuple):
    """A message id and what fills its blanks."""

    msgid: str
    values: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its stable name in JSON, its unit and its header (a message)."""

    name: str
    unit: Unit
    header: str | Phrase
    vocabulary: str = ""
    """Kind of `words.vocabulary` whose codes the cells hold."""
    words: Mapping[str, Phrase] = field(default_factory=dict)
    """Words for codes that no vocabulary has."""
    detail: bool = False
    """Left out of the table on a screen, which is not wide enough for all."""


@dataclass(frozen=True, slots=True)
class Part:
    """One table of a report; cells in the store's units (money in minor units)."""

    name: str
    title: str
    """A message id."""
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
    if unit == "reasons":
        return [_reason(reason) for reason in value or ()]
    if missing(value):
        return None
    if unit == "money":
        return major(value)
    if unit in {"text", "date"}:
        return value.isoformat() if isinstance(value, date) else str(value)
    if unit in {"count", "days"}:
        return int(value)
    return float(value)


def missing(value: Any) -> bool:
    """Whether a cell is undefined: None, NaN, NaT."""
    return value is None or (not isinstance(value, str) and bool(pd.isna(value)))


def _reason(reason: Mapping[str, Any]) -> dict[str, Any]:
    money = REASON_MONEY.get(reason["code"], ())
    return {
        name: major(value) if name in money and not missing(value) else value
        for name, value in reason.items()
    }


def major(minor: int) -> float:
    """Minor units as a number of major units: exact to the cent below 90 trillion."""
    return float(Decimal(int(minor)) / MINOR)


def share(part: int | None, whole: int | None) -> float | None:
    """Part ÷ whole; None where there is no whole."""
    return None if part is None or not whole or whole <= 0 else part / whole


def known(value: float) -> float | None:
    """A figure of a method as JSON has it: NaN is null."""
    return None if missing(value) else float(value)
