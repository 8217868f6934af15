"""Frames onto rows (对齐): facts of some customers become arrays over all of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.bulk import Column
from data.facts import Facts

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Days = NDArray[np.datetime64]
Codes = NDArray[np.str_]
NOT_A_DAY = np.datetime64("NaT")

PRESENT = (
    "sales",
    "orders",
    "invoiced",
    "received",
    "credited",
    "visits",
    "actions",
    "contracts",
    "complaints",
    "answers",
    "losses",
)
"""Frames a row in which shows that the customer was there.

Limits, grades, credit surveys, decisions and changes of manager do not: they may be agreed
before business begins.
"""


CARD_TEXTS = ("status", "province", "industry")


@dataclass(frozen=True, eq=False)
class Placed:
    """Facts of those customers that are there, and which row of `Rows` each belongs to."""

    frame: pd.DataFrame
    at: Ints
    """0 … n − 1, shape of the frame's rows."""

    def __len__(self) -> int:
        return len(self.at)


class Rows:
    """The customers of one date in the order of their ids, and where each stands.

    `cards` tell each customer as it was on the date (owner, status, province, industry, group).

    Facts may speak of customers that are not there yet, or of none; only `of` leads from
    facts to rows, and it leaves those out.
    """

    def __init__(self, facts: Facts) -> None:
        self.as_of: date = facts.period.as_of
        cards = facts.customers.sort_values("id", ignore_index=True)
        every = _Lookup(cards["id"].to_numpy())
        kept = _there(cards, self.as_of)
        for name in PRESENT:
            found = every.places(getattr(facts, name)["customer_id"].to_numpy())
            kept[found[found >= 0]] = True
        self.cards = cards[kept].reset_index(drop=True)
        self.ids: Ints = self.cards["id"].to_numpy()
        self._lookup = _Lookup(self.ids)
        self._as_they_were(facts.owners, ("owner_id",))
        self._as_they_were(facts.cards, (*CARD_TEXTS, "parent_id"))

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def today(self) -> np.datetime64:
        """The as-of date for arithmetic."""
        return np.datetime64(self.as_of, "D")

    def _as_they_were(self, history: pd.DataFrame, columns: Iterable[str]) -> None:
        """Lay what the history of cards says of the date over what cards say now."""
        said = self.of(history)
        for name in columns if len(said) else ():
            values = self.cards[name].to_numpy(copy=True)
            values[said.at] = said.frame[name].to_numpy()
            self.cards[name] = values

    def columns(self) -> dict[str, Column]:
        """The columns of `Snapshot` that tell the card as it was."""
        parent = self.cards["parent_id"].to_numpy()
        return {
            "owner_id": Column(self.cards["owner_id"].to_numpy()),
            **{name: Column(self.cards[name].tolist()) for name in CARD_TEXTS},
            "parent_id": Column(parent, parent == 0),
        }

    def of(self, frame: pd.DataFrame, *, key: str = "customer_id") -> Placed:
        """Those facts whose customer is there, in their order, each with its row."""
        at = self._lookup.places(frame[key].to_numpy())
        there = at >= 0
        return Placed(frame, at) if there.all() else Placed(frame[there], at[there])

    def ints(self, frame: pd.DataFrame, column: str, *, key: str = "customer_id") -> Ints:
        """Whole numbers, 0 for customers without a row."""
        result = np.zeros(len(self), dtype=np.int64)
        facts = self.of(frame, key=key)
        result[facts.at] = facts.frame[column].to_numpy()
        return result

    def days(self, frame: pd.DataFrame, column: str) -> Days:
        """Dates, NaT for customers without a row."""
        result = np.full(len(self), NOT_A_DAY, dtype="datetime64[D]")
        facts = self.of(frame)
        result[facts.at] = days_of(facts.frame[column])
        return result

    def flags(self, frame: pd.DataFrame) -> Flags:
        """True for customers that have a row."""
        result = np.zeros(len(self), dtype=np.bool_)
        result[self.of(frame).at] = True
        return result

    def since(self, days: Days) -> Floats:
        """Days from each date to the as-of date, NaN where there is none."""
        gone = np.isnat(days)
        passed = (self.today - np.where(gone, self.today, days)).astype(np.float64)
        return np.where(gone, np.nan, passed)


class _Lookup:
    """Ids to positions, −1 for an id that is none of ours: by a table or by search.

    The table is used where ids are dense. `ids` rise.
    """

    def __init__(self, ids: Ints) -> None:
        self._ids = ids
        self._table: Ints | None = None
        if len(ids) and int(ids[0]) >= 0 and int(ids[-1]) <= 8 * len(ids) + 1_000_000:
            self._table = np.full(int(ids[-1]) + 2, -1, dtype=np.int64)
            self._table[ids] = np.arange(len(ids))

    def places(self, ids: NDArray[Any]) -> Ints:
        """The position of each id, −1 where it is not among them."""
        asked = ids.astype(np.int64, copy=False)
        if not len(self._ids):
            return np.full(len(asked), -1, dtype=np.int64)
        if self._table is not None:
            # the last place of the table is nobody's: whatever lies outside is sent there
            nobody = len(self._table) - 1
            return self._table[np.where((asked >= 0) & (asked < nobody), asked, nobody)]
        place = np.searchsorted(self._ids, asked).astype(np.int64)
        place[place == len(self._ids)] = 0
        place[self._ids[place] != asked] = -1
        return place


def days_of(column: pd.Series[Any]) -> Days:
    """A date column as datetime64[D]."""
    return column.to_numpy().astype("datetime64[D]")


def _there(cards: pd.DataFrame, as_of: date) -> Flags:
    """Customers whose card says they were there: by `since`, else by when it was made."""
    since, created = days_of(cards["since"]), days_of(cards["created_on"])
    begun = np.where(np.isnat(since), created, since)
    return begun <= np.datetime64(as_of)
