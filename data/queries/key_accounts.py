"""Questions of the key accounts (大客户): their sums, who decided what, points of the map."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from data.queries.customers import ANY, Also, listed, of_customers
from data.queries.frames import ratio
from data.queries.scope import Rows, visible_to
from models.access import Scope
from models.customers import Customer, KeyAccountOverride
from models.filters import Filters
from models.people import AppUser
from models.snapshots import Snapshot

MOST_POINTS = 300
FLAG_BITS = 1 | 2 | 4 | 8
"""All risk flags of `Snapshot.flags`."""


@dataclass(frozen=True, slots=True)
class KeySums:
    """Key accounts of the customers chosen, against all of them; money in minor units."""

    customers: int
    sales: int
    margin: int
    margin_sales: int
    flagged: int
    at_red: int
    quiet: int
    """Not contacted since the day asked for, or never."""
    overdue: int
    all_sales: int
    """Of all customers chosen, key or not."""
    all_margin: int
    largest: int
    five_largest: int

    def share_of_sales(self, part: int) -> float | None:
        """A part of the sales of all customers chosen; None without sales."""
        return part / self.all_sales if self.all_sales > 0 else None

    @property
    def margin_share(self) -> float | None:
        """Share of all margin; None where there is none to share."""
        return self.margin / self.all_margin if self.all_margin > 0 else None

    @property
    def margin_ratio(self) -> float | None:
        """Margin ÷ sales of those whose margin is known."""
        return self.margin / self.margin_sales if self.margin_sales > 0 else None


@dataclass(frozen=True, slots=True)
class Override:
    """A person's decision on a customer, the newest there is."""

    code: str
    name: str
    is_key: bool | None
    """None: the score decides again."""
    reason: str
    decided_by: str
    decided_at: datetime
    counted: bool
    """Whether the newest figures already follow it."""


@dataclass(frozen=True, slots=True)
class Place:
    """One key account on the map: every axis it can be put on; None where unknown."""

    code: str
    name: str
    sales: int
    level: str
    relationship: float | None
    attractiveness: float | None
    growth: float | None
    margin_ratio: float | None
    quality: int | None
    wallet_share: float | None
    csi: float | None


def sums(session: Session, filters: Filters, scope: Scope, *, as_of: date, since: date) -> KeySums:
    """Sums over key accounts within the customers chosen; quiet: no contact since `since`."""
    key = col(Snapshot.is_key).is_(True)
    sales, contact = col(Snapshot.sales), col(Snapshot.last_contact)
    quiet = sa.and_(key, sa.or_(contact.is_(None), contact < since))
    known = sa.and_(key, col(Snapshot.margin).is_not(None))

    def total(condition: Any, column: Any) -> Any:
        return sa.func.sum(sa.case((condition, column)))

    def number(*conditions: Any) -> Any:
        return sa.func.count(sa.case((sa.and_(*conditions), 1)))

    query: Rows = sa.select(
        number(key),
        total(key, sales),
        total(key, col(Snapshot.margin)),
        total(known, sales),
        number(key, col(Snapshot.flags) > 0),
        number(key, col(Snapshot.level) == "red"),
        number(quiet),
        total(key, col(Snapshot.overdue)),
        total(sales > 0, sales),
        total(col(Snapshot.margin) > 0, col(Snapshot.margin)),
    )
    every = replace(filters, key_only=False)
    figures = session.execute(of_customers(query, every, scope, [as_of])).one()
    largest: Rows = sa.select(sales).order_by(sales.desc()).limit(5)
    top = of_customers(largest, replace(filters, key_only=True), scope, [as_of]).where(sales > 0)
    five = [int(value) for value in session.execute(top).scalars()]
    numbers = [int(value or 0) for value in figures]
    return KeySums(*[*numbers, sum(five[:1]), sum(five)])


def places(
    session: Session, filters: Filters, scope: Scope, *, as_of: date, also: Also = ANY
) -> tuple[Place, ...]:
    """Key accounts for the map, largest sales first, at most `MOST_POINTS`."""
    query: Rows = sa.select(
        col(Customer.code),
        col(Customer.name),
        col(Snapshot.sales),
        col(Snapshot.level),
        col(Snapshot.relationship),
        col(Snapshot.attractiveness),
        col(Snapshot.sales_before),
        col(Snapshot.margin),
        col(Snapshot.quality),
        col(Snapshot.csi),
        col(Customer.annual_category_spend).label("wallet"),
    )
    query = listed(query, filters, scope, as_of, also)
    query = query.order_by(col(Snapshot.sales).desc(), col(Customer.code)).limit(MOST_POINTS)
    return tuple(
        Place(
            code=row.code,
            name=row.name,
            sales=int(row.sales),
            level=row.level,
            relationship=row.relationship,
            attractiveness=row.attractiveness,
            growth=ratio(row.sales - (row.sales_before or 0), row.sales_before),
            margin_ratio=ratio(row.margin, row.sales),
            quality=row.quality,
            wallet_share=ratio(row.sales, row.wallet),
            csi=row.csi,
        )
        for row in session.execute(query)
    )


def overrides(
    session: Session, scope: Scope, *, as_of: date, customer_id: int | None = None
) -> tuple[Override, ...]:
    """The newest decision per customer, latest first, and whether the figures follow it."""
    newest = sa.select(sa.func.max(KeyAccountOverride.id)).group_by(
        col(KeyAccountOverride.customer_id)
    )
    query: Rows = (
        sa.select(
            col(Customer.code),
            col(Customer.name),
            col(KeyAccountOverride.is_key),
            col(KeyAccountOverride.reason),
            col(AppUser.name).label("decided_by"),
            col(KeyAccountOverride.decided_at),
            col(Snapshot.is_key).label("now"),
            col(Snapshot.key_reason),
        )
        .join(Customer, col(Customer.id) == col(KeyAccountOverride.customer_id))
        .join(AppUser, col(AppUser.id) == col(KeyAccountOverride.decided_by))
        .outerjoin(
            Snapshot,
            sa.and_(col(Snapshot.customer_id) == col(Customer.id), col(Snapshot.as_of) == as_of),
        )
        .where(col(KeyAccountOverride.id).in_(newest))
        .order_by(col(KeyAccountOverride.id).desc())
    )
    if customer_id is not None:
        query = query.where(col(Customer.id) == customer_id)
    return tuple(
        Override(
            row.code,
            row.name,
            row.is_key,
            row.reason,
            row.decided_by,
            row.decided_at,
            _counted(row.is_key, row.now, row.key_reason),
        )
        for row in session.execute(visible_to(query, scope))
    )


def newest_decision(session: Session, scope: Scope) -> int:
    """Number of the newest decision on any customer; 0 for none."""
    query: Rows = (
        sa.select(sa.func.max(col(KeyAccountOverride.id)).label("newest"))
        .select_from(KeyAccountOverride)
        .join(Customer, col(Customer.id) == col(KeyAccountOverride.customer_id))
    )
    return session.execute(visible_to(query, scope)).scalar_one_or_none() or 0


def _counted(decided: bool | None, now: bool | None, reason: str | None) -> bool:
    if decided is None:
        return reason != "override"
    return reason == "override" and now is decided
