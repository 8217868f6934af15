"""The row of an import in the history (批次登记): begun, finished, refused; the same file twice."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from data import audit
from data.imports.columns.meaning import Identity
from data.imports.terms.codec import plain_of
from data.imports.terms.report import ImportReport
from data.imports.terms.request import Request
from models.base import now
from models.enums import BatchState, SheetKind
from models.system import ImportBatch

_LOCK = 7_301_945
"""Number of the PostgreSQL advisory lock that lets one import write at a time."""


def lock(connection: sa.Connection) -> None:
    """One import at a time; SQLite's writing transaction is that already."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))


def same_file(connection: sa.Connection, file: Identity, kind: SheetKind) -> tuple[int, int] | None:
    """(number, rows) of the batch that stored every row of this very file and still stands.

    Read with another mapping, survey or wave it is another import; of a batch whose meaning
    was not kept any is taken to be the same.
    """
    found = connection.execute(
        sa.select(col(ImportBatch.id), col(ImportBatch.rows_read))
        .where(
            col(ImportBatch.file_hash) == file.file_hash,
            col(ImportBatch.meaning).in_(("", file.meaning)),
            col(ImportBatch.kind) == kind,
            col(ImportBatch.state) == BatchState.COMMITTED,
            col(ImportBatch.rows_rejected) == 0,
        )
        .order_by(col(ImportBatch.id).desc())
        .limit(1)
    ).one_or_none()
    return None if found is None else (int(found[0] or 0), int(found[1]))


def begin(connection: sa.Connection, request: Request, file: Identity, report: ImportReport) -> int:
    """The batch's row, so that what follows can point to it; returns its number."""
    made = connection.execute(
        sa.insert(ImportBatch)
        .values(**_values(request, file, report), state=BatchState.COMMITTED)
        .returning(col(ImportBatch.id))
    )
    return int(made.scalar_one() or 0)


def finish(connection: sa.Connection, report: ImportReport) -> None:
    """The final counts, and how long it took."""
    connection.execute(
        sa.update(ImportBatch)
        .where(col(ImportBatch.id) == report.batch_id)
        .values(
            rows_added=report.rows_added,
            rows_updated=report.rows_updated,
            rows_same=report.rows_same,
            rows_rejected=report.rows_rejected,
            seconds=report.seconds,
        )
    )


def tell(session: Session, request: Request, report: ImportReport) -> None:
    """Keep who brought in what, and how its rows and columns were taken."""
    audit.record(
        session,
        request.actor,
        "import.commit",
        "import_batch",
        report.batch_id or "",
        kind=report.kind,
        file=report.file_name,
        added=report.rows_added,
        updated=report.rows_updated,
        same=report.rows_same,
        rejected=report.rows_rejected,
        reasons=dict(report.reasons),
        **({"passed": dict(report.passed_over)} if report.passed_over else {}),
        **({"past": dict(report.past)} if report.past else {}),
        **({"readings": plain_of(report.readings)} if report.readings else {}),
    )


def refused(session: Session, request: Request, file: Identity, report: ImportReport) -> None:
    """Keep a refused file in the history, unless not even its kind is known, and in the audit."""
    batch_id: int | None = None
    if report.kind:
        batch = ImportBatch(**_values(request, file, report), state=BatchState.REJECTED)
        session.add(batch)
        session.flush()
        batch_id = batch.id
    audit.record(
        session,
        request.actor,
        "import.refuse",
        "import_batch",
        batch_id or "",
        kind=report.kind,
        file=report.file_name,
        reasons=dict(report.reasons),
    )


def _values(request: Request, file: Identity, report: ImportReport) -> dict[str, Any]:
    return {
        "kind": SheetKind(report.kind),
        "file_name": request.shown_name,
        "file_hash": file.file_hash,
        "meaning": file.meaning,
        "file_bytes": request.path.stat().st_size,
        "encoding": report.encoding,
        "rows_read": report.rows_read,
        "rows_added": report.rows_added,
        "rows_updated": report.rows_updated,
        "rows_same": report.rows_same,
        "rows_rejected": report.rows_rejected,
        "seconds": report.seconds,
        "created_at": now(),
        "created_by": request.actor.id if request.actor else None,
    }
