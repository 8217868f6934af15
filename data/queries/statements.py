"""Statement of account (对账单): what one customer was billed and paid between two days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import sqlalchemy as sa
from sqlmodel import Session, col

from data.queries import movements
from data.queries.scope import Rows, visible_to
from models.access import Scope
from models.customers import Customer
from models.receivables import CreditNote, Invoice, Receipt

Kind = Literal[
    "invoice",
    "credit_note",
    "receipt",
    "bounced",
    "refunded",
    "void",
    "write_off",
    "write_off_ended",
]
BILLED = frozenset({"invoice", "bounced", "refunded", "void", "write_off_ended"})
"""What raises the balance; all else lowers it."""


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
    """The statement of one customer; None if it is not to be seen. Both days count.

    It ends at the balance of the customer's ledger: what was reversed is billed again on the
    day it was, what was written off is paid.
    """
    query: Rows = sa.select(col(Customer.code), col(Customer.name)).where(
        col(Customer.id) == customer_id
    )
    who = session.execute(visible_to(query, scope)).one_or_none()
    if who is None:
        return None
    lines: list[tuple[date, int, Kind, str, int]] = []
    for order, question in enumerate(_questions(customer_id, end)):
        found = session.execute(visible_to(question, scope))
        lines += [(on, order, kind, code, amount) for on, kind, code, amount in found]
    opening = balance = 0
    entries = []
    for on, _, kind, code, amount in sorted(lines):
        billed, paid = (amount, 0) if kind in BILLED else (0, amount)
        balance += billed - paid
        if on < start:
            opening = balance
        else:
            entries.append(Entry(on, kind, code, billed, paid, balance))
    return Statement(who.code, who.name, start, end, opening, tuple(entries), balance)


def _questions(customer_id: int, end: date) -> Iterator[Rows]:
    """Lines up to a day: date, kind, number and amount; of one day in this order."""
    lost, back = movements.WRITTEN_OFF.c, movements.REVERSED.c
    sources: tuple[tuple[Any, Any, Any], ...] = (
        (Invoice, col(Invoice.invoiced_on), sa.literal("invoice")),
        (CreditNote, col(CreditNote.issued_on), sa.literal("credit_note")),
        (Receipt, col(Receipt.received_on), sa.literal("receipt")),
        (movements.REVERSED, back.on, back.kind),
        (movements.WRITTEN_OFF, lost.on, sa.literal("write_off")),
        (movements.WRITTEN_OFF, lost.ended_on, sa.literal("write_off_ended")),
    )
    for table, day, kind in sources:
        has = movements.columns_of(table)
        yield (
            sa.select(day, kind, has.code, has.amount)
            .select_from(table)
            .join(Customer, col(Customer.id) == has.customer_id)
            .where(has.customer_id == customer_id, day <= end)
        )
