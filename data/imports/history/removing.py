"""Deleting what a batch added (删除批次的行): stretch by stretch, told as it goes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import sqlalchemy as sa

SLICE = 50_000
"""Numbers one statement looks at."""


def remove(
    connection: sa.Connection,
    batch_id: int,
    tables: Iterable[sa.Table],
    tell: Callable[[float], None],
) -> int:
    """Delete a batch's rows; `tell` hears which share of them is gone."""
    ranges = [each for table in tables for each in _ranges(connection, table, batch_id)]
    removed = 0
    for place, (table, where) in enumerate(ranges):
        tell(place / len(ranges))
        removed += connection.execute(sa.delete(table).where(*where)).rowcount
    return removed


def _ranges(
    connection: sa.Connection, table: sa.Table, batch_id: int
) -> Iterator[tuple[sa.Table, list[sa.ColumnElement[bool]]]]:
    """What one statement each deletes of a batch's rows in a table: a stretch of numbers.

    Rows that point to others of their own table go all at once: half of them would still
    point to what is gone.
    """
    mine = table.c.batch_id == batch_id
    key = next(iter(table.primary_key))
    low, high = connection.execute(sa.select(sa.func.min(key), sa.func.max(key)).where(mine)).one()
    if low is None:
        return
    among_themselves = any(each.column.table is table for each in table.foreign_keys)
    if among_themselves or not isinstance(low, int) or high - low < SLICE:
        yield table, [mine]
        return
    for start in range(low, high + 1, SLICE):
        yield table, [mine, key.between(start, start + SLICE - 1)]
