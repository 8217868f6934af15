"""Receipts meet invoices (核销): what may be applied to what, and oldest due first."""

from __future__ import annotations

from collections import defaultdict, deque
from typing import Any

import sqlalchemy as sa

from data.imports.tables import table_of
from data.imports.work import Work, money_text
from models.receivables import Allocation, Invoice, Receipt

ALLOCATION = table_of(Allocation)
INVOICE = table_of(Invoice)
RECEIPT = table_of(Receipt)

_CUSTOMERS_AT_ONCE = 500


def customer_of_invoice(work: Work) -> None:
    """A receipt that names an invoice is of the invoice's customer."""
    work.check_currency()
    staged = work.staged
    theirs = (
        sa.select(INVOICE.c.customer_id)
        .where(INVOICE.c.id == staged.c.invoice_id)
        .scalar_subquery()
    )
    work.connection.execute(
        sa.update(staged).where(staged.c.customer_id.is_(None)).values(customer_id=theirs)
    )
    work.fault_where("invoice_of_other_customer", "invoice_code", staged.c.customer_id != theirs)


def check(work: Work) -> None:
    """No receipt is applied before its invoice, nor more than there is to apply or to pay."""
    staged = work.staged
    invoice = sa.alias(INVOICE)
    joined = staged.join(invoice, invoice.c.id == staged.c.invoice_id)
    work.fault_where(
        "before_invoice",
        "received_on",
        staged.c.received_on < invoice.c.invoiced_on,
        other=invoice.c.invoiced_on,
        source=joined,
    )
    _more_than(work, "invoice_id", "more_than_outstanding", _outstanding(work))
    _more_than(work, "receipt_code", "more_than_received", work.staged.c.amount - _applied(work))


def _outstanding(work: Work) -> Any:
    paid = (
        sa.select(sa.func.coalesce(sa.func.sum(ALLOCATION.c.amount), 0))
        .where(ALLOCATION.c.invoice_id == work.staged.c.invoice_id)
        .scalar_subquery()
    )
    whole = (
        sa.select(INVOICE.c.amount)
        .where(INVOICE.c.id == work.staged.c.invoice_id)
        .scalar_subquery()
    )
    return whole - paid


def _applied(work: Work) -> Any:
    return (
        sa.select(sa.func.coalesce(sa.func.sum(ALLOCATION.c.amount), 0))
        .where(ALLOCATION.c.receipt_id == work.staged.c.receipt_id)
        .scalar_subquery()
    )


def _more_than(work: Work, group: str, reason: str, limit: Any) -> None:
    """Refuse the rows by which the running sum of a group passes what is left."""
    staged = work.staged
    running = (
        sa.select(
            staged.c.id,
            limit.label("left"),
            sa.func.sum(staged.c.allocated)
            .over(partition_by=staged.c[group], order_by=staged.c.id)
            .label("running"),
        )
        .where(
            work.good(),
            staged.c.allocated.is_not(None),
            staged.c.allocation_id.is_(None),
            staged.c.invoice_id.is_not(None),
        )
        .subquery()
    )
    joined = staged.join(running, running.c.id == staged.c.id)
    work.fault_where(
        reason,
        "allocated" if "allocated" in work.told else "amount",
        running.c.running > running.c.left,
        other=money_text(running.c.left - running.c.running + staged.c.allocated),
        source=joined,
    )


def spread_oldest_first(work: Work) -> None:
    """New receipts that name no invoice pay what fell due first, if the user said so."""
    if work.options.allocate != "oldest":
        return
    staged = work.staged
    receipts = work.connection.execute(
        sa.select(
            RECEIPT.c.id,
            RECEIPT.c.customer_id,
            RECEIPT.c.received_on,
            RECEIPT.c.amount,
            RECEIPT.c.batch_line,
        )
        .where(RECEIPT.c.batch_id == work.batch_id)
        .where(
            RECEIPT.c.id.in_(
                sa.select(staged.c.receipt_id).where(work.good(), staged.c.invoice_code.is_(None))
            )
        )
        .order_by(RECEIPT.c.customer_id, RECEIPT.c.received_on, RECEIPT.c.id)
    ).all()
    of_customer: dict[int, list[Any]] = defaultdict(list)
    for receipt in receipts:
        of_customer[receipt.customer_id].append(receipt)
    customers = sorted(of_customer)
    for start in range(0, len(customers), _CUSTOMERS_AT_ONCE):
        part = customers[start : start + _CUSTOMERS_AT_ONCE]
        open_invoices = _open_invoices(work, part)
        rows = [
            row
            for customer in part
            for row in _pay(work, of_customer[customer], open_invoices[customer])
        ]
        if rows:
            work.connection.execute(sa.insert(Allocation), rows)


def _open_invoices(work: Work, customers: list[int]) -> dict[int, deque[list[Any]]]:
    paid = (
        sa.select(ALLOCATION.c.invoice_id, sa.func.sum(ALLOCATION.c.amount).label("paid"))
        .group_by(ALLOCATION.c.invoice_id)
        .subquery()
    )
    left = INVOICE.c.amount - sa.func.coalesce(paid.c.paid, 0)
    rows = work.connection.execute(
        sa.select(INVOICE.c.id, INVOICE.c.customer_id, INVOICE.c.invoiced_on, left.label("left"))
        .outerjoin(paid, paid.c.invoice_id == INVOICE.c.id)
        .where(INVOICE.c.customer_id.in_(customers), left > 0)
        .order_by(INVOICE.c.customer_id, INVOICE.c.due_on, INVOICE.c.id)
    )
    found: dict[int, deque[list[Any]]] = defaultdict(deque)
    for row in rows:
        found[row.customer_id].append([row.id, row.invoiced_on, int(row.left)])
    return found


def _pay(work: Work, receipts: list[Any], invoices: deque[list[Any]]) -> list[dict[str, Any]]:
    rows = []
    for receipt in receipts:
        money = receipt.amount
        while money and invoices:
            invoice = invoices[0]
            share = min(money, invoice[2])
            rows.append(
                {
                    "receipt_id": receipt.id,
                    "invoice_id": invoice[0],
                    "allocated_on": max(receipt.received_on, invoice[1]),
                    "amount": share,
                    "batch_id": work.batch_id,
                    "batch_line": receipt.batch_line,
                }
            )
            money -= share
            invoice[2] -= share
            if not invoice[2]:
                invoices.popleft()
    return rows
