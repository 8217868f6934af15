"""Published figures through the whole pipe (公开数据核对): Tableau's superstore, 793 customers."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date

from sqlalchemy import Engine
from sqlmodel import select

from data import policies, store
from jobs import refresh
from models.snapshots import Snapshot, SnapshotRun
from tests.conftest import SAMPLES
from tests.ledger import Ledger

TENTHS_OF_A_MILL = 10_000
"""The sums have four decimals; kept exact."""


def test_abc_and_pyramid_of_the_superstore(sqlite_engine: Engine) -> None:
    """ABC-03: 305/212/276 at 70/90 %; PYR-01: 8/32/119/634 of 793."""
    people: dict[str, int] = {}
    with store.writing(sqlite_engine, facts=True) as session:
        book = Ledger(session)
        with (SAMPLES / "superstore_by_customer.csv").open(encoding="utf-8") as lines:
            for row in csv.DictReader(lines):
                who = people.setdefault(row["customer_id"], 0) or book.customer()
                people[row["customer_id"]] = who
                sales = round(float(row["sales"]) * TENTHS_OF_A_MILL)
                profit = round(float(row["profit"]) * TENTHS_OF_A_MILL)
                book.order(who, date(int(row["year"]), 12, 31), (sales, sales - profit))
        policies.change(session, None, {"window.months": 0, "abc.cuts": [0.7, 0.9]}, "textbook")
    refresh.run(sqlite_engine, date(2017, 12, 31))
    with store.reading(sqlite_engine) as session:
        rows = session.exec(select(Snapshot)).all()
        run = session.exec(select(SnapshotRun)).one()
    assert Counter(row.abc for row in rows) == {"A": 305, "B": 212, "C": 276}
    assert Counter(row.tier for row in rows) == {"top": 8, "big": 32, "medium": 119, "small": 634}
    assert sum(row.sales for row in rows) == 22_972_008_603
    assert sum(row.margin or 0 for row in rows) == 2_863_970_217
    assert all(row.sales_before is None for row in rows), "there is nothing before the whole"
    assert [row["customers"] for row in run.totals["abc"]] == [305, 212, 276]
    assert [row["customers"] for row in run.totals["pyramid"]] == [8, 32, 119, 634, 0]
