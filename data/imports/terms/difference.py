"""One value an import changes in the store (差异): what it was and what it becomes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any

Plain = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Difference:
    """One value a row changes: old → new."""

    line: int | None
    """In the file; None where it is no longer known."""
    table: str
    row: str
    """What the changed row is called: a code, or what tells it apart."""
    field: str
    """The field of the sheet, or the column of the table where the sheet has none."""
    kind: str
    """How to show it: text, money (minor units), date (ISO), number, flag, or a vocabulary."""
    old: Plain
    new: Plain
    row_id: int | None = None
    """Number of the changed row, where that is known."""


@dataclass(frozen=True, slots=True)
class Outdated:
    """A value that is no longer what the check said."""

    now: Difference
    """What the import would change now: old is the value in the store."""
    known: bool
    """Whether the check showed that this value would change."""
    checked: Plain = None
    """The old value at the check, where it was shown."""
    who: str = ""
    """Who changed it last, as far as that is known."""
    at: str = ""
    """When, ISO in UTC."""
    batch: int | None = None
    """The import that did."""


def plain(value: Any) -> Plain:
    """A value as JSON holds it: codes of enums, ISO dates."""
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return str(value)
