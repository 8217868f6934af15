"""What an id points to (引用), and what that row is called: its code, or what stands for one."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

_CALLED = {"app_user": "login", "response": "respondent", "alert": "raised_on"}
"""Table → the column that stands for one of its ids; others have a code."""


def parent_of(column: Any) -> sa.Table | None:
    """The table an id column points to."""
    key = next(iter(column.foreign_keys), None)
    return None if key is None else key.column.table


def called(table: sa.Table) -> Any:
    """The column that stands for a row of a table."""
    return table.c[_CALLED.get(table.name, "code")]


def shown(column: Any, given: Any = None) -> Any:
    """A column as people read it, in SQL: of a row it points to, the code.

    Args:
        column: of a table of the store; tells what it points to.
        given: where the value stands, if not in that column itself (a staged row).
    """
    value = column if given is None else given
    parent = parent_of(column)
    if parent is None:
        return value
    there = sa.alias(parent)
    name = there.c[called(parent).name]
    return sa.select(name).where(there.c.id == value).scalar_subquery()
