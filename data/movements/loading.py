"""A book out of the store (取账): invoices, receipts, credit notes and all that concerns them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from data.movements.book import CREDIT_NOTE, RECEIPT, Applied, Bill, Book, Source, Use
from models.receivables import (
    Allocation,
    CreditNote,
    Invoice,
    InvoiceSchedule,
    Receipt,
    Reversal,
    WriteOff,
)

AT_ONCE = 5000
"""Ids asked for together; below the number of parameters SQLite takes."""
_LOCK = 7_301_946
"""Number of the PostgreSQL advisory lock that lets one transaction at a time move money."""


def lock(connection: sa.Connection) -> None:
    """One writer of movements at a time; SQLite's writing transaction is that already.

    What is read after it stands until the transaction ends, so that two people cannot both
    use the last of a receipt.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))


def load(
    connection: sa.Connection,
    *,
    bills: Collection[int] = (),
    receipts: Collection[int] = (),
    notes: Collection[int] = (),
    without_batch: int | None = None,
) -> Book:
    """A book of invoices, receipts and credit notes, each with everything that uses it.

    What they are connected with is in it too, but may lack other uses: it may be given
    back to, not drawn upon.

    Args:
        connection: to the store.
        bills: ids of invoices.
        receipts: ids of receipts.
        notes: ids of credit notes.
        without_batch: an import whose rows are left out.
    """
    rows = _allocations(connection, bills, receipts, notes, without_batch)
    book = Book()
    all_bills = _bills(connection, {*bills, *(row.invoice_id for row in rows)})
    sources: dict[tuple[str, int], Source] = {}
    for what, table, day, wanted in (
        (RECEIPT, Receipt, "received_on", {*receipts, *_ids(rows, "receipt_id")}),
        (
            CREDIT_NOTE,
            CreditNote,
            "issued_on",
            {*notes, *_ids(rows, "credit_note_id")},
        ),
    ):
        sources |= _sources(connection, what, table, day, wanted)
    for row in rows:
        bill = all_bills[row.invoice_id]
        source = sources[
            (RECEIPT, row.receipt_id) if row.receipt_id else (CREDIT_NOTE, row.credit_note_id)
        ]
        one = Applied(
            amount=row.amount,
            start=max(row.allocated_on, bill.day, source.day),
            end=row.ended_on,
            row_id=row.id,
            source=source,
            bill=bill,
            reason=row.ended_reason,
        )
        bill.applied.append(one)
        source.applied.append(one)
    _beside(connection, all_bills, sources, without_batch)
    book.bills = {bill.code: bill for bill in all_bills.values()}
    book.sources = {(source.what, source.code): source for source in sources.values()}
    return book


def paying(connection: sa.Connection, bills: Collection[int]) -> tuple[set[int], set[int]]:
    """Ids of the receipts and of the credit notes that are applied to invoices now."""
    rows = [
        row
        for ids in _some(bills)
        for row in connection.execute(
            sa.select(col(Allocation.receipt_id), col(Allocation.credit_note_id)).where(
                col(Allocation.invoice_id).in_(ids), col(Allocation.ended_on).is_(None)
            )
        )
    ]
    return _ids(rows, "receipt_id"), _ids(rows, "credit_note_id")


def with_room(connection: sa.Connection, customers: Collection[int]) -> tuple[set[int], set[int]]:
    """Ids of customers' invoices that are not settled, and of their receipts with money left."""
    used = _live("invoice_id") + _total(WriteOff, "invoice_id", col(WriteOff.ended_on).is_(None))
    spent = _live("receipt_id") + _total(Reversal, "receipt_id")
    bills: set[int] = set()
    receipts: set[int] = set()
    for ids in _some(customers):
        for found, table, taken in ((bills, Invoice, used), (receipts, Receipt, spent)):
            query: Any = sa.select(col(table.id)).where(
                col(table.customer_id).in_(ids), col(table.amount) > taken
            )
            found.update(number for (number,) in connection.execute(query))
    return bills, receipts


def _live(column: str) -> Any:
    return _total(Allocation, column, col(Allocation.ended_on).is_(None))


def _total(table: Any, column: str, *conditions: Any) -> Any:
    parent = Invoice if column == "invoice_id" else Receipt
    return (
        sa.select(sa.func.coalesce(sa.func.sum(table.amount), 0))
        .where(getattr(table, column) == col(parent.id), *conditions)
        .correlate(parent)
        .scalar_subquery()
    )


def _some(ids: Collection[int]) -> Iterator[list[int]]:
    ordered = sorted(ids)
    for start in range(0, len(ordered), AT_ONCE):
        yield ordered[start : start + AT_ONCE]


def _ids(rows: Iterable[Any], column: str) -> set[int]:
    return {found for row in rows if (found := getattr(row, column)) is not None}


def _allocations(
    connection: sa.Connection,
    bills: Collection[int],
    receipts: Collection[int],
    notes: Collection[int],
    without_batch: int | None,
) -> list[Any]:
    wanted = (("invoice_id", bills), ("receipt_id", receipts), ("credit_note_id", notes))
    names = (
        *("id", "invoice_id", "receipt_id", "credit_note_id"),
        *("allocated_on", "ended_on", "ended_reason", "amount"),
    )
    found = {
        row.id: row
        for key, ids in wanted
        for row in _rows(connection, Allocation, key, ids, names, without_batch)
    }
    return [found[number] for number in sorted(found)]


def _bills(connection: sa.Connection, wanted: Collection[int]) -> dict[int, Bill]:
    names = ("id", "code", "customer_id", "invoiced_on", "amount", "due_on")
    return {
        row.id: Bill(
            code=row.code,
            customer_id=row.customer_id,
            day=row.invoiced_on,
            amount=row.amount,
            due_on=row.due_on,
            row_id=row.id,
        )
        for row in _rows(connection, Invoice, "id", wanted, names)
    }


def _sources(
    connection: sa.Connection, what: str, table: type[Any], day: str, wanted: Collection[int]
) -> dict[tuple[str, int], Source]:
    names = ("id", "code", "customer_id", day, "amount")
    return {
        (what, row.id): Source(
            what=what,
            code=row.code,
            customer_id=row.customer_id,
            day=getattr(row, day),
            amount=row.amount,
            row_id=row.id,
        )
        for row in _rows(connection, table, "id", wanted, names)
    }


def _beside(
    connection: sa.Connection,
    bills: dict[int, Bill],
    sources: dict[tuple[str, int], Source],
    without: int | None,
) -> None:
    """Reversals, write-offs and payment plans."""
    for what, key in ((RECEIPT, "receipt_id"), (CREDIT_NOTE, "credit_note_id")):
        ids = [number for kind, number in sources if kind == what]
        told = ("id", key, "amount", "reversed_on")
        for row in _rows(connection, Reversal, key, ids, told, without):
            use = Use(amount=row.amount, start=row.reversed_on, row_id=row.id)
            sources[what, getattr(row, key)].reversals.append(use)
    given_up = ("id", "invoice_id", "amount", "written_off_on", "ended_on")
    for row in _rows(connection, WriteOff, "invoice_id", bills, given_up, without):
        use = Use(amount=row.amount, start=row.written_off_on, end=row.ended_on, row_id=row.id)
        bills[row.invoice_id].write_offs.append(use)
    agreed = ("id", "invoice_id", "since", "position", "due_on", "amount")
    plans = _rows(connection, InvoiceSchedule, "invoice_id", bills, agreed, without)
    for row in sorted(plans, key=lambda row: row.position):
        held = bills[row.invoice_id].plans
        held[row.since] = (*held.get(row.since, ()), (row.due_on, row.amount))


def _rows(
    connection: sa.Connection,
    model: type[Any],
    key: str,
    wanted: Collection[int],
    names: Sequence[str],
    without_batch: int | None = None,
) -> Iterator[Any]:
    """Some columns of the rows of a table whose key is one of those wanted, by id."""
    table: sa.Table = model.__table__
    for ids in _some(wanted):
        query = sa.select(*(table.c[name] for name in names)).where(table.c[key].in_(ids))
        if without_batch is not None:
            query = query.where(table.c.batch_id.is_distinct_from(without_batch))
        yield from connection.execute(query.order_by(table.c.id))
