"""Invoices that are there already (发票变更): due dates agreed anew, and corrections of the past.

A due date that differs from the one we know is an agreement: it holds from the day of the
import, and every earlier day keeps the date it had. Only with `correct_past` it is a mistake
put right, from the first day on; that is said in the report and kept with the batch. So it is
where the date we knew was assumed, and nothing was agreed since.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from data import card_changes, policies
from data.imports.receivables.booking import Booking
from data.imports.staging.changes import Changes
from data.imports.staging.context import Context
from data.imports.staging.dated import put_dated
from data.imports.staging.faults import Faults
from data.imports.staging.rows import set_rows
from data.imports.terms.tables import table_of
from data.movements import loading
from data.movements.book import Bill, peak
from models.customers import Customer
from models.receivables import Invoice, InvoiceSchedule

CUSTOMER = table_of(Customer)
INVOICE = table_of(Invoice)
SCHEDULE = table_of(InvoiceSchedule)


def check(context: Context, faults: Faults, changes: Changes) -> None:
    """Tell agreements from corrections; refuse what the money that moved does not allow."""
    loading.lock(context.connection)
    if not context.is_there("invoice_id"):
        return
    staged = context.staged
    planned = sa.exists().where(SCHEDULE.c.invoice_id == INVOICE.c.id)
    moved = sa.or_(
        staged.c.invoiced_on != INVOICE.c.invoiced_on, staged.c.amount != INVOICE.c.amount
    )
    dated = sa.and_(
        staged.c.due_on.is_not(None), sa.or_(staged.c.due_on != INVOICE.c.due_on, planned)
    )
    rows = context.connection.execute(
        sa.select(
            staged.c.id,
            staged.c.line,
            staged.c.invoiced_on,
            staged.c.due_on,
            staged.c.amount,
            INVOICE.c.code,
            INVOICE.c.id.label("invoice_id"),
            INVOICE.c.due_assumed,
            CUSTOMER.c.id.label("customer"),
        )
        .join(INVOICE, INVOICE.c.id == staged.c.invoice_id)
        .join(CUSTOMER, CUSTOMER.c.id == INVOICE.c.customer_id)
        .where(context.good(), sa.or_(moved, dated))
        .order_by(staged.c.id)
    ).all()
    book = loading.load(context.connection, bills={row.invoice_id for row in rows})
    booking = Booking(context, faults, changes, book, {})
    terms = card_changes.Terms(
        context.connection,
        sa.select(CUSTOMER.c.id).where(CUSTOMER.c.id.in_({r.customer for r in rows})),
    )
    for row in rows:
        bill = book.bills[row.code]
        _moved(booking, row, bill, terms)
        mistaken = context.options.correct_past or (row.due_assumed and not bill.plans)
        if row.due_on is not None and not mistaken:
            _agreed(booking, row, bill)
        _corrected(context, faults, changes, row, bill, mistaken=mistaken)
    booking.close()


def _moved(booking: Booking, row: Any, bill: Bill, terms: card_changes.Terms) -> None:
    """Another amount or date of an invoice must leave room for what happened to it."""
    uses = [*bill.applied, *bill.write_offs]
    if row.amount < peak(uses, date.min):
        booking.refuse(row, "less_than_paid", "amount")
    if row.amount != bill.amount and bill.plans:
        booking.refuse(row, "plan_needs_its_amount", "amount")
    first = min([*(one.start for one in uses), *bill.plans], default=date.max)
    if row.invoiced_on != bill.day and row.invoiced_on > first:
        booking.refuse(row, "paid_before", "invoiced_on")
    if row.due_on is None and row.invoiced_on != bill.day:
        if row.due_assumed:
            named = terms.on(row.customer, row.invoiced_on)
            default = policies.in_force(booking.context.connection).terms_default_days
            due = row.invoiced_on + timedelta(days=default if named is None else named)
            again = {"row": row.id, "due_on": due, "due_assumed": True}
            again["due_default"] = named is None
            set_rows(booking.context, [again], "due_on", "due_assumed", "due_default")
        elif row.invoiced_on > bill.due_on:
            booking.refuse(row, "due_before_invoice", "invoiced_on")


def _agreed(booking: Booking, row: Any, bill: Bill) -> None:
    """What the file says of the due date is an agreement from today on, or nothing new."""
    context, faults = booking.context, booking.faults
    since = max(context.today, bill.day)
    plan = bill.plan(since)
    known = {due for due, _amount in plan}
    new: dict[str, Any] = {"row": row.id, "due_on": None, "due_agreed": None, "due_before": None}
    if row.due_on == bill.due_on and bill.due_on not in known:
        _note(context, faults, row, "due_agreed_otherwise", min(known))
    elif row.due_on not in {bill.due_on, *known}:
        if len(plan) > 1:
            booking.refuse(row, "instalments_in_force", "due_on")
        new |= {"due_agreed": row.due_on, "due_before": plan[0][0]}
        _note(context, faults, row, "due_agreed", since)
    set_rows(context, [new], "due_on", "due_agreed", "due_before")


def _corrected(
    context: Context, faults: Faults, changes: Changes, row: Any, bill: Bill, *, mistaken: bool
) -> None:
    """Say from which day on a row changes what was.

    A due date that was only assumed is put right by the one that is stated.
    """
    days = []
    if (row.invoiced_on, row.amount) != (bill.day, bill.amount):
        days += [row.invoiced_on, bill.day]
    if mistaken and row.due_on not in (None, bill.due_on):
        days += [row.due_on, bill.due_on]
    if days:
        _note(context, faults, row, "corrects_past", min(days))
        changes.corrects(min(days))


def _note(context: Context, faults: Faults, row: Any, reason: str, other: date) -> None:
    said = sa.literal(other.isoformat())
    field = "due_on" if reason.startswith("due") else "invoice_code"
    faults.note_where(reason, field, context.staged.c.id == row.id, other=said)


def count(context: Context, _faults: Faults, changes: Changes) -> None:
    """A row that only brings another due date is a change too."""
    changes.touch_where(context.staged.c.due_agreed.is_not(None))


def tell(context: Context) -> Iterator[tuple[str, Any, Any]]:
    """Due dates in force and those agreed anew."""
    staged = context.staged
    yield (
        "due_on",
        SCHEDULE.c.due_on,
        sa.select(
            staged.c.line,
            staged.c.invoice_code.label("row"),
            staged.c.due_before.label("old"),
            staged.c.due_agreed.label("new"),
        )
        .where(context.good(), staged.c.due_agreed.is_not(None))
        .order_by(staged.c.line),
    )


def write(context: Context, _faults: Faults, changes: Changes) -> None:
    """Store the due dates agreed anew, in force from today or the date of the invoice on."""
    staged = context.staged
    rows = context.connection.execute(
        sa.select(
            staged.c.line,
            staged.c.due_agreed,
            INVOICE.c.id,
            INVOICE.c.amount,
            INVOICE.c.invoiced_on,
        )
        .join(INVOICE, INVOICE.c.id == staged.c.invoice_id)
        .where(context.good(), staged.c.due_agreed.is_not(None))
        .order_by(staged.c.id)
    ).all()
    for row in rows:
        since = max(context.today, row.invoiced_on)
        put_dated(
            context,
            changes,
            InvoiceSchedule,
            {"invoice_id": row.id, "since": since, "position": 1},
            {"due_on": row.due_agreed, "amount": row.amount},
            row.line,
        )
