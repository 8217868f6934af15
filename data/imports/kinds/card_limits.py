"""Credit limits on a customer sheet (档案表上的信用额度): what differs holds from today on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from data.imports.kinds.dated import CUSTOMER, in_force
from data.imports.staging.changes import Changes
from data.imports.staging.context import Context
from data.imports.staging.dated_rows import put_dated
from data.imports.terms.tables import table_of
from models.credit import CreditLimit
from models.enums import GradeMethod

CREDIT_LIMIT = table_of(CreditLimit)


def in_force_today(context: Context, _name: str) -> Any:
    """The limit a customer has today."""
    limit = in_force(context, CREDIT_LIMIT)
    mine = limit.c.customer_id == context.staged.c.customer_id
    return sa.select(limit.c.amount).where(mine).scalar_subquery()


def new_limits(context: Context) -> sa.Select[tuple[Any, ...]]:
    """Rows whose limit differs from the one in force: (line, customer, limit, before)."""
    staged = context.staged
    limit = in_force(context, CREDIT_LIMIT)
    return (
        sa.select(
            staged.c.line,
            staged.c.customer_id,
            staged.c.credit_limit,
            limit.c.amount.label("before"),
        )
        .outerjoin(limit, limit.c.customer_id == staged.c.customer_id)
        .where(context.good(), staged.c.credit_limit.is_not(None))
        .where(staged.c.credit_limit.is_distinct_from(limit.c.amount))
        .order_by(staged.c.customer_id)
    )


def tell(context: Context) -> Iterator[tuple[str, Any, Any]]:
    """The limit in force and the new one, of customers that are there already."""
    found = new_limits(context).order_by(None).subquery()
    yield (
        "credit_limit",
        CREDIT_LIMIT.c.amount,
        sa.select(
            found.c.line,
            CUSTOMER.c.code.label("row"),
            found.c.before.label("old"),
            found.c.credit_limit.label("new"),
        )
        .join(CUSTOMER, CUSTOMER.c.id == found.c.customer_id)
        .order_by(found.c.line),
    )


def write(context: Context, changes: Changes) -> None:
    """A limit that differs from the one in force holds from today on."""
    for row in context.connection.execute(new_limits(context)).all():
        put_dated(
            context,
            changes,
            CreditLimit,
            {"customer_id": row.customer_id, "since": context.today},
            {"amount": row.credit_limit, "method": GradeMethod.IMPORTED},
            row.line,
        )
