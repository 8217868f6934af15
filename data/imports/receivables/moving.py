"""Allocation and reversal sheets (核销明细、退票退款): what was applied is moved, day by day."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import sqlalchemy as sa

from data.imports.receivables.booking import Booking
from data.imports.staging.changes import Changes
from data.imports.staging.context import Context
from data.imports.staging.faults import Faults
from data.imports.staging.rows import set_rows
from data.imports.terms.tables import table_of
from data.movements import loading
from data.movements.book import Bill, Source
from models.receivables import Allocation, CreditNote, Invoice, Receipt

ALLOCATION, INVOICE = table_of(Allocation), table_of(Invoice)
SOURCES = (
    ("receipt_id", table_of(Receipt), "received_on"),
    ("credit_note_id", table_of(CreditNote), "issued_on"),
)
_CUSTOMERS_AT_ONCE = 500
_APPLIED = {
    "amount": "amount",
    "on": "applied_on",
    "source": "receipt_code",
    "invoice": "invoice_code",
}
_REVERSED = _APPLIED | {"on": "reversed_on"}


def one_source(context: Context, faults: Faults, _changes: Changes) -> None:
    """A row is about a receipt or about a credit note, of the customer of its invoice."""
    staged = context.staged
    both = sa.and_(staged.c.receipt_code.is_not(None), staged.c.credit_note_code.is_not(None))
    faults.where("two_sources", "credit_note_code", both)
    bill = sa.select(INVOICE.c.customer_id).where(INVOICE.c.id == staged.c.invoice_id)
    for own, table, _day in SOURCES:
        whose = sa.select(table.c.customer_id).where(table.c.id == staged.c[own])
        context.connection.execute(
            sa.update(staged)
            .where(staged.c[own].is_not(None))
            .values(customer_id=whose.scalar_subquery())
        )
    faults.where(
        "invoice_of_other_customer",
        "invoice_code",
        staged.c.customer_id != bill.scalar_subquery(),
    )


def prepare_allocations(context: Context, faults: Faults, changes: Changes) -> None:
    """Applied from the day all three exist; the very same allocation is one that is there."""
    one_source(context, faults, changes)
    staged, run = context.staged, context.connection
    written = (
        sa.select(INVOICE.c.invoiced_on)
        .where(INVOICE.c.id == staged.c.invoice_id)
        .scalar_subquery()
    )
    run.execute(sa.update(staged).values(allocated_on=staged.c.applied_on))
    days = [written]
    for own, table, day in SOURCES:
        days.append(sa.select(table.c[day]).where(table.c.id == staged.c[own]).scalar_subquery())
    for other in days:
        later = other > staged.c.allocated_on
        run.execute(sa.update(staged).where(later).values(allocated_on=other))
    for own, into, amount in (
        ("receipt_id", "allocation_id", "receipt_applied"),
        ("credit_note_id", "note_allocation_id", "note_applied"),
    ):
        same = sa.select(sa.func.min(ALLOCATION.c.id)).where(
            ALLOCATION.c[own] == staged.c[own],
            ALLOCATION.c.invoice_id == staged.c.invoice_id,
            ALLOCATION.c.allocated_on == staged.c.allocated_on,
            ALLOCATION.c.amount == staged.c[amount],
        )
        run.execute(
            sa.update(staged)
            .where(staged.c[amount].is_not(None))
            .values({into: same.scalar_subquery()})
        )


def check_allocations(context: Context, faults: Faults, changes: Changes) -> None:
    """Put every row to the rules in the order of days, taking back before applying."""
    loading.lock(context.connection)
    for rows in _by_customer(context):
        booking = _booking(context, faults, changes, rows, _APPLIED)
        taken: dict[tuple[Any, ...], Any] = {}
        for row in rows:
            source, bill = booking.ends(row)
            if row.taken is None:
                amount = row.receipt_applied or row.note_applied
                if row.allocation_id is None and row.note_allocation_id is None:
                    booking.put(
                        row, partial(booking.book.apply, source, bill, amount, row.applied_on)
                    )
                continue
            key = (row.receipt_id, row.credit_note_id, row.invoice_id, row.applied_on)
            earlier = taken.setdefault(key, row)
            if earlier is not row and earlier.taken != row.taken:
                booking.refuse(row, "duplicate_key", "invoice_code", str(earlier.line))
            elif earlier is not row or _taken_already(source, bill, row):
                set_rows(context, [{"row": row.id, "taken_before": True}], "taken_before")
            else:
                _take_back(booking, source, bill, row)
        booking.close()


def count_allocations(context: Context, _faults: Faults, changes: Changes) -> None:
    """A row that takes something back adds something."""
    staged = context.staged
    changes.count_as_added(sa.and_(staged.c.taken.is_not(None), staged.c.taken_before.is_(None)))


def write_allocations(context: Context, faults: Faults, changes: Changes) -> None:
    """End what is taken back; what is applied was written already."""
    for rows in _by_customer(context):
        booking = _booking(context, faults, changes, rows, _APPLIED)
        for row in rows:
            if row.taken is not None and not row.taken_before:
                _take_back(booking, *booking.ends(row), row)
        booking.close()


def check_reversals(context: Context, faults: Faults, changes: Changes) -> None:
    """No more is reversed than there is, and nothing before it was there."""
    loading.lock(context.connection)
    rows = _reversing(context)
    booking = _booking(context, faults, changes, rows, _REVERSED)
    _reverse(booking, rows)
    booking.close()


def write_reversals(context: Context, faults: Faults, changes: Changes) -> None:
    """End what was applied of what is reversed."""
    rows = _reversing(context)
    booking = _booking(context, faults, changes, rows, _REVERSED, without_batch=changes.batch_id)
    _reverse(booking, rows)
    booking.close()


def _reverse(booking: Booking, rows: list[Any]) -> None:
    for row in rows:
        source, amount, why = booking.source(row), row.amount, row.reason or ""
        bill = booking.bills.get(row.invoice_id)
        booking.put(row, partial(booking.book.reverse, source, amount, row.reversed_on, bill, why))


def _reversing(context: Context) -> list[Any]:
    """New good reversals in the order of their days."""
    staged = context.staged
    names = (
        "id",
        "line",
        "receipt_id",
        "credit_note_id",
        "invoice_id",
        "reversed_on",
        "amount",
        "reason",
    )
    return list(
        context.connection.execute(
            sa.select(*(staged.c[name] for name in names))
            .where(context.good(), staged.c.reversal_id.is_(None))
            .order_by(staged.c.reversed_on, staged.c.id)
        )
    )


def _by_customer(context: Context) -> Iterator[list[Any]]:
    """Good rows of some customers, in the order of days, taking back first."""
    staged = context.staged
    customers = sorted(
        context.connection.execute(
            sa.select(staged.c.customer_id).where(context.good()).distinct()
        ).scalars()
    )
    names = (
        "id",
        "line",
        "receipt_id",
        "credit_note_id",
        "invoice_id",
        "applied_on",
        "receipt_applied",
        "note_applied",
        "taken",
        "taken_before",
        "allocation_id",
        "note_allocation_id",
        "reason",
    )
    for start in range(0, len(customers), _CUSTOMERS_AT_ONCE):
        some = customers[start : start + _CUSTOMERS_AT_ONCE]
        yield list(
            context.connection.execute(
                sa.select(*(staged.c[name] for name in names))
                .where(context.good(), staged.c.customer_id.in_(some))
                .order_by(staged.c.applied_on, staged.c.taken.is_(None), staged.c.id)
            )
        )


def _booking(
    context: Context,
    faults: Faults,
    changes: Changes,
    rows: list[Any],
    fields: dict[str, str],
    *,
    without_batch: int | None = None,
) -> Booking:
    def named(column: str) -> set[int]:
        return {number for row in rows if (number := getattr(row, column)) is not None}

    book = loading.load(
        context.connection,
        bills=named("invoice_id"),
        receipts=named("receipt_id"),
        notes=named("credit_note_id"),
        without_batch=without_batch,
    )
    return Booking(context, faults, changes, book, fields)


def _take_back(booking: Booking, source: Source, bill: Bill, row: Any) -> None:
    taking = partial(booking.book.take_back, source, bill, row.taken, row.applied_on)
    booking.put(row, partial(taking, row.reason or ""))


def _taken_already(source: Source, bill: Bill, row: Any) -> bool:
    """Whether on that day just as much of the pair ended, less what began anew."""
    pair = [one for one in source.applied if one.bill is bill]
    ended = sum(one.amount for one in pair if one.end == row.applied_on)
    begun = sum(one.amount for one in pair if one.start == row.applied_on)
    return ended - begun == int(row.taken)
