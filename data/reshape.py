"""Change the shape of a table that holds data (表结构变更), alike on SQLite and PostgreSQL.

SQLite alters little in place. There the table is built anew beside the old one, from its own
definition with the changes made, filled, and put in its place, as sqlite.org/lang_altertable.html
section 7 says; foreign keys must be off meanwhile (`data.migrate` sees to that), or dropping the
old table would delete what refers to it. PostgreSQL takes ALTER TABLE.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import sqlalchemy as sa


def reshape(
    connection: sa.Connection,
    table: str,
    *,
    add: Mapping[str, str] | None = None,
    drop: Sequence[str] = (),
    unbind: Sequence[str] = (),
    bind: Mapping[str, str] | None = None,
    nullable: Mapping[str, bool] | None = None,
) -> None:
    """Alter one table and keep its rows.

    Args:
        connection: inside the transaction of the migration.
        table: which one.
        add: column → its definition ("DATE", "INTEGER DEFAULT 0 NOT NULL").
        drop: columns to take away.
        unbind: names of constraints to take away.
        bind: name → definition of constraints to add ("CHECK (…)", "FOREIGN KEY …").
        nullable: column → whether it may be empty from now on.
    """
    change = _anew if connection.dialect.name == "sqlite" else _altered
    change(connection, table, add or {}, drop, unbind, bind or {}, nullable or {})


def _altered(
    connection: sa.Connection,
    table: str,
    add: Mapping[str, str],
    drop: Sequence[str],
    unbind: Sequence[str],
    bind: Mapping[str, str],
    nullable: Mapping[str, bool],
) -> None:
    steps = [f"DROP CONSTRAINT {name}" for name in unbind]
    steps += [f"DROP COLUMN {name}" for name in drop]
    steps += [f"ADD COLUMN {name} {kind}" for name, kind in add.items()]
    steps += [
        f"ALTER COLUMN {name} {'DROP' if empty else 'SET'} NOT NULL"
        for name, empty in nullable.items()
    ]
    steps += [f"ADD CONSTRAINT {name} {rule}" for name, rule in bind.items()]
    for step in steps:
        connection.exec_driver_sql(f"ALTER TABLE {table} {step}")


def _anew(
    connection: sa.Connection,
    table: str,
    add: Mapping[str, str],
    drop: Sequence[str],
    unbind: Sequence[str],
    bind: Mapping[str, str],
    nullable: Mapping[str, bool],
) -> None:
    head, items, tail = _definition(connection, table)
    kept = [item for item in items if item.split()[0] != "CONSTRAINT"]
    rules = [item for item in items if item.split()[0] == "CONSTRAINT"]
    gone = set(drop) | set(unbind)
    known = {item.split()[0] for item in kept} | {item.split()[1] for item in rules}
    if missing := gone - known:
        message = f"{table} has no {', '.join(sorted(missing))}"
        raise ValueError(message)
    kept = [_allowing(item, nullable) for item in kept if item.split()[0] not in gone]
    rules = [item for item in rules if item.split()[1] not in gone]
    columns = ", ".join(item.split()[0] for item in kept)
    kept += [f"{name} {kind}" for name, kind in add.items()]
    rules += [f"CONSTRAINT {name} {rule}" for name, rule in bind.items()]
    indexes = connection.exec_driver_sql(
        "SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL",
        (table,),
    )
    indexed = [
        sql for sql in indexes.scalars().all() if not any(f'"{n}"' in sql or n in sql for n in drop)
    ]
    body = ", \n\t".join([*kept, *rules])
    new = f"_new_{table}"
    connection.exec_driver_sql(f"{head.replace(table, new, 1)}(\n\t{body}\n){tail}")
    connection.exec_driver_sql(f"INSERT INTO {new} ({columns}) SELECT {columns} FROM {table}")  # noqa: S608 - names of our own tables
    connection.exec_driver_sql(f"DROP TABLE {table}")
    connection.exec_driver_sql(f"ALTER TABLE {new} RENAME TO {table}")
    for sql in indexed:
        connection.exec_driver_sql(sql)


def _definition(connection: sa.Connection, table: str) -> tuple[str, list[str], str]:
    """The statement that made a table: what stands before, in and behind its brackets."""
    sql: str = connection.exec_driver_sql(
        "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", (table,)
    ).scalar_one()
    first, last = sql.index("("), sql.rindex(")")
    return sql[:first], list(_parts(sql[first + 1 : last])), sql[last + 1 :]


def _parts(body: str) -> Iterator[str]:
    """The parts of a definition, cut at commas outside brackets and quotes."""
    start = depth = 0
    quoted = False
    for place, letter in enumerate(body):
        quoted ^= letter == "'"
        if quoted:
            continue
        depth += (letter == "(") - (letter == ")")
        if letter == "," and not depth:
            yield body[start:place].strip()
            start = place + 1
    yield body[start:].strip()


def _allowing(item: str, nullable: Mapping[str, bool]) -> str:
    """A column's definition with or without NOT NULL."""
    may = nullable.get(item.split()[0])
    bare = item.replace(" NOT NULL", "") if may is not None else item
    return f"{bare} NOT NULL" if may is False else bare
