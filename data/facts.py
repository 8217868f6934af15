"""The facts as a refresh needs them (事实归并): one frame per reduction, as of each date.

Heavy sums over orders, invoices and receipts are written once with Ibis and run by

- DuckDB over the SQLite file, always in a process of its own: two SQLite libraries in one
  process drop each other's file locks (sqlite.org/howtocorrupt.html §2.2.1);
- SQLite itself, on small files and where DuckDB's reader has no wheel;
- PostgreSQL, pushed down.

All dates of one run are read from one state of the facts. PostgreSQL and SQLite hold a
transaction. DuckDB reads with several connections, so the store's counter of fact changes is
looked at before and after; if facts changed meanwhile, a copy of the file is read instead.
"""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Engine

from data import store
from data.facts_frames import frame, load
from data.facts_periods import Period, period
from errors import StoreUnavailable
from models.policy import Policy
from settings import ROOT

Told = Callable[[str, float], None]
"""Called with a step's code and the share of the reading that is done."""

ENGINES = ("duckdb", "sqlite", "postgres")
SMALL = 32 << 20
"""A SQLite file smaller than this is left to SQLite, bytes."""
UNDATED = ("customers", "purchase_days", "responses", "waves", "answers")
"""Read once for all dates; the rows carry the day they are narrowed by."""
DAY_OF = {
    "purchase_days": "day",
    "responses": "answered_on",
    "waves": "first_answer",
    "answers": "answered_on",
}


@dataclass(frozen=True, eq=False)
class Facts:
    """Everything reduced as of one date. Money int64 minor units, days datetime64, sums exact.

    A frame has a row only for customers that have such facts; no number in it is missing.
    What each holds is said by the function of the same name in `data.facts_sales`,
    `data.facts_receivables` and `data.facts_people`.
    """

    period: Period
    customers: pd.DataFrame
    sales: pd.DataFrame
    orders: pd.DataFrame
    purchase_days: pd.DataFrame
    open_invoices: pd.DataFrame
    invoiced: pd.DataFrame
    due: pd.DataFrame
    settled: pd.DataFrame
    paid_out: pd.DataFrame
    received: pd.DataFrame
    credited: pd.DataFrame
    written_off: pd.DataFrame
    opening: pd.DataFrame
    grades: pd.DataFrame
    limits: pd.DataFrame
    sued: pd.DataFrame
    overrides: pd.DataFrame
    owners: pd.DataFrame
    cards: pd.DataFrame
    owner_changes: pd.DataFrame
    losses: pd.DataFrame
    visits: pd.DataFrame
    actions: pd.DataFrame
    contracts: pd.DataFrame
    complaints: pd.DataFrame
    responses: pd.DataFrame
    waves: pd.DataFrame
    answers: pd.DataFrame


NAMES = tuple(each.name for each in fields(Facts) if each.name != "period")


@dataclass(frozen=True, eq=False)
class Reading:
    """All dates of one run, from one state of the facts."""

    engine: str
    """Which engine reduced them."""
    revision: int
    """`StoreState.facts_revision` of that state."""
    folder: Path
    dates: tuple[date, ...]
    policy: Policy

    def at(self, as_of: date) -> Facts:
        """The frames of one of the dates."""
        tables = {
            name: load(self.folder, name if name in UNDATED else f"{name}-{as_of}")
            for name in NAMES
        }
        for name, column in DAY_OF.items():
            if len(self.dates) > 1:
                seen = pc.less_equal(tables[name][column], pa.scalar(as_of))
                tables[name] = tables[name].filter(seen)
        frames = {name: frame(table) for name, table in tables.items()}
        return Facts(period=period(as_of, self.policy), **frames)


def choose(engine: Engine) -> str:
    """The engine for a store: the one that is done soonest and can read it here.

    A small SQLite file is reduced by SQLite before DuckDB's process has even started.
    """
    if not store.is_sqlite(engine):
        return "postgres"
    if store.sqlite_path(engine).stat().st_size < SMALL:
        return "sqlite"
    from data.facts_engines import scanner

    return "sqlite" if scanner() is None else "duckdb"


@contextmanager
def read(
    engine: Engine,
    dates: Sequence[date],
    policy: Policy,
    *,
    using: str | None = None,
    tell: Told = lambda _step, _share: None,
) -> Iterator[Reading]:
    """Reduce the facts as of each of `dates`; the frames live until the block ends.

    When the block begins, whatever read the store has let go of it.

    Args:
        engine: of the store.
        dates: one or more.
        policy: its window, recent days and cuts bound the sums.
        using: force one of `ENGINES`; None chooses.
        tell: hears how far it is.

    Raises:
        StoreUnavailable: the store cannot be read.
    """
    kind = using or choose(engine)
    with tempfile.TemporaryDirectory(prefix="kehu-facts-") as scratch:
        folder = Path(scratch)
        if kind == "duckdb":
            revision = _in_another_process(store.sqlite_path(engine), folder, dates, policy, tell)
        else:
            revision = _here(engine, kind, folder, dates, policy, tell)
        yield Reading(kind, revision, folder, tuple(dates), policy)


def _here(
    engine: Engine, kind: str, folder: Path, dates: Sequence[date], policy: Policy, tell: Told
) -> int:
    from data import facts_engines
    from data.facts_process import reduce

    reducer: facts_engines.Reducer
    if kind == "sqlite":
        reducer = facts_engines.SqliteReducer(store.sqlite_path(engine))
    else:
        plain = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        reducer = facts_engines.PostgresReducer(plain)
    with closing(reducer):
        revision = facts_engines.facts_revision(reducer)
        reduce(reducer, folder, dates, policy, tell)
    return revision


def _in_another_process(
    path: Path, folder: Path, dates: Sequence[date], policy: Policy, tell: Told
) -> int:
    before, after = _child(path, folder, dates, policy, tell)
    if before == after:
        return before
    copy = folder / "copy.db"
    with closing(sqlite3.connect(path)) as live, closing(sqlite3.connect(copy)) as still:
        live.backup(still)
    before, _ = _child(copy, folder, dates, policy, tell)
    return before


def _child(
    path: Path, folder: Path, dates: Sequence[date], policy: Policy, tell: Told
) -> tuple[int, int]:
    """Run `data.facts_process` and follow what it says; the revisions before and after."""
    question = {
        "path": str(path.resolve()),
        "folder": str(folder),
        "dates": [day.isoformat() for day in dates],
        "policy": policy.as_dict(),
    }
    with (
        (folder / "trouble.txt").open("w+") as trouble,
        subprocess.Popen(
            [sys.executable, "-m", "data.facts_process"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=trouble,
            text=True,
        ) as process,
    ):
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(question))
        process.stdin.close()
        said: dict[str, Any] = {}
        for line in process.stdout:
            said = json.loads(line)
            if "step" in said:
                tell(said["step"], said["share"])
        if process.wait() != 0 or "before" not in said:
            trouble.seek(0)
            raise StoreUnavailable("facts_not_read", trouble.read()[-2000:])
    return int(said["before"]), int(said["after"])
