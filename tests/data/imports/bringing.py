"""Bringing files into a store in tests (测试导入), and what the store holds afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine

from data import store
from data.imports import engine as imports
from data.imports.terms.options import Options
from data.imports.terms.plan import Plan
from data.imports.terms.report import ImportReport
from data.imports.terms.request import Request
from errors import Issue
from models.access import Role, User, scope_of
from models.people import AppUser
from models.tables import metadata
from words import i18n

TODAY = date(2026, 11, 22)
ABOUT_IMPORTS = {
    "import_batch",
    "import_change",
    "import_mapping",
    "audit_entry",
    "store_state",
    "job_run",
}
PROVENANCE = {"batch_id", "batch_line", "created_at", "decided_at", "version"}


def bring(
    engine: Engine,
    file: Path | str | bytes,
    kind: str = "",
    *,
    plan: Plan | None = None,
    name: str = "",
    folder: Path | None = None,
    **more: Any,
) -> ImportReport:
    """Import a file, or text as a file in `folder`."""
    path = file if isinstance(file, Path) else None
    if path is None:
        assert folder is not None
        path = folder / f"f{len(list(folder.iterdir()))}.csv"
        path.write_bytes(file if isinstance(file, bytes) else str(file).encode("utf-8"))
    options = {k: more.pop(k) for k in list(more) if k in Options.__slots__}
    plan = plan or Plan(kind=kind, options=Options(**options))
    return imports.run(engine, Request(path, plan, TODAY, file_name=name, **more))


def bring_text(engine: Engine, text: str, kind: str = "", **more: Any) -> ImportReport:
    """Import text as a file in a folder of its own."""
    with TemporaryDirectory() as folder:
        return bring(engine, text, kind, folder=Path(folder), **more)


def content(engine: Engine) -> dict[str, list[str]]:
    """Everything the store holds but where it came from."""
    held = {}
    with engine.connect() as connection:
        for table in metadata.sorted_tables:
            if table.name not in ABOUT_IMPORTS:
                columns = [c for c in table.c if c.name not in PROVENANCE]
                rows = connection.execute(sa.select(*columns))
                held[table.name] = sorted(repr(tuple(row)) for row in rows)
    return held


def rows(engine: Engine, table: str, *columns: str, **where: Any) -> list[tuple[Any, ...]]:
    """Some columns of some rows, in the order of their ids."""
    source = metadata.tables[table]
    query = sa.select(*(source.c[name] for name in columns)).where(
        *(source.c[name] == value for name, value in where.items())
    )
    query = query.order_by(*source.primary_key.columns)
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(query)]


def count(engine: Engine, table: str) -> int:
    """How many rows a table has."""
    with engine.connect() as connection:
        query = sa.select(sa.func.count()).select_from(metadata.tables[table])
        return int(connection.execute(query).scalar_one())


def person(engine: Engine, login: str, role: Role) -> User:
    """A user of the store."""
    with store.writing(engine) as session:
        row = AppUser(login=login, name=login, role=role, password_hash="x")
        session.add(row)
        session.flush()
        assert row.id is not None
        return User(row.id, login, login, role, scope_of(role, row.id), "key")


def managed(engine: Engine, login: str) -> None:
    """Give every customer an account manager."""
    with store.writing(engine) as session:
        whose = sa.select(AppUser.id).where(AppUser.login == login).scalar_subquery()
        session.execute(sa.update(metadata.tables["customer"]).values(owner_id=whose))


def said(report: ImportReport) -> str:
    """Everything a reader is told about the faults, in both languages."""
    return " | ".join(sentence(issue) for issue in report.issues)


def sentence(issue: Issue) -> str:
    """Line, column, value and words of a fault."""
    words = [i18n.reason(issue.reason, lang, **_detail(issue)) for lang in ("zh_Hans", "en")]
    return f"{issue.row} {issue.column} {issue.value} {' '.join(words)}"


def _detail(issue: Issue) -> Mapping[str, Any]:
    return dict(issue.detail)
