"""Card changes that come due (到期的档案变更): an entry dated ahead reaches the card on its day.

Figures of a date follow the histories; who may read a customer, and what its card shows, follow
the card. An import writes an entry for a day that lies ahead and leaves the card alone; on that
day, with the first refresh, the card says it too.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine
from sqlmodel import Session, col

from data import audit, calendar, store
from data.card_changes import KEPT
from models.customers import Customer
from models.system import ImportBatch
from models.tables import metadata

LOOKED_BACK = timedelta(days=400)
"""Entries older than this reached their cards long ago, or were never meant to."""

Due = dict[int, dict[str, tuple[Any, Any]]]
"""Customer → column → (what the card says, what it will say)."""


def come_due(engine: Engine, today: date) -> int:
    """Let cards say what entries dated ahead say from today or an earlier day on.

    Args:
        engine: of the store.
        today: the store's day.

    Returns:
        How many cards were changed; each has its audit entry, by the system itself.

    Raises:
        StoreUnavailable: the store cannot be written; nothing was.
    """
    with store.reading(engine) as session:
        if not _due(session, today):
            return 0
    with store.writing(engine, facts=True) as session:
        due = _due(session, today)  # asked again under the lock
        for customer_id, columns in due.items():
            after = {name: new for name, (_old, new) in columns.items()}
            session.execute(
                sa.update(Customer)
                .where(col(Customer.id) == customer_id)
                .values(**after, version=col(Customer.version) + 1)
            )
            before = {name: old for name, (old, _new) in columns.items()}
            code = session.get_one(Customer, customer_id).code
            audit.record(
                session, None, "customer.due", "customer", code, before=before, after=after
            )
    return len(due)


def _due(session: Session, today: date) -> Due:
    found: Due = defaultdict(dict)
    for table, columns in KEPT.items():
        for row in session.execute(_newest(table, columns, today)).mappings():
            if calendar.day_of(session, row["brought"]) >= row["since"]:
                continue  # said when it already held: what the card says since then stands
            for name in columns:
                old, new = row[f"old_{name}"], row[f"new_{name}"]
                may_be_empty = metadata.tables["customer"].c[name].nullable
                if old != new and (new is not None or may_be_empty):
                    found[row["customer_id"]][name] = (old, new)
    return dict(found)


def _newest(table: type[Any], columns: tuple[str, ...], today: date) -> sa.Select[Any]:
    """The newest entry of each customer up to today, of those that differ from the card."""
    entry = metadata.tables[table.__tablename__]
    card = metadata.tables["customer"]
    newest = (
        sa.select(entry.c.customer_id, sa.func.max(entry.c.since).label("since"))
        .where(entry.c.since <= today, entry.c.since > today - LOOKED_BACK)
        .group_by(entry.c.customer_id)
        .subquery()
    )
    same = sa.and_(entry.c.customer_id == newest.c.customer_id, entry.c.since == newest.c.since)
    differs = [card.c[name].is_distinct_from(entry.c[name]) for name in columns]
    return (
        sa.select(
            entry.c.customer_id,
            entry.c.since,
            col(ImportBatch.created_at).label("brought"),
            *(card.c[name].label(f"old_{name}") for name in columns),
            *(entry.c[name].label(f"new_{name}") for name in columns),
        )
        .join(newest, same)
        .join(card, card.c.id == entry.c.customer_id)
        .join(ImportBatch, col(ImportBatch.id) == entry.c.batch_id)
        .where(sa.or_(*differs))
        .order_by(entry.c.customer_id)
    )
