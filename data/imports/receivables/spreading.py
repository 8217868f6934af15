"""What names no invoice pays what fell due first (先到期先冲), instalment by instalment."""

from __future__ import annotations

from collections import defaultdict, deque
from datetime import date

import sqlalchemy as sa

from data.imports.receivables.allocating import ALLOCATION, Side, book_of
from data.imports.staging.changes import Changes
from data.imports.staging.context import Context
from data.imports.terms.tables import table_of
from data.movements import loading
from data.movements.book import Applied, Bill, Book, Source
from models.receivables import Allocation

_CUSTOMERS_AT_ONCE = 500


def spread_oldest_first(context: Context, changes: Changes, side: Side) -> None:
    """What is new and names no invoice pays what fell due first, if the user said so."""
    if context.options.allocate != "oldest":
        return
    staged, table = context.staged, table_of(side.table)
    fresh = sa.select(staged.c[side.id]).where(context.good(), staged.c.invoice_code.is_(None))
    rows = context.connection.execute(
        sa.select(table.c.id, table.c.customer_id, table.c.batch_line)
        .where(table.c.batch_id == changes.batch_id, table.c.id.in_(fresh))
        .order_by(table.c.customer_id)
    ).all()
    lines = {row.id: row.batch_line for row in rows}
    of_customer: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        of_customer[row.customer_id].append(row.id)
    customers = sorted(of_customer)
    for start in range(0, len(customers), _CUSTOMERS_AT_ONCE):
        part = customers[start : start + _CUSTOMERS_AT_ONCE]
        ids = {number for customer in part for number in of_customer[customer]}
        bills, _receipts = loading.with_room(context.connection, part)
        book = book_of(context, side, ids, bills)
        applied = _spread(book, ids, bills, side)
        _end_at_once(context, book)
        made = [
            {
                side.id: one.source.row_id,
                "invoice_id": one.bill.row_id,
                "allocated_on": one.start,
                "amount": one.amount,
                "batch_id": changes.batch_id,
                "batch_line": lines[one.source.row_id or 0],
            }
            for one in applied
        ]
        if made:
            context.connection.execute(sa.insert(Allocation), made)


def _end_at_once(context: Context, book: Book) -> None:
    """What a row of this file applied itself and more of the same was added to: one sum."""
    for one in book.ended:
        context.connection.execute(
            sa.update(ALLOCATION).where(ALLOCATION.c.id == one.row_id).values(ended_on=one.end)
        )


def _spread(book: Book, ids: set[int], bills: set[int], side: Side) -> list[Applied]:
    owed: dict[int, deque[Bill]] = defaultdict(deque)
    listed = [bill for bill in book.bills.values() if bill.row_id in bills]
    for bill in sorted(listed, key=lambda bill: (bill.due_on, bill.row_id or 0)):
        owed[bill.customer_id].append(bill)
    planned = {bill.customer_id for bill in listed if bill.plans}
    sources = [one for one in book.sources.values() if one.what == side.what and one.row_id in ids]
    for source in sorted(sources, key=lambda one: (one.day, one.row_id or 0)):
        pay = _pay_parts if source.customer_id in planned else _pay
        pay(book, source, owed[source.customer_id])
    return [one for one in book.added if one.end is None]


def _pay_parts(book: Book, source: Source, bills: deque[Bill]) -> None:
    """Let one source pay the instalments that fell due first, as agreed on the day it pays."""
    parts: list[tuple[date, int, int, Bill]] = []
    for bill in bills:
        start = max(source.day, bill.day)
        paid = bill.amount - bill.open(start)
        for due, amount in sorted(bill.plan(start)):
            left = min(amount, max(amount - paid, 0))
            paid = max(paid - amount, 0)
            parts.append((due, bill.row_id or 0, left, bill))
    for _due, _number, left, bill in sorted(parts, key=lambda part: part[:2]):
        start = max(source.day, bill.day)
        share = min(left, source.free(start))
        if share > 0:
            book.apply(source, bill, share, start)


def _pay(book: Book, source: Source, bills: deque[Bill]) -> None:
    """Let one source pay what fell due first; what is settled for good leaves the list."""
    kept: list[Bill] = []
    while bills:
        bill = bills[0]
        start = max(source.day, bill.day)
        share = min(source.free(start), bill.open(start))
        if share > 0:
            book.apply(source, bill, share, start)
        if not bill.open(date.max):
            bills.popleft()
        elif source.free(date.max):
            kept.append(bills.popleft())
        else:
            break
    bills.extendleft(reversed(kept))
