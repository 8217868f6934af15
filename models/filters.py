"""What the reader chose to look at (筛选): one frozen value, part of every cache key."""

from dataclasses import dataclass
from datetime import date

MOST = 100_000
"""Rows of a list that an export holds at most."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Choices that narrow a page; empty means all. Values are codes or stored text."""

    as_of: date | None = None
    """A snapshot date; None means the newest that a refresh computed."""
    owner_ids: tuple[int, ...] = ()
    provinces: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    abc: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()
    buckets: tuple[int, ...] = ()
    search: str = ""
    """Part of a customer's code or name."""
    key_only: bool = False
    min_overdue: int = 0
    """Least overdue amount, minor units."""


@dataclass(frozen=True, slots=True)
class Days:
    """The days a page can show, and those it can have computed."""

    computed: tuple[date, ...] = ()
    """Snapshot dates that can be shown, newest first."""
    newest: date | None = None
    """The newest that a refresh computed: shown unless another is asked for."""
    first: date | None = None
    """The first day that can be asked for."""
    today: date | None = None
    """The store's today: the last day that can be asked for, unless a later one is computed."""

    @property
    def latest(self) -> date | None:
        """The last day that can be asked for; None in an empty store that knows no day."""
        known = [day for day in (self.today, *self.computed) if day is not None]
        return max(known, default=None)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list: `number` from 1, `size` ≤ 1,000, sorted by a known key."""

    number: int = 1
    size: int = 50
    sort: str = ""
    descending: bool = True

    @property
    def offset(self) -> int:
        """Rows before this page."""
        return (max(self.number, 1) - 1) * self.size
