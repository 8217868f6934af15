"""The temporary tables of one import (暂存): parsed rows and their faults, outside the store.

They belong to one connection and vanish with it; filling them takes no lock, so a long
file does not keep others from writing. Memory stays flat however long the file is.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import UTCDateTime

from data.imports.parsing.parsed import ParsedBlock
from data.imports.terms.codec import issue_dict
from data.imports.terms.spec import Spec, Type
from errors import Issue
from models.base import Minor

CHUNK = 5000
_TYPES: dict[Type, Any] = {
    "text": sa.Text,
    "date": sa.Date,
    "instant": UTCDateTime,
    "money": Minor,
    "number": sa.Float,
    "whole": sa.BigInteger,
    "flag": sa.Boolean,
}


_TEXTS: dict[type, Callable[[Any], str | None]] = {
    sa.Date: lambda value: value and value.isoformat(),
    UTCDateTime: lambda value: value and f"{value:%Y-%m-%d %H:%M:%S.%f}",
}
"""How SQLite keeps what has no type there; instants are in UTC."""


def tables(spec: Spec) -> tuple[sa.Table, sa.Table]:
    """The table of rows and the table of faults for a kind."""
    metadata = sa.MetaData()
    typed: dict[str, Type] = {field.name: field.type for field in spec.fields}
    typed |= spec.extra
    typed |= {reference.into: "whole" for reference in spec.references}
    typed |= {target.id_into: "whole" for target in spec.targets}
    staged = sa.Table(
        "staged",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("line", sa.Integer, nullable=False),
        sa.Column("bad", sa.Boolean, nullable=False),
        sa.Column("becomes", sa.Text, nullable=False, server_default="added"),
        *(sa.Column(name, _TYPES[kind]) for name, kind in typed.items()),
        prefixes=["TEMPORARY"],
    )
    faults = sa.Table(
        "staged_fault",
        metadata,
        sa.Column("line", sa.Integer, nullable=False),
        sa.Column("severity", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("shown", sa.Text),
        sa.Column("value", sa.Text),
        sa.Column("other", sa.Text),
        sa.Column("detail", sa.Text),
        prefixes=["TEMPORARY"],
    )
    return staged, faults


def create(connection: sa.Connection, *made: sa.Table) -> None:
    """Make the temporary tables."""
    for table in made:
        table.create(connection, checkfirst=False)


def drop(connection: sa.Connection, *made: sa.Table) -> None:
    """Remove them, so that a pooled connection can be used again."""
    for table in made:
        connection.execute(sa.schema.DropTable(table, if_exists=True))


def index(connection: sa.Connection, staged: sa.Table, spec: Spec) -> None:
    """Rows of the same key are found quickly; an index serves what its first columns say too."""
    wanted = {
        tuple(dict.fromkeys(target.within_file)) for target in spec.targets if not target.only_new
    }
    for key in sorted(wanted):
        if any(other != key and other[: len(key)] == key for other in wanted):
            continue
        # with `bad` in it, looking for repeats need not open the rows
        columns = [staged.c[name] for name in (*key, "bad")]
        sa.Index(f"staged_{'_'.join(key)}"[:60], *columns).create(connection)


def fill(
    connection: sa.Connection, staged: sa.Table, parsed: ParsedBlock, *, after: int
) -> set[str]:
    """Append the rows of a block, numbered on from `after`; returns the columns that say something.

    Values go to the driver as they are: they were parsed into what their columns hold.
    """
    size = len(parsed.lines)
    if not size:
        return set()
    said = {
        name: values
        for name, values in parsed.columns.items()
        if any(value is not None for value in values)
    }
    faulty = {place for place, faults in parsed.faults.items() if faults}
    bad = [place in faulty for place in parsed.places] if faulty else [False] * size
    columns = {"id": range(after + 1, after + size + 1), "line": parsed.lines, "bad": bad, **said}
    _append(connection, staged, columns)
    return set(said)


def _append(
    connection: sa.Connection, table: sa.Table, columns: Mapping[str, Sequence[Any]]
) -> None:
    names = ", ".join(f'"{name}"' for name in columns)
    into = f'INSERT INTO "{table.name}" ({names})'
    types = [table.c[name].type for name in columns]
    if connection.dialect.name == "postgresql":
        arrays = ", ".join(f"%s::{kind.compile(connection.dialect)}[]" for kind in types)
        whole = tuple(map(list, columns.values()))
        connection.exec_driver_sql(
            f"{into} SELECT * FROM unnest({arrays})",  # noqa: S608
            whole,
        )
        return
    plain = [
        list(map(_TEXTS[type(kind)], values)) if type(kind) in _TEXTS else values
        for kind, values in zip(types, columns.values(), strict=True)
    ]
    marks = ", ".join("?" * len(plain))
    connection.exec_driver_sql(f"{into} VALUES ({marks})", list(zip(*plain, strict=True)))


def note(connection: sa.Connection, faults: sa.Table, parsed: ParsedBlock) -> None:
    """Append what is said about the rows of a block."""
    rows = [fault_row(issue, severity) for severity, issue in parsed.everything_said()]
    if rows:
        connection.execute(sa.insert(faults), rows)


def fault_row(issue: Issue, severity: str) -> dict[str, Any]:
    """A fault as the table holds it."""
    return {
        "line": issue.row or 0,
        "severity": severity,
        "reason": issue.reason,
        "shown": issue.column,
        "value": issue.value,
        "other": None,
        "detail": json.dumps(issue_dict(issue)["detail"]) if issue.detail else None,
    }


def issue_from(row: Any) -> Issue:
    """The fault a row of the table stands for."""
    detail = json.loads(row.detail) if row.detail else {}
    if row.other is not None:
        detail["other"] = row.other
    return Issue(row.reason, row.shown, row.line or None, row.value, detail)
