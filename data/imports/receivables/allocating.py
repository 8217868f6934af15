"""Receipts and credit notes meet invoices (核销): how much may be applied.

Every question of room is answered by the rules of `data.movements`; here rows of a file are
put to them, some invoices at a time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from data.imports.receivables.booking import money
from data.imports.staging.changes import Changes
from data.imports.staging.context import Context
from data.imports.staging.currency import refuse_other_currency
from data.imports.staging.faults import Faults
from data.imports.terms.tables import table_of
from data.movements import loading
from data.movements.book import CREDIT_NOTE, RECEIPT, Applied, Bill, Book, Source
from models.receivables import Allocation, CreditNote, Invoice, Receipt, Reversal

ALLOCATION = table_of(Allocation)
INVOICE = table_of(Invoice)
REVERSAL = table_of(Reversal)

_AT_ONCE = 5000
"""Invoices, or receipts, whose rows are put to the rules together."""


@dataclass(frozen=True, slots=True)
class Side:
    """A kind of sheet that pays: what its rows are and which staged columns say so."""

    what: str
    table: type[Any]
    code: str
    id: str
    day: str

    @property
    def stored_day(self) -> Any:
        """The column of the store that holds the day."""
        return table_of(self.table).c[self.day]


RECEIPTS = Side(RECEIPT, Receipt, "receipt_code", "receipt_id", "received_on")
CREDIT_NOTES = Side(CREDIT_NOTE, CreditNote, "credit_note_code", "credit_note_id", "issued_on")


def prepare(context: Context, faults: Faults, side: Side) -> None:
    """What names an invoice is of its customer, and counts from the day both are there."""
    refuse_other_currency(context, faults)
    staged = context.staged
    bill = sa.select(INVOICE.c.customer_id).where(INVOICE.c.id == staged.c.invoice_id)
    theirs = bill.scalar_subquery()
    context.connection.execute(
        sa.update(staged).where(staged.c.customer_id.is_(None)).values(customer_id=theirs)
    )
    faults.where("invoice_of_other_customer", "invoice_code", staged.c.customer_id != theirs)
    day = staged.c[side.day]
    written = bill.with_only_columns(INVOICE.c.invoiced_on).scalar_subquery()
    context.connection.execute(
        sa.update(staged)
        .where(staged.c.invoice_id.is_not(None), staged.c.allocated.is_not(None))
        .values(allocated_on=sa.case((written > day, written), else_=day))
    )
    _find_the_same(context, side)


def _find_the_same(context: Context, side: Side) -> None:
    """Of several allocations of a pair, the one that says the very same is the one meant."""
    staged, table = context.staged, table_of(side.table)
    if not context.connection.execute(sa.select(sa.exists().select_from(ALLOCATION))).scalar_one():
        return
    same = (
        sa.select(sa.func.min(ALLOCATION.c.id))
        .join(table, table.c.id == ALLOCATION.c[side.id])
        .where(
            table.c.code == staged.c[side.code],
            ALLOCATION.c.invoice_id == staged.c.invoice_id,
            ALLOCATION.c.allocated_on == staged.c.allocated_on,
            ALLOCATION.c.amount == staged.c.allocated,
        )
    )
    context.connection.execute(
        sa.update(staged)
        .where(staged.c.allocated_on.is_not(None))
        .values(allocation_id=same.scalar_subquery())
    )


def check(context: Context, faults: Faults, changes: Changes, side: Side) -> None:
    """No more is applied than there is to apply or to pay, on any day."""
    loading.lock(context.connection)
    staged = context.staged
    earlier = sa.exists().where(
        REVERSAL.c[side.id] == staged.c[side.id], REVERSAL.c.reversed_on < staged.c[side.day]
    )
    faults.where("reversed_before", side.day, earlier)
    _moved(context, faults, changes, side)
    new = sa.and_(
        context.good(), staged.c.allocated_on.is_not(None), staged.c.allocation_id.is_(None)
    )
    if "taken_back" in context.filled:  # theirs `reversing` looks at, day by day
        whose = giving_back(context)
        new = sa.and_(new, staged.c.customer_id.not_in(whose))
    said = "allocated" if "allocated" in context.told else "amount"
    for rows in _grouped(context, staged.c.invoice_id, new, side):
        book = loading.load(context.connection, bills={row.invoice_id for row in rows})
        bills = {bill.row_id: bill for bill in book.bills.values()}
        owed = [(row, bills[row.invoice_id]) for row in rows]
        _use_up(faults, owed, said, "more_than_outstanding")
    for rows in _grouped(context, staged.c[side.code], new, side):
        sources = _sources(context, rows, side)
        reason = "more_than_received" if side is RECEIPTS else "more_than_credited"
        _use_up(faults, [(row, sources[row.code]) for row in rows], said, reason)


def giving_back(context: Context) -> Any:
    """Customers of whom a sheet of receipts takes something back, as a query."""
    staged = sa.alias(context.staged)
    return sa.select(staged.c.customer_id).where(
        staged.c.taken_back.is_not(None), staged.c.customer_id.is_not(None), sa.not_(staged.c.bad)
    )


def _moved(context: Context, faults: Faults, changes: Changes, side: Side) -> None:
    """Say from which day on another date of what is there changes the figures."""
    if not context.is_there(side.id):
        return
    staged, table = context.staged, table_of(side.table)
    source = staged.join(table, table.c.id == staged.c[side.id])
    other = sa.and_(
        context.good(), staged.c.amount.is_not(None), staged.c[side.day] != side.stored_day
    )
    first = sa.case(
        (staged.c[side.day] < side.stored_day, staged.c[side.day]), else_=side.stored_day
    )
    days = context.connection.execute(
        sa.select(sa.func.min(first)).select_from(source).where(other)
    )
    since = days.scalar_one()
    if since is not None:
        faults.note_where("corrects_past", side.day, other, other=first, source=source)
        changes.corrects(since)


def _grouped(context: Context, key: Any, new: Any, side: Side) -> Iterable[list[Any]]:
    """Good new rows, those of one invoice (or receipt) always together."""
    staged = context.staged
    keys = list(
        context.connection.execute(sa.select(key).where(new).distinct().order_by(key)).scalars()
    )
    for start in range(0, len(keys), _AT_ONCE):
        some = keys[start : start + _AT_ONCE]
        yield list(
            context.connection.execute(
                sa.select(
                    staged.c.id,
                    staged.c.invoice_id,
                    staged.c.customer_id,
                    staged.c.allocated,
                    staged.c.allocated_on,
                    staged.c.amount,
                    staged.c[side.code].label("code"),
                    staged.c[side.id].label("source_id"),
                    staged.c[side.day].label("day"),
                )
                .where(new, key.between(some[0], some[-1]), context.good())
                .order_by(staged.c.id)
            )
        )


def _sources(context: Context, rows: list[Any], side: Side) -> dict[str, Source]:
    """The receipts of some rows by code: out of the store, and those that come with the file."""
    there = {row.source_id for row in rows if row.source_id is not None}
    book = book_of(context, side, there)
    found = {code: source for (what, code), source in book.sources.items() if what == side.what}
    for row in rows:
        if row.source_id is None and row.code not in found:
            found[row.code] = new_source(row, side)
    return found


def book_of(context: Context, side: Side, ids: set[int], bills: Collection[int] = ()) -> Book:
    """Receipts or credit notes by their ids, and some invoices, with all that uses them."""
    if side is RECEIPTS:
        return loading.load(context.connection, bills=bills, receipts=ids)
    return loading.load(context.connection, bills=bills, notes=ids)


def new_source(row: Any, side: Side) -> Source:
    """A receipt or credit note of the file (code, customer_id, day, amount)."""
    return Source(
        what=side.what, code=row.code, customer_id=row.customer_id, day=row.day, amount=row.amount
    )


def _use_up(
    faults: Faults, drawn: Sequence[tuple[Any, Source | Bill]], said: str, reason: str
) -> None:
    """Put rows to what they draw upon, in the order of the file; refuse what is too much."""
    faulty = False
    for row, of in drawn:
        room = of.open(row.allocated_on) if isinstance(of, Bill) else of.free(row.allocated_on)
        if row.allocated > room:
            faults.of_row(reason, said, row.id, money(max(room, 0)))
            faulty = True
            continue
        used = Applied(amount=row.allocated, start=row.allocated_on, source=_NOBODY, bill=_NOTHING)
        of.applied.append(used)
    if faulty:
        faults.mark_bad()


_NOBODY = Source(what="", code="", customer_id=0, day=date.min, amount=0)
_NOTHING = Bill(code="", customer_id=0, day=date.min, amount=0, due_on=date.min)
"""The other end of a use of which only one end is looked at."""
