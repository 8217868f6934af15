"""Rows of an import that others changed since (后来的改动): they speak against taking it back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from data import card_changes
from data.imports.history.resting import (
    ALLOCATION,
    BATCH,
    CHANGE,
    ChangedRow,
    holding,
    standing_later,
    tables,
)
from data.imports.terms.tables import table_of
from errors import Issue
from models.enums import BatchState


def rows_changed_since(connection: sa.Connection, batch_id: int) -> Iterator[Issue]:
    """Later imports or people changed rows the batch added, by table."""
    for table in tables():
        identity = next(iter(table.primary_key))
        mine = sa.select(identity).where(table.c.batch_id == batch_id)
        newer = connection.execute(
            sa.select(sa.func.max(CHANGE.c.batch_id)).where(
                CHANGE.c.table_name == table.name,
                CHANGE.c.row_id.in_(mine),
                standing_later(batch_id),
            )
        ).scalar_one_or_none()
        if newer is not None:
            yield Issue("undo_changed_by", value=table.name, detail={"other": newer})
        elif "version" in table.c:
            edited = connection.execute(_edited(table, batch_id)).scalar_one()
            if edited:
                yield Issue("undo_edited", value=table.name, detail={"n": edited})
    ended = connection.execute(
        sa.select(sa.func.count()).where(
            ALLOCATION.c.batch_id == batch_id, ALLOCATION.c.ended_by.is_not(None)
        )
    ).scalar_one()
    if ended:
        yield Issue("undo_edited", value=ALLOCATION.name, detail={"n": ended})


def _edited(table: sa.Table, batch_id: int) -> sa.Select[Any]:
    """How many rows of a batch have a version that imports alone do not explain.

    A change by an import raises the version once, and taking that back once more.
    """
    by_imports = (
        sa.select(sa.func.sum(sa.case((BATCH.c.state == BatchState.UNDONE, 2), else_=1)))
        .join(BATCH, BATCH.c.id == CHANGE.c.batch_id)
        .where(
            CHANGE.c.table_name == table.name,
            CHANGE.c.row_id == table.c.id,
            CHANGE.c.batch_id > batch_id,
        )
        .scalar_subquery()
    )
    return sa.select(sa.func.count()).where(
        table.c.batch_id == batch_id,
        table.c.version > 1,
        table.c.version > 1 + sa.func.coalesce(by_imports, 0),
    )


def overwritten(
    connection: sa.Connection, batch_id: int, differing: Mapping[str, int]
) -> Iterator[Issue]:
    """Values the batch wrote into older rows, changed again by an import or by somebody.

    Args:
        connection: to the store.
        batch_id: number of the import.
        differing: rows by table that no longer hold what the batch wrote (`differing`).
    """
    for name in (name for name, count in differing.items() if count):
        newer = connection.execute(_newest_change(name, batch_id)).scalar_one_or_none()
        if newer is not None:
            yield Issue("undo_changed_by", value=name, detail={"other": newer})
        else:
            yield Issue("undo_edited", value=name, detail={"n": differing[name]})


def _newest_change(table_name: str, batch_id: int) -> sa.Select[Any]:
    """The newest standing import that changed rows of a table which the batch changed too."""
    mine = sa.select(CHANGE.c.row_id).where(
        CHANGE.c.batch_id == batch_id, CHANGE.c.table_name == table_name
    )
    return sa.select(sa.func.max(CHANGE.c.batch_id)).where(
        CHANGE.c.table_name == table_name,
        CHANGE.c.row_id.in_(mine),
        standing_later(batch_id),
    )


def differing(connection: sa.Connection, rows: Sequence[ChangedRow]) -> int:
    """How many rows no longer hold what the batch wrote, or are gone."""
    table = rows[0].table
    keys = list(table.primary_key)
    names = sorted({name for row in rows for name in row.after})
    found = connection.execute(
        sa.select(*keys, *(table.c[name] for name in names)).where(holding(rows))
    )
    now = {
        tuple(row[: len(keys)]): dict(zip(names, row[len(keys) :], strict=True)) for row in found
    }
    return sum(
        row.keys not in now
        or any(now[row.keys][name] != value for name, value in row.after.items())
        for row in rows
    )


def cards_changed_since(connection: sa.Connection, batch_id: int) -> Iterator[Issue]:
    """Cards changed again after the batch changed them: later entries say what it said, too."""
    for table in map(table_of, card_changes.KEPT):
        mine, later = sa.alias(table), sa.alias(table)
        count = connection.execute(
            sa.select(sa.func.count(sa.distinct(later.c.id)))
            .select_from(mine)
            .join(later, later.c.customer_id == mine.c.customer_id)
            .where(
                mine.c.batch_id == batch_id,
                later.c.batch_id.is_distinct_from(batch_id),
                later.c.since > mine.c.since,
            )
        ).scalar_one()
        if count:
            yield Issue("undo_rests", value=table.name, detail={"n": count, "on": "customer"})
