"""Questions about open invoices (未结清发票): a row each, or each instalment, with its age."""

from __future__ import annotations

from datetime import date

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from data.listing import Listing
from data.queries import collection_work, limitation, movements
from data.queries.ageing import ALL_OF_IT, NET, Ageing, Narrow, bucket, same_invoice
from data.queries.customers import of_customers
from data.queries.frames import framed
from data.queries.scope import Rows
from models.access import Scope
from models.customers import Customer
from models.filters import Filters, Page
from models.people import AppUser
from models.receivables import Invoice
from models.snapshots import Snapshot, SnapshotInvoice


def invoices(
    session: Session,
    filters: Filters,
    page: Page,
    scope: Scope,
    *,
    as_of: date,
    day: date,
    ageing: Ageing,
    narrow: Narrow = ALL_OF_IT,
) -> pd.DataFrame:
    """One page of open invoices, sorted in SQL by a known key.

    Columns (object dtype, money in minor units): invoice_id, position, invoice ("INV01 · 2/3"
    for an instalment), invoice_code, part ("2/3", else ''), customer_id, code, name, owner,
    tier, grade, invoiced_on, due_on (in force), due_assumed, due_default, first_due_on (as
    agreed with the invoice), put_off (due later than that), amount (of the instalment),
    outstanding, overdue_days, bucket (number by `ageing`), limitation_days.
    """
    owner = aliased(AppUser, name="owner")
    query: Rows = sa.select(
        col(Invoice.id).label("invoice_id"),
        col(SnapshotInvoice.position),
        movements.label().label("invoice"),
        col(Invoice.code).label("invoice_code"),
        movements.part().label("part"),
        col(Customer.id).label("customer_id"),
        col(Customer.code),
        col(Customer.name),
        col(owner.name).label("owner"),
        col(Snapshot.tier),
        col(Snapshot.grade),
        col(Invoice.invoiced_on),
        col(SnapshotInvoice.due_on),
        movements.assumed().label("due_assumed"),
        col(Invoice.due_default),
        movements.first_due_on().label("first_due_on"),
        movements.put_off().label("put_off"),
        col(SnapshotInvoice.amount),
        col(SnapshotInvoice.outstanding),
        col(SnapshotInvoice.overdue_days),
        bucket(ageing).label("bucket"),
    )
    query = _open(query, filters, scope, as_of, day, ageing, narrow)
    query = query.outerjoin(owner, col(owner.id) == col(Snapshot.owner_id))
    frame = framed(session, LISTING.page(query, page))
    return limitation.with_limitation(
        session, frame, scope, as_of=as_of, day=day, term=ageing.limitation
    )


def invoices_count(
    session: Session,
    filters: Filters,
    scope: Scope,
    *,
    as_of: date,
    day: date,
    ageing: Ageing,
    narrow: Narrow = ALL_OF_IT,
) -> tuple[int, int]:
    """How many rows `invoices` lists on all pages, and what is open on them."""
    query: Rows = sa.select(sa.func.count(), sa.func.sum(col(SnapshotInvoice.outstanding)))
    number, amount = session.execute(_open(query, filters, scope, as_of, day, ageing, narrow)).one()
    return int(number), int(amount or 0)


LISTING = Listing(
    sorts={
        "overdue_days": col(SnapshotInvoice.overdue_days),
        "outstanding": col(SnapshotInvoice.outstanding),
        "amount": col(SnapshotInvoice.amount),
        "due_on": col(SnapshotInvoice.due_on),
        "invoiced_on": col(Invoice.invoiced_on),
        "name": col(Customer.name),
    },
    usual="overdue_days",
    ties=(col(Invoice.code), col(SnapshotInvoice.position)),
)
"""Open invoices, a line an instalment."""


def _open(
    query: Rows,
    filters: Filters,
    scope: Scope,
    as_of: date,
    day: date,
    ageing: Ageing,
    narrow: Narrow,
) -> Rows:
    query = of_customers(query, filters, scope, [as_of]).join(SnapshotInvoice, same_invoice())
    query = query.join(Invoice, col(Invoice.id) == col(SnapshotInvoice.invoice_id))
    if narrow.customer_id is not None:
        query = query.where(col(Customer.id) == narrow.customer_id)
    if narrow.bucket is not None:
        query = query.where(bucket(ageing) == narrow.bucket)
    elif not narrow.not_due and not narrow.only:
        query = query.where(col(SnapshotInvoice.overdue_days) > 0)
    if narrow.over_days is not None:
        query = query.where(col(SnapshotInvoice.overdue_days) > narrow.over_days)
    if narrow.only == "over_limit":
        query = query.where(col(Snapshot.credit_limit) < NET)
    elif narrow.only:
        query = query.where(col(Customer.id).in_(collection_work.promised(narrow.only, day)))
    return query
