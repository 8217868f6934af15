"""The engines that run the reductions (计算引擎): DuckDB, SQLite and PostgreSQL.

Each takes the same Ibis expressions, compiled to its own SQL, and gives back Arrow tables of
the same types. An engine sees one state of the facts from opening to closing; see
`data.facts` for how that holds.
"""

from __future__ import annotations

import io
import sqlite3
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

import ibis
import psycopg
import pyarrow as pa
import pyarrow.csv as pacsv

from data.facts_tables import READ_AGAIN, SCHEMAS, fact

EXTENSION = "duckdb_extension_sqlite_scanner"


@dataclass(frozen=True, eq=False)
class Prepared:
    """A reduction in an engine's own SQL, and what comes out of it."""

    sql: str
    schema: pa.Schema


class Reducer(Protocol):
    """What an engine can do."""

    name: str

    def stage(self, name: str, rows: Any) -> Any:
        """Hold an expression's rows in a temporary table; returns that table's expression."""

    def prepare(self, rows: Any) -> Prepared:
        """An expression compiled for this engine."""

    def fetch(self, rows: Prepared) -> pa.Table:
        """Its rows, in the types the expression states."""

    def close(self) -> None:
        """Let go of the store."""


def scanner() -> Path | None:
    """DuckDB's reader of SQLite files as installed by pip, None where it has no wheel."""
    found = find_spec(EXTENSION)
    if found is None or found.origin is None:
        return None
    return next(Path(found.origin).parent.rglob("sqlite_scanner.duckdb_extension"), None)


def _sql(rows: Any, dialect: str) -> str:
    """SQL of an expression whose whole-number columns really are 64-bit ones."""
    inner = str(ibis.to_sql(rows, dialect=dialect))
    columns = ", ".join(
        f'CAST("{name}" AS BIGINT) AS "{name}"' if kind.is_int64() else f'"{name}"'
        for name, kind in rows.schema().items()
    )
    return f"SELECT {columns} FROM ({inner}) AS reduced"  # noqa: S608 - names of our own


def prepared(rows: Any, dialect: str) -> Prepared:
    """An expression compiled for the engine of a name."""
    return Prepared(_sql(rows, dialect), rows.schema().to_pyarrow())


def staged(name: str, rows: Any) -> Any:
    """The table that holds the rows of an expression, once an engine staged it."""
    return ibis.table(rows.schema(), name=name)


def attached(path: Path, scratch: Path | None = None) -> Any:
    """A DuckDB connection with a SQLite file attached read-only as `store`; no network.

    Only ever in a process that has not opened the file with another SQLite.

    Args:
        path: the SQLite file.
        scratch: where DuckDB may put what does not fit into memory.
    """
    import duckdb

    extension = scanner()
    assert extension is not None, "callers ask scanner() first"
    config: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "preserve_insertion_order": "false",
    }
    if scratch is not None:
        config["temp_directory"] = str(scratch)
    connection = duckdb.connect(config=config)
    connection.execute(f"LOAD '{_quoted(extension)}'")
    connection.execute(f"ATTACH '{_quoted(path)}' AS store (TYPE sqlite, READ_ONLY)")
    return connection


class DuckReducer:
    """DuckDB over a SQLite file; only ever in a process of its own."""

    name = "duckdb"

    def __init__(self, path: Path, scratch: Path) -> None:
        self._connection = attached(path, scratch)
        for table, columns in SCHEMAS.items():
            kind = "TABLE" if table in READ_AGAIN else "VIEW"
            names = ", ".join(f'"{column}"' for column in columns)
            chosen = f'SELECT {names} FROM store.main."{table}"'  # noqa: S608 - our own names
            self._run(f'CREATE {kind} "{table}" AS {chosen}')

    def _run(self, sql: str) -> Any:
        return self._connection.execute(sql)

    def stage(self, name: str, rows: Any) -> Any:
        """See `Reducer`."""
        self._run(f'CREATE TABLE "{name}" AS {_sql(rows, "duckdb")}')
        return staged(name, rows)

    def prepare(self, rows: Any) -> Prepared:
        """See `Reducer`."""
        return prepared(rows, "duckdb")

    def fetch(self, rows: Prepared) -> pa.Table:
        """See `Reducer`."""
        return self._run(rows.sql).to_arrow_table().cast(rows.schema)

    def close(self) -> None:
        """See `Reducer`."""
        self._connection.close()


class SqliteReducer:
    """SQLite itself, in one read transaction: where DuckDB cannot read the file."""

    name = "sqlite"

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute("pragma temp_store=file")
        self._connection.execute("BEGIN")

    def stage(self, name: str, rows: Any) -> Any:
        """See `Reducer`."""
        self._connection.execute(f'CREATE TEMP TABLE "{name}" AS {_sql(rows, "sqlite")}')
        return staged(name, rows)

    def prepare(self, rows: Any) -> Prepared:
        """See `Reducer`."""
        return prepared(rows, "sqlite")

    def fetch(self, rows: Prepared) -> pa.Table:
        """See `Reducer`."""
        schema = rows.schema
        found = self._connection.execute(rows.sql).fetchall()
        columns = zip(*found, strict=True) if found else [()] * len(schema)
        arrays = [_array(values, field) for values, field in zip(columns, schema, strict=True)]
        return pa.table(arrays, schema=schema)

    def close(self) -> None:
        """See `Reducer`."""
        self._connection.close()


def _array(values: Any, field: pa.Field) -> pa.Array:
    """SQLite keeps dates as text."""
    if pa.types.is_date(field.type):
        return pa.array(values, type=pa.string()).cast(field.type)
    return pa.array(values, type=field.type)


class PostgresReducer:
    """PostgreSQL, in one repeatable-read transaction; rows leave by COPY."""

    name = "postgres"

    def __init__(self, conninfo: str) -> None:
        self._connection = psycopg.connect(conninfo)
        self._connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        self._run("SET LOCAL TIME ZONE 'UTC'")
        self._run("SET LOCAL work_mem = '128MB'")

    def _run(self, sql: str) -> None:
        self._connection.execute(sql.encode())

    def stage(self, name: str, rows: Any) -> Any:
        """See `Reducer`."""
        self._run(f'CREATE TEMP TABLE "{name}" ON COMMIT DROP AS {_sql(rows, "postgres")}')
        self._run(f'ANALYZE "{name}"')
        return staged(name, rows)

    def prepare(self, rows: Any) -> Prepared:
        """See `Reducer`."""
        return prepared(rows, "postgres")

    def fetch(self, rows: Prepared) -> pa.Table:
        """See `Reducer`."""
        schema = rows.schema
        stream = io.BytesIO()
        command = f"COPY ({rows.sql}) TO STDOUT (FORMAT csv)"
        with self._connection.cursor() as cursor, cursor.copy(command.encode()) as copy:
            for block in copy:
                stream.write(block)
        if not stream.tell():
            return schema.empty_table()
        stream.seek(0)
        texts = any(pa.types.is_string(field.type) for field in schema)
        return pacsv.read_csv(
            stream,
            parse_options=pacsv.ParseOptions(newlines_in_values=texts),
            read_options=pacsv.ReadOptions(column_names=schema.names),
            convert_options=pacsv.ConvertOptions(column_types=schema),
        )

    def close(self) -> None:
        """See `Reducer`."""
        self._connection.rollback()
        self._connection.close()


def facts_revision(reducer: Reducer) -> int:
    """The store's counter of fact changes, as this engine sees it; 0 in an unused store."""
    state = reducer.fetch(reducer.prepare(fact("store_state")))
    found: list[int] = state["facts_revision"].to_pylist()
    return found[0] if found else 0


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
