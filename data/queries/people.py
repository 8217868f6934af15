"""Questions about the people who look after customers (客户经理)."""

from __future__ import annotations

import sqlalchemy as sa
from sqlmodel import Session, col

from data.queries.scope import Rows, visible_to
from models.access import Scope
from models.customers import Customer
from models.people import AppUser, OwnerHistory


def managers(session: Session, scope: Scope) -> dict[int, str]:
    """Users who look after at least one visible customer: id → name, by name.

    Whoever may see everybody is also told of those who once did, so that a link to the
    customers of somebody who has left still means what it meant.
    """
    holding: Rows = visible_to(sa.select(col(Customer.owner_id)), scope)
    known = [col(AppUser.id).in_(holding)]
    if scope.owner_id is None:
        known.append(col(AppUser.id).in_(sa.select(col(OwnerHistory.owner_id))))
    query = sa.select(col(AppUser.id), col(AppUser.name)).where(sa.or_(*known))
    found = session.execute(query.order_by(col(AppUser.name), col(AppUser.id)))
    return {int(row.id): str(row.name) for row in found}
