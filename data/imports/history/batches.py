"""Import batches (导入批次): one line of the history each, and who may see it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from data.imports.columns.registry import MAY_IMPORT
from data.imports.terms.codec import record_of
from data.imports.terms.readings import ColumnReading
from data.imports.terms.tables import table_of
from data.listing import Listing, how_many
from errors import NotFound
from models.access import User
from models.enums import BatchState, SheetKind
from models.filters import Page
from models.people import AppUser
from models.system import AuditEntry, ImportBatch


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
    return [record_of(ColumnReading, one) for one in found]


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
