"""The yardstick (对照): plain DuckDB sums over the same tables, and nothing else.

Run as a process of its own (`python -m jobs.bench.bare FILE`), because DuckDB never opens a
SQLite store next to Python's own SQLite. It reads each fact table once, joins what belongs
together and groups by customer: what a refresh cannot do without.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from data.facts_engines import attached
from jobs.bench.clock import Lap, lap
from settings import ROOT

QUERIES = (
    "SELECT o.customer_id, sum(l.amount), sum(l.cost), count(DISTINCT o.id), "
    "min(o.ordered_on), max(o.ordered_on) FROM store.main.sales_order o "
    "JOIN store.main.order_line l ON l.order_id = o.id GROUP BY 1",
    "SELECT i.customer_id, sum(i.amount - coalesce(a.paid, 0)), min(i.due_on) "
    "FROM store.main.invoice i LEFT JOIN (SELECT invoice_id, sum(amount) AS paid "
    "FROM store.main.allocation GROUP BY 1) a ON a.invoice_id = i.id GROUP BY 1",
    "SELECT customer_id, sum(amount), max(received_on) FROM store.main.receipt GROUP BY 1",
)


def measure(path: Path) -> Lap:
    """How long the plain sums take on a SQLite store, starting DuckDB included."""
    with lap() as taken:
        subprocess.run(  # noqa: S603 - our own words only
            [sys.executable, "-m", "jobs.bench.bare", str(path.resolve())], cwd=ROOT, check=True
        )
    return taken


def main(path: str) -> None:
    """Run the sums once."""
    connection = attached(Path(path))
    for query in QUERIES:
        connection.execute(query).to_arrow_table()
    connection.close()


if __name__ == "__main__":
    main(sys.argv[1])
