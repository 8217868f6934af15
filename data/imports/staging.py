"""The temporary tables of one import (暂存): parsed rows and their faults, outside the store.

They belong to one connection and vanish with it; filling them takes no lock, so a long
file does not keep others from writing. Memory stays flat however long the file is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import sqlalchemy as sa

from data.imports.kinds.spec import Spec, Type
from data.imports.report import issue_dict
from errors import Issue
from models.base import Minor

CHUNK = 5000
_TYPES: dict[Type, Any] = {
    "text": sa.Text,
    "date": sa.Date,
    "money": Minor,
    "number": sa.Float,
    "whole": sa.BigInteger,
    "flag": sa.Boolean,
}
FAULT, NOTE = "fault", "note"


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
        sa.Column("becomes", sa.Text),
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


def index(connection: sa.Connection, staged: sa.Table, *columns: str) -> None:
    """Look-ups by these columns become quick."""
    known = tuple(dict.fromkeys(columns))
    sa.Index(f"staged_{'_'.join(known)}"[:60], *(staged.c[name] for name in known)).create(
        connection
    )


def fill(connection: sa.Connection, table: sa.Table, rows: Iterable[dict[str, Any]]) -> None:
    """Append rows in chunks."""
    for chunk in _chunks(rows):
        connection.execute(sa.insert(table), chunk)


def _chunks(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    source = iter(rows)
    while chunk := list(islice(source, CHUNK)):
        yield chunk


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
