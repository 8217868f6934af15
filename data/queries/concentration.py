"""How much hangs on how few (集中度): shares of the largest, HHI, and how they went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from data.queries.customers import of_customers
from data.queries.scope import whole_company
from models.access import Scope
from models.customers import Customer
from models.filters import Filters
from models.people import AppUser
from models.snapshots import Snapshot


@dataclass(frozen=True, slots=True)
class Concentration:
    """How much of the sales hangs on how few; shares 0–1, None without sales."""

    customers: int
    """With sales above zero."""
    hhi: float | None
    top_1: float | None
    top_5: float | None
    top_10: float | None
    manager: str = ""
    """The manager with the largest sales; '' where nobody looks after any."""
    manager_share: float | None = None


def concentration(
    session: Session, filters: Filters, scope: Scope, *, as_of: date
) -> Concentration:
    """Shares of the largest 1, 5 and 10 customers and of the largest manager, and the HHI."""
    kept = whole_company(session, filters, scope, as_of)
    if "concentration" in kept:
        return _kept_concentration(session, kept["concentration"], as_of)
    sales = col(Snapshot.sales)
    listed = (
        of_customers(
            sa.select(
                sales.label("sales"),
                col(Snapshot.owner_id),
                sa.func.row_number().over(order_by=(sales.desc(), col(Customer.id))).label("place"),
            ),
            filters,
            scope,
            [as_of],
        )
        .where(sales > 0)
        .subquery()
    )
    tops = [sa.func.sum(sa.case((listed.c.place <= n, listed.c.sales))) for n in (1, 5, 10)]
    exact = sa.cast(listed.c.sales, sa.Float)
    one = session.execute(
        sa.select(
            sa.func.count(), sa.func.sum(listed.c.sales), sa.func.sum(exact * exact), *tops
        ).select_from(listed)
    ).one()
    number, total, squares, *largest = one
    if not number:
        return Concentration(0, None, None, None, None)
    whole = int(total)
    manager = session.execute(
        sa.select(col(AppUser.name), sa.func.sum(listed.c.sales).label("held"))
        .select_from(listed)
        .join(AppUser, col(AppUser.id) == listed.c.owner_id)
        .group_by(col(AppUser.id), col(AppUser.name))
        .order_by(sa.desc("held"), col(AppUser.id))
        .limit(1)
    ).one_or_none()
    top_1, top_5, top_10 = (int(share) / whole for share in largest)
    return Concentration(
        int(number),
        float(squares) / whole**2,
        top_1,
        top_5,
        top_10,
        str(manager.name) if manager else "",
        int(manager.held) / whole if manager else None,
    )


def _kept_concentration(session: Session, found: dict[str, Any], as_of: date) -> Concentration:
    """The same from what refresh kept: the manager is the one of the date."""
    bought = sa.select(sa.func.count()).where(col(Snapshot.as_of) == as_of, col(Snapshot.sales) > 0)
    named = sa.select(col(AppUser.name)).where(col(AppUser.id) == found["largest_manager_id"])
    return Concentration(
        int(session.execute(bought).scalar_one()),
        found["hhi"],
        found["top_1"],
        found["top_5"],
        found["top_10"],
        session.execute(named).scalar_one_or_none() or "",
        found["largest_manager_share"],
    )


def concentration_trend(
    session: Session, filters: Filters, scope: Scope, dates: Sequence[date]
) -> tuple[tuple[date, float, float], ...]:
    """(date, HHI, share of the largest customer) at each date with sales, oldest first."""
    kept = {day: whole_company(session, filters, scope, day).get("concentration") for day in dates}
    if kept and all(kept.values()):
        pairs = ((day, kept[day]["hhi"], kept[day]["top_1"]) for day in sorted(kept))  # type: ignore[index]
        return tuple((day, hhi, top) for day, hhi, top in pairs if hhi is not None)
    sales = sa.case((col(Snapshot.sales) > 0, col(Snapshot.sales)), else_=0)
    exact = sa.cast(sales, sa.Float)
    query = of_customers(
        sa.select(
            col(Snapshot.as_of),
            sa.func.sum(exact * exact).label("squares"),
            sa.func.sum(sales).label("total"),
            sa.func.max(sales).label("largest"),
        ),
        filters,
        scope,
        dates,
    )
    query = query.group_by(col(Snapshot.as_of)).order_by(col(Snapshot.as_of))
    return tuple(
        (row.as_of, float(row.squares) / int(row.total) ** 2, int(row.largest) / int(row.total))
        for row in session.execute(query)
        if row.total
    )
