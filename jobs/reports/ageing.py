"""`report ageing` (账龄): buckets that reconcile with the ledger, by customer or by invoice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Literal

from sqlmodel import Session

from analytics.provision import provision_matrix, rates_of
from data.queries import open_invoices, overview, receivables
from data.queries.ageing import Ageing, Narrow
from jobs.reports.asking import Asked, every, header
from jobs.reports.shape import Column, Part, Phrase, Report, major, share
from models.filters import Page
from words.i18n import mark

CUSTOMER = (
    Column("code", "text", mark("Customer code")),
    Column("name", "text", mark("Customer")),
    Column("owner", "text", mark("Manager")),
    Column("tier", "text", mark("Tier"), "tier"),
    Column("grade", "text", mark("Credit grade"), "grade"),
)
INVOICE = (
    Column("invoice", "text", mark("Invoice")),
    Column("instalment", "text", mark("Instalment")),
    Column("code", "text", mark("Customer code")),
    Column("name", "text", mark("Customer")),
    Column("owner", "text", mark("Manager")),
    Column("invoiced_on", "date", mark("Invoice date")),
    Column("due_on", "date", mark("Due date")),
    Column(
        "due_from",
        "text",
        mark("Due date by"),
        words={
            "stated": Phrase(mark("As stated")),
            "customer": Phrase(mark("Customer's terms")),
            "company": Phrase(mark("Company default")),
        },
        detail=True,
    ),
    Column("amount", "money", mark("Invoice amount")),
    Column("outstanding", "money", mark("Outstanding")),
    Column("overdue_days", "days", mark("Days past due")),
    Column("first_due_on", "date", mark("First due date"), detail=True),
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
    labels = tuple(bucket_words(ageing.edges))
    found = overview.totals(session, asked.filters, asked.scope, [asked.as_of])
    sums = found[0] if found else overview.Totals(asked.as_of)
    amounts = sums.buckets[: len(labels)]
    rates = rates_of(asked.policy.provision_rates, len(labels))
    loss = provision_matrix(amounts, rates)
    ledger = receivables.ledger(session, asked.filters, asked.scope, as_of=asked.as_of)
    net = sums.outstanding - sums.unallocated
    facts = header(asked) | {
        "basis": ageing.basis,
        "edges_days": list(ageing.edges),
        "loss_rates": rates.tolist(),
        "totals": {
            "outstanding": major(sums.outstanding),
            "not_due": major(amounts[0]),
            "overdue": major(sums.overdue),
            "overdue_ratio": share(sums.overdue, sums.outstanding),
            "provision": major(loss.total),
            "unallocated": major(sums.unallocated),
            "net": major(net),
            "ledger_balance": major(ledger.balance),
            "reconciles": net == ledger.balance and sum(amounts) == sums.outstanding,
        },
    }
    head = (
        _bucket(ageing.edges),
        Column("amount", "money", mark("Outstanding")),
        Column("share", "ratio", mark("Share of receivables")),
    )
    rows = tuple(
        {"bucket": label, "amount": amount, "share": share(amount, sums.outstanding)}
        for label, amount in zip(labels, amounts, strict=True)
    )
    parts = [Part("buckets", mark("By age"), head, rows)]
    day = today or asked.as_of
    if by == "customer":
        parts.insert(0, _customers(session, asked, ageing, labels, day, limit))
    elif by == "invoice":
        parts.insert(0, _invoices(session, asked, ageing, labels, day, limit))
    return Report(
        "ageing", mark("Receivables ageing"), asked.as_of, asked.currency, facts, tuple(parts)
    )


def bucket_words(edges: tuple[int, ...]) -> dict[str, Phrase]:
    """Stable names of the buckets (not_due, 1-30, 31-60 … >365) and what they are called."""
    words = {"not_due": Phrase(mark("Not due"))}
    for low, high in zip((0, *edges), edges, strict=False):
        span = {"low": str(low + 1), "high": str(high)}
        words[f"{low + 1}-{high}"] = Phrase(mark("{low}–{high} d"), span)
    return words | {f">{edges[-1]}": Phrase(mark("over {days} d"), {"days": str(edges[-1])})}


def _bucket(edges: tuple[int, ...]) -> Column:
    return Column("bucket", "text", mark("Bucket"), words=bucket_words(edges))


def _paged(
    question: Callable[..., Any], session: Session, asked: Asked, ageing: Ageing, day: date
) -> Callable[[Page], Any]:
    """A paged question about everything open, due or not, waiting for its page."""

    def page(page: Page) -> Any:
        return question(
            session,
            asked.filters,
            page,
            asked.scope,
            as_of=asked.as_of,
            day=day,
            ageing=ageing,
            narrow=Narrow(not_due=True),
        )

    return page


def _customers(
    session: Session,
    asked: Asked,
    ageing: Ageing,
    labels: tuple[str, ...],
    day: date,
    limit: int | None,
) -> Part:
    page = _paged(receivables.customers, session, asked, ageing, day)
    columns = (
        *CUSTOMER,
        *(Column(label, "money", words) for label, words in bucket_words(ageing.edges).items()),
        Column("outstanding", "money", mark("Outstanding")),
        Column("overdue", "money", mark("Overdue amount")),
        Column("unallocated", "money", mark("Unallocated receipts")),
        Column("net", "money", mark("Net receivables"), detail=True),
        Column("oldest_days", "days", mark("Oldest, days")),
        Column("credit_limit", "money", mark("Credit limit"), detail=True),
        Column("last_receipt", "date", mark("Last receipt"), detail=True),
    )
    rows = []
    for row in every(page, "outstanding", limit):
        amounts = {label: row.get(f"b{k}", 0) for k, label in enumerate(labels)}
        unallocated = -row["unallocated"]
        rows.append(
            row | amounts | {"unallocated": unallocated, "net": row["outstanding"] - unallocated}
        )
    return Part("customers", mark("By customer"), columns, tuple(rows))


def _invoices(
    session: Session,
    asked: Asked,
    ageing: Ageing,
    labels: tuple[str, ...],
    day: date,
    limit: int | None,
) -> Part:
    page = _paged(open_invoices.invoices, session, asked, ageing, day)
    rows = []
    for row in every(page, "overdue_days", limit):
        named = {"invoice": row["invoice_code"], "instalment": row["part"] or None}
        told = {"bucket": labels[int(row["bucket"])], "due_from": _due_from(row)}
        rows.append(row | named | told)
    return Part("invoices", mark("By invoice"), (*INVOICE, _bucket(ageing.edges)), tuple(rows))


def _due_from(row: dict[str, Any]) -> str:
    if not row["due_assumed"]:
        return "stated"
    return "company" if row["due_default"] else "customer"
