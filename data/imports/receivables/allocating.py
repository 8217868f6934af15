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
from data.imports.staging.work import Work
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


def prepare(work: Work, side: Side) -> None:
    """What names an invoice is of its customer, and counts from the day both are there."""
    work.check_currency()
    staged = work.staged
    bill = sa.select(INVOICE.c.customer_id).where(INVOICE.c.id == staged.c.invoice_id)
    theirs = bill.scalar_subquery()
    work.connection.execute(
        sa.update(staged).where(staged.c.customer_id.is_(None)).values(customer_id=theirs)
    )
    work.fault_where("invoice_of_other_customer", "invoice_code", staged.c.customer_id != theirs)
    day = staged.c[side.day]
    written = bill.with_only_columns(INVOICE.c.invoiced_on).scalar_subquery()
    work.connection.execute(
        sa.update(staged)
        .where(staged.c.invoice_id.is_not(None), staged.c.allocated.is_not(None))
        .values(allocated_on=sa.case((written > day, written), else_=day))
    )
    _find_the_same(work, side)


def _find_the_same(work: Work, side: Side) -> None:
    """Of several allocations of a pair, the one that says the very same is the one meant."""
    staged, table = work.staged, table_of(side.table)
    if not work.connection.execute(sa.select(sa.exists().select_from(ALLOCATION))).scalar_one():
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
    work.connection.execute(
        sa.update(staged)
        .where(staged.c.allocated_on.is_not(None))
        .values(allocation_id=same.scalar_subquery())
    )


def check(work: Work, side: Side) -> None:
    """No more is applied than there is to apply or to pay, on any day."""
    loading.lock(work.connection)
    staged = work.staged
    earlier = sa.exists().where(
        REVERSAL.c[side.id] == staged.c[side.id], REVERSAL.c.reversed_on < staged.c[side.day]
    )
    work.fault_where("reversed_before", side.day, earlier)
    _moved(work, side)
    new = sa.and_(work.good(), staged.c.allocated_on.is_not(None), staged.c.allocation_id.is_(None))
    if "taken_back" in work.filled:  # theirs `reversing` looks at, day by day
        whose = giving_back(work)
        new = sa.and_(new, staged.c.customer_id.not_in(whose))
    said = "allocated" if "allocated" in work.told else "amount"
    for rows in _grouped(work, staged.c.invoice_id, new, side):
        book = loading.load(work.connection, bills={row.invoice_id for row in rows})
        bills = {bill.row_id: bill for bill in book.bills.values()}
        owed = [(row, bills[row.invoice_id]) for row in rows]
        _use_up(work, owed, said, "more_than_outstanding")
    for rows in _grouped(work, staged.c[side.code], new, side):
        sources = _sources(work, rows, side)
        reason = "more_than_received" if side is RECEIPTS else "more_than_credited"
        _use_up(work, [(row, sources[row.code]) for row in rows], said, reason)


def giving_back(work: Work) -> Any:
    """Customers of whom a sheet of receipts takes something back, as a query."""
    staged = sa.alias(work.staged)
    return sa.select(staged.c.customer_id).where(
        staged.c.taken_back.is_not(None), staged.c.customer_id.is_not(None), sa.not_(staged.c.bad)
    )


def _moved(work: Work, side: Side) -> None:
    """Say from which day on another date of what is there changes the figures."""
    if not work.is_there(side.id):
        return
    staged, table = work.staged, table_of(side.table)
    source = staged.join(table, table.c.id == staged.c[side.id])
    other = sa.and_(
        work.good(), staged.c.amount.is_not(None), staged.c[side.day] != side.stored_day
    )
    first = sa.case(
        (staged.c[side.day] < side.stored_day, staged.c[side.day]), else_=side.stored_day
    )
    days = work.connection.execute(sa.select(sa.func.min(first)).select_from(source).where(other))
    since = days.scalar_one()
    if since is not None:
        work.note_where("corrects_past", side.day, other, other=first, source=source)
        work.corrects(since)


def _grouped(work: Work, key: Any, new: Any, side: Side) -> Iterable[list[Any]]:
    """Good new rows, those of one invoice (or receipt) always together."""
    staged = work.staged
    keys = list(
        work.connection.execute(sa.select(key).where(new).distinct().order_by(key)).scalars()
    )
    for start in range(0, len(keys), _AT_ONCE):
        some = keys[start : start + _AT_ONCE]
        yield list(
            work.connection.execute(
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
                .where(new, key.between(some[0], some[-1]), work.good())
                .order_by(staged.c.id)
            )
        )


def _sources(work: Work, rows: list[Any], side: Side) -> dict[str, Source]:
    """The receipts of some rows by code: out of the store, and those that come with the file."""
    there = {row.source_id for row in rows if row.source_id is not None}
    book = book_of(work, side, there)
    found = {code: source for (what, code), source in book.sources.items() if what == side.what}
    for row in rows:
        if row.source_id is None and row.code not in found:
            found[row.code] = new_source(row, side)
    return found


def book_of(work: Work, side: Side, ids: set[int], bills: Collection[int] = ()) -> Book:
    """Receipts or credit notes by their ids, and some invoices, with all that uses them."""
    if side is RECEIPTS:
        return loading.load(work.connection, bills=bills, receipts=ids)
    return loading.load(work.connection, bills=bills, notes=ids)


def new_source(row: Any, side: Side) -> Source:
    """A receipt or credit note of the file (code, customer_id, day, amount)."""
    return Source(
        what=side.what, code=row.code, customer_id=row.customer_id, day=row.day, amount=row.amount
    )


def _use_up(work: Work, drawn: Sequence[tuple[Any, Source | Bill]], said: str, reason: str) -> None:
    """Put rows to what they draw upon, in the order of the file; refuse what is too much."""
    faulty = False
    for row, of in drawn:
        room = of.open(row.allocated_on) if isinstance(of, Bill) else of.free(row.allocated_on)
        if row.allocated > room:
            work.note_fault(reason, said, row.id, money(max(room, 0)))
            faulty = True
            continue
        used = Applied(amount=row.allocated, start=row.allocated_on, source=_NOBODY, bill=_NOTHING)
        of.applied.append(used)
    if faulty:
        work.mark_bad()


_NOBODY = Source(what="", code="", customer_id=0, day=date.min, amount=0)
_NOTHING = Bill(code="", customer_id=0, day=date.min, amount=0, due_on=date.min)
"""The other end of a use of which only one end is looked at."""
