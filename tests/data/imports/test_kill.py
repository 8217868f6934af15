"""Killed in the middle (强行中断): an import ended by SIGKILL leaves all of its rows or none.

A small launcher forks the process that is killed, so that a kill costs a fraction of a
second. It dies by its own hand before a given statement, or by the launcher's at a moment
after a step, in the middle of whatever it was doing.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from data import store
from data.imports.terms.report import Outcome
from settings import ROOT
from tests.data.imports.bringing import bring, content, count, rows

QUICK_ROWS, SLOW_ROWS = 1_000, 5_000
QUICK_KILLS, SLOW_KILLS = 6, 40
LAUNCHER = """
import json, os, signal, sys, time
from datetime import date
from pathlib import Path
import sqlalchemy as sa
from data import store
from data.imports import engine
from data.imports.history import undo
from data.imports.terms.plan import Plan
from data.imports.terms.options import Options
from data.imports.terms.request import Request

def work(order, told):
    opened = store.open_store(order["url"])
    left = order["statements"]
    def count(*_about):
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
    def tell(step, share):
        if step == "matching":
            sa.event.listen(opened, "before_cursor_execute", count)
        if step == order["step"]:
            os.write(told, b".")
    if order["undo"]:
        sa.event.listen(opened, "before_cursor_execute", count)
        os.write(told, b".")
        undo.undo(opened, order["undo"], None)
        return
    plan = Plan(kind="orders", options=Options(create_customers=True))
    request = Request(Path(order["path"]), plan, date(2026, 11, 22), rehearse=order["rehearse"])
    engine.run(opened, request, tell)

for line in sys.stdin:
    order = json.loads(line)
    hear, told = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(hear)
        work(order, told)
        os._exit(0)
    os.close(told)
    os.read(hear, 1)  # nothing where it is over before that
    if order["later"] is not None:
        time.sleep(order["later"])
        os.kill(child, signal.SIGKILL)
    os.close(hear)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


class Launcher:
    """Starts imports and undos that are to be killed."""

    def __init__(self, process: subprocess.Popen[str], url: str) -> None:
        self._process, self._url = process, url

    def run(
        self,
        path: Path,
        *,
        statements: int = 0,
        later: float | None = None,
        step: str = "matching",
        undo: int = 0,
        rehearse: bool = False,
    ) -> int:
        """Bring a file in, or take a batch back, until it is killed; the exit code."""
        order: dict[str, Any] = {
            "url": self._url,
            "path": str(path),
            "statements": statements,
            "later": later,
            "step": step,
            "undo": undo,
            "rehearse": rehearse,
        }
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


@contextmanager
def launching(engine: Engine) -> Iterator[Launcher]:
    process = subprocess.Popen(
        [sys.executable, "-c", LAUNCHER],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Launcher(process, engine.url.render_as_string(hide_password=False))
    finally:
        process.kill()
        process.communicate()


def orders(path: Path, number: int) -> Path:
    """Orders of new customers, two lines each."""
    lines = "".join(
        f"S{n // 2:06},{n % 2 + 1},K{n // 2 % 97:04},2026-01-{n // 2 % 28 + 1:02},{n % 89},{n}.50\n"
        for n in range(number)
    )
    path.write_text("订单号,行号,客户编码,订单日期,数量,金额\n" + lines, "utf-8")
    return path


def test_an_import_is_whole_or_not_there(engine: Engine, tmp_path: Path) -> None:
    _kill_imports(engine, orders(tmp_path / "many.csv", QUICK_ROWS), QUICK_KILLS)


@pytest.mark.drill
@pytest.mark.timeout(900)
def test_an_import_is_whole_or_not_there_at_many_moments(engine: Engine, tmp_path: Path) -> None:
    _kill_imports(engine, orders(tmp_path / "many.csv", SLOW_ROWS), SLOW_KILLS)


def test_taking_back_is_whole_or_not_done(engine: Engine, tmp_path: Path) -> None:
    _kill_undos(engine, orders(tmp_path / "many.csv", QUICK_ROWS), QUICK_KILLS)


@pytest.mark.drill
@pytest.mark.timeout(900)
def test_taking_back_is_whole_or_not_done_at_many_moments(engine: Engine, tmp_path: Path) -> None:
    _kill_undos(engine, orders(tmp_path / "many.csv", SLOW_ROWS), SLOW_KILLS)


def test_a_killed_rehearsal_leaves_nothing(engine: Engine, tmp_path: Path) -> None:
    path, before = orders(tmp_path / "many.csv", QUICK_ROWS), content(engine)
    chance = random.Random(3)  # noqa: S311
    with launching(engine) as launcher:
        for number in range(3):
            moment = _moment(number, chance, 40)
            assert launcher.run(path, rehearse=True, **moment) in (0, -9)
            _assert_whole(engine)
            assert content(engine) == before
            assert count(engine, "import_batch") == 0


@pytest.mark.postgres
def test_the_server_soon_sees_that_an_import_is_dead(postgres_engine: Engine) -> None:
    """A long statement of a killed process would go on, and hold its locks, to its end."""
    program = (
        "import os, sqlalchemy as sa; from data import store\n"
        "opened = store.open_store(os.environ['DATABASE_URL'])\n"
        "with opened.connect() as c:\n"
        "    c.execute(sa.text('select pg_sleep(120)'))"
    )
    url = postgres_engine.url.render_as_string(hide_password=False)
    with subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url, "PYTHONPATH": str(ROOT)},
    ) as process:
        with postgres_engine.connect() as connection:
            sleeping = sa.text(
                "select count(*) from pg_stat_activity where datname = current_database() "
                "and state = 'active' and wait_event = 'PgSleep'"
            )
            while not connection.execute(sleeping).scalar_one():
                assert process.poll() is None
                connection.rollback()
                time.sleep(0.02)
        process.kill()
    _assert_whole(postgres_engine)


def _kill_imports(engine: Engine, path: Path, kills: int) -> None:
    """Half of the kills before a statement, half at a moment; the store is checked after each."""
    number = path.read_text("utf-8").count("\n") - 1
    before, chance = content(engine), random.Random(7)  # noqa: S311
    killed = 0
    with launching(engine) as launcher:
        for kill in range(kills):
            killed += launcher.run(path, **_moment(kill, chance, 60)) == -9
            _assert_whole(engine)
            if count(engine, "order_line"):
                _assert_all(engine, number)
                bring_back(engine)
            assert content(engine) == before
            assert count(engine, "import_batch") == 0
    assert killed >= kills // 2
    report = bring(engine, path, "orders", create_customers=True)
    assert (report.outcome, report.rows_added) == (Outcome.COMMITTED, number)
    _assert_all(engine, number)


def _assert_all(engine: Engine, number: int) -> None:
    """Every row of the file is there, once, and its batch says so."""
    assert rows(engine, "import_batch", "rows_added", "rows_rejected") == [(number, 0)]
    assert (count(engine, "customer"), count(engine, "sales_order")) == (97, number // 2)
    amounts = [amount for (amount,) in rows(engine, "order_line", "amount")]
    assert sorted(amounts) == [n * 100 + 50 for n in range(number)]


def _kill_undos(engine: Engine, path: Path, kills: int) -> None:
    before, chance = content(engine), random.Random(11)  # noqa: S311
    killed = 0
    with launching(engine) as launcher:
        for kill in range(kills):
            if not count(engine, "order_line"):
                bring(engine, path, "orders", create_customers=True)
            batch, stored = max(rows(engine, "import_batch", "id"))[0], content(engine)
            moment = _moment(kill, chance, 60)
            killed += launcher.run(path, undo=batch, **moment) == -9
            _assert_whole(engine)
            state = rows(engine, "import_batch", "state", id=batch)[0][0].value
            assert content(engine) == {"committed": stored, "undone": before}[state]
    assert killed >= kills // 2


def _moment(kill: int, chance: random.Random, statements: int) -> dict[str, Any]:
    """When to kill: before a statement, or some time after a step."""
    if kill % 2 == 0:
        return {"statements": chance.randrange(1, statements)}
    step = chance.choice(("matching", "comparing", "writing"))
    return {"later": chance.uniform(0, 0.25), "step": step}


def bring_back(engine: Engine) -> None:
    """Empty the store again after an import that was quicker than its end."""
    with store.writing(engine) as session:
        for table in ("import_change", "order_line", "sales_order", "customer", "audit_entry"):
            session.execute(sa.text(f"delete from {table}"))
        session.execute(sa.text("delete from import_batch"))


def _assert_whole(engine: Engine) -> None:
    """The database is sound, and the dead hold nothing in it any more."""
    engine.dispose()
    with engine.connect() as connection:
        if store.is_sqlite(engine):
            assert connection.execute(sa.text("pragma integrity_check")).scalar_one() == "ok"
            assert connection.execute(sa.text("pragma foreign_key_check")).all() == []
            return
        others = sa.text(
            "select count(*) from pg_stat_activity "
            "where datname = current_database() and pid <> pg_backend_pid()"
        )
        deadline = time.monotonic() + 20
        while connection.execute(others).scalar_one():
            assert time.monotonic() < deadline, "a dead process still holds a transaction"
            connection.rollback()
            time.sleep(0.02)
        temporary = sa.text("select count(*) from pg_class where relpersistence = 't'")
        assert connection.execute(temporary).scalar_one() == 0
