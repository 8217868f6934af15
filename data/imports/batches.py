"""Import batches (导入批次): their row, their history, and the same file twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlmodel import Session, col

from data.imports.mapping import header_hash
from data.imports.plan import Plan
from data.imports.reading import Layout
from data.imports.report import ImportReport
from models.access import User
from models.base import now
from models.enums import BatchState, SheetKind
from models.people import AppUser
from models.system import ImportBatch, ImportMapping

if TYPE_CHECKING:
    from data.imports.request import Request

_LOCK = 7_301_945
"""Number of the PostgreSQL advisory lock that lets one import write at a time."""


@dataclass(frozen=True, slots=True)
class Batch:
    """One line of the history."""

    id: int
    kind: SheetKind
    file_name: str
    state: BatchState
    rows_read: int
    rows_added: int
    rows_updated: int
    rows_same: int
    rows_rejected: int
    created_at: datetime
    created_by: str


def lock(connection: sa.Connection) -> None:
    """One import at a time; SQLite's writing transaction is that already."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))


def same_file(connection: sa.Connection, file_hash: str, kind: SheetKind) -> tuple[int, int] | None:
    """(number, rows) of the batch that stored every row of this very file and still stands."""
    found = connection.execute(
        sa.select(col(ImportBatch.id), col(ImportBatch.rows_read))
        .where(
            col(ImportBatch.file_hash) == file_hash,
            col(ImportBatch.kind) == kind,
            col(ImportBatch.state) == BatchState.COMMITTED,
            col(ImportBatch.rows_rejected) == 0,
        )
        .order_by(col(ImportBatch.id).desc())
        .limit(1)
    ).one_or_none()
    return None if found is None else (int(found[0] or 0), int(found[1]))


def begin(connection: sa.Connection, request: Request, file_hash: str, report: ImportReport) -> int:
    """The batch's row, so that what follows can point to it; returns its number."""
    made = connection.execute(
        sa.insert(ImportBatch)
        .values(**_values(request, file_hash, report), state=BatchState.COMMITTED)
        .returning(col(ImportBatch.id))
    )
    return int(made.scalar_one() or 0)


def finish(connection: sa.Connection, report: ImportReport) -> None:
    """The final counts."""
    connection.execute(
        sa.update(ImportBatch)
        .where(col(ImportBatch.id) == report.batch_id)
        .values(
            rows_added=report.rows_added,
            rows_updated=report.rows_updated,
            rows_same=report.rows_same,
            rows_rejected=report.rows_rejected,
        )
    )


def refused(session: Session, request: Request, file_hash: str, report: ImportReport) -> int | None:
    """Keep a refused file in the history; None where not even its kind is known."""
    if not report.kind:
        return None
    batch = ImportBatch(**_values(request, file_hash, report), state=BatchState.REJECTED)
    session.add(batch)
    session.flush()
    return batch.id


def _values(request: Request, file_hash: str, report: ImportReport) -> dict[str, Any]:
    return {
        "kind": SheetKind(report.kind),
        "file_name": request.shown_name,
        "file_hash": file_hash,
        "file_bytes": request.path.stat().st_size,
        "encoding": report.encoding,
        "rows_read": report.rows_read,
        "rows_added": report.rows_added,
        "rows_updated": report.rows_updated,
        "rows_same": report.rows_same,
        "rows_rejected": report.rows_rejected,
        "created_at": now(),
        "created_by": request.actor.id if request.actor else None,
    }


def remember_mapping(connection: sa.Connection, request: Request, layout: Layout | None) -> None:
    """Keep what the user said about this header, for the next file like it."""
    plan = request.plan
    told = plan.columns or plan.items or plan.constants or plan.templates
    if layout is None or layout.header_line is None or not told:
        return
    key = {"header_hash": header_hash(layout.header), "kind": SheetKind(plan.kind or "orders")}
    if not plan.kind:
        return
    connection.execute(
        sa.delete(ImportMapping).where(
            col(ImportMapping.header_hash) == key["header_hash"],
            col(ImportMapping.kind) == key["kind"],
        )
    )
    connection.execute(
        sa.insert(ImportMapping).values(
            **key,
            mapping=plan.as_dict(),
            saved_at=now(),
            saved_by=request.actor.id if request.actor else None,
        )
    )


def remembered(session: Session, layout: Layout, kind: str) -> Plan | None:
    """What somebody said about this header before."""
    query = sa.select(ImportMapping).where(
        col(ImportMapping.header_hash) == header_hash(layout.header)
    )
    if kind:
        query = query.where(col(ImportMapping.kind) == SheetKind(kind))
    found = session.execute(query.limit(1)).scalar_one_or_none()
    return None if found is None else Plan.from_dict(found.mapping)


def history(session: Session, user: User | None, *, limit: int = 50) -> list[Batch]:
    """The newest batches first; account managers see their own."""
    query = (
        sa.select(ImportBatch, col(AppUser.name))
        .outerjoin(AppUser, col(AppUser.id) == col(ImportBatch.created_by))
        .order_by(col(ImportBatch.id).desc())
        .limit(limit)
    )
    if user is not None and user.scope.owner_id is not None:
        query = query.where(col(ImportBatch.created_by) == user.id)
    return [
        Batch(
            id=batch.id or 0,
            kind=batch.kind,
            file_name=batch.file_name,
            state=batch.state,
            rows_read=batch.rows_read,
            rows_added=batch.rows_added,
            rows_updated=batch.rows_updated,
            rows_same=batch.rows_same,
            rows_rejected=batch.rows_rejected,
            created_at=batch.created_at,
            created_by=name or "",
        )
        for batch, name in session.execute(query)
    ]
