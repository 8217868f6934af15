"""What speaks against taking an import back (撤销的障碍): later data that rests on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from data.imports.terms.change import typed
from data.imports.terms.tables import table_of
from data.movements import loading
from errors import Issue
from models.enums import AlertState, BatchState
from models.loss import Alert, SupervisionItem
from models.receivables import Allocation, Invoice, WriteOff
from models.system import ImportBatch, ImportChange
from models.tables import metadata

ALERT = table_of(Alert)


ALLOCATION = table_of(Allocation)


BATCH = table_of(ImportBatch)


CHANGE = table_of(ImportChange)


INVOICE = table_of(Invoice)


SUPERVISION = table_of(SupervisionItem)


WRITE_OFF = table_of(WriteOff)


DERIVED = ("snapshot",)
"""Tables refresh builds anew; they never keep a batch from being taken back."""


_AT_ONCE = 500
"""Changed rows looked at together; below the number of parameters SQLite takes."""


@dataclass(slots=True)
class ChangedRow:
    """A row that was there before a batch, and what the batch made of it."""

    table: sa.Table
    keys: tuple[Any, ...]
    """Values of the primary key."""
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    changes: int = 0
    """How often the batch wrote it; each raised its version by one."""


def tables() -> Iterator[sa.Table]:
    """Tables whose rows know their batch, children before parents."""
    for table in reversed(metadata.sorted_tables):
        if "batch_id" in table.c and table is not CHANGE:
            yield table


def leaves() -> Iterator[sa.Table]:
    """Tables of `tables` whose rows nothing points to."""
    named = {key.column.table.name for each in metadata.sorted_tables for key in each.foreign_keys}
    yield from (table for table in tables() if table.name not in named)


def changed_rows(connection: sa.Connection, batch_id: int) -> Iterator[list[ChangedRow]]:
    """The rows a batch changed, some of one table at a time; memory stays flat.

    A row changed twice by the batch comes once: with its first `before` and its last
    `after`. Rows the batch made are not among them (`made_rows`).
    """
    found = connection.execute(
        sa.select(CHANGE.c.table_name, CHANGE.c.row_id, CHANGE.c.before, CHANGE.c.after)
        .where(CHANGE.c.batch_id == batch_id)
        .order_by(CHANGE.c.table_name, CHANGE.c.row_id, CHANGE.c.id.desc())
        .execution_options(yield_per=2000)
    )
    group: list[ChangedRow] = []
    for (name, row_id), changes in groupby(found, lambda row: (row.table_name, row.row_id)):
        if group and (len(group) >= _AT_ONCE or group[0].table.name != name):
            yield group
            group = []
        group += _merged(metadata.tables[name], row_id, changes)
    if group:
        yield group


def _merged(table: sa.Table, row_id: int, changes: Iterator[Any]) -> list[ChangedRow]:
    """Changes of one number, newest first, as one per row (answers share their response's)."""
    first, *rest = (column.name for column in table.primary_key)
    rows: dict[tuple[Any, ...], ChangedRow] = {}
    for change in changes:
        if not change.before:
            continue
        keys = (row_id, *(change.before[name] for name in rest))
        row = rows.setdefault(keys, ChangedRow(table, keys))
        own = {first, *rest}
        row.changes += 1
        row.before |= {k: v for k, v in typed(table, change.before).items() if k not in own}
        for name, value in typed(table, change.after).items():
            if name not in own:
                row.after.setdefault(name, value)
    return list(rows.values())


def made_rows(connection: sa.Connection, batch_id: int) -> Sequence[Any]:
    """What a batch made beside its rows (`Changes.make`), the last first: id, table, row."""
    found = connection.execute(
        sa.select(CHANGE.c.id, CHANGE.c.table_name, CHANGE.c.row_id)
        .where(CHANGE.c.batch_id == batch_id, sa.cast(CHANGE.c.before, sa.Text) == "{}")
        .order_by(CHANGE.c.id.desc())
    )
    return found.all()


def changed_later(
    connection: sa.Connection, table: sa.Table, row_id: int, batch_id: int
) -> int | None:
    """The newest standing import after a batch that changed one row."""
    found: int | None = connection.execute(
        sa.select(sa.func.max(CHANGE.c.batch_id)).where(
            CHANGE.c.table_name == table.name, CHANGE.c.row_id == row_id, standing_later(batch_id)
        )
    ).scalar_one_or_none()
    return found


def holding(rows: Sequence[ChangedRow]) -> sa.ColumnElement[bool]:
    """Condition: one of these rows of one table."""
    keys = list(rows[0].table.primary_key)
    if len(keys) == 1:
        return keys[0].in_([row.keys[0] for row in rows])
    return sa.tuple_(*keys).in_([row.keys for row in rows])


def rests_on(connection: sa.Connection, batch_id: int) -> list[Issue]:
    """What other data rests on a batch, by table.

    To be asked within the transaction that has put back the batch's changes: what only
    they pointed to its rows does not keep it.
    """
    return [*_points_to(connection, batch_id), *_broken(connection, batch_id)]


def standing_later(batch_id: int) -> sa.ColumnElement[bool]:
    """Condition: a change by a later import that was not taken back."""
    later = sa.select(BATCH.c.id).where(
        BATCH.c.id > batch_id, BATCH.c.state == BatchState.COMMITTED
    )
    return CHANGE.c.batch_id.in_(later)


def _points_to(connection: sa.Connection, batch_id: int) -> Iterator[Issue]:
    """Rows of other origin that point to rows of the batch."""
    for child in metadata.sorted_tables:
        if child.name.startswith(DERIVED):
            continue
        for key in child.foreign_keys:
            parent = key.column.table
            if "batch_id" not in parent.c or parent is BATCH:
                continue
            mine = sa.select(parent.c.id).where(parent.c.batch_id == batch_id)
            query = sa.select(sa.func.count()).where(child.c[key.parent.name].in_(mine))
            if "batch_id" in child.c:
                query = query.where(child.c.batch_id.is_distinct_from(batch_id))
            if child is ALERT:
                query = query.where(sa.not_(untouched()))
            count = connection.execute(query.select_from(child)).scalar_one()
            if count:
                yield Issue("undo_rests", value=child.name, detail={"n": count, "on": parent.name})


def untouched() -> sa.ColumnElement[bool]:
    """Condition: an alert a refresh raised and nobody has taken up; it goes with its customer."""
    return sa.and_(
        ALERT.c.decided_by.is_(None),
        ALERT.c.state == AlertState.OPEN,
        sa.not_(sa.exists().where(SUPERVISION.c.alert_id == ALERT.c.id)),
    )


def _broken(connection: sa.Connection, batch_id: int) -> Iterator[Issue]:
    """Invoices on which more would be paid than they are, receipts that would pay too much.

    What the batch ended is in force again, an invoice it raised is as small as before: what
    others have applied since must still fit, on every day.
    """
    changed = sa.select(CHANGE.c.row_id).where(CHANGE.c.batch_id == batch_id)

    def ids(wanted: Any, table: sa.Table) -> set[int]:
        mine = table.c.id.in_(changed.where(CHANGE.c.table_name == table.name))
        found = connection.execute(sa.select(wanted).where(mine, wanted.is_not(None)).distinct())
        return set(found.scalars())

    bills = ids(INVOICE.c.id, INVOICE) | ids(ALLOCATION.c.invoice_id, ALLOCATION)
    book = loading.load(
        connection,
        bills=bills | ids(WRITE_OFF.c.invoice_id, WRITE_OFF),
        receipts=ids(ALLOCATION.c.receipt_id, ALLOCATION),
        notes=ids(ALLOCATION.c.credit_note_id, ALLOCATION),
        without_batch=batch_id,
    )
    if too_much := book.broken():
        yield Issue(
            "undo_rests", value=ALLOCATION.name, detail={"n": len(too_much), "on": INVOICE.name}
        )


def standing(batch: ImportBatch) -> list[Issue]:
    """Why a batch in this state cannot be taken back at all."""
    if batch.state is BatchState.COMMITTED:
        return []
    return [Issue("undo_not_standing", value=str(batch.id))]


def users_of(
    connection: sa.Connection, table: sa.Table, row_id: int
) -> Iterator[tuple[sa.Table, Any]]:
    """Columns that point to one row: (table, condition) for each that has such rows."""
    for child in metadata.sorted_tables:
        if child.name.startswith(DERIVED):
            continue
        for key in child.foreign_keys:
            if key.column.table is not table:
                continue
            condition = child.c[key.parent.name] == row_id
            if connection.execute(
                sa.select(sa.exists().where(condition).select_from(child))
            ).scalar_one():
                yield child, condition


def heir(connection: sa.Connection, table: sa.Table, row_id: int) -> int | None:
    """The first import whose rows use a row: it takes over what the one before it made."""
    for child, condition in users_of(connection, table, row_id):
        if "batch_id" in child.c:
            found = connection.execute(
                sa.select(sa.func.min(child.c.batch_id)).where(condition)
            ).scalar_one_or_none()
            if found is not None:
                return int(found)
        if "id" in child.c:  # a question, a wave: made by an import beside its rows
            for (other,) in connection.execute(sa.select(child.c.id).where(condition)).all():
                below = heir(connection, child, other)
                if below is not None:
                    return below
    return None
