"""Who was quicker (谁先改的): who changed a row last, when and what, for whoever comes second.

Forms leave their trace in the audit trail, imports with their batch. Asked only where a
write is refused, so it may take a few milliseconds.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from errors import Changed, Conflict
from models.people import AppUser
from models.system import AuditEntry, ImportBatch, ImportChange

IMPORT, TAKEN_BACK, REFRESH = "import.commit", "import.undo", "refresh"


def of(
    session: Session, audited: sa.ColumnElement[bool], batches: sa.Select[Any] | None = None
) -> Changed | None:
    """The newest of what forms and imports did.

    Args:
        session: any.
        audited: which entries of the audit trail concern the row (`entries`).
        batches: the imports that wrote it (`imports`); None where none can.
    """
    found = [_by_form(session, audited)]
    if batches is not None:
        found.append(_by_import(session, batches))
    told = [one for one in found if one is not None]
    return max(told, key=lambda one: one.at or datetime.min.replace(tzinfo=UTC), default=None)


def entries(entity: str, code: str | int, *actions: str) -> sa.ColumnElement[bool]:
    """Condition: audit entries of one thing whose action begins with one of `actions`."""
    named = [col(AuditEntry.action).startswith(begins, autoescape=True) for begins in actions]
    return sa.and_(
        col(AuditEntry.entity) == entity,
        col(AuditEntry.entity_id) == str(code)[:60],
        sa.or_(*named),
    )


def imports(table: type[Any], row_id: int) -> sa.Select[Any]:
    """The imports that changed a row."""
    return sa.select(col(ImportChange.batch_id)).where(
        col(ImportChange.table_name) == str(table.__tablename__),
        col(ImportChange.row_id) == row_id,
    )


def _by_form(session: Session, audited: sa.ColumnElement[bool]) -> Changed | None:
    row = session.execute(
        sa.select(AuditEntry, col(AppUser.name))
        .outerjoin(AppUser, col(AppUser.id) == col(AuditEntry.actor_id))
        .where(audited)
        .order_by(col(AuditEntry.id).desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    entry, name = row
    return Changed(entry.action, name or "", _aware(entry.at), dict(entry.detail))


def _by_import(session: Session, batches: sa.Select[Any]) -> Changed | None:
    moment = sa.func.coalesce(col(ImportBatch.undone_at), col(ImportBatch.created_at))
    person = sa.case(
        (col(ImportBatch.undone_at).is_not(None), col(ImportBatch.undone_by)),
        else_=col(ImportBatch.created_by),
    )
    row = session.execute(
        sa.select(ImportBatch, col(AppUser.name))
        .outerjoin(AppUser, col(AppUser.id) == person)
        .where(col(ImportBatch.id).in_(batches))
        .order_by(moment.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    batch, name = row
    undone = batch.undone_at is not None
    return Changed(
        TAKEN_BACK if undone else IMPORT,
        name or "",
        _aware(batch.undone_at if undone else batch.created_at),
        {"batch": batch.id, "file": batch.file_name},
    )


def _aware(at: datetime) -> datetime:
    """SQLite hands instants back without their zone; they are UTC."""
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def refuse_later(
    session: Session, table: type[Any], action: str, customer_id: int, code: str, newest: int
) -> None:
    """Refuse to add to a customer's rows when somebody has added one since they were seen.

    Args:
        session: of the writing transaction.
        table: of rows that are only ever added, with `customer_id` and `batch_id`.
        action: under which forms write one into the audit trail.
        customer_id: whose rows.
        code: the customer's, by which the trail names them.
        newest: id of the newest row that was seen; 0 where there was none.

    Raises:
        Conflict: there is a newer one; says by whom.
    """
    later = sa.select(col(table.batch_id)).where(
        col(table.customer_id) == customer_id, col(table.id) > newest
    )
    if session.execute(later.limit(1)).first() is None:
        return
    changed = of(
        session, entries("customer", code, action), later.where(col(table.batch_id).is_not(None))
    )
    raise Conflict(table.__tablename__, code, newest, changed=changed)
