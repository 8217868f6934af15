"""Questions of the overview (经营总览): sums by date and class, flows, freshness.

Sums come from the cube `snapshot_total` where the reader sees everybody and narrows by
classes only; else from the customers' own rows, so that a figure and its list never part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import pandas as pd
import sqlalchemy as sa
from sqlmodel import Session, col

from data.queries.customers import flows, of_customers
from data.queries.frames import ratio
from data.queries.scope import Rows
from data.queries.surveys import anonymous_headline
from models.access import Scope
from models.filters import Filters
from models.snapshots import (
    BUCKET_NAMES,
    BUCKETS,
    TOTAL_CLASSES,
    TOTAL_SUMS,
    Snapshot,
    SnapshotRun,
    SnapshotTotal,
)
from models.system import StoreState

CARD_AXES = ("province", "industry", "owner")


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over customers as of a date; money in minor units, see `SnapshotTotal`."""

    as_of: date
    code: str = ""
    """Of the class the sums are of; '' for all, or where a customer has none."""
    customers: int = 0
    active: int = 0
    sales: int = 0
    sales_before: int = 0
    margin: int = 0
    margin_sales: int = 0
    sales_recent: int = 0
    outstanding: int = 0
    unallocated: int = 0
    overdue: int = 0
    overdue_customers: int = 0
    buckets: tuple[int, ...] = (0,) * BUCKETS
    due_amount: int = 0
    due_received: int = 0
    invoiced: int = 0
    over_limit: int = 0
    value_at_risk: int = 0
    headline_sum: float = 0.0
    headline_customers: int = 0
    headline_n: int = 0
    unsigned: int = 0
    """Of those answers, the anonymous ones."""
    complaints_open: int = 0
    flagged: int = 0

    def with_unsigned(self, points: float, n: int) -> Totals:
        """The same with answers nobody signed: Σ index and how many."""
        sums = self.headline_sum + points, self.headline_n + n
        return replace(self, headline_sum=sums[0], headline_n=sums[1], unsigned=n)

    @property
    def margin_ratio(self) -> float | None:
        """Margin ÷ sales of the customers whose margin is known; None without sales."""
        return ratio(self.margin, self.margin_sales)

    @property
    def overdue_share(self) -> float | None:
        """Overdue ÷ open invoices; None when nothing is open."""
        return ratio(self.overdue, self.outstanding)

    @property
    def collection_ratio(self) -> float | None:
        """回款率: received ÷ due of what fell due in the window; None when nothing did."""
        return ratio(self.due_received, self.due_amount)

    @property
    def csi(self) -> float | None:
        """Satisfaction index of the headline wave, over its answers; None without any."""
        return self.headline_sum / self.headline_n if self.headline_n else None

    @property
    def growth(self) -> float | None:
        """Sales against the window before; None when there were none."""
        return ratio(self.sales - self.sales_before, self.sales_before)


@dataclass(frozen=True, slots=True)
class Flow:
    """New, repeat or stopped buyers: how many, and what they bought; minor units."""

    code: str
    customers: int
    sales: int
    """In the window; of the stopped, in the window before."""


@dataclass(frozen=True, slots=True)
class Freshness:
    """Whether the figures are as new as the facts."""

    as_of: date | None
    built_at: datetime | None
    newer_facts: bool
    """Facts were changed after the newest run."""


def totals(
    session: Session, filters: Filters, scope: Scope, dates: Sequence[date]
) -> tuple[Totals, ...]:
    """Sums of all chosen customers at each date that was computed, oldest first.

    Where the whole company is asked for, answers nobody signed count in its index.
    """
    unsigned = anonymous_headline(session, filters, scope, dates)
    return tuple(
        each.with_unsigned(*unsigned.get(each.as_of, (0.0, 0)))
        for each in _summed(session, filters, scope, dates, None)
    )


def totals_by(
    session: Session, filters: Filters, scope: Scope, as_of: date, axis: str = "tier"
) -> tuple[Totals, ...]:
    """Sums by class at one date, largest sales first.

    Args:
        session: to read with.
        filters: the reader's choices.
        scope: whose customers.
        as_of: a computed date.
        axis: tier, abc, grade, level, is_key, profit_tier, province, industry or owner
            (id, '0' for none).
    """
    found = _summed(session, filters, scope, [as_of], axis)
    return tuple(sorted(found, key=lambda part: (-part.sales, part.code)))


def shares(
    session: Session, filters: Filters, scope: Scope, *, as_of: date, axis: str = "province"
) -> pd.DataFrame:
    """Composition by an axis of `totals_by`, largest sales first.

    Columns (object): code, customers, customer_share, sales, sales_share (of the sales above
    zero), growth, margin_ratio, overdue_share. Money in minor units; None where undefined.
    """
    parts = totals_by(session, filters, scope, as_of, axis)
    people, money = sum(p.customers for p in parts), sum(max(p.sales, 0) for p in parts)
    columns: dict[str, list[Any]] = {
        "code": [p.code for p in parts],
        "customers": [p.customers for p in parts],
        "customer_share": [ratio(p.customers, people) for p in parts],
        "sales": [p.sales for p in parts],
        "sales_share": [ratio(max(p.sales, 0), money) for p in parts],
        "growth": [p.growth for p in parts],
        "margin_ratio": [p.margin_ratio for p in parts],
        "overdue_share": [p.overdue_share for p in parts],
    }
    return pd.DataFrame({name: pd.Series(v, dtype=object) for name, v in columns.items()})


def from_cube(filters: Filters, scope: Scope, axis: str | None = None) -> bool:
    """Whether the cube can answer: split and narrowed by classes and managers only.

    It holds the managers of its date, as the rows do. Who may read a row follows from the card
    as it is now, which the cube does not know: it answers only those who may read all.
    """
    narrowing = (
        filters.provinces,
        filters.industries,
        filters.kinds,
        filters.search.strip(),
        filters.min_overdue,
    )
    split = axis is None or axis in (*TOTAL_CLASSES, "owner")
    return scope.owner_id is None and not any(narrowing) and split


def flow(
    session: Session,
    filters: Filters,
    scope: Scope,
    *,
    as_of: date,
    since: date,
    start: date | None,
) -> tuple[Flow, ...]:
    """New, repeat and stopped buyers as of a date; see `customers.flows`.

    `since` opens the window, `start` the window before it.
    """
    conditions = flows(since, start)
    columns: list[Any] = []
    for code, condition in conditions.items():
        money = col(Snapshot.sales_before) if code == "stopped" else col(Snapshot.sales)
        columns += [
            sa.func.count(sa.case((condition, 1))).label(f"{code}_customers"),
            sa.func.sum(sa.case((condition, money))).label(f"{code}_sales"),
        ]
    query = of_customers(sa.select(*columns), filters, scope, [as_of])
    row = session.execute(query).mappings().one()
    return tuple(
        Flow(code, int(row[f"{code}_customers"] or 0), int(row[f"{code}_sales"] or 0))
        for code in conditions
    )


def freshness(session: Session) -> Freshness:
    """The newest run against the facts. Holds nothing of a customer."""
    run = session.execute(
        sa.select(
            col(SnapshotRun.as_of), col(SnapshotRun.built_at), col(SnapshotRun.facts_revision)
        )
        .where(~col(SnapshotRun.on_demand))
        .order_by(col(SnapshotRun.as_of).desc())
        .limit(1)
    ).one_or_none()
    facts = session.execute(sa.select(col(StoreState.facts_revision))).scalar_one_or_none() or 0
    return Freshness(
        as_of=run.as_of if run else None,
        built_at=run.built_at if run else None,
        newer_facts=run is not None and facts > run.facts_revision,
    )


def _summed(
    session: Session, filters: Filters, scope: Scope, dates: Sequence[date], axis: str | None
) -> tuple[Totals, ...]:
    cube = from_cube(filters, scope, axis)
    table: Any = SnapshotTotal if cube else Snapshot
    by = _axis(axis, table) if axis else sa.literal("")
    columns = [table.as_of.label("as_of"), by.label("code")]
    columns += _cube_sums() if cube else _row_sums()
    query: Rows = sa.select(*columns)
    if cube:
        query = _of_classes(query, filters).where(table.as_of.in_(list(dates)))
    else:
        query = of_customers(query, filters, scope, dates)
    query = query.group_by(table.as_of, *([by] if axis else [])).order_by(table.as_of)
    return tuple(_totals(row) for row in session.execute(query).mappings())


def _cube_sums() -> list[Any]:
    return [sa.func.sum(getattr(SnapshotTotal, name)).label(name) for name in TOTAL_SUMS]


def _row_sums() -> list[Any]:
    """The sums of `_cube_sums` over the customers' own rows: the same, by definition."""
    net = col(Snapshot.outstanding) - col(Snapshot.unallocated)
    special: dict[str, Any] = {
        "customers": sa.func.count(),
        "active": sa.func.count(sa.case((col(Snapshot.orders) > 0, 1))),
        "margin_sales": sa.func.sum(
            sa.case((col(Snapshot.margin).is_not(None), col(Snapshot.sales)))
        ),
        "overdue_customers": sa.func.count(sa.case((col(Snapshot.overdue) > 0, 1))),
        "over_limit": sa.func.count(sa.case((net > col(Snapshot.credit_limit), 1))),
        "headline_customers": sa.func.count(sa.case((col(Snapshot.headline_n) > 0, 1))),
        "flagged": sa.func.count(sa.case((col(Snapshot.flags) > 0, 1))),
    }
    return [
        (special[name] if name in special else sa.func.sum(getattr(Snapshot, name))).label(name)
        for name in TOTAL_SUMS
    ]


def _axis(axis: str, table: Any) -> sa.ColumnElement[Any]:
    if axis == "owner":
        return sa.cast(table.owner_id, sa.String)
    if axis in CARD_AXES:
        column: sa.ColumnElement[Any] = getattr(Snapshot, axis)
        return column
    if axis not in (*TOTAL_CLASSES, "profit_tier"):
        message = f"unknown axis {axis!r}"
        raise ValueError(message)
    column = getattr(table, axis)
    return sa.cast(column, sa.Integer) if axis == "is_key" else sa.func.coalesce(column, "")


def _of_classes(query: Rows, filters: Filters) -> Rows:
    chosen: dict[str, tuple[Any, ...]] = {
        "owner_id": filters.owner_ids,
        "tier": filters.tiers,
        "abc": filters.abc,
        "level": filters.levels,
        "grade": filters.grades,
    }
    for name, codes in chosen.items():
        if codes:
            query = query.where(getattr(SnapshotTotal, name).in_(codes))
    return query.where(col(SnapshotTotal.is_key).is_(True)) if filters.key_only else query


def _totals(row: Any) -> Totals:
    figures = {name: int(row[name] or 0) for name in TOTAL_SUMS if name != "headline_sum"}
    buckets = tuple(figures.pop(name) for name in BUCKET_NAMES)
    code = row["code"]
    return Totals(
        as_of=row["as_of"],
        code="" if code is None else str(code),
        buckets=buckets,
        headline_sum=float(row["headline_sum"] or 0),
        **figures,
    )
