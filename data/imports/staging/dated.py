"""Rows beside the targets that several kinds write (旁及的行): dated ones, and links of a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from data.imports.staging.changes import Changes
from data.imports.staging.context import Context
from data.imports.terms.tables import table_of


def put_dated(
    context: Context,
    changes: Changes,
    table: type[Any],
    key: Mapping[str, Any],
    values: Mapping[str, Any],
    line: int,
) -> None:
    """Add a dated row of a customer, or change the one of that very day."""
    columns = table_of(table).c
    there = context.connection.execute(
        sa.select(columns.id, *(columns[name] for name in values)).where(
            *(columns[name] == value for name, value in key.items())
        )
    ).one_or_none()
    if there is not None:
        before = {name: getattr(there, name) for name in values}
        changes.change(table, there.id, before, values)
    else:
        context.connection.execute(
            sa.insert(table).values(**key, **values, batch_id=changes.batch_id, batch_line=line)
        )
    changes.touch(line)
