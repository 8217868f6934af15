"""Questions about the people who look after customers (客户经理)."""

from __future__ import annotations

import sqlalchemy as sa
from sqlmodel import Session, col

from data.queries.scope import Rows, visible_to
from models.access import Scope
from models.customers import Customer
from models.people import AppUser, OwnerHistory


def managers(session: Session, scope: Scope) -> dict[int, str]:
    """Users who look after a visible customer, or did: id → name, by name."""
    now: Rows = sa.select(col(Customer.owner_id))
    then: Rows = sa.select(col(OwnerHistory.owner_id)).join(
        Customer, col(Customer.id) == col(OwnerHistory.customer_id)
    )
    found = sa.union(visible_to(now, scope), visible_to(then, scope)).subquery()
    query = (
        sa.select(col(AppUser.id), col(AppUser.name))
        .where(col(AppUser.id).in_(sa.select(found.c.owner_id)))
        .order_by(col(AppUser.name), col(AppUser.id))
    )
    return {int(row.id): str(row.name) for row in session.execute(query)}
