"""Statement of account (对账单): what one customer was billed and paid between two days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import sqlalchemy as sa
from sqlmodel import Session, col

from data.queries.scope import Rows, visible_to
from models.access import Scope
from models.customers import Customer
from models.receivables import CreditNote, Invoice, Receipt

Kind = Literal["invoice", "receipt", "credit_note"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line; exactly one of billed and paid is not 0, both ≥ 0, minor units."""

    on: date
    kind: Kind
    code: str
    billed: int
    paid: int
    balance: int
    """Owed after this line."""


@dataclass(frozen=True, slots=True)
class Statement:
    """Lines between two days and the balance before and after them; minor units."""

    code: str
    name: str
    start: date
    end: date
    opening: int
    entries: tuple[Entry, ...]
    closing: int


def statement(
    session: Session, customer_id: int, scope: Scope, *, start: date, end: date
) -> Statement | None:
    """The statement of one customer; None if it is not to be seen. Both days count."""
    query: Rows = sa.select(col(Customer.code), col(Customer.name)).where(
        col(Customer.id) == customer_id
    )
    who = session.execute(visible_to(query, scope)).one_or_none()
    if who is None:
        return None
    opening, entries = 0, []
    lines: list[tuple[date, int, Kind, str, int]] = []
    for order, (kind, table, day) in enumerate(_SOURCES):
        lines += [
            (on, order, kind, code, amount)
            for on, code, amount in session.execute(_lines(table, day, customer_id, scope, end))
        ]
    balance = 0
    for on, _, kind, code, amount in sorted(lines):
        billed, paid = (amount, 0) if kind == "invoice" else (0, amount)
        balance += billed - paid
        if on < start:
            opening = balance
        else:
            entries.append(Entry(on, kind, code, billed, paid, balance))
    return Statement(who.code, who.name, start, end, opening, tuple(entries), balance)


_SOURCES: tuple[tuple[Kind, Any, Any], ...] = (
    ("invoice", Invoice, Invoice.invoiced_on),
    ("credit_note", CreditNote, CreditNote.issued_on),
    ("receipt", Receipt, Receipt.received_on),
)


def _lines(table: Any, day: Any, customer_id: int, scope: Scope, end: date) -> Rows:
    query: Rows = (
        sa.select(day, table.code, table.amount)
        .join(Customer, col(Customer.id) == table.customer_id)
        .where(table.customer_id == customer_id, day <= end)
    )
    return visible_to(query, scope)
