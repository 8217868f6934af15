"""How a file writes things (书写方式), and what a parser is.

A parser takes the text of a cell and the `Manner` of its file and returns a value, or
None where nothing is said, or raises `Unreadable`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

DayOrder = Literal["", "mdy", "dmy"]


class Unreadable(Exception):
    """A cell cannot be read; `reason` is the code of an `errors.Issue`."""

    def __init__(self, reason: str, **detail: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Manner:
    """How one file writes things, and the day it is read."""

    today: date
    day_order: DayOrder = ""
    """For dates such as 3/2/2026; empty refuses them."""
    round_cents: bool = False
    """Take amounts with more than two decimals, to be rounded (`Cents`), instead of refusing."""
    currency: str = "CNY"
    is_1904: bool = False
    words: Mapping[str, float] | None = None
    """Words an answer scale uses for its steps."""


Parser = Callable[[str, Manner], Any]
