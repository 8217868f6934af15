"""The whole measurement (整套测量): refresh, pages and import at each size."""

from __future__ import annotations

import os
import platform
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb

from data import store
from jobs import refresh
from jobs.bench import bare, bringing, stores, visits
from jobs.bench.clock import Lap, lap

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Size:
    """What was measured at one size."""

    customers: int
    facts: int
    megabytes: float
    refresh: Lap
    bare: Lap
    """Plain DuckDB sums over the same tables, mean of before and after the refresh."""
    pages: tuple[visits.Visit, ...]
    brought: bringing.Brought | None

    @property
    def ratio(self) -> float:
        """Wall time of the refresh ÷ that of the plain sums."""
        return self.refresh.wall / self.bare.wall

    @property
    def cpu_ratio(self) -> float:
        """The same in processor time, which a busy machine does not bend."""
        return self.refresh.cpu / self.bare.cpu


def measure(
    sizes: Sequence[int],
    folder: Path,
    say: Say,
    *,
    keep: bool = False,
    pages: bool = True,
    most_imported: int = 1_000_000,
) -> list[Size]:
    """Measure each size in a store of its own.

    Args:
        sizes: numbers of customers.
        folder: where the stores go; a store of the right size found there is used again.
        say: hears what is under way.
        keep: leave the stores there for the next time.
        pages: open the screens too.
        most_imported: rows of the largest import.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return [_size(customers, folder, say, keep, pages, most_imported) for customers in sizes]


def _size(
    customers: int, folder: Path, say: Say, keep: bool, pages: bool, most_imported: int
) -> Size:
    path = folder / f"bench-{customers}.db"
    if not path.exists():
        say(f"building a store of {customers:,} customers …")
        unfinished = folder / "unfinished.db"
        unfinished.unlink(missing_ok=True)
        engine = store.open_store(f"sqlite:///{unfinished}")
        stores.build(engine, customers)
        engine.dispose()
        unfinished.rename(path)
    engine = store.open_store(f"sqlite:///{path}")
    say("plain sums …")
    before = bare.measure(path)
    say("refresh …")
    with lap() as taken:
        refresh.run(engine, stores.AS_OF)
    after = bare.measure(path)
    yardstick = Lap((before.wall + after.wall) / 2, (before.cpu + after.cpu) / 2)
    say("pages …")
    seen = tuple(visits.measure(engine)) if pages else ()
    engine.dispose()
    found = Size(
        customers=customers,
        facts=customers * 3 * stores.ORDERS_EACH + int(customers * 1.6 * stores.ORDERS_EACH),
        megabytes=path.stat().st_size / 1e6,
        refresh=taken,
        bare=yardstick,
        pages=seen,
        brought=bring(min(customers * 10, most_imported), say),
    )
    if not keep:
        path.unlink()
    return found


def bring(rows: int, say: Say) -> bringing.Brought:
    """Measure the import of so many order lines in a store of its own."""
    say(f"import of {rows:,} rows …")
    scratch = Path(tempfile.mkdtemp(prefix="kehu-bench-"))
    try:
        return bringing.measure(scratch, rows)
    finally:
        shutil.rmtree(scratch)


def as_json(sizes: Sequence[Size]) -> dict[str, Any]:
    """Everything measured, and on what."""
    return {
        "machine": {
            "processors": os.cpu_count(),
            "load": os.getloadavg(),
            "python": platform.python_version(),
            "duckdb": duckdb.__version__,
        },
        "sizes": [
            {**asdict(size), "ratio": size.ratio, "cpu_ratio": size.cpu_ratio} for size in sizes
        ],
    }
