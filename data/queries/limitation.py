"""Limitation of claims (诉讼时效): days until an overdue invoice can no longer be sued for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

import pandas as pd
import sqlalchemy as sa
from sqlmodel import Session, col

from data.queries.scope import Rows, visible_to
from models.access import Scope
from models.customers import Customer
from models.receivables import CollectionAction
from models.snapshots import SnapshotInvoice

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Term:
    """How long a claim may be sued for, and where its instalments begin."""

    years: int = 3
    instalments: str = "last"
    """last (Civil Code 189: the period of a debt owed in instalments runs from the due day of
    the last one, for each of them) or each (from its own)."""


def with_limitation(
    session: Session, frame: pd.DataFrame, scope: Scope, *, as_of: date, day: date, term: Term
) -> pd.DataFrame:
    """The frame of open rows with limitation_days, None where a row is not overdue.

    It must hold customer_id, invoice_id and position.
    """
    left: dict[tuple[int, int, int], int] = {}
    for ids in chunks(sorted({int(i) for i in frame["customer_id"]})):
        left |= limitations(session, ids, scope, as_of, day, term)
    keys = zip(frame["customer_id"], frame["invoice_id"], frame["position"], strict=True)
    days = [left.get((int(c), int(i), int(p))) for c, i, p in keys]
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
    session: Session, ids: list[int], scope: Scope, as_of: date, day: date, term: Term
) -> dict[tuple[int, int, int], int]:
    """(customer, invoice, position) → days left, for what these customers owe too long.

    A due date that was put off counts as put off. The last instalment is open as long as any
    is: what is paid goes to those due first.
    """
    owed: Rows = (
        sa.select(
            col(SnapshotInvoice.customer_id),
            col(SnapshotInvoice.invoice_id),
            col(SnapshotInvoice.position),
            col(SnapshotInvoice.due_on),
            col(SnapshotInvoice.overdue_days) > 0,
        )
        .join(Customer, col(Customer.id) == col(SnapshotInvoice.customer_id))
        .where(col(SnapshotInvoice.as_of) == as_of, col(SnapshotInvoice.customer_id).in_(ids))
    )
    found = session.execute(visible_to(owed, scope)).all()
    last: dict[int, date] = {}
    for _, invoice_id, _, due, _ in found:
        last[invoice_id] = max(due, last.get(invoice_id, due))
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
        (customer_id, invoice_id, position): limitation_left(
            last[invoice_id] if term.instalments == "last" else due,
            demands.get((customer_id, None), []) + demands.get((customer_id, invoice_id), []),
            day=day,
            years=term.years,
        )
        for customer_id, invoice_id, position, due, overdue in found
        if overdue
    }


def chunks(ids: Sequence[Any]) -> Iterator[list[int]]:
    """Ids as plain numbers, a few hundred at a time: what a store takes in one IN (…)."""
    rest = iter([int(i) for i in ids])
    while chunk := list(islice(rest, _CHUNK)):
        yield chunk
