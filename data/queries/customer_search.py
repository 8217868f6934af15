"""Looking for a customer by part of a code or name (查找客户)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session, col, select

from data.queries.scope import matches, visible_to
from models.access import Scope
from models.customers import Customer


@dataclass(frozen=True, slots=True)
class Named:
    """A customer to choose."""

    code: str
    name: str


def named_like(session: Session, search: str, scope: Scope, *, limit: int = 50) -> list[Named]:
    """Customers whose code, name or short name holds `search`, by code; none for nothing."""
    if not search.strip():
        return []
    query = visible_to(select(Customer), scope).where(matches(search))
    found = session.execute(query.order_by(col(Customer.code)).limit(limit)).scalars()
    return [Named(one.code, one.name) for one in found]


def names_of(session: Session, codes: tuple[str, ...], scope: Scope) -> dict[str, str]:
    """Code → name of those customers that may be seen."""
    query = visible_to(select(Customer), scope).where(col(Customer.code).in_(codes[:500]))
    return {one.code: one.name for one in session.execute(query).scalars()}
