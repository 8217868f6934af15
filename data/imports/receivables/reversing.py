"""Negative rows of a receipt sheet (退票、退款): receipts that are taken back, in whole or in part.

A row that bears the number of a receipt takes back that receipt; one that names an invoice the
receipts that paid it, the newest first; one that names only a customer what of their receipts
is not applied, the newest first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa

from data.imports.receivables import allocating
from data.imports.receivables.allocating import RECEIPTS
from data.imports.receivables.booking import Booking
from data.imports.staging.work import Work
from data.imports.terms.tables import table_of
from data.movements import loading
from data.movements.book import RECEIPT, Bill, Book, Refused, Source
from models.enums import ReversalKind
from models.receivables import Receipt, Reversal

RECEIPT_TABLE = table_of(Receipt)
REVERSAL = table_of(Reversal)

_FIELDS = {
    "amount": "amount",
    "on": "received_on",
    "source": "receipt_code",
    "invoice": "invoice_code",
}
_WORDS = {
    ReversalKind.BOUNCED: ("退票", "拒付", "退回", "空头", "bounced", "returned", "dishonoured"),
    ReversalKind.REFUNDED: ("退款", "退還", "退还", "refund"),
}
Share = tuple[Source, int, Bill | None]
"""What is taken back of which receipt, from which invoice first."""


def kind_of(words: str, *, invoice: bool) -> ReversalKind:
    """Bounced or refunded, by the words beside it, else by what it names.

    Args:
        words: of the row's note and means of payment.
        invoice: whether it names an invoice.
    """
    said = words.lower()
    for kind, known in _WORDS.items():
        if any(word in said for word in known):
            return kind
    return ReversalKind.BOUNCED if invoice else ReversalKind.REFUNDED


def find_stored(work: Work) -> None:
    """Mark rows whose reversal is in the store already, and refuse those that differ from it."""
    if "taken_back" not in work.filled:
        return
    staged, same = work.staged, sa.alias(REVERSAL)
    split = sa.and_(
        same.c.batch_id == REVERSAL.c.batch_id, same.c.batch_line == REVERSAL.c.batch_line
    )
    parts = sa.select(sa.func.sum(same.c.amount)).where(split).scalar_subquery()
    rows = work.connection.execute(
        sa.select(
            staged.c.id,
            staged.c.taken_back,
            staged.c.received_on,
            REVERSAL.c.id.label("reversal_id"),
            REVERSAL.c.reversed_on,
            sa.func.coalesce(parts, REVERSAL.c.amount).label("amount"),
        )
        .join(REVERSAL, REVERSAL.c.code == staged.c.receipt_code)
        .where(work.good(), staged.c.taken_back.is_not(None))
    ).all()
    work.set_rows(({"row": row.id, "reversal_id": row.reversal_id} for row in rows), "reversal_id")
    for row in rows:
        if row.amount != row.taken_back:
            work.note_fault("may_not_change", "amount", row.id, "")
        elif row.reversed_on != row.received_on:
            work.note_fault("may_not_change", "received_on", row.id, "")
    if rows:
        work.mark_bad()


def check(work: Work) -> None:
    """Refuse by name what cannot be taken back; note which receipts are."""
    if "taken_back" not in work.filled:
        return
    rows = _new(work)
    booking = Booking(work, _book_with_the_file(work, rows), _FIELDS)
    for row in rows:
        shares = _put(booking, row)
        if shares:
            told = ", ".join(source.code for source, _amount, _bill in shares)
            work.note_where(
                "reverses_receipt", "amount", work.staged.c.id == row.id, other=sa.literal(told)
            )
    booking.close()


def count(work: Work) -> None:
    """A row that takes something back adds something."""
    staged = work.staged
    if "taken_back" in work.filled:
        work.count_as_added(
            sa.and_(staged.c.taken_back.is_not(None), staged.c.reversal_id.is_(None))
        )


def write(work: Work) -> None:
    """Store the reversals, and end what was applied of their receipts."""
    if "taken_back" not in work.filled:
        return
    rows = _new(work)
    booking = Booking(work, _book(work, rows), _FIELDS)
    made = []
    for row in rows:
        for place, (source, amount, _bill) in enumerate(_put(booking, row), start=1):
            made.append(
                {
                    "code": row.receipt_code if place == 1 else f"{row.receipt_code[:55]}/{place}",
                    "receipt_id": source.row_id,
                    "reversed_on": row.received_on,
                    "amount": amount,
                    "kind": _kind(row),
                    "reason": row.note or "",
                    "batch_id": work.batch_id,
                    "batch_line": row.line,
                }
            )
    booking.close()
    if made:
        work.connection.execute(sa.insert(Reversal), made)


def _kind(row: Any) -> ReversalKind:
    words = f"{row.note or ''} {row.method or ''}"
    return kind_of(words, invoice=row.invoice_id is not None)


def _rows(work: Work) -> list[Any]:
    """Good rows that take something back, in the order of their days."""
    staged = work.staged
    names = (
        "id",
        "line",
        "receipt_code",
        "customer_id",
        "invoice_id",
        "received_on",
        "taken_back",
        "note",
        "method",
    )
    return list(
        work.connection.execute(
            sa.select(*(staged.c[name] for name in names))
            .where(work.good(), staged.c.taken_back.is_not(None), staged.c.reversal_id.is_(None))
            .order_by(staged.c.received_on, staged.c.id)
        )
    )


def _new(work: Work) -> list[Any]:
    """The first good row of each number; one that repeats it is refused."""
    rows = _rows(work)
    first: dict[str, Any] = {}
    for row in rows:
        earlier = first.setdefault(row.receipt_code, row)
        if earlier is not row:
            work.note_fault("receipt_disagrees", "receipt_code", row.id, str(earlier.line))
    if len(first) < len(rows):
        work.mark_bad()
    return list(first.values())


def _book(work: Work, rows: list[Any], also: Iterable[int | None] = ()) -> Book:
    """Everything the rows may take back, out of the store, and some more invoices."""
    named = {row.invoice_id for row in rows if row.invoice_id is not None}
    customers = {row.customer_id for row in rows if row.customer_id is not None}
    receipts, notes = loading.paying(work.connection, named)
    receipts |= loading.with_room(work.connection, customers)[1]
    codes = [row.receipt_code for row in rows]
    for start in range(0, len(codes), loading.AT_ONCE):
        some = RECEIPT_TABLE.c.code.in_(codes[start : start + loading.AT_ONCE])
        found = sa.select(RECEIPT_TABLE.c.id).where(some)
        receipts |= set(work.connection.execute(found).scalars())
    bills = named | {number for number in also if number is not None}
    return loading.load(work.connection, bills=bills, receipts=receipts, notes=notes)


def _book_with_the_file(work: Work, rows: list[Any]) -> Book:
    """The same before anything is written: with the receipts that come with the file."""
    staged = work.staged
    whose = sa.select(staged.c.customer_id).where(staged.c.taken_back.is_not(None), work.good())
    coming = work.connection.execute(
        sa.select(
            staged.c.receipt_code.label("code"),
            staged.c.customer_id,
            staged.c.amount,
            staged.c.received_on.label("day"),
            staged.c.invoice_id,
            staged.c.allocated,
            staged.c.allocated_on,
            staged.c.receipt_id,
            staged.c.allocation_id,
        )
        .where(work.good(), staged.c.amount.is_not(None), staged.c.customer_id.in_(whose))
        .order_by(staged.c.id)
    ).all()
    book = _book(work, rows, (row.invoice_id for row in coming))
    bills = {bill.row_id: bill for bill in book.bills.values()}
    for row in coming:
        if row.receipt_id is None:
            book.sources.setdefault((RECEIPT, row.code), allocating.new_source(row, RECEIPTS))
        source = book.sources.get((RECEIPT, row.code))
        if source and row.allocated_on is not None and row.allocation_id is None:
            book.apply(source, bills[row.invoice_id], row.allocated, row.allocated_on)
    return book


def _put(booking: Booking, row: Any) -> list[Share]:
    """Take back what a row says; nothing where it is refused."""
    try:
        shares = list(_shares(booking.book, row))
    except Refused as refused:
        booking.refuse(row, refused.reason, _FIELDS[refused.about], refused.other)
        return []

    def reverse() -> None:
        for source, amount, bill in shares:
            booking.book.reverse(source, amount, row.received_on, bill, row.note or "")

    return shares if booking.put(row, reverse) else []


def _shares(book: Book, row: Any) -> Iterator[Share]:
    """Which receipts a row takes back, and how much of each.

    Raises:
        Refused: there is none, or not so much.
    """
    bill = next((one for one in book.bills.values() if one.row_id == row.invoice_id), None)
    own = book.sources.get((RECEIPT, row.receipt_code))
    if own is not None:
        applied = bill is not None and any(one.bill is bill and not one.end for one in own.applied)
        yield own, row.taken_back, bill if applied else None
        return
    found = list(_paid(bill) if bill is not None else _unapplied(book, row))
    there, rest = sum(amount for _source, amount in found), row.taken_back
    if not there:
        raise Refused("nothing_to_reverse", "invoice" if bill else "source")
    if rest > there:
        raise Refused("more_than_reversible", "amount", there)
    for source, amount in found:
        if rest:
            part = min(rest, amount)
            rest -= part
            yield source, part, bill


def _paid(bill: Bill) -> Iterator[tuple[Source, int]]:
    """Receipts applied to an invoice and how much, the newest first."""
    of: dict[int, list[Any]] = defaultdict(list)
    for one in bill.applied:
        if one.end is None and one.source.what == RECEIPT:
            of[id(one.source)].append(one)
    newest = sorted(
        of.values(), key=lambda some: (some[0].source.day, some[0].source.code), reverse=True
    )
    for some in newest:
        yield some[0].source, sum(one.amount for one in some)


def _unapplied(book: Book, row: Any) -> Iterator[tuple[Source, int]]:
    """Receipts of a customer with something not applied on a day, the newest first."""
    own = [
        one
        for one in book.sources.values()
        if one.what == RECEIPT and one.customer_id == row.customer_id and one.day <= row.received_on
    ]
    for source in sorted(own, key=lambda one: (one.day, one.code), reverse=True):
        free = source.free(row.received_on)
        if free > 0:
            yield source, free
