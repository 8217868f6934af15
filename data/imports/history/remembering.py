"""What was said about a header (记住的列映射), kept for the next file like it."""

from __future__ import annotations

import sqlalchemy as sa
from sqlmodel import Session, col

from data.imports.columns.mapping import header_hash
from data.imports.files.layout import Layout
from data.imports.terms.plan import Plan
from data.imports.terms.request import Request
from models.access import User
from models.base import now
from models.enums import SheetKind
from models.system import ImportMapping


def remember_mapping(connection: sa.Connection, request: Request, layout: Layout | None) -> None:
    """Keep what the user said about this header, for the next file like it."""
    plan = request.plan
    parts = (plan.columns, plan.items, plan.constants, plan.templates, plan.customers)
    told = any(parts) or plan.answers
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


def remembered(session: Session, layout: Layout, kind: str, reader: User | None) -> Plan | None:
    """What somebody said about this header before.

    Whom they took the file's customers for is kept from an account manager, unless it was
    themselves. No reader is the command line.
    """
    query = sa.select(ImportMapping).where(
        col(ImportMapping.header_hash) == header_hash(layout.header)
    )
    if kind:
        query = query.where(col(ImportMapping.kind) == SheetKind(kind))
    found = session.execute(query.limit(1)).scalar_one_or_none()
    if found is None:
        return None
    plan = Plan.from_dict(found.mapping)
    scoped = reader is not None and reader.scope.owner_id is not None
    if scoped and reader is not None and found.saved_by != reader.id:
        return plan.without_customers()
    return plan
