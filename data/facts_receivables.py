"""Reductions over invoices, receipts and what connects them (应收归并), with Ibis.

An allocation counts from the day on which all three exist: itself, its invoice and its
receipt or credit note. Then, on any day, what is open is never negative and

    Σ outstanding − Σ unallocated = Σ invoices − Σ receipts − Σ credit notes.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import ibis

from data.facts_periods import Period
from data.facts_sales import count, total
from data.facts_tables import fact


def applied(until: date) -> Any:
    """One row per allocation that counts by a day.

    Columns: invoice_id, customer_id (of the invoice), payer_id (of the receipt or credit
    note; another one where a group pays for its member), invoiced_on, due_on, paid_on,
    effective_on, amount, cash (1 = money, 0 = credit note).
    """
    part, invoice = fact("allocation"), fact("invoice")
    receipt, note = fact("receipt"), fact("credit_note")
    part = part.filter(part.allocated_on <= until)
    rows = part.inner_join(invoice, part.invoice_id == invoice.id)
    rows = rows.select(
        "invoice_id", "receipt_id", "credit_note_id", "allocated_on", "invoiced_on", "due_on",
        invoice.customer_id, amount=part.amount,
    )  # fmt: skip
    money = receipt.select(money_id=receipt.id, money_of=receipt.customer_id,
                           money_on=receipt.received_on)  # fmt: skip
    credit = note.select(credit_id=note.id, credit_of=note.customer_id, credit_on=note.issued_on)
    rows = rows.left_join(money, rows.receipt_id == money.money_id)
    rows = rows.left_join(credit, rows.credit_note_id == credit.credit_id)
    rows = rows.mutate(
        payer_id=ibis.coalesce(rows.money_of, rows.credit_of),
        paid_on=ibis.coalesce(rows.money_on, rows.credit_on),
        cash=rows.money_id.notnull().ifelse(1, 0).cast("int64"),
    )
    rows = rows.mutate(effective_on=ibis.greatest(rows.allocated_on, rows.invoiced_on,
                                                  rows.paid_on))  # fmt: skip
    rows = rows.filter(rows.effective_on <= until)
    return rows.select(
        "invoice_id", "customer_id", "payer_id", "invoiced_on", "due_on", "paid_on",
        "effective_on", "amount", "cash",
    )  # fmt: skip


def open_invoices(part: Any, on: Period) -> Any:
    """Invoices not settled, each with what is left of it.

    Columns: invoice_id, customer_id, invoiced_on, due_on, amount, outstanding (> 0).
    """
    invoice = fact("invoice")
    invoice = invoice.filter(invoice.invoiced_on <= on.as_of)
    part = part.filter(part.effective_on <= on.as_of)
    paid = part.group_by("invoice_id").aggregate(paid=total(part.amount))
    both = invoice.left_join(paid, invoice.id == paid.invoice_id)
    both = both.select(
        "customer_id", "invoiced_on", "due_on", "amount",
        invoice_id=invoice.id, outstanding=invoice.amount - ibis.coalesce(paid.paid, 0),
    )  # fmt: skip
    return both.filter(both.outstanding > 0)


def invoiced(on: Period) -> Any:
    """Per customer: invoices written, and those that fell due, in the window and the month."""
    invoice = fact("invoice")
    invoice = invoice.filter(invoice.invoiced_on <= on.as_of)
    due = (invoice.due_on > on.after) & (invoice.due_on <= on.as_of)
    due_month = (invoice.due_on > on.month_after) & (invoice.due_on <= on.as_of)
    return invoice.group_by("customer_id").aggregate(
        invoiced=total(invoice.amount, invoice.invoiced_on > on.after),
        invoiced_total=total(invoice.amount),
        due=total(invoice.amount, due),
        due_count=count(invoice, due),
        due_month=total(invoice.amount, due_month),
        first_invoice=invoice.invoiced_on.min(),
    )


def settled(part: Any, on: Period) -> Any:
    """Per customer of the invoices: what was paid of what fell due, and how late.

    late is Σ amount × (day paid − day due) over money received in the window, late_base its
    Σ amount.
    """
    part = part.filter(part.effective_on <= on.as_of)
    cash = part.cash == 1
    due = (part.due_on > on.after) & (part.due_on <= on.as_of)
    due_month = (part.due_on > on.month_after) & (part.due_on <= on.as_of)
    lately = cash & (part.paid_on > on.after)
    seconds = part.paid_on.epoch_seconds() - part.due_on.epoch_seconds()
    days = (seconds / 86400).round().cast("int64")
    return part.group_by("customer_id").aggregate(
        due_received=total(part.amount, due & cash),
        due_credited=total(part.amount, due & ~cash),
        month_received=total(part.amount, due_month & cash),
        month_credited=total(part.amount, due_month & ~cash),
        late=total(part.amount * days, lately),
        late_base=total(part.amount, lately),
    )


def paid_out(part: Any, on: Period) -> Any:
    """Per payer: what of its receipts and credit notes is applied to invoices."""
    part = part.filter(part.effective_on <= on.as_of)
    return part.group_by("payer_id").aggregate(applied=total(part.amount))


def received(on: Period) -> Any:
    """Per customer: receipts of the window and of all time, and the last one."""
    receipt = fact("receipt")
    receipt = receipt.filter(receipt.received_on <= on.as_of)
    return receipt.group_by("customer_id").aggregate(
        received=total(receipt.amount, receipt.received_on > on.after),
        received_total=total(receipt.amount),
        last_receipt=receipt.received_on.max(),
    )


def credited(on: Period) -> Any:
    """Per customer: credit notes of all time."""
    note = fact("credit_note")
    note = note.filter(note.issued_on <= on.as_of)
    return note.group_by("customer_id").aggregate(credited_total=total(note.amount))


def opening(part: Any, on: Period) -> Any:
    """One row: open invoices of the whole company when the window began, minor units."""
    invoice = fact("invoice")
    invoice = invoice.filter(invoice.invoiced_on <= on.after)
    part = part.filter(part.effective_on <= on.after)
    written = invoice.aggregate(written=total(invoice.amount))
    paid = part.aggregate(paid=total(part.amount))
    both = written.cross_join(paid)
    return both.select(opening=both.written - both.paid)
