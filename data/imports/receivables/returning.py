"""Which receipts a negative row takes back (退回哪几笔), by what the row names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from data.movements.book import RECEIPT, Bill, Book, Refused, Source

Share = tuple[Source, int, Bill | None]
"""What is taken back of which receipt, from which invoice first."""


def shares(book: Book, row: Any) -> Iterator[Share]:
    """Which receipts a row takes back, and how much of each.

    Raises:
        Refused: there is none, or not so much.
    """
    bill = next((one for one in book.bills.values() if one.row_id == row.invoice_id), None)
    own = book.sources.get((RECEIPT, row.receipt_code))
    if own is not None:
        if row.customer_id not in (None, own.customer_id):
            raise Refused("may_not_change", "customer")
        applied = bill is not None and any(one.bill is bill and not one.end for one in own.applied)
        yield own, row.taken_back, bill if applied else None
        return
    found = list(_paid(bill, row) if bill is not None else _unapplied(book, row))
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


def _paid(bill: Bill, row: Any) -> Iterator[tuple[Source, int]]:
    """Receipts applied to an invoice on a day and how much, the newest first."""
    of: dict[int, list[Any]] = defaultdict(list)
    for one in bill.applied:
        there = one.end is None and one.start <= row.received_on
        if there and one.source.what == RECEIPT:
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
