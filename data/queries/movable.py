"""What may be moved of a customer's receivables (可变动的应收): bills, money, what is applied.

Read from the dated facts, not from snapshots: a form must know what was entered a minute ago.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from data import last_change
from data.movements import loading
from data.movements.book import Applied, Bill, Book, Plan, Source, mark
from data.queries.scope import visible_to
from errors import Changed
from models.access import Scope
from models.customers import Customer
from models.receivables import Allocation, CreditNote, Invoice, Receipt, WriteOff
from models.system import AuditEntry

MOST = 200
"""Allocations and write-offs offered, the newest first."""


@dataclass(frozen=True, slots=True)
class OpenBill:
    """An invoice with something open; money in minor units."""

    id: int
    code: str
    day: date
    amount: int
    open: int
    plan: Plan
    """Instalments in force: day due and amount."""
    mark: int


@dataclass(frozen=True, slots=True)
class Money:
    """A receipt or credit note that was not wholly reversed; money in minor units."""

    what: str
    id: int
    code: str
    day: date
    free: int
    """Not applied."""
    left: int
    """Not reversed, applied or not."""
    mark: int


@dataclass(frozen=True, slots=True)
class Part:
    """What of a receipt or credit note is applied to an invoice; minor units."""

    id: int
    what: str
    source_id: int
    source: str
    invoice_id: int
    invoice: str
    amount: int
    start: date
    marks: tuple[int, int]
    """Of its source and of its invoice."""


@dataclass(frozen=True, slots=True)
class Written:
    """A write-off that counts; minor units."""

    id: int
    invoice: str
    amount: int
    start: date


@dataclass(frozen=True, slots=True)
class Movable:
    """All of it, as it stands on a day."""

    customer_id: int
    bills: tuple[OpenBill, ...]
    money: tuple[Money, ...]
    parts: tuple[Part, ...]
    written: tuple[Written, ...]


def movable(session: Session, customer_id: int, scope: Scope, *, day: date) -> Movable | None:
    """What may be moved of a customer's receivables; None where the scope may not see them.

    Args:
        session: to read with.
        customer_id: whose.
        scope: whose customers.
        day: as of which it is asked what is open and what is free.
    """
    seen = visible_to(sa.select(col(Customer.id)).where(col(Customer.id) == customer_id), scope)
    if session.execute(seen).scalar_one_or_none() is None:
        return None

    def ids(table: Any) -> set[int]:
        of = sa.select(col(table.id)).where(col(table.customer_id) == customer_id)
        return set(session.execute(of).scalars())

    book = loading.load(
        session.connection(), bills=ids(Invoice), receipts=ids(Receipt), notes=ids(CreditNote)
    )
    bills = sorted(
        (bill for bill in book.bills.values() if bill.customer_id == customer_id),
        key=lambda bill: (bill.plan(day)[0][0], bill.code),
    )
    still = [bill for bill in bills if bill.open(day) > 0]
    money = sorted(
        (one for one in book.sources.values() if one.customer_id == customer_id and one.left()),
        key=lambda one: (one.day, one.code),
        reverse=True,
    )
    return Movable(
        customer_id,
        tuple(_bill(bill, day) for bill in still),
        tuple(_money(one, day) for one in money),
        tuple(_part(one) for one in _newest(book, customer_id)),
        _written(session, customer_id),
    )


def last_moved(session: Session, customer_id: int, scope: Scope) -> tuple[Changed, ...]:
    """Who moved anything of a customer's receivables last, by a form or an import; one or none."""
    seen = visible_to(sa.select(col(Customer.id)).where(col(Customer.id) == customer_id), scope)
    if session.execute(seen).scalar_one_or_none() is None:
        return ()
    codes = [
        sa.select(col(table.code)).where(col(table.customer_id) == customer_id)
        for table in (Invoice, Receipt, CreditNote)
    ]
    mine = sa.select(col(Invoice.id)).where(col(Invoice.customer_id) == customer_id)
    batches = [
        sa.select(col(table.batch_id)).where(
            col(table.invoice_id).in_(mine), col(table.batch_id).is_not(None)
        )
        for table in (Allocation, WriteOff)
    ]
    audited = sa.and_(
        col(AuditEntry.action).startswith("receivables.", autoescape=True),
        col(AuditEntry.entity_id).in_(sa.union(*codes)),
    )
    found = last_change.of(session, audited, sa.select(sa.union(*batches).subquery().c.batch_id))
    return (found,) if found is not None else ()


def _bill(bill: Bill, day: date) -> OpenBill:
    return OpenBill(
        bill.row_id or 0,
        bill.code,
        bill.day,
        bill.amount,
        bill.open(day),
        bill.plan(day),
        mark(bill),
    )


def _money(one: Source, day: date) -> Money:
    return Money(one.what, one.row_id or 0, one.code, one.day, one.free(day), one.left(), mark(one))


def _part(one: Applied) -> Part:
    return Part(
        one.row_id or 0,
        one.source.what,
        one.source.row_id or 0,
        one.source.code,
        one.bill.row_id or 0,
        one.bill.code,
        one.amount,
        one.start,
        (mark(one.source), mark(one.bill)),
    )


def _newest(book: Book, customer_id: int) -> list[Applied]:
    live = [
        one
        for source in book.sources.values()
        if source.customer_id == customer_id
        for one in source.applied
        if one.end is None and one.bill.customer_id == customer_id
    ]
    return sorted(live, key=lambda one: (one.start, one.row_id or 0), reverse=True)[:MOST]


def _written(session: Session, customer_id: int) -> tuple[Written, ...]:
    query = (
        sa.select(
            col(WriteOff.id), col(Invoice.code), col(WriteOff.amount), col(WriteOff.written_off_on)
        )
        .join(Invoice, col(Invoice.id) == col(WriteOff.invoice_id))
        .where(col(Invoice.customer_id) == customer_id, col(WriteOff.ended_on).is_(None))
        .order_by(col(WriteOff.written_off_on).desc(), col(WriteOff.id).desc())
        .limit(MOST)
    )
    return tuple(Written(*row) for row in session.execute(query))
