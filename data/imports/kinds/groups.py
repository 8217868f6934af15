"""Groups of customers (集团): cards that point at others which may have come with the same file."""

from __future__ import annotations

import sqlalchemy as sa

from data.imports.staging.changes import Changes
from data.imports.staging.context import Context
from data.imports.terms.tables import table_of
from models.customers import Customer

CUSTOMER = table_of(Customer)


def link(context: Context, changes: Changes) -> None:
    """Name the group on the card of every customer whose row names one."""
    staged = context.staged
    mine, other = sa.alias(CUSTOMER), sa.alias(CUSTOMER)
    rows = context.connection.execute(
        sa.select(
            staged.c.line,
            mine.c.id,
            mine.c.parent_id.label("before"),
            other.c.id.label("after"),
            mine.c.batch_id,
        )
        .join(mine, mine.c.id == staged.c.customer_id)
        .join(other, other.c.code == staged.c.parent_code)
        .where(context.good(), mine.c.parent_id.is_distinct_from(other.c.id))
        .order_by(mine.c.id)
    ).all()
    for row in rows:
        if row.batch_id == changes.batch_id:  # made with this very file
            context.connection.execute(
                sa.update(Customer).where(CUSTOMER.c.id == row.id).values(parent_id=row.after)
            )
        else:
            before, after = {"parent_id": row.before}, {"parent_id": row.after}
            changes.change(Customer, row.id, before, after)
            changes.touch(row.line)
