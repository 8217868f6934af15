"""Other people's files as they are (公开数据): Superstore and CDNOW, with published figures."""

from __future__ import annotations

import gzip
import shutil
from collections import defaultdict
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from data import policies, store
from data.imports.terms.plan import from_toml
from data.imports.terms.report import Outcome
from jobs import refresh
from models.snapshots import Snapshot
from models.tables import metadata
from settings import ROOT
from tests.conftest import SAMPLES, SHARED
from tests.data.imports.bringing import bring, rows

MAPS = ROOT / "data" / "samples" / "maps"


@pytest.fixture
def superstore(tmp_path: Path) -> Path:
    """The file as published, or the columns of it kept here."""
    whole = SHARED / "data" / "superstore.csv"
    if whole.exists():
        return whole
    path = tmp_path / "superstore.csv"
    with gzip.open(SAMPLES / "superstore_lines.csv.gz") as packed, path.open("wb") as plain:
        shutil.copyfileobj(packed, plain)
    return path


def totals(engine: Engine) -> dict[str, int]:
    """Sales per customer in minor units."""
    line, order, customer = (
        metadata.tables[name] for name in ("order_line", "sales_order", "customer")
    )
    query = (
        sa.select(customer.c.code, sa.func.sum(line.c.amount))
        .join(order, order.c.id == line.c.order_id)
        .join(customer, customer.c.id == order.c.customer_id)
        .group_by(customer.c.code)
    )
    with engine.connect() as connection:
        return {code: int(total) for code, total in connection.execute(query)}


def test_superstore(sqlite_engine: Engine, superstore: Path) -> None:
    report = bring(sqlite_engine, superstore, plan=from_toml(MAPS / "superstore.toml"))
    assert (report.outcome, report.rows_added) == (Outcome.COMMITTED, 9994)
    assert len(rows(sqlite_engine, "sales_order", "id")) == 5009
    exact = published(superstore)
    assert totals(sqlite_engine) == exact, "every customer's sales are right to the cent"
    with store.writing(sqlite_engine) as session:
        policies.change(session, None, {"window.months": 0, "abc.cuts": [0.7, 0.9]}, "as published")
    refresh.run(sqlite_engine, date(2017, 12, 31))
    with store.reading(sqlite_engine) as session:
        classes = counted(session, Snapshot.abc)
        tiers = counted(session, Snapshot.tier)
    assert classes == {"A": 305, "B": 212, "C": 276}
    assert tiers == {"top": 8, "big": 32, "medium": 119, "small": 634}


def published(path: Path) -> dict[str, int]:
    import csv

    sums: dict[str, Decimal] = defaultdict(Decimal)
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            sums[row["Customer ID"]] += Decimal(row["Sales"]) * 100
    return {
        code: int(total.to_integral_value(rounding=ROUND_HALF_UP)) for code, total in sums.items()
    }


def counted(session: store.Session, column: object) -> dict[str, int]:
    query = sa.select(column, sa.func.count()).group_by(column)  # type: ignore[call-overload]
    return {name: n for name, n in session.execute(query) if name is not None}


def test_cdnow(sqlite_engine: Engine) -> None:
    path = SAMPLES / "cdnow_sample.txt"
    report = bring(sqlite_engine, path, plan=from_toml(MAPS / "cdnow.toml"))
    assert (report.outcome, report.rows_added) == (Outcome.COMMITTED, 6919)
    assert sum(totals(sqlite_engine).values()) == 24409194
    assert len(rows(sqlite_engine, "customer", "id")) == 2357
    days: dict[int, set[date]] = defaultdict(set)
    for customer_id, on in rows(sqlite_engine, "sales_order", "customer_id", "ordered_on"):
        if on <= date(1997, 9, 30):
            days[customer_id].add(on)
    assert (len(days), sum(len(found) > 1 for found in days.values())) == (2357, 946)
    assert bring(sqlite_engine, path, plan=from_toml(MAPS / "cdnow.toml")).rows_same == 6919
