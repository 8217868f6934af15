"""Many rows at once (批量写入): whole columns into a table, inside the caller's transaction.

SQLite takes prepared tuples on the raw connection, PostgreSQL a COPY stream. Both belong
to the transaction of the session, so a kill in the middle leaves nothing behind.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import psycopg
import pyarrow as pa
import pyarrow.csv as pacsv
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from errors import Conflict

CHUNK = 100_000
"""Rows handed to the driver at a time: bounds memory, costs nothing."""

Values = NDArray[Any] | Sequence[Any]
Listed = list[Any]


@dataclass(frozen=True, eq=False)
class Column:
    """The values of one column and which of them are missing (NULL)."""

    values: Values
    """Integers, floats, booleans, text, or dates as datetime64[D]; shape (n,)."""
    missing: NDArray[np.bool_] | None = None
    """True where there is no value, shape (n,); NaN and NaT are missing anyway."""


def insert(session: Session, table: type[Any], columns: Mapping[str, Column | Values]) -> int:
    """Append rows given as columns; returns how many.

    Args:
        session: of a writing transaction.
        table: the SQLModel class to write to; columns not named stay NULL.
        columns: name → values, all of one length.

    Raises:
        Conflict: a row refers to something that is no longer there, or is there already.
    """
    name = str(table.__tablename__)
    given = {
        key: value if isinstance(value, Column) else Column(value) for key, value in columns.items()
    }
    size = len(next(iter(given.values())).values)
    session.flush()
    connection = session.connection()
    write = _copy if connection.dialect.name == "postgresql" else _executemany
    try:
        for start in range(0, size, CHUNK):
            part = slice(start, min(start + CHUNK, size))
            write(connection, name, {key: _cut(value, part) for key, value in given.items()})
    except (IntegrityError, psycopg.IntegrityError) as error:
        raise Conflict(name) from error
    return size


@contextmanager
def roomy(session: Session) -> Iterator[None]:
    """Let SQLite keep more pages in memory while many rows are written to many indexes."""
    connection = session.connection()
    if connection.dialect.name != "sqlite":
        yield
        return
    before = connection.exec_driver_sql("pragma cache_size").scalar_one()
    connection.exec_driver_sql("pragma cache_size=-262144")
    try:
        yield
    finally:
        connection.exec_driver_sql(f"pragma cache_size={int(before)}")


def _cut(column: Column, part: slice) -> Column:
    missing = None if column.missing is None else column.missing[part]
    return Column(column.values[part], missing)


def _executemany(connection: sa.Connection, table: str, columns: Mapping[str, Column]) -> None:
    names = ", ".join(f'"{name}"' for name in columns)
    # what is the same in every row is said once: binding is most of the work
    said = [_constant(column) for column in columns.values()]
    if "?" not in said:
        said[0] = "?"  # as many rows as there are values of one column
    marks = ", ".join(said)
    lists = [
        listed(column) for column, mark in zip(columns.values(), said, strict=True) if mark == "?"
    ]
    connection.exec_driver_sql(
        f'INSERT INTO "{table}" ({names}) VALUES ({marks})',  # noqa: S608 - names of our tables
        list(zip(*lists, strict=True)),
    )


def _constant(column: Column) -> str:
    """A literal if all values are NULL, one whole number or one day; else a question mark."""
    values = column.values
    if not isinstance(values, np.ndarray):
        return "?"
    if column.missing is not None and column.missing.any():
        return "NULL" if column.missing.all() else "?"
    if values.dtype.kind == "f":
        return "NULL" if np.isnan(values).all() else "?"
    if values.dtype.kind == "M" and np.isnat(values).all():
        return "NULL"
    if values.dtype.kind == "M" and (values == values[0]).all():
        return f"'{values[0].astype('datetime64[D]')}'"
    if values.dtype.kind in "iub" and (values == values[0]).all():
        return str(int(values[0]))
    return "?"


def listed(column: Column) -> Listed:
    """Plain Python values as SQLite stores them: dates as ISO text, None where missing."""
    values = column.values
    if not isinstance(values, np.ndarray):
        found = list(values)
    elif values.dtype.kind == "M":
        return _iso(values.astype("datetime64[D]"), column.missing)
    else:
        found = values.tolist()
        if values.dtype.kind == "f":
            for place in np.flatnonzero(np.isnan(values)).tolist():
                found[place] = None
    if column.missing is not None:
        for place in np.flatnonzero(column.missing).tolist():
            found[place] = None
    return found


def _iso(days: NDArray[Any], missing: NDArray[np.bool_] | None) -> Listed:
    """Dates as text through a small calendar: far cheaper than formatting each."""
    gone = np.isnat(days) if missing is None else np.isnat(days) | missing
    if gone.all():
        return [None] * len(days)
    numbers = days.astype(np.int64)
    first, last = int(numbers[~gone].min()), int(numbers[~gone].max())
    calendar: NDArray[Any] = np.empty(last - first + 2, dtype=object)
    every = np.arange(first, last + 1).astype("datetime64[D]")
    calendar[:-1] = np.datetime_as_string(every).tolist()
    calendar[-1] = None
    return calendar[np.where(gone, len(calendar) - 1, numbers - first)].tolist()


def _copy(connection: sa.Connection, table: str, columns: Mapping[str, Column]) -> None:
    raw: Any = connection.connection.driver_connection
    names = ", ".join(f'"{name}"' for name in columns)
    stream = io.BytesIO()
    frame = pa.table({name: _arrow(column) for name, column in columns.items()})
    # text is quoted and NULL is not, which is how COPY tells an empty text from none
    pacsv.write_csv(
        frame, stream, pacsv.WriteOptions(include_header=False, quoting_style="all_valid")
    )
    with (
        raw.cursor() as cursor,
        cursor.copy(f'COPY "{table}" ({names}) FROM STDIN (FORMAT csv)') as copy,
    ):
        copy.write(stream.getbuffer())


def _arrow(column: Column) -> pa.Array:
    values = column.values
    if not isinstance(values, np.ndarray):
        return pa.array(values)
    missing = column.missing
    if values.dtype.kind == "M":
        return pa.array(values.astype("datetime64[D]"), mask=missing)
    return pa.array(values, mask=missing, from_pandas=values.dtype.kind == "f")
