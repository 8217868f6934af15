"""Stores to measure on (测量用库): N customers, ten orders each, invoiced, four in five paid.

Sizes are skewed as real ones are (a few customers hold most of the sales), every customer
buys in a rhythm of its own, and what is unpaid are mostly the newest invoices. The same seed
gives the same store. Nothing here is shown to anybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy import Engine
from sqlmodel import Session, col

from data import bulk, migrate, store
from models.access import Role
from models.base import Base, now
from models.customers import Customer
from models.people import AppUser
from models.receivables import Allocation, Invoice, Receipt
from models.sales import OrderLine, SalesOrder

AS_OF = date(2026, 6, 30)
ORDERS_EACH = 10
MANAGERS = 8
BLOCK = 100_000
"""Customers written at a time."""
TEXT_FILLED = {"kind": "enterprise", "channel_role": "end_user", "status": "active"}


@dataclass(frozen=True, slots=True)
class Built:
    """What was built."""

    customers: int
    rows: int
    """Rows of facts: orders, lines, invoices, receipts, allocations."""


def build(engine: Engine, customers: int, *, seed: int = 7) -> Built:
    """Fill an empty address with a store of so many customers; indexes come last."""
    migrate.upgrade(engine)
    rng = np.random.default_rng(seed)
    rows = 0
    with _without_indexes(engine), store.writing(engine, facts=True) as session:
        owners = _managers(session)
        for first in range(1, customers + 1, BLOCK):
            ids = np.arange(first, min(first + BLOCK, customers + 1))
            _customers(session, ids, owners)
            rows += _facts(session, ids, rng)
    with engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
    return Built(customers, rows)


class _without_indexes:  # noqa: N801 - reads as a statement
    """Drop the secondary indexes of the fact tables while they are filled."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        tables = (Customer, SalesOrder, OrderLine, Invoice, Receipt, Allocation)
        named = [Base.metadata.tables[str(table.__tablename__)] for table in tables]
        self.indexes = [index for table in named for index in table.indexes]

    def __enter__(self) -> None:
        with self.engine.execution_options(write=True).begin() as connection:
            for index in self.indexes:
                index.drop(connection)

    def __exit__(self, *_: object) -> None:
        with self.engine.execution_options(write=True).begin() as connection:
            for index in self.indexes:
                index.create(connection)


def _managers(session: Session) -> NDArray[np.int64]:
    for k in range(MANAGERS):
        session.add(
            AppUser(
                login=f"bench{k}",
                name=f"Manager {k}",
                role=Role.ACCOUNT_MANAGER,
                password_hash="-",  # noqa: S106 - nobody signs in here
            )
        )
    session.flush()
    return np.array(sorted(session.execute(sa.select(col(AppUser.id))).scalars()))


def _customers(session: Session, ids: NDArray[Any], owners: NDArray[np.int64]) -> None:
    size = len(ids)
    texts = {
        name: [""] * size
        for name in (
            "short_name",
            "city",
            "source",
            "legal_representative",
            "address",
            "phone",
            "website",
            "note",
        )
    }
    bulk.insert(
        session,
        Customer,
        {
            "id": ids,
            "code": [f"K{k:08d}" for k in ids.tolist()],
            "name": [f"Customer {k}" for k in ids.tolist()],
            "industry": [f"Industry {k % 20}" for k in ids.tolist()],
            "province": [f"Province {k % 31}" for k in ids.tolist()],
            "owner_id": owners[ids % len(owners)],
            "since": np.full(size, np.datetime64("2023-01-01")),
            "terms_days": np.full(size, 30),
            "created_at": [now().isoformat(sep=" ")] * size,
            "created_on": np.full(size, np.datetime64("2023-01-01")),
            "version": np.ones(size, dtype=np.int64),
            **{name: [value] * size for name, value in TEXT_FILLED.items()},
            **texts,
        },
    )


def _facts(session: Session, ids: NDArray[Any], rng: np.random.Generator) -> int:
    customer = np.repeat(ids, ORDERS_EACH)
    size = len(customer)
    # one id serves order, line, invoice and receipt
    number = (customer - 1) * ORDERS_EACH + np.tile(np.arange(1, ORDERS_EACH + 1), len(ids))
    scale = np.repeat(np.exp(rng.normal(11, 1.6, len(ids))), ORDERS_EACH)
    amount = (scale * rng.uniform(0.3, 1.7, size)).astype(np.int64) + 100
    place = np.tile(np.arange(ORDERS_EACH - 1, -1, -1), len(ids))  # 0 is the newest
    gap = np.repeat(rng.integers(10, 80, len(ids)), ORDERS_EACH)
    quiet = np.repeat(rng.exponential(0.6, len(ids)), ORDERS_EACH)
    back = ((place + quiet + rng.uniform(0, 0.6, size)) * gap).astype(np.int64)
    day = np.datetime64(AS_OF) - back
    due = day + 30
    paid = np.minimum(due + rng.normal(2, 12, size).astype(np.int64), np.datetime64(AS_OF))
    paid = np.maximum(paid, day)
    settled = (place >= 2) ^ (rng.uniform(size=size) < 0.02)
    codes = number.tolist()
    one = np.ones(size, dtype=np.int64)
    bulk.insert(
        session,
        SalesOrder,
        {
            "id": number,
            "code": [f"O{k}" for k in codes],
            "customer_id": customer,
            "ordered_on": day,
        },
    )
    bulk.insert(
        session,
        OrderLine,
        {
            "id": number,
            "order_id": number,
            "line_no": one,
            "quantity": one,
            "amount": amount,
            "cost": (amount * rng.uniform(0.6, 0.95, size)).astype(np.int64),
        },
    )
    bulk.insert(
        session,
        Invoice,
        {
            "id": number,
            "code": [f"I{k}" for k in codes],
            "customer_id": customer,
            "order_id": number,
            "invoiced_on": day,
            "due_on": due,
            "due_assumed": np.zeros(size, dtype=np.bool_),
            "amount": amount,
        },
    )
    number, customer = number[settled], customer[settled]
    paid, amount = paid[settled], amount[settled]
    codes, blank = number.tolist(), [""] * len(number)
    bulk.insert(
        session,
        Receipt,
        {
            "id": number,
            "code": [f"R{k}" for k in codes],
            "customer_id": customer,
            "received_on": paid,
            "amount": amount,
            "method": blank,
            "note": blank,
        },
    )
    bulk.insert(
        session,
        Allocation,
        {
            "id": number,
            "receipt_id": number,
            "invoice_id": number,
            "allocated_on": paid,
            "amount": amount,
        },
    )
    return 3 * size + 2 * len(number)
