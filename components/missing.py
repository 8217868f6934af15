"""What a link asks for and is not there (查无此项): noted while the address is read.

    missing.begin()          the frame, before a page reads its address
    missing.note(...)        whoever reads a parameter and does not know its value
    missing.settle()         the frame, before the first figure: refuses all that was noted

After `settle`, the first thing noted refuses the page at once. A page that is refused shows
nothing in the place of what was asked for (`components.not_there`).
"""

from __future__ import annotations

from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Literal, NoReturn

from errors import AppError

Why = Literal["unknown", "not_computed", "too_early", "too_late"]
NEAR = 2
"""Codes much like the one asked for that are offered instead, at most."""


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that was asked for and is not there."""

    key: str
    """The parameter of the address."""
    value: str
    """As it stands in the address: somebody else's words, to be escaped."""
    label: str = ""
    """The parameter in words."""
    why: Why = "unknown"
    limit: str = ""
    """Of a date too early or too late: the first or last that can be asked for."""
    offers: tuple[tuple[str, str], ...] = ()
    """The nearest that are there: code and words of each."""


class NotThere(AppError):
    """The address names things that are not there."""

    def __init__(self, items: Iterable[Missing]) -> None:
        self.items = tuple(items)
        super().__init__(", ".join(f"{item.key}={item.value}" for item in self.items))


@dataclass(slots=True)
class _Reading:
    """What one run of a page found missing, by parameter."""

    items: dict[str, Missing] = field(default_factory=dict)
    settled: bool = False


_reading: ContextVar[_Reading | None] = ContextVar("reading", default=None)


def begin() -> None:
    """A page begins to read its address."""
    _reading.set(_Reading())


def end() -> None:
    """The page is drawn; what is read from here on, by callbacks, is not the page's."""
    _reading.set(None)


def note(item: Missing) -> None:
    """Something is not there; the first word on a parameter counts.

    Raises:
        NotThere: the page has begun to show figures.
    """
    reading = _reading.get()
    if reading is None:
        return
    reading.items.setdefault(item.key, item)
    if reading.settled:
        raise NotThere(reading.items.values())


def settle() -> None:
    """From here on figures are shown.

    Raises:
        NotThere: something that was asked for is not there.
    """
    reading = _reading.get()
    if reading is None:
        return
    reading.settled = True
    if reading.items:
        raise NotThere(reading.items.values())


def refuse(item: Missing) -> NoReturn:
    """Something the page is about is not there: nothing can be shown.

    Raises:
        NotThere: always.
    """
    raise NotThere((item,))


def near(value: str, codes: Iterable[str]) -> list[str]:
    """Codes much like a value; of numbers none, where likeness means nothing."""
    words = [code for code in codes if code and not code.isdigit()]
    return get_close_matches(value, words, n=NEAR)
