"""Questions about the people who look after customers (客户经理)."""

from __future__ import annotations

import sqlalchemy as sa
from sqlmodel import Session, col

from data.queries.scope import Rows, visible_to
from models.access import Scope
from models.customers import Customer
from models.people import AppUser


def managers(session: Session, scope: Scope) -> dict[int, str]:
    """Users who look after at least one visible customer: id → name, by name."""
    query: Rows = (
        sa.select(col(AppUser.id), col(AppUser.name))
        .join(Customer, col(Customer.owner_id) == col(AppUser.id))
        .distinct()
        .order_by(col(AppUser.name), col(AppUser.id))
    )
    return {int(row.id): str(row.name) for row in session.execute(visible_to(query, scope))}
