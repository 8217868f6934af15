"""Negative rows of a receipt sheet (负数行): which are new, and what they may concern."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

import sqlalchemy as sa

from data.imports.receivables import allocating
from data.imports.receivables.allocating import RECEIPTS
from data.imports.staging.context import Context
from data.imports.staging.faults import Faults
from data.imports.staging.rows import set_rows
from data.imports.terms.tables import table_of
from data.movements import loading
from data.movements.book import RECEIPT, Book
from models.receivables import Receipt, Reversal

RECEIPT_TABLE = table_of(Receipt)
REVERSAL = table_of(Reversal)


def find_stored(context: Context, faults: Faults) -> None:
    """Mark rows whose reversal is in the store already, and refuse those that differ from it.

    A number of its own names one reversal. A receipt may be taken back several times under
    its own number; then day and amount tell which.
    """
    if "taken_back" not in context.filled:
        return
    staged = context.staged
    whose = sa.select(RECEIPT_TABLE.c.id).where(RECEIPT_TABLE.c.code == staged.c.receipt_code)
    context.connection.execute(
        sa.update(staged)
        .where(staged.c.taken_back.is_not(None))
        .values(returned_id=whose.scalar_subquery())
    )
    rows = [*_by_number(context), *_by_day(context)]
    set_rows(
        context, ({"row": row.id, "reversal_id": row.reversal_id} for row in rows), "reversal_id"
    )
    for row in rows:
        if row.amount != row.taken_back:
            faults.of_row("may_not_change", "amount", row.id, "")
        elif row.reversed_on != row.received_on:
            faults.of_row("may_not_change", "received_on", row.id, "")
    if rows:
        faults.mark_bad()


def _by_number(context: Context) -> Iterator[Any]:
    """Rows under a number of their own, and the reversals of that number, parts together."""
    staged, same = context.staged, sa.alias(REVERSAL)
    split = sa.and_(
        same.c.batch_id == REVERSAL.c.batch_id, same.c.batch_line == REVERSAL.c.batch_line
    )
    parts = sa.select(sa.func.sum(same.c.amount)).where(split).scalar_subquery()
    amount = sa.func.coalesce(parts, REVERSAL.c.amount)
    alike = REVERSAL.c.code == staged.c.receipt_code
    yield from context.connection.execute(
        _with_reversal(context, amount, alike).where(staged.c.returned_id.is_(None))
    ).all()


def _by_day(context: Context) -> Iterator[Any]:
    """Rows under the number of a receipt, and the reversal of it that says the very same."""
    staged = context.staged
    alike = sa.and_(
        REVERSAL.c.receipt_id == staged.c.returned_id,
        REVERSAL.c.reversed_on == staged.c.received_on,
        REVERSAL.c.amount == staged.c.taken_back,
    )
    for row in context.connection.execute(_with_reversal(context, REVERSAL.c.amount, alike)).all():
        if row.reversal_code in (row.receipt_code, part_of(row.receipt_code, row.reversal_code)):
            yield row


def _with_reversal(context: Context, amount: Any, alike: Any) -> Any:
    staged = context.staged
    return (
        sa.select(
            staged.c.id,
            staged.c.receipt_code,
            staged.c.taken_back,
            staged.c.received_on,
            REVERSAL.c.id.label("reversal_id"),
            REVERSAL.c.code.label("reversal_code"),
            REVERSAL.c.reversed_on,
            amount.label("amount"),
        )
        .join(REVERSAL, alike)
        .where(context.good(), staged.c.taken_back.is_not(None))
    )


def numbered(code: str, place: int) -> str:
    """The number of a reversal: that of its row, then `T1/2`, `T1/3` and so on."""
    return code if place == 1 else f"{code[:55]}/{place}"


def part_of(code: str, reversal: str) -> str | None:
    """The number of a reversal, where it is one of those a row of that number is given."""
    place = reversal.rpartition("/")[2]
    return reversal if place.isdecimal() and numbered(code, int(place)) == reversal else None


def listed(context: Context) -> list[Any]:
    """Good rows that take something back, in the order of their days."""
    staged = context.staged
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
        "takes",
        "returned_id",
    )
    return list(
        context.connection.execute(
            sa.select(*(staged.c[name] for name in names))
            .where(context.good(), staged.c.taken_back.is_not(None), staged.c.reversal_id.is_(None))
            .order_by(staged.c.received_on, staged.c.id)
        )
    )


def new(context: Context, faults: Faults) -> list[Any]:
    """The rows to put to the rules: of a repeated one the first, of a contradicted one none.

    A receipt may be taken back several times under its own number, on another day or with
    another amount.
    """
    staged, rows = context.staged, listed(context)
    coming = sa.select(staged.c.receipt_code).where(context.good(), staged.c.amount.is_not(None))
    own = set(context.connection.execute(coming.distinct()).scalars())
    own |= {row.receipt_code for row in rows if row.returned_id is not None}
    first: dict[tuple[Any, ...], Any] = {}
    repeats = []
    for row in rows:
        said = (row.receipt_code, row.received_on, row.taken_back)
        earlier = first.setdefault(said if row.receipt_code in own else said[:1], row)
        if earlier is row:
            continue
        if (earlier.received_on, earlier.taken_back) == said[1:]:
            repeats.append(row.id)
            first_line = sa.literal(str(earlier.line))
            faults.note_where(
                "repeated_row", "receipt_code", staged.c.id == row.id, other=first_line
            )
        else:
            faults.of_row("receipt_disagrees", "receipt_code", row.id, str(earlier.line))
    if len(first) + len(repeats) < len(rows):
        faults.mark_bad()
    if repeats:
        again = sa.update(staged).where(staged.c.id.in_(repeats))
        context.connection.execute(again.values(bad=True, becomes="same"))
    return list(first.values())


def concerned(
    context: Context, rows: list[Any], also: Collection[int] = (), besides: Collection[int] = ()
) -> Book:
    """Everything the rows may take back, out of the store, and more invoices and receipts."""
    named = {row.invoice_id for row in rows if row.invoice_id is not None}
    customers = {row.customer_id for row in rows if row.customer_id is not None}
    receipts, notes = loading.paying(context.connection, named)
    receipts |= loading.with_room(context.connection, customers)[1] | set(besides)
    codes = [row.receipt_code for row in rows]
    for start in range(0, len(codes), loading.AT_ONCE):
        some = RECEIPT_TABLE.c.code.in_(codes[start : start + loading.AT_ONCE])
        found = sa.select(RECEIPT_TABLE.c.id).where(some)
        receipts |= set(context.connection.execute(found).scalars())
    return loading.load(context.connection, bills=named | set(also), receipts=receipts, notes=notes)


def coming(context: Context) -> list[Any]:
    """What the file brings of customers of whom it takes something back."""
    staged = context.staged
    return list(
        context.connection.execute(
            sa.select(
                staged.c.id,
                staged.c.line,
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
            .where(context.good(), staged.c.amount.is_not(None))
            .where(staged.c.customer_id.in_(allocating.giving_back(context)))
            .order_by(staged.c.received_on, staged.c.receipt_code, staged.c.invoice_id, staged.c.id)
        )
    )


def concerned_with_the_file(context: Context, rows: list[Any], coming: list[Any]) -> Book:
    """Everything the rows may take back, and the receipts that come with the file."""
    there = {row.receipt_id for row in coming if row.receipt_id is not None}
    bills = {row.invoice_id for row in coming if row.invoice_id is not None}
    book = concerned(context, rows, bills, there)
    for row in coming:
        if row.receipt_id is None:
            book.sources.setdefault((RECEIPT, row.code), allocating.new_source(row, RECEIPTS))
    return book
