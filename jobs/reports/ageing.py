"""`report ageing` (账龄): buckets that reconcile with the ledger, by customer or by invoice."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from sqlmodel import Session

from components.i18n import mark
from data.queries import open_invoices, overview, receivables
from data.queries.ageing import Ageing, Narrow
from jobs.reports.asking import Asked, every, header
from jobs.reports.shape import Column, Part, Report, major, share

CUSTOMER = (
    Column("code", "text", mark("Customer code")),
    Column("name", "text", mark("Customer")),
    Column("owner", "text", mark("Account manager")),
    Column("tier", "text", mark("Tier"), "tier"),
    Column("grade", "text", mark("Credit grade")),
)
INVOICE = (
    Column("invoice", "text", mark("Invoice")),
    Column("code", "text", mark("Customer code")),
    Column("name", "text", mark("Customer")),
    Column("owner", "text", mark("Account manager")),
    Column("invoiced_on", "date", mark("Invoice date")),
    Column("due_on", "date", mark("Due date")),
    Column("amount", "money", mark("Invoice amount")),
    Column("outstanding", "money", mark("Outstanding")),
    Column("overdue_days", "days", mark("Days past due")),
    Column("bucket", "text", mark("Bucket")),
)
By = Literal["bucket", "customer", "invoice"]


def build(
    session: Session,
    asked: Asked,
    *,
    by: By = "bucket",
    today: date | None = None,
    limit: int | None = None,
) -> Report:
    """Open amounts by bucket, with the line that reconciles them with the ledger."""
    ageing = Ageing(edges=asked.policy.ageing_edges)
    labels = bucket_labels(ageing.edges)
    sums = overview.totals(session, asked.filters, asked.scope, [asked.as_of])[0]
    amounts = sums.buckets[: len(labels)]
    ledger = receivables.ledger(session, asked.filters, asked.scope, as_of=asked.as_of)
    net = sums.outstanding - sums.unallocated
    facts = header(asked) | {
        "basis": ageing.basis,
        "edges_days": list(ageing.edges),
        "totals": {
            "outstanding": major(sums.outstanding),
            "not_due": major(amounts[0]),
            "overdue": major(sums.overdue),
            "overdue_ratio": share(sums.overdue, sums.outstanding),
            "unallocated": major(sums.unallocated),
            "net": major(net),
            "ledger_balance": major(ledger.balance),
            "reconciles": net == ledger.balance and sum(amounts) == sums.outstanding,
        },
    }
    head = (
        Column("bucket", "text", mark("Bucket")),
        Column("amount", "money", mark("Outstanding")),
        Column("share", "ratio", mark("Share")),
    )
    rows = tuple(
        {"bucket": label, "amount": amount, "share": share(amount, sums.outstanding)}
        for label, amount in zip(labels, amounts, strict=True)
    )
    parts = [Part("buckets", head, rows)]
    day = today or asked.as_of
    if by == "customer":
        parts.insert(0, _customers(session, asked, ageing, labels, day, limit))
    elif by == "invoice":
        parts.insert(0, _invoices(session, asked, ageing, labels, day, limit))
    return Report(
        "ageing", mark("Receivables ageing"), asked.as_of, asked.currency, facts, tuple(parts)
    )


def bucket_labels(edges: tuple[int, ...]) -> tuple[str, ...]:
    """Stable names of the buckets: not_due, 1-30, 31-60 … >365."""
    starts = (0, *edges)
    between = (f"{low + 1}-{high}" for low, high in zip(starts, edges, strict=False))
    return ("not_due", *between, f">{edges[-1]}")


def _customers(
    session: Session,
    asked: Asked,
    ageing: Ageing,
    labels: tuple[str, ...],
    day: date,
    limit: int | None,
) -> Part:
    def page(page: Any) -> Any:
        return receivables.customers(
            session, asked.filters, page, asked.scope,
            as_of=asked.as_of, day=day, ageing=ageing, narrow=Narrow(not_due=True),
        )  # fmt: skip

    columns = (
        *CUSTOMER,
        *(Column(label, "money", label) for label in labels),
        Column("outstanding", "money", mark("Outstanding")),
        Column("overdue", "money", mark("Overdue")),
        Column("unallocated", "money", mark("Unallocated")),
        Column("net", "money", mark("Net")),
        Column("oldest_days", "days", mark("Oldest, days")),
        Column("credit_limit", "money", mark("Credit limit")),
        Column("last_receipt", "date", mark("Last receipt")),
    )
    rows = []
    for row in every(page, "outstanding", limit):
        amounts = {label: row.get(f"b{k}", 0) for k, label in enumerate(labels)}
        unallocated = -row["unallocated"]
        rows.append(
            row | amounts | {"unallocated": unallocated, "net": row["outstanding"] - unallocated}
        )
    return Part("customers", columns, tuple(rows))


def _invoices(
    session: Session,
    asked: Asked,
    ageing: Ageing,
    labels: tuple[str, ...],
    day: date,
    limit: int | None,
) -> Part:
    def page(page: Any) -> Any:
        return open_invoices.invoices(
            session, asked.filters, page, asked.scope,
            as_of=asked.as_of, day=day, ageing=ageing, narrow=Narrow(not_due=True),
        )  # fmt: skip

    rows = [
        row | {"bucket": labels[int(row["bucket"])]} for row in every(page, "overdue_days", limit)
    ]
    return Part("invoices", INVOICE, tuple(rows))
