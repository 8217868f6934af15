"""The store (存储): one engine per process, reading and writing transactions, revision.

SQLite and PostgreSQL are equal citizens. On SQLite every writing transaction begins with
`BEGIN IMMEDIATE` (a deferred read-modify-write silently loses updates), foreign keys are
on and the journal is a WAL.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlalchemy import Engine, event
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlmodel import Session, col, select

from errors import StoreUnavailable
from models.system import StoreState

SQLITE_BUSY_SECONDS = 8


def open_store(url: str) -> Engine:
    """An engine for `url`, prepared for threads; the SQLite file's folder is made."""
    parsed = sa.make_url(url)
    if parsed.get_backend_name() != "sqlite":
        engine = sa.create_engine(parsed, pool_pre_ping=True, pool_size=10, max_overflow=10)
        event.listen(engine, "connect", _prepare_postgres)
        return engine
    if parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(parsed, connect_args={"timeout": SQLITE_BUSY_SECONDS})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # transactions are begun by `_begin_sqlite` alone
    for pragma in ("journal_mode=wal", "synchronous=normal", "foreign_keys=on"):
        connection.execute(f"pragma {pragma}")


def _prepare_postgres(connection: Any, _record: object) -> None:
    """Have the server look every second whether we live (from version 14 on).

    Else a statement of a killed process runs to its end and keeps its locks.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select set_config(name, '1000', false) from pg_settings "
            "where name = 'client_connection_check_interval'"
        )
    connection.commit()


def _begin_sqlite(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get("write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _plain(number: Any) -> int | float:
    plain: int | float = number.item()
    return plain


for _kind in (np.int8, np.int16, np.int32, np.int64, np.float32, np.float64):
    sqlite3.register_adapter(_kind, _plain)  # NumPy integers are otherwise stored as BLOBs


def is_sqlite(engine: Engine) -> bool:
    """Whether the store is a SQLite file."""
    return engine.dialect.name == "sqlite"


def sqlite_path(engine: Engine) -> Path:
    """The file of a SQLite store."""
    return Path(str(engine.url.database))


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session to read with; never commits.

    Raises:
        StoreUnavailable: the store cannot be reached.
    """
    with _translated(), Session(engine) as session:
        yield session


@contextmanager
def writing(engine: Engine, *, facts: bool = False, revises: bool = True) -> Iterator[Session]:
    """One whole transaction: everything in the block is stored, or nothing.

    The store's revision is raised with it, so every cache sees the change at once.

    Args:
        engine: of the store.
        facts: the change concerns facts a refresh reads (orders, receipts, answers …).
        revises: False for what no cached answer shows, such as sign-ins; the revision stays.

    Raises:
        StoreUnavailable: the store is locked, full or gone; nothing was written.
    """
    with _translated(), Session(engine.execution_options(write=True)) as session, session.begin():
        session.connection()  # take the write lock now, not at the first statement
        yield session
        session.flush()
        if revises:
            raise_revision(session, facts=facts)


@contextmanager
def connected(engine: Engine) -> Iterator[sa.Connection]:
    """One connection to keep over several transactions (imports, with temporary tables).

    Raises:
        StoreUnavailable: the store cannot be reached.
    """
    with _translated(), engine.connect() as connection:
        yield connection


@contextmanager
def writing_on(connection: sa.Connection, *, facts: bool = False) -> Iterator[Session]:
    """Like `writing`, on a connection that already holds temporary tables.

    Raises:
        StoreUnavailable: the store is locked, full or gone; nothing was written.
    """
    writer = connection.execution_options(write=True)
    with _translated(), Session(writer) as session, session.begin():
        session.connection()
        yield session
        session.flush()
        raise_revision(session, facts=facts)


@contextmanager
def rehearsing_on(connection: sa.Connection) -> Iterator[Session]:
    """Like `writing_on`, but nothing of it is ever stored: the block always ends in a rollback.

    On SQLite it reads one state of the store and takes no lock to write; what it writes has
    to go into temporary tables, which may point to rows of the store's tables.

    Raises:
        StoreUnavailable: the store is locked, full or gone.
    """
    reader = connection.execution_options(write=connection.dialect.name != "sqlite")
    driver: Any = reader.connection.driver_connection
    if connection.dialect.name == "sqlite":
        driver.execute("pragma foreign_keys=off")  # heeded outside of a transaction alone
    try:
        with _translated(), Session(reader) as session, session.begin() as whole:
            session.connection()
            yield session
            whole.rollback()
    finally:
        if connection.dialect.name == "sqlite":
            driver.execute("pragma foreign_keys=on")


def raise_revision(session: Session, *, facts: bool) -> None:
    """Count one more change; makes the store's one row if it is not there yet."""
    values: dict[str, Any] = {"revision": col(StoreState.revision) + 1}
    if facts:
        values["facts_revision"] = col(StoreState.facts_revision) + 1
    done = session.exec(sa.update(StoreState).where(sa.true()).values(**values))
    if done.rowcount == 0:
        session.add(StoreState(id=1, revision=1, facts_revision=int(facts)))


def revision(engine: Engine) -> int:
    """The store's revision: equal numbers mean equal content."""
    with reading(engine) as session:
        return session.exec(select(StoreState.revision)).one_or_none() or 0


@contextmanager
def _translated() -> Iterator[None]:
    """Turn driver errors about the store itself into one readable error."""
    try:
        yield
    except OperationalError as error:
        raise StoreUnavailable(_why(error)) from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise StoreUnavailable("unreachable") from error
        raise


def _why(error: OperationalError) -> str:
    said = str(error.orig).lower()
    for words, code in (
        ("locked", "locked"),
        ("disk is full", "full"),
        ("no space", "full"),
        ("readonly", "read_only"),
        ("no such table", "not_migrated"),
    ):
        if words in said:
            return code
    return "unreachable"
