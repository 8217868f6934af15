"""Questions about receivables (应收账款): by age, by customer, by invoice, and the ledger."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from data.listing import Listing, how_many
from data.queries import collection_work, movements
from data.queries.ageing import (
    ALL_OF_IT,
    NET,
    Ageing,
    Narrow,
    bucket_parts,
    same_invoice,
)
from data.queries.customers import of_customers
from data.queries.frames import framed
from data.queries.scope import Rows, of_everybody, whole_company
from models.access import Scope
from models.classes import TIERS
from models.customers import Customer
from models.filters import Filters, Page
from models.people import AppUser
from models.receivables import CreditNote, Invoice, Receipt
from models.snapshots import Snapshot, SnapshotInvoice


@dataclass(frozen=True, slots=True)
class Group:
    """Open amounts of some customers by bucket; minor units."""

    code: str
    """Of the manager (id, '0' for none) or the tier."""
    name: str
    """Of the manager; '' where there is none."""
    amounts: tuple[int, ...]

    @property
    def overdue(self) -> int:
        """All but the first bucket, which is not overdue."""
        return sum(self.amounts[1:])


@dataclass(frozen=True, slots=True)
class Ledger:
    """The customers' ledger as of a date, from the dated facts; minor units."""

    invoiced: int
    received: int
    """Less what was returned or paid back."""
    credited: int
    """Less what was cancelled."""
    written_off: int

    @property
    def balance(self) -> int:
        """What the customers owe, net."""
        return self.invoiced - self.received - self.credited - self.written_off


def buckets(
    session: Session, filters: Filters, scope: Scope, *, as_of: date, ageing: Ageing
) -> tuple[int, ...]:
    """Open amount per bucket, the first one not due; minor units."""
    rows = bucket_groups(session, filters, scope, as_of=as_of, ageing=ageing, by="")
    return rows[0].amounts


def bucket_groups(
    session: Session, filters: Filters, scope: Scope, *, as_of: date, ageing: Ageing, by: str
) -> tuple[Group, ...]:
    """Open amount per bucket by `by`: owner, tier, or '' for all together.

    Most overdue first; tiers in their own order.
    """
    axes: dict[str, tuple[Any, Any]] = {
        "owner": (col(Snapshot.owner_id), col(AppUser.name)),
        "tier": (col(Snapshot.tier), sa.literal("")),
    }
    code, name = axes.get(by, (sa.literal(""), sa.literal("")))
    parts = [sa.func.sum(part) for part in bucket_parts(ageing)]
    query = of_customers(sa.select(code, name, *parts), filters, scope, [as_of])
    if not ageing.stored:
        query = query.join(SnapshotInvoice, same_invoice())
    if by == "owner":
        query = query.outerjoin(AppUser, col(AppUser.id) == col(Snapshot.owner_id))
    if by:
        query = query.group_by(code, name)
    found = [
        Group(str(row[0]), str(row[1] or ""), tuple(int(n or 0) for n in row[2:]))
        for row in session.execute(query)
    ]
    if by == "tier":
        return tuple(sorted(found, key=lambda group: TIERS.index(group.code)))
    return tuple(sorted(found, key=lambda group: (-group.overdue, group.code)))


def overdue_longer(
    session: Session, filters: Filters, scope: Scope, *, dates: tuple[date, ...], days: int = 90
) -> dict[date, int]:
    """Open amount more than so many days past due at each date; minor units."""
    amount = sa.func.sum(col(SnapshotInvoice.outstanding))
    if of_everybody(filters, scope):
        query: Rows = sa.select(col(SnapshotInvoice.as_of), amount)
        query = query.where(col(SnapshotInvoice.as_of).in_(dates))
    else:
        query = of_customers(sa.select(col(SnapshotInvoice.as_of), amount), filters, scope, dates)
        query = query.join(SnapshotInvoice, same_invoice())
    query = query.where(col(SnapshotInvoice.overdue_days) > days)
    query = query.group_by(col(SnapshotInvoice.as_of))
    found = {day: int(total or 0) for day, total in session.execute(query)}
    return {day: found.get(day, 0) for day in dates}


def ledger(session: Session, filters: Filters, scope: Scope, *, as_of: date) -> Ledger:
    """The same customers' invoices, receipts, credit notes and write-offs up to a date.

    Taken from the facts and not from the snapshot: what the buckets are checked against.
    Of the whole company refresh has added them up apart from the buckets; adding up every
    invoice ever written at each look would take a large store many seconds.
    """
    kept = whole_company(session, filters, scope, as_of).get("receivables") or {}
    names = [each.name for each in fields(Ledger)]
    if all(f"ledger_{name}" in kept for name in names):
        return Ledger(*(kept[f"ledger_{name}"] for name in names))

    def total(table: Any, day: Any, amount: Any, *conditions: Any) -> int:
        query = of_customers(sa.select(sa.func.sum(amount)), filters, scope, [as_of])
        customer = movements.columns_of(table).customer_id
        query = query.join(table, customer == col(Customer.id)).where(day <= as_of, *conditions)
        return int(session.execute(query).scalar_one() or 0)

    back, lost = movements.REVERSED.c, movements.WRITTEN_OFF.c

    def reversed_of(source: str) -> int:
        return total(movements.REVERSED, back.on, back.amount, back.source == source)

    return Ledger(
        total(Invoice, Invoice.invoiced_on, Invoice.amount),
        total(Receipt, Receipt.received_on, Receipt.amount) - reversed_of("receipt"),
        total(CreditNote, CreditNote.issued_on, CreditNote.amount) - reversed_of("credit_note"),
        total(
            movements.WRITTEN_OFF,
            lost.on,
            lost.amount,
            sa.or_(lost.ended_on.is_(None), lost.ended_on > as_of),
        ),
    )


def customers(
    session: Session,
    filters: Filters,
    page: Page,
    scope: Scope,
    *,
    as_of: date,
    day: date,
    ageing: Ageing,
    narrow: Narrow = ALL_OF_IT,
) -> pd.DataFrame:
    """One page of customers who owe something, sorted in SQL by a known key.

    Columns (object dtype, money in minor units): customer_id, code, name, owner_id (now: to whom
    work goes), owner (name of the manager on the date), tier,
    grade, b0 … by `ageing`, outstanding, overdue, unallocated (negative), oldest_days,
    credit_limit, limit_used (net ÷ limit, None without a limit), last_receipt, and those of
    `collection_work.follow_up`.
    """
    owner = aliased(AppUser, name="owner")
    aged = _aged(as_of, ageing)
    query: Rows = sa.select(
        col(Customer.id).label("customer_id"),
        col(Customer.code),
        col(Customer.name),
        col(Customer.owner_id),
        col(owner.name).label("owner"),
        col(Snapshot.tier),
        col(Snapshot.grade),
        *(part.label(f"b{k}") for k, part in enumerate(_amounts(ageing, aged))),
        col(Snapshot.outstanding),
        col(Snapshot.overdue),
        (-col(Snapshot.unallocated)).label("unallocated"),
        col(Snapshot.oldest_days),
        col(Snapshot.credit_limit),
        _USED.label("limit_used"),
        col(Snapshot.last_receipt),
    )
    query = _owing(query, filters, scope, as_of, day, ageing, aged, narrow)
    query = query.outerjoin(owner, col(owner.id) == col(Snapshot.owner_id))
    parts = {f"b{k}": part for k, part in enumerate(_amounts(ageing, aged))}
    frame = framed(session, LISTING.page(query, page, parts))
    return collection_work.with_follow_up(
        session, frame, scope, as_of=as_of, day=day, term=ageing.limitation
    )


def customers_count(
    session: Session,
    filters: Filters,
    scope: Scope,
    *,
    as_of: date,
    day: date,
    ageing: Ageing,
    narrow: Narrow = ALL_OF_IT,
) -> int:
    """How many customers `customers` lists on all pages."""
    query: Rows = sa.select(sa.func.count())
    aged = _aged(as_of, ageing)
    query = _owing(query, filters, scope, as_of, day, ageing, aged, narrow)
    return how_many(session, query)


def customer_ids(
    session: Session,
    filters: Filters,
    scope: Scope,
    *,
    as_of: date,
    day: date,
    ageing: Ageing,
    narrow: Narrow = ALL_OF_IT,
    most: int = 500,
) -> tuple[int, ...]:
    """The customers `customers` lists, most overdue first, at most so many."""
    query: Rows = sa.select(col(Customer.id))
    aged = _aged(as_of, ageing)
    query = _owing(query, filters, scope, as_of, day, ageing, aged, narrow)
    query = query.order_by(*LISTING.order(Page())).limit(most)
    return tuple(int(i) for i in session.execute(query).scalars())


_USED: Any = sa.case(
    (
        col(Snapshot.credit_limit) > 0,
        sa.case((NET > 0, sa.cast(NET, sa.Float)), else_=0.0)
        / sa.cast(col(Snapshot.credit_limit), sa.Float),
    )
)
LISTING = Listing(
    sorts={
        "overdue": col(Snapshot.overdue),
        "outstanding": col(Snapshot.outstanding),
        "oldest_days": col(Snapshot.oldest_days),
        "limit_used": _USED,
        "last_receipt": col(Snapshot.last_receipt),
        "grade": col(Snapshot.grade),
        "name": col(Customer.name),
    },
    usual="overdue",
    ties=(col(Customer.code),),
)
"""Customers who owe something; sorted by the buckets, b0 …, too."""


def _aged(as_of: date, ageing: Ageing) -> Any:
    """Buckets per customer from the open invoices, where the snapshot's do not serve."""
    if ageing.stored:
        return None
    sums = [sa.func.sum(part).label(f"b{k}") for k, part in enumerate(bucket_parts(ageing))]
    return (
        sa.select(col(SnapshotInvoice.customer_id), *sums)
        .where(col(SnapshotInvoice.as_of) == as_of)
        .group_by(col(SnapshotInvoice.customer_id))
        .subquery("aged")
    )


def _amounts(ageing: Ageing, aged: Any) -> list[Any]:
    if aged is None:
        return bucket_parts(ageing)
    return [sa.func.coalesce(aged.c[f"b{k}"], 0) for k in range(ageing.size)]


def _owing(
    query: Rows,
    filters: Filters,
    scope: Scope,
    as_of: date,
    day: date,
    ageing: Ageing,
    aged: Any,
    narrow: Narrow,
) -> Rows:
    query = of_customers(query, filters, scope, [as_of])
    if aged is not None:
        query = query.outerjoin(aged, aged.c.customer_id == col(Snapshot.customer_id))
    owes: Any = col(Snapshot.overdue) > 0
    if narrow.not_due:
        owes = sa.or_(col(Snapshot.outstanding) != 0, col(Snapshot.unallocated) != 0)
    if narrow.bucket is not None:
        owes = _amounts(ageing, aged)[narrow.bucket] > 0
    if narrow.only == "over_limit":
        owes = col(Snapshot.credit_limit) < NET
    elif narrow.only:
        promised = col(Customer.id).in_(collection_work.promised(narrow.only, day))
        owes = sa.and_(promised, col(Snapshot.overdue) > 0)
    if narrow.customer_id is not None:
        query = query.where(col(Customer.id) == narrow.customer_id)
    if narrow.over_days is not None:
        owes = sa.and_(owes, col(Snapshot.oldest_days) > narrow.over_days)
    return query.where(owes)
