"""What a card said when (档案变更): the histories of manager and card, and how they grow.

Figures of a date rest on the manager, status, province, industry, group and term of that date.
So whoever changes one of them on a card lets `plan` say what the histories need:

- a change holds from its day on. The first one also writes down, from `DAY_ZERO`, what was said
  before; several changes of one day make one entry of that day.
- a correction says that the card was wrong. The entries that held the wrong value, back to the
  one by which it came, hold the right one instead; a card without entries always said it.

Nothing is written here: an import keeps each change for its undo, a form for its audit entry.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from data import refresh_state
from models.base import DAY_ZERO
from models.customers import CardHistory, Customer
from models.people import OwnerHistory
from models.snapshots import SnapshotRun
from models.tables import metadata

KEPT: dict[type[Any], tuple[str, ...]] = {
    OwnerHistory: ("owner_id",),
    CardHistory: ("status", "industry", "province", "parent_id", "terms_days"),
}
"""History → the columns of `Customer` it keeps; one entry holds all of them."""
DATED = tuple(name for names in KEPT.values() for name in names)
_AT_ONCE = 500
"""Customers looked up together; below the number of parameters SQLite takes."""


@dataclass(frozen=True, slots=True)
class Change:
    """What an import or a form changed on one card."""

    customer_id: int
    before: Mapping[str, Any]
    """Columns of `Customer` as they were; those not in `DATED` are passed over."""
    after: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a history as it stands."""

    id: int
    since: date
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Added:
    """An entry to add."""

    table: type[Any]
    customer_id: int
    since: date
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Rewritten:
    """An entry to change."""

    table: type[Any]
    id: int
    before: Mapping[str, Any]
    after: Mapping[str, Any]


@dataclass(slots=True)
class Plan:
    """What the histories need after some changes of cards."""

    added: list[Added] = field(default_factory=list)
    rewritten: list[Rewritten] = field(default_factory=list)
    since: date | None = None
    """From when on figures change: the day of the changes, or as far back as they correct."""

    def reaches(self, day: date) -> None:
        """Figures change from `day` on, or from earlier."""
        self.since = day if self.since is None else min(self.since, day)


@dataclass(frozen=True, slots=True)
class Reach:
    """Dates that were computed and rest on what was corrected."""

    since: date
    first: date | None
    last: date | None
    dates: int
    left: tuple[date, ...]
    """Those of them that no automatic refresh renews."""


def plan(
    connection: sa.Connection, changes: Sequence[Change], day: date, *, correct: bool = False
) -> Plan:
    """What to write into the histories because cards changed.

    Args:
        connection: in the transaction that changes the cards.
        changes: at most one per customer.
        day: from which the new values hold.
        correct: the old values were wrong from the day they came.
    """
    found = Plan()
    for start in range(0, len(changes), _AT_ONCE):
        some = changes[start : start + _AT_ONCE]
        for table, names in KEPT.items():
            mine = [each for each in some if any(name in each.after for name in names)]
            if mine:
                _plan(connection, found, table, mine, day, correct=correct)
    return found


def _plan(
    connection: sa.Connection,
    found: Plan,
    table: type[Any],
    changes: Sequence[Change],
    day: date,
    *,
    correct: bool,
) -> None:
    ids = [each.customer_id for each in changes]
    entries, cards = _entries(connection, table, ids), _cards(connection, table, ids)
    for each in changes:
        own = {name: each.before[name] for name in KEPT[table] if name in each.after}
        before = {**cards[each.customer_id], **own}
        after = before | {name: each.after[name] for name in own}
        history = entries.get(each.customer_id, ())
        if correct:
            _correct(found, table, history, each.customer_id, (before, after), day)
        else:
            _change(found, table, history, each.customer_id, (before, after), day)


def _change(
    found: Plan,
    table: type[Any],
    history: Sequence[Entry],
    customer_id: int,
    values: tuple[Mapping[str, Any], Mapping[str, Any]],
    day: date,
) -> None:
    """From `day` on the card says something else."""
    before, after = values
    found.reaches(day)
    if not _until(history, day):
        found.added.append(Added(table, customer_id, DAY_ZERO, before))
    same_day = next((entry for entry in history if entry.since == day), None)
    if same_day is None:
        found.added.append(Added(table, customer_id, day, after))
    elif differing := [name for name in after if same_day.values[name] != after[name]]:
        _rewrite(found, table, same_day, {name: after[name] for name in differing})


def _correct(
    found: Plan,
    table: type[Any],
    history: Sequence[Entry],
    customer_id: int,
    values: tuple[Mapping[str, Any], Mapping[str, Any]],
    day: date,
) -> None:
    """The values before were never what the card said; entries that lie ahead stay."""
    wrong, right = values
    so_far = _until(history, day)
    if not so_far:
        found.reaches(DAY_ZERO)
        if history:
            found.added.append(Added(table, customer_id, DAY_ZERO, right))
    new: dict[int, dict[str, Any]] = {}
    for name in (name for name in right if right[name] != wrong[name]):
        for place in range(len(so_far) - 1, -1, -1):
            if so_far[place].values[name] != wrong[name]:
                break
            new.setdefault(place, {})[name] = right[name]
    for place, after in new.items():
        _rewrite(found, table, so_far[place], after)
        # what the first entry says was so before it, too
        found.reaches(so_far[place].since if place else DAY_ZERO)


def _until(history: Sequence[Entry], day: date) -> Sequence[Entry]:
    """The entries that do not lie ahead of a day."""
    return history[: bisect_right(history, day, key=lambda entry: entry.since)]


def _rewrite(found: Plan, table: type[Any], entry: Entry, after: Mapping[str, Any]) -> None:
    before = {name: entry.values[name] for name in after}
    found.rewritten.append(Rewritten(table, entry.id, before, after))


def _entries(
    connection: sa.Connection, table: type[Any], ids: Iterable[int]
) -> dict[int, list[Entry]]:
    """The histories of some customers, oldest entry first."""
    columns = _columns(table)
    kept = (columns[name] for name in KEPT[table])
    query = (
        sa.select(columns.customer_id, columns.id, columns.since, *kept)
        .where(columns.customer_id.in_(ids))
        .order_by(columns.customer_id, columns.since)
    )
    return {
        number: [Entry(row.id, row.since, _values(table, row)) for row in rows]
        for number, rows in groupby(connection.execute(query), lambda row: int(row.customer_id))
    }


def _cards(
    connection: sa.Connection, table: type[Any], ids: Iterable[int]
) -> dict[int, dict[str, Any]]:
    columns = _columns(Customer)
    query = sa.select(columns.id, *(columns[n] for n in KEPT[table])).where(columns.id.in_(ids))
    return {int(row.id): _values(table, row) for row in connection.execute(query)}


def _values(table: type[Any], row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in KEPT[table]}


def _columns(table: type[Any]) -> Any:
    return metadata.tables[str(table.__tablename__)].c


def reach(connection: sa.Connection, since: date, today: date) -> Reach:
    """Which computed dates rest on what holds from `since` on."""
    as_of = _columns(SnapshotRun).as_of
    first, last, dates = connection.execute(
        sa.select(sa.func.min(as_of), sa.func.max(as_of), sa.func.count()).where(as_of >= since)
    ).one()
    with Session(connection) as session:
        left = refresh_state.left_behind(session, since, today)
    return Reach(since, first, last, int(dates), tuple(left))


class Terms:
    """Payment terms of customers by day, as their cards said."""

    def __init__(self, connection: sa.Connection, customers: Any) -> None:
        """Reads the histories of the customers a query names by id."""
        history, card = _columns(CardHistory), _columns(Customer)
        self._now = {
            int(row.id): row.terms_days
            for row in connection.execute(
                sa.select(card.id, card.terms_days).where(card.id.in_(customers))
            )
        }
        kept = connection.execute(
            sa.select(history.customer_id, history.since, history.terms_days)
            .where(history.customer_id.in_(customers))
            .order_by(history.customer_id, history.since)
        )
        self._then = {
            int(number): [(row.since, row.terms_days) for row in rows]
            for number, rows in groupby(kept, lambda row: row.customer_id)
        }

    def on(self, customer_id: int, day: date) -> int | None:
        """Days; None where the card names no term."""
        said = self._then.get(customer_id)
        if not said:
            return self._now[customer_id]
        place = bisect_right(said, day, key=lambda entry: entry[0])
        days: int | None = said[max(place - 1, 0)][1]
        return days
