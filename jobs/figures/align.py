"""Frames onto rows (对齐): facts of some customers become arrays over all of them."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.facts import Facts

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Days = NDArray[np.datetime64]
Codes = NDArray[np.str_]
NOT_A_DAY = np.datetime64("NaT")

PRESENT = (
    "sales", "orders", "invoiced", "received", "credited", "visits", "actions", "contracts",
    "complaints", "responses", "losses",
)  # fmt: skip
"""Frames a row in which shows that the customer was there."""


class Rows:
    """The customers of one date in the order of their ids, and where each stands."""

    def __init__(self, facts: Facts) -> None:
        self.as_of: date = facts.period.as_of
        cards = facts.customers.sort_values("id", ignore_index=True)
        every = cards["id"].to_numpy()
        self._lookup = _Lookup(every)
        kept = _there(cards, self.as_of)
        for name in PRESENT:
            who = getattr(facts, name)["customer_id"].to_numpy()
            kept[self._lookup.places(who[who > 0])] = True  # 0 is an anonymous answer
        self.cards = cards[kept].reset_index(drop=True)
        self.ids: Ints = every[kept]
        self._lookup = _Lookup(self.ids)

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def today(self) -> np.datetime64:
        """The as-of date for arithmetic."""
        return np.datetime64(self.as_of, "D")

    def places(self, customer_id: pd.Series[int]) -> Ints:
        """The row of each customer, 0 … n − 1."""
        return self._lookup.places(customer_id.to_numpy())

    def ints(self, frame: pd.DataFrame, column: str, *, key: str = "customer_id") -> Ints:
        """Whole numbers, 0 for customers without a row."""
        result = np.zeros(len(self), dtype=np.int64)
        result[self.places(frame[key])] = frame[column].to_numpy()
        return result

    def days(self, frame: pd.DataFrame, column: str) -> Days:
        """Dates, NaT for customers without a row."""
        result = np.full(len(self), NOT_A_DAY, dtype="datetime64[D]")
        result[self.places(frame["customer_id"])] = days_of(frame[column])
        return result

    def flags(self, frame: pd.DataFrame) -> Flags:
        """True for customers that have a row."""
        result = np.zeros(len(self), dtype=np.bool_)
        result[self.places(frame["customer_id"])] = True
        return result

    def since(self, days: Days) -> Floats:
        """Days from each date to the as-of date, NaN where there is none."""
        gone = np.isnat(days)
        passed = (self.today - np.where(gone, self.today, days)).astype(np.float64)
        return np.where(gone, np.nan, passed)


class _Lookup:
    """Ids to positions: by a table where ids are dense, else by search."""

    def __init__(self, ids: Ints) -> None:
        self._ids = ids
        self._table: Ints | None = None
        if len(ids) and int(ids[-1]) <= 8 * len(ids) + 1_000_000:
            self._table = np.zeros(int(ids[-1]) + 1, dtype=np.int64)
            self._table[ids] = np.arange(len(ids))

    def places(self, ids: NDArray[Any]) -> Ints:
        if self._table is not None:
            return self._table[ids]
        return np.searchsorted(self._ids, ids).astype(np.int64)


def days_of(column: pd.Series[Any]) -> Days:
    """A date column as datetime64[D]."""
    return column.to_numpy().astype("datetime64[D]")


def _there(cards: pd.DataFrame, as_of: date) -> Flags:
    """Customers whose card says they were there: by `since`, else by when it was made."""
    since, created = days_of(cards["since"]), days_of(cards["created_on"])
    begun = np.where(np.isnat(since), created, since)
    return begun <= np.datetime64(as_of)
