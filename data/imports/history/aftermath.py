"""After a process ended without a word (善后): what it holds, and what it stored or took back."""

from __future__ import annotations

import time
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Engine
from sqlmodel import col

from data import store
from data.imports.history.undo import Taken
from data.imports.terms.report import ImportReport, Outcome
from errors import StoreUnavailable
from models.enums import BatchState
from models.system import AuditEntry, ImportBatch

PATIENCE = 5.0
"""Seconds a server has to end the transactions of a process that is gone."""


def release(engine: Engine, application: str) -> None:
    """End what a process that is gone still has open on a database server.

    A server notices a closed connection only when it next speaks to it: a long statement
    would go on holding its locks. SQLite's locks end with the process.

    Args:
        engine: of the store.
        application: the name the process gave its connections.

    Raises:
        StoreUnavailable: the store cannot be reached, or does not let go.
    """
    if store.is_sqlite(engine):
        return
    ended = sa.text(
        "select pg_terminate_backend(pid) from pg_stat_activity "
        "where application_name = :name and pid <> pg_backend_pid()"
    )
    deadline = time.monotonic() + PATIENCE
    with store.connected(engine) as connection:
        while connection.execute(ended, {"name": application}).first() is not None:
            connection.rollback()  # the list of connections is frozen within a transaction
            if time.monotonic() > deadline:
                raise StoreUnavailable("locked")
            time.sleep(0.05)


def stored(
    engine: Engine, file_hash: str, user_id: int | None, since: datetime
) -> ImportReport | None:
    """What an import stored whose process could not say so any more.

    Args:
        engine: of the store.
        file_hash: SHA-256 of the file.
        user_id: who brought it in; None is the command line.
        since: when the process was started, UTC.

    Returns:
        The report as far as the batch tells; None where nothing was stored.
    """
    with store.reading(engine) as session:
        batch = session.execute(
            sa.select(ImportBatch)
            .where(
                col(ImportBatch.file_hash) == file_hash,
                col(ImportBatch.created_by) == user_id
                if user_id is not None
                else col(ImportBatch.created_by).is_(None),
                col(ImportBatch.created_at) >= since,
                col(ImportBatch.state) == BatchState.COMMITTED,
            )
            .order_by(col(ImportBatch.id).desc())
            .limit(1)
        ).scalar_one_or_none()
        if batch is None:
            return None
        return ImportReport(
            Outcome.PARTLY if batch.rows_rejected else Outcome.COMMITTED,
            batch.kind.value,
            file_name=batch.file_name,
            batch_id=batch.id,
            encoding=batch.encoding or "",
            rows_read=batch.rows_read,
            rows_added=batch.rows_added,
            rows_updated=batch.rows_updated,
            rows_same=batch.rows_same,
            rows_rejected=batch.rows_rejected,
        )


def taken_back(engine: Engine, batch_id: int, user_id: int) -> Taken | None:
    """What taking a batch back did whose process could not say so any more.

    Args:
        engine: of the store.
        batch_id: number of the import.
        user_id: who took it back.

    Returns:
        What the audit trail tells of it; None where the batch still stands, or somebody else
        took it back.
    """
    with store.reading(engine) as session:
        batch = session.get(ImportBatch, batch_id)
        if batch is None or (batch.state, batch.undone_by) != (BatchState.UNDONE, user_id):
            return None
        told = session.execute(
            sa.select(col(AuditEntry.detail))
            .where(
                col(AuditEntry.entity) == "import_batch",
                col(AuditEntry.entity_id) == str(batch_id),
                col(AuditEntry.action) == "import.undo",
            )
            .order_by(col(AuditEntry.id).desc())
            .limit(1)
        ).scalar_one_or_none()
    counts = told or {}
    return Taken(*(int(counts.get(name, 0)) for name in ("removed", "restored", "kept")))
