"""Questions of the customer pyramid (客户金字塔): bands, movement between two dates, classes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd
import sqlalchemy as sa
from sqlmodel import Session, col

from data.queries.customers import (
    Earlier,
    of_customers,
    tier_place,
    with_earlier,
)
from data.queries.scope import Rows
from models.access import Scope
from models.classes import ABC, PROFIT_TIERS, TIERS
from models.filters import Filters
from models.snapshots import Snapshot

AXES = {"tier": TIERS, "abc": ABC, "profit_tier": PROFIT_TIERS}

BASES = {
    "sales": col(Snapshot.sales),
    "margin": col(Snapshot.margin),
}
"""What is summed, by the setting `pyramid.basis`; money received is kept in totals only, so
net sales stand in for it."""


@dataclass(frozen=True, slots=True)
class Band:
    """One tier or class of the customers chosen; money in minor units."""

    code: str
    customers: int
    value: int
    """By the basis."""
    sales: int
    margin: int
    margin_sales: int
    outstanding: int
    overdue: int
    flagged: int
    at_risk: int
    """Customers at level red or amber."""
    value_at_risk: int
    smallest: int | None
    """Least value in it; of the whole company the threshold to get in."""

    @property
    def margin_ratio(self) -> float | None:
        """Margin ÷ sales of those whose margin is known."""
        return self.margin / self.margin_sales if self.margin_sales > 0 else None

    @property
    def overdue_share(self) -> float | None:
        """Overdue ÷ open invoices."""
        return self.overdue / self.outstanding if self.outstanding > 0 else None

    @property
    def flagged_share(self) -> float | None:
        """Customers with a risk flag ÷ customers."""
        return self.flagged / self.customers if self.customers else None


@dataclass(frozen=True, slots=True)
class Cell:
    """Customers of one tier before and one tier now."""

    before: str
    after: str
    customers: int
    sales: int
    sales_before: int
    """At the earlier date, of the same customers."""


def bands(
    session: Session,
    filters: Filters,
    scope: Scope,
    *,
    as_of: date,
    basis: str = "sales",
    axis: str = "tier",
) -> tuple[Band, ...]:
    """All bands of an axis (tier, abc or profit_tier), best first, empty ones too.

    The choice of tiers in the filters is left aside: the whole stays in sight.
    """
    value = BASES.get(basis, BASES["sales"])
    by = getattr(Snapshot, axis)
    columns: list[Any] = [
        by.label("code"),
        sa.func.count().label("customers"),
        sa.func.sum(value).label("value"),
        sa.func.sum(Snapshot.sales).label("sales"),
        sa.func.sum(Snapshot.margin).label("margin"),
        sa.func.sum(sa.case((col(Snapshot.margin).is_not(None), col(Snapshot.sales)))).label(
            "margin_sales"
        ),
        sa.func.sum(Snapshot.outstanding).label("outstanding"),
        sa.func.sum(Snapshot.overdue).label("overdue"),
        sa.func.count(sa.case((col(Snapshot.flags) > 0, 1))).label("flagged"),
        sa.func.count(sa.case((col(Snapshot.level).in_(["red", "amber"]), 1))).label("at_risk"),
        sa.func.sum(Snapshot.value_at_risk).label("value_at_risk"),
        sa.func.min(value).label("smallest"),
    ]
    query = _chosen(sa.select(*columns), filters, scope, as_of).group_by(by)
    found = {row["code"]: row for row in session.execute(query).mappings()}
    return tuple(_band(code, found.get(code)) for code in AXES[axis])


def movement(
    session: Session, filters: Filters, scope: Scope, *, as_of: date, before: date
) -> tuple[Cell, ...]:
    """Customers by tier at two dates; those without a row then count as inactive then."""
    then, now = tier_place(Earlier), tier_place(Snapshot)
    query: Rows = sa.select(
        then.label("then"),
        now.label("now"),
        sa.func.count().label("customers"),
        sa.func.sum(Snapshot.sales).label("sales"),
        sa.func.sum(Earlier.sales).label("sales_before"),
    )
    query = with_earlier(_chosen(query, filters, scope, as_of), before)
    return tuple(
        Cell(
            TIERS[row.then],
            TIERS[row.now],
            int(row.customers),
            int(row.sales or 0),
            int(row.sales_before or 0),
        )
        for row in session.execute(query.group_by("then", "now").order_by("then", "now"))
    )


def move_counts(cells: tuple[Cell, ...]) -> dict[str, int]:
    """Customers who moved up, down, are new, lost or the same; inactive twice is the same."""
    counts = dict.fromkeys(("up", "down", "new", "lost", "same"), 0)
    last = TIERS[-1]
    for cell in cells:
        then, now = TIERS.index(cell.before), TIERS.index(cell.after)
        if then == now:
            counts["same"] += cell.customers
        elif cell.before == last:
            counts["new"] += cell.customers
        elif cell.after == last:
            counts["lost"] += cell.customers
        else:
            counts["up" if now < then else "down"] += cell.customers
    return counts


def _chosen(query: Rows, filters: Filters, scope: Scope, as_of: date) -> Rows:
    return of_customers(query, replace(filters, tiers=()), scope, [as_of])


_FIGURES = (
    "customers",
    "value",
    "sales",
    "margin",
    "margin_sales",
    "outstanding",
    "overdue",
    "flagged",
    "at_risk",
    "value_at_risk",
)


def _band(code: str, row: Any) -> Band:
    figures = {name: int(row[name] or 0) if row else 0 for name in _FIGURES}
    smallest = row["smallest"] if row else None
    return Band(code=code, smallest=None if smallest is None else int(smallest), **figures)


def band_frame(
    found: Sequence[Band], entries: Mapping[str, int | None] | None = None
) -> pd.DataFrame:
    """Bands as lines of a table; `entries` (code → threshold) replace the smallest values.

    Columns (object): code, customers, customer_share and value_share (of the bands above
    zero, without the inactive), value, smallest, margin_ratio, overdue_share, flagged_share,
    at_risk. Money in minor units; None where undefined.
    """
    ranked = [band for band in found if band.code != TIERS[-1]]
    people = sum(band.customers for band in ranked)
    money = sum(max(band.value, 0) for band in ranked)
    names = (
        "code",
        "customers",
        "value",
        "smallest",
        "margin_ratio",
        "overdue_share",
        "flagged_share",
        "at_risk",
    )
    columns = {name: [getattr(band, name) for band in found] for name in names}
    if entries is not None:
        columns["smallest"] = [entries.get(band.code) for band in found]
    columns["customer_share"] = [
        band.customers / people if people and band in ranked else None for band in found
    ]
    columns["value_share"] = [
        band.value / money if money and band in ranked else None for band in found
    ]
    return pd.DataFrame({name: pd.Series(v, dtype=object) for name, v in columns.items()})
