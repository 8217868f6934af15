"""A check's own writes, put aside (校验旁写): on SQLite it takes no lock of the store.

A check does what storing does, and some of that makes rows of the store: customers, a survey,
a wave. In a check the first such write lays a temporary table of the same name, with all of
the table's rows, before it; SQLite looks there first, so everything that follows reads and
writes that one. It goes when the check is rolled back, and others can write all the while.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlmodel import Session

from data import store
from models.tables import metadata

_DECLARED = (
    "SELECT sql FROM main.sqlite_master WHERE tbl_name = ? AND sql <> '' "
    "AND type IN ('table', 'index') ORDER BY type = 'index'"
)


@contextmanager
def transaction(connection: sa.Connection, *, rehearse: bool, facts: bool) -> Iterator[Session]:
    """The one that writes an import; of a check one that keeps nobody from writing.

    Args:
        connection: which holds the staged rows.
        rehearse: nothing is stored.
        facts: what is stored concerns facts a refresh reads.
    """
    if not rehearse:
        with store.writing_on(connection, facts=facts) as session:
            yield session
        return
    with store.rehearsing_on(connection) as session, writes(session.connection()):
        yield session


@contextmanager
def writes(connection: sa.Connection) -> Iterator[None]:
    """What is written to the store's tables in the block goes into tables of this connection.

    Elsewhere than on SQLite nothing is put aside: a server keeps no one waiting for it.

    Args:
        connection: in a transaction that will be rolled back (`store.rehearsing_on`).
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    laid: set[str] = set()

    def lay(_connection: Any, statement: Any, *_parameters: Any) -> None:
        if not isinstance(statement, sa.Insert | sa.Update | sa.Delete):
            return
        table: Any = statement.table
        if table.name in metadata.tables and table.name not in laid:
            laid.add(table.name)
            _lay(connection, table.name)

    event.listen(connection, "before_execute", lay)
    try:
        yield
    finally:
        event.remove(connection, "before_execute", lay)


def _lay(connection: sa.Connection, name: str) -> None:
    """A temporary table before one of the store's: its columns, rules, rows and indexes."""
    declared = connection.exec_driver_sql(_DECLARED, (name,)).scalars().all()
    table, *indexes = declared
    connection.exec_driver_sql(table.replace("CREATE TABLE", "CREATE TEMPORARY TABLE", 1))
    copied = f'INSERT INTO temp."{name}" SELECT * FROM main."{name}"'  # noqa: S608 - a table of ours
    connection.exec_driver_sql(copied)
    for each in indexes:
        connection.exec_driver_sql(each)  # not qualified: the temporary table is found first
