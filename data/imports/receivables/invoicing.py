"""Invoices that are there already (发票变更): due dates agreed anew, and corrections of the past.

A due date that differs from the one we know is an agreement: it holds from the day of the
import, and every earlier day keeps the date it had. Only with `correct_past` it is a mistake
put right, from the first day on; that is said in the report and kept with the batch. So it is
where the date we knew was assumed, and nothing was agreed since.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import sqlalchemy as sa

from data import card_changes, policies
from data.imports.receivables.booking import Booking
from data.imports.staging.work import Work
from data.imports.terms.tables import table_of
from data.movements import loading
from data.movements.book import Bill, peak
from models.customers import Customer
from models.receivables import Invoice, InvoiceSchedule

CUSTOMER = table_of(Customer)
INVOICE = table_of(Invoice)
SCHEDULE = table_of(InvoiceSchedule)


def check(work: Work) -> None:
    """Tell agreements from corrections; refuse what the money that moved does not allow."""
    loading.lock(work.connection)
    if not work.is_there("invoice_id"):
        return
    staged = work.staged
    planned = sa.exists().where(SCHEDULE.c.invoice_id == INVOICE.c.id)
    moved = sa.or_(
        staged.c.invoiced_on != INVOICE.c.invoiced_on, staged.c.amount != INVOICE.c.amount
    )
    dated = sa.and_(
        staged.c.due_on.is_not(None), sa.or_(staged.c.due_on != INVOICE.c.due_on, planned)
    )
    rows = work.connection.execute(
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
        .where(work.good(), sa.or_(moved, dated))
        .order_by(staged.c.id)
    ).all()
    book = loading.load(work.connection, bills={row.invoice_id for row in rows})
    booking = Booking(work, book, {})
    terms = card_changes.Terms(
        work.connection,
        sa.select(CUSTOMER.c.id).where(CUSTOMER.c.id.in_({r.customer for r in rows})),
    )
    for row in rows:
        bill = book.bills[row.code]
        _moved(booking, row, bill, terms)
        mistaken = work.options.correct_past or (row.due_assumed and not bill.plans)
        if row.due_on is not None and not mistaken:
            _agreed(booking, row, bill)
        _corrected(work, row, bill, mistaken=mistaken)
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
            default = policies.in_force(booking.work.connection).terms_default_days
            due = booking.work.days_later(row.invoiced_on, default if named is None else named)
            again = {"row": row.id, "due_on": due, "due_assumed": True}
            again["due_default"] = named is None
            booking.work.set_rows([again], "due_on", "due_assumed", "due_default")
        elif row.invoiced_on > bill.due_on:
            booking.refuse(row, "due_before_invoice", "invoiced_on")


def _agreed(booking: Booking, row: Any, bill: Bill) -> None:
    """What the file says of the due date is an agreement from today on, or nothing new."""
    work = booking.work
    since = max(work.today, bill.day)
    plan = bill.plan(since)
    known = {due for due, _amount in plan}
    new: dict[str, Any] = {"row": row.id, "due_on": None, "due_agreed": None, "due_before": None}
    if row.due_on == bill.due_on and bill.due_on not in known:
        _note(work, row, "due_agreed_otherwise", min(known))
    elif row.due_on not in {bill.due_on, *known}:
        if len(plan) > 1:
            booking.refuse(row, "instalments_in_force", "due_on")
        new |= {"due_agreed": row.due_on, "due_before": plan[0][0]}
        _note(work, row, "due_agreed", since)
    work.set_rows([new], "due_on", "due_agreed", "due_before")


def _corrected(work: Work, row: Any, bill: Bill, *, mistaken: bool) -> None:
    """Say from which day on a row changes what was.

    A due date that was only assumed is put right by the one that is stated.
    """
    days = []
    if (row.invoiced_on, row.amount) != (bill.day, bill.amount):
        days += [row.invoiced_on, bill.day]
    if mistaken and row.due_on not in (None, bill.due_on):
        days += [row.due_on, bill.due_on]
    if days:
        _note(work, row, "corrects_past", min(days))
        work.corrects(min(days))


def _note(work: Work, row: Any, reason: str, other: date) -> None:
    said = sa.literal(other.isoformat())
    field = "due_on" if reason.startswith("due") else "invoice_code"
    work.note_where(reason, field, work.staged.c.id == row.id, other=said)


def count(work: Work) -> None:
    """A row that only brings another due date is a change too."""
    work.touch_where(work.staged.c.due_agreed.is_not(None))


def tell(work: Work) -> Iterator[tuple[str, Any, Any]]:
    """Due dates in force and those agreed anew."""
    staged = work.staged
    yield (
        "due_on",
        SCHEDULE.c.due_on,
        sa.select(
            staged.c.line,
            staged.c.invoice_code.label("row"),
            staged.c.due_before.label("old"),
            staged.c.due_agreed.label("new"),
        )
        .where(work.good(), staged.c.due_agreed.is_not(None))
        .order_by(staged.c.line),
    )


def write(work: Work) -> None:
    """Store the due dates agreed anew, in force from today or the date of the invoice on."""
    staged = work.staged
    rows = work.connection.execute(
        sa.select(
            staged.c.line,
            staged.c.due_agreed,
            INVOICE.c.id,
            INVOICE.c.amount,
            INVOICE.c.invoiced_on,
        )
        .join(INVOICE, INVOICE.c.id == staged.c.invoice_id)
        .where(work.good(), staged.c.due_agreed.is_not(None))
        .order_by(staged.c.id)
    ).all()
    for row in rows:
        since = max(work.today, row.invoiced_on)
        work.put_dated(
            InvoiceSchedule,
            {"invoice_id": row.id, "since": since, "position": 1},
            {"due_on": row.due_agreed, "amount": row.amount},
            row.line,
        )
