"""Limitation of claims (诉讼时效): days until an overdue invoice can no longer be sued for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Any

import pandas as pd
import sqlalchemy as sa
from sqlmodel import Session, col

from data.queries.scope import Rows, visible_to
from models.access import Scope
from models.customers import Customer
from models.receivables import CollectionAction, Invoice
from models.snapshots import SnapshotInvoice

_CHUNK = 500


def with_limitation(
    session: Session, frame: pd.DataFrame, scope: Scope, *, as_of: date, day: date, years: int
) -> pd.DataFrame:
    """The frame of invoices with limitation_days, None where an invoice is not overdue."""
    left: dict[tuple[int, int], int] = {}
    for ids in chunks(sorted({int(i) for i in frame["customer_id"]})):
        left |= limitations(session, ids, scope, as_of, day, years)
    pairs = zip(frame["customer_id"], frame["invoice_id"], strict=True)
    days = [left.get((int(c), int(i))) for c, i in pairs]
    frame["limitation_days"] = pd.Series(days, dtype=object)
    return frame


def limitation_left(due: date, demands: Sequence[date], *, day: date, years: int) -> int:
    """Days until a claim is time-barred; negative once it is (诉讼时效, Civil Code 188, 195).

    The period runs from the due date and starts anew with each demand made within it; a
    demand after it has run out no longer helps.
    """
    start = due
    for demand in sorted(demands):
        if start < demand <= _years_after(start, years) and demand <= day:
            start = demand
    return (_years_after(start, years) - day).days


def _years_after(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)


def limitations(
    session: Session, ids: list[int], scope: Scope, as_of: date, day: date, years: int
) -> dict[tuple[int, int], int]:
    """(customer, invoice) → days left, for the overdue invoices of these customers."""
    owed: Rows = (
        sa.select(col(Invoice.customer_id), col(Invoice.id), col(Invoice.due_on))
        .join(SnapshotInvoice, col(SnapshotInvoice.invoice_id) == col(Invoice.id))
        .join(Customer, col(Customer.id) == col(Invoice.customer_id))
        .where(
            col(SnapshotInvoice.as_of) == as_of,
            col(SnapshotInvoice.customer_id).in_(ids),
            col(SnapshotInvoice.overdue_days) > 0,
        )
    )
    demands: dict[tuple[int, int | None], list[date]] = {}
    asked: Rows = (
        sa.select(
            col(CollectionAction.customer_id),
            col(CollectionAction.invoice_id),
            col(CollectionAction.acted_on),
        )
        .join(Customer, col(Customer.id) == col(CollectionAction.customer_id))
        .where(
            col(CollectionAction.interrupts_limitation).is_(True),
            col(CollectionAction.customer_id).in_(ids),
        )
    )
    for customer_id, invoice_id, on in session.execute(visible_to(asked, scope)):
        demands.setdefault((customer_id, invoice_id), []).append(on)
    return {
        (customer_id, invoice_id): limitation_left(
            due,
            demands.get((customer_id, None), []) + demands.get((customer_id, invoice_id), []),
            day=day,
            years=years,
        )
        for customer_id, invoice_id, due in session.execute(visible_to(owed, scope))
    }


def chunks(ids: Sequence[Any]) -> Iterator[list[int]]:
    """Ids as plain numbers, a few hundred at a time: what a store takes in one IN (…)."""
    rest = iter([int(i) for i in ids])
    while chunk := list(islice(rest, _CHUNK)):
        yield chunk
