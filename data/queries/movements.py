"""Movements of receivables in questions (往来口径): what counts on a day, for lists.

The same rules as `data.facts_receivables` has for a refresh, for lists that read the documents
of one customer or of one page.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from models.receivables import (
    Allocation,
    CreditNote,
    Invoice,
    InvoiceSchedule,
    Receipt,
    Reversal,
    WriteOff,
)
from models.snapshots import SnapshotInvoice


def applies(day: date) -> sa.ColumnElement[bool]:
    """Whether an allocation counts on a day on which its receipt or credit note exists.

    The query must have `Allocation` and its `Invoice`.
    """
    return sa.and_(
        col(Allocation.allocated_on) <= day,
        col(Invoice.invoiced_on) <= day,
        sa.or_(col(Allocation.ended_on).is_(None), col(Allocation.ended_on) > day),
    )


def reversed_of(table: type[Receipt] | type[CreditNote], day: date) -> Any:
    """What of a row of `table` no longer counts on a day, minor units."""
    link = Reversal.receipt_id if table is Receipt else Reversal.credit_note_id
    taken = (
        sa.select(sa.func.sum(col(Reversal.amount)))
        .where(col(link) == col(table.id), col(Reversal.reversed_on) <= day)
        .correlate(table)
        .scalar_subquery()
    )
    return sa.func.coalesce(taken, 0)


REVERSED = sa.union_all(
    *(
        sa.select(
            col(Reversal.id),
            col(table.customer_id),
            col(Reversal.code),
            col(Reversal.amount),
            sa.case(
                (col(Reversal.reversed_on) < dated, dated), else_=col(Reversal.reversed_on)
            ).label("on"),
            sa.literal(name).label("source"),
            col(table.code).label("source_code"),
            sa.cast(col(Reversal.kind), sa.String).label("kind"),
            col(Reversal.reason),
            col(Reversal.recorded_by),
        ).join(table, col(link) == col(table.id))
        for table, link, dated, name in (
            (Receipt, Reversal.receipt_id, col(Receipt.received_on), "receipt"),
            (CreditNote, Reversal.credit_note_id, col(CreditNote.issued_on), "credit_note"),
        )
    )
).subquery("reversed")
"""Reversals with whose they are, of what, and the day from which they count."""

_WRITTEN_OFF_ON = sa.case(
    (col(WriteOff.written_off_on) < col(Invoice.invoiced_on), col(Invoice.invoiced_on)),
    else_=col(WriteOff.written_off_on),
)
WRITTEN_OFF = (
    sa.select(
        col(WriteOff.id),
        col(Invoice.customer_id),
        col(WriteOff.code),
        col(WriteOff.amount),
        _WRITTEN_OFF_ON.label("on"),
        col(WriteOff.ended_on),
        col(Invoice.code).label("invoice_code"),
        col(WriteOff.reason),
        col(WriteOff.recorded_by),
        sa.cast(col(WriteOff.kind), sa.String).label("kind"),
    )
    .join(Invoice, col(Invoice.id) == col(WriteOff.invoice_id))
    .where(sa.or_(col(WriteOff.ended_on).is_(None), col(WriteOff.ended_on) > _WRITTEN_OFF_ON))
    .subquery("written_off")
)
"""Write-offs with whose they are, and the days from and up to which they count."""

AGREED = (
    sa.select(
        sa.func.max(col(InvoiceSchedule.id)).label("id"),
        col(Invoice.customer_id),
        col(Invoice.code),
        col(InvoiceSchedule.since).label("on"),
        sa.func.max(col(InvoiceSchedule.reason)).label("reason"),
        sa.func.max(col(InvoiceSchedule.recorded_by)).label("recorded_by"),
    )
    .join(Invoice, col(Invoice.id) == col(InvoiceSchedule.invoice_id))
    .group_by(
        col(InvoiceSchedule.invoice_id),
        col(InvoiceSchedule.since),
        col(Invoice.customer_id),
        col(Invoice.code),
    )
    .subquery("agreed")
)
"""Due dates as agreed from a day on, one row for all instalments of an invoice."""


def columns_of(table: Any) -> Any:
    """The columns of a table or of one of the questions above, as attributes."""
    return table.c if isinstance(table, sa.Subquery) else table


def _newest_until(invoice_id: Any, day: Any) -> Any:
    """Since when the schedule in force on a day holds."""
    other = sa.orm.aliased(InvoiceSchedule)
    return (
        sa.select(sa.func.max(col(other.since)))
        .where(col(other.invoice_id) == invoice_id, col(other.since) <= day)
        .correlate(SnapshotInvoice, Invoice)
        .scalar_subquery()
    )


def _of_schedule(what: Any, day: Any, *conditions: Any) -> Any:
    invoice = col(SnapshotInvoice.invoice_id)
    return (
        sa.select(what)
        .where(
            col(InvoiceSchedule.invoice_id) == invoice,
            col(InvoiceSchedule.since) == _newest_until(invoice, day),
            *conditions,
        )
        .correlate(SnapshotInvoice, Invoice)
        .scalar_subquery()
    )


def part() -> Any:
    """Which instalment an open row is: "2/3", or '' where the invoice is due as a whole.

    The query must have `SnapshotInvoice`.
    """
    position = col(SnapshotInvoice.position)
    parts = _of_schedule(sa.func.count(), col(SnapshotInvoice.as_of))
    said = sa.cast(position, sa.String) + "/" + sa.cast(parts, sa.String)
    return sa.case((position == 0, ""), (parts <= 1, ""), else_=said)


def label() -> Any:
    """The invoice as lists call it: "INV01", or "INV01 · 2/3" for an instalment."""
    return sa.case((part() == "", col(Invoice.code)), else_=col(Invoice.code) + " · " + part())


def first_due_on() -> Any:
    """When an open row was to be due as agreed with the invoice.

    The query must have `SnapshotInvoice` and its `Invoice`.
    """
    position = col(SnapshotInvoice.position)
    same_place = col(InvoiceSchedule.position) == position
    first = _of_schedule(col(InvoiceSchedule.due_on), col(Invoice.invoiced_on), same_place)
    due = col(Invoice.due_on)
    return sa.case((position == 0, due), else_=sa.func.coalesce(first, due))


def put_off() -> Any:
    """Whether an open row is due later than was agreed with the invoice (已展期)."""
    return col(SnapshotInvoice.due_on) > first_due_on()


def assumed() -> Any:
    """Whether the due date of an open row was assumed, and nothing was agreed since."""
    return sa.and_(col(Invoice.due_assumed).is_(True), col(SnapshotInvoice.position) == 0)
