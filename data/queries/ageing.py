"""How receivables are put into buckets (账龄口径): edges, basis, and what a list leaves out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import sqlalchemy as sa
from sqlmodel import col

from data.queries.limitation import Term
from models.snapshots import Snapshot, SnapshotInvoice

NET = col(Snapshot.outstanding) - col(Snapshot.unallocated)
"""What a customer owes less what it has paid without an invoice."""


@dataclass(frozen=True, slots=True)
class Ageing:
    """How open invoices are put into buckets."""

    edges: tuple[int, ...]
    """Upper limits of the overdue buckets, days, inclusive; at most six."""
    basis: Literal["due", "invoice"] = "due"
    """Days past due, or days since the invoice."""
    stored: bool = True
    """The buckets of the snapshot can be used: due dates, and the edges of its policy."""
    limitation: Term = field(default_factory=Term)

    @property
    def size(self) -> int:
        """How many buckets there are: not due, one per edge, and beyond the last."""
        return len(self.edges) + 2


@dataclass(frozen=True, slots=True)
class Narrow:
    """What a list leaves out beyond the shared filters."""

    bucket: int | None = None
    """Only what has something in this bucket."""
    not_due: bool = False
    """Also customers (invoices) of which nothing is overdue."""
    only: str = ""
    """over_limit, promised (a promise falls due this week) or broken."""
    over_days: int | None = None
    """Only invoices overdue for longer, and customers who have one."""
    customer_id: int | None = None


ALL_OF_IT = Narrow()


def same_invoice() -> sa.ColumnElement[bool]:
    """Joins open invoices to the snapshot of their customer and date."""
    return sa.and_(
        col(SnapshotInvoice.as_of) == col(Snapshot.as_of),
        col(SnapshotInvoice.customer_id) == col(Snapshot.customer_id),
    )


def bucket(ageing: Ageing) -> Any:
    """The bucket of an open invoice: 0 up to its day, then by inclusive upper limits."""
    if ageing.stored:
        return col(SnapshotInvoice.bucket)
    age = col(
        SnapshotInvoice.overdue_days if ageing.basis == "due" else SnapshotInvoice.invoice_age
    )
    limits = enumerate((0, *ageing.edges))
    steps = [(age <= edge, k) for k, edge in limits]
    return sa.case(*steps, else_=len(ageing.edges) + 1)


def bucket_parts(ageing: Ageing) -> list[Any]:
    """What to add up for each bucket: columns of the snapshot, or open invoices."""
    if ageing.stored:
        return [getattr(Snapshot, f"b{k}") for k in range(ageing.size)]
    number = bucket(ageing)
    return [
        sa.case((number == k, col(SnapshotInvoice.outstanding)), else_=0)
        for k in range(ageing.size)
    ]
