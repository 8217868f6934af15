"""Taking an import back (撤销导入): its rows go, its changes are put back, or nothing happens.

A batch that later data rests on is left alone, and the reason is named: an invoice cannot
go while a payment of another batch is applied to it, and a value that was changed again
since is not overwritten. Afterwards the store says what it said before the import; only
versions have risen, so that nobody saves over what they have not seen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from data import audit, store
from data.imports.history import removing, resting
from data.imports.history.batches import lock, may_open
from data.imports.history.resting import ALERT, CHANGE, ChangedRow
from data.imports.terms.tables import table_of
from data.movements import loading
from errors import BadInput, Issue, NotAllowed, NotFound
from models.access import Role, User
from models.base import now
from models.customers import Customer
from models.enums import BatchState
from models.system import ImportBatch
from models.tables import metadata

CUSTOMER = table_of(Customer)
Progress = Callable[[str, float], None]
"""Told the step and how far the whole is, 0 to 1."""


def _silent(_step: str, _share: float) -> None:
    """Nobody wants to know."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What taking back did."""

    removed: int
    restored: int
    kept: int = 0
    """Questions, waves and the like the import made that other data uses by now."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What taking back would do, before it is done."""

    tables: Mapping[str, int] = field(default_factory=dict)
    """Rows that would go, by table."""
    restored: int = 0
    """Rows that would be put back as they were."""
    reasons: tuple[Issue, ...] = ()
    """Why it cannot be done; nothing speaks against it where empty."""


def undo(engine: Engine, batch_id: int, actor: User | None, progress: Progress = _silent) -> Taken:
    """Take a batch back, in one transaction.

    Args:
        engine: of the store.
        batch_id: number of the import.
        actor: who asks; account managers may take back their own imports, others those
            of the kinds they may bring in.
        progress: told how far it is.

    Raises:
        NotFound: there is no such batch that this user may see.
        NotAllowed: this user's role takes nothing back.
        BadInput: it is not standing, or something later rests on it; nothing was changed.
    """
    progress("waiting", 0.0)
    with store.writing(engine, facts=True) as session:
        connection = session.connection()
        lock(connection)
        loading.lock(connection)
        batch = _batch(session, batch_id, actor)
        if reasons := resting.standing(batch):
            raise BadInput(*reasons)
        taken = _take_back(connection, batch_id, progress)
        progress("storing", 0.97)
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
            removed=taken.removed,
            restored=taken.restored,
            kept=taken.kept,
        )
    return taken


def preview(
    engine: Engine, batch_id: int, actor: User | None, progress: Progress = _silent
) -> Preview:
    """What `undo` would do; afterwards everything is as it was.

    Raises:
        NotFound: there is no such batch that this user may see.
        NotAllowed: this user's role takes nothing back.
    """
    with store.reading(engine) as session:
        batch = _batch(session, batch_id, actor)
        if reasons := resting.standing(batch):
            return Preview(reasons=tuple(reasons))
        counts = _counts(session.connection(), batch_id)
    restored = 0
    progress("waiting", 0.05)
    with suppress(_Rehearsed), store.writing(engine) as session:
        connection = session.connection()
        lock(connection)
        try:
            _removed, restored, reasons = _put_back(connection, batch_id, progress)
        except IntegrityError:
            reasons = [_gone(batch_id)]
        raise _Rehearsed
    return Preview(counts, restored, tuple(reasons))


class _Rehearsed(Exception):
    """Rolls the transaction back; all is known."""


def _gone(batch_id: int) -> Issue:
    """What stood there before is no longer in the store."""
    return Issue("undo_gone", value=str(batch_id))


def _batch(session: Session, batch_id: int, actor: User | None) -> ImportBatch:
    if actor is not None and actor.role is Role.EXECUTIVE:
        raise NotAllowed(actor.role.value)
    batch = session.get(ImportBatch, batch_id)
    if batch is None or not may_open(actor, batch):
        raise NotFound("import_batch", batch_id)
    return batch


def _counts(connection: sa.Connection, batch_id: int) -> dict[str, int]:
    """Rows of a batch by table, parents before children."""
    found: dict[str, int] = {}
    for table in reversed(list(resting.tables())):
        mine = sa.select(sa.func.count()).where(table.c.batch_id == batch_id)
        count = connection.execute(mine).scalar_one()
        if count:
            found[table.name] = int(count)
    for row in resting.made_rows(connection, batch_id):
        found[row.table_name] = found.get(row.table_name, 0) + 1
    return found


def _take_back(connection: sa.Connection, batch_id: int, progress: Progress) -> Taken:
    try:
        removed, restored, reasons = _put_back(connection, batch_id, progress)
        if reasons:
            raise BadInput(*reasons)
        removed += _remove(connection, batch_id, progress)
        unmade, kept = _unmake(connection, batch_id)
    except IntegrityError as error:
        raise BadInput(_gone(batch_id)) from error
    return Taken(removed + unmade, restored, kept)


def _put_back(
    connection: sa.Connection, batch_id: int, progress: Progress
) -> tuple[int, int, list[Issue]]:
    """Put back what the batch changed, some rows at a time.

    Its rows that nothing points to go first: a matter that is open again must not meet the
    one that followed it.

    Returns:
        How many rows went, how many were put back, and what speaks against it; then the
        transaction must not stand.
    """
    progress("looking", 0.1)
    reasons = list(resting.rows_changed_since(connection, batch_id))
    reasons += resting.cards_changed_since(connection, batch_id)
    differing: dict[str, int] = defaultdict(int)
    changed = 0
    for rows in resting.changed_rows(connection, batch_id):
        differing[rows[0].table.name] += resting.differing(connection, rows)
        changed += len(rows)
    progress("removing", 0.2)
    leaves = resting.leaves()
    removed = removing.remove(
        connection, batch_id, leaves, lambda at: progress("removing", 0.2 + 0.3 * at)
    )
    restored = 0
    for rows in resting.changed_rows(connection, batch_id):
        progress("restoring", 0.5 + 0.2 * restored / changed)
        alike: dict[tuple[str, ...], list[ChangedRow]] = defaultdict(list)
        for row in rows:
            alike[tuple(sorted(row.before))].append(row)
        for names, same in alike.items():
            _restore(connection, names, same)
        restored += len(rows)
    progress("looking", 0.7)
    reasons += resting.overwritten(connection, batch_id, differing)
    return removed, restored, reasons or resting.rests_on(connection, batch_id)


def _restore(connection: sa.Connection, names: tuple[str, ...], rows: Sequence[ChangedRow]) -> None:
    """Write what stood in these columns of these rows of one table before."""
    table = rows[0].table
    keys = list(table.primary_key)
    values: dict[str, Any] = {
        name: sa.bindparam(f"to_{name}", type_=table.c[name].type) for name in names
    }
    if "version" in table.c:
        values["version"] = table.c.version + sa.bindparam("changes", type_=sa.Integer)
    where = [key == sa.bindparam(f"key_{key.name}", type_=key.type) for key in keys]
    connection.execute(
        sa.update(table).where(*where).values(values),
        [
            {f"to_{name}": row.before[name] for name in names}
            | {f"key_{key.name}": value for key, value in zip(keys, row.keys, strict=True)}
            | ({"changes": row.changes} if "version" in table.c else {})
            for row in rows
        ],
    )


def _remove(connection: sa.Connection, batch_id: int, progress: Progress) -> int:
    """Delete the rows the batch added, and alerts of its customers nobody has taken up."""
    mine = sa.select(CUSTOMER.c.id).where(CUSTOMER.c.batch_id == batch_id)
    connection.execute(sa.delete(ALERT).where(ALERT.c.customer_id.in_(mine), resting.untouched()))
    tables = resting.tables()
    return removing.remove(
        connection, batch_id, tables, lambda at: progress("removing", 0.8 + 0.15 * at)
    )


def _unmake(connection: sa.Connection, batch_id: int) -> tuple[int, int]:
    """Delete what the batch made beside its rows; returns how many went, how many stay.

    What another import uses by now is that import's from here on, and goes with it.
    """
    removed = kept = 0
    for made in resting.made_rows(connection, batch_id):
        table = metadata.tables[made.table_name]
        if next(resting.users_of(connection, table, made.row_id), None) is None:
            if newer := resting.changed_later(connection, table, made.row_id, batch_id):
                raise BadInput(Issue("undo_changed_by", value=table.name, detail={"other": newer}))
            connection.execute(sa.delete(table).where(table.c.id == made.row_id))
            removed += 1
            continue
        kept += 1
        heir = resting.heir(connection, table, made.row_id)
        if heir is not None:
            connection.execute(
                sa.update(CHANGE).where(CHANGE.c.id == made.id).values(batch_id=heir)
            )
    return removed, kept
