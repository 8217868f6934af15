"""Imports at work (导入耗时): order lines a second from a CSV file, and from a bare `executemany`.

The yardstick are the very rows the import made, orders and lines with all their indexes and
foreign keys, written with nothing but `sqlite3.executemany` into the same file, emptied of
them again. The import runs in a process of its own (`python -m jobs.bench.bringing`), so
that the peak of its memory is its own.
"""

from __future__ import annotations

import csv
import json
import random
import resource
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine

from data import migrate, store
from data.imports.engine import run
from data.imports.terms.plan import Plan
from data.imports.terms.request import Request
from jobs.bench.clock import Lap, lap
from jobs.bench.stores import AS_OF
from models.base import Base
from settings import ROOT

LINES_EACH = 20
"""Order lines of a customer, two to an order."""


@dataclass(frozen=True, slots=True)
class Brought:
    """One import and its yardstick."""

    rows: int
    """Order lines."""
    lap: Lap
    """Checked, matched and committed."""
    bare: Lap
    """The same rows by `executemany`."""
    peak_megabytes: float
    """Most memory the importing process ever held."""

    @property
    def rows_per_second(self) -> float:
        """Order lines brought in per second of wall time."""
        return self.rows / self.lap.wall

    @property
    def bare_rows_per_second(self) -> float:
        """The same for the yardstick."""
        return self.rows / self.bare.wall

    @property
    def ratio(self) -> float:
        """Speed of the import ÷ that of the yardstick."""
        return self.bare.wall / self.lap.wall

    @property
    def cpu_ratio(self) -> float:
        """The same in processor time, which a busy machine does not bend."""
        return self.bare.cpu / self.lap.cpu


def measure(folder: Path, rows: int) -> Brought:
    """Import so many order lines of customers who are there, then write them again, bare.

    Args:
        folder: empty; a store and a sheet of sixty bytes a line are left in it.
        rows: order lines, two to an order.
    """
    engine = store.open_store(f"sqlite:///{folder / 'import.db'}")
    migrate.upgrade(engine)
    sheet(folder / "orders.csv", rows)
    _customers(engine, rows)
    engine.dispose()
    done = subprocess.run(  # noqa: S603 - our own words only
        [sys.executable, "-m", "jobs.bench.bringing", str(folder.resolve())],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    told = json.loads(done.stdout)
    if told["added"] != rows:
        raise RuntimeError(str(told))
    bare = _bare(engine)
    engine.dispose()
    return Brought(rows, Lap(told["wall"], told["cpu"]), bare, told["peak"])


def sheet(path: Path, rows: int) -> None:
    """Write a sheet of order lines, the same for the same number of them."""
    chance = random.Random(7)  # noqa: S311 - nothing secret
    day = AS_OF
    with path.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target)
        writer.writerow(
            (
                "order_code",
                "ordered_on",
                "customer_code",
                "customer_name",
                "line_no",
                "quantity",
                "amount",
                "cost",
            )
        )
        for k in range(rows):
            order = k // 2
            who = order % _customers_of(rows)
            if k % 2 == 0:
                day = AS_OF - timedelta(days=chance.randrange(1000))
            amount = chance.randrange(100, 10**7)
            writer.writerow(
                (
                    f"O{order}",
                    day.isoformat(),
                    f"K{who}",
                    f"Customer {who}",
                    k % 2 + 1,
                    1,
                    f"{amount / 100:.2f}",
                    f"{amount * 0.7 / 100:.2f}",
                )
            )


def _customers_of(rows: int) -> int:
    return max(1, rows // LINES_EACH)


def _customers(engine: Engine, rows: int) -> None:
    table = Base.metadata.tables["customer"]
    made = [{"code": f"K{who}", "name": f"Customer {who}"} for who in range(_customers_of(rows))]
    with store.writing(engine) as session:
        session.execute(sa.insert(table), made)


def _bare(engine: Engine) -> Lap:
    """Write what the import made once more, into the emptied tables of the same file."""
    names = ("sales_order", "order_line")
    pooled = engine.raw_connection()
    raw: Any = pooled.driver_connection
    held = {name: raw.execute(f"SELECT * FROM {name}").fetchall() for name in names}  # noqa: S608
    for name in reversed(names):
        raw.execute(f"DELETE FROM {name}")  # noqa: S608 - our own names
    raw.execute("VACUUM")
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with lap() as taken:
        raw.execute("BEGIN IMMEDIATE")
        for name, made in held.items():
            marks = ", ".join("?" * len(made[0]))
            raw.executemany(f"INSERT INTO {name} VALUES ({marks})", made)  # noqa: S608
        raw.execute("COMMIT")
    pooled.close()
    return taken


def _bring(folder: Path) -> Iterator[tuple[str, float]]:
    engine = store.open_store(f"sqlite:///{folder / 'import.db'}")
    request = Request(folder / "orders.csv", Plan(kind="orders"), AS_OF)
    with lap() as taken:
        report = run(engine, request)
    yield from (("wall", taken.wall), ("cpu", taken.cpu))
    yield from (("added", report.rows_added), ("peak", _peak()))


def _peak() -> float:
    """Megabytes this program held at most, since it began."""
    status = Path("/proc/self/status")
    if status.exists():  # getrusage also counts who started us
        lines = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
        return int(lines["VmHWM"].split()[0]) / 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1 << 20 if sys.platform == "darwin" else 1 << 10)


if __name__ == "__main__":
    print(json.dumps(dict(_bring(Path(sys.argv[1])))))  # noqa: T201 - read by `measure`
