"""What changed since the user saw the check (检查之后的变动): no value is lost unseen.

The check kept every value that would change, old and new. Before the rows are written the
same question is asked again, under the lock: an old value that is another one now, or a
value that would change and did not at the check, is somebody else's doing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from data import last_change
from data.imports.history import differences
from data.imports.terms.difference import Difference, Outdated
from data.imports.terms.report import ImportReport, Outcome
from errors import Changed
from models.system import ImportChange
from models.tables import metadata

MOST_SHOWN = 200
REASON = "changed_since_check"
"""Code of the fault."""


@dataclass(slots=True)
class Found:
    """All that changed: counted, and the first of it."""

    count: int = 0
    lines: set[int] = field(default_factory=set)
    first: list[Outdated] = field(default_factory=list)


def found(session: Session, now: Iterable[Difference], checked: Path) -> Found:
    """What is no longer as the check said.

    Args:
        session: of the transaction that is about to write.
        now: what the import would change (`differences.every`).
        checked: what the check found would change; a missing file is nothing.
    """
    shown = {_mark(one) for one in _read(checked)}
    told = Found()
    for one in now:
        if _mark(one) in shown:
            continue
        told.count += 1
        if one.line is not None:
            told.lines.add(one.line)
        if len(told.first) < MOST_SHOWN:
            told.first.append(Outdated(one, known=False))
    if told.first:
        since = _since(checked)
        told.first = [_by_whom(session, one, since) for one in _as_checked(told.first, checked)]
    return told


def _since(checked: Path) -> datetime | None:
    """When the check began, as far as its file tells: what was done before it, it saw."""
    if not checked.exists():
        return None
    return datetime.fromtimestamp(checked.stat().st_mtime, UTC)


def _read(path: Path) -> Iterable[Difference]:
    return differences.read(path) if path.exists() else ()


def _place(one: Difference) -> tuple[Any, ...]:
    return one.table, one.row, one.field


def _mark(one: Difference) -> int:
    """A number for a value and what becomes of it: a million of them fit into memory."""
    return hash((*_place(one), one.old, one.new))


def _as_checked(first: list[Outdated], checked: Path) -> list[Outdated]:
    """With the old values the check showed."""
    wanted = {_place(one.now) for one in first}
    seen = {_place(one): one.old for one in _read(checked) if _place(one) in wanted}
    return [
        replace(one, known=True, checked=seen[_place(one.now)]) if _place(one.now) in seen else one
        for one in first
    ]


def _by_whom(session: Session, one: Outdated, since: datetime | None) -> Outdated:
    row = one.now
    if row.row_id is None:
        return one
    changed = _changed(session, row.table, row.row_id, row.row)
    if changed is None or (since is not None and (changed.at is None or changed.at < since)):
        return one  # whoever changed it left no trace: better nobody's name than a wrong one
    number = changed.detail.get("batch")
    return replace(
        one, who=changed.who, at=_text(changed.at), batch=int(str(number)) if number else None
    )


def _changed(session: Session, table: str, row_id: int, code: str) -> Changed | None:
    """Who wrote a row last: an import, or a form that kept a customer's card."""
    rows = metadata.tables[table]
    batches = [
        sa.select(col(ImportChange.batch_id)).where(
            col(ImportChange.table_name) == table, col(ImportChange.row_id) == row_id
        )
    ]
    if "batch_id" in rows.c:
        made = sa.select(rows.c.batch_id).where(rows.c.id == row_id)
        batches.append(made.where(rows.c.batch_id.is_not(None)))
    audited = last_change.entries(table, code, "customer.keep", "receivables.")
    return last_change.of(session, audited, sa.select(sa.union(*batches).subquery().c.batch_id))


def _text(at: datetime | None) -> str:
    return at.isoformat(timespec="seconds") if at is not None else ""


def stopped(report: ImportReport, found: Found) -> ImportReport:
    """The report of an import that would write over what the user did not see."""
    return replace(
        report,
        outcome=Outcome.OUTDATED,
        rows_added=0,
        rows_updated=0,
        rows_same=0,
        reasons={**report.reasons, REASON: len(found.lines) or found.count},
        outdated=tuple(found.first),
        outdated_count=found.count,
    )
