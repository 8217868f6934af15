"""Imports at work (导入耗时): rows a second from a CSV file to the store."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sqlalchemy import Engine

from data import migrate
from data.imports import engine as imports
from data.imports.plan import Options, Plan
from data.imports.request import Request
from jobs.bench.clock import lap
from jobs.bench.stores import AS_OF


@dataclass(frozen=True, slots=True)
class Brought:
    """One import."""

    rows: int
    seconds: float

    @property
    def rows_per_second(self) -> float:
        """Rows checked and written, per second of wall time."""
        return self.rows / self.seconds


def measure(engine: Engine, folder: Path, rows: int) -> Brought:
    """Import so many order lines, two to an order, with new customers, into an empty store."""
    migrate.upgrade(engine)
    path = folder / "orders.csv"
    _write(path, rows)
    plan = Plan(kind="orders", options=Options(create_customers=True))
    with lap() as taken:
        report = imports.run(engine, Request(path, plan, AS_OF))
    if report.rows_added < rows:
        raise RuntimeError(str(report))
    return Brought(rows, taken.wall)


def _write(path: Path, rows: int) -> None:
    rng = np.random.default_rng(7)
    amounts = rng.integers(100, 10**7, rows).tolist()
    days = (np.datetime64(AS_OF) - rng.integers(0, 1000, rows // 2 + 1)).tolist()
    with path.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target)
        writer.writerow(("order_code", "ordered_on", "customer_code", "customer_name", "line_no",
                         "quantity", "amount", "cost"))  # fmt: skip
        for k, amount in enumerate(amounts):
            order = k // 2
            who = order % max(1, rows // 20)
            cost = amount * 0.7
            writer.writerow((f"O{order}", days[order].isoformat(), f"K{who}", f"Customer {who}",
                             k % 2 + 1, 1, f"{amount / 100:.2f}", f"{cost / 100:.2f}"))  # fmt: skip
