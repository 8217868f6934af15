"""Staged rows completed (补全暂存行): columns of single rows, and numbers within a group."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from data.imports.staging.context import Context
from data.imports.staging.temporary import CHUNK


def set_rows(context: Context, rows: Iterable[Mapping[str, Any]], *columns: str) -> None:
    """Set columns of single staged rows; each row is `{"row": id, column: value}`."""
    statement = (
        sa.update(context.staged)
        .where(context.staged.c.id == sa.bindparam("row"))
        .values({name: sa.bindparam(name) for name in columns})
    )
    listed = [dict(row) for row in rows]
    for start in range(0, len(listed), CHUNK):
        context.connection.execute(statement, listed[start : start + CHUNK])


def number_within(context: Context, group: str, into: str) -> None:
    """Count rows of a group from 1 where the file gives no number."""
    staged = context.staged
    if not context.any_row(staged.c[into].is_(None)):
        return
    counted = (
        sa.select(
            staged.c.id,
            sa.func.row_number()
            .over(partition_by=staged.c[group], order_by=staged.c.id)
            .label("place"),
        )
        .where(staged.c[group].is_not(None))
        .subquery()
    )
    context.connection.execute(
        sa.update(staged)
        .where(staged.c.id == counted.c.id, staged.c[into].is_(None))
        .values({into: counted.c.place})
    )
