"""Negative rows of a receipt sheet (退票、退款): receipts that are taken back, in whole or in part.

A row that bears the number of a receipt takes back that receipt; one that names an invoice the
receipts that paid it, the newest first; one that names only a customer what of their receipts
is not applied, the newest first.
"""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date
from functools import partial
from typing import Any

import sqlalchemy as sa

from data.imports.receivables import negative_rows, returning
from data.imports.receivables.booking import Booking
from data.imports.staging.changes import Changes
from data.imports.staging.context import Context
from data.imports.staging.faults import Faults
from data.imports.staging.rows import set_rows
from data.imports.terms.tables import table_of
from data.movements.book import RECEIPT, Refused
from errors import BadInput, Issue
from models.enums import ReversalKind
from models.receivables import Reversal

REVERSAL = table_of(Reversal)

_FIELDS = {
    "amount": "amount",
    "on": "received_on",
    "source": "receipt_code",
    "invoice": "invoice_code",
    "customer": "customer_code",
}
_WORDS = {
    ReversalKind.BOUNCED: ("退票", "拒付", "退回", "空头", "bounced", "returned", "dishonoured"),
    ReversalKind.REFUNDED: ("退款", "退還", "退还", "refund"),
}


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


def check(context: Context, faults: Faults, changes: Changes) -> None:
    """Refuse by name what cannot be taken back; note which receipts are.

    What comes and what goes back is put to the rules day by day, so that an invoice whose
    receipt bounced may be paid again by a later row of the same file.
    """
    if "taken_back" not in context.filled:
        return
    rows, coming = negative_rows.new(context, faults), negative_rows.coming(context)
    booking = Booking(
        context,
        faults,
        changes,
        negative_rows.concerned_with_the_file(context, rows, coming),
        _FIELDS,
    )
    went: dict[date, list[Any]] = defaultdict(list)
    came: dict[date, list[Any]] = defaultdict(list)
    for row in rows:
        went[row.received_on].append(row)
    for row in coming:
        came[row.day].append(row)
    for day in sorted({*went, *came}):
        waiting = [row for row in came[day] if _pay(booking, row) is not None]
        for row in went[day]:
            _take_back(booking, row)
        for row in waiting:
            if (refused := _pay(booking, row)) is not None:
                said = "allocated" if "allocated" in context.told else "amount"
                booking.refuse(row, refused.reason, said, refused.other)
    booking.close()


def _pay(booking: Booking, row: Any) -> Refused | None:
    """Apply what a row brings to the invoice it names; why it cannot be, if so."""
    if row.allocated_on is None or row.allocation_id is not None:
        return None
    source, bill = booking.book.sources[RECEIPT, row.code], booking.bills[row.invoice_id]
    try:
        booking.book.apply(source, bill, row.allocated, row.allocated_on)
    except Refused as refused:
        return refused
    return None


def _take_back(booking: Booking, row: Any) -> None:
    """Put a negative row to the rules, and keep what it takes back for when it is written."""
    try:
        found = list(returning.shares(booking.book, row))
    except Refused as refused:
        booking.refuse(row, refused.reason, _FIELDS[refused.about], refused.other)
        return
    if not booking.put(row, lambda: _reverse(booking, row, found)):
        return
    told = ", ".join(source.code for source, _amount, _bill in found)
    kept = [[source.code, amount, bill and bill.row_id] for source, amount, bill in found]
    here = booking.context.staged.c.id == row.id
    booking.faults.note_where("reverses_receipt", "amount", here, other=sa.literal(told))
    set_rows(booking.context, [{"row": row.id, "takes": json.dumps(kept)}], "takes")


def _reverse(booking: Booking, row: Any, found: list[returning.Share]) -> None:
    for source, amount, bill in found:
        booking.book.reverse(source, amount, row.received_on, bill, row.note or "")


def count(context: Context, _faults: Faults, changes: Changes) -> None:
    """A row that takes something back adds something."""
    staged = context.staged
    if "taken_back" in context.filled:
        changes.count_as_added(
            sa.and_(staged.c.taken_back.is_not(None), staged.c.reversal_id.is_(None))
        )


def write(context: Context, faults: Faults, changes: Changes) -> None:
    """Store the reversals, and end what was applied of their receipts.

    Raises:
        BadInput: more would be applied than there is; nothing is stored.
    """
    if "taken_back" not in context.filled:
        return
    rows = negative_rows.listed(context)
    booking = Booking(context, faults, changes, negative_rows.concerned(context, rows), _FIELDS)
    codes = _Codes(context.connection)
    made = []
    for row in rows:
        found: list[returning.Share] = [
            (booking.book.sources[RECEIPT, code], amount, booking.bills.get(bill))
            for code, amount, bill in json.loads(row.takes)
        ]
        booking.put(row, partial(_reverse, booking, row, found))
        made += [
            {
                "code": codes.free(row.receipt_code),
                "receipt_id": source.row_id,
                "reversed_on": row.received_on,
                "amount": amount,
                "kind": _kind(row),
                "reason": row.note or "",
                "batch_id": changes.batch_id,
                "batch_line": row.line,
            }
            for source, amount, _bill in found
        ]
    for reason, code in booking.book.broken():
        raise BadInput(Issue(reason, value=code))
    booking.close()
    if made:
        context.connection.execute(sa.insert(Reversal), made)


class _Codes:
    """Gives reversals their numbers."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._used: set[str] = set()

    def free(self, wanted: str) -> str:
        """The first number of a row's that is not taken."""
        place = 1
        while self._taken(negative_rows.numbered(wanted, place)):
            place += 1
        code = negative_rows.numbered(wanted, place)
        self._used.add(code)
        return code

    def _taken(self, code: str) -> bool:
        there = sa.select(REVERSAL.c.id).where(REVERSAL.c.code == code)
        return code in self._used or self._connection.execute(there).first() is not None


def _kind(row: Any) -> ReversalKind:
    words = f"{row.note or ''} {row.method or ''}"
    return kind_of(words, invoice=row.invoice_id is not None)
