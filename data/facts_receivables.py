"""Reductions over invoices, receipts and what connects them (应收归并), with Ibis.

Money lowers an invoice from the day on which all three exist: the allocation, its invoice and
its receipt or credit note; a write-off from the day it and its invoice exist; each until it is
ended. Then, on any day, what is open is never negative and

    Σ outstanding − Σ unallocated = Σ invoices − Σ receipts − Σ credit notes − Σ write-offs,

receipts and credit notes less what of them was reversed by that day. Which part of an invoice
was due when, and which was paid, says `data.facts_instalments`.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import ibis

from data.facts_instalments import CASH, CREDIT, WRITTEN_OFF, by_part, planned, scheduled
from data.facts_periods import Period
from data.facts_sales import count, total
from data.facts_tables import fact


def applied(until: date) -> Any:
    """One row per allocation or write-off that counts on some day up to one.

    Columns: id, invoice_id, customer_id (of the invoice), payer_id (of the receipt or credit
    note, another one where a group pays for its member; NULL for a write-off), due_on (of the
    invoice as first agreed), paid_on, effective_on, ended_on (NULL while it counts), amount,
    kind (`CASH`, `CREDIT` or `WRITTEN_OFF`).
    """
    rows = ibis.union(_allocated(until), _given_up(until))
    return rows.filter(rows.effective_on <= until)


_COLUMNS = (
    "id",
    "invoice_id",
    "customer_id",
    "payer_id",
    "due_on",
    "paid_on",
    "effective_on",
    "ended_on",
    "amount",
    "kind",
)


def _allocated(until: date) -> Any:
    part, invoice = fact("allocation"), fact("invoice")
    receipt, note = fact("receipt"), fact("credit_note")
    part = part.filter(part.allocated_on <= until)
    rows = part.inner_join(invoice, part.invoice_id == invoice.id)
    rows = rows.select(
        part.id,
        "invoice_id",
        "receipt_id",
        "credit_note_id",
        "allocated_on",
        "ended_on",
        "invoiced_on",
        "due_on",
        invoice.customer_id,
        amount=part.amount,
    )
    money = receipt.select(
        money_id=receipt.id, money_of=receipt.customer_id, money_on=receipt.received_on
    )
    credit = note.select(credit_id=note.id, credit_of=note.customer_id, credit_on=note.issued_on)
    rows = rows.left_join(money, rows.receipt_id == money.money_id)
    rows = rows.left_join(credit, rows.credit_note_id == credit.credit_id)
    rows = rows.mutate(
        payer_id=ibis.coalesce(rows.money_of, rows.credit_of),
        paid_on=ibis.coalesce(rows.money_on, rows.credit_on),
        kind=rows.money_id.notnull().ifelse(CASH, CREDIT).cast("int64"),
    )
    rows = rows.mutate(
        effective_on=ibis.greatest(rows.allocated_on, rows.invoiced_on, rows.paid_on)
    )
    return rows.select(*_COLUMNS)


def _given_up(until: date) -> Any:
    part, invoice = fact("write_off"), fact("invoice")
    part = part.filter(part.written_off_on <= until)
    rows = part.inner_join(invoice, part.invoice_id == invoice.id)
    rows = rows.select(
        part.id,
        "invoice_id",
        invoice.customer_id,
        "due_on",
        "ended_on",
        payer_id=ibis.null("int64"),
        paid_on=part.written_off_on,
        effective_on=ibis.greatest(part.written_off_on, invoice.invoiced_on),
        amount=part.amount,
        kind=ibis.literal(WRITTEN_OFF, "int64"),
    )
    return rows.select(*_COLUMNS)


def counting(part: Any, day: Any) -> Any:
    """The rows of `applied` that count at the end of a day."""
    return part.filter(_counts(part, day))


def _counts(part: Any, day: Any) -> Any:
    return (part.effective_on <= day) & (part.ended_on.isnull() | (part.ended_on > day))


def parts(on: Period, *, split: bool) -> Any:
    """One row per invoice, or per instalment where a schedule is in force on the date.

    Columns: invoice_id, customer_id, invoiced_on, position (0 where the invoice is due as a
    whole), due_on (in force), amount, before (Σ of the parts due earlier: paid first).

    Args:
        on: the date.
        split: whether the store has any schedule.
    """
    invoice = fact("invoice")
    invoice = invoice.filter(invoice.invoiced_on <= on.as_of)
    whole, agreed = invoice, scheduled(on)
    if split:
        away = planned(on)
        whole = invoice.left_join(away, invoice.id == away.planned_id)
        whole = whole.filter(whole.planned_id.isnull())
    whole = whole.select(
        "customer_id",
        "invoiced_on",
        "due_on",
        "amount",
        invoice_id=whole.id,
        position=ibis.literal(0, "int64"),
        before=ibis.literal(0, "int64"),
    )
    if not split:
        return whole
    names = whole.columns
    each = agreed.inner_join(invoice, agreed.invoice_id == invoice.id)
    each = each.select(
        "customer_id",
        "invoiced_on",
        "invoice_id",
        "position",
        "before",
        agreed.due_on,
        agreed.amount,
    )
    return ibis.union(whole, each.select(*names))


def open_invoices(owed: Any, part: Any, on: Period) -> Any:
    """Invoices, or instalments of them, not settled, each with what is left of it.

    Columns: invoice_id, customer_id, position, invoiced_on, due_on, amount, outstanding (> 0).
    """
    part = counting(part, on.as_of)
    paid = part.group_by("invoice_id").aggregate(paid=total(part.amount))
    paid = paid.select(paid_id=paid.invoice_id, paid=paid.paid)
    both = owed.left_join(paid, owed.invoice_id == paid.paid_id)
    reached = ibis.greatest(ibis.coalesce(both.paid, 0) - both.before, 0)
    both = both.select(
        "invoice_id",
        "customer_id",
        "position",
        "invoiced_on",
        "due_on",
        "amount",
        outstanding=both.amount - reached,
    )
    return both.filter(both.outstanding > 0)


def invoiced(on: Period) -> Any:
    """Per customer: invoices written in the window and ever, and the first."""
    invoice = fact("invoice")
    invoice = invoice.filter(invoice.invoiced_on <= on.as_of)
    return invoice.group_by("customer_id").aggregate(
        invoiced=total(invoice.amount, invoice.invoiced_on > on.after),
        invoiced_total=total(invoice.amount),
        first_invoice=invoice.invoiced_on.min(),
    )


def due(owed: Any, on: Period) -> Any:
    """Per customer: what fell due in the window and in the month, and how many parts did."""
    inside = (owed.due_on > on.after) & (owed.due_on <= on.as_of)
    in_month = (owed.due_on > on.month_after) & (owed.due_on <= on.as_of)
    return owed.group_by("customer_id").aggregate(
        due=total(owed.amount, inside),
        due_count=count(owed, inside),
        due_month=total(owed.amount, in_month),
    )


def settled(part: Any, on: Period, *, split: bool) -> Any:
    """Per customer of the invoices: what was paid of what fell due, and how late.

    late is Σ amount × (day paid − day due) over money received in the window, late_base its
    Σ amount. `split` says whether the store has any schedule.
    """
    part = counting(part, on.as_of)
    if split:
        part = by_part(part, on)
    cash, credit = part.kind == CASH, part.kind == CREDIT
    due = (part.due_on > on.after) & (part.due_on <= on.as_of)
    due_month = (part.due_on > on.month_after) & (part.due_on <= on.as_of)
    lately = cash & (part.paid_on > on.after)
    seconds = part.paid_on.epoch_seconds() - part.due_on.epoch_seconds()
    days = (seconds / 86400).round().cast("int64")
    return part.group_by("customer_id").aggregate(
        due_received=total(part.amount, due & cash),
        due_credited=total(part.amount, due & credit),
        month_received=total(part.amount, due_month & cash),
        month_credited=total(part.amount, due_month & credit),
        late=total(part.amount * days, lately),
        late_base=total(part.amount, lately),
    )


def paid_out(part: Any, on: Period) -> Any:
    """Per payer: what of its receipts and credit notes is applied to invoices."""
    part = counting(part, on.as_of)
    part = part.filter(part.kind != WRITTEN_OFF)
    return part.group_by("payer_id").aggregate(applied=total(part.amount))


def received(on: Period) -> Any:
    """Per customer: receipts less reversals of the window and of all time, and the last one.

    A receipt all of which was given back is no last receipt.
    """
    rows = _net("receipt", "received_on", on)
    return rows.group_by("customer_id").aggregate(
        received=total(rows.amount, rows.day > on.after),
        received_total=total(rows.amount),
        last_receipt=rows.standing.max(),
    )


def credited(on: Period) -> Any:
    """Per customer: credit notes less reversals of the window and of all time."""
    rows = _net("credit_note", "issued_on", on)
    return rows.group_by("customer_id").aggregate(
        credited=total(rows.amount, rows.day > on.after), credited_total=total(rows.amount)
    )


def _net(name: str, dated: str, on: Period) -> Any:
    """Receipts or credit notes, and negative what of them was reversed, each on its own day.

    Columns: customer_id, day, amount, standing (the day of one of which something is left).
    """
    source, back = fact(name), fact("reversal")
    source = source.filter(source[dated] <= on.as_of)
    source = source.select("id", "customer_id", "amount", day=source[dated])
    link = back[f"{name}_id"]
    back = back.filter(link.notnull() & (back.reversed_on <= on.as_of))
    back = back.select("reversed_on", source_id=link, taken=back.amount)
    lost = back.group_by("source_id").aggregate(lost=total(back.taken))
    came = source.left_join(lost, source.id == lost.source_id)
    came = came.select(
        "customer_id",
        "day",
        "amount",
        standing=(came.amount > ibis.coalesce(came.lost, 0)).ifelse(came.day, ibis.null("date")),
    )
    went = back.inner_join(source, back.source_id == source.id)
    went = went.select(
        "customer_id",
        day=ibis.greatest(went.reversed_on, went.day),
        amount=-went.taken,
        standing=ibis.null("date"),
    )
    return ibis.union(came, went)


def written_off(part: Any, on: Period) -> Any:
    """Per customer: what is written off less what was taken back, in the window and ever."""
    part = part.filter((part.kind == WRITTEN_OFF) & (part.effective_on <= on.as_of))
    now = total(part.amount, _counts(part, on.as_of))
    return part.group_by("customer_id").aggregate(
        written_off=now - total(part.amount, _counts(part, on.after)), written_off_total=now
    )


def opening(part: Any, on: Period) -> Any:
    """One row: open invoices of the whole company when the window began, minor units."""
    invoice = fact("invoice")
    invoice = invoice.filter(invoice.invoiced_on <= on.after)
    part = counting(part, on.after)
    written = invoice.aggregate(written=total(invoice.amount))
    paid = part.aggregate(paid=total(part.amount))
    both = written.cross_join(paid)
    return both.select(opening=both.written - both.paid)
