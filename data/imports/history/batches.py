"""Import batches (导入批次): their row, their history, and the same file twice."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlmodel import Session, col

from data.imports.columns.mapping import header_hash
from data.imports.columns.meaning import Identity
from data.imports.columns.registry import MAY_IMPORT
from data.imports.files.reading import Layout
from data.imports.terms.plan import Plan
from data.imports.terms.readings import ColumnReading
from data.imports.terms.report import ImportReport
from data.imports.terms.tables import table_of
from data.listing import Listing, how_many
from errors import NotFound
from models.access import User
from models.base import now
from models.enums import BatchState, SheetKind
from models.filters import Page
from models.people import AppUser
from models.system import AuditEntry, ImportBatch, ImportMapping

if TYPE_CHECKING:
    from data.imports.terms.request import Request

_LOCK = 7_301_945
"""Number of the PostgreSQL advisory lock that lets one import write at a time."""


@dataclass(frozen=True, slots=True)
class Batch:
    """One line of the history."""

    id: int
    kind: SheetKind
    file_name: str
    file_hash: str
    """SHA-256 of the file, hex."""
    file_bytes: int
    encoding: str
    state: BatchState
    rows_read: int
    rows_added: int
    rows_updated: int
    rows_same: int
    rows_rejected: int
    seconds: float
    created_at: datetime
    created_by: str
    """Name of whoever brought it in; empty for the command line."""
    undone_at: datetime | None = None
    undone_by: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which batches to list; empty means all."""

    kinds: tuple[SheetKind, ...] = ()
    states: tuple[BatchState, ...] = ()
    people: tuple[int, ...] = ()
    """Ids of users; 0 is the command line."""
    search: str = ""
    """Part of the file's name, or the beginning of its hash."""


ALL = Wanted()
NEWEST = Page(sort="id")
SORTS = ("id", "kind", "file_name", "file_bytes", "rows_read", "rows_rejected", "seconds")
LISTING = Listing(
    sorts={name: getattr(ImportBatch, name) for name in SORTS},
    usual="id",
    ties=(col(ImportBatch.id).desc(),),
)
"""What the history can be sorted by."""


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


def refused(session: Session, request: Request, file: Identity, report: ImportReport) -> int | None:
    """Keep a refused file in the history; None where not even its kind is known."""
    if not report.kind:
        return None
    batch = ImportBatch(**_values(request, file, report), state=BatchState.REJECTED)
    session.add(batch)
    session.flush()
    return batch.id


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


def may_open(user: User | None, batch: ImportBatch) -> bool:
    """Whether somebody may look into a batch, or take it back.

    Account managers: their own. Others: their own, and those of the kinds of sheets their
    role may bring in. None is the command line.
    """
    if user is None or batch.created_by == user.id:
        return True
    return user.scope.owner_id is None and batch.kind in MAY_IMPORT[user.role]


def _visible(user: User | None) -> sa.ColumnElement[bool]:
    """`may_open` as a condition."""
    if user is None:
        return sa.true()
    mine = col(ImportBatch.created_by) == user.id
    if user.scope.owner_id is not None:
        return mine
    return sa.or_(mine, col(ImportBatch.kind).in_(sorted(MAY_IMPORT[user.role])))


def _wanted(wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if wanted.kinds:
        conditions.append(col(ImportBatch.kind).in_(wanted.kinds))
    if wanted.states:
        conditions.append(col(ImportBatch.state).in_(wanted.states))
    if wanted.people:
        who = sa.func.coalesce(col(ImportBatch.created_by), 0)
        conditions.append(who.in_(wanted.people))
    part = wanted.search.strip()[:80]
    if part:
        conditions.append(
            sa.or_(
                col(ImportBatch.file_name).icontains(part, autoescape=True),
                col(ImportBatch.file_hash).istartswith(part, autoescape=True),
            )
        )
    return conditions


def count(session: Session, user: User | None, wanted: Wanted = ALL) -> int:
    """How many batches a user may see of those wanted."""
    query = sa.select(sa.func.count(col(ImportBatch.id))).where(_visible(user), *_wanted(wanted))
    return how_many(session, query)


def history(
    session: Session, user: User | None, wanted: Wanted = ALL, page: Page = NEWEST
) -> list[Batch]:
    """One page of the batches a user may see, sorted by one of `SORTS` in SQL.

    Account managers see their own, others also those of the kinds they may bring in.
    """
    query = LISTING.page(_named().where(_visible(user), *_wanted(wanted)), page)
    return [_line(*row) for row in session.execute(query)]


def one(session: Session, user: User | None, batch_id: int) -> Batch:
    """One batch.

    Raises:
        NotFound: there is no such batch that this user may see.
    """
    query = _named().where(col(ImportBatch.id) == batch_id, _visible(user))
    found = session.execute(query).one_or_none()
    if found is None:
        raise NotFound("import_batch", batch_id)
    return _line(*found)


def people(session: Session, user: User | None) -> dict[int, str]:
    """Who brought in what this user may see: id → name, 0 for the command line."""
    query = (
        sa.select(sa.func.coalesce(col(ImportBatch.created_by), 0), col(AppUser.name))
        .outerjoin(AppUser, col(AppUser.id) == col(ImportBatch.created_by))
        .where(_visible(user))
        .distinct()
        .order_by(col(AppUser.name))
    )
    return {int(number): name or "" for number, name in session.execute(query)}


def same_files(session: Session, user: User | None, batch: Batch) -> list[int]:
    """Numbers of the other batches a user may see that hold this very file, oldest first."""
    query = (
        sa.select(col(ImportBatch.id))
        .where(
            col(ImportBatch.file_hash) == batch.file_hash,
            col(ImportBatch.id) != batch.id,
            _visible(user),
        )
        .order_by(col(ImportBatch.id))
        .limit(20)
    )
    return [int(number) for number in session.execute(query).scalars() if number is not None]


def reasons(session: Session, batch_id: int) -> dict[str, int]:
    """Why rows of a batch were refused, each reason with how often; the rows are not kept."""
    found = _audited(session, batch_id).get("reasons", {})
    return {str(reason): int(n) for reason, n in found.items()}


def passed(session: Session, batch_id: int) -> dict[str, int]:
    """Rows of a batch's file that were no data, each reason with how often."""
    found = _audited(session, batch_id).get("passed", {})
    return {str(reason): int(n) for reason, n in found.items()}


def readings(session: Session, batch_id: int) -> list[ColumnReading]:
    """How columns of a batch's file were read beyond their words."""
    found = _audited(session, batch_id).get("readings", [])
    return [ColumnReading.from_dict(one) for one in found]


def past(session: Session, batch_id: int) -> dict[str, Any]:
    """What a batch that corrected the past touched (`ImportReport.past`); else empty."""
    return dict(_audited(session, batch_id).get("past", {}))


def _audited(session: Session, batch_id: int) -> dict[str, Any]:
    """What was written into the audit trail when the batch came."""
    query = (
        sa.select(col(AuditEntry.detail))
        .where(
            col(AuditEntry.entity) == "import_batch",
            col(AuditEntry.entity_id) == str(batch_id),
            col(AuditEntry.action).in_(("import.commit", "import.refuse")),
        )
        .order_by(col(AuditEntry.id))
        .limit(1)
    )
    return dict(session.execute(query).scalar_one_or_none() or {})


def _named() -> sa.Select[tuple[ImportBatch, str | None, str | None]]:
    """Batches with the names of those who brought them in and took them back."""
    maker, taker = sa.alias(table_of(AppUser)), sa.alias(table_of(AppUser))
    return (
        sa.select(ImportBatch, maker.c.name, taker.c.name)
        .outerjoin(maker, maker.c.id == col(ImportBatch.created_by))
        .outerjoin(taker, taker.c.id == col(ImportBatch.undone_by))
    )


def _line(batch: ImportBatch, maker: str | None, taker: str | None) -> Batch:
    same = {name: getattr(batch, name) for name in _COPIED}
    return Batch(id=batch.id or 0, created_by=maker or "", undone_by=taker or "", **same)


_COPIED = tuple(
    one.name for one in fields(Batch) if one.name not in ("id", "created_by", "undone_by")
)
