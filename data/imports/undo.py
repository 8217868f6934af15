"""Taking an import back (撤销导入): its rows go, its changes are put back, or nothing happens.

A batch that later data rests on is left alone, and the reason is named: an invoice cannot
go while a payment of another batch is applied to it, and a value that was changed again
since is not overwritten.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine
from sqlmodel import Session, col

from data import audit, store
from data.imports.batches import lock
from errors import BadInput, Issue, NotAllowed, NotFound
from models.access import Role, User
from models.base import now
from models.enums import BatchState
from models.system import ImportBatch, ImportChange
from models.tables import metadata

_DERIVED = ("snapshot",)
"""Tables refresh builds anew; they never keep a batch from being taken back."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What taking back did."""

    removed: int
    restored: int


def undo(engine: Engine, batch_id: int, actor: User | None) -> Taken:
    """Take a batch back, in one transaction.

    Args:
        engine: of the store.
        batch_id: number of the import.
        actor: who asks; account managers may take back their own imports.

    Raises:
        NotFound: there is no such batch that this user may see.
        BadInput: it is not standing, or something later rests on it; nothing was changed.
    """
    with store.writing(engine, facts=True) as session:
        connection = session.connection()
        lock(connection)
        batch = session.get(ImportBatch, batch_id)
        if batch is None or not _may(actor, batch):
            raise NotFound("import_batch", batch_id)
        if batch.state is not BatchState.COMMITTED:
            raise BadInput(Issue("undo_not_standing", value=str(batch_id)))
        reasons = [*_changed_since(session, batch_id), *_rests_on(connection, batch_id)]
        if reasons:
            raise BadInput(*reasons)
        restored = _restore(session, batch_id)
        removed = _remove(connection, batch_id)
        batch.state = BatchState.UNDONE
        batch.undone_at = now()
        batch.undone_by = actor.id if actor else None
        session.flush()
        audit.record(
            session,
            actor,
            "import.undo",
            "import_batch",
            batch_id,
            removed=removed,
            restored=restored,
        )
    return Taken(removed, restored)


def _may(actor: User | None, batch: ImportBatch) -> bool:
    if actor is None:
        return True
    if actor.role is Role.EXECUTIVE:
        raise NotAllowed(actor.role.value)
    return actor.scope.owner_id is None or batch.created_by == actor.id


def _tables() -> Iterator[sa.Table]:
    """Tables whose rows know their batch, children before parents."""
    for table in reversed(metadata.sorted_tables):
        if "batch_id" in table.c and table.name != ImportChange.__tablename__:
            yield table


def _changed_since(session: Session, batch_id: int) -> list[Issue]:
    """Later imports or people changed rows of this batch, or what it changed."""
    found = []
    for table in _tables():
        if "id" not in table.c:
            continue
        mine = sa.select(table.c.id).where(table.c.batch_id == batch_id)
        later = sa.select(sa.func.max(ImportChange.batch_id)).where(
            col(ImportChange.table_name) == table.name,
            col(ImportChange.row_id).in_(mine),
            col(ImportChange.batch_id) > batch_id,
        )
        newer = session.execute(later).scalar_one_or_none()
        if newer is not None:
            found.append(Issue("undo_changed_by", value=table.name, detail={"other": newer}))
        if "version" in table.c and newer is None:
            edited = sa.select(sa.func.count()).where(
                table.c.batch_id == batch_id, table.c.version > 1
            )
            count = session.execute(edited).scalar_one()
            if count:
                found.append(Issue("undo_edited", value=table.name, detail={"n": count}))
    for change in _changes(session, batch_id):
        if _differs(session, change):
            found.append(Issue("undo_edited", value=change.table_name, detail={"n": 1}))
            break
    return found


def _changes(session: Session, batch_id: int) -> Iterator[ImportChange]:
    """The batch's changes, the last first."""
    query = (
        sa.select(ImportChange)
        .where(col(ImportChange.batch_id) == batch_id)
        .order_by(col(ImportChange.id).desc())
    )
    yield from session.execute(query.execution_options(yield_per=1000)).scalars()


def _differs(session: Session, change: ImportChange) -> bool:
    """Whether a row no longer holds what the batch wrote."""
    table, where = _row(change)
    names = list(change.after)
    found = session.execute(
        sa.select(*(table.c[name] for name in names)).where(*where)
    ).one_or_none()
    if found is None:
        return True
    after = _typed(table, change.after)
    return any(value != after[name] for name, value in zip(names, found, strict=True))


def _row(change: ImportChange) -> tuple[sa.Table, list[sa.ColumnElement[bool]]]:
    table = metadata.tables[change.table_name]
    if "id" in table.c:
        return table, [table.c.id == change.row_id]
    first, *rest = (column.name for column in table.primary_key)
    keys = {first: change.row_id, **{name: change.before[name] for name in rest}}
    return table, [table.c[name] == value for name, value in keys.items()]


def _typed(table: sa.Table, values: dict[str, Any]) -> dict[str, Any]:
    """Values back from JSON: days are days again, codes are members of their enums."""
    typed = {}
    for name, value in values.items():
        kind = table.c[name].type
        if value is not None and isinstance(kind, sa.Date):
            value = date.fromisoformat(value)
        elif value is not None and isinstance(kind, sa.Enum) and kind.enum_class:
            value = kind.enum_class(value)
        typed[name] = value
    return typed


def _rests_on(connection: sa.Connection, batch_id: int) -> list[Issue]:
    """Rows of other origin that point to rows of this batch."""
    found = []
    for child in metadata.sorted_tables:
        if child.name.startswith(_DERIVED):
            continue
        for key in child.foreign_keys:
            parent = key.column.table
            if "batch_id" not in parent.c or parent.name == "import_batch":
                continue
            mine = sa.select(parent.c.id).where(parent.c.batch_id == batch_id)
            query = sa.select(sa.func.count()).where(child.c[key.parent.name].in_(mine))
            if "batch_id" in child.c:
                query = query.where(child.c.batch_id.is_distinct_from(batch_id))
            count = connection.execute(query.select_from(child)).scalar_one()
            if count:
                found.append(
                    Issue("undo_rests", value=child.name, detail={"n": count, "on": parent.name})
                )
    return found


def _restore(session: Session, batch_id: int) -> int:
    restored = 0
    for change in list(_changes(session, batch_id)):
        table, where = _row(change)
        values = _typed(table, change.before)
        if "version" in table.c:
            values["version"] = table.c.version + 1
        session.execute(sa.update(table).where(*where).values(values))
        restored += 1
    return restored


def _remove(connection: sa.Connection, batch_id: int) -> int:
    removed = 0
    for table in _tables():
        mine = table.c.batch_id == batch_id
        removed += connection.execute(sa.delete(table).where(mine)).rowcount
    return removed
